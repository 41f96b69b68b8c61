/** `plugins/lock.json`: what is installed, where it came from, and what was agreed to. */
import { isAbsolute, join } from 'node:path'
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { fail } from '../errors.ts'
import { privateDir, replaceFile, withLock } from './disk.ts'
import { Grant } from './grant.ts'

const text = v.string()
const hash = v.pipe(text, v.regex(/^sha512-[A-Za-z0-9+/]{86}==$/))
const common = {
  /** Of the package. */
  name: text,
  version: text,
  /** What it was added by: an update asks for the same again. */
  spec: text,
  scanned: v.union([v.literal(false), v.strictObject({ by: text, at: v.number(), verdict: v.picklist(['clean', 'suspect']) })]),
  grant: Grant,
}
export const LockEntry = v.variant('source', [
  v.strictObject({ ...common, source: v.literal('link'), dir: v.pipe(text, v.check(isAbsolute)) }),
  v.strictObject({ ...common, source: v.picklist(['npm', 'tarball', 'git', 'folder', 'file']), integrity: hash, dir: v.pipe(text, v.regex(/^[a-z0-9][a-z0-9-]*$/)), files: hash }),
])
export type LockEntry = v.InferOutput<typeof LockEntry>
const Lock = v.strictObject({ version: v.literal(1), plugins: v.record(text, LockEntry) })
export type Lock = Readonly<Record<string, LockEntry>>

const fileOf = (dir: string): string => join(dir, 'lock.json')

/** By id; `dir` is `plugins` of the state directory. Throws NEXUS_PLUGINS_BAD_LOCK. */
export async function readLock(dir: string): Promise<Lock> {
  const file = fileOf(dir)
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw fail('NEXUS_PLUGINS_BAD_LOCK', { file, reason: error.code ?? 'it cannot be read' }, error)
  })
  if (content === undefined) return {}
  const { success, output, issues } = v.safeParse(Lock, json(content, file))
  if (!success) throw fail('NEXUS_PLUGINS_BAD_LOCK', { file, reason: `"${v.getDotPath(issues[0]) ?? 'version'}" is not what it should be` })
  return output.plugins
}

function json(content: string, file: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw fail('NEXUS_PLUGINS_BAD_LOCK', { file, reason: 'it is not JSON' }, error)
  }
}

/** Runs `change` on what the file says, alone; what it gives is written, unless it is the same. Whatever else it does is done meanwhile too. */
export async function changeLock(dir: string, change: (lock: Lock) => Promise<Lock> | Lock): Promise<void> {
  await privateDir(dir)
  await withLock(fileOf(dir), async () => {
    const before = await readLock(dir)
    const plugins = await change(before)
    if (plugins !== before) await replaceFile(fileOf(dir), `${JSON.stringify({ version: 1, plugins }, null, 2)}\n`)
  })
}

export const withEntry = (lock: Lock, id: string, entry: LockEntry | undefined): Lock => {
  const { [id]: _, ...rest } = lock
  return entry ? { ...rest, [id]: entry } : rest
}
