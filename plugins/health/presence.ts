/** Who is connected and who left of late, as the protocol shows it. Bounded, whatever comes and goes. */
import { isIP } from 'node:net'
import type { Connection } from 'nexus-gateway/sdk'
import type { PresenceEntry } from './contract.ts'

export interface Presence {
  opened(connection: Connection): void
  closed(connection: Connection): void
  /** The gateway first, then the newest `limit` others; `newcomer` is shown even if it has not been opened yet. */
  list(limit: number, newcomer?: Connection): PresenceEntry[]
}

const mostGone = 50
const goneForMs = 5 * 60_000

export function createPresence(self: () => PresenceEntry, now: () => number): Presence {
  const here = new Map<string, PresenceEntry>()
  const gone = new Map<string, PresenceEntry>()

  return {
    opened(connection) {
      const entry = entryOf(connection, 'connect', connection.openedAt)
      here.set(connection.id, entry)
      // A client that has come back is not also shown as gone.
      if (entry.instanceId) for (const [id, left] of gone) if (left.instanceId === entry.instanceId) gone.delete(id)
    },
    closed(connection) {
      if (!here.delete(connection.id)) return
      gone.set(connection.id, entryOf(connection, 'disconnect', now()))
      for (const id of gone.keys()) if (gone.size > mostGone) gone.delete(id)
    },
    list(limit, newcomer) {
      const oldest = now() - goneForMs
      for (const [id, { ts }] of gone) if (ts < oldest) gone.delete(id)
      const others = [...gone.values(), ...here.values()]
      if (newcomer && !here.has(newcomer.id)) others.push(entryOf(newcomer, 'connect', newcomer.openedAt))
      return [self(), ...others.slice(-limit).reverse()]
    },
  }
}

function entryOf({ client, caller, remote }: Connection, reason: 'connect' | 'disconnect', ts: number): PresenceEntry {
  const host = plain(client.displayName ?? client.id)
  const ip = isRemote(remote) ? remote : undefined
  const mode = plain(client.mode)
  return {
    host, mode, reason, ts,
    version: plain(client.version),
    platform: plain(client.platform),
    ...(ip && { ip }),
    roles: [caller.role],
    ...(reason === 'connect' && { scopes: [...caller.scopes] }),
    ...(client.instanceId && { instanceId: plain(client.instanceId) }),
    text: `Node: ${host}${ip ? ` (${ip})` : ''} · mode ${mode}`,
  }
}

const isRemote = (address: string): boolean => isIP(address) !== 0 && !/^(127\.|::1$|::ffff:127\.)/.test(address)

/** What a client says of itself is shown to people and perhaps to models: short, one line, nothing that steers a terminal. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '').slice(0, 128)
