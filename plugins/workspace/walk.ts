/**
 * From a folder to what is in it, one name at a time, never through a link. On Linux every step hangs on an open
 * descriptor: `/proc/self/fd/N/name` with O_NOFOLLOW is `openat`, so what others rename or swap meanwhile leads nowhere
 * else. Elsewhere (`plain`) paths are checked before and after, which somebody quick enough can outrun.
 */
import { constants } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { lstat, open, readFile, readlink, realpath } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fail } from './errors.ts'

/** Holds a place without opening it: a device does nothing and a pipe waits for nobody. Node has no name for it; it is the same on x86, ARM, RISC-V and POWER. */
const O_PATH = 0o10000000
const { O_NOFOLLOW, O_RDONLY, O_NONBLOCK, O_DIRECTORY } = constants

/** Something on disk that was looked at: links and devices too. To be closed. */
export interface Place {
  /** Leads to this very thing, for as long as it is not closed. */
  readonly path: string
  readonly stats: BigIntStats
  close(): Promise<void>
}
export interface Walker {
  /** A folder by an absolute path, through links: whoever set it may have meant them. ENOENT if it is not there. */
  root(path: string): Promise<Place>
  /** What a folder has under a name, itself and not what it points to. */
  step(folder: Place, name: string): Promise<Place | undefined>
  /** Its content. It must be a regular file. */
  read(file: Place): Promise<FileHandle>
  /** Throws NEXUS_WORKSPACE_OUTSIDE unless `place` is still below `root`, and on the same mount unless `mounts`. */
  verify(root: Place, place: Place, mounts: boolean): Promise<void>
}

export async function createWalker(): Promise<Walker & { readonly weak: boolean }> {
  return process.platform === 'linux' && await hasProc() ? { ...byDescriptor, weak: false } : { ...byPath, weak: true }
}

async function hasProc(): Promise<boolean> {
  try {
    const handle = await open('/', O_PATH | O_DIRECTORY)
    try {
      return await readlink(`/proc/self/fd/${handle.fd}`) === '/'
    } finally {
      await handle.close()
    }
  } catch {
    return false
  }
}

// ── By descriptor ───────────────────────────────────────────────────────────────────────────────

export const byDescriptor: Walker = {
  root: (path) => held(path, O_PATH | O_DIRECTORY),
  async step(folder, name) {
    try {
      return await held(`${folder.path}/${name}`, O_PATH | O_NOFOLLOW)
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  },
  read: (file) => open(file.path, O_RDONLY | O_NONBLOCK),
  async verify(root, place, mounts) {
    const [base, at] = await Promise.all([readlink(root.path), readlink(place.path)])
    if (at !== base && !at.startsWith(base === '/' ? '/' : `${base}/`)) throw fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'it was moved away meanwhile' })
    if (!mounts && await mountOf(root) !== await mountOf(place)) throw fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'another file system is mounted there' })
  },
}

async function held(path: string, flags: number): Promise<Place> {
  const handle = await open(path, flags)
  try {
    const stats = await handle.stat({ bigint: true })
    return { path: `/proc/self/fd/${handle.fd}`, stats, close: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Also tells folders of one file system apart that are mounted elsewhere too. */
async function mountOf({ path }: Place): Promise<string> {
  const info = await readFile(path.replace('/fd/', '/fdinfo/'), 'utf8')
  return /^mnt_id:\s*(\d+)/m.exec(info)?.[1] ?? 'unknown'
}

// ── By path ─────────────────────────────────────────────────────────────────────────────────────

export const byPath: Walker = {
  async root(path) {
    const real = await realpath(path)
    return placeAt(real, await lstat(real, { bigint: true }))
  },
  async step(folder, name) {
    const path = join(folder.path, name)
    try {
      return placeAt(path, await lstat(path, { bigint: true }))
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  },
  async read(file) {
    const handle = await open(file.path, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0))
    const stats = await handle.stat({ bigint: true })
    if (stats.ino === file.stats.ino && stats.dev === file.stats.dev) return handle
    await handle.close()
    throw fail('NEXUS_WORKSPACE_CHANGED')
  },
  async verify(root, place, mounts) {
    if (await realpath(place.path) !== place.path || (place.path !== root.path && !place.path.startsWith(root.path.endsWith(sep) ? root.path : root.path + sep))) throw fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'it leads elsewhere' })
    if (!mounts && place.stats.dev !== root.stats.dev) throw fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'another file system is mounted there' })
  },
}

const placeAt = (path: string, stats: BigIntStats): Place => ({ path, stats, close: async () => {} })

const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
