import { definePlugin } from 'nexus-gateway/sdk'
import { store, storeErrors } from './contract.ts'
import { openStore } from './store.ts'

export default definePlugin({
  ...store,
  errors: storeErrors,
  required: true,
  safe: true,
  exclusive: true,
  async setup(ctx) {
    const opened = await openStore({ dir: ctx.paths.state, clock: ctx.clock, log: ctx.log })
    ctx.scope.defer(() => opened.close(), 'store')
    const { close: _, ...api } = opened
    return { provides: { store: api } }
  },
})
