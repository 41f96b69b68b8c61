/** What a workspace can do with its files. */
import { constants } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { open, opendir, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import type { FileInfo, FolderEntry, WorkspaceFiles } from './contract.ts'
import { codeOf, fail } from './errors.ts'
import { asOurs, checkFile } from './find.ts'
import type { Bounds, Finder, Found } from './find.ts'
import type { Place, Walker } from './walk.ts'

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY } = constants
const mebibyte = 1_048_576
const maxChunk = 65_536
/** What a write is before it is one; a crash may leave such a file. */
const unfinished = /^\.nexus-[0-9a-f-]{36}\.tmp$/

export interface OpenFiles extends WorkspaceFiles {
  /** The file, open for reading, and what it is. */
  reading<T>(path: string, use: (handle: FileHandle, info: FileInfo) => Promise<T>): Promise<T>
  readonly finder: Finder
}

export function createFiles(walker: Walker, finder: Finder, bounds: Bounds): OpenFiles {
  const reading: OpenFiles['reading'] = (path, use) => finder.at(path, async ({ place }) => {
    if (!place) throw fail('NEXUS_WORKSPACE_NOT_FOUND')
    checkFile(place, bounds)
    const handle = await walker.read(place)
    try {
      return await use(handle, infoOf(place.stats))
    } finally {
      await handle.close()
    }
  })

  return {
    finder,
    reading,
    async stat(path) {
      try {
        return await finder.at(path, async ({ place }) => place && infoOf(place.stats))
      } catch (error) {
        if (['NEXUS_WORKSPACE_NOT_FOUND', 'NEXUS_WORKSPACE_NOT_FOLDER'].includes(codeOf(error))) return undefined
        throw error
      }
    },
    read: (path, { maxBytes = mebibyte } = {}) => reading(path, async (handle, { size, version }) => ({ bytes: await wholeOf(handle, maxBytes, size), version })),
    write: (path, content, { version } = {}) => finder.at(path, (found) => replace(walker, found, bounds, content, version), { make: true }),
    list: (path, { limit = 1_000 } = {}) => finder.at(path, async ({ place }) => {
      if (!place) throw fail('NEXUS_WORKSPACE_NOT_FOUND')
      if (!place.stats.isDirectory()) throw fail('NEXUS_WORKSPACE_NOT_FOLDER')
      return entriesOf(place, limit)
    }),
  }
}

export function infoOf(stats: BigIntStats): FileInfo {
  const { size, mtimeNs, ctimeNs, ino } = stats
  const type = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other'
  return { type, size: Number(size), modifiedAt: Number(mtimeNs / 1_000_000n), version: `${ino}.${size}.${mtimeNs}.${ctimeNs}` }
}

/** Never more than is wanted, whatever `likely`, the size that it had, said; that only spares room for small files, of which there may be thousands. */
export async function wholeOf(handle: FileHandle, maxBytes: number, likely = maxChunk): Promise<Uint8Array> {
  const chunk = Math.min(Math.max(likely + 1, 512), maxChunk)
  const chunks: Buffer[] = []
  let size = 0
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunk), 0, chunk, size)
    if (bytesRead === 0) return Buffer.concat(chunks)
    size += bytesRead
    if (size > maxBytes) throw fail('NEXUS_WORKSPACE_TOO_LARGE', { limit: maxBytes })
    chunks.push(buffer.subarray(0, bytesRead))
  }
}

/** Sorted by name. A folder with more entries than are wanted is not read to its end. */
export async function entriesOf({ path }: Place, limit: number): Promise<{ readonly entries: readonly FolderEntry[]; readonly more: boolean }> {
  const entries: FolderEntry[] = []
  for await (const entry of await opendir(path)) {
    if (unfinished.test(entry.name)) continue
    if (entries.length === limit) return { entries: entries.sort(byName), more: true }
    entries.push({ name: entry.name, type: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other' })
  }
  return { entries: entries.sort(byName), more: false }
}
const byName = (a: FolderEntry, b: FolderEntry): number => (a.name < b.name ? -1 : 1)

/** Written beside it, brought to disk, and put in its place at once. */
async function replace(walker: Walker, found: Found, bounds: Bounds, content: string | Uint8Array, version: string | undefined): Promise<{ readonly created: boolean; readonly version: string }> {
  const { root, folder, name, place } = found
  if (name === '') throw fail('NEXUS_WORKSPACE_NOT_FILE', { what: 'the workspace itself' })
  if (place) checkFile(place, bounds)
  checkVersion(place, version)
  const beside = `${folder.path}/.nexus-${randomUUID()}.tmp`
  const handle = await open(beside, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), 0o600)
  try {
    const stats = await written(handle, content, place)
    if (version !== undefined) await checkAgain(found, version)
    await walker.verify(root, folder, bounds.mounts)
    await rename(beside, `${folder.path}/${name}`)
    await settled(folder)
    return { created: place === undefined, version: infoOf(await statsNow(found, stats)).version }
  } catch (error) {
    await unlink(beside).catch(() => {})
    throw asOurs(error)
  }
}

async function written(handle: FileHandle, content: string | Uint8Array, old: Place | undefined): Promise<BigIntStats> {
  try {
    await handle.writeFile(content)
    if (old) await handle.chmod(Number(old.stats.mode & 0o777n))
    await handle.sync()
    return await handle.stat({ bigint: true })
  } finally {
    await handle.close()
  }
}

/** A rename changes the file's ctime, which is part of its version. If it is not what was written, that is what it was. */
async function statsNow({ again }: Found, written: BigIntStats): Promise<BigIntStats> {
  const now = await again()
  await now?.close()
  return now?.stats.ino === written.ino ? now.stats : written
}

async function checkAgain({ again }: Found, version: string): Promise<void> {
  const now = await again()
  await now?.close()
  checkVersion(now, version)
}

function checkVersion(place: Place | undefined, version: string | undefined): void {
  if (version !== undefined && version !== (place ? infoOf(place.stats).version : '')) throw fail('NEXUS_WORKSPACE_CHANGED')
}

/** So that the name is on disk too. Not every system can do that with a folder. */
async function settled({ path }: Place): Promise<void> {
  const handle = await open(path, O_RDONLY).catch(() => undefined)
  try {
    await handle?.sync()
  } catch {
    // EINVAL, EPERM: the file system keeps names in its own time.
  } finally {
    await handle?.close()
  }
}
