/** One run, from its place in the lane to an outcome that is on disk. */
import type { Clock, NexusError } from 'nexus-gateway/sdk'
import type { ModelMessage } from '../models/contract.ts'
import type { NewMessage } from '../sessions/contract.ts'
import type { Prompt, RunEvent, RunInfo, RunOutcome, RunPiece, RunStatus } from './contract.ts'
import { failAgent } from './errors.ts'
import type { Place } from './lanes.ts'
import { asRunError, converse, emptyTally } from './loop.ts'
import type { Ending, Loop, Tally } from './loop.ts'
import { createPieces } from './pieces.ts'
import type { Pieces } from './pieces.ts'
import type { Slots } from './slots.ts'
import { createSilence } from './silent.ts'
import type { Silence } from './silent.ts'
import { createTimeline } from './timeline.ts'
import type { RunRecord } from './timeline.ts'
import { createWire } from './wire.ts'
import type { EmitAgent, Wire } from './wire.ts'

/** How often those are told who did not ask for every piece. */
const pieceMs = 150

export interface Plan extends Pick<Loop, 'profile' | 'model' | 'thinking' | 'place' | 'sampling' | 'toolChoice' | 'responseFormat' | 'clientTools' | 'instructions' | 'profiles' | 'bound' | 'limits' | 'models' | 'tools' | 'offer' | 'conversation' | 'bootstrap'> {
  readonly info: Omit<RunInfo, 'startedAt'>
  /** Missing: it need not wait. */
  readonly turn: Place | undefined
  /** Missing: it is not counted. */
  readonly slots: Slots | undefined
  /** The runs of the session that wait, in order, and that may be answered along with this one. */
  joiners(when: 'begin' | 'step'): readonly Live[]
  /** Answers that are one of these are not told. */
  readonly silent: readonly string[]
  readonly timeoutMs: number
  readonly clock: Clock
  readonly onEvent: (event: RunEvent) => void
  readonly watchers: Watchers
}

/** What every run reports to. None of these throws. */
export interface Watchers {
  started(run: RunInfo): void
  piece(piece: RunPiece): void
  ended(outcome: RunOutcome, record: RunRecord): void
  /** What went wrong and is not said in full by the outcome, which people see. */
  problem(run: Plan['info'], what: string, error: unknown): void
  prepare(prompt: Prompt, run: RunInfo): Promise<Prompt>
  readonly emit: EmitAgent
}

export type Stop = Exclude<RunStatus, 'ok' | 'error'>

/** A run that waits or runs. */
export interface Live {
  readonly info: Plan['info']
  readonly done: Promise<RunOutcome>
  /** The first reason counts. */
  stop(why: Stop): void
  /** Stops it along with all others: one that waits ends after those before it, so that its session stays in order. */
  interrupt(): void
  /** While it waits: its message goes to another run that is under way, and it ends with that one. `undefined`: too late. */
  join(into: { readonly runId: string; readonly done: Promise<RunOutcome> }): Promise<readonly ModelMessage[]> | undefined
}

/** How a run that waits is taken along by another one. */
interface Joining { open: boolean; accept: (into: Into) => void }
interface Into { readonly runId: string; readonly done: Promise<RunOutcome>; begun(messages: readonly ModelMessage[]): void; failed(error: unknown): void }

export function startRun(plan: Plan): Live {
  const abort = new AbortController()
  const order = { kept: false }
  const stop = (why: Stop): void => abort.abort(stopError(why, plan.timeoutMs))
  let accept: (into: Into) => void = () => {}
  const taken = new Promise<Into>((resolve) => { accept = resolve })
  const joining: Joining = { open: plan.turn !== undefined, accept }
  const own: { done?: Promise<RunOutcome> } = {}
  const done = perform(plan, abort.signal, stop, order, joining, taken, own)
  own.done = done
  return {
    info: plan.info, stop, done,
    join({ runId, done: theirs }) {
      if (!joining.open || abort.signal.aborted) return undefined
      joining.open = false
      return new Promise((begun, failed) => { joining.accept({ runId, done: theirs, begun, failed }) })
    },
    interrupt() {
      order.kept = true
      stop('interrupted')
    },
  }
}

