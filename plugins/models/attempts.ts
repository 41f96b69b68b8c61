/** One request, tried until somebody answers, the candidates run out or the retry budget says no. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock, Log, MaybePromise } from 'nexus-gateway/sdk'
import type { Attempt, AttemptControl, AttemptOutcome } from './attempt.ts'
import { after, choose, mayFallBack, mayRepeat } from './candidates.ts'
import type { Candidate, Option } from './candidates.ts'
import { createControl } from './control.ts'
import type { Control } from './control.ts'
import { failureOf, providerFailure } from './errors.ts'
import { lineUp, stickyKey } from './line-up.ts'
import type { LineUpHost } from './line-up.ts'
import type { RetryBudget } from './retry-budget.ts'
import { pause } from './waits.ts'
import type { Answered, Outcome, Work } from './work.ts'

export interface Host extends LineUpHost {
  before(attempt: Attempt, control: AttemptControl): MaybePromise<void>
  after(attempt: Attempt, outcome: AttemptOutcome): MaybePromise<void>
  readonly budget: RetryBudget
  /** Milliseconds that one request waits at most, all in all. */
  readonly patienceMs: number
  readonly clock: Clock
  readonly log: Log
  id(): string
  /** From 0 to 1. */
  random(): number
}

/** Before the same server is asked again, so that what failed together does not come back together. */
const pauseMs = 500

interface Run<T> {
  readonly id: string
  readonly work: Work<T>
  left: readonly Candidate[]
  /** Candidates that may be tried once more, and from when on. */
  readonly again: Map<Candidate, number>
  readonly repeated: Set<Candidate>
  tries: number
  waitedMs: number
  said: boolean
}

/** A candidate that this request asks now. */
interface Claim { readonly candidate: Candidate; done(): void }

export type Tried = <T>(work: Work<T>) => Promise<Outcome<T>>

export function createAttempts(host: Host): Tried {
  return async <T>(work: Work<T>): Promise<Outcome<T>> => {
    const { signal, cause, provider } = work.about
    if (signal.aborted) return { value: work.aborted() }
    const run: Run<T> = { id: host.id(), work, left: await lineUp(host, work.about), again: new Map(), repeated: new Set(), tries: 0, waitedMs: 0, said: false }
    host.budget.offered()
    let last: unknown
    for (;;) {
      if (run.tries > 0 && run.left.length + run.again.size === 0) throw last
      // Before any wait: nobody waits for a try that is not admitted.
      if (run.tries > 0 && !host.budget.take()) {
        host.log.warn('the retry budget is spent: no further model is tried', { trace: cause.trace, provider })
        throw last
      }
      const claim = await next(host, run)
      if (!claim && run.tries > 0) host.budget.giveBack()
      if (!claim && !signal.aborted) throw last ?? closedTo(host, run)
      if (!claim) return { value: work.aborted() }
      const control = createControl(signal)
      try {
        return await once(host, run, claim.candidate, control)
      } catch (error) {
        last = error
        if (!consider(host, run, claim.candidate, error)) throw error
      } finally {
        control.end()
        claim.done()
      }
    }
  }
}

/** The candidate to try now, after a wait where one is asked for; nothing when there is none, or the request was aborted. */
async function next<T>(host: Host, run: Run<T>): Promise<Claim | undefined> {
  const { signal } = run.work.about
  for (;;) {
    if (signal.aborted) return undefined
    const options = [...run.left, ...run.again.keys()].map((candidate): Option => {
      const notBefore = run.again.get(candidate)
      return { candidate, gate: host.standings.gate(candidate), ...(notBefore === undefined ? {} : { notBefore }) }
    })
    const choice = choose(options, host.clock.now(), host.patienceMs - run.waitedMs, run.tries === 0)
    if (!choice) return undefined
    const { candidate } = choice.option
    // At once, with nothing awaited in between: of many who find one that is to be tried by one, one gets it.
    if (choice.waitMs <= 0) return { candidate, done: host.standings.begin(candidate) }
    run.waitedMs += choice.waitMs
    // Who waits for one moment need not all come at that moment.
    await pause(host.clock, choice.waitMs + Math.round(host.random() * Math.min(pauseMs, choice.waitMs / 4)), signal)
  }
}

