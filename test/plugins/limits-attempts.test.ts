/** Tries at secrets: how many are granted, whatever comes in whatever order, and what is kept of it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAttempts, mostGlobal, type AttemptBounds } from '../../plugins/limits/attempts.ts'
import type { Attempt } from '../../plugins/limits/contract.ts'
import { steady } from '../../plugins/limits/steady.ts'
import { createTable } from '../../plugins/limits/table.ts'
import { addTo, bound, createWindow, takeFrom, waitOf, type Span } from '../../plugins/limits/window.ts'

const bounds: AttemptBounds = { perSource: 10, global: 1_000, windowMs: 60_000 }

function setUp(over: Partial<AttemptBounds> = {}) {
  let time = 1_000_000
  const told: [string, number][] = []
  const book = createAttempts({ ...bounds, ...over }, steady(() => time), (source, refused) => { told.push([source, refused]) })
  return {
    ...book, told,
    /** The clock, back too. */
    pass(ms: number) { time += ms },
    granted: (source: string, times = 1) => Array.from({ length: times }, () => book.take(source)).filter(({ ok }) => ok).length,
    size: () => book.report().sources.length,
  }
}
/** `expect` takes microseconds, and here is asked a million times. */
function hold(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}
const waitFor = (attempt: Attempt): number => (attempt.ok ? 0 : attempt.retryAfterMs)

type Step = { readonly take: string } | { readonly refund: number } | { readonly pass: number }
const windowMs = 100
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ take: fc.constantFrom('a', 'b', 'c', 'unix') }) },
  { weight: 2, arbitrary: fc.record({ refund: fc.nat(200) }) },
  { weight: 2, arbitrary: fc.record({ pass: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(1, windowMs - 1, windowMs, windowMs + 1)) }) },
)

describe('of any interleaving of takes, refunds and time', () => {
  interface Grant { readonly source: string; readonly at: number; readonly refund: () => void; refunded: boolean }
  const isOfNetwork = ({ source }: Pick<Grant, 'source'>): boolean => source !== 'unix'

  test('exactly those are granted for which there is a place, and the rest is told when there will be one', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 8 }), fc.array(step, { minLength: 50, maxLength: 200, size: 'max' }), (perSource, global, steps) => {
      const k = setUp({ perSource, global, windowMs })
      const grants: Grant[] = []
      let now = 0
      const wait = (counted: readonly Grant[], most: number): number => {
        const live = counted.filter(({ at, refunded }) => !refunded && at > now - windowMs)
        return live.length < most ? 0 : live[live.length - most]!.at + windowMs - now
      }
      for (const s of steps) {
        if ('pass' in s) {
          now += s.pass
          k.pass(s.pass)
        } else if ('refund' in s) {
          const grant = grants[s.refund]
          if (grant) grant.refunded = true
          grant?.refund()
        } else {
          const expected = Math.max(wait(grants.filter(({ source }) => source === s.take), perSource), s.take === 'unix' ? 0 : wait(grants.filter(isOfNetwork), global))
          const attempt = k.take(s.take)
          hold(waitFor(attempt) === expected, `${s.take} waits ${waitFor(attempt)} and not ${expected}`)
          if (attempt.ok) grants.push({ source: s.take, at: now, refund: attempt.refund, refunded: false })
        }
      }
      const kept = grants.filter(({ refunded }) => !refunded)
      for (const { at, source } of kept) {
        const inWindow = kept.filter((other) => other.at >= at && other.at < at + windowMs)
        hold(inWindow.filter((other) => other.source === source).length <= perSource, 'too many of one source')
        hold(inWindow.filter(isOfNetwork).length <= global, 'too many of all')
      }
    }), { numRuns: 200 })
  })

  test('of a number too large to be kept one by one never more are granted, and few later than could be', () => {
    fc.assert(fc.property(fc.integer({ min: 33, max: 60 }), fc.array(step, { minLength: 200, maxLength: 600, size: 'max' }), (most, steps) => {
      const window = createWindow(bound(most, 3_200))
      const grants: { readonly at: number; readonly span: Span; refunded: boolean }[] = []
      let now = 0
      const within = (ms: number): number => grants.filter(({ at, refunded }) => !refunded && at > now - ms).length
      for (const s of steps) {
        if ('pass' in s) now += s.pass * 5
        else if ('refund' in s) {
          const grant = grants[s.refund]
          if (!grant || grant.refunded) continue
          grant.refunded = true
          takeFrom(window, grant.span)
        } else {
          const wait = waitOf(window, now)
          hold(within(3_200) < most || wait > 0, 'more than there may be')
          hold(within(3_200 + 100) >= most || wait === 0, 'refused too long')
          if (wait === 0) grants.push({ at: now, span: addTo(window, now), refunded: false })
          else hold(grants.filter(({ at, refunded }) => !refunded && at > now + wait - 3_200).length < most, 'told too short a time')
        }
        hold(window.spans.length <= 34, 'too many spans')
      }
    }), { numRuns: 100 })
  })
})

