/** All runs of the gateway: who may begin one, who stops it, and how the latest ones ended. */
import { randomUUID } from 'node:crypto'
import type { Cause, Clock } from 'nexus-gateway/sdk'
import type { ModelsApi } from '../models/contract.ts'
import type { Accepted, SessionsApi } from '../sessions/contract.ts'
import type { ToolsApi } from '../tools/contract.ts'
import { agentOf, maxTimeoutMs, profileOf } from './config.ts'
import type { AgentProfile } from './config.ts'
import type { AgentApi, AnswerRequest, KeyedRunRequest, KnownRun, Run, RunEvent, RunRequest, RunSummary, StartedRun } from './contract.ts'
import { heldConversation, sessionConversation } from './conversation.ts'
import type { Conversation } from './conversation.ts'
import { keepToAgent } from './bounds.ts'
import { failAgent } from './errors.ts'
import { createLanes } from './lanes.ts'
import type { Place } from './lanes.ts'
import { startRun } from './run.ts'
import type { Live, Watchers } from './run.ts'

/** Bounds: runs that wait or run, messages that wait in one session, outcomes remembered. */
const maxRuns = 1000
const maxWaitingPerSession = 32
const maxRemembered = 1000

export interface RunsParts {
  readonly profiles: ReadonlyMap<string, AgentProfile>
  readonly sessions: SessionsApi
  readonly models: ModelsApi
  readonly tools: ToolsApi
  readonly clock: Clock
  readonly watchers: Watchers
  /** Makes a drain of the agent wait for `work`, which never rejects. */
  hold(work: Promise<unknown>): void
}

export interface Runs extends Pick<AgentApi, 'run' | 'answer' | 'abort' | 'find' | 'metrics'> {
  /** Takes no more and interrupts what there is. */
  interrupt(): void
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

export function createRuns(parts: RunsParts): Runs {
  const { sessions, profiles, watchers } = parts
  const live = new Map<string, Live>()
  const ended = new Map<string, RunSummary>()
  const lanes = createLanes(maxWaitingPerSession)
  /** Messages on their way into the inbox: they have a place already, but no run yet. */
  const arriving = new Set<Promise<unknown>>()
  let closing = false

  function admit({ caller }: Cause, agentId: string): void {
    keepToAgent(caller, agentId)
    if (closing) throw failAgent('NEXUS_AGENT_CLOSING')
    if (live.size + arriving.size >= maxRuns) throw failAgent('NEXUS_AGENT_BUSY', { what: 'the gateway has as many runs as it takes' })
  }

  function begin(request: RunRequest | AnswerRequest, runId: string, profile: AgentProfile, sessionKey: string | undefined, conversation: Conversation, place: Place | undefined): StartedRun {
    const run = startRun({
      info: { runId, agentId: profile.id, sessionKey, cause: causeOf(request.cause) },
      profile, conversation, place,
      watchers: {
        ...watchers,
        // Forgotten before anybody hears of the end: who then aborts or waits must not meet a run that is over.
        ended: ({ text, ...summary }) => {
          release()
          live.delete(runId)
          remember(summary)
          watchers.ended({ ...summary, text })
        },
      },
      models: parts.models, tools: parts.tools, clock: parts.clock,
      model: request.model, sampling: request.sampling ?? {}, instructions: request.instructions,
      timeoutMs: Math.min(request.timeoutMs ?? profile.timeoutMs, maxTimeoutMs),
      onEvent: guarded(request, (error) => watchers.problem(run.info, 'an observer of the run failed', error)),
    })
    live.set(runId, run)
    if (closing) run.interrupt()
    const release = follow(request.signal, () => run.stop(request.closing?.aborted ? 'interrupted' : 'aborted'))
    return { runId, agentId: profile.id, sessionKey, state: 'started', done: run.done }
  }

  function remember(summary: RunSummary): void {
    ended.set(summary.runId, summary)
    const [oldest] = ended.keys()
    if (ended.size > maxRemembered && oldest !== undefined) ended.delete(oldest)
  }

  const waitFor = ({ waitUntil = parts.hold }: RunRequest | AnswerRequest, work: Promise<unknown>): void => waitUntil(work)

  function run(request: KeyedRunRequest): Promise<Run>
  function run(request: RunRequest): Promise<StartedRun>
  function run(request: RunRequest & { readonly idempotencyKey?: string }): Promise<Run> {
    const taken = take(request)
    // Whoever asks is told why nothing was begun; a drain has nothing to wait for then.
    waitFor(request, taken.then((begun) => (begun.state === 'started' ? begun.done : undefined), () => {}))
    return taken
  }

  async function take(request: RunRequest & { readonly idempotencyKey?: string }): Promise<Run> {
    const sessionKey = sessions.normalize(request.sessionKey)
    const profile = profileOf(profiles, agentOf(sessionKey))
    admit(request.cause, profile.id)
    // The place is taken before anything is awaited: messages are answered in the order they came.
    const place = lanes.enter(sessionKey)
    const { idempotencyKey, message, cause } = request
    if (!place) {
      const before = idempotencyKey === undefined ? undefined : await sessions.recall(sessionKey, idempotencyKey)
      if (before) return known(before, profile.id)
      throw failAgent('NEXUS_AGENT_BUSY', { what: 'too many messages wait for this session' })
    }
    const runId = request.runId ?? randomUUID()
    const accepting = sessions.accept(sessionKey, { runId, message: { role: 'user', content: message }, cause, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) })
    arriving.add(accepting)
    try {
      const accepted = await accepting
      if (!accepted.known) return begin(request, runId, profile, sessionKey, sessionConversation(sessions, sessionKey, runId), place)
      place.leave()
      return known(accepted, profile.id)
    } catch (error) {
      place.leave()
      throw error
    } finally {
      arriving.delete(accepting)
    }
  }

