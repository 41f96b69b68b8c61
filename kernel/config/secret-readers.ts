/** How a secret is had from each kind of source. Every failure is NEXUS_SECRET_UNRESOLVED, with a reason in words of our own. */
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { NexusError } from '../errors.ts'
import type { SecretStoreApi } from '../points.ts'
import { shownSource, unresolved, type SecretSource } from './secret-source.ts'

export interface SecretHost {
  readonly env: Readonly<Record<string, string | undefined>>
  /** What relative paths are relative to, and where commands run. */
  readonly dir: string
  readonly store: SecretStoreApi | undefined
  note(text: string): void
}

const maxBytes = 64 * 1024

/** `signal` ends a command that is still running; its reason is what this rejects with. */
export async function readSecret(source: SecretSource, host: SecretHost, signal: AbortSignal): Promise<string> {
  try {
    return await readers[source.kind](source, host, signal)
  } catch (error) {
    throw error instanceof NexusError ? error : unresolved(source, `it cannot be read (${codeOf(error)})`)
  }
}

type Reader = (source: SecretSource, host: SecretHost, signal: AbortSignal) => Promise<string>

const readers: Readonly<Record<SecretSource['kind'], Reader>> = {
  async env(source, { env }) {
    const value = Object.hasOwn(env, source.name) ? env[source.name] : undefined
    if (value === undefined) throw unresolved(source, 'the variable is not set')
    return filled(value, source)
  },

  async file(source, { dir, note }) {
    const path = resolve(dir, source.name.replace(/^~(?=\/)/, homedir()))
    // Without O_NONBLOCK a FIFO would be waited for, for ever, in one of the few threads that do I/O.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
      throw unresolved(source, `the file cannot be opened (${codeOf(error)})`)
    })
    try {
      const stat = await handle.stat()
      if (!stat.isFile()) throw unresolved(source, 'it is no regular file')
      if ((stat.mode & 0o044) !== 0) note(`the file of the secret ${shownSource(source)} can be read by others than its owner; give it the mode 600`)
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0)
      return textOf(buffer.subarray(0, bytesRead), source)
    } finally {
      await handle.close()
    }
  },

  async exec(source, host, signal) {
    return textOf(await outputOf(source, host, signal), source)
  },

  async store(source, { store }) {
    if (!store) throw unresolved(source, 'no plugin keeps secrets here; turn on "secrets"')
    // A store of somebody else's may say in its errors what it holds: only those of a table are passed on.
    const value = await store.get(source.name).catch((error: unknown) => {
      throw unresolved(source, error instanceof NexusError ? error.message : 'the store failed')
    })
    return filled(value, source)
  },
}

/** Standard output of the command, which runs in a process group of its own so that nothing of it outlives its time. */
function outputOf(source: SecretSource, { dir, env }: SecretHost, signal: AbortSignal): Promise<Buffer> {
  return new Promise((done, refuse) => {
    const child = spawn('/bin/sh', ['-c', source.name], { cwd: dir, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true })
    const chunks: Buffer[] = []
    let size = 0
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // The group has ended by itself.
      }
      // A process that has left the group may hold the other end open.
      child.stdout.destroy()
    }
    const aborted = (): void => {
      kill()
      refuse(signal.reason)
    }
    if (signal.aborted) aborted()
    signal.addEventListener('abort', aborted, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= maxBytes) return
      kill()
      refuse(tooLong(source))
    })
    // The error of `spawn` carries the whole command.
    child.on('error', (error) => refuse(unresolved(source, `the command cannot be run (${codeOf(error)})`)))
    child.on('close', (code, by) => {
      signal.removeEventListener('abort', aborted)
      if (code === 0) done(Buffer.concat(chunks))
      else refuse(unresolved(source, code === null ? `the command was ended by ${by}` : `the command ended with status ${code}`))
    })
  })
}

/** One newline at the end is the file's or the command's, not the secret's. */
function textOf(bytes: Buffer, source: SecretSource): string {
  if (bytes.length > maxBytes) throw tooLong(source)
  let text
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unresolved(source, 'it is no text in UTF-8')
  }
  return filled(text.replace(/\r?\n$/, ''), source)
}

/** Nobody means nothing by a secret. */
function filled(value: unknown, source: SecretSource): string {
  if (typeof value !== 'string') throw unresolved(source, 'the store gave no text')
  if (value === '') throw unresolved(source, 'it is empty')
  return value
}

const tooLong = (source: SecretSource): NexusError => unresolved(source, `it is longer than ${maxBytes} bytes`)
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error'
