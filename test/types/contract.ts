import * as v from 'valibot'
import { contract, event, hook, method, route, service } from 'nexus-gateway/sdk'

export interface LedgerApi { total(): number }
export const Ledger = service<LedgerApi>('ledger/1')
export const Summary = v.strictObject({ total: v.number() })
export const charged = hook.series<[{ usd: number }]>('cost.charged')
export const priced = hook.bail<[string], number>('cost.priced')
export const cost = contract({
  id: 'cost',
  provides: { ledger: Ledger },
  methods: {
    'cost.summary': method({ scope: 'operator.read', params: v.strictObject({ session: v.string(), limit: v.optional(v.number(), 10) }), result: Summary }),
    'cost.reset': method({ scope: 'operator.admin' }),
  },
  events: {
    'cost.charged': event({ scope: 'operator.read', payload: v.strictObject({ usd: v.number() }) }),
    'cost.reset': event({ scope: 'operator.read', payload: v.strictObject({ at: v.string() }) }),
  },
  routes: { 'GET /report/:month': route({ scope: 'operator.read' }), 'POST /hook': route({ scope: 'public' }) },
})
