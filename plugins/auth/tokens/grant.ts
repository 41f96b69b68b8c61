/** What one credential may make or end another: nothing that has more than it has itself. Pure. */
import { admits } from 'nexus-gateway/sdk'
import type { Caller } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import type { NewToken } from './verbs.ts'

type Bounds = Readonly<Record<string, string>>
/** What a credential holds. */
export interface Grant { readonly scopes: readonly string[]; readonly bounds?: Bounds | undefined }

/** What a schedule, a model's tool call, a channel or a webhook asks for may have been put into its mouth. Throws NEXUS_AUTH_TOKEN_LABEL. */
export function labelOf({ label }: Caller): 'operator' | 'device' {
  if (label !== 'operator' && label !== 'device') throw fail('NEXUS_AUTH_TOKEN_LABEL', { label })
  return label
}

/** Throws NEXUS_AUTH_ESCALATES where the grant is not within what the caller holds. */
export function checkWithin({ scopes, bounds }: Caller, grant: Grant): void {
  const missing = grant.scopes.find((scope) => !admits(scopes, scope))
  if (missing !== undefined) throw fail('NEXUS_AUTH_ESCALATES', { missing, have: [...scopes] })
  for (const [key, value] of Object.entries(bounds ?? {})) if (grant.bounds?.[key] !== value) throw fail('NEXUS_AUTH_ESCALATES')
}

/** The caller's own bounds go with it. Throws NEXUS_AUTH_NO_LEDGER, NEXUS_AUTH_ESCALATES. */
export function grantOf(caller: Caller, { scopes, agent, budget }: NewToken, ledger: boolean): Grant {
  if (budget !== undefined && !ledger) throw fail('NEXUS_AUTH_NO_LEDGER')
  const bounds = { ...caller.bounds, ...(agent !== undefined && { agent }), ...(budget !== undefined && { budget }) }
  const grant = { scopes: [...new Set(scopes)].sort(), ...(Object.keys(bounds).length > 0 && { bounds }) }
  checkWithin(caller, grant)
  return grant
}