async function perform(plan: Plan, signal: AbortSignal, stop: Live['stop'], order: { readonly kept: boolean }, joining: Joining, taken: Promise<Into>, own: { readonly done?: Promise<RunOutcome> }): Promise<RunOutcome> {
  const { clock, watchers, turn: place, info: { runId, agentId, sessionKey } } = plan
  const tally = emptyTally()
  const wire = createWire(plan.info, clock, watchers.emit)
  const pieces = createPieces(clock, pieceMs, (seq, delta, text) => {
    const piece = { runId, agentId, sessionKey, seq, delta, text, at: clock.now() }
    wire.piece(piece)
    watchers.piece(piece)
  })
  const timeline = createTimeline(clock)
  const silence = createSilence(plan.silent)
  const run = { startedAt: clock.now(), timer: undefined as unknown, leave: (): void => {}, joined: undefined as string | undefined }

  /** Rejects with what stops a run before or between its steps. */
  async function live(): Promise<Ending> {
    if (place) {
      const into = await Promise.race([turn(place, signal, order), taken])
      joining.open = false
      if (into) return follow(into)
    } else {
      await undefined // whoever begins it may stop it at once
      signal.throwIfAborted()
    }
    if (plan.slots) run.leave = await plan.slots.enter(signal)
    run.startedAt = clock.now()
    run.timer = clock.setTimeout(() => stop('timeout'), plan.timeoutMs)
    // Only what is sent waits for it.
    plan.conversation.begin().catch(() => {})
    if (place) await afterAnswer()
    const info: RunInfo = { ...plan.info, startedAt: run.startedAt }
    wire.start(info)
    watchers.started(info)
    plan.onEvent({ type: 'start', at: info.startedAt })
    return converse(loopOf(plan, info, signal, {
      interrupt: () => stop('interrupted'), tally, timeline, ...teller(plan, pieces, wire, silence), prepare: (prompt) => watchers.prepare(prompt, info),
      problem: (what, error) => watchers.problem(plan.info, what, error), join, hasJoiners: () => plan.joiners('step').length > 0,
    }))
  }

  /** In their order; one that cannot be begun ends by itself. */
  async function join(when: 'begin' | 'step'): Promise<readonly ModelMessage[]> {
    const messages: ModelMessage[] = []
    for (const other of plan.joiners(when)) {
      const begun = await other.join({ runId, done: own.done! })?.catch(() => undefined)
      if (begun) timeline.add('joined', other.info.runId)
      messages.push(...begun ?? [])
    }
    return messages
  }

  /** The message of this run has gone to another one, with which it ends. */
  async function follow({ runId: other, done, begun, failed }: Into): Promise<Ending> {
    run.joined = other
    run.startedAt = clock.now()
    try {
      begun(await plan.conversation.begin())
    } catch (error) {
      failed(error)
      throw error
    }
    wire.start({ ...plan.info, startedAt: run.startedAt })
    watchers.started({ ...plan.info, startedAt: run.startedAt })
    plan.onEvent({ type: 'start', at: run.startedAt })
    const ended = await done
    if (ended.status === 'interrupted') stop('interrupted')
    return { stopReason: ended.stopReason, last: [], ...(ended.error && { error: ended.error }) }
  }

  const ending = await live().catch((error: unknown): Ending => ({ stopReason: 'error', error: asRunError(error, plan.info.cause.trace), last: [] }))
  if (run.timer !== undefined) clock.clearTimeout(run.timer)
  pieces.flush()
  const ended = outcomeOf(plan, run.startedAt, ending, signal, tally, pieces, silence)
  const outcome = await recorded(plan, run.joined === undefined ? ended : { ...ended, joined: run.joined }, ending.last)
  run.leave()
  place?.leave()
  wire.end(outcome)
  watchers.ended(outcome, timeline.record(outcome))
  return outcome
}

/** Whoever asked is told that his message was taken when the promises at hand are done with: nothing is told of the run before, and its work does not hold that up. */
const afterAnswer = (): Promise<void> => new Promise((resolve) => { process.nextTick(resolve) })

type Doing = Pick<Loop, 'interrupt' | 'tally' | 'timeline' | 'tell' | 'stepped' | 'prepare' | 'problem' | 'join' | 'hasJoiners'>

