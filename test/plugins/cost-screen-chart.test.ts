import { describe, expect, test } from 'vitest'
import { noColour } from 'nexus-gateway/sdk'
import { bar, gauge } from '../../plugins/cost/screen/bar.ts'
import { columnChart, scaleTop, type Point } from '../../plugins/cost/screen/chart.ts'
import { ascii, unicode } from '../../plugins/cost/screen/look.ts'
import { tokens, usd } from '../../plugins/cost/screen/money.ts'
import { daysOf } from '../../plugins/cost/screen/time.ts'

const points = (values: readonly number[], from = '2026-11-01'): Point[] => values.map((value, i) => ({ day: daysOf(from, '2027-12-31')[i] ?? '', value }))
const drawn = (some: readonly Point[], width: number, { height = 4, glyphs = unicode, text = usd } = {}): string => `\n${columnChart(some, { width, height, glyphs, text, paint: noColour }).lines.join('\n')}\n`

describe('the chart of days', () => {
  test('one day is one column', () => {
    expect(drawn(points([3]), 40)).toMatchInlineSnapshot(`
      "
      $3.00 ┤███
            │███
      $1.50 ┤███
            │███
      $0.00 └────
             1 Nov
      "
    `)
  })
  test('a week has broad columns, every day its date', () => {
    expect(drawn(points([1, 2, 3, 4, 3, 2, 1]), 80)).toMatchInlineSnapshot(`
      "
      $4.00 ┤            ███
            │        ███ ███ ███
      $2.00 ┤    ███ ███ ███ ███ ███
            │███ ███ ███ ███ ███ ███ ███
      $0.00 └────────────────────────────
             1 Nov   3       5       7
      "
    `)
  })
  test('gaps stay gaps, and the least that is something shows', () => {
    expect(drawn(points([4, 0, 0, 0.0004, 0, 0, 0, 2, 0, 4, 0, 0, 0, 1]), 60)).toMatchInlineSnapshot(`
      "
      $4.00 ┤██                         ██
            │██                         ██
      $2.00 ┤██                   ██    ██
            │██       ▁▁          ██    ██          ██
      $0.00 └──────────────────────────────────────────
                               7 Nov                14
      "
    `)
  })
  test('across months', () => {
    expect(drawn(points(Array.from({ length: 30 }, (_, i) => i * 7 % 10), '2026-10-25'), 80, { height: 6 })).toMatchInlineSnapshot(`
      "
      $10.00 ┤              ▃                   ▃                   ▃
             │  ▂     ▆     █       ▂     ▆     █       ▂     ▆     █
             │  █     █     █ ▅     █     █     █ ▅     █     █     █ ▅
       $5.00 ┤  █ ▃   █ █   █ █     █ ▃   █ █   █ █     █ ▃   █ █   █ █
             │  █ █   █ █ ▂ █ █ ▆   █ █   █ █ ▂ █ █ ▆   █ █   █ █ ▂ █ █ ▆
             │  █ █ ▅ █ █ █ █ █ █   █ █ ▅ █ █ █ █ █ █   █ █ ▅ █ █ █ █ █ █
       $0.00 └────────────────────────────────────────────────────────────
                26 Oct        2 Nov         9             16            23
      "
    `)
  })
  test('tiny sums have a scale that can be read', () => {
    expect(drawn(points([0.0001, 0.0002, 0.0004]), 40)).toMatchInlineSnapshot(`
      "
      $0.0004 ┤        ███
              │        ███
      $0.0002 ┤    ███ ███
              │███ ███ ███
        $0.00 └────────────
               1 Nov   3
      "
    `)
  })
  test('huge sums too', () => {
    expect(drawn(points([1_234_567, 2_000_000, 987]), 40)).toMatchInlineSnapshot(`
      "
      $2,000,000.00 ┤    ███
                    │▄▄▄ ███
      $1,000,000.00 ┤███ ███
                    │███ ███ ▁▁▁
              $0.00 └────────────
                     1 Nov   3
      "
    `)
  })
  test('nothing at all is an empty chart', () => {
    expect(drawn(points([0, 0, 0]), 40)).toMatchInlineSnapshot(`
      "
      $1.00 ┤
            │
      $0.50 ┤
            │
      $0.00 └────────────
             1 Nov   3
      "
    `)
  })
  test('more days than columns are drawn together, and it is told how many', () => {
    const year = points(Array.from({ length: 365 }, (_, i) => (i % 30) / 10), '2026-01-01')
    expect(drawn(year, 80)).toMatchInlineSnapshot(`
      "
      $20.00 ┤    ▁    ▁    ▁    ▁    ▁    ▁    ▁    ▁    ▁    ▁    ▁    ▁
             │   ▄█   ▄█   ▄█   ▄█   ▄█   ▄█   ▄█   ▄█   ▄█   ▄█   ▄█   ▄█
      $10.00 ┤  ▆██  ▆██  ▆██  ▆██  ▆██  ▆██  ▆██  ▆██  ▆██  ▆██  ▆██  ▆██
             │▂████▂████▂████▂████▂████▂████▂████▂████▂████▂████▂████▂████▂
       $0.00 └─────────────────────────────────────────────────────────────
                  25 Jan        19 Apr        12 Jul        4 Oct         27 Dec
      "
    `)
    expect(columnChart(year, { width: 80, height: 4, glyphs: unicode, text: usd, paint: noColour }).daysEach).toBe(6)
  })
  test('on 40 columns, with letters only', () => {
    expect(drawn(points(Array.from({ length: 30 }, (_, i) => i * 7 % 10), '2026-10-25'), 40, { glyphs: ascii })).toMatchInlineSnapshot(`
      "
      $10.00 +    .  :      .  :      .  :
             | :  #  #.  :  #  #.  :  #  #.
       $5.00 + #: ## ##. #: ## ##. #: ## ##.
             | ##.##:### ##.##:### ##.##:###
       $0.00 +------------------------------
               26 Oct        9 Nov         23
      "
    `)
  })
  test('on 200 columns', () => {
    expect(drawn(points(Array.from({ length: 30 }, (_, i) => i * 7 % 10), '2026-10-25'), 200, { text: tokens })).toMatchInlineSnapshot(`
      "
      10 ┤                ▂▂▂         ▅▅▅                         ▂▂▂         ▅▅▅                         ▂▂▂         ▅▅▅
         │    ▆▆▆         ███         ███ ▃▃▃         ▆▆▆         ███         ███ ▃▃▃         ▆▆▆         ███         ███ ▃▃▃
       5 ┤    ███ ▅▅▅     ███ ███     ███ ███ ▂▂▂     ███ ▅▅▅     ███ ███     ███ ███ ▂▂▂     ███ ▅▅▅     ███ ███     ███ ███ ▂▂▂
         │    ███ ███ ▃▃▃ ███ ███ ▆▆▆ ███ ███ ███     ███ ███ ▃▃▃ ███ ███ ▆▆▆ ███ ███ ███     ███ ███ ▃▃▃ ███ ███ ▆▆▆ ███ ███ ███
       0 └────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
              26 Oct  28      30      1 Nov   3       5       7       9       11      13      15      17      19      21      23
      "
    `)
  })
  test('a day with something of an unknown price is marked', () => {
    expect(drawn(points([1, 2, 1]).map((point, i) => ({ ...point, unknown: i === 1 })), 30)).toMatchInlineSnapshot(`
      "
      $2.00 ┤    ███
            │    ███
      $1.00 ┤███ ███ ███
            │███ ███ ███
      $0.00 └────?───────
             1 Nov   3
      "
    `)
  })
})

