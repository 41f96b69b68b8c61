/** A running call as the other side may know it: what it says of itself, and a number to refer to it by. */
import type { Call, Caller, Cause, Label } from 'nexus-gateway/sdk'

export interface CallerData { readonly id: string; readonly role: Caller['role']; readonly scopes: readonly string[]; readonly label: Label; readonly bounds?: Readonly<Record<string, string>> }
export interface CallData extends Pick<Call, 'id' | 'verb' | 'transport' | 'trace' | 'path'> {
  readonly caller: CallerData
  readonly limit?: Call['limit']
  readonly connection?: Readonly<Record<string, unknown>>
}

/** A cause that is lent: what it says of itself, and its number. */
export interface CauseData { readonly number: number; readonly caller: CallerData; readonly trace: string; readonly path: readonly string[] }

/** Who stands behind something: a call that is under way, by its number, or the plugin itself; under a lesser label, if at all. */
export interface CauseHandle { readonly call?: number; readonly label?: Label }

export const callerData = ({ id, role, scopes, label, bounds }: Caller): CallerData => ({ id, role, scopes: [...scopes], label, ...(bounds && { bounds }) })

export const causeData = ({ caller, trace, path }: Cause, number: number): CauseData => ({ number, caller: callerData(caller), trace, path })

export function callData(call: Call): CallData {
  const { id, verb, transport, trace, path, caller, limit, connection } = call
  return { id, verb, transport, trace, path, caller: callerData(caller), ...(limit && { limit }), ...(connection && { connection: { ...connection, caller: callerData(connection.caller) } }) }
}
