/** People that somebody else vouches for, and the scopes that the settings give each of them. Who is not listed is nobody. */
import * as v from 'valibot'
import { admits } from 'nexus-gateway/sdk'
import type { AuthRequest, Caller } from 'nexus-gateway/sdk'
import { TokenScope } from '../tokens/verbs.ts'

/** In settings: who, and the scopes they hold. */
export const Users = v.record(v.string(), v.array(TokenScope))

export interface Identities {
  /** Caller ids are `<kind>:<name>`. */
  find(name: string): Caller | undefined
  readonly ids: readonly string[]
  /** Whether somebody let in earlier would be let in now with as much; `undefined` for who came another way. */
  holds(caller: Caller): boolean | undefined
}

export function identities(kind: 'proxy' | 'tailscale', users: Readonly<Record<string, readonly string[]>>): Identities {
  const idOf = (name: string): string => `${kind}:${name}`
  const callers = new Map(Object.entries(users).map(([name, scopes]): [string, Caller] =>
    [idOf(name), { id: idOf(name), role: 'operator', scopes: new Set(scopes), label: 'operator' }]))
  return {
    find: (name) => callers.get(idOf(name)),
    ids: [...callers.keys()],
    holds(caller) {
      if (!caller.id.startsWith(`${kind}:`)) return undefined
      const now = callers.get(caller.id)
      return now !== undefined && [...caller.scopes].every((scope) => admits(now.scopes, scope))
    },
  }
}

/** Whether a request says who it is by itself: then who it comes from does not matter. */
export function hasCredential({ token, password, connect }: AuthRequest): boolean {
  const auth = connect?.['auth']
  return token !== undefined || password !== undefined || (typeof auth === 'object' && auth !== null && Object.keys(auth).length > 0)
}

const forwarding = ['x-forwarded-', 'cf-', 'tailscale-', 'x-nexus-proxy-']
const forwardedBy: ReadonlySet<string> = new Set(['forwarded', 'x-real-ip', 'via', 'true-client-ip', 'x-client-ip'])

/** Whether somebody passed this on for somebody else. */
export function isForwarded(headers: AuthRequest['headers']): boolean {
  for (const name in headers) if (forwardedBy.has(name) || forwarding.some((start) => name.startsWith(start))) return true
  return false
}
