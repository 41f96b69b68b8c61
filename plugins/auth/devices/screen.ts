/** What `nexus devices list` shows. Everything that a device says of itself is on one line and cannot steer the terminal. */
import { headOf, paintOf, plain, table } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { PairedDevice, PendingDevice } from './verbs.ts'

const short = (id: string): string => id.slice(0, 12)
const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')
const nameOf = ({ displayName, platform, clientId }: PendingDevice | PairedDevice): string => headOf(plain([displayName, platform, clientId].filter(Boolean).join(', ')), 40)

export function deviceScreen(pending: readonly PendingDevice[], paired: readonly PairedDevice[], io: CommandIo): string {
  const asking = pending.map((one) => [short(one.requestId), short(one.deviceId), nameOf(one), one.remoteIp ?? '', one.reason, one.role, one.scopes.join(' ') || 'none'])
  const known = paired.map((one) => [short(one.deviceId), nameOf(one), one.lastSeenAtMs === undefined ? 'never' : minute(one.lastSeenAtMs), one.roles.join(' ') || 'revoked', one.scopes.join(' ') || 'none'])
  const parts = [
    ...(asking.length > 0 ? ['Ask to be paired:', ...table(['REQUEST', 'DEVICE', 'SAYS IT IS', 'FROM', 'WHY', 'ROLE', 'SCOPES'], asking, paintOf(io)), ''] : []),
    ...(known.length > 0 ? ['Paired:', ...table(['DEVICE', 'SAYS IT IS', 'LAST SEEN', 'ROLE', 'SCOPES'], known, paintOf(io))] : ['No device is paired. Make a code for one with `nexus devices invite --scope read`, or approve one that asks.']),
  ]
  return parts.join('\n')
}