/** Nothing may be sent anywhere: said as the failure that is behind it. */
function closedTo<T>(host: Host, { left, work }: Run<T>): NexusError {
  const gates = left.map((candidate) => ({ candidate, gate: host.standings.gate(candidate) }))
  const soonest = gates.toSorted((a, b) => (a.gate.until ?? Infinity) - (b.gate.until ?? Infinity))[0]
  const now = host.clock.now()
  const waitMs = soonest?.gate.busy ? 1_000 : Math.max(0, (soonest?.gate.until ?? now) - now)
  return providerFailure(soonest?.candidate.spec.provider ?? work.about.provider, soonest?.gate.reason ?? 'server', { retryAfterMs: waitMs })
}

/** Takes note of a failure; whether anything else may be tried. */
function consider<T>(host: Host, run: Run<T>, candidate: Candidate, error: unknown): boolean {
  const repeated = run.again.delete(candidate) || run.repeated.has(candidate)
  const failure = failureOf(error)
  const gone = error instanceof NexusError && error.code === 'NEXUS_MODELS_UNKNOWN'
  if (run.said || (!failure && !gone) || (failure && !mayFallBack(failure.kind))) return false
  run.left = after(run.left, candidate, failure?.kind ?? 'network')
  if (failure && !repeated && !candidate.spec.demo && mayRepeat(failure.kind, failure.status, failure.retryAfterMs, host.patienceMs - run.waitedMs)) {
    run.repeated.add(candidate)
    run.again.set(candidate, host.clock.now() + (failure.retryAfterMs ?? pauseMs / 2) + Math.round(host.random() * pauseMs))
  }
  return true
}

/** One attempt, from its announcement to its end. */
async function once<T>(host: Host, run: Run<T>, candidate: Candidate, { control, bounds, stopped }: Control): Promise<Outcome<T>> {
  const attempt = attemptOf(host, run, candidate)
  const tally: { characters: number; firstMs?: number } = { characters: 0 }
  const end = (outcome: Pick<AttemptOutcome, 'status' | 'kind' | 'httpStatus' | 'unsent' | 'usage'>): Promise<void> => told(host, attempt, { ...outcome, ...tally, durationMs: host.clock.now() - attempt.startedAt })
  try {
    await host.before(attempt, control)
    if (run.work.about.ready) await run.work.about.ready
    const refusal = stopped()
    if (refusal) throw refusal
  } catch (error) {
    await end({ status: 'refused' })
    throw error
  }
  if (bounds().signal.aborted) {
    await end({ status: 'refused' })
    return { value: run.work.aborted() }
  }
  run.tries++
  let answered: Answered<T>
  try {
    answered = await run.work.ask(candidate, bounds(), (characters) => {
      tally.firstMs ??= host.clock.now() - attempt.startedAt
      tally.characters += characters
      run.said = true
    })
  } catch (error) {
    const failure = failureOf(error)
    // A demonstration fails because it is told to.
    if (failure && !candidate.spec.demo) host.standings.failed(candidate, { kind: failure.kind, startedAt: attempt.startedAt, ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }) })
    await end({ status: 'failed', ...(failure && { kind: failure.kind }), ...(failure?.status !== undefined && { httpStatus: failure.status }), ...(failure?.unsent && { unsent: true }) })
    throw error
  }
  const { value, usage, aborted } = answered
  const halted = aborted ? stopped() : undefined
  if (!aborted) settle(host, run, candidate)
  await end({ status: aborted ? 'aborted' : 'ok', ...(usage && { usage }) })
  if (halted) throw halted
  return { value, ...(candidate.account && { account: candidate.account.id }), ...(run.tries > 1 && { attempts: run.tries }) }
}

/** What became of an attempt changes nothing for who has the answer. */
async function told(host: Host, attempt: Attempt, outcome: AttemptOutcome): Promise<void> {
  try {
    await host.after(attempt, outcome)
  } catch (error) {
    host.log.warn('the end of an attempt could not be told', { attempt: attempt.id, error })
  }
}

function settle<T>({ standings, sticky }: Host, { work: { about: { sessionKey } } }: Run<T>, candidate: Candidate): void {
  standings.succeeded(candidate)
  if (candidate.account && sessionKey !== undefined) sticky.set(stickyKey(candidate.spec.provider, sessionKey), candidate.account.id)
}

function attemptOf<T>(host: Host, { id, work, tries }: Run<T>, { spec, account }: Candidate): Attempt {
  const { cause, runId, sessionKey, agentId } = work.about
  return {
    id: host.id(), request: id, nth: tries + 1, cause, provider: spec.provider, model: spec.id, spec, estimate: work.estimate(spec), startedAt: host.clock.now(),
    ...(runId === undefined ? {} : { runId }), ...(sessionKey === undefined ? {} : { sessionKey }), ...(agentId === undefined ? {} : { agentId }), ...(account && { account: account.id }),
  }
}
