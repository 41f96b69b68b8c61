/** Lets nothing through to a provider that only fails, but one try from time to time. Pure. */

export interface Breaker {
  /** Failures in a row. */
  readonly failures: number
  /** How often in a row it has opened. */
  readonly opened: number
  /** Milliseconds since the epoch; in the past it lets one try through at a time. Without it all may pass. */
  readonly until?: number
  readonly lastAt: number
}

export const closed: Breaker = { failures: 0, opened: 0, lastAt: 0 }

export const tripsAfter = 5
const firstMs = 15_000
const mostMs = 5 * 60_000

/** Failures of tries that began before it opened are no news. */
export function failedOnce(breaker: Breaker, now: number, startedAt: number): Breaker {
  if (breaker.until !== undefined && startedAt < breaker.lastAt) return breaker
  const failures = breaker.failures + 1
  if (breaker.until === undefined && failures < tripsAfter) return { ...breaker, failures, lastAt: now }
  return { failures, opened: breaker.opened + 1, until: now + Math.min(mostMs, firstMs * 2 ** Math.min(breaker.opened, 20)), lastAt: now }
}
