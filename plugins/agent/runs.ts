/** All runs of the gateway: who may begin one, who stops it, and how the latest ones ended. */
import { randomUUID } from 'node:crypto'
import type { Cause, Clock } from 'nexus-gateway/sdk'
import type { ModelsApi } from '../models/contract.ts'
import { sessionPartsOf } from '../sessions/contract.ts'
import type { SessionsApi } from '../sessions/contract.ts'
import type { ToolsApi } from '../tools/contract.ts'
import { lookedAhead } from './bootstrap.ts'
import type { Bootstrap } from './bootstrap.ts'
import { maxTimeoutMs } from './config.ts'
import type { QueueMode, Settings } from './config.ts'
import { checkContent } from './content.ts'
import type { AgentApi, AnswerRequest, KeyedRunRequest, Run, RunRequest, RunSummary, StartedRun } from './contract.ts'
import { heldConversation, sessionConversation } from './conversation.ts'
import type { Conversation } from './conversation.ts'
import { keepToAgent } from './bounds.ts'
import { failAgent } from './errors.ts'
import { createLanes } from './lanes.ts'
import type { Place } from './lanes.ts'
import { createOffer } from './offer.ts'
import { agentOf, profileOf } from './profiles.ts'
import type { AgentProfile } from './profiles.ts'
import { asked, causeOf, follow, guarded, isLike, known } from './request.ts'
import { limitsOf, narrower } from './rights.ts'
import type { Limits } from './rights.ts'
import { startRun } from './run.ts'
import type { Live, Watchers } from './run.ts'
import type { Wrap } from './shown.ts'
import { createSlots } from './slots.ts'
import { createFamily } from './subagents/family.ts'
import type { Family, Origin } from './subagents/family.ts'
import { createWatching } from './watching.ts'

/** Bounds: runs that wait or run, outcomes remembered. */
const maxRuns = 1000
const maxRemembered = 1000

export interface RunsParts {
  readonly profiles: ReadonlyMap<string, AgentProfile>
  readonly sessions: SessionsApi
  readonly models: ModelsApi
  readonly tools: ToolsApi
  readonly clock: Clock
  readonly limits: Pick<Settings, 'maxConcurrent' | 'queue' | 'onDisconnect'>
  readonly wrap: Wrap
  readonly bootstrap: Bootstrap
  readonly watchers: Watchers
  /** Makes a drain of the agent wait for `work`, which never rejects. */
  hold(work: Promise<unknown>): void
}

