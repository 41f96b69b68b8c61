/** The newest lines of the transcripts in use, as they were written or last read: a turn reads only what it has not seen. Bounded, for one and for all together. */
import type { LogLine } from '../store/contract.ts'
import { readLine, type ReadLine } from './entries.ts'

/** `bytes` of it, with its end. */
export interface TailLine { readonly offset: number; readonly bytes: number; readonly read: ReadLine }

export interface Tail {
  /** Lines that stand right before the byte `end`, newest last: what is known of them, and no more than `count`. */
  before(end: number, count: number): readonly TailLine[]
  /** Lines that were read, oldest first. Those that go on from what is known are kept. */
  seen(lines: readonly LogLine[]): void
  /** Lines that were written from the byte `offset` on. */
  wrote(lines: readonly string[], offset: number): void
}

/** Parsed when it is first asked for. */
interface Known { readonly offset: number; readonly bytes: number; text: string; read?: ReadLine }

const mostOfOne = 256 * 1024
const mostOfAll = 8 * 1024 * 1024

/** Makes tails that share one bound: of what is beyond it, the ones unused for longest are forgotten. */
export function createTails(limits: { readonly one?: number; readonly all?: number } = {}): () => Tail {
  const { one: mostBytes, all: mostTogether } = { one: mostOfOne, all: mostOfAll, ...limits }
  const used = new Map<object, { readonly bytes: number; forget(): void }>() // longest unused first
  let together = 0

  function count(key: object, bytes: number, forget: () => void): void {
    together += bytes - (used.get(key)?.bytes ?? 0)
    used.delete(key)
    if (bytes > 0) used.set(key, { bytes, forget })
    for (const [other, one] of used) {
      if (together <= mostTogether) return
      together -= one.bytes
      used.delete(other)
      one.forget()
    }
  }

  return () => {
    const key = {}
    let lines: Known[] = [] // one behind the other in the log
    let bytes = 0
    const forget = (): void => { [lines, bytes] = [[], 0] }
    const endOf = (): number => { const last = lines.at(-1); return last ? last.offset + last.bytes : -1 }

    /** So many more bytes than before, of which as many of the newest lines stay as may be kept. */
    function keep(all: Known[], more: number): void {
      bytes += more
      let from = 0
      for (; from < all.length && bytes > mostBytes; from++) bytes -= all[from]!.bytes
      lines = from === 0 ? all : all.slice(from)
      count(key, bytes, forget)
    }

    return {
      before(end, most) {
        const upTo = endOf() === end ? lines.length : lines.findIndex(({ offset }) => offset === end)
        if (upTo <= 0) return []
        count(key, bytes, forget)
        return lines.slice(Math.max(0, upTo - most), upTo).map((line) => ({ offset: line.offset, bytes: line.bytes, read: line.read ??= parsed(line) }))
      },
      seen(found) {
        const last = found.at(-1)
        if (!last || (lines.length > 0 && lines[0]!.offset !== last.end)) return
        keep([...found.map(({ offset, end, text }): Known => ({ offset, bytes: end - offset, text })), ...lines], last.end - found[0]!.offset)
      },
      wrote(texts, offset) {
        let at = offset
        const made = texts.map((text): Known => {
          const line = { offset: at, bytes: Buffer.byteLength(text) + 1, text }
          at += line.bytes
          return line
        })
        if (endOf() !== offset) forget()
        lines.push(...made)
        keep(lines, at - offset)
      },
    }
  }
}

function parsed(line: Known): ReadLine {
  const read = readLine(line.text, line.offset)
  line.text = ''
  return read
}
