/** How a budget stands, for whoever asks and for whoever is refused. Pure. */
import type { CounterState } from '../ledger/ledger.ts'
import type { BudgetState } from '../wire.ts'
import type { Calendar } from './calendar.ts'
import type { Bound } from './rules.ts'
import { money, nanoOf, tokensText, usdOf } from './text.ts'

/** Per cent of the bound that is nearest; a bound of nothing is full. */
function percentOf({ budget: { usd, tokens } }: Bound, spent: { readonly nano: number; readonly tokens: number }): number {
  const share = (part: number, of: number | undefined): number => (of === undefined ? 0 : of === 0 ? 100 : (part / of) * 100)
  return Math.max(share(spent.nano, usd === undefined ? undefined : nanoOf(usd)), share(spent.tokens, tokens))
}

/** The highest mark that what was spent has passed; what is only held may be given back. */
export function markOf(bound: Bound, { spentNano, spentTokens }: CounterState, marks: readonly number[]): number {
  const percent = percentOf(bound, { nano: spentNano, tokens: spentTokens })
  return Math.max(0, ...marks.filter((mark) => percent >= mark))
}

export function stateOf(bound: Bound, state: CounterState, calendar: Calendar, marks: readonly number[], startedAt: number): BudgetState {
  const { budget: { id, on, per, usd, tokens }, of, span } = bound
  const [nano, count] = [state.spentNano + state.heldNano, state.spentTokens + state.heldTokens]
  return {
    id, on, per, ...(of !== undefined && { of }),
    limit: { ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) },
    spent: { usd: usdOf(state.spentNano), tokens: state.spentTokens },
    held: { usd: usdOf(state.heldNano), tokens: state.heldTokens },
    left: { ...(usd !== undefined && { usd: usdOf(Math.max(0, nanoOf(usd) - nano)) }), ...(tokens !== undefined && { tokens: Math.max(0, tokens - count) }) },
    percent: Math.round(percentOf(bound, { nano, tokens: count }) * 100) / 100,
    mark: markOf(bound, state, marks),
    startedAt: span?.start ?? startedAt,
    resetsAt: span?.end ?? null,
    timeZone: calendar.timeZone,
  }
}

/** What a person is told: which budget, what is left, what it would take, and when it begins anew. */
export function refusalOf({ id, of, limit, left, resetsAt }: BudgetState, bound: 'nano' | 'tokens', worst: number, calendar: Calendar): Readonly<Record<'budget' | 'left' | 'limit' | 'worst' | 'resets', string>> {
  const text = (usd: number | undefined, tokens: number | undefined): string => (bound === 'nano' ? money(usd ?? 0) : tokensText(tokens ?? 0))
  return {
    budget: of === undefined || id.includes(of) ? id : `${id} (${of})`,
    left: text(left.usd, left.tokens),
    limit: text(limit.usd, limit.tokens),
    worst: text(usdOf(worst), worst),
    resets: resetsAt === null ? 'it is for this run alone' : `it resets at ${calendar.iso(resetsAt)} (${calendar.timeZone})`,
  }
}
