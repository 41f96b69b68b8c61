/** Whatever the data: no line is too long, no sum is another than the data's, and no name steers the terminal or a spreadsheet. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { colour, noColour, widthOf } from 'nexus-gateway/sdk'
import { breakdownScreen } from '../../plugins/cost/screen/breakdown.ts'
import { budgetsScreen } from '../../plugins/cost/screen/budgets.ts'
import { chargesScreen } from '../../plugins/cost/screen/charges.ts'
import { csv } from '../../plugins/cost/screen/csv.ts'
import { chargeLine, liveScreen, toldText } from '../../plugins/cost/screen/live-screen.ts'
import { ascii, unicode, type Look } from '../../plugins/cost/screen/look.ts'
import { aligned, exactUsd, tokens, usd } from '../../plugins/cost/screen/money.ts'
import { folderScreen, overviewScreen } from '../../plugins/cost/screen/overview.ts'
import { csvHead, csvRow, groups, sumOf, type Row } from '../../plugins/cost/screen/rows.ts'
import { cut, label } from '../../plugins/cost/screen/text.ts'
import { daysOf } from '../../plugins/cost/screen/time.ts'
import { budget, now, range, row, settled, status, zone } from './cost-screen-fixtures.ts'

const runs = { numRuns: 150 }
// oxlint-disable-next-line no-control-regex
const nasty = ['\u001b[2J', '\u202e', '\u2066', '\u061c', '\u0007', '\r', '\n', '\t', '\u0000', '\ud800', '漢字', '👨\u200d👩\u200d👧', '❤\ufe0f', 'e\u0301', '\u200b', '=cmd()', '"', ',', '']
const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.array(fc.constantFrom(...nasty, 'agent:main:', 'x'), { maxLength: 12 }).map((parts) => parts.join('')))
const money = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e-3, noNaN: true }), fc.double({ min: 0, max: 1e4, noNaN: true }), fc.double({ min: 0, max: 1e15, noNaN: true }))
const some = fc.oneof(fc.constant(0), fc.nat(5_000), fc.nat({ max: Number.MAX_SAFE_INTEGER }))
const rows = fc.array(fc.record({ name, label: fc.option(name, { nil: undefined }), usd: money, tokens: some, input: some, output: some, cacheRead: some, cacheWrite: some, calls: fc.option(some), unpriced: fc.nat(3) }), { maxLength: 30 })
  .map((all) => all.map(({ label: title, ...one }): Row => ({ ...one, ...(title !== undefined && { label: title }) })))
const look: fc.Arbitrary<Look> = fc.record({ width: fc.integer({ min: 20, max: 220 }), height: fc.integer({ min: 1, max: 80 }), paint: fc.constantFrom(colour, noColour), glyphs: fc.constantFrom(ascii, unicode), now: fc.constant(now) })
const budgets = fc.array(fc.record({ id: name, percent: fc.double({ min: 0, max: 1e7, noNaN: true }), usd: money, held: money, tokens: some, resetsAt: fc.option(fc.integer({ min: now - 1e9, max: now + 1e11 })) }), { maxLength: 12 })
  .map((all) => all.map((one) => budget(one.id, one.percent, { limit: { usd: one.usd, tokens: one.tokens }, left: { usd: one.usd, tokens: one.tokens }, held: { usd: one.held, tokens: one.tokens }, resetsAt: one.resetsAt })))

/** No line longer than the terminal, and in it nothing but what is meant to be seen. */
function fits(text: string, { width }: Look, about: string): void {
  // oxlint-disable-next-line no-control-regex
  const lines = text.split('\n').map((line) => line.replace(/\u001b\[\d+m/g, ''))
  expect(lines.filter((line) => widthOf(line) > width || /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(line)), about).toEqual([])
}

describe('every line fits', () => {
  test('of sums by whatever', () => {
    fc.assert(fc.property(rows, look, fc.constantFrom(...groups), fc.integer({ min: 1, max: 40 }), fc.nat(400), (all, at, by, most, length) => {
      const span = daysOf('2026-01-01', '2027-12-31').slice(0, length + 1)
      const list = by === 'day' ? span.map((day, i) => ({ ...(all[i % Math.max(1, all.length)] ?? row(day, 0, 0)), name: day })) : all
      const total = sumOf(list, 'all')
      fits(breakdownScreen({ by, range: { from: span[0]!, to: span.at(-1)!, timeZone: zone }, rows: list, total, beyond: most % 3 }, most, at), at, by)
      fits(overviewScreen(status(), { range, days: span.map((day) => ({ ...(all[0] ?? row(day, 0, 0)), name: day })), models: list, sessions: all, total }, at), at, 'overview')
      fits(folderScreen('/a folder/of\u001b[2J somebody', 3, undefined, at), at, 'folder')
    }), runs)
  })
  test('of budgets, charges, and what is watched', () => {
    fc.assert(fc.property(budgets, look, name, money, fc.nat(20), (all, at, text, sum, n) => {
      const stopped = { at: now - n, by: text, reason: text }
      const charges = Array.from({ length: n }, (_, i) => settled(`${text}${i}`, { usd: i % 3 === 0 ? null : sum, model: text, sessionKey: text, price: text, ...(i % 2 === 0 && { estimated: true }) }))
      const open = charges.slice(0, 4).map(({ id, at: since, provider, model, usd: held, tokens: used }, i) => ({ id, at: since, provider, model, usd: held, tokens: used, orphaned: i % 2 === 0 }))
      const seen = status({ stopped, budgets: all, open: { count: n, usd: sum, tokens: n, orphaned: n } })
      fits(budgetsScreen(all, zone, at), at, 'budgets')
      fits(chargesScreen({ charges, open }, zone, at), at, 'charges')
      fits(overviewScreen(seen, undefined, at), at, 'overview')
      const picture = liveScreen({ status: seen, charges, told: all.map((one) => ({ at: now, kind: 'warning', budget: one })), lostAt: n % 2 === 0 ? now : undefined }, at)
      fits(picture.join('\n'), at, 'watch')
      expect(picture.length).toBeLessThanOrEqual(Math.max(1, at.height - 1))
      for (const one of charges) fits(chargeLine(one, zone), { ...at, width: Infinity }, 'line')
      for (const one of all) fits(toldText({ at: now, kind: 'exceeded', budget: one }, zone, now), { ...at, width: Infinity }, 'told')
    }), runs)
  })
  test('a shortened name is no wider than asked for, and a name that fits stays', () => {
    fc.assert(fc.property(name, fc.integer({ min: 0, max: 80 }), (text, width) => {
      const clean = label(text)
      expect(widthOf(cut(clean, width, '…'))).toBeLessThanOrEqual(width)
      if (widthOf(clean) <= width) expect(cut(clean, width, '…')).toBe(clean)
    }), runs)
  })
})

const numberIn = (text: string): number => Number(text.replace(/[$,]/g, ''))

describe('sums', () => {
  test('shown are those of the data, to half of the last place that is shown', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1e11, noNaN: true }), (sum) => {
      const text = usd(sum)
      if (text.startsWith('<')) {
        expect(sum).toBeLessThan(0.5e-9)
        return
      }
      const places = sum >= 0.995 ? 2 : sum >= 0.01 ? 4 : 9
      expect(Math.abs(numberIn(text) - sum)).toBeLessThanOrEqual(Math.max(0.5e-9, 0.5 * 10 ** -places, sum * 0.0005) * 1.000001)
      if (sum > 0) expect(numberIn(text)).toBeGreaterThan(0)
      const exact = exactUsd(sum)
      if (sum < 1e6 && !exact.startsWith('<')) expect(Math.abs(numberIn(exact) - sum)).toBeLessThanOrEqual(0.5e-9 + sum * 1e-15)
    }), { numRuns: 3_000 })
  })
  test('are said as people say them', () => {
    expect([0, 0.0004, 0.00041234567, 0.01, 0.0149, 0.5, 0.9999, 1, 1.005, 12.3, 1_234.5, 1_234_567.891, 1e-10, 2.5e13].map(usd)).toEqual(['$0.00', '$0.0004', '$0.0004123', '$0.01', '$0.0149', '$0.50', '$1.00', '$1.00', '$1.00', '$12.30', '$1,234.50', '$1,234,567.89', '<$0.000000001', '$2.500e+13'])
    expect([0.000412345, 1.23456789, 0.1].map(exactUsd)).toEqual(['$0.000412345', '$1.23456789', '$0.10'])
    expect([0, 999, 1_000, 1_234, 999_500, 123_456_789, 5e9, 7e15].map(tokens)).toEqual(['0', '999', '1k', '1.23k', '1M', '123M', '5B', '7,000T'])
    expect(aligned(['$12.30', '$0.0004', 'unpriced', '$1,000.00'])).toEqual(['   $12.30  ', '    $0.0004', '   unpriced', '$1,000.00  '])
  })
  test('in the table are those of the rows, and their sum that of all', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (cents, most) => {
      const list = cents.map((cent, i) => row(`m${i}`, cent / 100, cent)).toSorted((a, b) => b.usd - a.usd)
      const text = breakdownScreen({ by: 'model', range, rows: list, total: sumOf(list, 'all'), beyond: 0 }, most, { width: 200, height: 24, paint: noColour, glyphs: unicode, now })
      const shown = [...text.matchAll(/\$[\d,.]+/g)].map(([one]) => Math.round(numberIn(one) * 100))
      expect(shown.slice(0, Math.min(most, list.length))).toEqual(list.slice(0, most).map((one) => Math.round(one.usd * 100)))
      expect(shown.at(-1)).toBe(cents.reduce((sum, cent) => sum + cent, 0))
      expect(shown.slice(0, -1).reduce((sum, cent) => sum + cent, 0)).toBe(shown.at(-1))
    }), runs)
  })
})

