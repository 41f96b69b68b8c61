/**
 * Way in: people whom a trusted proxy has let in. That a request comes from the proxy's address proves nothing, for
 * others may share it: each one also carries a proof by a secret that only the proxy and the gateway have,
 * `x-nexus-proxy-proof: <unix seconds>.<hex HMAC-SHA256 of "<unix seconds>|<user>|<x-forwarded-for, or nothing>">`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import { secret } from 'nexus-gateway/sdk'
import type { AuthAnswer, AuthRequest, Secret } from 'nexus-gateway/sdk'
import type { Way } from '../authenticate.ts'
import type { AuthHost } from '../host.ts'
import type { Networks } from '../networks.ts'
import { refusals } from '../refusals.ts'
import { identities, Users, type Identities } from './identities.ts'
import { createMemory } from './memory.ts'
import { nearMs, periodOf } from './source.ts'

/** `auth.proxy` */
export const ProxySettings = v.strictObject({
  secret: secret('What the proxy proves itself with.'),
  userHeader: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/), v.description('The header with the name of whom the proxy let in, in lower case.')), 'x-forwarded-user'),
  users: Users,
})
export type ProxySettings = v.InferOutput<typeof ProxySettings>

export const proofHeader = 'x-nexus-proxy-proof'
/** How far the proxy's clock may be off, either way. */
const skewMs = 60_000

export interface ProxyWay { readonly way: Way; readonly holds: Identities['holds'] }

export function createProxy(host: AuthHost, settings: ProxySettings, trusted: Networks): ProxyWay {
  const { clock, log } = host
  const people = identities('proxy', settings.users)
  if (trusted.empty) log.warn('auth.proxy lets nobody in while auth.trustedProxies is empty')
  watch(host, settings.secret, people.ids)

  async function judge(user: string, { headers }: AuthRequest): Promise<AuthAnswer> {
    const key = await settings.secret.reveal().catch((error: unknown) => {
      log.warn('the secret of auth.proxy cannot be had; nobody comes in through the proxy', { error })
    })
    const proof = headers[proofHeader]
    if (key === undefined || proof === undefined || !isName(user)) return refusals.proxyMismatch
    if (!proves(proof, key, user, headers['x-forwarded-for'] ?? '', clock.now())) return refusals.proxyMismatch
    const caller = people.find(user)
    return caller ? { ok: true, caller } : refusals.proxyUser
  }

  return {
    holds: people.holds,
    way: {
      name: 'proxy',
      admit(request) {
        const user = request.headers[settings.userHeader]
        // From anybody else it is a header like any other.
        return user !== undefined && request.listener === 'tcp' && trusted.has(request.peer) ? judge(user, request) : undefined
      },
    },
  }
}

/** Of the same text no two users and addresses may be made. */
const isName = (user: string): boolean => /^[\x21-\x7b\x7d\x7e]{1,256}$/.test(user)

function proves(proof: string, key: string, user: string, forwardedFor: string, now: number): boolean {
  const [, seconds, mac] = /^(\d{1,12})\.([0-9a-f]{64})$/.exec(proof) ?? []
  if (seconds === undefined || mac === undefined) return false
  const right = createHmac('sha256', key).update(`${seconds}|${user}|${forwardedFor}`).digest()
  return timingSafeEqual(right, Buffer.from(mac, 'hex')) && Math.abs(now - Number(seconds) * 1000) <= skewMs
}

/** A secret that was changed may have been known to others: what it let in is ended. */
function watch(host: Pick<AuthHost, 'store' | 'log' | 'scope' | 'end'>, secret: Secret, ids: readonly string[]): void {
  const memory = createMemory(host, 'proxy')
  const everyMs = periodOf(secret)
  let held: string | undefined
  async function look(): Promise<void> {
    const now = await secret.reveal().catch(() => held)
    if (now === undefined || now === held) return
    held = now
    if (await memory.differs(now)) host.end(ids, 'proxy secret changed')
  }
  // By then whoever answered with other settings has been replaced.
  host.scope.timeout(look, nearMs)
  if (everyMs > 0) host.scope.interval(look, everyMs)
}
