/** `cost.prices` and `cost.check`. */
import type { Clock } from 'nexus-gateway/sdk'
import type * as v from 'valibot'
import type { ModelsApi, ModelSpec } from '../../models/contract.ts'
import { checkPrices } from './check.ts'
import type { Used } from './check.ts'
import { rowsOf } from './rows.ts'
import type { CheckResult, PricesParams, PricesResult } from './wire.ts'

export interface PriceHost {
  readonly models: Pick<ModelsApi, 'list' | 'prices'>
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
export function priceMethods({ models, charges, clock }: PriceHost): PriceMethods {
  const all = async (): Promise<ModelSpec[]> => [...await models.list(), ...await models.list('embedding')]
  const book = models.prices
  return {
    async 'cost.prices'({ model, on }) {
      const at = on === undefined ? clock.now() : Date.parse(`${on}T23:59:59.999Z`)
      return { ...(book.updated !== undefined && { updated: book.updated }), stale: book.isStale(clock.now()), models: rowsOf(book, await all(), at, model, on !== undefined) }
    },
    async 'cost.check'() {
      const [specs, used] = await Promise.all([all(), charges(lookedAt)])
      return checkPrices({ book, specs, used, now: clock.now() })
    },
  }
}
