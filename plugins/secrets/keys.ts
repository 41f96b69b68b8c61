/**
 * Where the key is: a private file in the format of age's own tools, or the keyring of the system. It holds one
 * identity; while a rotation is under way the new one stands first and the old one behind it.
 */
import { createRequire } from 'node:module'
import { fail } from './errors.ts'
import { readFileIfThere, writeAtomic } from './files.ts'

export interface Keys {
  readonly place: 'file' | 'keyring'
  /** The newest first; none if there is no key yet. */
  read(): Promise<readonly string[]>
  /** These and no others, lasting when it resolves. */
  write(identities: readonly string[]): Promise<void>
}

const identity = /^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]{20,}$/
const mostBytes = 16 * 1024

const textOf = (identities: readonly string[]): string => `# Opens store.age. Keep a copy in another place.\n${identities.join('\n')}\n`

/** `undefined` if it is no list of identities. */
function identitiesIn(text: string): string[] | undefined {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  return lines.length > 0 && lines.every((line) => identity.test(line)) ? lines : undefined
}

/** Throws NEXUS_SECRETS_KEY_FILE for a file that others may know or may have written. */
export function fileKeys(file: string): Keys {
  const unfit = (reason: string) => fail('NEXUS_SECRETS_KEY_FILE', { file, reason })
  return {
    place: 'file',
    async read() {
      const bytes = await readFileIfThere(file, mostBytes, ({ mode, uid }) => {
        if (process.getuid && uid !== process.getuid()) throw unfit('it belongs to another user')
        if ((mode & 0o077) !== 0) throw unfit('others than its owner have access to it')
      })
      if (!bytes) return []
      const found = identitiesIn(bytes.toString('utf8'))
      if (!found) throw unfit('it holds no age key')
      return found
    },
    write: (identities) => writeAtomic(file, textOf(identities)),
  }
}

/** As much of `AsyncEntry` of @napi-rs/keyring as is used. */
export interface KeyringEntry {
  getPassword(): Promise<string | null>
  setPassword(text: string): Promise<void>
}
/** `undefined` where there is no keyring; may throw. */
export type OpenKeyring = (account: string) => Promise<KeyringEntry | undefined>

/**
 * The library is nobody's dependency: whoever wants the keyring installs it, and the build must not look for it. On Linux only the Secret Service will do,
 * since the kernel's own keyring, which the library falls back on, is empty after a reboot.
 */
export const systemKeyring: OpenKeyring = async (account) => {
  const { AsyncEntry } = createRequire(import.meta.url)('@napi-rs/keyring') as { AsyncEntry: new (service: string, account: string, options: object) => KeyringEntry }
  return new AsyncEntry('nexus-gateway', account, { linux: { store: 'secret-service' } })
}

function keyringKeys(entry: KeyringEntry): Keys {
  return {
    place: 'keyring',
    async read() {
      const text = await entry.getPassword().catch((error: unknown) => { throw unusable(error) })
      if (text === null) return []
      const found = identitiesIn(text)
      if (!found) throw unusable('what it has is no age key')
      return found
    },
    write: (identities) => entry.setPassword(textOf(identities)).catch((error: unknown) => { throw unusable(error) }),
  }
}

/** The library's errors name what the system refused, such as `PlatformFailure`; what they were about is left out. */
const unusable = (why: unknown) => fail('NEXUS_SECRETS_KEYRING', { reason: typeof why === 'string' ? why : (why as { code?: string } | undefined)?.code ?? 'it does not answer' })

export interface KeyPlace {
  /** `auto`: the file if it is there, else the keyring where there is one that answers, else the file. */
  readonly wanted: 'auto' | 'file' | 'keyring'
  readonly file: string
  readonly account: string
  readonly openKeyring: OpenKeyring
}

export async function findKeys({ wanted, file, account, openKeyring }: KeyPlace): Promise<Keys> {
  const inFile = fileKeys(file)
  if (wanted === 'file') return inFile
  if (wanted === 'auto' && (await inFile.read()).length > 0) return inFile
  try {
    const entry = await openKeyring(account).catch((error: unknown) => { throw unusable(error) })
    if (!entry) throw unusable('there is none')
    const inRing = keyringKeys(entry)
    await inRing.read()
    return inRing
  } catch (error) {
    // Without one that answers the file is used; if the key is in a keyring after all, the vault finds that it has none.
    if (wanted === 'auto') return inFile
    throw error
  }
}
