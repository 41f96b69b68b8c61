/** Finding lines in bytes, forwards and backwards, in chunks: never the whole file. */
import type { LogLine } from './contract.ts'

/** Up to `length` bytes at `offset`; fewer only where the file ends. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>

const chunk = 64 * 1024
const newline = 0x0a

/** The byte after the last newline before `end`, 0 if there is none. */
export async function lastLineEnd(readAt: ReadAt, end: number): Promise<number> {
  for (let upTo = end; upTo > 0;) {
    const from = Math.max(0, upTo - chunk)
    const at = (await readAt(from, upTo - from)).lastIndexOf(newline)
    if (at !== -1) return from + at + 1
    upTo = from
  }
  return 0
}

/** Complete lines from the byte `from` up to `end`, oldest first. */
export async function* linesFrom(readAt: ReadAt, from: number, end: number, limit = Infinity): AsyncGenerator<LogLine> {
  let held: Buffer = Buffer.alloc(0)
  let start = from
  let given = 0
  while (given < limit && start + held.length < end) {
    // A long line makes the chunks grow with it, so that joining them stays linear.
    const more = await readAt(start + held.length, Math.min(Math.max(chunk, held.length), end - start - held.length))
    if (more.length === 0) return
    const searched = held.length
    held = held.length === 0 ? more : Buffer.concat([held, more])
    let begin = 0
    for (let at = held.indexOf(newline, searched); at !== -1 && given < limit; at = held.indexOf(newline, begin)) {
      yield { offset: start + begin, end: start + at + 1, text: held.toString('utf8', begin, at) }
      given++
      begin = at + 1
    }
    held = held.subarray(begin)
    start += begin
  }
}

/** The last `count` complete lines before the byte `end`, oldest first; at most `maxBytes` of them, but one at least. */
export async function linesBefore(readAt: ReadAt, end: number, count: number, maxBytes: number): Promise<LogLine[]> {
  const last = await lastLineEnd(readAt, end)
  let held: Buffer = Buffer.alloc(0)
  let start = last
  const ends: number[] = [] // absolute, newest first, each the byte after a newline
  while (start > 0 && ends.length <= count && (ends.length < 2 || last - start < maxBytes)) {
    const length = Math.min(Math.max(chunk, held.length), start)
    const more = await readAt(start - length, length)
    if (more.length < length) return [] // the log was removed meanwhile
    start -= length
    for (let at = more.lastIndexOf(newline); at !== -1; at = at === 0 ? -1 : more.lastIndexOf(newline, at - 1)) ends.push(start + at + 1)
    held = held.length === 0 ? more : Buffer.concat([more, held])
  }
  if (start === 0) ends.push(0)
  const lines: LogLine[] = []
  for (let i = 0; i + 1 < ends.length && i < count; i++) {
    const to = ends[i] as number
    const offset = ends[i + 1] as number
    if (i > 0 && last - offset > maxBytes) break
    lines.push({ offset, end: to, text: held.toString('utf8', offset - start, to - start - 1) })
  }
  return lines.reverse()
}
