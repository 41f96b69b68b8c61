/** `POST /v1/chat/completions`: one run of an agent per request. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Call, Clock, RouteContext } from 'nexus-gateway/sdk'
import type { AgentApi, AnswerRequest, RunEvent, Sampling, StartedRun } from '../agent/contract.ts'
import { errorResponse, failOpenai } from './errors.ts'
import { json } from './json.ts'
import { conversationOf, instructionsOf, lastUserContent } from './messages.ts'
import { agentFor } from './models.ts'
import { parseCompletion } from './request.ts'
import type { Completion } from './request.ts'
import { sessionOf } from './session.ts'
import { completion, headOf } from './shapes.ts'
import { streamed } from './stream.ts'

const maxBodyBytes = 20 * 1024 * 1024

export interface CompletionParts {
  readonly agent: AgentApi
  readonly clock: Clock
  /** Aborts when the plugin closes. */
  readonly closing: AbortSignal
}

export async function complete(parts: CompletionParts, c: RouteContext, call: Call): Promise<Response> {
  let begun = false
  try {
    const request = parseCompletion(await bodyOf(c))
    const agentId = agentFor(parts.agent.agents(), request.model)
    const sessionKey = sessionOf(agentId, (name) => c.req.header(name), request.user)
    const start: Start = async (onEvent, signal) => {
      const run = await begin(parts.agent, request, agentId, sessionKey, { cause: call, signal, closing: parts.closing, waitUntil: (work) => call.waitUntil(work), onEvent })
      begun = true
      return run
    }
    return await (request.stream ? answerStreaming : answerWhole)(parts, request, call, start)
  } catch (error) {
    if (!(error instanceof NexusError)) throw error
    return errorResponse(error, begun)
  }
}

type Start = (onEvent: (event: RunEvent) => void, signal: AbortSignal) => Promise<StartedRun>

async function answerWhole({ clock }: CompletionParts, request: Completion, call: Call, start: Start): Promise<Response> {
  const head = headOf(request.model, clock.now())
  const run = await start(() => {}, call.signal)
  const outcome = await run.done
  if (outcome.error) throw outcome.error
  return json(completion(head, outcome))
}

async function answerStreaming({ clock }: CompletionParts, request: Completion, call: Call, start: Start): Promise<Response> {
  const gone = new AbortController()
  const stop = (): void => gone.abort()
  call.signal.addEventListener('abort', stop, { once: true })
  const stream = streamed(headOf(request.model, clock.now()), request.stream_options?.include_usage ?? false, clock, stop)
  try {
    const run = await start(stream.event, gone.signal)
    call.waitUntil(run.done.then(stream.end))
    return stream.response
  } catch (error) {
    stream.discard()
    throw error
  }
}

/** In a session the gateway keeps the conversation; a request that stands alone brings it along. */
async function begin(agent: AgentApi, request: Completion, agentId: string, sessionKey: string | undefined, wish: Pick<AnswerRequest, 'cause' | 'signal' | 'closing' | 'waitUntil' | 'onEvent'>): Promise<StartedRun> {
  const common = { ...wish, sampling: samplingOf(request), instructions: instructionsOf(request.messages) }
  if (sessionKey === undefined) return agent.answer({ ...common, agentId, messages: conversationOf(request.messages) })
  return agent.run({ ...common, sessionKey, message: lastUserContent(request.messages) })
}

function samplingOf({ max_tokens, max_completion_tokens, temperature, top_p, stop }: Completion): Sampling {
  const most = max_completion_tokens ?? max_tokens
  return {
    ...(typeof most === 'number' ? { maxOutputTokens: most } : {}),
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(typeof top_p === 'number' ? { topP: top_p } : {}),
    ...(stop ? { stop: [stop].flat() } : {}),
  }
}

async function bodyOf(c: RouteContext): Promise<string> {
  const tooLarge = () => failOpenai('NEXUS_OPENAI_TOO_LARGE', { limit: maxBodyBytes })
  if (Number(c.req.header('content-length') ?? 0) > maxBodyBytes) throw tooLarge()
  const body = await c.req.text()
  if (Buffer.byteLength(body) > maxBodyBytes) throw tooLarge()
  return body
}
