/** The last settings that worked, to start from when the file is not valid. */
import { join } from 'node:path'
import { NexusError, reasonOf } from '../errors.ts'
import { ensureDir, errno, realFs, replaceFile, type Fs } from './atomic.ts'
import { failConfig } from './errors.ts'
import { isTable, type Table } from './table.ts'

export interface LastGood {
  /** All files in one, references to secrets and variables as they were written. */
  readonly merged: Table
  /** Of the main file that it was. */
  readonly hash: string
  /** When they were kept, in milliseconds since the epoch. */
  readonly time: number
}

const maxBytes = 16 * 1024 * 1024
const fileIn = (dir: string): string => join(dir, 'last-good.json')

/** Keeps the tree, on the disk once this resolves; what is kept already is not written again. Throws NEXUS_CONFIG_WRITE. */
export async function saveLastGood(dir: string, tree: Table, hash: string, fs: Fs = realFs): Promise<void> {
  const file = fileIn(dir)
  const bytes = Buffer.from(`${JSON.stringify({ hash, tree })}\n`)
  try {
    await ensureDir(dir, fs)
    // If it cannot be read, it is replaced.
    const before = await fs.readFile(file).catch(() => undefined)
    if (!before?.equals(bytes)) await replaceFile(file, bytes, { fs })
  } catch (error) {
    if (error instanceof NexusError || errno(error) === undefined) throw error
    throw failConfig('NEXUS_CONFIG_WRITE', { file, reason: reasonOf(error) }, error)
  }
}

/** `undefined` if there is nothing to start from: none was kept, or it is damaged or not ours to read. */
export async function readLastGood(dir: string, fs: Fs = realFs): Promise<LastGood | undefined> {
  try {
    const file = fileIn(dir)
    const found = await fs.lstat(file)
    if (!found.isFile() || found.size > maxBytes) return undefined
    const { hash, tree } = JSON.parse(await fs.readFile(file, 'utf8')) as { hash?: unknown; tree?: unknown }
    return typeof hash === 'string' && isTable(tree) ? { merged: tree, hash, time: found.mtimeMs } : undefined
  } catch {
    // Whoever asks has a file that is not valid and nothing else; there is nobody to tell who could do more about it.
    return undefined
  }
}
