/** What one credential may make, change or end another: nothing that has more than it has itself. Pure. */
import { admits } from 'nexus-gateway/sdk'
import type { Caller } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import type { DeviceRole } from './verbs.ts'

export interface Held { readonly scopes: readonly string[]; readonly bounds?: Readonly<Record<string, string>> | undefined }

/** Nobody holds what nodes hold, so whoever may pair at all may pair nodes, with scopes of nodes only. */
const beyond = ({ scopes }: Pick<Caller, 'scopes'>, held: Held, role: DeviceRole): string | undefined =>
  held.scopes.find((scope) => (role === 'node' ? !scope.startsWith('node.') : !admits(scopes, scope)))

export function isWithin(caller: Caller, held: Held, role: DeviceRole): boolean {
  return beyond(caller, held, role) === undefined && Object.entries(caller.bounds ?? {}).every(([key, value]) => held.bounds?.[key] === value)
}

/** Throws NEXUS_AUTH_ESCALATES. */
export function checkWithin(caller: Caller, held: Held, role: DeviceRole): void {
  if (isWithin(caller, held, role)) return
  const missing = beyond(caller, held, role)
  throw fail('NEXUS_AUTH_ESCALATES', missing === undefined ? {} : { missing, have: [...caller.scopes] })
}

/** Throws NEXUS_AUTH_ESCALATES: what was asked for, or held, is all there is to give. */
export function checkFewer(scopes: readonly string[], of: readonly string[]): void {
  const all = new Set(of)
  const missing = scopes.find((scope) => !admits(all, scope))
  if (missing !== undefined) throw fail('NEXUS_AUTH_ESCALATES', { missing, have: [...of] })
}
