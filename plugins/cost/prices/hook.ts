/** Where prices are known: not by a service, because the ledger is not to be closed whenever that plugin begins anew. */
import { hook } from 'nexus-gateway/sdk'
import type { PricedModels } from '../../models/contract.ts'

/** Whoever keeps the models answers. */
export const pricesKnown = hook.bail<[], PricedModels>('cost.prices.known')
