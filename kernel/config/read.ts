/** One file becomes a text, and a text a plain table. What is wrong with either is told, never thrown. */
import { isUtf8 } from 'node:buffer'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import JSON5 from 'json5'
import { reasonOf } from '../errors.ts'
import type { ConfigFault } from './fault.ts'
import type { KeyPath } from './path.ts'
import { lineOf, maxDepth, scan } from './scan.ts'
import { isTable, type Table } from './table.ts'

export type RawConfig = Table

const MiB = 1024 * 1024
export const limits = { main: 4 * MiB, include: MiB } as const

/** The text has no byte order mark; the bytes are as they are on disk. */
export type Content = { readonly text: string; readonly bytes: Uint8Array } | { readonly what: string; readonly missing?: boolean; readonly isLink?: boolean }
export interface Parsed {
  /** What could be read of it; nothing where that is no table. */
  readonly tree?: RawConfig
  readonly faults: readonly ConfigFault[]
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: part of its path is not a directory',
  EACCES: 'the file may not be read by this user',
  EPERM: 'the file may not be read by this user',
  ELOOP: 'the file is a circle of symbolic links',
  ENXIO: 'the file is not a regular one',
}

export const unreadableReason = (error: unknown): string => unreadable[(error as NodeJS.ErrnoException).code ?? ''] ?? `the file cannot be read: ${reasonOf(error)}`

/** Regular files of at most `limit` bytes of UTF-8; of anything else not a byte is read. `follow`: also by way of a symbolic link. */
export async function readContent(file: string, limit: number, { follow }: { readonly follow: boolean }): Promise<Content> {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK the opening of a FIFO waits for somebody who writes to it.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW))
    const stat = await handle.stat()
    if (!stat.isFile()) return { what: `the file is not a regular one${stat.isDirectory() ? ' but a directory' : ''}` }
    const bytes = stat.size > limit ? undefined : await readAtMost(handle, limit, stat.size)
    return bytes ? contentOf(bytes) : { what: `the file is larger than ${limit / MiB} MiB` }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { what: unreadableReason(error), missing: code === 'ENOENT', isLink: code === 'ELOOP' }
  } finally {
    // Nobody waits for this: what was read is read, whatever closing says.
    handle?.close().catch(() => {})
  }
}

/** Nothing if there is more than `limit`: some files say that they have no size, and others grow. */
async function readAtMost(handle: FileHandle, limit: number, size: number): Promise<Buffer | undefined> {
  let buffer = Buffer.allocUnsafe(size + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
    length += bytesRead
    if (length > limit) return undefined
    if (bytesRead === 0 || (length === size && length > 0)) return buffer.subarray(0, length)
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(2 * length, limit + 1))
  }
}

export function contentOf(bytes: Buffer): Content {
  if (!isUtf8(bytes)) return { what: 'the file is not UTF-8 text' }
  const text = bytes.toString('utf8')
  return { text: text.startsWith('\uFEFF') ? text.slice(1) : text, bytes }
}

export async function parseText(text: string, file: string): Promise<Parsed> {
  const at = (offset: number, what: string): Parsed => ({ faults: [{ path: [], what, place: { file, ...lineOf(text, offset) } }] })
  const nul = text.indexOf('\0')
  if (nul >= 0) return at(nul, 'there is a NUL byte here; the file may be damaged')
  const { members, deepAt } = scan(text)
  if (deepAt !== undefined) return at(deepAt, `objects and lists are nested more than ${maxDepth} deep here`)
  let tree: unknown
  try {
    tree = parsed(text)
  } catch (error) {
    const { syntaxFault } = await import('./syntax.ts')
    const found = syntaxFault(text)
    if (found) return at(found.at, found.what)
    const { lineNumber = 1, columnNumber = 1 } = error as { lineNumber?: number; columnNumber?: number }
    return { faults: [{ path: [], what: 'there is something here that JSON5 does not have', place: { file, line: lineNumber, column: Math.max(1, columnNumber) } }] }
  }
  if (!isTable(tree)) return at(0, 'the settings must stand between { and }')
  const { keys, faults } = inspect(tree, file)
  const doubled = keys === members ? [] : await (await import('./locate.ts')).duplicates(text, file)
  return { tree, faults: [...faults, ...doubled] }
}

/** Most of what programs write is plain JSON, which is read a hundred times as fast. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON5.parse(text)
  }
}

const unsafe: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Counts the keys and tells what no settings may hold; keys that would reach a prototype where tables are merged are taken out. */
export function inspect(tree: unknown, file?: string): { readonly keys: number; readonly faults: readonly ConfigFault[] } {
  let keys = 0
  const faults: ConfigFault[] = []
  const fault = (path: KeyPath, what: string) => faults.push({ path, what, ...(file !== undefined && { file }) })
  const visit = (value: unknown, path: KeyPath): void => {
    if (typeof value === 'number' && !Number.isFinite(value)) fault(path, 'must be a finite number')
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) return value.forEach((item, i) => visit(item, [...path, i]))
    for (const [key, sub] of Object.entries(value)) {
      keys++
      if (unsafe.has(key)) {
        fault([...path, key], 'is not allowed as a key')
        keys += inspect(sub).keys
        delete (value as Record<string, unknown>)[key]
      } else visit(sub, [...path, key])
    }
  }
  visit(tree, [])
  return { keys, faults }
}
