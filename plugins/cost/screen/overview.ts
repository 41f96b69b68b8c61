/** `nexus cost`: how it stands, how it went, what it went to, and what may still be spent. Pure. */
import type { CostStatus } from '../wire.ts'
import { dayChart, rowTable } from './breakdown.ts'
import { budgetLines } from './budgets.ts'
import type { Look } from './look.ts'
import { aligned, count, plural, tokens, usd } from './money.ts'
import type { Range } from './range.ts'
import { measureOf, type Row } from './rows.ts'
import { table, textColumn } from './table.ts'
import { cut, label, wrap } from './text.ts'
import { duration, moment, monthName, spanText } from './time.ts'

/** What is known of the days before; `undefined` where nothing counts them. */
export interface Trend { readonly range: Range; readonly days: readonly Row[]; readonly models: readonly Row[]; readonly sessions: readonly Row[]; readonly total: Row }

const mostTop = 5
const mostBudgets = 8
const tall = 40

export function overviewScreen(status: CostStatus, trend: Trend | undefined, look: Look): string {
  const { paint, width, glyphs: { ellipsis, dot } } = look
  const more = wrap(['nexus cost --by day|model|agent|session|channel|tool', 'watch', 'budgets', 'charges', 'prices'].join(` ${dot} `), width, ellipsis).map((line) => paint('dim', line))
  const parts = [
    stoppedLines(status, look),
    sumsLines(status, look),
    trend === undefined ? wrap('The days before are not counted: turn on the plugin usage.', width, ellipsis).map((line) => paint('dim', line)) : trendLines(trend, look),
    status.budgets.length === 0 ? [] : [paint('bold', 'Budgets'), ...budgetLines(status.budgets, look, mostBudgets)],
    more,
  ]
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')
}

/** What can be told where no budgets are kept: of a folder of transcripts, or without the plugin that keeps them. */
export function folderScreen(folder: string | undefined, failed: number, trend: Trend | undefined, look: Look): string {
  const { paint, width, glyphs: { ellipsis } } = look
  if (trend === undefined) return wrap('Nothing is counted here: turn on the plugins cost and usage.', width, ellipsis).join('\n')
  const unread = failed > 0 ? wrap(`! ${plural(failed, 'file')} could not be read; they are tried again next time.`, width, ellipsis).map((line) => paint('yellow', line)) : []
  return [...(folder === undefined ? [] : [paint('dim', cut(folder, width, ellipsis))]), ...trendLines(trend, look), ...unread].join('\n')
}

/** What nobody may overlook. */
export function stoppedLines({ stopped, timeZone }: Pick<CostStatus, 'stopped' | 'timeZone'>, { paint, width, now, glyphs: { ellipsis } }: Look): string[] {
  if (stopped === null) return []
  const { at, by, reason } = stopped
  const why = reason === undefined ? '' : `: ${label(reason)}`
  return [
    ...wrap(`STOPPED since ${moment(at, timeZone, now)} (${duration(now - at)} ago) by ${label(by)}${why}`, width, ellipsis),
    ...wrap('Nothing that costs may begin. To go on: nexus cost resume', width, ellipsis),
  ].map((line) => paint(['bold', 'red'], line))
}

/** The month, today, and what is under way. */
export function sumsLines({ month, today, open, timeZone }: CostStatus, look: Look): string[] {
  const { paint, glyphs, now } = look
  const rows = [
    { name: monthName(now, timeZone), ...month },
    { name: 'today', ...today },
    ...(open.count > 0 ? [{ name: 'held', usd: open.usd, tokens: open.tokens, calls: open.count, unpriced: 0 }] : []),
  ]
  const bold = (row: number): 'bold' | undefined => (row === 0 ? 'bold' : undefined)
  return [
    ...table([
      ...textColumn('', rows.map(({ name }) => name), glyphs, { style: bold }),
      ...textColumn('SPENT', aligned(rows.map((row) => usd(row.usd))), glyphs, { right: true, style: bold }),
      ...textColumn('TOKENS', rows.map((row) => tokens(row.tokens)), glyphs, { right: true, drop: 2, style: bold }),
      ...textColumn('CALLS', rows.map(({ calls }) => count(calls)), glyphs, { right: true, drop: 1, style: bold }),
    ], { ...look, paint }, 0),
    ...sumNotes({ month, open }, look),
  ]
}

function sumNotes({ month, open }: Pick<CostStatus, 'month' | 'open'>, { paint, width, glyphs: { ellipsis } }: Look): string[] {
  const notes = [
    ...(month.unpriced > 0 ? [`! ${plural(month.unpriced, 'call')} of this month ${month.unpriced === 1 ? 'has' : 'have'} no known price: counted in tokens, not in money. See nexus cost check.`] : []),
    ...(open.orphaned > 0 ? [`! ${count(open.orphaned)} of the held ${open.orphaned === 1 ? 'was' : 'were'} left open by a gateway that died, and ${open.orphaned === 1 ? 'counts' : 'count'} as spent. See nexus cost charges.`] : []),
  ]
  return notes.flatMap((note) => wrap(note, width, ellipsis)).map((line) => paint('yellow', line))
}

export function trendLines({ range, days, models, sessions, total }: Trend, look: Look): string[] {
  const { paint, width, glyphs: { ellipsis } } = look
  if (total.tokens === 0 && total.usd === 0) return wrap(`Nothing was used from ${spanText(range.from, range.to)}.`, width, ellipsis).map((line) => paint('dim', line))
  const head = wrap(`${spanText(range.from, range.to)}: ${usd(total.usd)}, ${tokens(total.tokens)} tokens`, width, ellipsis).map((line) => paint('bold', line))
  return [
    ...head, ...dayChart(days, look.height >= tall ? 8 : 6, look),
    ...top('MODELS', models, total, look), ...top('SESSIONS', sessions, total, look),
  ]
}

function top(head: string, rows: readonly Row[], total: Row, look: Look): string[] {
  const shown = rows.slice(0, mostTop)
  return shown.length === 0 ? [] : ['', ...rowTable(shown, { head: rows.length > mostTop ? `TOP ${mostTop} OF ${count(rows.length)} ${head}` : head, total, measure: measureOf(rows), withParts: false, sums: 0 }, look)]
}
