/** How long an account that failed is left alone. Pure: what stands before and a failure make what stands after. */
import type { FailureKind } from './errors.ts'

export interface Cooldown {
  /** Milliseconds since the epoch. */
  readonly until: number
  /** The provider named that time itself, so nothing is sent before it; otherwise the account is the last choice and no more. */
  readonly hard: boolean
  readonly reason: FailureKind
  /** Failures in a row, and those of them for lack of money. */
  readonly errors: number
  readonly billing: number
  readonly lastAt: number
}

export interface CooldownSettings { readonly minutes: readonly number[]; readonly billingHours: number; readonly billingMaxHours: number }

const minute = 60_000
const hour = 60 * minute
const shortestMs = 1_000
/** After as long without a failure, the next one is a first one again. */
export const windowMs = 24 * hour

export interface AccountFailure {
  readonly kind: FailureKind
  readonly now: number
  /** When the attempt that failed began. */
  readonly startedAt: number
  readonly retryAfterMs?: number
}

/**
 * `undefined` when the failure says nothing about the account. Of requests that failed side by side only the first
 * counts: the others had begun before anybody could know. A `Retry-After` holds up to the longest step, and for a
 * second at least: a server that refuses and says "at once" would be asked without a pause.
 */
export function cooled(before: Cooldown | undefined, failure: AccountFailure, settings: CooldownSettings): Cooldown | undefined {
  const { kind, now, startedAt, retryAfterMs } = failure
  if (!blamesAccount(kind) && !(retryAfterMs !== undefined && (kind === 'server' || kind === 'timeout'))) return undefined
  const recent = before && now - before.lastAt < windowMs ? before : undefined
  if (recent && startedAt <= recent.lastAt) return recent
  const billing = (recent?.billing ?? 0) + (kind === 'billing' ? 1 : 0)
  if (kind !== 'billing' && retryAfterMs !== undefined) {
    const longest = Math.max(...settings.minutes) * minute
    return { until: now + Math.min(Math.max(retryAfterMs, shortestMs), longest), hard: true, reason: kind, errors: recent?.errors ?? 0, billing, lastAt: now }
  }
  const errors = (recent?.errors ?? 0) + 1
  const length = kind === 'billing' ? Math.min(settings.billingMaxHours, settings.billingHours * 2 ** (billing - 1)) * hour : settings.minutes[Math.min(errors, settings.minutes.length) - 1]! * minute
  return { until: now + length, hard: false, reason: kind, errors, billing, lastAt: now }
}

export const blamesAccount = (kind: FailureKind): boolean => kind === 'auth' || kind === 'billing' || kind === 'rate_limit'
