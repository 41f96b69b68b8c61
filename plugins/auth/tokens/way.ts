/**
 * Way in: service tokens, as a bearer over HTTP and as `auth.token` over WebSocket. A token of
 * another form is left to the next way. Nothing here can be guessed: 256 random bits are looked up by their digest.
 */
import type { AuthAnswer } from 'nexus-gateway/sdk'
import type { Way } from '../authenticate.ts'
import { refusals, type Refusal } from '../refusals.ts'
import { digestOf } from '../secret.ts'
import type { Keepers } from './grant.ts'
import type { Entry, Table } from './table.ts'

export const prefix = 'nxt_'
/** Of 32 bytes as base64url. */
const tokenLength = prefix.length + 43

export const looksLikeServiceToken = (token: string | undefined): token is string => token?.length === tokenLength && token.startsWith(prefix)

export const tokenExpired: Refusal = { ok: false, code: 'AUTH_TOKEN_EXPIRED', message: 'unauthorized: service token expired (rotate it or use another one)' }

export const tokenBound: Refusal = { ok: false, code: 'AUTH_TOKEN_BOUND', message: 'unauthorized: a service token that is bound to an agent is for HTTP only' }

export const tokenUnkept: Refusal = { ok: false, code: 'AUTH_TOKEN_BUDGET', message: 'unauthorized: nothing keeps to the budget of this service token (enable the plugin cost)' }

export const hasExpired = ({ record: { expiresAt } }: Entry, now: number): boolean => expiresAt !== undefined && now >= expiresAt

/** `used` is told of everybody let in. A token with a budget that nobody keeps to lets nobody in. */
export function serviceTokens(table: Table, now: () => number, { used, keepers }: { readonly used: (name: string) => void; readonly keepers: Keepers }): Way {
  return {
    name: 'service-token',
    admit({ token, role, transport }) {
      // Any other token costs no digest here.
      if (!looksLikeServiceToken(token)) return undefined
      const entry = table.find(digestOf(token))
      if (!entry) return refusals.tokenMismatch
      if (hasExpired(entry, now())) return tokenExpired
      if (role === 'node') return refusals.pairingRequired
      // Over WebSocket it would hear the events of all agents.
      if (transport === 'ws' && entry.caller.bounds?.['agent'] !== undefined) return tokenBound
      const enter = (): AuthAnswer => {
        used(entry.name)
        return { ok: true, caller: entry.caller }
      }
      const budget = entry.caller.bounds?.['budget']
      if (budget === undefined) return enter()
      const judged = (kept: readonly boolean[]): AuthAnswer => (kept.length > 0 && !kept.includes(false) ? enter() : tokenUnkept)
      const kept = keepers(budget)
      return kept instanceof Promise ? kept.then(judged) : judged(kept)
    },
  }
}
