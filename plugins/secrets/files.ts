/** Small private files that are there whole or not at all. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createPrivate } from 'nexus-gateway/sdk'
import { errno, fail } from './errors.ts'

const draft = /\.[0-9a-f]{12}\.tmp$/

/** `undefined` when there is no such file. Throws NEXUS_SECRETS_READ. `refuse` may throw for a file that is not fit. */
export async function readFileIfThere(file: string, limit: number, refuse: (stat: { readonly mode: number; readonly uid: number }) => void = () => {}): Promise<Buffer | undefined> {
  let handle
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    throw fail('NEXUS_SECRETS_READ', { file, reason: errno(error) === 'ELOOP' ? 'it is a symbolic link' : errno(error) })
  }
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw fail('NEXUS_SECRETS_READ', { file, reason: 'it is no regular file' })
    if (stat.size > limit) throw fail('NEXUS_SECRETS_READ', { file, reason: `it is larger than ${limit} bytes` })
    refuse(stat)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

/** On disk when it resolves, 0600 in a directory 0700 whatever the umask; until then the old file stands. Throws NEXUS_SECRETS_WRITE. */
export async function writeAtomic(file: string, content: Uint8Array | string): Promise<void> {
  const dir = dirname(file)
  const part = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await chmod(dir, 0o700)
    await createPrivate(part, content)
    await rename(part, file)
    await syncDir(dir)
  } catch (error) {
    await rm(part, { force: true })
    throw fail('NEXUS_SECRETS_WRITE', { file, reason: errno(error) })
  }
}

/** Makes the new name last. */
async function syncDir(dir: string): Promise<void> {
  if (process.platform === 'win32') return // a directory cannot be opened there, and needs no fsync
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What a crash left of writes of these files: a draft of a key is a key. */
export async function clearDrafts(...files: readonly string[]): Promise<void> {
  for (const file of files) {
    const names = await readdir(dirname(file)).catch((error: unknown) => {
      if (errno(error) === 'ENOENT') return []
      throw fail('NEXUS_SECRETS_READ', { file: dirname(file), reason: errno(error) })
    })
    for (const name of names) if (name.startsWith(`${basename(file)}.`) && draft.test(name)) await unlink(join(dirname(file), name))
  }
}
