import { contract, event, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'

/** What others may rely on. Clients and plugins import this file, never the plugin itself. */
export const counter = contract({
  id: 'counter',
  methods: {
    'counter.add': method({ scope: 'operator.write', params: v.strictObject({ by: v.optional(v.number(), 1) }), result: v.strictObject({ total: v.number() }) }),
  },
  events: {
    'counter.changed': event({ scope: 'operator.read', payload: v.strictObject({ total: v.number() }) }),
  },
})
