/** Counts what everything costs, holds it before it is spent, and keeps to budgets. */
import { definePlugin, hook } from 'nexus-gateway/sdk'
import { runEnded, runStarted } from '../agent/contract.ts'
import { tokenBudgetChecked } from '../auth/contract.ts'
import { budgetsChecked, healthChecked } from '../health/contract.ts'
import { modelAfter, modelBefore } from '../models/contract.ts'
import { Store } from '../store/contract.ts'
import { budgetsOf, tokenBudgets } from './budgets/budget.ts'
import { createCalendar } from './budgets/calendar.ts'
import { createFamily } from './budgets/family.ts'
import { createAside } from './aside.ts'
import { after, before } from './charge.ts'
import type { Running } from './charge.ts'
import { config } from './config.ts'
import { cost, costBounds, costErrors, costSettled, pricesKnown } from './contract.ts'
import { ledgerOf, resumeAll, settleByHand, stopAll } from './methods.ts'
import type { LedgerEngine } from './ledger/ledger.ts'
import { createOpening } from './open.ts'
import { priceMethods } from './prices/methods.ts'
import type { Books } from './spend.ts'
import { budgetStates, chargesOf, lineOf, remember, settledOf, statusOf } from './status.ts'
import { openSwitch, type Standing } from './stop.ts'
import { createTold } from './told.ts'

/** From one generation of this plugin to the next, in the process: while one closes its ledger, the next one waits, and no attempt goes by unseen. */
const left = hook.collect<[], { readonly running: Running; readonly standing: Standing; readonly closed: Promise<void> }>('cost.left')
/** A tap under way counts as a call in flight, which is what a drain waits for. */
const settling = hook.series<[work: Promise<void>]>('cost.settling')
/** Soon after a start and not on its way, for what budgets say of themselves in the health of the gateway. */
const openMs = 10
/** Budgets that `status` of the gateway shows. */
const shownInHealth = 20

export default definePlugin({
  ...cost,
  errors: costErrors,
  config,
  requires: { store: Store },
  // A gateway that was told to keep to budgets and cannot does not start.
  required: true,
  async setup(ctx) {
    const { clock, log, scope, deps: { store }, config: { budgets, warnAt, unpriced, ...calendrical } } = ctx
    const calendar = createCalendar(calendrical)
    const limits = budgetsOf(budgets)
    const earlier = await ctx.invoke(left)
    const stop = await openSwitch(store, calendar.iso, earlier.at(-1)?.standing)
    const running: Running = earlier.at(-1)?.running ?? new Map()
    const family = createFamily()
    const told = createTold({
      calendar, marks: warnAt, clock,
      warning(state) {
        log.warn('a budget has passed a mark', { budget: state.id, of: state.of, mark: state.mark })
        ctx.emit('cost.warning', state)
      },
      exceeded: (state) => ctx.emit('cost.exceeded', state),
    })
    const ledger = createOpening({ store, clock, log }, Promise.all(earlier.map(({ closed }) => closed)), (engine) => remember(books, engine))
    const books: Books = {
      budgets: limits, marks: warnAt, unpriced, calendar, family, told, clock, log, switch: stop,
      engine: ledger.engine,
      agents: async (about) => (await ctx.invoke(costBounds, about)).flat(),
      async charged(charge) {
        const settled = settledOf(charge)
        ctx.emit('cost.settled', settled, { lossy: true })
        await ctx.invoke(costSettled, settled)
      },
      later: (run, ms) => scope.timeout(run, ms),
    }
    const aside = createAside((work) => void ctx.invoke(settling, work))
    const written = async (): Promise<LedgerEngine> => {
      await aside.done()
      return ledger.engine()
    }
    let close = (): void => {}
    const closed = new Promise<void>((resolve) => { close = resolve })

    ctx.tap(left, () => ({ running, standing: stop.standing, closed }))
    ctx.tap(modelBefore, (attempt, control) => before(books, running, attempt, control))
    ctx.tap(settling, (work) => work)
    ctx.tap(modelAfter, (attempt, outcome) => aside.run(after(books, running, attempt, outcome).catch((error: unknown) => log.error('a charge could not be told', { id: attempt.id, error }))))
    ctx.tap(runStarted, (run) => family.begin(run))
    ctx.tap(runEnded, ({ runId }) => family.end(runId))
    ctx.tap(tokenBudgetChecked, (text) => tokenBudgets('', text) !== undefined)
    ctx.tap(budgetsChecked, () => (ledger.now ? budgetStates(books, ledger.now, shownInHealth).map(lineOf) : []))
    ctx.tap(healthChecked, () => ({
      degraded: [...(stop.stopped ? [`${stop.error().message}; \`nexus cost resume\` lets it go on`] : []), ...(ledger.failed ? [ledger.failed.message] : [])],
    }))
    // A start does not wait for it; whoever needs it sooner opens it.
    scope.timeout(() => written().then(() => {}, () => {}), openMs)
    scope.defer(() => ledger.close().finally(close), 'ledger')

    return {
      provides: { ledger: ledgerOf(books, written) },
      methods: {
        'cost.status': async () => statusOf(books, await written()),
        'cost.stop': ({ reason }, call) => stopAll(books, running, reason, call),
        'cost.resume': (_, call) => resumeAll(books, call),
        'cost.settle': (params, call) => settleByHand(books, params, call),
        'cost.charges': async (query) => chargesOf(await written(), query),
        ...priceMethods({ priced: () => ctx.invoke(pricesKnown), charges: async (limit) => (await written()).charges({ limit }).then((all) => all.map(({ about: { provider, model }, price }) => ({ provider, model, price }))), clock }),
      },
    }
  },
})
