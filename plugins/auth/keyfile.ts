/**
 * Where the shared token comes from: `NEXUS_TOKEN`, else the settings, else `auth/token` in the state directory,
 * made at the first start. It is a plain file and no document of `store`, because people and programs read it.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, link, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createPrivate, type Secret } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'

export interface TokenSource {
  readonly env: string | undefined
  readonly configured: Secret | undefined
  readonly file: string
}

/** Throws NEXUS_AUTH_TOKEN_FILE, NEXUS_AUTH_TOKEN_UNFIT, NEXUS_SECRET_UNRESOLVED: without a token there is no gateway. */
export async function findToken({ env, configured, file }: TokenSource): Promise<string> {
  if (env) return fit(env.trim(), 'NEXUS_TOKEN')
  if (configured) return configuredToken(configured)
  return (await readToken(file)) ?? await create(file)
}

/** As its source has it now. */
export async function configuredToken(configured: Secret): Promise<string> {
  return fit(await configured.reveal(), 'auth.token in the settings')
}

/** More than any token and the white space around it: what is larger is none. */
const maxBytes = 4096

/** A token goes into headers and URLs of other tools, so it is visible ASCII. */
function fit(token: string, place: string): string {
  if (!/^[\x21-\x7e]{1,512}$/.test(token)) throw fail('NEXUS_AUTH_TOKEN_UNFIT', { place })
  return token
}

/** The token in the file; `undefined` if there is no file. Throws NEXUS_AUTH_TOKEN_FILE, NEXUS_AUTH_TOKEN_UNFIT. */
export async function readToken(file: string): Promise<string | undefined> {
  let handle
  try {
    // Without O_NONBLOCK a FIFO would be waited for, for ever, in one of the few threads that do I/O.
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw fail('NEXUS_AUTH_TOKEN_FILE', { file, reason: codeOf(error) === 'ELOOP' ? 'it is a symbolic link' : codeOf(error) }, error)
  }
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw fail('NEXUS_AUTH_TOKEN_FILE', { file, reason: 'it is no regular file' })
    if (process.getuid && stat.uid !== process.getuid()) throw fail('NEXUS_AUTH_TOKEN_FILE', { file, reason: 'it belongs to another user' })
    // Whoever could read it may know it, and whoever could write it may have chosen it.
    if ((stat.mode & 0o077) !== 0) throw fail('NEXUS_AUTH_TOKEN_FILE', { file, reason: 'others than its owner have access to it' })
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes), 0, maxBytes, 0)
    // Of a cut text the rest could be anything.
    if (bytesRead === maxBytes) throw fail('NEXUS_AUTH_TOKEN_UNFIT', { place: file })
    return fit(buffer.toString('utf8', 0, bytesRead).trim(), file)
  } finally {
    await handle.close()
  }
}

/** 256 random bits. The file appears whole or not at all, and of two starts at once one makes it and both use it. */
async function create(file: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const dir = dirname(file)
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await chmod(dir, 0o700)
    await createPrivate(draft, `${token}\n`)
    await link(draft, file)
  } catch (error) {
    const made = codeOf(error) === 'EEXIST' ? await readToken(file) : undefined
    if (made !== undefined) return made
    throw fail('NEXUS_AUTH_TOKEN_FILE', { file, reason: codeOf(error) }, error)
  } finally {
    await rm(draft, { force: true })
  }
  await syncDir(dir)
  return token
}

/** Makes the new name durable. */
async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error'
