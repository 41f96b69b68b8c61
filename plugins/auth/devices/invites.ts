/**
 * Codes that pair one device without asking again. Of a code its digest is kept. It is spent by the one write that
 * makes the device's record, which holds the digest too: there is no moment at which both or neither count.
 */
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import type { Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../../store/contract.ts'
import { fail } from '../errors.ts'
import { matches } from '../secret.ts'
import { roles, textDigest } from './record.ts'
import type { Roll } from './roll.ts'
import { DeviceRole, DeviceScopes } from './verbs.ts'

const maxOpen = 20
/** Crockford's: nothing in it is taken for something else. 16 of 32 are 80 bits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 16

const Invite = v.strictObject({
  role: DeviceRole, scopes: DeviceScopes, createdAt: v.number(), createdBy: v.string(), expiresAt: v.number(), bounds: v.optional(v.record(v.string(), v.string())),
})
export type Invite = v.InferOutput<typeof Invite> & { readonly digest: string }

export interface Invites {
  /** Kept when it resolves to the code. Throws NEXUS_AUTH_INVITES_FULL. */
  issue(invite: Omit<Invite, 'digest'>): Promise<string>
  /** One that holds, and has not been shown by another device. */
  find(code: string, deviceId: string): Invite | undefined
  /** It is neither used nor over. */
  holds(invite: Invite): boolean
  /** From now on it is this device's alone. */
  bind(invite: Invite, deviceId: string): void
  /** A record has its digest now. */
  spent(invite: Invite): Promise<void>
  /** Before the record that has this digest goes: nothing else would say any more that the code was used. */
  settle(digest: string | undefined): Promise<void>
}

/** `roll` says which were used before a crash came between. */
export async function openInvites(store: StoreApi, roll: Roll, now: () => number, log: Log): Promise<Invites> {
  const documents = store.documents<v.InferOutput<typeof Invite>>('auth/invites')
  const open = new Map<string, Invite>()
  const bound = new Map<string, string>()
  /** Used or over, and still in the store. */
  const left = new Set<string>()

  async function clear(digest: string): Promise<void> {
    open.delete(digest)
    bound.delete(digest)
    left.add(digest)
    await documents.delete(digest)
    left.delete(digest)
  }
  const tryToClear = (digest: string): Promise<void> => clear(digest).catch((error: unknown) => log.warn('a used invite could not be taken out of the store; it does not hold', { error }))

  const used = new Set(roll.all().flatMap(({ grants }) => roles.flatMap((role) => grants[role]?.invite ?? [])))
  for (const digest of await documents.keys()) {
    const parsed = v.safeParse(Invite, (await documents.get(digest).catch(() => undefined))?.value)
    if (parsed.success && !used.has(digest) && parsed.output.expiresAt > now() && open.size < maxOpen) open.set(digest, { ...parsed.output, digest })
    else await tryToClear(digest)
  }

  return {
    async issue(invite) {
      for (const { digest, expiresAt } of open.values()) if (now() >= expiresAt) await tryToClear(digest)
      if (open.size >= maxOpen) throw fail('NEXUS_AUTH_INVITES_FULL', { limit: maxOpen })
      const code = newCode()
      const digest = textDigest(code)
      await documents.put(digest, invite)
      open.set(digest, { ...invite, digest })
      return code.replace(/(.{4})(?=.)/g, '$1-')
    },
    find(code, deviceId) {
      const plain = plainCode(code)
      // All of them are compared, so that the time taken does not tell which.
      const invite = [...open.values()].filter(({ digest }) => matches(plain, Buffer.from(digest, 'latin1')))[0]
      if (!invite || now() >= invite.expiresAt) return undefined
      return (bound.get(invite.digest) ?? deviceId) === deviceId ? invite : undefined
    },
    holds: ({ digest, expiresAt }) => open.has(digest) && now() < expiresAt,
    bind: ({ digest }, deviceId) => void bound.set(digest, deviceId),
    spent: ({ digest }) => tryToClear(digest),
    async settle(digest) {
      if (digest !== undefined && left.has(digest)) await clear(digest)
    },
  }
}

const newCode = (): string => [...randomBytes(codeLength)].map((byte) => alphabet[byte % alphabet.length]).join('')

/** As people write codes down: in small letters, with or without hyphens, O for 0, I and L for 1. */
const plainCode = (code: string): string => code.slice(0, 64).toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
