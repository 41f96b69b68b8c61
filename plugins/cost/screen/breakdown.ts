/** `nexus cost --by …`: a chart of days, bars for everything else. Pure. */
import { bar } from './bar.ts'
import { columnChart } from './chart.ts'
import type { Look } from './look.ts'
import { aligned, count, percent, plural, tokens, usd } from './money.ts'
import type { Range } from './range.ts'
import { measureOf, shortened, type Group, type Measure, type Row } from './rows.ts'
import { table, textColumn, type Column } from './table.ts'
import { wrap } from './text.ts'
import { shortDay, spanText } from './time.ts'

export interface Breakdown {
  readonly by: Group
  readonly range: Range
  readonly rows: readonly Row[]
  /** Of everything, also of what has no row. */
  readonly total: Row
  /** Rows that were not asked for, such as sessions beyond the thousandth. */
  readonly beyond: number
}

const chartHeight = 10
const mostDays = 31
const widestBar = 40

export function breakdownScreen({ by, range, rows, total, beyond }: Breakdown, most: number, look: Look): string {
  const { paint, width, glyphs: { ellipsis } } = look
  const title = wrap(`By ${by}, ${spanText(range.from, range.to)} (${range.timeZone})`, width, ellipsis).map((line) => paint('bold', line))
  const used = by === 'day' ? rows.filter(({ tokens: t, usd: u, calls }) => t > 0 || u > 0 || (calls ?? 0) > 0) : rows
  if (used.length === 0) return [...title, '', ...nothing(by, width, ellipsis)].join('\n')
  const notes = notesOf({ by, total, beyond }, look)
  return [...title, '', ...(by === 'day' ? days(rows, used, total, look) : bars(rows, total, by, most, look)), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}

const nothing = (by: Group, width: number, ellipsis: string): string[] => wrap(by === 'tool' ? 'No tool was called in these days.' : 'Nothing was used in these days. Other days: --days N, or --from and --to.', width, ellipsis)

function notesOf({ by, total, beyond }: Pick<Breakdown, 'by' | 'total' | 'beyond'>, { paint, width, glyphs: { ellipsis } }: Look): string[] {
  const unpriced = total.unpriced > 0 ? `${plural(total.unpriced, 'answer')} of a price that nobody knows: counted in tokens, not in money. See nexus cost check.` : ''
  const left = beyond > 0 ? `${plural(beyond, 'session')} that cost no more ${beyond === 1 ? 'is' : 'are'} in the total only.` : ''
  const tool = by === 'tool' ? 'Calls of tools have no price of their own; what models make of them is in the other tables.' : ''
  return [
    ...wrap(unpriced, width, ellipsis).map((line) => paint('yellow', line)),
    ...[left, tool].flatMap((text) => wrap(text, width, ellipsis)).map((line) => paint('dim', line)),
  ]
}

const textOf = (measure: Measure): ((value: number) => string) => (measure === 'usd' ? usd : measure === 'tokens' ? (value) => tokens(value) : count)

/** Nothing for a range in which nothing was. */
export function dayChart(rows: readonly Row[], height: number, look: Look): string[] {
  const measure = measureOf(rows)
  const points = rows.map((row) => ({ day: row.name, value: row[measure] ?? 0, unknown: measure === 'usd' && row.unpriced > 0 }))
  if (points.every(({ value }) => value === 0)) return []
  const { lines, daysEach } = columnChart(points, { ...look, height, text: textOf(measure) })
  const notes = [...(measure === 'usd' ? [] : [`The columns are ${measure}: nothing has a price.`]), ...(daysEach > 1 ? [`One column is ${daysEach} days.`] : []), ...(points.some(({ unknown }) => unknown) ? ['? There was also something of an unknown price.'] : [])]
  return [...lines, ...notes.flatMap((note) => wrap(note, look.width, look.glyphs.ellipsis)).map((note) => look.paint('dim', note))]
}

function days(rows: readonly Row[], used: readonly Row[], total: Row, look: Look): string[] {
  const last = used.slice(-mostDays)
  const named = last.map((row) => ({ ...row, label: `${shortDay(row.name)} ${row.name.slice(0, 4)}` }))
  const left = used.length - last.length
  const more = left > 0 ? wrap(`${plural(left, 'earlier day')} with something on ${left === 1 ? 'it' : 'them'}: --csv has all.`, look.width, look.glyphs.ellipsis).map((line) => look.paint('dim', line)) : []
  return [...dayChart(rows, chartHeight, look), '', ...rowTable([...named, { ...total, label: 'all days' }], { head: 'DAY', total, measure: measureOf(used), withParts: true, sums: 1 }, look), ...more]
}

function bars(rows: readonly Row[], total: Row, by: Group, most: number, look: Look): string[] {
  const { shown, others, left } = shortened(rows, most)
  const rest = others === undefined ? [] : [{ ...others, name: plural(left, 'other') }]
  return rowTable([...shown, ...rest, { ...total, name: 'all', label: 'all' }], { head: by.toUpperCase(), total, measure: measureOf(rows), withParts: true, sums: rest.length + 1 }, look)
}

export interface RowTable {
  readonly head: string
  readonly total: Row
  readonly measure: Measure
  /** Also what the tokens were. */
  readonly withParts: boolean
  /** How many of the last rows are sums, and so have no bar. */
  readonly sums: number
}

export function rowTable(rows: readonly Row[], { head, total, measure, withParts, sums }: RowTable, look: Look): string[] {
  const { glyphs } = look
  const own = rows.slice(0, rows.length - sums)
  const longest = Math.max(0, ...own.map((row) => row[measure] ?? 0))
  const bold = (row: number): 'bold' | undefined => (row === rows.length - 1 && sums > 0 ? 'bold' : undefined)
  const numbers = (name: string, values: readonly string[], drop: number): Column[] => textColumn(name, values, glyphs, { right: true, drop, style: bold })
  const part = (name: string, key: 'input' | 'output' | 'cacheRead' | 'cacheWrite', drop: number): Column[] => (withParts && rows.some((row) => row[key] > 0) ? numbers(name, rows.map((row) => tokens(row[key])), drop) : [])
  const lie: Column = {
    head: '', least: Math.min(10, Math.floor(look.width / 7)), most: widestBar, drop: 4, style: () => 'cyan',
    cells: (width) => rows.map((row, i) => (i < own.length && longest > 0 ? bar((row[measure] ?? 0) / longest, width, glyphs) : '')),
  }
  const names = rows.map(({ name, label: title }) => title ?? name)
  const whole = total[measure] ?? 0
  const hasTokens = rows.some((row) => row.tokens > 0)
  return table([
    ...textColumn(head, names, glyphs, { least: Math.max(12, Math.min(36, Math.floor(look.width * 0.3))), style: bold }),
    ...(longest > 0 ? [lie] : []),
    ...(measure === 'usd' ? textColumn('COST', aligned(rows.map((row) => usd(row.usd))), glyphs, { right: true, style: bold }) : []),
    ...(whole > 0 ? numbers('SHARE', rows.map((row) => percent((row[measure] ?? 0) / whole * 100)), 3) : []),
    ...(hasTokens ? numbers('TOKENS', rows.map((row) => tokens(row.tokens)), measure === 'tokens' ? 0 : 5) : []),
    ...(rows.some(({ calls }) => calls !== null) ? numbers('CALLS', rows.map(({ calls }) => (calls === null ? '' : count(calls))), measure === 'calls' ? 0 : 6) : []),
    ...part('IN', 'input', 8), ...part('OUT', 'output', 8), ...part('CACHED', 'cacheRead', 9), ...part('TO CACHE', 'cacheWrite', 10),
    ...(rows.some(({ unpriced }) => unpriced > 0) ? numbers('UNPRICED', rows.map(({ unpriced }) => (unpriced > 0 ? count(unpriced) : '')), 7) : []),
  ], look)
}