/** As RFC 4180 has it. */
function parsed(text: string): string[][] {
  const lines: string[][] = []
  for (let at = 0; at < text.length;) {
    const line: string[] = []
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at))
      const bare = quoted ? undefined : /^[^,\n"]*/.exec(text.slice(at))![0]
      line.push(quoted ? quoted[1]!.replaceAll('""', '"') : bare!)
      at += quoted ? quoted[0].length : bare!.length
      if (text[at++] !== ',') break
    }
    lines.push(line)
  }
  return lines
}

describe('CSV', () => {
  // oxlint-disable-next-line no-control-regex
  const clean = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cs}]/gu, ' ')
  test('is read back as the data, with quotes, commas and line feeds, and a spreadsheet runs none of it', () => {
    fc.assert(fc.property(rows, (all) => {
      const back = parsed(csv([csvHead, ...all.map(csvRow)]))
      expect(back[0]).toEqual(csvHead)
      expect(back).toHaveLength(all.length + 1)
      for (const [i, one] of all.entries()) {
        const [key, title, ...numbers] = back[i + 1]!
        for (const text of [key!, title!]) expect(/^\s*[=+\-@＝＋－＠|%]/u.test(text)).toBe(false)
        expect([key, title].map((text) => text!.replace(/^'/, ''))).toEqual([clean(one.name), clean(one.label ?? '')])
        const { usd: sum, calls, ...counts } = one
        expect(Math.abs(Number(numbers[0]) - sum)).toBeLessThanOrEqual(1e-12)
        expect(numbers.slice(1)).toEqual([counts.tokens, counts.input, counts.output, counts.cacheRead, counts.cacheWrite, calls ?? '', counts.unpriced].map(String))
      }
    }), runs)
  })
  test('a name that is a formula gets an apostrophe, and one that begins with one gets another', () => {
    expect(csv([['=cmd()', '+1', '-1', '@x', '\t=1', ' =1', '\'x', 'a=b', 'a,b', '"q"', 'two\nlines', 'esc\u001b[2J', null, 0.0000004, true]]))
      .toBe('\'=cmd(),\'+1,\'-1,\'@x,\'\t=1,\' =1,\'\'x,a=b,"a,b","""q""","two\nlines",esc [2J,,0.0000004,true\n')
  })
})
