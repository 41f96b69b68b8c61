import { join } from 'node:path'
import * as v from 'valibot'
import { callAuthorize, connectionAuthenticate, definePlugin, secret } from 'nexus-gateway/sdk'
import { secretsHeld } from '../logs/contract.ts'
import { authenticate, type Layer } from './authenticate.ts'
import { auth } from './contract.ts'
import { deviceProof } from './device.ts'
import { configuredToken, findToken } from './keyfile.ts'
import { localSocket } from './local.ts'
import { noNodes } from './pairing.ts'
import { noPassword } from './password.ts'
import { authorize } from './scopes.ts'
import { sharedToken } from './token.ts'

/** How long a token changed at its source may still be the old one here. */
const followMs = 30_000

export default definePlugin({
  ...auth,
  config: v.strictObject({ token: v.optional(secret()) }),
  capabilities: ['tap:connection.authenticate', 'tap:call.authorize'],
  required: true,
  safe: true,
  async setup(ctx) {
    const env = process.env['NEXUS_TOKEN']
    const configured = ctx.config.token
    let token = await findToken({ env, configured, file: join(ctx.paths.state, 'auth', 'token') })
    const ways: readonly Layer[] = [sharedToken(() => token), noPassword, localSocket]
    const conditions: readonly Layer[] = [deviceProof(() => ctx.clock.now()), noNodes]

    ctx.tap(connectionAuthenticate, (request) => authenticate(request, ways, conditions))
    ctx.tap(callAuthorize, (call, access) => authorize(call.caller, access))
    ctx.tap(secretsHeld, () => [...new Set([token, ...configured?.known() ?? []])])
    // Requests do not wait for a source: it is looked at beside them. A text in the settings changes only with them.
    if (!env && configured && configured.source !== 'literal') ctx.scope.interval(() => follow(configured), followMs)

    async function follow(source: NonNullable<typeof configured>): Promise<void> {
      try {
        const now = await configuredToken(source)
        if (now !== token) ctx.log.info('the shared token was changed at its source; the new one holds', { source: source.source })
        token = now
      } catch (error) {
        ctx.log.warn('the shared token was changed to one that cannot be used; the old one holds', { source: source.source, error })
      }
    }
  },
})
