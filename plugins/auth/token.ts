/** Way in: the shared token, the owner's own key. */
import type { Caller } from 'nexus-gateway/sdk'
import type { Layer } from './authenticate.ts'
import { refusals } from './refusals.ts'
import { operatorScopes } from './scopes.ts'
import { digestOf, matches } from './secret.ts'

const caller: Caller = { id: 'token', role: 'operator', scopes: operatorScopes, label: 'operator' }

/** `token` gives the one that holds now. */
export function sharedToken(token: () => string): Layer {
  const admitted = { ok: true, caller } as const
  let of = token()
  let digest = digestOf(of)
  const current = (): Buffer => {
    if (of !== token()) digest = digestOf(of = token())
    return digest
  }
  return (request) => {
    if (request.token === undefined) return undefined
    // A credential was sent and there is nothing in it, as with an `Authorization` of another kind.
    if (request.token === '') return refusals.tokenMissing
    return matches(request.token, current()) ? admitted : refusals.tokenMismatch
  }
}
