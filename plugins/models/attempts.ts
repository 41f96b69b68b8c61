/** One request, tried until somebody answers, the candidates run out or the retry budget says no. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock, Log, MaybePromise } from 'nexus-gateway/sdk'
import { inTurn } from './accounts.ts'
import type { Account, Attempt, AttemptOutcome } from './attempt.ts'
import { after, choose, mayFallBack, mayRepeat } from './candidates.ts'
import type { Candidate, Option } from './candidates.ts'
import type { EmitPart, ModelFinish, ModelRequest } from './request.ts'
import { failModels, failureOf, providerFailure } from './errors.ts'
import type { Estimator } from './estimate.ts'
import type { Recent } from './recent.ts'
import type { Registry } from './registry.ts'
import type { RetryBudget } from './retry-budget.ts'
import { referenceOf } from './spec.ts'
import type { Standings } from './standings.ts'
import { abortedOf } from './stream.ts'

export interface Host {
  readonly registry: Registry
  /** One guarded answer of one provider. */
  stream(request: ModelRequest, emit: EmitPart): Promise<ModelFinish>
  accounts(provider: string): MaybePromise<readonly Account[] | undefined>
  before(attempt: Attempt): MaybePromise<void>
  after(attempt: Attempt, outcome: AttemptOutcome): MaybePromise<void>
  readonly standings: Standings
  readonly budget: RetryBudget
  readonly estimate: Estimator
  /** The account each session used last, by provider and session. */
  readonly sticky: Recent<string, string>
  readonly fallbacks: readonly string[]
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

interface Run {
  readonly id: string
  readonly request: ModelRequest
  readonly emit: EmitPart
  left: readonly Candidate[]
  /** Candidates that may be tried once more, and from when on. */
  readonly again: Map<Candidate, number>
  readonly repeated: Set<Candidate>
  tries: number
  waitedMs: number
  said: boolean
}

export function createAttempts(host: Host): (request: ModelRequest, emit: EmitPart) => Promise<ModelFinish> {
  return async (request, emit) => {
    if (request.signal.aborted) return abortedOf(request)
    const run: Run = { id: host.id(), request, emit, left: await candidatesOf(host, request), again: new Map(), repeated: new Set(), tries: 0, waitedMs: 0, said: false }
    host.budget.offered()
    let last: unknown
    for (;;) {
      const candidate = await next(host, run)
      if (request.signal.aborted) return abortedOf(request)
      if (!candidate) throw last ?? closedTo(host, run)
      if (run.tries > 0 && !host.budget.take()) {
        host.log.warn('the retry budget is spent: no further model is tried', { trace: request.cause.trace, provider: request.provider })
        throw last
      }
      try {
        return await once(host, run, candidate)
      } catch (error) {
        last = error
        if (!consider(host, run, candidate, error)) throw error
      }
    }
  }
}

/** The model and its fallbacks, each with the accounts of its provider. */
export async function candidatesOf(host: Pick<Host, 'registry' | 'accounts' | 'sticky' | 'standings' | 'fallbacks'>, request: Pick<ModelRequest, 'provider' | 'model' | 'fallbacks' | 'account' | 'sessionKey'>): Promise<readonly Candidate[]> {
  const specs = [await host.registry.spec(request.provider, request.model)]
  for (const reference of request.account === undefined ? request.fallbacks ?? host.fallbacks : []) {
    // One that is gone or not allowed is no candidate; the model asked for still is.
    const spec = await host.registry.resolve(reference).catch(() => undefined)
    if (spec && !specs.some((known) => referenceOf(known) === referenceOf(spec))) specs.push(spec)
  }
  const perSpec = await Promise.all(specs.map(async (spec) => {
    const accounts = await host.accounts(spec.provider)
    if (!accounts || accounts.length === 0) return [{ spec }]
    if (request.account === undefined) return inTurn(accounts, host.sticky.get(stickyKey(spec.provider, request.sessionKey)), (account) => host.standings.lastUsed(spec.provider, account)).map((account) => ({ spec, account }))
    const account = accounts.find(({ id }) => id === request.account)
    if (!account) throw failModels('NEXUS_MODELS_ACCOUNT', { provider: spec.provider })
    return [{ spec, account }]
  }))
  return perSpec.flat()
}

const stickyKey = (provider: string, sessionKey = ''): string => `${provider}\n${sessionKey}`