test('what is given back leaves no trace in a window that goes on', () => {
  for (const most of [10, 1_000]) {
    const window = createWindow(bound(most, 60_000))
    addTo(window, 0)
    for (let now = 1; now < 59_000; now++) takeFrom(window, addTo(window, now))
    expect([window.used, window.spans.length]).toEqual([1, 1])
  }
})

test('a window takes the same little memory however much it counts', () => {
  const window = createWindow(bound(1_000_000, 60_000))
  let most = 0
  for (let now = 0; now < 200_000; now++) {
    addTo(window, now)
    most = Math.max(most, window.spans.length)
  }
  expect(most).toBeLessThanOrEqual(34)
  expect(window.used).toBeGreaterThanOrEqual(60_000)
})

describe('tries', () => {
  test('of one source are ten in a minute, of 10,000 at once as of one after the other', () => {
    const k = setUp()
    expect(k.granted('192.0.2.1', 10_000)).toBe(10)
    k.pass(59_999)
    expect(k.granted('192.0.2.1', 10)).toBe(0)
    k.pass(1)
    expect(k.granted('192.0.2.1', 10_000)).toBe(10)
  })

  test('of 200 that are looked at side by side: the wrong ones stay taken, the right ones do not', async () => {
    const k = setUp()
    let looked = 0
    const guess = async (isRight: boolean): Promise<boolean> => {
      const attempt = k.take('192.0.2.1')
      if (!attempt.ok) return false
      looked++
      await new Promise((resolve) => { setImmediate(resolve) })
      if (isRight) attempt.refund()
      return true
    }
    await Promise.all(Array.from({ length: 200 }, () => guess(false)))
    expect(looked).toBe(10)
    for (let i = 0; i < 50; i++) {
      expect(await guess(true)).toBe(false)
    }
    k.pass(60_000)
    for (let i = 0; i < 50; i++) await Promise.all([guess(true), guess(true)])
    expect(looked).toBe(110)
    expect(k.granted('192.0.2.1', 11)).toBe(10)
  })

  test('are given back once, however often it is said', () => {
    const k = setUp()
    const first = k.take('a')
    k.granted('a', 9)
    for (let i = 0; i < 5; i++) if (first.ok) first.refund()
    expect(k.granted('a', 5)).toBe(1)
    expect(k.everybody().used).toBe(10)
  })

  test('that were given back after their window take nothing from the next', () => {
    const k = setUp()
    const old = Array.from({ length: 10 }, () => k.take('a'))
    k.pass(60_000)
    expect(k.granted('a', 10)).toBe(10)
    for (const attempt of old) if (attempt.ok) attempt.refund()
    expect(k.granted('a')).toBe(0)
    expect(k.everybody().used).toBe(10)
  })

  test('from loopback are no better off', () => {
    const k = setUp()
    for (const source of ['127.0.0.1', '::1', 'localhost']) expect(k.granted(source, 100)).toBe(10)
  })

  test('that are refused say after how long there is a place, to the millisecond', () => {
    const k = setUp()
    k.granted('a', 4)
    k.pass(1_000)
    k.granted('a', 6)
    k.pass(20_000)
    expect(k.take('a')).toEqual({ ok: false, retryAfterMs: 39_000 })
    k.pass(38_999)
    expect(k.take('a')).toEqual({ ok: false, retryAfterMs: 1 })
    k.pass(1)
    expect(k.granted('a', 10)).toBe(4)
  })

  test('that are refused are told of once in a window, with their number', () => {
    const k = setUp()
    k.granted('a', 500)
    expect(k.told).toEqual([['a', 1]])
    k.pass(60_000)
    k.granted('b', 11)
    expect(k.told).toEqual([['a', 1], ['b', 490]])
  })
})

