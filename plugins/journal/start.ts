/**
 * What stands in the folder when the gateway starts. What is in order is gone on with, less what was written behind the
 * head, which nobody was told of. A damaged journal is put aside as it is, and a new one says so in its first record.
 */
import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isSetAside, keyBytes, makeDir, openPrivate, readAt, segmentName, sorted, syncDir, writeWhole, type Fs } from './files.ts'
import { errno } from './errors.ts'
import { firstHead, headBytes, readHead, type Head } from './head.ts'
import { isNumber, linksOf, maxLineBytes, origin } from './record.ts'

export interface Opened {
  readonly key: Buffer
  readonly head: Head
  /** Where in the head's file the newer head stands. */
  readonly slot: number
  readonly headFile: FileHandle
  readonly segment: FileHandle
  /** First numbers, oldest first. */
  readonly segments: readonly number[]
  /** Nothing was there before, not even a damaged one. */
  readonly fresh: boolean
  /** Why the one before was put aside. */
  readonly damage: string | undefined
  /** Bytes behind the head that were cut off. */
  readonly cut: number
  /** Folders of journals that were put aside, now and before. */
  readonly aside: readonly string[]
}

/** Throws what the file system throws. */
export async function openFolder(fs: Fs, dir: string, now: number): Promise<Opened> {
  await makeDir(fs, dir)
  const { segments, others } = sorted(await fs.readdir(dir))
  const aside = others.filter(isSetAside)
  // A new journal gets its key last: without key and segments its making was cut short.
  if (!others.includes('key') && segments.length === 0) return openNew(fs, dir, now, { aside, damage: undefined })
  const found = await examine(fs, dir, segments)
  if (typeof found !== 'string') return { ...found, aside, fresh: false, damage: undefined }
  const name = await setAside(fs, dir, now, [...segments.map(segmentName), ...others.filter((other) => other === 'head' || other === 'key')], others)
  return openNew(fs, dir, now, { aside: [...aside, name], damage: found })
}

async function openNew(fs: Fs, dir: string, now: number, { aside, damage }: Pick<Opened, 'aside' | 'damage'>): Promise<Opened> {
  const key = randomBytes(keyBytes)
  const head: Head = { journal: randomBytes(8).toString('hex'), n: 0, hash: origin, segment: 1, end: 0, time: now }
  await writeWhole(fs, join(dir, 'head'), firstHead(head, key))
  await writeWhole(fs, join(dir, 'key.new'), key)
  await fs.rename(join(dir, 'key.new'), join(dir, 'key'))
  const segment = await openPrivate(fs, join(dir, segmentName(1)), 'new')
  try {
    await syncDir(fs, dir)
    const headFile = await openPrivate(fs, join(dir, 'head'), 'existing')
    return { key, head, slot: 0, headFile, segment, segments: [1], fresh: damage === undefined, damage, cut: 0, aside }
  } catch (error) {
    await segment.close()
    throw error
  }
}

/** A text says what is wrong. */
async function examine(fs: Fs, dir: string, segments: readonly number[]): Promise<string | Omit<Opened, 'aside' | 'fresh' | 'damage'>> {
  const key = await readSmall(fs, join(dir, 'key'))
  if (!key || key.length !== keyBytes) return 'its key is missing or damaged'
  const file = await readSmall(fs, join(dir, 'head'))
  const read = file && readHead(file, key)
  if (!read) return 'its head is missing or not genuine'
  const { head, slot } = read
  const name = join(dir, segmentName(head.segment))
  const handle = await openPrivate(fs, name, head.n === 0 ? 'new' : 'existing').catch(unlessMissing)
  if (!handle) return `record ${head.n} is missing, and it was acknowledged`
  let headFile: FileHandle | undefined
  try {
    const fault = await tailFault(handle, head)
    if (fault !== undefined) {
      await handle.close()
      return fault
    }
    headFile = await openPrivate(fs, join(dir, 'head'), 'existing')
    return { key, head, slot, headFile, segment: handle, cut: await cutBehind(fs, dir, handle, head, segments), segments: [...new Set([...segments, head.segment])].filter((first) => first <= head.segment) }
  } catch (error) {
    await handle.close()
    await headFile?.close()
    throw error
  }
}

/** The last acknowledged record, and no other: to look at all of them is for `verify`. */
async function tailFault(handle: FileHandle, { n, hash, end }: Head): Promise<string | undefined> {
  if (n === 0) return undefined
  const start = Math.max(0, end - maxLineBytes)
  const bytes = await readAt(handle, start, end - start)
  if (bytes.length < end - start) return `it ends before record ${n}, which was acknowledged`
  const to = bytes.length - 1
  const from = bytes.lastIndexOf(0x0a, to - 1) + 1
  const links = bytes[to] === 0x0a ? linksOf(bytes, from, to) : undefined
  return links?.intact && links.hash === hash && isNumber(bytes, from, n) ? undefined : `record ${n} is not the one that was acknowledged`
}

async function cutBehind(fs: Fs, dir: string, handle: FileHandle, { segment, end }: Head, segments: readonly number[]): Promise<number> {
  let cut = (await handle.stat()).size - end
  if (cut > 0) {
    await handle.truncate(end)
    await handle.datasync()
  }
  const later = segments.filter((first) => first > segment)
  for (const first of later) {
    const path = join(dir, segmentName(first))
    const other = await openPrivate(fs, path, 'existing')
    try { cut += (await other.stat()).size } finally { await other.close() }
    await fs.unlink(path)
  }
  if (later.length > 0) await syncDir(fs, dir)
  return cut
}

/** The key goes last, so that a crash on the way leaves something that is found damaged again. */
async function setAside(fs: Fs, dir: string, now: number, names: readonly string[], taken: readonly string[]): Promise<string> {
  const base = `broken-${new Date(now).toISOString().replace(/[^0-9TZ]/g, '')}`
  let name = base
  for (let again = 2; taken.includes(name); again++) name = `${base}-${again}`
  await makeDir(fs, join(dir, name))
  for (const file of names) await fs.rename(join(dir, file), join(dir, name, file))
  await syncDir(fs, join(dir, name))
  await syncDir(fs, dir)
  return name
}

async function readSmall(fs: Fs, path: string): Promise<Buffer | undefined> {
  const handle = await openPrivate(fs, path, 'existing').catch(unlessMissing)
  if (!handle) return undefined
  try { return await readAt(handle, 0, headBytes + 1) } finally { await handle.close() }
}

/** A link or a folder in place of a file is damage as well; a disk that refuses is not. */
function unlessMissing(error: unknown): undefined {
  if (['ENOENT', 'ELOOP', 'EISDIR'].includes(errno(error))) return undefined
  throw error
}
