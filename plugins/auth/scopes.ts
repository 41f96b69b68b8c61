/** Who may do what: the scopes a caller holds against the one a verb needs. Pure. */
import { allows, labels } from 'nexus-gateway/sdk'
import type { Access, Caller } from 'nexus-gateway/sdk'

/** What the shared token and the local socket hold. */
export const operatorScopes: ReadonlySet<string> = new Set(
  ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing'])

/** The answer to `call.authorize`: `undefined` where no opinion is needed, and no whenever something is not known. */
export function authorize(caller: Caller, access: Access): boolean | undefined {
  if (access === 'public') return undefined
  if (!labels.includes(caller.label)) return false
  return allows(caller, access)
}