describe('a flood from the network', () => {
  test('has 1,000 tries in all, and one source of it takes ten of them at most', () => {
    const k = setUp()
    expect(k.granted('192.0.2.1', 5_000)).toBe(10)
    let granted = 10
    for (let i = 0; i < 2_000; i++) granted += k.granted(`2001:db8:0:${i}::/64`, 3)
    expect(granted).toBe(1_000)
    expect(waitFor(k.take('198.51.100.1'))).toBe(60_000)
  })

  test('does not keep out who comes by the local socket, nor does he use up what the network has', () => {
    const k = setUp()
    for (let i = 0; i < 2_000; i++) k.granted(`source-${i}`)
    expect(k.granted('198.51.100.1')).toBe(0)
    expect(k.granted('unix', 100)).toBe(10)
    k.pass(60_000)
    expect(k.granted('unix', 100)).toBe(10)
    expect(k.everybody()).toEqual({ used: 0, retryAfterMs: 0 })
  })

  test('of a million addresses at once leaves no more entries than tries were granted', () => {
    const k = setUp()
    for (let i = 0; i < 1_000_000; i++) k.take(`s${i}`)
    expect(k.size()).toBe(1_000)
  })

  test('of a million addresses over time fills no table', () => {
    const table = createTable(50)
    const each = bound(1, 1_000)
    let largest = 0
    for (let now = 0; now < 1_000_000; now++) {
      table.take(`s${now}`, each, now)
      largest = Math.max(largest, table.size)
    }
    expect(largest).toBe(50)
  })

  test('cannot push a used-up entry out: its source is granted ten in a window all the while', () => {
    const k = setUp({ global: mostGlobal, windowMs: 1_000 })
    const granted: number[] = []
    let largest = 0
    for (let i = 0; i < 200_000; i++) {
      if (i % 4 === 0) k.pass(1)
      if (k.take('attacker').ok) granted.push(Math.floor(i / 4))
      k.take(`s${i}`)
      if (i % 10_000 === 0) largest = Math.max(largest, k.size())
    }
    expect(granted.length).toBeGreaterThan(450)
    expect(granted.filter((at, n) => at - (granted[n - 10] ?? -Infinity) < 1_000)).toEqual([])
    expect(largest).toBeLessThanOrEqual(mostGlobal)
    k.pass(2_000)
    expect(k.size()).toBe(0)
  })

  test('leaves nothing once its window is over, nor does what was given back', () => {
    const k = setUp()
    for (let i = 0; i < 500; i++) {
      const attempt = k.take(`right-${i}`)
      if (attempt.ok) attempt.refund()
    }
    expect(k.size()).toBe(0)
    for (let i = 0; i < 500; i++) k.take(`wrong-${i}`)
    expect(k.size()).toBe(500)
    k.pass(60_000)
    expect(k.size()).toBe(0)
  })
})

describe('a clock', () => {
  test('that is set back keeps nobody out for longer than the window', () => {
    const k = setUp()
    k.granted('a', 10)
    k.pass(-365 * 86_400_000)
    expect(k.take('a')).toEqual({ ok: false, retryAfterMs: 60_000 })
    k.pass(30_000)
    expect(k.take('a')).toEqual({ ok: false, retryAfterMs: 30_000 })
    k.pass(-3_600_000)
    expect(k.take('a')).toEqual({ ok: false, retryAfterMs: 30_000 })
    k.pass(30_000)
    expect(k.granted('a', 20)).toBe(10)
  })

  test('that is set forward and back again keeps nobody out either', () => {
    const k = setUp()
    k.granted('a', 10)
    k.pass(10 * 365 * 86_400_000)
    expect(k.granted('a', 20)).toBe(10)
    k.pass(-10 * 365 * 86_400_000)
    expect(waitFor(k.take('a'))).toBe(60_000)
    k.pass(60_000)
    expect(k.granted('a', 20)).toBe(10)
  })
})