/** Field by field: to spread objects of this size takes longer than the rest of a short run's bookkeeping. */
const loopOf = (plan: Plan, info: RunInfo, signal: AbortSignal, own: Doing): Loop => ({
  info, signal, profile: plan.profile, profiles: plan.profiles, model: plan.model, thinking: plan.thinking, place: plan.place, bound: plan.bound, limits: plan.limits,
  sampling: plan.sampling, toolChoice: plan.toolChoice, responseFormat: plan.responseFormat, clientTools: plan.clientTools, instructions: plan.instructions,
  conversation: plan.conversation, models: plan.models, tools: plan.tools, offer: plan.offer, clock: plan.clock, bootstrap: plan.bootstrap,
  interrupt: own.interrupt, tally: own.tally, timeline: own.timeline, tell: own.tell, stepped: own.stepped, prepare: own.prepare, problem: own.problem, join: own.join, hasJoiners: own.hasJoiners,
})

/** The run's turn in its lane; a run that is stopped before that does not wait for it, unless the order is to be kept. */
function turn(place: Place, signal: AbortSignal, order: { readonly kept: boolean }): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => { if (!order.kept) reject(signal.reason) }
    if (signal.aborted) stopped()
    else signal.addEventListener('abort', stopped, { once: true })
    void place.turn.then(() => {
      signal.removeEventListener('abort', stopped)
      if (signal.aborted) reject(signal.reason)
      else resolve(undefined)
    })
  })
}

/** Text of a later step begins a new paragraph; what waits is sent before a tool is named. */
function teller(plan: Plan, pieces: Pieces, wire: Pick<Wire, 'tool' | 'compaction'>, silence: Silence): Pick<Loop, 'tell' | 'stepped'> {
  let paragraph = false
  const say = (text: string): void => {
    if (text === '') return
    const delta = paragraph && pieces.text !== '' ? `\n\n${text}` : text
    paragraph = false
    pieces.add(delta)
    plan.onEvent({ type: 'text', delta })
  }
  return {
    stepped() {
      say(silence.end())
      paragraph = true
    },
    tell(event) {
      if (event.type === 'text') return say(silence.take(event.delta))
      if (event.type === 'toolStart' || event.type === 'toolEnd') {
        pieces.flush()
        wire.tool(event)
      }
      if (event.type === 'compaction') wire.compaction(event)
      plan.onEvent(event)
    },
  }
}

function outcomeOf(plan: Plan, startedAt: number, ending: Ending, signal: AbortSignal, tally: Tally, pieces: Pieces, silence: Silence): RunOutcome {
  const stopped = signal.aborted && (ending.stopReason === 'aborted' || ending.error !== undefined)
  const error = stopped ? (signal.reason as NexusError) : ending.error
  const { runId, agentId, sessionKey, cause, parentRunId } = plan.info
  const { steps, usage, provider, model } = tally
  return {
    runId, agentId, sessionKey, cause, ...(parentRunId !== undefined && { parentRunId }), startedAt, steps, usage, provider, model,
    status: stopped ? statusOf(signal.reason as NexusError) : error ? 'error' : 'ok',
    stopReason: stopped ? 'aborted' : ending.stopReason,
    text: pieces.text,
    pieces: pieces.count,
    ...(!error && ending.toolCalls && { toolCalls: ending.toolCalls }),
    ...(!error && silence.dropped > 0 && pieces.text === '' && { silent: true }),
    error,
    endedAt: plan.clock.now(),
  }
}

/** The outcome once it is on disk; if it cannot be written, that is what went wrong. */
async function recorded(plan: Plan, outcome: RunOutcome, last: readonly NewMessage[]): Promise<RunOutcome> {
  if (outcome.status === 'error' && outcome.error?.cause !== undefined) plan.watchers.problem(plan.info, 'the run failed', outcome.error.cause)
  try {
    const { status, error } = outcome
    await plan.conversation.end({ status, ...(error && { error: error.message }) }, last)
    return outcome
  } catch (error) {
    plan.watchers.problem(plan.info, 'the outcome of the run could not be written', error)
    return { ...outcome, status: 'error', stopReason: 'error', error: asRunError(error, plan.info.cause.trace) }
  }
}

const stopCodes = { aborted: 'NEXUS_AGENT_ABORTED', timeout: 'NEXUS_AGENT_TIMEOUT', interrupted: 'NEXUS_AGENT_INTERRUPTED' } as const

const stopError = (why: Stop, timeoutMs: number): NexusError => failAgent(stopCodes[why], { seconds: timeoutMs / 1000 })

function statusOf(error: NexusError): Stop {
  const found = Object.entries(stopCodes).find(([, code]) => code === error.code)
  return (found?.[0] ?? 'aborted') as Stop
}
