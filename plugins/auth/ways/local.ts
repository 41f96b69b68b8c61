/**
 * Way in: the unix socket, 0600 in the state directory's 0700, together with proof of the secret of this start. That is
 * how the owner's command line comes. To reach the socket is not enough: a child that may open no file can connect.
 * Loopback TCP is nothing of the kind: every program and every web page on the machine can reach it.
 *
 * The header `x-nexus-local` is `<unixMs>.<nonce>.<mac>`: 16 random bytes, and HMAC-SHA256 keyed with the secret's text
 * over `nexus-local-client|<unixMs>|<nonce>`, both base64url. The answer proves the same over `nexus-local-server|<nonce>`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Caller } from 'nexus-gateway/sdk'
import type { Way } from '../authenticate.ts'
import { rateLimited, type Refusal } from '../refusals.ts'
import { operatorScopes } from '../scopes.ts'

/** How far the client's clock may be off, either way. */
const skewMs = 60_000
/** Proofs that are remembered at one time; each for as long as it could be used again. */
const mostUsed = 32_768
const shape = /^(\d{1,15})\.([\w-]{22})\.([\w-]{43})$/

const caller: Caller = { id: 'local', role: 'operator', scopes: operatorScopes, label: 'operator' }
const wrong: Refusal = { ok: false, code: 'AUTH_LOCAL_PROOF', message: 'unauthorized: the proof of the local secret is wrong, stale or was used before (make a new one of auth/local)' }

export function localSocket(secret: string, now: () => number): Way {
  const mac = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url')
  /** What was proved before belongs to another one's memory, if it is not older than any that could still be used. */
  const born = now()
  /** Until when a nonce must not come again. */
  const used = new Map<string, number>()

  function inTime(at: number): boolean {
    const predates = at < born && at >= born - skewMs
    return Math.abs(now() - at) <= skewMs && !predates
  }

  /** Each stays in line behind those that came before it, at most twice its own time. */
  function forget(): void {
    for (const [nonce, until] of used) {
      if (until >= now()) return
      used.delete(nonce)
    }
  }

  return {
    name: 'local',
    admit({ listener, headers }) {
      const given = headers['x-nexus-local']
      if (listener !== 'unix' || given === undefined) return undefined
      const [, at, nonce, sent] = shape.exec(given) ?? []
      if (at === undefined || nonce === undefined || sent === undefined) return wrong
      if (!timingSafeEqual(Buffer.from(sent), Buffer.from(mac(`nexus-local-client|${at}|${nonce}`)))) return wrong
      if (!inTime(Number(at))) return wrong
      forget()
      if (used.has(nonce)) return wrong
      if (used.size >= mostUsed) return rateLimited(skewMs)
      used.set(nonce, Number(at) + skewMs)
      return { ok: true, caller, tell: { proof: mac(`nexus-local-server|${nonce}`) } }
    },
  }
}
