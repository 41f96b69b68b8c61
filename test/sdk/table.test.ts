/** Tables line up on a terminal, whatever stands in them, and nothing in them steers it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { colour, headOf, noColour, padEnd, padStart, table, widthOf } from 'nexus-gateway/sdk'

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('', '漢字', '❤\ufe0f', 'e\u0301', '\u001b[2J', 'a\nb'))

test('every cell of a column begins in the same place', () => {
  const cells = fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 8 })
  fc.assert(fc.property(cells, (rows) => {
    const marked = rows.map((row) => row.map((cell) => `|${cell}`))
    const lines = table(['ONE', 'TWO', 'THREE'], marked, noColour)
    expect(lines).toHaveLength(rows.length + 1)
    const places = lines.slice(1).map((line, row) => {
      const second = line.indexOf('|', 1 + countBars(rows[row]![0], line))
      return widthOf(line.slice(0, second))
    })
    expect(new Set(places).size).toBe(1)
    // oxlint-disable-next-line no-control-regex
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  }), { numRuns: 300 })
})

/** Where to look for the mark of the second cell: behind whatever marks stand in the first. */
function countBars(first: string, line: string): number {
  let at = 0
  for (const character of first) if (character === '|') at = line.indexOf('|', at + 1)
  return at
}

test('a column without anything to say is left out, but for the first', () => {
  expect(table(['A', 'B', 'C'], [['', '', '1'], ['', '', '22']], noColour)).toEqual(['A  C', '   1', '   22'])
  expect(table(['A', 'B'], [], noColour)).toEqual(['A'])
})

test('the head is dim, and a row is painted as it is asked for', () => {
  expect(table(['A'], [['x'], ['y']], colour, (row) => (row === 1 ? 'red' : undefined))).toEqual(['\u001b[2mA\u001b[22m', 'x', '\u001b[31my\u001b[39m'])
})

test('wide signs take two columns, and none is cut in half', () => {
  expect(['ab', '漢字', '❤\ufe0f', 'e\u0301', ''].map(widthOf)).toEqual([2, 4, 3, 1, 0])
  expect(headOf('漢字', 3)).toBe('漢')
  expect([padEnd('漢', 4), padStart('漢', 4), padEnd('long', 2)]).toEqual(['漢  ', '  漢', 'long'])
})
