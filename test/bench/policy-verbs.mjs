// A plugin for the benchmark: verbs that answer what they were sent, each guarded in another way.
import { definePlugin, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'

const params = v.strictObject({ data: v.string() })

export default definePlugin({
  id: 'verbs',
  methods: {
    'verbs.read': method({ scope: 'operator.read', params }),
    // Bounds that the bench never comes near: what is measured is that they are kept.
    'verbs.limited': method({ scope: 'operator.read', params, limit: { calls: 1_000_000_000, concurrent: 10_000 } }),
    'verbs.admin': method({ scope: 'operator.admin', params }),
  },
  setup: () => ({ methods: { 'verbs.read': (p) => p, 'verbs.limited': (p) => p, 'verbs.admin': (p) => p } }),
})