  return {
    run,
    answer(request) {
      const profile = profileOf(profiles, request.agentId)
      admit(request.cause, profile.id)
      const begun = begin(request, randomUUID(), profile, undefined, heldConversation(request.messages), undefined)
      waitFor(request, begun.done)
      return begun
    },
    abort(sessionKey, runId) {
      const key = sessions.normalize(sessionKey)
      const found = [...live.values()].filter(({ info }) => info.sessionKey === key && (runId === undefined || info.runId === runId))
      for (const run of found) run.stop('aborted')
      return found.map(({ info }) => info.runId)
    },
    find(runId) {
      const summary = ended.get(runId)
      return live.get(runId)?.done ?? (summary && Promise.resolve(summary))
    },
    metrics: () => ({ running: live.size - lanes.waiting, waiting: lanes.waiting, maxRuns, maxWaitingPerSession }),
    interrupt() {
      closing = true
      for (const run of live.values()) run.interrupt()
    },
    async idle() {
      while (live.size + arriving.size > 0) await Promise.allSettled([...arriving, ...[...live.values()].map(({ done }) => done)])
    },
  }
}

const known = ({ runId, sessionKey, state }: Accepted, agentId: string): KnownRun =>
  ({ runId, agentId, sessionKey, state: state === 'ended' ? 'ended' : 'in_flight' })

/** A cause may be a whole call; what is kept of it is who and why, and that the agent is part of it now. */
const causeOf = ({ caller, trace, path }: Cause): Cause => ({ caller, trace, path: [...new Set([...path, 'agent'])] })

/** An observer is somebody else's code: what it throws is not the run's failure, and it is not asked again. */
function guarded({ onEvent }: { readonly onEvent?: (event: RunEvent) => void }, report: (error: unknown) => void): (event: RunEvent) => void {
  let broken = onEvent === undefined
  return (event) => {
    if (broken) return
    try {
      onEvent?.(event)
    } catch (error) {
      broken = true
      report(error)
    }
  }
}

function follow(signal: AbortSignal | undefined, stop: () => void): () => void {
  if (!signal) return () => {}
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return () => signal.removeEventListener('abort', stop)
}
