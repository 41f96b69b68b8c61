/** `POST /v1/responses`: one run of an agent per request, and what is kept of it. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import type { RunEvent, RunOutcome } from '../../agent/contract.ts'
import type { AssistantMessage, ToolCallPart } from '../../models/contract.ts'
import { mostBytes, objectIn } from '../body.ts'
import { errorResponse } from '../errors.ts'
import { json } from '../json.ts'
import type { Parts } from '../parts.ts'
import { callsOf } from '../tools.ts'
import { assembly } from './assembly.ts'
import type { Assembly, Tell } from './assembly.ts'
import { planned } from './plan.ts'
import type { How, Plan } from './plan.ts'
import { parseRequest } from './request.ts'
import { responseObject } from './shapes.ts'
import type { ResponseObject } from './shapes.ts'
import { responseStream } from './stream.ts'

export async function create(parts: Parts, c: RouteContext, call: Call): Promise<Response> {
  const begun = { yet: false }
  try {
    const request = parseRequest(await objectIn(c, mostBytes.responses))
    const plan = await planned(parts, request, c, call)
    return await (request.stream ? answerStreaming : answerWhole)(parts, plan, call, begun)
  } catch (error) {
    if (!(error instanceof NexusError)) throw error
    return errorResponse(error, begun.yet)
  }
}

async function answerWhole(parts: Parts, plan: Plan, call: Call, begun: { yet: boolean }): Promise<Response> {
  const { items, event } = making(plan, () => {})
  const run = await plan.begin(howOf(parts, call, call.signal, event))
  begun.yet = true
  const outcome = await run.done
  if (outcome.error) throw outcome.error
  return json(await finished(parts, plan, call, items, outcome))
}

async function answerStreaming(parts: Parts, plan: Plan, call: Call, begun: { yet: boolean }): Promise<Response> {
  const gone = new AbortController()
  const stop = (): void => gone.abort()
  call.signal.addEventListener('abort', stop, { once: true })
  const stream = responseStream(responseObject(plan.head, { status: 'in_progress' }), parts.clock, stop)
  const { items, event } = making(plan, stream.tell, stream.begin)
  try {
    const run = await plan.begin(howOf(parts, call, gone.signal, event))
    begun.yet = true
    call.waitUntil(run.done.then(async (outcome) => {
      const { error, usage } = outcome
      if (error) stream.end(responseObject(plan.head, { status: 'failed', output: items.broken(), usage, error }), error)
      else stream.end(await finished(parts, plan, call, items, outcome))
    }))
    return await stream.response
  } catch (error) {
    stream.discard()
    throw error
  }
}

const howOf = ({ closing }: Parts, call: Call, signal: AbortSignal, onEvent: (event: RunEvent) => void): How => ({ cause: call, signal, closing, waitUntil: (work) => call.waitUntil(work), onEvent })

/** The items of the answer as they come; the agent's own tools are no matter of the client's. */
function making({ head: { request: { reasoning } } }: Plan, tell: Tell, working: () => void = () => {}): { readonly items: Assembly; event(event: RunEvent): void } {
  const items = assembly(tell, Boolean(reasoning?.summary ?? reasoning?.generate_summary))
  return {
    items,
    event(event) {
      if (event.type === 'text') items.text(event.delta)
      else if (event.type === 'thinking') items.thinking(event.delta)
      else if (event.type !== 'start') working()
    },
  }
}

/** The response as it is answered and, if it is to be, kept: what it says of that is true by then. */
async function finished({ kept, clock, log }: Parts, { head, agentId, sessionKey, input, messages }: Plan, call: Call, items: Assembly, outcome: RunOutcome): Promise<ResponseObject> {
  const calls = callsOf(outcome, head.request.parallel_tool_calls)
  const cut = outcome.stopReason === 'length'
  const response = responseObject(head, { status: cut ? 'incomplete' : 'completed', output: items.end(calls, cut), usage: outcome.usage, endedAt: clock.now() })
  if (!head.stored) return response
  const said = sessionKey === undefined ? [...messages, answered(outcome.text, calls)] : []
  try {
    if (await kept.put({ response, agentId, at: clock.now(), input, messages: said, ...(sessionKey !== undefined && { sessionKey }) }, call.caller)) return response
    log.info('a response is too large to be kept', { id: head.id, trace: call.trace })
  } catch (error) {
    log.warn('a response could not be kept', { id: head.id, trace: call.trace, error })
  }
  return { ...response, store: false }
}

const answered = (text: string, calls: readonly ToolCallPart[]): AssistantMessage => ({ role: 'assistant', content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls] })
