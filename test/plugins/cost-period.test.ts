/** Days and months of budgets: no instant is in none or in two of them, and they begin when the clocks of the zone say so. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCalendar } from '../../plugins/cost/budgets/calendar.ts'
import { zoneOf } from '../../plugins/cost/budgets/zone.ts'

const zones = Intl.supportedValuesOf('timeZone')
const hour = 3_600_000
/** 1990 to 2040: with clocks that jumped by a day (Apia, Kwajalein), by half an hour (Lord Howe), at midnight (Havana, Beirut). */
const instant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2040, 0, 1) })
const settings = fc.record({ timeZone: fc.constantFrom(...zones), resetHour: fc.integer({ min: 0, max: 23 }), monthDay: fc.integer({ min: 1, max: 28 }) })

/** What a clock on the wall shows, asked of Intl in another way than the code does. */
function wall(timeZone: string, at: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)
}
const two = (n: number): string => String(n).padStart(2, '0')

describe('in every zone', () => {
  test.each(['day', 'month'] as const)('a %s follows the one before without a gap, and holds the instant it was asked for', (per) => {
    fc.assert(fc.property(settings, instant, (given, at) => {
      const calendar = createCalendar(given)
      const span = calendar.spanOf(per, at)
      expect(span.start).toBeLessThanOrEqual(at)
      expect(at).toBeLessThan(span.end)
      const fresh = createCalendar(given)
      expect(fresh.spanOf(per, span.start)).toEqual(span)
      expect(fresh.spanOf(per, span.end - 1)).toEqual(span)
      const next = fresh.spanOf(per, span.end)
      expect(next.start).toBe(span.end)
      expect(next.key > span.key).toBe(true)
    }), { numRuns: 500 })
  })

  test('a day begins at its hour by the clocks of the zone, or, where that hour is left out, when the clocks have gone over it', () => {
    fc.assert(fc.property(settings, instant, ({ timeZone, resetHour }, at) => {
      const { key, start } = createCalendar({ timeZone, resetHour }).spanOf('day', at)
      const wanted = `${key} ${two(resetHour)}:00:00`
      const shown = wall(timeZone, start)
      expect(shown >= wanted).toBe(true)
      // Not one second sooner.
      expect(wall(timeZone, start - 1_000) < wanted).toBe(true)
      if (shown !== wanted) expect(zoneOf(timeZone).offset(start)).toBeGreaterThan(zoneOf(timeZone).offset(start - 1))
    }), { numRuns: 500 })
  })

  test('a month begins on its day and at its hour', () => {
    fc.assert(fc.property(settings, instant, (given, at) => {
      const { key, start } = createCalendar(given).spanOf('month', at)
      const wanted = `${key}-${two(given.monthDay)} ${two(given.resetHour)}:00:00`
      expect(wall(given.timeZone, start) >= wanted).toBe(true)
      expect(wall(given.timeZone, start - 1_000) < wanted).toBe(true)
    }), { numRuns: 400 })
  })

  test('each of them is known, and a time is written so that it can be read back', () => {
    for (const timeZone of zones) {
      const at = Date.UTC(2026, 5, 15, 12, 34, 56)
      expect(Date.parse(createCalendar({ timeZone }).iso(at)), timeZone).toBe(at)
    }
  })

  test('whatever order it is asked in, the answer is the same', () => {
    fc.assert(fc.property(settings, fc.array(instant, { minLength: 2, maxLength: 10 }), (given, times) => {
      const one = createCalendar(given)
      for (const at of times) expect(one.spanOf('day', at)).toEqual(createCalendar(given).spanOf('day', at))
    }), { numRuns: 50 })
  })
})

describe('days on which the clocks change', () => {
  const lengths = (timeZone: string, days: readonly number[], resetHour = 0): number[] => days.map((at) => {
    const { start, end } = createCalendar({ timeZone, resetHour }).spanOf('day', at)
    return (end - start) / hour
  })
  test.each([
    ['Europe/Berlin', Date.UTC(2026, 2, 29, 12), 23], ['Europe/Berlin', Date.UTC(2026, 9, 25, 12), 25],
    ['Australia/Lord_Howe', Date.UTC(2026, 9, 4, 2), 23.5], ['America/Havana', Date.UTC(2026, 2, 8, 18), 23],
    ['Pacific/Apia', Date.UTC(2011, 11, 30, 9, 30), 24], ['UTC', Date.UTC(2026, 2, 29), 24],
  ])('in %s it is as long as they say', (zone, at, length) => expect(lengths(zone, [at])).toEqual([length]))

  test('an hour that comes twice is in one day', () => {
    const calendar = createCalendar({ timeZone: 'Europe/Berlin', resetHour: 2 })
    const first = Date.UTC(2026, 9, 25, 0)
    expect(calendar.spanOf('day', first).start).toBe(first)
    expect(calendar.spanOf('day', first + hour)).toEqual(calendar.spanOf('day', first))
  })

  test('a day that was left out of the calendar has no length, and the one before ends where the one after begins', () => {
    const calendar = createCalendar({ timeZone: 'Pacific/Apia' })
    const before = calendar.spanOf('day', Date.UTC(2011, 11, 30, 9))
    expect([before.key, calendar.spanOf('day', before.end).key]).toEqual(['2011-12-29', '2011-12-31'])
  })
})

test('a zone that nobody knows is refused, and the value is not repeated', () => {
  expect(() => createCalendar({ timeZone: 'Mars/Olympus' })).toThrow(expect.objectContaining({ code: 'NEXUS_COST_TIME_ZONE', message: expect.not.stringContaining('Mars') as string }))
})
