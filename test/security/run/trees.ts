/** What stands on the disk: whether a tree is as it was, and whether something is found anywhere in one. */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Larger files are told apart by their size and searched by their name only. */
const mostRead = 256 * 1024

/** Each entry below `dir`, `dir` itself included, with its kind, mode, size, target and content. */
export function snapshot(dir: string): ReadonlyMap<string, string> {
  return new Map(walk(dir).map((path) => [path, told(path)]))
}

function told(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return 'gone'
  const head = `${stat.mode.toString(8)} ${stat.isDirectory() ? '' : stat.size}`
  if (stat.isSymbolicLink()) return `${head} ${readlinkSync(path)}`
  return stat.isFile() && stat.size <= mostRead ? `${head} ${createHash('sha256').update(readFileSync(path)).digest('hex')}` : head
}

export function changesIn(dir: string, before: ReadonlyMap<string, string>): string[] {
  const now = snapshot(dir)
  return [...new Set([...before.keys(), ...now.keys()])].filter((path) => before.get(path) !== now.get(path))
}

/** Paths below `dir` that have `text` in their name, their target or their content. */
export function found(dir: string, text: string): string[] {
  return walk(dir).filter((path) => {
    const below = path.slice(dir.length)
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (below.includes(text)) return true
    if (stat?.isSymbolicLink()) return readlinkSync(path).includes(text)
    return Boolean(stat?.isFile()) && stat!.size <= mostRead && contentOf(path).includes(text)
  })
}

/** Entries of `dir` and below that anybody but their owner may use; a link has no mode of its own. */
export function readableByOthers(dir: string): string[] {
  return walk(dir).filter((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    return stat !== undefined && !stat.isSymbolicLink() && (stat.mode & 0o77) !== 0
  })
}

function walk(path: string): string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return []
  return [path, ...stat.isDirectory() ? namesIn(path).flatMap((name) => walk(join(path, name))) : []]
}

// Others work there meanwhile.
const gone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))
function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch (error) {
    if (gone(error)) return []
    throw error
  }
}
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    if (gone(error)) return Buffer.alloc(0)
    throw error
  }
}
