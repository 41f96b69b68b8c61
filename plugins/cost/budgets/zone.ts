/** Local time of a time zone, by what Intl knows of it. */
import { failCost } from '../errors.ts'

export interface Zone {
  readonly name: string
  /** Milliseconds that its clocks are ahead of UTC then. */
  offset(at: number): number
}

/** Throws NEXUS_COST_TIME_ZONE. Without a name it is the machine's, which nobody asks before it is needed: Intl takes a while to wake. */
export function zoneOf(given?: string): Zone {
  let format = given === undefined ? undefined : formatOf(given)
  let zone = given
  const name = (): string => zone ??= new Intl.DateTimeFormat().resolvedOptions().timeZone
  return {
    get name() { return name() },
    offset(at) {
      format ??= formatOf(name())
      const whole = Math.floor(at / 1000) * 1000
      const part: Partial<Record<string, number>> = {}
      for (const { type, value } of format.formatToParts(whole)) part[type] = Number(value)
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
      return Date.UTC(year, month - 1, day, hour, minute, second) - whole
    },
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
  } catch (error) {
    throw failCost('NEXUS_COST_TIME_ZONE', {}, error)
  }
}

const hours = 3_600_000
/** Far enough on either side for every offset that a local time can have had. */
const farthest = 36 * hours
const around = [-36, -24, -14, -6, -2, 0, 2, 6, 14, 24, 36].map((n) => n * hours)

/**
 * The first instant at which clocks show `wall` (a local time written as if it were UTC) or later. Of an hour that
 * comes twice it is the first; of one that is left out, the moment at which the clocks go forward over it.
 */
export function firstAt({ offset }: Pick<Zone, 'offset'>, wall: number): number {
  const usual = offset(wall)
  if (offset(wall - farthest) === usual && offset(wall + farthest) === usual) return wall - usual
  const offsets = [...new Set(around.map((ms) => offset(wall + ms)))]
  const hits = offsets.map((one) => wall - one).filter((at) => at + offset(at) === wall)
  if (hits.length > 0) return Math.min(...hits)
  let [before, after] = [wall - Math.max(...offsets), wall - Math.min(...offsets)]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (middle + offset(middle) >= wall) after = middle
    else before = middle
  }
  return after
}

/** `2026-01-02T00:00:00+01:00`. */
export function isoIn({ offset }: Pick<Zone, 'offset'>, at: number): string {
  const ahead = offset(at)
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${new Date(at + ahead).toISOString().slice(0, 19)}${ahead < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