test('the scale ends at the next number that is easily halved', () => {
  for (const [most, top] of [[3, 3], [3.5, 4], [4, 4], [4.1, 5], [7, 8], [9.5, 10], [0.0003, 0.0003], [0.011, 0.02], [12_345, 20_000], [0, 1]] as const) expect({ most, top: scaleTop(most) }).toEqual({ most, top })
})

describe('bars', () => {
  test('of blocks are exact to an eighth of a cell, of letters to a cell; a little is not nothing', () => {
    expect([1, 0.5, 0.33, 0.01, 0].map((part) => bar(part, 8, unicode))).toEqual(['████████', '████', '██▋', '▏', ''])
    expect([1, 0.5, 0.33, 0.01, 0].map((part) => bar(part, 8, ascii))).toEqual(['########', '####', '###', '#', ''])
  })
  test('of budgets are full when there is nothing left, and not before', () => {
    const text = (spent: number, held: number): string => Object.values(gauge(spent, held, 10, unicode)).join('')
    expect([text(0, 0), text(0.5, 0), text(0.5, 0.2), text(0.999, 0), text(1, 0), text(1.7, 0), text(0, 0.01), text(0.3, 0.9)]).toEqual(['░░░░░░░░░░', '█████░░░░░', '█████▒▒░░░', '█████████░', '██████████', '██████████', '▒░░░░░░░░░', '███▒▒▒▒▒▒▒'])
  })
})
