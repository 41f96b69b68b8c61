/**
 * What everything costs, and the budgets that bound it. The plugin itself keeps the ledger for every attempt at a model;
 * whoever spends otherwise (speech, search, pictures) takes the service `Ledger`.
 */
import { contract, event, hook, method, service } from 'nexus-gateway/sdk'
import type { Cause } from 'nexus-gateway/sdk'
import { CheckParams, CheckResult, PricesParams, PricesResult } from './prices/wire.ts'
import * as wire from './wire.ts'

export { costErrors } from './errors.ts'
export { pricesKnown } from './prices/hook.ts'
export type { BudgetState, CostStatus, Settled } from './wire.ts'

// ── The ledger ──────────────────────────────────────────────────────────────────────────────────

/** What one thing may come to, or has come to. */
export interface Amount {
  /** US dollars; `undefined`: nobody knows the price, which under a budget of money means no. */
  readonly usd: number | undefined
  readonly tokens: number
}

/** Something that is about to cost. */
export interface Spending {
  /** Unique in the installation; the same id is never charged twice. */
  readonly id: string
  readonly cause: Cause
  readonly runId?: string
  readonly sessionKey?: string
  readonly agentId?: string
  readonly provider: string
  readonly model: string
  /** The most it may come to. */
  readonly worst: Amount
}

export interface Reservation {
  readonly id: string
  /**
   * What it came to; resolves once that is on disk. Only the first call counts. `estimated`: nobody has counted it.
   * `price`: where the price came from, as `settings` or `catalogue 2026-05-01`.
   */
  settle(actual: Amount & { readonly estimated?: boolean; readonly price?: string }): Promise<void>
}

export interface LedgerApi {
  /**
   * Holds the worst case in every budget that bounds it, all or nothing, and resolves once that is on disk: only then
   * spend. Rejects with NEXUS_COST_EXCEEDED (which budget, what is left, when it resets), NEXUS_COST_UNPRICED or
   * NEXUS_COST_STOPPED, and then nothing is held. What is open when the gateway dies counts as spent until it is settled.
   */
  reserve(spending: Spending): Promise<Reservation>
  status(): Promise<wire.CostStatus>
}
export const Ledger = service<LedgerApi>('ledger/1')

/**
 * What the settings of agents say of a spending: the agent it is for, and those whose runs began its session, with
 * `budget` as it stands in their settings. A tap that throws refuses it. Whoever keeps agents answers.
 */
export interface AgentsBound { readonly id: string; readonly budget: Readonly<Record<string, unknown>> | undefined }
export const costBounds = hook.collect<[Pick<Spending, 'sessionKey' | 'agentId'>], readonly AgentsBound[]>('cost.bounds', { onError: 'fail' })

/** After a charge is on disk, exactly once for each. */
export const costSettled = hook.series<[wire.Settled]>('cost.settled')

export const cost = contract({
  id: 'cost',
  provides: { ledger: Ledger },
  methods: {
    'cost.status': method({ scope: 'operator.read', params: wire.StatusParams, result: wire.CostStatus, summary: 'What was spent today and this month, and how the budgets stand.' }),
    'cost.stop': method({ scope: 'operator.write', params: wire.StopParams, result: wire.StopResult, summary: 'Ends everything that costs, and lets nothing begin until cost.resume.' }),
    'cost.resume': method({ scope: 'operator.write', params: wire.ResumeParams, result: wire.StopResult, summary: 'Lets things cost again.' }),
    'cost.settle': method({ scope: 'operator.admin', params: wire.SettleParams, result: wire.Settled, summary: 'Charges what a gateway that died has left open, as the bill has it.' }),
    'cost.charges': method({ scope: 'operator.read', params: wire.ChargesParams, result: wire.ChargesResult, summary: 'The latest charges, newest first, and what is still open.' }),
    'cost.prices': method({ scope: 'operator.read', params: PricesParams, result: PricesResult, summary: 'What models cost, whose word that is, and since when it holds.' }),
    'cost.check': method({ scope: 'operator.read', params: CheckParams, result: CheckResult, summary: 'What is wrong with the prices: refused, missing, old, said twice.' }),
  },
  events: {
    'cost.warning': event({ scope: 'operator.read', payload: wire.BudgetState, summary: 'A budget has passed one of its marks.' }),
    'cost.exceeded': event({ scope: 'operator.read', payload: wire.BudgetState, summary: 'A budget has refused something.' }),
    'cost.settled': event({ scope: 'operator.read', payload: wire.Settled, summary: 'Something was charged.' }),
  },
})
