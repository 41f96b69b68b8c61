/** What the settings were before each of the last writes: whole files, named by time and content. */
import { join } from 'node:path'
import type { ConfigBackup } from '../points.ts'
import { digest, ensureDir, errno, isDraft, realFs, removeFile, replaceFile, type Fs } from './atomic.ts'
import { failConfig } from './errors.ts'

/** `20260419T141010123Z-3f2a9c1b`: when, in UTC, and the first digits of the content's hash. */
const form = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{8}$/
const suffix = '.json5'

/**
 * Keeps `bytes` and gives the new backup's id: later than every other one, whatever the clock says. `undefined` for
 * what needs none: the content of the newest backup, or nothing but space.
 */
export async function addBackup(dir: string, bytes: Buffer, fs: Fs = realFs, now = Date.now()): Promise<string | undefined> {
  if (bytes.toString('latin1').trim() === '') return undefined
  await ensureDir(dir, fs)
  const newest = (await idsIn(dir, fs)).at(-1)
  if (newest !== undefined && (await wholeBackup(dir, newest, fs))?.equals(bytes)) return undefined
  const id = idOf(newest === undefined ? now : Math.max(now, timeOf(newest) + 1), digest(bytes))
  try {
    await replaceFile(fileOf(dir, id), bytes, { fs })
    return id
  } catch (error) {
    // It may be there and not on the disk for good.
    await removeBackup(dir, id, fs).catch(() => {})
    throw error
  }
}

/** Newest first. A damaged backup is none. */
export async function listBackups(dir: string, fs: Fs = realFs): Promise<readonly ConfigBackup[]> {
  const found = await Promise.all((await idsIn(dir, fs)).reverse().map(async (id) => {
    const bytes = await wholeBackup(dir, id, fs)
    return bytes && { id, time: timeOf(id), bytes: bytes.length, hash: digest(bytes) }
  }))
  return found.filter((backup) => backup !== undefined)
}

/** Throws NEXUS_CONFIG_BACKUP if `id` is none of `listBackups`. */
export async function readBackup(dir: string, id: string, fs: Fs = realFs): Promise<string> {
  const bytes = isId(id) ? await wholeBackup(dir, id, fs) : undefined
  if (!bytes) throw failConfig('NEXUS_CONFIG_BACKUP')
  return bytes.toString()
}

export const removeBackup = (dir: string, id: string, fs: Fs): Promise<void> => removeFile(fileOf(dir, id), fs)

/** Leaves the newest `keep`, and nothing of those that a crash cut off. */
export async function pruneBackups(dir: string, keep: number, fs: Fs): Promise<void> {
  const ids = await idsIn(dir, fs)
  for (const id of ids.slice(0, Math.max(0, ids.length - keep))) await removeBackup(dir, id, fs)
  for (const name of (await namesIn(dir, fs)).filter(isDraft)) await removeFile(join(dir, name), fs)
}

/** Oldest first. */
async function idsIn(dir: string, fs: Fs): Promise<string[]> {
  return (await namesIn(dir, fs)).filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length)).filter(isId).sort()
}

const namesIn = (dir: string, fs: Fs): Promise<string[]> => fs.readdir(dir).catch((error: unknown) => {
  if (errno(error) === 'ENOENT') return []
  throw error
})

/** `undefined`: gone, unreadable, or not what was written. */
async function wholeBackup(dir: string, id: string, fs: Fs): Promise<Buffer | undefined> {
  const bytes = await fs.readFile(fileOf(dir, id)).catch(() => undefined)
  return bytes && digest(bytes).startsWith(id.slice(-8)) ? bytes : undefined
}

const fileOf = (dir: string, id: string): string => join(dir, id + suffix)
const idOf = (time: number, hash: string): string => `${new Date(time).toISOString().replace(/[-:.]/g, '')}-${hash.slice(0, 8)}`
const isId = (text: string): boolean => form.test(text) && idOf(timeOf(text), text.slice(-8)) === text

function timeOf(id: string): number {
  const [year = 0, month = 0, ...rest] = (form.exec(id) ?? []).slice(1).map(Number)
  return Date.UTC(year, month - 1, ...rest)
}
