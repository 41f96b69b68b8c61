/** How it all stands, and what was charged. */
import type { BudgetLine } from '../health/contract.ts'
import { counterOf, sumCounters } from './budgets/rules.ts'
import type { Bound } from './budgets/rules.ts'
import { stateOf } from './budgets/standing.ts'
import { usdOf } from './budgets/text.ts'
import { whoOf } from './budgets/who.ts'
import type { Charge, LedgerEngine } from './ledger/ledger.ts'
import type { Books } from './spend.ts'
import type { BudgetState, CostStatus, Settled } from './wire.ts'

const mostShown = 200

export function statusOf(books: Books, engine: LedgerEngine): CostStatus {
  const { calendar, clock, switch: { stopped } } = books
  const [today, month] = sumCounters(calendar, clock.now()).map(({ counter }) => {
    const { spentNano, spentTokens, calls, unpriced } = engine.counter(counter)
    return { usd: usdOf(spentNano), tokens: spentTokens, calls, unpriced }
  })
  const open = engine.open()
  const none = { usd: 0, tokens: 0, calls: 0, unpriced: 0 }
  return {
    stopped: stopped ? { ...stopped } : null,
    timeZone: calendar.timeZone,
    today: today ?? none, month: month ?? none,
    budgets: budgetStates(books, engine),
    open: {
      count: open.length, orphaned: open.filter(({ orphaned }) => orphaned).length,
      usd: usdOf(open.reduce((sum, { worst }) => sum + (worst.nano ?? 0), 0)), tokens: open.reduce((sum, { worst }) => sum + worst.tokens, 0),
    },
  }
}

/** Those in force, the fullest first: what the settings name, and whoever else has spent in the present period. */
export function budgetStates(books: Books, engine: LedgerEngine, limit = mostShown): BudgetState[] {
  const { calendar, clock, marks, family } = books
  const now = clock.now()
  const named = books.budgets.flatMap((budget): Bound[] => {
    if (budget.per === 'run' || (budget.on !== 'global' && budget.of === undefined)) return []
    const span = calendar.spanOf(budget.per, now)
    return [{ budget, of: budget.of, span, counter: counterOf(budget.id, budget.of, span.key) }]
  })
  const inForce = ({ span, runId }: Bound): boolean => (span ? now >= span.start && now < span.end : runId !== undefined && family.isOpen(runId))
  const bounds = new Map([...named, ...[...books.told.seen()].filter(inForce)].map((bound) => [bound.counter, bound]))
  return [...bounds.values()].map((bound) => stateOf(bound, engine.counter(bound.counter), calendar, marks, now))
    .sort((a, b) => b.percent - a.percent || (a.id < b.id ? -1 : 1)).slice(0, limit)
}

/** As the gateway's `status` has it. */
export function lineOf({ id, of, per, limit, left, percent, resetsAt, timeZone }: BudgetState): BudgetLine {
  return { id, per, limit, left, percent, resetsAt, timeZone, ...(of !== undefined && { of }) }
}

/** After a start: who has spent in the present periods, by the latest charges. What these do not tell, such as plugins, is shown when it spends again. */
export async function remember(books: Books, engine: LedgerEngine): Promise<void> {
  const now = books.clock.now()
  for (const { about: { sessionKey, agentId, user = '' } } of await engine.charges({ limit: 1_000 })) {
    const caller = { id: user, role: 'operator', scopes: new Set<string>(), label: 'operator' } as const
    const who = whoOf({ cause: { caller, path: [], trace: '' }, ...(sessionKey !== undefined && { sessionKey }), ...(agentId !== undefined && { agentId }) }, [], [])
    for (const budget of books.budgets) {
      if (budget.per === 'run' || budget.on === 'global' || budget.on === 'plugin') continue
      const span = books.calendar.spanOf(budget.per, now)
      for (const of of who[budget.on]) {
        const bound: Bound = { budget, of, span, counter: counterOf(budget.id, of, span.key) }
        const state = engine.counter(bound.counter)
        if ((budget.of === undefined || budget.of === of) && state.calls > 0) books.told.before(bound, state)
      }
    }
  }
}

export function settledOf({ id, at, about, nano, tokens, price, estimated }: Charge): Settled {
  return { id, at, ...about, usd: nano === undefined ? null : usdOf(nano), tokens, price, ...(estimated && { estimated }) }
}

export async function chargesOf(engine: LedgerEngine, { limit, runId, sessionKey }: { readonly limit: number; readonly runId?: string | undefined; readonly sessionKey?: string | undefined }) {
  const charges = await engine.charges({ limit, ...(runId !== undefined && { runId }), ...(sessionKey !== undefined && { sessionKey }) })
  const wanted = engine.open().filter(({ about }) => (runId === undefined || about.runId === runId) && (sessionKey === undefined || about.sessionKey === sessionKey))
  return {
    charges: charges.map(settledOf),
    open: wanted.slice(-1_000).map(({ id, at, about: { provider, model }, worst, orphaned }) => ({ id, at, provider, model, usd: worst.nano === undefined ? null : usdOf(worst.nano), tokens: worst.tokens, orphaned })),
  }
}
