/** Whose midnight ends a day. Every quarter of an hour UTC lies within one day of every zone, so days are exact sums of quarters. */
import { quarterMs } from './scan/columns.ts'
import { failUsage } from './errors.ts'

export interface Zone {
  readonly name: string
  /** Days since 1970-01-01 of the local calendar, of a quarter of an hour since the epoch. */
  dayOf(quarter: number): number
}

const dayMs = 86_400_000
const perDay = dayMs / quarterMs
const remembered = 5_000

export const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
/** NaN for what is no day. */
export function dayNumber(text: string): number {
  const ms = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(ms) || dayText(ms / dayMs) !== text ? NaN : ms / dayMs
}
/** Months since year 0, for keeping what belongs together together. */
export function monthOf(day: number): number {
  const date = new Date(day * dayMs)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** Its first and last day. */
export const daysOfMonth = (month: number): readonly [first: number, last: number] => [firstOf(month), firstOf(month + 1) - 1]
const firstOf = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12) / dayMs

/** `Europe/Berlin`, `UTC`, `+05:45`, `UTC-3`. Throws NEXUS_USAGE_ZONE. */
export function createZone(name: string): Zone {
  const fixed = fixedOffset(name)
  if (fixed !== undefined) return { name: offsetName(fixed), dayOf: (quarter) => Math.floor((quarter * quarterMs + fixed) / dayMs) }
  return named(name)
}

/** Milliseconds; `undefined` for what is no offset. */
function fixedOffset(text: string): number | undefined {
  if (/^(utc|gmt|z|etc\/utc)$/i.test(text)) return 0
  const [, sign, hours, minutes = '0'] = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i.exec(text.replace('−', '-')) ?? []
  if (hours === undefined) return undefined
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000
  if (size > 18 * 3_600_000 || size % quarterMs !== 0) throw failUsage('NEXUS_USAGE_ZONE')
  return sign === '-' ? -size : size
}
function offsetName(ms: number): string {
  if (ms === 0) return 'UTC'
  const minutes = Math.abs(ms) / 60_000
  return `UTC${ms < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

function named(timeZone: string): Zone {
  const offsetAt = offsets(timeZone)
  /** By day UTC: the offset of all of it, or that of each of its quarters. */
  const known = new Map<number, number | readonly number[]>()
  function lookedUp(day: number): number | readonly number[] {
    const [first, last] = [offsetAt(day * dayMs), offsetAt((day + 1) * dayMs - 1)]
    return first === last ? first : Array.from({ length: perDay }, (_, i) => offsetAt(day * dayMs + i * quarterMs))
  }
  return {
    name: timeZone,
    dayOf(quarter) {
      const day = Math.floor(quarter / perDay)
      let offset = known.get(day)
      if (offset === undefined) {
        offset = lookedUp(day)
        if (known.size >= remembered) known.clear()
        known.set(day, offset)
      }
      return Math.floor((quarter * quarterMs + (typeof offset === 'number' ? offset : offset[quarter - day * perDay] as number)) / dayMs)
    },
  }
}

function offsets(timeZone: string): (at: number) => number {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  } catch (error) {
    throw failUsage('NEXUS_USAGE_ZONE', {}, error)
  }
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
    const [, sign, hours = '0', minutes = '0'] = /([+-])(\d{2}):(\d{2})/.exec(name) ?? []
    const size = (Number(hours) * 60 + Number(minutes)) * 60_000
    return sign === '-' ? -size : size
  }
}