export interface Runs extends Pick<AgentApi, 'run' | 'answer' | 'abort' | 'find' | 'watch' | 'metrics'> {
  /** A run that a run has caused: of a sub-agent, by a message between sessions, or by the news that a sub-agent is done. */
  caused(request: KeyedRunRequest | RunRequest, origin: Origin): Promise<Run>
  readonly family: Pick<Family, 'counts' | 'timeoutOf'>
  /** A connection has closed: stops what was asked for by it on these terms. */
  disconnected(connectionId: string): void
  /** Takes no more and interrupts what there is. */
  interrupt(): void
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

export function createRuns(parts: RunsParts): Runs {
  const { sessions, profiles, watchers, limits: { maxConcurrent, queue }, wrap } = parts
  const live = new Map<string, Live>()
  /** What becomes of those that wait, by run. */
  const modes = new Map<string, { readonly mode: QueueMode; readonly request: RunRequest }>()
  const slots = createSlots(maxConcurrent)
  const ended = new Map<string, RunSummary>()
  const lanes = createLanes(queue.cap)
  const watching = createWatching()
  const family = createFamily()
  const offer = createOffer()
  /** Runs below runs, by the agent at the top: a run that waits for one below it must not wait for its own place. */
  const below = new Map([...profiles].map(([id, { subagents }]) => [id, createSlots(subagents.maxConcurrent)]))
  /** Messages on their way into the inbox: they have a place already, but no run yet. */
  const arriving = new Set<Promise<unknown>>()
  let closing = false

  function admit({ caller }: Cause, agentId: string): void {
    keepToAgent(caller, agentId)
    if (closing) throw failAgent('NEXUS_AGENT_CLOSING')
    if (live.size + arriving.size >= maxRuns) throw failAgent('NEXUS_AGENT_BUSY', { what: 'the gateway has as many runs as it takes' })
  }

  function begin(request: RunRequest | AnswerRequest, runId: string, profile: AgentProfile, sessionKey: string | undefined, conversation: Conversation, turn: Place | undefined, bound: { readonly origin?: Origin | undefined; readonly limits?: Limits | undefined; readonly bootstrap?: Bootstrap | undefined } = {}): StartedRun {
    const { origin, limits, bootstrap = parts.bootstrap } = bound
    const timeoutMs = Math.min(request.timeoutMs ?? profile.timeoutMs, limits?.timeoutMs ?? maxTimeoutMs, maxTimeoutMs)
    const { toolEventsTo = [], connectionId, onDisconnect = parts.limits.onDisconnect } = 'sessionKey' in request ? request : {} as Partial<RunRequest>
    const run = startRun({
      info: { runId, agentId: profile.id, sessionKey, cause: causeOf(request.cause), ...(origin?.parentRunId !== undefined && { parentRunId: origin.parentRunId }) },
      profile: limits ? { ...profile, maxSteps: Math.min(profile.maxSteps, limits.maxSteps) } : profile,
      conversation, turn, profiles, bound: origin?.bound, limits,
      slots: origin?.top !== undefined ? below.get(origin.top) : turn ? slots : undefined,
      joiners: (when) => joiners(runId, sessionKey, request, when),
      bootstrap: (root, isSubagent) => bootstrap(profile, root, isSubagent),
      thinking: request.thinking, place: request.place,
      watchers: {
        ...watchers,
        emit: (payload, lossy) => watchers.emit(payload, lossy, payload.stream === 'tool' ? [...watching.of(runId)] : undefined),
        // Forgotten before anybody hears of the end: who then aborts or waits must not meet a run that is over.
        ended: ({ text, ...summary }, record) => {
          release()
          live.delete(runId)
          watching.end(runId)
          if (summary.status === 'aborted') abortBelow(family.ofRun(runId), profile)
          family.end(runId)
          modes.delete(runId)
          remember(summary)
          watchers.ended({ ...summary, text }, record)
        },
      },
      models: parts.models, tools: parts.tools, offer, clock: parts.clock,
      model: request.model, sampling: request.sampling ?? {}, instructions: request.instructions,
      toolChoice: request.toolChoice, responseFormat: request.responseFormat, ...asked(request),
      timeoutMs,
      onEvent: guarded(request, (error) => watchers.problem(run.info, 'an observer of the run failed', error)),
    })
    live.set(runId, run)
    family.begin({ ...origin, runId, sessionKey, timeoutMs })
    watching.begin(runId, toolEventsTo, { connectionId, policy: onDisconnect })
    if (closing) run.interrupt()
    const release = follow(request.signal, () => run.stop(request.closing?.aborted ? 'interrupted' : 'aborted'))
    return { runId, agentId: profile.id, sessionKey, state: 'started', done: run.done }
  }

  function remember(summary: RunSummary): void {
    ended.set(summary.runId, summary)
    const [oldest] = ended.keys()
    if (ended.size > maxRemembered && oldest !== undefined) ended.delete(oldest)
  }

  /** Those that wait and may be answered along with the run: only of the same asker, and only without wishes of their own. */
  function joiners(runId: string, sessionKey: string | undefined, request: RunRequest | AnswerRequest, when: 'begin' | 'step'): readonly Live[] {
    if (sessionKey === undefined || closing || modes.size < 2) return []
    const found: Live[] = []
    for (const [id, { mode, request: other }] of modes) {
      const one = live.get(id)
      if (id === runId || !one || one.info.sessionKey !== sessionKey) continue
      const wanted = when === 'step' ? mode === 'steer' : mode === 'collect' || mode === 'steer'
      // In order: what stands behind one that waits for a turn of its own waits too.
      if (!wanted || !isLike(request, other)) break
      found.push(one)
    }
    return found
  }

  const waiting = (): number => lanes.waiting + [slots, ...below.values()].reduce((sum, one) => sum + one.waiting, 0)
  const waitFor = ({ waitUntil = parts.hold }: RunRequest | AnswerRequest, work: Promise<unknown>): void => waitUntil(work)

  function run(request: KeyedRunRequest): Promise<Run>
  function run(request: RunRequest): Promise<StartedRun>
  function run(request: RunRequest & { readonly idempotencyKey?: string }): Promise<Run> {
    const taken = take(request)
    // Whoever asks is told why nothing was begun; a drain has nothing to wait for then.
    waitFor(request, taken.then((begun) => (begun.state === 'started' ? begun.done : undefined), () => {}))
    return taken
  }

  async function take(request: RunRequest & { readonly idempotencyKey?: string }, origin?: Origin): Promise<Run> {
    checkContent(request.message)
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
    const bootstrap = place.first && !isBelow(sessionKey) ? lookedAhead(parts.bootstrap, profile, () => parts.clock.now()) : undefined
    const accepting = boundsOf(sessionKey, profile, origin).then(async (limits) => {
      const accepted = await sessions.accept(sessionKey, { runId, message: { role: 'user', content: message }, cause, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) })
      return { limits, accepted }
    })
    arriving.add(accepting)
    try {
      const { limits, accepted } = await accepting
      if (!accepted.known) {
        const mode = await modeOf(request, sessionKey)
        if (mode === 'interrupt') stopLane(sessionKey)
        modes.set(runId, { mode, request })
        const showing = { wrap, pruning: profile.pruning, now: () => parts.clock.now() }
        return begin(request, runId, profile, sessionKey, sessionConversation(sessions, { sessionKey, runId, content: message, hooked: cause.caller.label === 'webhook' }, showing), place, { origin, limits, bootstrap })
      }
      place.leave()
      return known(accepted, profile.id)
    } catch (error) {
      place.leave()
      throw error
    } finally {
      arriving.delete(accepting)
    }
  }

