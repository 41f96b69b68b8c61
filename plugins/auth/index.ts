import { join } from 'node:path'
import * as v from 'valibot'
import { callAuthorize, connectionAuthenticate, definePlugin } from 'nexus-gateway/sdk'
import { secretsHeld } from '../logs/contract.ts'
import { authenticate, type Layer } from './authenticate.ts'
import { auth } from './contract.ts'
import { deviceProof } from './device.ts'
import { findToken } from './keyfile.ts'
import { localSocket } from './local.ts'
import { noNodes } from './pairing.ts'
import { noPassword } from './password.ts'
import { authorize } from './scopes.ts'
import { sharedToken } from './token.ts'

export default definePlugin({
  ...auth,
  config: v.strictObject({ token: v.optional(v.pipe(v.string(), v.metadata({ secret: true }))) }),
  capabilities: ['tap:connection.authenticate', 'tap:call.authorize'],
  required: true,
  safe: true,
  async setup(ctx) {
    const token = await findToken({ env: process.env['NEXUS_TOKEN'], configured: ctx.config.token, file: join(ctx.paths.state, 'auth', 'token') })
    const ways: readonly Layer[] = [sharedToken(token), noPassword, localSocket]
    const conditions: readonly Layer[] = [deviceProof(() => ctx.clock.now()), noNodes]

    ctx.tap(connectionAuthenticate, (request) => authenticate(request, ways, conditions))
    ctx.tap(callAuthorize, (call, access) => authorize(call.caller, access))
    ctx.tap(secretsHeld, () => [token])
  },
})
