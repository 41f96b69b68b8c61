/** A part of a text file by its lines, without reading more than that takes and without holding a long line. */
import type { FileHandle } from 'node:fs/promises'

const chunkBytes = 65_536
const maxLineChars = 2_000
/** A file is looked through this far for its lines. */
const maxScanBytes = 268_435_456

export interface Window {
  /** Each without its newline; cut at 2,000 characters. */
  readonly lines: readonly string[]
  /** Of the first of them, from 1. */
  readonly from: number
  /** There are more behind them. */
  readonly more: boolean
}

/** `limit` lines from line `from` on, in at most about `maxChars`. `undefined` for what is no text: it has a NUL, or is not UTF-8 where it begins. */
export async function linesFrom(handle: FileHandle, { from, limit, maxChars, signal }: { readonly from: number; readonly limit: number; readonly maxChars: number; readonly signal: AbortSignal }): Promise<Window | undefined> {
  const decoder = new TextDecoder('utf-8')
  const lines: string[] = []
  let [position, number, line, chars] = [0, 1, '', 0]
  const isFull = (): boolean => lines.length >= limit || chars >= maxChars

  /** Whether there is more to want. */
  function take(text: string): boolean {
    for (let start = 0; start < text.length;) {
      const end = text.indexOf('\n', start)
      const piece = text.slice(start, end < 0 ? text.length : end)
      if (isFull()) return false
      if (number >= from && line.length <= maxLineChars) line += piece.slice(0, maxLineChars + 1 - line.length)
      if (end < 0) return true
      finish()
      start = end + 1
    }
    return true
  }
  function finish(): void {
    if (number >= from) {
      lines.push(shown(line))
      chars += line.length + 1
    }
    number++
    line = ''
  }

  for (;;) {
    signal.throwIfAborted()
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    const bytes = buffer.subarray(0, bytesRead)
    if (bytes.includes(0) || (position === 0 && !isUtf8(bytes))) return undefined
    position += bytesRead
    const text = decoder.decode(bytes, { stream: bytesRead > 0 })
    if (!take(text)) return { lines, from, more: true }
    if (bytesRead === 0 || position >= maxScanBytes) break
  }
  if (line !== '' && !isFull()) finish()
  return { lines, from, more: position >= maxScanBytes }
}

const shown = (line: string): string => {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  return text.length > maxLineChars ? `${text.slice(0, maxLineChars)} […]` : text
}

/** The last character may be cut in two. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
