/** What `nexus devices list` shows. Everything that a device says of itself is on one line and cannot steer the terminal. */
import { paintOf, plain } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { PairedDevice, PendingDevice } from './verbs.ts'

type Row = readonly string[]
const short = (id: string): string => id.slice(0, 12)
const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')
const nameOf = ({ displayName, platform, clientId }: PendingDevice | PairedDevice): string => [displayName, platform, clientId].filter(Boolean).join(', ').slice(0, 40)

export function deviceScreen(pending: readonly PendingDevice[], paired: readonly PairedDevice[], io: CommandIo): string {
  const asking = pending.map((one) => [short(one.requestId), short(one.deviceId), nameOf(one), one.remoteIp ?? '', one.reason, one.role, one.scopes.join(' ') || 'none'])
  const known = paired.map((one) => [short(one.deviceId), nameOf(one), one.lastSeenAtMs === undefined ? 'never' : minute(one.lastSeenAtMs), one.roles.join(' ') || 'revoked', one.scopes.join(' ') || 'none'])
  const parts = [
    ...(asking.length > 0 ? ['Ask to be paired:', table(['REQUEST', 'DEVICE', 'SAYS IT IS', 'FROM', 'WHY', 'ROLE', 'SCOPES'], asking, io), ''] : []),
    ...(known.length > 0 ? ['Paired:', table(['DEVICE', 'SAYS IT IS', 'LAST SEEN', 'ROLE', 'SCOPES'], known, io)] : ['No device is paired. Make a code for one with `nexus devices invite --scope read`, or approve one that asks.']),
  ]
  return parts.join('\n')
}

function table(head: Row, rows: readonly Row[], io: CommandIo): string {
  const clean = rows.map((row) => row.map(plain))
  const widths = head.map((title, i) => Math.max(title.length, ...clean.map((row) => (row[i] as string).length)) + 2)
  const line = (cells: Row): string => cells.map((cell, i) => cell.padEnd(widths[i] as number)).join('').trimEnd()
  return [paintOf(io)('dim', line(head)), ...clean.map(line)].join('\n')
}
