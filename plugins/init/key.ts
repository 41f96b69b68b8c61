/** The key: had by standard input or a variable, never by an argument; kept where only its owner reads it. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createPrivate, NexusError } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { Choice } from './choices.ts'
import { fail } from './errors.ts'

/** `env:NAME` is read by the gateway itself; a value has to be kept. */
export interface Key { readonly value: string; readonly env?: string }
export interface Kept { readonly source: string; /** Puts back what was there before. */ undo(): Promise<void> }

const mostBytes = 16 * 1024

/** One line; the newline at its end is the pipe's. Throws NEXUS_INIT_KEY_VALUE. */
export async function pipedKey({ stdin }: Pick<CommandIo, 'stdin'>): Promise<Key> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stdin) {
    parts.push(Buffer.from(part as Buffer))
    if ((bytes += parts.at(-1)!.length) > mostBytes) break
  }
  return checked(Buffer.concat(parts).toString('utf8').trim())
}

export const isKey = (text: string): boolean => text !== '' && Buffer.byteLength(text) <= mostBytes && !/[^\x21-\x7e]/.test(text)
export function checked(value: string): Key {
  if (!isKey(value)) throw fail('NEXUS_INIT_KEY_VALUE')
  return { value }
}

/** Throws NEXUS_INIT_KEY_ENV. */
export function keyOfEnv(name: string, env: NodeJS.ProcessEnv): Key {
  const value = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? env[name] : undefined
  if (value === undefined || !isKey(value)) throw fail('NEXUS_INIT_KEY_ENV')
  return { value, env: name }
}

/** In the encrypted store where that is turned on, else in a file of its own. Throws NEXUS_INIT_KEPT. */
export async function keep(io: CommandIo, { id }: Choice, { value, env }: Key): Promise<Kept> {
  if (env !== undefined) return { source: `env:${env}`, undo: async () => {} }
  if (await hasStore(io)) {
    await io.call('secrets.set', { name: id, value })
    return { source: `store:${id}`, undo: async () => {} }
  }
  try {
    return await inFile(join(io.paths.state, 'keys', id), value, fileSource(io, id))
  } catch (error) {
    throw fail('NEXUS_INIT_KEPT', { place: join('keys', id), why: (error as NodeJS.ErrnoException).code ?? 'unknown' }, error)
  }
}

/** Relative to the settings, where they stand together: then both can be moved. */
export const fileSource = ({ paths }: Pick<CommandIo, 'paths'>, id: string): string => (dirname(paths.config) === paths.state ? `file:keys/${id}` : `file:${join(paths.state, 'keys', id)}`)

async function hasStore(io: CommandIo): Promise<boolean> {
  return io.call('secrets.list').then(() => true, (error: unknown) => {
    if (error instanceof NexusError || (error as { code?: unknown }).code === 'NEXUS_CALL_UNKNOWN_METHOD') return false
    throw error
  })
}

async function inFile(file: string, value: string, source: string): Promise<Kept> {
  const dir = dirname(file)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (before !== `${value}\n`) await replace(file, `${value}\n`)
  return { source, undo: async () => (before === undefined ? rm(file, { force: true }) : before === `${value}\n` ? undefined : replace(file, before)) }
}

async function replace(file: string, content: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await createPrivate(draft, content)
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
}
