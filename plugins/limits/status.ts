/** The books as one answer. Pure. */
import type { AttemptBounds, AttemptsReport } from './attempts.ts'
import { busyMs, partsOf, type CallsReport } from './calls.ts'
import type { LimitsStatus } from './contract.ts'
import { concurrentText, rateText } from './rules.ts'

type Bounds = LimitsStatus['bounds']
type CallRow = LimitsStatus['calls'][number]

const mostRows = 100

export const boundsOf = (attempts: AttemptBounds, callsPerMinute: number | undefined): Bounds => ({ ...attempts, callsPerMinute: callsPerMinute ?? null })

export function statusOf(attempts: AttemptsReport, calls: CallsReport, bounds: Bounds): LimitsStatus {
  return {
    sources: worst(attempts.sources.map(({ key, used, retryAfterMs }) => ({ source: key, used, retryAfterMs }))),
    calls: worst(rowsOf(calls)),
    everybody: attempts.everybody,
    bounds,
    tables: { sources: { entries: attempts.sources.length, most: attempts.most }, calls: { entries: calls.rates.length, most: calls.most }, callers: { entries: calls.callers.length, most: calls.most } },
  }
}

function rowsOf({ rates, callers, running }: CallsReport): CallRow[] {
  const rows = new Map<string, CallRow>()
  for (const { key, used, bound, retryAfterMs } of rates) rows.set(key, { ...partsOf(key), used, running: 0, limit: rateText(bound), retryAfterMs })
  for (const { key, count, most } of running) {
    const rate = rows.get(key)
    const limit = [...(rate ? [rate.limit] : []), concurrentText(most)].join(', ')
    rows.set(key, { ...partsOf(key), used: rate?.used ?? 0, running: count, limit, retryAfterMs: Math.max(rate?.retryAfterMs ?? 0, count >= most ? busyMs : 0) })
  }
  return [...rows.values(), ...callers.map(({ key, used, bound, retryAfterMs }) => ({ caller: key, method: '*', used, running: 0, limit: rateText(bound), retryAfterMs }))]
}

/** Who waits longest, then who has used most. */
const worst = <R extends { readonly used: number; readonly retryAfterMs: number }>(rows: readonly R[]): R[] =>
  [...rows].sort((a, b) => b.retryAfterMs - a.retryAfterMs || b.used - a.used).slice(0, mostRows)
