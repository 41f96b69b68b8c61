/**
 * The secrets, as one encrypted JSON document in one file. It is small, so each change writes it whole, and a crash
 * leaves the old one or the new one. Nothing is kept decrypted: each question reads the file.
 */
import { join } from 'node:path'
import * as v from 'valibot'
import type { Cipher } from './cipher.ts'
import type { SecretEntry } from './contract.ts'
import { fail } from './errors.ts'
import { clearDrafts, readFileIfThere, writeAtomic } from './files.ts'
import type { Keys } from './keys.ts'

const maxNames = 1_000
const maxBytes = 1024 * 1024
/** JSON writes some characters with six, and what stands around the values is counted here only. */
const maxFileBytes = 8 * maxBytes
const maxWaiting = 256

/** A list and no table: in tables some names, such as `constructor`, get lost. */
const Document = v.strictObject({ version: v.literal(1), secrets: v.array(v.strictObject({ name: v.string(), value: v.string(), createdAt: v.number(), updatedAt: v.number() })) })
type Entries = Map<string, v.InferOutput<typeof Document>['secrets'][number]>

export interface VaultOptions {
  readonly dir: string
  readonly cipher: Cipher
  /** Asked at the first question, and again until it answers. */
  findKeys(file: string): Promise<Keys>
  now(): number
  /** A rotation that a crash has cut off could not be ended; what is stored can be read all the same. */
  onUnfinished(error: unknown): void
}

/** One question or change after the other; more than 256 waiting get NEXUS_SECRETS_BUSY. Times in ms since the epoch. */
export interface Vault {
  get(name: string): Promise<string>
  list(): Promise<SecretEntry[]>
  place(): Promise<Keys['place']>
  /** Lasting when it resolves, as all that follow. `created`: there was none of that name. */
  set(name: string, value: string): Promise<{ readonly created: boolean }>
  remove(name: string): Promise<void>
  /** The names of all that was encrypted anew. */
  rotate(): Promise<string[]>
  /** When nothing is under way. */
  idle(): Promise<void>
}

/** `identities` as they are where the key is kept. */
interface Opened { readonly keys: Keys; readonly identities: readonly string[]; readonly entries: Entries }

export function createVault({ dir, cipher, findKeys, now, onUnfinished }: VaultOptions): Vault {
  const file = join(dir, 'store.age')
  const keyFile = join(dir, 'key')
  let finding: Promise<Keys> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= maxWaiting) throw fail('NEXUS_SECRETS_BUSY')
    waiting++
    const done = last.then(work).finally(() => waiting--)
    last = done.catch(() => {})
    return done
  }

  function found(): Promise<Keys> {
    return finding ??= clearDrafts(file, keyFile).then(() => findKeys(keyFile)).catch((error: unknown) => {
      finding = undefined
      throw error
    })
  }

  async function open(): Promise<Opened> {
    const keys = await found()
    const bytes = await readFileIfThere(file, maxFileBytes)
    const identities = await keys.read()
    if (!bytes) return { keys, identities, entries: new Map() }
    if (identities.length === 0) throw fail('NEXUS_SECRETS_KEY_MISSING', { file, key: keys.place === 'file' ? keyFile : 'the keyring' })
    const text = await cipher.decrypt(bytes, identities)
    if (text === undefined) throw fail('NEXUS_SECRETS_DAMAGED', { file, reason: 'the key does not open it' })
    const opened = { keys, identities, entries: entriesOf(text) }
    return identities.length > 1 ? finished(opened) : opened
  }

  function entriesOf(text: string): Entries {
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Document), text)
    if (!read.success) throw fail('NEXUS_SECRETS_DAMAGED', { file, reason: 'what is in it is something else' })
    return new Map(read.output.secrets.map((entry) => [entry.name, entry]))
  }

  /** Ends the rotation that a crash has cut off: without it the old key would open the store for good. */
  async function finished(opened: Opened): Promise<Opened> {
    try {
      await seal(opened.entries, opened.identities[0]!)
      await opened.keys.write(opened.identities.slice(0, 1))
      return { ...opened, identities: opened.identities.slice(0, 1) }
    } catch (error) {
      onUnfinished(error)
      return opened
    }
  }

  async function seal(entries: Entries, identity: string): Promise<void> {
    const text = JSON.stringify({ version: 1, secrets: [...entries.values()] })
    await writeAtomic(file, await cipher.encrypt(text, identity))
  }

  /** A key is written before what needs it. */
  async function keep({ keys, identities, entries }: Opened): Promise<void> {
    let [identity] = identities
    if (identity === undefined) await keys.write([identity = await cipher.newIdentity()])
    await seal(entries, identity)
  }

  return {
    get: (name) => inTurn(async () => {
      const entry = (await open()).entries.get(name)
      if (!entry) throw fail('NEXUS_SECRETS_UNKNOWN')
      return entry.value
    }),

    list: () => inTurn(async () => {
      const { entries } = await open()
      return [...entries.values()].map(({ name, createdAt, updatedAt }) => ({ name, createdAt, updatedAt })).sort((a, b) => (a.name < b.name ? -1 : 1))
    }),

    place: async () => (await found()).place,

    set: (name, value) => inTurn(async () => {
      const opened = await open()
      const before = opened.entries.get(name)
      opened.entries.set(name, { name, value, createdAt: before?.createdAt ?? now(), updatedAt: now() })
      const bytes = [...opened.entries].reduce((sum, [key, entry]) => sum + key.length + Buffer.byteLength(entry.value), 0)
      if (opened.entries.size > maxNames || bytes > maxBytes) throw fail('NEXUS_SECRETS_FULL', { names: maxNames, bytes: maxBytes })
      await keep(opened)
      return { created: !before }
    }),

    remove: (name) => inTurn(async () => {
      const opened = await open()
      if (!opened.entries.delete(name)) throw fail('NEXUS_SECRETS_UNKNOWN')
      await keep(opened)
    }),

    // While both keys are kept, either store can be opened: a crash at any step leaves one that can be read.
    rotate: () => inTurn(async () => {
      const { keys, identities, entries } = await open()
      const fresh = await cipher.newIdentity()
      await keys.write([fresh, ...identities])
      await seal(entries, fresh)
      await keys.write([fresh])
      return [...entries.keys()].sort()
    }),

    async idle() { await last },
  }
}
