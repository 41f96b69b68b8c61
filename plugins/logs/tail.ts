/** Reads lines of a growing file from its end, or from a cursor on. A line without its newline is not there yet. */
import { open, type FileHandle } from 'node:fs/promises'
import { fail } from './errors.ts'

export interface TailParams { readonly cursor?: number | undefined; readonly limit: number; readonly maxBytes: number }
export interface Tail { file: string; cursor: number; size: number; lines: string[]; truncated?: boolean; reset?: boolean; skippedBytes?: number }
type Part = Pick<Tail, 'cursor' | 'lines' | 'truncated' | 'skippedBytes'>

const newline = 0x0a
const chunkBytes = 64 * 1024

/**
 * Without a cursor the last `limit` lines, as far as `maxBytes` go. With one the next lines after it, none skipped:
 * whoever is behind gets them over several calls. Throws NEXUS_LOGS_UNREADABLE.
 */
export async function tail(file: string, { cursor, limit, maxBytes }: TailParams): Promise<Tail> {
  const handle = await openIfThere(file)
  const reset = cursor !== undefined && cursor > 0
  if (!handle) return { file, cursor: 0, size: 0, lines: [], ...(reset && { reset }) }
  try {
    const { size } = await handle.stat()
    if (cursor !== undefined && cursor <= size) return { file, size, ...(await after(handle, cursor, size, limit, maxBytes)) }
    return { file, size, ...(await last(handle, size, limit, maxBytes)), ...(reset && { reset }) }
  } finally {
    await handle.close()
  }
}

/** Backwards in chunks, until there are enough line ends or no more bytes to spend. */
async function last(handle: FileHandle, size: number, limit: number, maxBytes: number): Promise<Part> {
  const floor = Math.max(0, size - maxBytes)
  const chunks: Buffer[] = []
  let start = size
  let ends = 0
  while (start > floor && ends <= limit) {
    const from = Math.max(floor, start - chunkBytes)
    const chunk = await read(handle, from, start - from)
    chunks.unshift(chunk)
    ends += countOf(chunk)
    start = from
  }
  const bytes = Buffer.concat(chunks)
  const end = bytes.lastIndexOf(newline) + 1
  const { lines } = split(bytes.subarray(0, end))
  // What the first chunk begins with is the end of a line, unless it is the file's first.
  const whole = start > 0 ? lines.slice(1) : lines
  return { cursor: start + end, lines: whole.slice(-limit), ...(start > 0 && whole.length < limit && { truncated: true }) }
}

async function after(handle: FileHandle, cursor: number, size: number, limit: number, maxBytes: number): Promise<Part> {
  const bytes = await read(handle, cursor, Math.min(size - cursor, maxBytes))
  const { lines, used } = split(bytes, limit)
  // A line longer than may be read at once would otherwise be asked for over and over.
  if (lines.length === 0 && bytes.length === maxBytes) return { cursor: cursor + bytes.length, lines, truncated: true, skippedBytes: bytes.length }
  return { cursor: cursor + used, lines }
}

/** Complete lines, at most `limit`, and how many bytes they take. */
export function split(bytes: Buffer, limit = Infinity): { lines: string[]; used: number } {
  const lines: string[] = []
  let used = 0
  for (let end = bytes.indexOf(newline); end !== -1 && lines.length < limit; end = bytes.indexOf(newline, used)) {
    lines.push(bytes.toString('utf8', used, end))
    used = end + 1
  }
  return { lines, used }
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

function countOf(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count++
  return count
}

export async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw fail('NEXUS_LOGS_UNREADABLE', { file, reason: code }, error)
  }
}
