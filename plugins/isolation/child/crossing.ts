import type { OptionalToken, Plugin, ServiceToken } from 'nexus-gateway/sdk'
import { fail as refuse } from '../errors.ts'

/** What only the plugin's code tells: which services it wants can be used from here. Throws NEXUS_ISOLATION_CANNOT_CROSS. */
export function mustReach({ id, requires }: Plugin): void {
  const tokens = Object.values(requires ?? {}) as (ServiceToken<unknown> | OptionalToken<unknown>)[]
  const closed = tokens.map((given) => (given.kind === 'optional' ? given.token : given)).filter((token) => !token.members?.length)
  if (closed.length > 0) throw refuse('NEXUS_ISOLATION_CANNOT_CROSS', { plugin: id, faults: closed.map((token) => `the service ${token.id} names no members by which it could be used`).join('; ') })
}
