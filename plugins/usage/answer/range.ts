/** Which days are asked for, and whose. */
import type { Book } from '../book/book.ts'
import { failUsage } from '../errors.ts'
import { quarterMs } from '../scan/columns.ts'
import type { UsageCostParams } from '../wire.ts'
import { dayNumber, monthOf, type Zone } from '../zone.ts'

/** Days since 1970-01-01, both included. */
export interface Range { readonly zone: Zone; readonly from: number; readonly to: number; readonly months: readonly number[] }

const usualDays = 30
const mostDays = 3_660
const days = { '7d': 7, '30d': 30, '90d': 90, '1y': 365 } as const

type Params = NonNullable<UsageCostParams>

/** `gateway`: the gateway's own time zone; zones that were made before are found again in `zones`. */
export function rangeOf(params: Params, book: Book, now: number, zoneOf: (name: string) => Zone, gateway: string): Range {
  const zone = zoneOf(nameOf(params, gateway))
  const today = zone.dayOf(Math.floor(now / quarterMs))
  const to = given(params.endDate) ?? Math.max(today, given(params.startDate) ?? today)
  const from = given(params.startDate) ?? (params.range === 'all' ? first(book, zone, to) : to - (params.days ?? (params.range ? days[params.range] : usualDays)) + 1)
  if (from > to) throw failUsage('NEXUS_USAGE_RANGE', { reason: 'the first is after the last' })
  if (to - from >= mostDays) throw failUsage('NEXUS_USAGE_RANGE', { reason: 'there are too many' })
  return { zone, from, to, months: monthsOf(from, to) }
}

function monthsOf(from: number, to: number): number[] {
  const [first, last] = [monthOf(from), monthOf(to)]
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

function nameOf({ mode, timeZone, utcOffset }: Params, gateway: string): string {
  if (mode === 'utc') return 'UTC'
  if (mode === 'gateway') return gateway
  return timeZone ?? utcOffset ?? gateway
}

function given(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const day = dayNumber(text)
  if (Number.isNaN(day)) throw failUsage('NEXUS_USAGE_RANGE', { reason: 'one of them is not in the calendar' })
  return day
}

function first(book: Book, zone: Zone, to: number): number {
  let at = Infinity
  for (const { state } of book.files()) if (state.firstAt > 0 && state.firstAt < at) at = state.firstAt
  const day = at === Infinity ? to : zone.dayOf(Math.floor(at / quarterMs))
  return Math.min(to, Math.max(day, to - mostDays + 1))
}
