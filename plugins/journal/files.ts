/** The files of a journal: `key`, `head`, and segments named after their first record. */
import { constants } from 'node:fs'
import * as promises from 'node:fs/promises'
import { join } from 'node:path'
import { errno, fail } from './errors.ts'

/** What is done to files, so that a test can make it fail. */
export type Fs = Pick<typeof promises, 'open' | 'mkdir' | 'chmod' | 'rename' | 'unlink' | 'readdir'>
export const realFs: Fs = promises

export const keyBytes = 32
const maxSmallFile = 64 * 1024

export const segmentName = (first: number): string => `${String(first).padStart(16, '0')}.jsonl`
/** `undefined` if it is no segment's name. */
export function firstOf(name: string): number | undefined {
  const first = /^\d{16}\.jsonl$/.test(name) ? Number(name.slice(0, 16)) : 0
  return first > 0 ? first : undefined
}

/** The first numbers of a folder's segments in order, and the names of all else in it. */
export function sorted(names: readonly string[]): { readonly segments: number[]; readonly others: string[] } {
  const segments = names.flatMap((name) => firstOf(name) ?? []).sort((a, b) => a - b)
  return { segments, others: names.filter((name) => firstOf(name) === undefined) }
}
/** Journals that were found damaged at a start and put aside as they were. */
export const isSetAside = (name: string): boolean => name.startsWith('broken-')

// ── For whoever checks: nothing but reading ─────────────────────────────────────────────────────

export interface Segment {
  readonly size: number
  /** Fewer bytes only where the file ends. */
  read(offset: number, length: number): Promise<Buffer>
  close(): Promise<void>
}
export interface JournalFiles {
  names(): Promise<string[]>
  /** `undefined` if there is none. */
  small(name: 'key' | 'head'): Promise<Buffer | undefined>
  open(first: number): Promise<Segment | undefined>
}

/** Throws NEXUS_JOURNAL_READ. */
export function journalFiles(dir: string): JournalFiles {
  async function open(name: string): Promise<promises.FileHandle | undefined> {
    try {
      return await promises.open(join(dir, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if (errno(error) === 'ENOENT') return undefined
      throw fail('NEXUS_JOURNAL_READ', { dir, reason: `${errno(error)} of ${name}` }, error)
    }
  }

  return {
    names: () => promises.readdir(dir).catch((error: unknown) => {
      if (errno(error) === 'ENOENT') return []
      throw fail('NEXUS_JOURNAL_READ', { dir, reason: errno(error) }, error)
    }),
    async small(name) {
      const handle = await open(name)
      if (!handle) return undefined
      try { return await readAt(handle, 0, maxSmallFile) } finally { await handle.close() }
    },
    async open(first) {
      const handle = await open(segmentName(first))
      if (!handle) return undefined
      return { size: (await handle.stat()).size, read: (offset, length) => readAt(handle, offset, length), close: () => handle.close() }
    },
  }
}

export async function readAt(handle: promises.FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

/** Whole lines from the start of a segment up to `end`, many at a time; what has no newline comes last, as it is. */
export async function* linesOf(segment: Segment, end: number, chunk = 128 * 1024): AsyncGenerator<{ readonly bytes: Buffer; readonly offset: number }> {
  for (let offset = 0; offset < end;) {
    const bytes = await segment.read(offset, Math.min(chunk, end - offset))
    if (bytes.length === 0) return
    const whole = bytes.lastIndexOf(0x0a) + 1
    // A line longer than any that is written is given in pieces: none of them will pass for one.
    const used = whole > 0 ? whole : bytes.length
    yield { bytes: bytes.subarray(0, used), offset }
    offset += used
  }
}

// ── For the writer ──────────────────────────────────────────────────────────────────────────────

export async function writeAt(handle: promises.FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}

/** Opens for reading and writing, 0600 whatever the umask; `new` empties what is there. */
export async function openPrivate(fs: Fs, path: string, how: 'new' | 'existing'): Promise<promises.FileHandle> {
  const handle = await fs.open(path, constants.O_RDWR | constants.O_NOFOLLOW | (how === 'new' ? constants.O_CREAT | constants.O_TRUNC : 0), 0o600)
  try {
    if (how === 'new') await handle.chmod(0o600)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

export async function writeWhole(fs: Fs, path: string, bytes: Buffer): Promise<void> {
  const handle = await openPrivate(fs, path, 'new')
  try {
    await writeAt(handle, bytes, 0)
    await handle.datasync()
  } finally { await handle.close() }
}

export async function syncDir(fs: Fs, dir: string): Promise<void> {
  if (process.platform === 'win32') return // a directory cannot be opened there, and needs no fsync
  const handle = await fs.open(dir, constants.O_RDONLY)
  try { await handle.sync() } finally { await handle.close() }
}

/** 0700 whatever the umask, and lasting. */
export async function makeDir(fs: Fs, dir: string): Promise<void> {
  await fs.mkdir(dir, { recursive: true, mode: 0o700 })
  await fs.chmod(dir, 0o700)
  await syncDir(fs, join(dir, '..'))
}