/** The candidate to try now, after a wait where one is asked for; nothing when there is none. */
async function next(host: Host, run: Run): Promise<Candidate | undefined> {
  for (;;) {
    const options = [...run.left, ...run.again.keys()].map((candidate): Option => {
      const notBefore = run.again.get(candidate)
      return { candidate, gate: host.standings.gate(candidate), ...(notBefore === undefined ? {} : { notBefore }) }
    })
    const choice = choose(options, host.clock.now(), host.patienceMs - run.waitedMs, run.tries === 0)
    if (!choice || choice.waitMs <= 0) return choice?.option.candidate
    run.waitedMs += choice.waitMs
    // Who waits for one moment need not all come at that moment.
    await pause(host.clock, choice.waitMs + Math.round(host.random() * Math.min(pauseMs, choice.waitMs / 4)), run.request.signal)
    if (run.request.signal.aborted) return undefined
  }
}

/** Nothing may be sent anywhere: said as the failure that is behind it. */
function closedTo(host: Host, { left, request }: Run): NexusError {
  const gates = left.map((candidate) => ({ candidate, gate: host.standings.gate(candidate) }))
  const soonest = gates.toSorted((a, b) => (a.gate.until ?? Infinity) - (b.gate.until ?? Infinity))[0]
  const now = host.clock.now()
  const waitMs = soonest?.gate.busy ? 1_000 : Math.max(0, (soonest?.gate.until ?? now) - now)
  return providerFailure(soonest?.candidate.spec.provider ?? request.provider, soonest?.gate.reason ?? 'server', { retryAfterMs: waitMs })
}

/** Takes note of a failure; whether anything else may be tried. */
function consider(host: Host, run: Run, candidate: Candidate, error: unknown): boolean {
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
async function once(host: Host, run: Run, candidate: Candidate): Promise<ModelFinish> {
  const { request } = run
  const attempt = attemptOf(host, run, candidate)
  const tally: { characters: number; firstMs?: number } = { characters: 0 }
  const end = (outcome: Pick<AttemptOutcome, 'status' | 'kind' | 'usage'>): MaybePromise<void> =>
    host.after(attempt, { ...outcome, ...tally, durationMs: host.clock.now() - attempt.startedAt })
  try {
    await host.before(attempt)
  } catch (error) {
    await end({ status: 'refused' })
    throw error
  }
  const done = host.standings.begin(candidate)
  run.tries++
  try {
    const finish = await host.stream(requestFor(request, candidate), (part) => {
      tally.firstMs ??= host.clock.now() - attempt.startedAt
      tally.characters += part.type === 'text' || part.type === 'thinking' ? part.delta.length : 0
      run.said = true
      run.emit(part)
    })
    if (finish.stopReason === 'aborted') await end({ status: 'aborted', ...(finish.usage.totalTokens > 0 && { usage: finish.usage }) })
    else await settled(host, run, candidate, () => end({ status: 'ok', usage: finish.usage }))
    return { ...finish, ...(candidate.account && { account: candidate.account.id }), ...(run.tries > 1 && { attempts: run.tries }) }
  } catch (error) {
    const failure = failureOf(error)
    // A demonstration fails because it is told to.
    if (failure && !candidate.spec.demo) host.standings.failed(candidate, { kind: failure.kind, startedAt: attempt.startedAt, ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }) })
    await end({ status: 'failed', ...(failure && { kind: failure.kind }) })
    throw error
  } finally {
    done()
  }
}

async function settled({ standings, sticky }: Host, { request }: Run, candidate: Candidate, end: () => MaybePromise<void>): Promise<void> {
  standings.succeeded(candidate)
  if (candidate.account && request.sessionKey !== undefined) sticky.set(stickyKey(candidate.spec.provider, request.sessionKey), candidate.account.id)
  await end()
}

function attemptOf(host: Host, { id, request, tries }: Run, { spec, account }: Candidate): Attempt {
  const { cause, runId, sessionKey, agentId } = request
  return {
    id: host.id(), request: id, nth: tries + 1, cause, provider: spec.provider, model: spec.id, spec, estimate: host.estimate(request, spec), startedAt: host.clock.now(),
    ...(runId === undefined ? {} : { runId }), ...(sessionKey === undefined ? {} : { sessionKey }), ...(agentId === undefined ? {} : { agentId }), ...(account && { account: account.id }),
  }
}

function requestFor({ fallbacks: _, account: __, ...request }: ModelRequest, { spec, account }: Candidate): ModelRequest {
  return { ...request, provider: spec.provider, model: spec.id, spec, ...(account && { account: account.id }) }
}

/** Ends early, without an error, when the signal aborts. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = clock.setTimeout(wake, ms)
    signal.addEventListener('abort', wake, { once: true })
  })
}
