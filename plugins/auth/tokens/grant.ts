/** What one credential may make or end another: nothing that has more than it has itself. Pure. */
import { admits } from 'nexus-gateway/sdk'
import type { Caller, MaybePromise } from 'nexus-gateway/sdk'
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

/** What those who keep to budgets say of one; nothing where nobody does. */
export type Keepers = (budget: string) => MaybePromise<readonly boolean[]>

/** Throws NEXUS_AUTH_NO_LEDGER, NEXUS_AUTH_TOKEN_BUDGET. */
export async function checkBudget(budget: string | undefined, keepers: Keepers): Promise<void> {
  if (budget === undefined) return
  const answers = await keepers(budget)
  if (answers.length === 0) throw fail('NEXUS_AUTH_NO_LEDGER')
  if (answers.includes(false)) throw fail('NEXUS_AUTH_TOKEN_BUDGET')
}

/**
 * The caller's own bounds go with it; `budgetOf` says whose budget it is, since all that one token has made spend it
 * together. Throws NEXUS_AUTH_ESCALATES.
 */
export function grantOf(caller: Caller, { name, scopes, agent, budget }: NewToken): Grant {
  const own = budget !== undefined && caller.bounds?.['budget'] === undefined && { budgetOf: name }
  const bounds = { ...caller.bounds, ...(agent !== undefined && { agent }), ...(budget !== undefined && { budget }), ...own }
  const grant = { scopes: [...new Set(scopes)].sort(), ...(Object.keys(bounds).length > 0 && { bounds }) }
  checkWithin(caller, grant)
  return grant
}
