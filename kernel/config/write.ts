/** Writes the settings: whole or not at all, only over what the writer has seen, and never without a way back. */
import { basename, dirname, join, resolve } from 'node:path'
import JSON5 from 'json5'
import { fail, NexusError, reasonOf } from '../errors.ts'
import { digest, errno, openDraft, realFs, syncDir, type Fs, type Owner } from './atomic.ts'
import { failConfig } from './errors.ts'
import { withFileLock } from './file-lock.ts'
import { addBackup, pruneBackups, removeBackup } from './history.ts'
import { limits } from './read.ts'
import { isTable, type Table } from './table.ts'

export interface WriteOptions {
  /** SHA-256 of the bytes the writer saw, hex; empty: it saw no file. Without it any content is overwritten. */
  readonly baseHash?: string
  /** Also a write that shrinks the file by half or drops the list of plugins. */
  readonly force?: boolean
  /** The directory of the backups. */
  readonly history: string
  /** How many of them. */
  readonly keep?: number
  readonly fs?: Fs
}
interface Old { readonly bytes: Buffer; readonly hash: string; readonly owner: Owner }

const maxLinks = 16
/** Below this many bytes a file may shrink as it likes. */
const smallBytes = 512

/**
 * Gives `file`, or what it is a link to, the content `text`; resolves when that will outlast a power cut.
 * Throws NEXUS_CONFIG_SYNTAX, NEXUS_CONFIG_CONFLICT, NEXUS_CONFIG_SHRINKS and NEXUS_CONFIG_WRITE.
 */
export async function writeConfig(file: string, text: string, options: WriteOptions): Promise<{ readonly hash: string }> {
  const { fs = realFs } = options
  const bytes = Buffer.from(text)
  if (bytes.length > limits.main) throw failConfig('NEXUS_CONFIG_WRITE', { file, reason: `the new text is larger than ${limits.main} bytes, which nobody would read` })
  const wanted = parse(text, file)
  try {
    const target = await targetOf(file, fs)
    await withFileLock(target, () => replace(target, bytes, (old) => check(file, old, bytes, wanted, options), options), fs)
  } catch (error) {
    if (error instanceof NexusError || errno(error) === undefined) throw error
    throw failConfig('NEXUS_CONFIG_WRITE', { file, reason: reasonOf(error) }, error)
  }
  return { hash: digest(bytes) }
}

async function replace(target: string, bytes: Buffer, check: (old: Old | undefined) => void, { history, keep = 5, fs = realFs }: WriteOptions): Promise<void> {
  const draft = await openDraft(target, fs)
  let backup: string | undefined
  try {
    const old = await readOld(target, fs)
    check(old)
    await draft.write(bytes, { owner: old?.owner })
    if (old && !old.bytes.equals(bytes)) backup = await addBackup(history, old.bytes, fs)
    // Editors take no lock: what was saved by hand meanwhile is not written over.
    if ((await readOld(target, fs))?.hash !== old?.hash) throw failConfig('NEXUS_CONFIG_CONFLICT', { file: target })
    await draft.commit().catch((error: unknown) => {
      throw errno(error) === 'ENOENT' ? failConfig('NEXUS_CONFIG_CONFLICT', { file: target }, error) : error
    })
  } catch (error) {
    await draft.drop()
    // One backup too many harms nobody; the error that led here is the one to tell.
    if (backup !== undefined) await removeBackup(history, backup, fs).catch(() => {})
    throw error
  }
  await syncDir(dirname(target), fs)
  // The settings are written; the next write tries again to remove what is too old.
  await pruneBackups(history, keep, fs).catch(() => {})
}

function check(file: string, old: Old | undefined, bytes: Buffer, wanted: Table, { baseHash, force }: WriteOptions): void {
  if (baseHash !== undefined && baseHash !== (old?.hash ?? '')) throw failConfig('NEXUS_CONFIG_CONFLICT', { file })
  if (force || !old) return
  if (old.bytes.length >= smallBytes && bytes.length * 2 <= old.bytes.length) throw failConfig('NEXUS_CONFIG_SHRINKS', { file, what: `leaves ${bytes.length} of ${old.bytes.length} bytes` })
  if (hasPlugins(old.bytes.toString()) && !Array.isArray(wanted['plugins'])) throw failConfig('NEXUS_CONFIG_SHRINKS', { file, what: 'drops the list "plugins"' })
}

/** Where the bytes are: the end of a chain of links, which need not exist. */
async function targetOf(file: string, fs: Fs): Promise<string> {
  let at = file
  for (let links = 0; links < maxLinks; links++) {
    const dir = await fs.realpath(dirname(at))
    at = join(dir, basename(at))
    const to = await fs.readlink(at).catch((error: unknown) => {
      if (['EINVAL', 'ENOENT', 'UNKNOWN'].includes(errno(error) ?? '')) return undefined // no link, or nothing there; UNKNOWN is how Windows puts it
      throw error
    })
    if (to === undefined) return at
    at = resolve(dir, to)
  }
  throw failConfig('NEXUS_CONFIG_WRITE', { file, reason: 'it is a link to a link to a link without end' })
}

async function readOld(target: string, fs: Fs): Promise<Old | undefined> {
  const found = await fs.lstat(target).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return undefined
    throw error
  })
  if (!found) return undefined
  const reason = !found.isFile() ? 'it is not a file' : found.size > limits.main ? `there is a file larger than ${limits.main} bytes, which would not be kept` : undefined
  if (reason !== undefined) throw failConfig('NEXUS_CONFIG_WRITE', { file: target, reason })
  const bytes = await fs.readFile(target)
  return { bytes, hash: digest(bytes), owner: found }
}

function parse(text: string, file: string): Table {
  try {
    return tableOf(text)
  } catch (error) {
    const { lineNumber: line = 1, columnNumber: column = 1 } = error as { lineNumber?: number; columnNumber?: number }
    throw fail('NEXUS_CONFIG_SYNTAX', { file, line, column: Math.max(1, column), reason: 'the new text is not one JSON5 object' })
  }
}

/** Nothing but space is no settings, as it is for the reader. */
function tableOf(text: string): Table {
  const value: unknown = text.trim() === '' ? {} : JSON5.parse(text)
  if (!isTable(value)) throw new SyntaxError('not an object')
  return value
}

function hasPlugins(text: string): boolean {
  try {
    const { plugins } = tableOf(text)
    return Array.isArray(plugins) && plugins.length > 0
  } catch {
    return false // what was torn or misspelt by hand has no list to lose
  }
}
