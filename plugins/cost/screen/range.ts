/** The days that a command line means. Pure. */
import { failScreen } from './errors.ts'
import { addDays, dayOf, daysBetween, isDay, isZone } from './time.ts'

/** Days as `2026-11-22`, both counted, of the time zone. */
export interface Range { readonly from: string; readonly to: string; readonly timeZone: string }
type Options = Readonly<Record<string, string | boolean | undefined>>

export const mostDays = 3_660
const usualDays = 30

/** The zone of the command line, if it has one. Throws NEXUS_COST_ZONE. */
export function zoneOf({ zone }: Options): string | undefined {
  if (typeof zone !== 'string') return undefined
  if (!isZone(zone)) throw failScreen('NEXUS_COST_ZONE')
  return zone
}

/** Without options the last 30 days, today among them. Throws NEXUS_COST_DAYS, NEXUS_COST_DATE, NEXUS_COST_SPAN. */
export function rangeOf(options: Options, timeZone: string, now: number): Range {
  const from = dayIn(options, 'from')
  const days = wholeNumber(options, 'days', mostDays)
  if (from !== undefined && days !== undefined && options['to'] !== undefined) throw failScreen('NEXUS_COST_SPAN', { reason: '--from, --to and --days are one too many' })
  const to = dayIn(options, 'to') ?? (from !== undefined && days !== undefined ? addDays(from, days - 1) : dayOf(now, timeZone))
  const first = from ?? addDays(to, 1 - (days ?? usualDays))
  const length = daysBetween(first, to)
  if (length < 1) throw failScreen('NEXUS_COST_SPAN', { reason: '--from is after its end' })
  if (length > mostDays) throw failScreen('NEXUS_COST_SPAN', { reason: `it has more than ${mostDays} days` })
  return { from: first, to, timeZone }
}

function dayIn(options: Options, option: 'from' | 'to'): string | undefined {
  const day = options[option]
  if (day === undefined) return undefined
  if (typeof day !== 'string' || !isDay(day)) throw failScreen('NEXUS_COST_DATE', { option })
  return day
}

/** Throws NEXUS_COST_DAYS. */
export function wholeNumber(options: Options, option: string, most: number): number | undefined {
  const text = options[option]
  if (text === undefined) return undefined
  const n = typeof text === 'string' && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 0
  if (n < 1 || n > most) throw failScreen('NEXUS_COST_DAYS', { option, most })
  return n
}
