/**
 * The secret of this start, in a file: by it the command line and the gateway prove to each other, on the unix socket,
 * that they belong together. What may connect there need not be able to read files, as a child under Node's permission
 * model cannot. A reload in the same process finds the secret it has: others may have read it an instant ago.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createPrivate } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'

/** Names this process: no later one has both. */
const thisProcess = (): string => `${process.pid} ${performance.timeOrigin}`

/** 32 random bytes as base64url: the file's first line, the second names the process. Throws NEXUS_AUTH_TOKEN_FILE. */
export async function createLocalSecret(file: string, boot = thisProcess()): Promise<string> {
  const [own = '', of] = (await readOwn(file) ?? '').split('\n')
  if (of === boot && own.length === 43) return own
  const secret = randomBytes(32).toString('base64url')
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await chmod(dirname(file), 0o700)
    await replace(file, `${secret}\n${boot}\n`)
  } catch (error) {
    throw fail('NEXUS_AUTH_TOKEN_FILE', { file, reason: (error as NodeJS.ErrnoException).code ?? 'unknown error' }, error)
  }
  return secret
}

/** Nothing if it is not this user's alone: what others could read or write is not used again. */
async function readOwn(file: string): Promise<string | undefined> {
  // Without O_NONBLOCK a FIFO would be waited for, for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined)
  if (!handle) return undefined
  try {
    const stat = await handle.stat()
    const mine = stat.isFile() && (stat.mode & 0o077) === 0 && stat.uid === (process.getuid?.() ?? stat.uid)
    return mine && stat.size < 256 ? await handle.readFile('utf8') : undefined
  } catch {
    return undefined // a new one takes its place, or says why it cannot
  } finally {
    await handle.close()
  }
}

/** At every instant it is the old one or the new one, whole. After a crash there is another start, and another secret. */
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await createPrivate(draft, text)
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
}
