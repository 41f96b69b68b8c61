/** `cost.prices` and `cost.check`. */
import type { Clock, MaybePromise } from 'nexus-gateway/sdk'
import type * as v from 'valibot'
import type { PricedModels } from '../../models/contract.ts'
import { checkPrices } from './check.ts'
import type { Used } from './check.ts'
import { rowsOf } from './rows.ts'
import type { CheckResult, PricesParams, PricesResult } from './wire.ts'

export interface PriceHost {
  /** Nothing while no models run. */
  priced(): MaybePromise<PricedModels | undefined>
  /** The latest charges, at most so many. */
  charges(limit: number): Promise<readonly Used[]>
  readonly clock: Pick<Clock, 'now'>
}
export interface PriceMethods {
  'cost.prices'(params: v.InferOutput<typeof PricesParams>): Promise<PricesResult>
  'cost.check'(): Promise<CheckResult>
}

const lookedAt = 1_000

/** Handlers for the plugin's `methods`. */
export function priceMethods({ priced, charges, clock }: PriceHost): PriceMethods {
  return {
    async 'cost.prices'({ model, on }) {
      const known = await priced()
      if (!known) return { stale: false, models: [] }
      const { book, specs } = known
      const at = on === undefined ? clock.now() : Date.parse(`${on}T23:59:59.999Z`)
      return { ...(book.updated !== undefined && { updated: book.updated }), stale: book.isStale(clock.now()), models: rowsOf(book, specs, at, model, on !== undefined) }
    },
    async 'cost.check'() {
      const [known, used] = await Promise.all([priced(), charges(lookedAt)])
      return known ? checkPrices({ ...known, used, now: clock.now() }) : { ok: true, models: 0, priced: 0, charges: used.length, findings: [] }
    },
  }
}
