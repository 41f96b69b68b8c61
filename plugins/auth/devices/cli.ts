import { command, commands, plain } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { deviceScreen } from './screen.ts'
import type { PairedDevice, PendingDevice } from './verbs.ts'

interface Listed { readonly pending: readonly PendingDevice[]; readonly paired: readonly PairedDevice[] }

const role = { summary: 'operator or node; needed where a device has both', value: 'ROLE' }
const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')
const list = async (io: CommandIo): Promise<Listed> => await io.call('device.pair.list', {}) as Listed

export const deviceCommands = commands({
  'devices list': command({
    summary: 'List the devices that ask to be paired, and those that are',
    examples: ['nexus devices list', 'nexus devices list --json'],
    offline: true,
    async run(io) {
      const all = await list(io)
      io.print(deviceScreen(all.pending, all.paired, io), all)
    },
  }),
  'devices approve': command({
    summary: 'Let a device in that asks for it',
    args: ['<id>'],
    options: { scope: { summary: 'What it may do, if not all that it asks for: read, write, approvals, pairing, admin, or a scope of a plugin; may be given several times, and "none" is none', value: 'SCOPE', many: true } },
    examples: ['nexus devices approve 3f2a9c', 'nexus devices approve 3f2a9c --scope read'],
    async run(io) {
      const { requestId } = await pendingOf(io)
      const scopes = scopesOf(io.options['scope'])
      const answer = await io.call('device.pair.approve', { requestId, ...(scopes && { scopes }) }) as { device: PairedDevice }
      io.print(`Paired. It may come in with: ${plain(answer.device.scopes.join(' ')) || 'no scopes'}.`, answer)
    },
  }),
  'devices reject': command({
    summary: 'Drop what a device asks for',
    args: ['<id>'],
    examples: ['nexus devices reject 3f2a9c'],
    async run(io) {
      const { requestId } = await pendingOf(io)
      io.print('Rejected.', await io.call('device.pair.reject', { requestId }))
    },
  }),
  'devices remove': command({
    summary: 'Unpair a device; it is out at once',
    args: ['<id>'],
    examples: ['nexus devices remove 9ea859'],
    offline: true,
    async run(io) {
      io.print('Removed.', await io.call('device.pair.remove', { deviceId: await deviceOf(io) }))
    },
  }),
  'devices invite': command({
    summary: 'Make a code that pairs one device, once; it is printed once',
    options: {
      scope: { summary: 'What the device may do: read, write, approvals, pairing, admin, or a scope of a plugin; may be given several times', value: 'SCOPE', many: true },
      role: { ...role, summary: 'operator or node', default: 'operator' },
      ttl: { summary: 'How long the code can be used, as 90s, 15m or 12h', value: 'TIME' },
    },
    examples: ['nexus devices invite --scope read', 'nexus devices invite --role node --scope node.invoke --ttl 1h --json'],
    offline: true,
    async run(io) {
      const scopes = scopesOf(io.options['scope'])
      const as = roleOf(io) ?? 'operator'
      if (!scopes && as === 'operator') throw fail('NEXUS_AUTH_DEVICE_OPTION', { option: '--scope', hint: 'Say what the device may do, as in `--scope read`; "none" is nothing.' })
      const ttlMs = ttlOf(io.options['ttl'])
      const answer = await io.call('device.pair.invite', { scopes: scopes ?? [], role: as, ...(ttlMs !== undefined && { ttlMs }) }) as { code: string; expiresAt: number }
      io.print(answer.code, answer)
      if (!io.json) io.stderr.write(`It pairs the first device that uses it, until ${minute(answer.expiresAt)} UTC. It is shown this once.\n`)
    },
  }),
  'devices rotate': command({
    summary: 'Make a new token for a device; it is printed once',
    args: ['<id>'],
    options: { role, scope: { summary: 'Leave it these scopes only', value: 'SCOPE', many: true } },
    examples: ['nexus devices rotate 9ea859', 'nexus devices rotate 9ea859 --scope read'],
    offline: true,
    async run(io) {
      const as = roleOf(io)
      const scopes = scopesOf(io.options['scope'])
      const answer = await io.call('device.token.rotate', { deviceId: await deviceOf(io), ...(as && { role: as }), ...(scopes && { scopes }) }) as { token: string }
      io.print(answer.token, answer)
      if (!io.json) io.stderr.write('It is shown this once, and is worth something on that device only. The device can also come in with its key alone.\n')
    },
  }),
  'devices revoke': command({
    summary: 'Shut a device out until its token is rotated or it is paired again',
    args: ['<id>'],
    options: { role: { ...role, summary: 'Only as operator, or only as node' } },
    examples: ['nexus devices revoke 9ea859'],
    offline: true,
    async run(io) {
      const as = roleOf(io)
      io.print('Revoked.', await io.call('device.token.revoke', { deviceId: await deviceOf(io), ...(as && { role: as }) }))
    },
  }),
})

/** By the beginning of the request's id, or of the device's. Throws NEXUS_AUTH_DEVICE_PREFIX. */
async function pendingOf(io: CommandIo): Promise<PendingDevice> {
  const { pending } = await list(io)
  return only(pending, io, ({ requestId, deviceId }) => [requestId, deviceId])
}

async function deviceOf(io: CommandIo): Promise<string> {
  const given = String(io.args['id'])
  const { paired } = await list(io)
  // A whole id need not be in the list: what cannot be read is not shown, and can be removed.
  return /^[0-9a-f]{64}$/.test(given) ? given : only(paired, io, ({ deviceId }) => [deviceId]).deviceId
}

function only<T>(all: readonly T[], io: CommandIo, idsOf: (one: T) => readonly string[]): T {
  const given = String(io.args['id'])
  const found = all.filter((one) => idsOf(one).some((id) => id === given || (given.length >= 6 && id.startsWith(given))))
  if (found.length !== 1) throw fail('NEXUS_AUTH_DEVICE_PREFIX', { what: 'that id' })
  return found[0] as T
}

/** `read` is `operator.read`; `undefined` if none was named. */
function scopesOf(given: string | boolean | undefined): string[] | undefined {
  if (typeof given !== 'string') return undefined
  const scopes = given.split('\n').flatMap((text) => text.split(',')).map((text) => text.trim()).filter((text) => text !== '' && text !== 'none')
  return scopes.map((scope) => (scope.includes('.') ? scope : `operator.${scope}`))
}

function roleOf({ options }: CommandIo): string | undefined {
  const given = options['role']
  if (given === undefined || given === 'operator' || given === 'node') return given
  throw fail('NEXUS_AUTH_DEVICE_OPTION', { option: '--role', hint: 'Give operator or node.' })
}

function ttlOf(given: string | boolean | undefined): number | undefined {
  if (typeof given !== 'string') return undefined
  const [, count, unit] = /^([1-9]\d{0,5})([smh])$/.exec(given) ?? []
  const ms = Number(count) * (unit === 's' ? 1_000 : unit === 'm' ? 60_000 : 3_600_000)
  if (!(ms <= 86_400_000)) throw fail('NEXUS_AUTH_DEVICE_OPTION', { option: '--ttl', hint: 'Give a whole number with s, m or h, at most 24h.' })
  return ms
}
