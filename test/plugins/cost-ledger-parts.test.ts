/** The parts of the ledger that know neither disk nor time: counters, lines, months. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCounters } from '../../plugins/cost/ledger/counters.ts'
import { aboutOf, chargeText, holdText, parseLine, unsentText } from '../../plugins/cost/ledger/lines.ts'
import { logsAround, monthLog } from '../../plugins/cost/ledger/months.ts'
import type { About } from '../../plugins/cost/ledger/shapes.ts'
import { day, start } from './cost-ledger-harness.ts'

const amounts = fc.record({ nano: fc.option(fc.nat(), { nil: undefined }), tokens: fc.nat() })
const places = fc.uniqueArray(fc.record({ counter: fc.string({ minLength: 1 }), expiresAt: fc.option(fc.nat(), { nil: undefined }) }), { maxLength: 6, selector: ({ counter }) => counter })
const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
const abouts = fc.record({ provider: texts, model: texts, runId: texts, sessionKey: texts, agentId: texts, channel: texts, user: texts }, { requiredKeys: ['provider', 'model'] }) as fc.Arbitrary<About>

describe('lines', () => {
  test('say what was written, on one line, whatever the names', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), fc.nat(), amounts, amounts, places, abouts, fc.string(), fc.boolean(), (id, at, worst, amount, places, about, price, estimated) => {
      const hold = holdText(id, at, worst, places, about)
      const charge = chargeText({ id, at, ...amount, about, price, ...(estimated && { estimated: true }) }, hold)
      expect(`${hold.text}${charge}`).not.toMatch(/[\n\r]/)
      expect(parseLine(hold.text)).toEqual({ t: 'hold', id, at, ...worst, places, about })
      expect(parseLine(charge)).toEqual({ t: 'charge', id, at, ...amount, places, about, price, estimated })
      expect(parseLine(unsentText(id, at))).toEqual({ t: 'unsent', id })
    }), { numRuns: 300 })
  })

  test('that are damaged are never read as less than nothing, and nothing breaks on them', () => {
    const { text } = holdText('x1', start, { nano: 1_234, tokens: 56 }, [{ counter: 'a', expiresAt: start }], { provider: 'p', model: 'm' })
    fc.assert(fc.property(fc.nat(text.length), fc.nat(8), fc.string({ maxLength: 8 }), (from, length, into) => {
      const line = parseLine(text.slice(0, from) + into + text.slice(from + length))
      if (line === undefined || line === 'other' || line.t === 'unsent') return
      expect(line.id).not.toBe('')
      for (const amount of [line.nano ?? 0, line.tokens]) expect(amount >= 0 && Number.isFinite(amount)).toBe(true)
      expect(Number.isFinite(line.at)).toBe(true)
    }), { numRuns: 2_000 })
    for (const value of fc.sample(fc.json(), 300)) parseLine(value)
  })

  test('keep of who it was for only what belongs there, and no more than 1,024 characters of it', () => {
    expect(aboutOf({ provider: 'p', model: 5, runId: 'r'.repeat(2_000), secret: 'no', user: null })).toEqual({ provider: 'p', model: '', runId: 'r'.repeat(1_024) })
    expect(aboutOf('nothing')).toEqual({ provider: '', model: '' })
  })
})

describe('counters', () => {
  /** Each used once, in their order. */
  function used(count: number, of: (n: number) => { counter: string; expiresAt: number | undefined }, at = start) {
    const counters = createCounters()
    for (let n = 0; n < count; n++) counters.charge(counters.at([of(n)], at), { nano: 1, tokens: 1 }, at)
    return counters
  }

  test('what ended is kept for 40 days, and a run for two days after its last use', () => {
    const dated = used(4_200, (n) => ({ counter: `c${n}`, expiresAt: start }))
    expect(dated.prune(start + 40 * day)).toBe(0)
    expect(dated.prune(start + 40 * day + 1)).toBe(104)
    expect([dated.get('c0').calls, dated.get('c4199').calls]).toEqual([0, 1])
    const runs = used(4_200, (n) => ({ counter: `run|${n}`, expiresAt: undefined }))
    expect(runs.prune(start + 2 * day)).toBe(0)
    expect(runs.prune(start + 2 * day + 1)).toBe(104)
  })

  test('the latest used stay, however far the clock jumps', () => {
    const counters = used(4_096, (n) => ({ counter: `c${n}`, expiresAt: start }))
    expect(counters.prune(start + 10_000 * day)).toBe(0)
  })

  test('what is held in is never dropped', () => {
    const counters = createCounters()
    counters.hold(counters.at([{ counter: 'held', expiresAt: start }], start), { nano: 1, tokens: 1 })
    for (let n = 0; n < 5_000; n++) counters.at([{ counter: `c${n}`, expiresAt: start }], start)
    counters.prune(start + 10_000 * day)
    expect(counters.get('held').heldNano).toBe(1)
    expect(counters.get('c0').calls).toBe(0)
    expect(counters.size).toBe(4_097)
  })

  test('beyond a crowd what ended goes early, and what has not ended stays', () => {
    const counters = used(50_100, (n) => ({ counter: `c${n}`, expiresAt: n % 2 ? start + day : start - 1 }))
    counters.prune(start)
    expect(counters.size).toBe(40_000)
    expect(counters.get('c1').calls).toBe(1)
    expect(counters.get('c0').calls).toBe(0)
  })

  test('rows give the same counters back, and their order', () => {
    const counters = used(600, (n) => ({ counter: `c${n % 500}`, expiresAt: n % 3 ? start : undefined }))
    const again = createCounters()
    for (const row of counters.rows()) again.load(row)
    expect(again.rows()).toEqual(counters.rows())
    expect(again.rows().at(-1)![0]).toMatch(/^c/)
  })

  test('a period that is said to end later ends later, never earlier', () => {
    const counters = createCounters()
    for (const expiresAt of [5, 9, undefined, 7]) counters.at([{ counter: 'c', expiresAt }], 1)
    expect(counters.rows()[0]![5]).toBe(9)
  })
})

test('a month has one log, and a clock that says nonsense has one too', () => {
  expect([start, start - 1, NaN, -1, 1e18, Date.UTC(9998, 11, 31)].map(monthLog)).toEqual(['ledger/2026-03', 'ledger/2026-02', 'ledger/1970-01', 'ledger/1970-01', 'ledger/1970-01', 'ledger/9998-12'])
  expect(logsAround(Date.UTC(2026, 0, 31))).toEqual(['ledger/2025-11', 'ledger/2025-12', 'ledger/2026-01', 'ledger/2026-02'])
})
