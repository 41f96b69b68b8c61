/** Who gets in, by which credential, and what they may do. Every way in is a part of its own; here they are put in order. */
import { join } from 'node:path'
import * as v from 'valibot'
import {
  callAuthorize, configChanged, connectionAuthenticate, connectionRemote, Connections, definePlugin, gatewayListen, httpRequest, optional, secret,
  type AuthAnswer, type AuthRequest, type Caller,
} from 'nexus-gateway/sdk'
import { Journal } from '../journal/contract.ts'
import { Attempts } from '../limits/contract.ts'
import { secretsHeld } from '../logs/contract.ts'
import { Store } from '../store/contract.ts'
import { authenticate, type Road } from './authenticate.ts'
import { auth, authErrors, tokenBudgetChecked } from './contract.ts'
import { createDevices, looksLikeDeviceToken } from './devices/devices.ts'
import { createGuard, Hosts, Origins } from './guard.ts'
import type { AuthHost } from './host.ts'
import { networks } from './networks.ts'
import { createPassword } from './password/password.ts'
import { createRemote, TrustedProxies } from './remote.ts'
import { authorize } from './scopes.ts'
import { createDoors } from './strength.ts'
import { createTokens } from './tokens/tokens.ts'
import { looksLikeServiceToken } from './tokens/way.ts'
import { createTrail } from './trail.ts'
import { createLocalSecret } from './ways/local-secret.ts'
import { localSocket } from './ways/local.ts'
import { createLoopback } from './ways/loopback.ts'
import { createProxy, ProxySettings } from './ways/proxy.ts'
import { createSharedToken } from './ways/shared.ts'
import { createTailscale, TailscaleSettings } from './ways/tailscale.ts'

export default definePlugin({
  ...auth,
  errors: authErrors,
  config: v.strictObject({
    token: v.optional(secret()),
    hosts: Hosts,
    origins: Origins,
    trustedProxies: TrustedProxies,
    proxy: v.optional(ProxySettings),
    tailscale: v.optional(TailscaleSettings),
    trustLoopback: v.optional(v.pipe(v.boolean(), v.description('Let every program on this machine in without a token. Leave it off.')), false),
  }),
  capabilities: ['tap:connection.authenticate', 'tap:connection.remote', 'tap:call.authorize', 'tap:gateway.listen', 'tap:http.request', 'kernel:connections'],
  requires: { store: Store, attempts: optional(Attempts), journal: optional(Journal), connections: Connections },
  required: true,
  safe: true,
  // Two generations at once would not see each other's changes: what one has revoked the other would still let in.
  exclusive: true,
  async setup(ctx) {
    const { clock, config, deps, log, paths, scope } = ctx
    const now = (): number => clock.now()
    const host: AuthHost = { store: deps.store, clock, log, scope, end: (ids, reason) => deps.connections.end(({ id }) => ids.includes(id), reason) }
    const trusted = networks(config.trustedProxies, 'auth.trustedProxies')
    const doors = createDoors(log)

    const [tokens, devices, shared, bootSecret] = await together([
      createTokens(host, (text) => ctx.invoke(tokenBudgetChecked, text)),
      createDevices(host, ctx.emit),
      createSharedToken(host, {
        env: process.env['NEXUS_TOKEN'], configured: config.token, file: join(paths.state, 'auth', 'token'), accepts: doors.accepts,
        foreign: (token) => looksLikeServiceToken(token) || looksLikeDeviceToken(token),
      }),
      createLocalSecret(join(paths.state, 'auth', 'local')),
    ] as const)
    for (const door of deps.connections.doors()) doors.opening(door, shared.current())
    const password = createPassword(host)
    const local = localSocket(bootSecret, now)
    const tailscale = config.tailscale && createTailscale(host, config.tailscale, trusted)
    const proxy = config.proxy && createProxy(host, config.proxy, trusted)
    const loopback = createLoopback(config.trustLoopback, log)

    const some = [tailscale?.way, proxy?.way, loopback].filter((way) => way !== undefined)
    const road: Road = {
      ways: [tokens.way, devices.way, shared.way, password.way, local, ...some],
      conditions: devices.conditions,
      strangers: devices.strangers,
      attempts: deps.attempts,
    }
    const trail = deps.journal && createTrail(deps.journal, now, log)
    const noted = (request: AuthRequest, answer: AuthAnswer): AuthAnswer => {
      trail?.note(request, answer)
      return answer
    }

    if (!trusted.empty) ctx.tap(connectionRemote, createRemote(trusted))
    ctx.tap(httpRequest, createGuard({ hosts: config.hosts, origins: config.origins, log, clock }))
    ctx.tap(gatewayListen, (door) => doors.opening(door, shared.current()))
    ctx.tap(connectionAuthenticate, (request) => {
      const answer = authenticate(request, road)
      return answer instanceof Promise ? answer.then((given) => noted(request, given)) : noted(request, answer)
    })
    ctx.tap(callAuthorize, (call, access) => authorize(call.caller, access))
    ctx.tap(secretsHeld, () => [...shared.known(), bootSecret])
    ctx.tap(configChanged, () => shared.follow())

    // With other settings some may no longer be let in: those who came before are asked again.
    const lost = ({ id, ...caller }: Caller): boolean => [tailscale, proxy].some((way) => way?.holds({ id, ...caller }) === false)
      || (!tailscale && id.startsWith('tailscale:')) || (!proxy && id.startsWith('proxy:')) || (!loopback && id === 'loopback')
    scope.timeout(() => deps.connections.end(lost, 'settings changed'), 0)

    return { methods: { ...tokens.methods, ...devices.methods, ...password.methods } }
  },
})

/** As `Promise.all`, but when one fails the others are not left at work behind it. */
async function together<const T extends readonly Promise<unknown>[]>(parts: T) {
  await Promise.allSettled(parts)
  return Promise.all(parts)
}
