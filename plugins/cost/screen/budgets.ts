/** Budgets as bars: what is spent and held, what is left, and when it begins anew. Pure. */
import { padEnd, padStart, widthOf } from 'nexus-gateway/sdk'
import type { BudgetState } from '../wire.ts'
import { gauge } from './bar.ts'
import type { Look } from './look.ts'
import { percent, tokens, usd } from './money.ts'
import { cut, label, wrap } from './text.ts'
import { duration, moment } from './time.ts'

type Style = 'green' | 'yellow' | 'red'
const narrow = 60
const widestGauge = 30

/** The first `most` of them; each takes two lines, or three where there is little room. */
export function budgetLines(budgets: readonly BudgetState[], look: Look, most: number = Infinity): string[] {
  const shown = budgets.slice(0, most)
  const names = shown.map(({ id }) => label(id))
  const width = Math.min(Math.max(0, ...names.map(widthOf)), Math.max(8, Math.floor(look.width / 3)))
  const lines = shown.flatMap((budget, i) => one(budget, names[i] ?? '', width, look))
  const left = budgets.length - shown.length
  return left > 0 ? [...lines, ...wrap(`and ${left} more: nexus cost budgets`, look.width - 2, look.glyphs.ellipsis).map((line) => look.paint('dim', `  ${line}`))] : lines
}

function one(budget: BudgetState, name: string, width: number, look: Look): string[] {
  const { paint, glyphs: { ellipsis } } = look
  const room = look.width - 2
  const short = look.width < narrow
  const used = padStart(percent(budget.percent), 5)
  const cells = Math.max(4, Math.min(widestGauge, room - (short ? 0 : width + 2) - widthOf(used) - 1))
  const picture = `${drawn(budget, cells, look)} ${paint(styleOf(budget), used)}`
  const title = cut(name, short ? room : width, ellipsis)
  const first = short ? [`  ${paint('bold', title)}`, `  ${picture}`] : [`  ${paint('bold', padEnd(title, width))}  ${picture}`]
  const indent = ' '.repeat(short ? 2 : 4)
  return [...first, ...wrap(`${leftText(budget)}; ${resetText(budget, look.now)}`, look.width - indent.length, ellipsis).map((line) => indent + paint('dim', line))]
}

export const styleOf = ({ percent: full }: BudgetState): Style => (full >= 100 ? 'red' : full >= 80 ? 'yellow' : 'green')

function drawn(budget: BudgetState, cells: number, { glyphs, paint }: Look): string {
  const { spent, held, left } = gauge(...partsOf(budget), cells, glyphs)
  return paint(styleOf(budget), spent) + paint('yellow', held) + paint('dim', left)
}

/** Spent and held as parts of the bound that is nearest. */
function partsOf({ limit, spent, held, percent: full }: BudgetState): [number, number] {
  const parts = (['usd', 'tokens'] as const).flatMap((unit) => {
    const most = limit[unit]
    return most === undefined ? [] : most > 0 ? [[spent[unit] / most, held[unit] / most] as [number, number]] : [[1, 0] as [number, number]]
  })
  return parts.toSorted(([a, b], [c, d]) => c + d - a - b)[0] ?? [full / 100, 0]
}

/** `$1.90 of $5.00 left, $0.40 held`; what is held is that of what is under way, and of what a crash left open. */
export function leftText({ limit, left, held }: BudgetState): string {
  const bounds = [
    ...(limit.usd === undefined ? [] : [`${usd(left.usd ?? 0)} of ${usd(limit.usd)} left`]),
    ...(limit.tokens === undefined ? [] : [`${tokens(left.tokens ?? 0)} of ${tokens(limit.tokens)} tokens left`]),
  ]
  const holds = [...(limit.usd !== undefined && held.usd > 0 ? [usd(held.usd)] : []), ...(limit.tokens !== undefined && held.tokens > 0 ? [`${tokens(held.tokens)} tokens`] : [])]
  return [...bounds, ...(holds.length > 0 ? [`${holds.join(' and ')} held`] : [])].join(', ')
}

export const resetText = ({ resetsAt, timeZone }: Pick<BudgetState, 'resetsAt' | 'timeZone'>, now: number): string =>
  (resetsAt === null ? 'for one run' : resetsAt <= now ? 'resets now' : `resets in ${duration(resetsAt - now)} (${moment(resetsAt, timeZone, now)})`)

export function budgetsScreen(budgets: readonly BudgetState[], timeZone: string, look: Look): string {
  const { paint, glyphs: { ellipsis } } = look
  if (budgets.length === 0) return wrap('No budget bounds anything. Set one: nexus config set cost.budgets \'[{ per: "day", usd: 5 }]\'', look.width, ellipsis).join('\n')
  return [paint('bold', 'Budgets'), ...budgetLines(budgets, look), '', ...wrap(`Days and months are those of ${timeZone}.`, look.width, ellipsis).map((line) => paint('dim', line))].join('\n')
}
