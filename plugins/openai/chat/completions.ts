/** `POST /v1/chat/completions`: one run of an agent per request. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import type { AnswerRequest, RunEvent, StartedRun } from '../../agent/contract.ts'
import { askedOf } from '../asked.ts'
import type { Asked } from '../asked.ts'
import { mostBytes, objectIn } from '../body.ts'
import { errorResponse } from '../errors.ts'
import { imagesFor } from '../images.ts'
import { json } from '../json.ts'
import type { Parts } from '../parts.ts'
import { callsOf } from '../tools.ts'
import { samplingOf, thinkingOf } from '../wish.ts'
import { conversationOf, imageUrls, instructionsOf, lastUserContent } from './messages.ts'
import { parseCompletion } from './request.ts'
import type { Completion } from './request.ts'
import { completion, headOf } from './shapes.ts'
import { chatStream } from './stream.ts'

type Start = (onEvent: (event: RunEvent) => void, signal: AbortSignal) => Promise<StartedRun>

export async function complete(parts: Parts, c: RouteContext, call: Call): Promise<Response> {
  let begun = false
  try {
    const request = parseCompletion(await objectIn(c, mostBytes.chat))
    const { model, user, wish } = request
    const asked = askedOf({ caller: call.caller, agents: parts.agent.agents(), model, user, header: (name) => c.req.header(name), hasTools: wish.clientTools !== undefined })
    const begin = await prepared(parts, request, asked, call)
    const start: Start = async (onEvent, signal) => {
      const run = await begin({ cause: call, signal, closing: parts.closing, waitUntil: (work) => call.waitUntil(work), onEvent })
      begun = true
      return run
    }
    return await (request.stream ? answerStreaming : answerWhole)(parts, request, call, start)
  } catch (error) {
    if (!(error instanceof NexusError)) throw error
    return errorResponse(error, begun)
  }
}

async function answerWhole({ clock }: Parts, { model, parallel_tool_calls }: Completion, call: Call, start: Start): Promise<Response> {
  const head = headOf(model, clock.now())
  const run = await start(() => {}, call.signal)
  const outcome = await run.done
  if (outcome.error) throw outcome.error
  return json(completion(head, outcome, callsOf(outcome, parallel_tool_calls)))
}

async function answerStreaming({ clock }: Parts, { model, stream_options, parallel_tool_calls }: Completion, call: Call, start: Start): Promise<Response> {
  const gone = new AbortController()
  const stop = (): void => gone.abort()
  call.signal.addEventListener('abort', stop, { once: true })
  const stream = chatStream(headOf(model, clock.now()), stream_options?.include_usage ?? false, clock, stop)
  try {
    const run = await start(stream.event, gone.signal)
    call.waitUntil(run.done.then((outcome) => stream.end(outcome, callsOf(outcome, parallel_tool_calls))))
    return await stream.response
  } catch (error) {
    stream.discard()
    throw error
  }
}

type Begin = (wish: Pick<AnswerRequest, 'cause' | 'signal' | 'closing' | 'waitUntil' | 'onEvent'>) => StartedRun | Promise<StartedRun>

/** In a session the gateway keeps the conversation; a request that stands alone brings it along. */
async function prepared({ agent, fetch }: Parts, request: Completion, { agentId, sessionKey }: Asked, call: Call): Promise<Begin> {
  const { messages, max_tokens, max_completion_tokens, temperature, top_p, stop, reasoning_effort, wish: { clientTools, ...wish } } = request
  const images = await imagesFor(imageUrls(messages, sessionKey !== undefined), { fetch, cause: call, signal: call.signal })
  const common = { ...wish, ...thinkingOf(reasoning_effort), sampling: samplingOf({ most: max_completion_tokens ?? max_tokens, temperature, top_p, stop }), instructions: instructionsOf(messages) }
  if (sessionKey !== undefined) {
    const message = lastUserContent(messages, images)
    return (how) => agent.run({ ...common, ...how, sessionKey, message })
  }
  const conversation = conversationOf(messages, images)
  return (how) => agent.answer({ ...common, ...how, agentId, messages: conversation, ...(clientTools && { clientTools }) })
}
