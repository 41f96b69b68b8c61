// In place of the policy plugins: lets everybody in and allows everything. Without it nobody would be in at all.
import { callAuthorize, connectionAuthenticate, definePlugin } from 'nexus-gateway/sdk'

const caller = { id: 'anybody', role: 'operator', scopes: new Set(['operator.admin']), label: 'operator' }

export default definePlugin({
  id: 'anybody',
  capabilities: ['tap:connection.authenticate', 'tap:call.authorize'],
  setup(ctx) {
    ctx.tap(connectionAuthenticate, () => ({ ok: true, caller }))
    ctx.tap(callAuthorize, () => true)
  },
})
