/** How each account of each provider stands: who cools, whose breaker is open, who was used when. */
import type { Account } from './attempt.ts'
import { closed, failedOnce } from './breaker.ts'
import type { Breaker } from './breaker.ts'
import type { Candidate, Gate } from './candidates.ts'
import { cooled, windowMs } from './cooldown.ts'
import type { Cooldown, CooldownSettings } from './cooldown.ts'
import type { FailureKind } from './errors.ts'
import { createRecent } from './recent.ts'

export interface Failure { readonly kind: FailureKind; readonly startedAt: number; readonly retryAfterMs?: number }

export interface Standings {
  gate(candidate: Candidate): Gate
  /** An attempt begins; what is given back ends it. */
  begin(candidate: Candidate): () => void
  succeeded(candidate: Candidate): void
  failed(candidate: Candidate, failure: Failure): void
  /** When it was last used, as a number that only grows; 0 for never. */
  lastUsed(provider: string, account: Account): number
  /** How the account stands by itself, whatever the model. */
  standing(provider: string, account: Account | undefined): Gate & { readonly errors: number }
  /** Cooldowns, by key, to be kept over a restart: also those that are over, because the next one is longer for them. */
  dump(): Readonly<Record<string, Cooldown>>
  load(kept: Readonly<Record<string, Cooldown>>): void
}

const most = 2_000
const separator = '\n'

/** Credentials and money belong to an account, rate limits mostly to a model of an account, outages to both. */
export function createStandings(settings: CooldownSettings, now: () => number, changed: () => void): Standings {
  const cooldowns = createRecent<string, Cooldown>(most)
  const breakers = createRecent<string, Breaker>(most)
  const misfits = createRecent<string, Breaker>(most)
  const probing = new Set<string>()
  const used = createRecent<string, number>(most)
  let turn = 0

  const accountKey = (provider: string, account: Account | undefined): string => [provider, account?.id ?? ''].join(separator)
  const keyOf = ({ spec, account }: Candidate): string => accountKey(spec.provider, account)
  const modelKeyOf = (candidate: Candidate): string => [keyOf(candidate), candidate.spec.id].join(separator)

  function cooling(key: string): Gate | undefined {
    const cooldown = cooldowns.get(key)
    return cooldown && cooldown.until > now() ? { state: 'cooling', until: cooldown.until, hard: cooldown.hard, reason: cooldown.reason, busy: probing.has(key) } : undefined
  }
  function broken(key: string): Gate | undefined {
    const until = breakers.get(key)?.until
    if (until === undefined || (until <= now() && !probing.has(key))) return undefined
    return { state: 'open', until, reason: 'server', busy: probing.has(key) }
  }
  /** The worst of several: an open breaker, then the cooldown that lasts longest. */
  function worst(keys: readonly string[]): Gate {
    const open = keys.map(broken).find((gate) => gate !== undefined)
    if (open) return open
    const gates = keys.map(cooling).filter((gate) => gate !== undefined)
    return gates.toSorted((a, b) => b.until! - a.until!)[0] ?? { state: 'ready' }
  }

  function rest(key: string, cooldown: Cooldown | undefined): void {
    if (!cooldown || cooldown === cooldowns.get(key)) return
    cooldowns.set(key, cooldown)
    changed()
  }
  /** One request may be at fault itself; of many in a row it is the model, which may be gone. Then others go first. */
  function misunderstood(key: string, startedAt: number): Cooldown | undefined {
    const { until, ...misfit } = failedOnce(misfits.get(key) ?? closed, now(), startedAt)
    misfits.set(key, until === undefined ? misfit : { ...misfit, until })
    return until === undefined ? undefined : { until, hard: false, reason: 'format', errors: misfit.failures, billing: 0, lastAt: misfit.lastAt }
  }

  return {
    gate: (candidate) => worst([keyOf(candidate), modelKeyOf(candidate)]),
    begin(candidate) {
      const keys = [keyOf(candidate), modelKeyOf(candidate)]
      used.set(keys[0]!, ++turn)
      const doubtful = keys.filter((key) => cooling(key) !== undefined || breakers.get(key)?.until !== undefined)
      for (const key of doubtful) probing.add(key)
      return () => { for (const key of doubtful) probing.delete(key) }
    },
    succeeded(candidate) {
      misfits.delete(modelKeyOf(candidate))
      for (const key of [keyOf(candidate), modelKeyOf(candidate)]) {
        breakers.delete(key)
        if (cooldowns.get(key) === undefined) continue
        cooldowns.delete(key)
        changed()
      }
    },
    failed(candidate, { kind, startedAt, retryAfterMs }) {
      const key = kind === 'auth' || kind === 'billing' ? keyOf(candidate) : modelKeyOf(candidate)
      rest(key, kind === 'format' ? misunderstood(key, startedAt) : cooled(cooldowns.get(key), { kind, now: now(), startedAt, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, settings))
      if (kind === 'server' || kind === 'network' || kind === 'timeout') breakers.set(keyOf(candidate), failedOnce(breakers.get(keyOf(candidate)) ?? closed, now(), startedAt))
    },
    lastUsed: (provider, account) => used.get(accountKey(provider, account)) ?? 0,
    standing(provider, account) {
      const key = accountKey(provider, account)
      // A model of it that cools is worth showing too.
      const keys = [key, ...[...cooldowns.entries()].map(([name]) => name).filter((name) => name.startsWith(`${key}${separator}`))]
      const errors = Math.max(breakers.get(key)?.failures ?? 0, ...keys.map((name) => cooldowns.get(name)?.errors ?? 0))
      return { ...worst(keys), errors }
    },
    dump: () => Object.fromEntries([...cooldowns.entries()].filter(([, { until, lastAt }]) => until > now() || now() - lastAt < windowMs)),
    load(kept) {
      for (const [key, cooldown] of Object.entries(kept)) if (cooldowns.get(key) === undefined) cooldowns.set(key, cooldown)
    },
  }
}