  /** What binds a run from its start: a sub-agent's, or one that another session has caused. */
  async function boundsOf(sessionKey: string, profile: AgentProfile, origin: Origin | undefined): Promise<Limits | undefined> {
    const own = isBelow(sessionKey) ? limitsOf(profile, await sessions.settings(sessionKey), profiles) : undefined
    return own && origin?.limits ? narrower(own, origin.limits) : own ?? origin?.limits
  }

  /** Whoever waits for an answer of his own, which is whoever sends no idempotency key, is not put together with others. */
  async function modeOf({ queueMode, ...request }: RunRequest & { readonly idempotencyKey?: string }, sessionKey: string): Promise<QueueMode> {
    if (queueMode !== undefined) return queueMode
    if (request.idempotencyKey === undefined) return 'followup'
    const { queueMode: own } = await sessions.settings(sessionKey).catch((): { queueMode?: QueueMode } => ({}))
    return own ?? queue.mode
  }

  function abort(sessionKey: string, runId?: string): readonly string[] {
    const key = sessions.normalize(sessionKey)
    const found = stopLane(key, runId)
    const profile = profiles.get(agentOf(key))
    const theirs = runId === undefined && profile ? abortBelow(family.ofSession(key), profile) : []
    return [...new Set([...found, ...theirs])]
  }

  function stopLane(key: string, runId?: string): readonly string[] {
    const found = [...live.values()].filter(({ info }) => info.sessionKey === key && (runId === undefined || info.runId === runId))
    for (const run of found) run.stop('aborted')
    return found.map(({ info }) => info.runId)
  }

  function abortBelow(runIds: readonly string[], { subagents }: AgentProfile): readonly string[] {
    if (!subagents.abortWithParent) return []
    for (const id of runIds) live.get(id)?.stop('aborted')
    return runIds
  }

  return {
    run, abort, family,
    caused(request, origin) {
      const taken = take(request, origin)
      waitFor(request, taken.then((begun) => (begun.state === 'started' ? begun.done : undefined), () => {}))
      return taken
    },
    watch: (runId, connectionId) => live.has(runId) && watching.add(runId, connectionId),
    disconnected(connectionId) { for (const runId of watching.closed(connectionId)) live.get(runId)?.stop('aborted') },
    answer(request) {
      const profile = profileOf(profiles, request.agentId)
      admit(request.cause, profile.id)
      const runId = randomUUID()
      const bootstrap = lookedAhead(parts.bootstrap, profile, () => parts.clock.now())
      const begun = begin(request, runId, profile, undefined, heldConversation(request.messages, runId, wrap), undefined, { bootstrap })
      waitFor(request, begun.done)
      return begun
    },
    find(runId) {
      const summary = ended.get(runId)
      return live.get(runId)?.done ?? (summary && Promise.resolve(summary))
    },
    metrics: () => ({ running: live.size - waiting(), waiting: waiting(), maxRuns, maxWaitingPerSession: queue.cap }),
    interrupt() {
      closing = true
      for (const run of live.values()) run.interrupt()
    },
    async idle() {
      while (live.size + arriving.size > 0) await Promise.allSettled([...arriving, ...[...live.values()].map(({ done }) => done)])
    },
  }
}

const isBelow = (sessionKey: string): boolean => sessionPartsOf(sessionKey).kind === 'subagent'
