/** Which budgets bound a spending, and under which counter each of them counts. Pure. */
import type { Spending } from '../contract.ts'
import { failCost } from '../errors.ts'
import type { Hold } from '../ledger/ledger.ts'
import { tokenBudgets } from './budget.ts'
import type { Budget } from './budget.ts'
import type { Calendar, Span } from './calendar.ts'
import type { RunMember } from './family.ts'
import { nanoOf } from './text.ts'
import type { Who } from './who.ts'
import { whoOf } from './who.ts'

/** A budget, one of those it bounds, and its present period. */
export interface Bound {
  readonly budget: Budget
  readonly of: string | undefined
  /** `undefined`: of a run. */
  readonly span: Span | undefined
  readonly runId?: string
  readonly counter: string
}

/** What is bounded: all of it is known before anything is held. */
export interface Subject {
  readonly spending: Pick<Spending, 'cause' | 'sessionKey' | 'agentId'>
  /** Its run and those that began it, nearest first; something without a run stands for one. */
  readonly runs: readonly (Partial<RunMember> & { readonly runId: string })[]
  /** Of the settings of agents; see `cost.bounds`. */
  readonly agents: readonly { readonly id: string; readonly budgets: readonly Budget[] }[]
  readonly at: number
}

/** Throws NEXUS_COST_TOKEN_BUDGET. */
export function boundsOf(settings: readonly Budget[], calendar: Calendar, { spending, runs, agents, at }: Subject): { readonly bounds: readonly Bound[]; readonly who: Who } {
  const who = whoOf(spending, runs, agents.map(({ id }) => id))
  const own = ofToken(spending, who)
  const all = [...settings, ...agents.flatMap(({ budgets }) => budgets), ...own]
  const whose = { ...who, token: [...new Set([...who.token, ...own.flatMap(({ of = [] }) => of)])] }
  const bounds = new Map<string, Bound>()
  for (const budget of all) {
    for (const bound of budget.per === 'run' ? ofRuns(budget, whose, runs) : ofTime(budget, whose, calendar.spanOf(budget.per, at))) {
      const other = bounds.get(bound.counter)
      bounds.set(bound.counter, other ? { ...bound, budget: narrower(other.budget, bound.budget) } : bound)
    }
  }
  return { bounds: [...bounds.values()], who }
}

/** How much everything comes to, whoever it is for: counters without a bound. */
export const sumCounters = (calendar: Calendar, at: number): readonly Hold[] =>
  (['day', 'month'] as const).map((per) => {
    const { key, end } = calendar.spanOf(per, at)
    return { counter: `sum/${per}||${key}`, expiresAt: end, limit: {} }
  })

export const counterOf = (id: string, of: string | undefined, key: string): string => `${id}|${of ?? ''}|${key}`

/** `money`: whether money counts here; it does not where all of it is free, or unpriced and let pass. */
export function holdOf({ budget: { usd, tokens, warnOnly }, counter, span }: Bound, money: boolean): Hold {
  const limit = warnOnly ? {} : { ...(usd !== undefined && money && { nano: nanoOf(usd) }), ...(tokens !== undefined && { tokens }) }
  return { counter, expiresAt: span?.end, limit }
}

function ofTime(budget: Budget, who: Who, span: Span): readonly Bound[] {
  return valuesOf(budget, who).map((of) => ({ budget, of, span, counter: counterOf(budget.id, of, span.key) }))
}

/** A run counts for its own agent and session; whoever pays for it pays for all of them. */
function ofRuns(budget: Budget, who: Who, runs: Subject['runs']): readonly Bound[] {
  return runs.flatMap((run, i) => {
    const own = { ...who, ...(run.agentId !== undefined ? { agent: [run.agentId] } : i > 0 && { agent: [] }), ...(run.sessionKey !== undefined ? { session: [run.sessionKey] } : i > 0 && { session: [] }) }
    return valuesOf(budget, own).map((of): Bound => ({ budget, of, span: undefined, runId: run.runId, counter: counterOf(budget.id, of, run.runId) }))
  })
}

function valuesOf({ on, of }: Budget, who: Who): readonly (string | undefined)[] {
  if (on === 'global') return [undefined]
  return of === undefined ? who[on] : who[on].filter((one) => one === of)
}

/** Of the credential. Its counter is the token's that was given the budget. */
function ofToken({ cause: { caller } }: Subject['spending'], who: Who): readonly Budget[] {
  const text = caller.bounds?.['budget']
  if (text === undefined) return []
  // What a bound credential has made is bound alike, and counts with it: it would have the same once more.
  const name = caller.bounds?.['budgetOf'] ?? who.token[0] ?? caller.id
  const budgets = tokenBudgets(name, text)
  if (!budgets) throw failCost('NEXUS_COST_TOKEN_BUDGET')
  return budgets
}

/** Of two budgets of one name the lesser counts. */
function narrower(a: Budget, b: Budget): Budget {
  const least = (x: number | undefined, y: number | undefined): number | undefined => (x === undefined ? y : y === undefined ? x : Math.min(x, y))
  const [usd, tokens] = [least(a.usd, b.usd), least(a.tokens, b.tokens)]
  return { ...a, warnOnly: a.warnOnly && b.warnOnly, ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) }
}
