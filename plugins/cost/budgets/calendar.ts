/** Days and months of budgets. They follow each other without a gap and without an overlap, whatever the clocks of the zone do. */
import { firstAt, isoIn, zoneOf } from './zone.ts'

/** `key`: `2026-01-31` or `2026-01`. From `start` up to, and without, `end`. */
export interface Span { readonly key: string; readonly start: number; readonly end: number }
export type Calendrical = 'day' | 'month'

export interface Calendar {
  readonly timeZone: string
  spanOf(per: Calendrical, at: number): Span
  /** With the offset of then, such as `2026-01-02T00:00:00+01:00`. */
  iso(at: number): string
}

export interface CalendarSettings {
  readonly timeZone?: string | undefined
  /** 0 to 23. */
  readonly resetHour?: number
  /** 1 to 28. */
  readonly monthDay?: number
}

const dayMs = 86_400_000
const hourMs = 3_600_000

/** Throws NEXUS_COST_TIME_ZONE. */
export function createCalendar({ timeZone, resetHour = 0, monthDay = 1 }: CalendarSettings): Calendar {
  const zone = zoneOf(timeZone)
  const latest: { [K in Calendrical]?: Span } = {}

  /** Days and months by number: since 1970, and since the year 0. */
  const startOf: { readonly [K in Calendrical]: (n: number) => number } = {
    day: (n) => firstAt(zone, n * dayMs + resetHour * hourMs),
    month: (n) => firstAt(zone, Date.UTC(Math.floor(n / 12), n % 12, monthDay, resetHour)),
  }
  const keyOf: { readonly [K in Calendrical]: (n: number) => string } = {
    day: (n) => new Date(n * dayMs).toISOString().slice(0, 10),
    month: (n) => `${String(Math.floor(n / 12)).padStart(4, '0')}-${String((n % 12) + 1).padStart(2, '0')}`,
  }
  const near = (per: Calendrical, at: number): number => {
    const wall = new Date(at + zone.offset(at))
    return per === 'day' ? Math.floor(wall.getTime() / dayMs) : wall.getUTCFullYear() * 12 + wall.getUTCMonth()
  }

  function find(per: Calendrical, at: number): Span {
    const start = startOf[per]
    let n = near(per, at) + 1
    while (start(n) > at) n--
    return { key: keyOf[per](n), start: start(n), end: start(n + 1) }
  }

  return {
    get timeZone() { return zone.name },
    spanOf(per, at) {
      const known = latest[per]
      if (known && at >= known.start && at < known.end) return known
      return latest[per] = find(per, at)
    },
    iso: (at) => isoIn(zone, at),
  }
}
