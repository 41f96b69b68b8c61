/** One run, from its place in the lane to an outcome that is on disk. */
import type { Clock, NexusError } from 'nexus-gateway/sdk'
import type { NewMessage } from '../sessions/contract.ts'
import type { Prompt, RunEvent, RunInfo, RunOutcome, RunPiece, RunStatus } from './contract.ts'
import { failAgent } from './errors.ts'
import type { Place } from './lanes.ts'
import { asRunError, converse, emptyTally } from './loop.ts'
import type { Ending, Loop, Tally } from './loop.ts'
import { createPieces } from './pieces.ts'
import type { Pieces } from './pieces.ts'
import { createWire } from './wire.ts'
import type { EmitAgent } from './wire.ts'

/** How often those are told who did not ask for every piece. */
const pieceMs = 150

export interface Plan extends Pick<Loop, 'profile' | 'model' | 'sampling' | 'instructions' | 'models' | 'tools' | 'conversation'> {
  readonly info: Omit<RunInfo, 'startedAt'>
  /** Missing: it need not wait. */
  readonly place: Place | undefined
  readonly timeoutMs: number
  readonly clock: Clock
  readonly onEvent: (event: RunEvent) => void
  readonly watchers: Watchers
}

/** What every run reports to. None of these throws. */
export interface Watchers {
  started(run: RunInfo): void
  piece(piece: RunPiece): void
  ended(outcome: RunOutcome): void
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
}

export function startRun(plan: Plan): Live {
  const abort = new AbortController()
  const order = { kept: false }
  const stop = (why: Stop): void => abort.abort(stopError(why, plan.timeoutMs))
  return {
    info: plan.info, stop, done: perform(plan, abort.signal, stop, order),
    interrupt() {
      order.kept = true
      stop('interrupted')
    },
  }
}

async function perform(plan: Plan, signal: AbortSignal, stop: Live['stop'], order: { readonly kept: boolean }): Promise<RunOutcome> {
  const { clock, watchers, place, info: { runId, agentId, sessionKey } } = plan
  const tally = emptyTally()
  const wire = createWire(plan.info, clock, watchers.emit)
  const pieces = createPieces(clock, pieceMs, (seq, delta, text) => {
    const piece = { runId, agentId, sessionKey, seq, delta, text, at: clock.now() }
    wire.piece(piece)
    watchers.piece(piece)
  })
  const run = { startedAt: clock.now(), timer: undefined as unknown }

  /** Rejects with what stops a run before or between its steps. */
  async function live(): Promise<Ending> {
    await turn(place, signal, order)
    run.startedAt = clock.now()
    run.timer = clock.setTimeout(() => stop('timeout'), plan.timeoutMs)
    await plan.conversation.begin()
    const info: RunInfo = { ...plan.info, startedAt: run.startedAt }
    wire.start(info)
    watchers.started(info)
    plan.onEvent({ type: 'start', at: info.startedAt })
    return converse({ ...plan, info, signal, interrupt: () => stop('interrupted'), tally, tell: teller(plan, pieces, wire.tool), prepare: (prompt) => watchers.prepare(prompt, info) })
  }

  const ending = await live().catch((error: unknown): Ending => ({ stopReason: 'error', error: asRunError(error, plan.info.cause.trace), last: [] }))
  if (run.timer !== undefined) clock.clearTimeout(run.timer)
  pieces.flush()
  const outcome = await recorded(plan, outcomeOf(plan, run.startedAt, ending, signal, tally, pieces), ending.last)
  place?.leave()
  wire.end(outcome)
  watchers.ended(outcome)
  return outcome
}

/** The run's turn in its lane; a run that is stopped before that does not wait for it, unless the order is to be kept. */
function turn(place: Place | undefined, signal: AbortSignal, order: { readonly kept: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => { if (!order.kept) reject(signal.reason) }
    if (signal.aborted) stopped()
    else signal.addEventListener('abort', stopped, { once: true })
    void Promise.resolve(place?.turn).then(() => {
      signal.removeEventListener('abort', stopped)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    })
  })
}

/** Text of a later step begins a new paragraph; what waits is sent before a tool is named. */
function teller(plan: Plan, pieces: Pieces, tool: (event: Extract<RunEvent, { type: 'toolStart' | 'toolEnd' }>) => void): Loop['tell'] {
  let paragraph = false
  return (event) => {
    if (event.type === 'text') {
      const delta = paragraph && pieces.text !== '' ? `\n\n${event.delta}` : event.delta
      paragraph = false
      pieces.add(delta)
      plan.onEvent({ type: 'text', delta })
      return
    }
    if (event.type === 'toolStart' || event.type === 'toolEnd') {
      paragraph = true
      pieces.flush()
      tool(event)
    }
    plan.onEvent(event)
  }
}

function outcomeOf(plan: Plan, startedAt: number, ending: Ending, signal: AbortSignal, tally: Tally, pieces: Pieces): RunOutcome {
  const stopped = signal.aborted && (ending.stopReason === 'aborted' || ending.error !== undefined)
  const error = stopped ? (signal.reason as NexusError) : ending.error
  return {
    ...plan.info, startedAt, ...tally,
    status: stopped ? statusOf(signal.reason as NexusError) : error ? 'error' : 'ok',
    stopReason: stopped ? 'aborted' : ending.stopReason,
    text: pieces.text,
    pieces: pieces.count,
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
