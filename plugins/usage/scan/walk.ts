/**
 * Steps over JSON in bytes, from value to value, without making anything of what is not wanted: a text of a megabyte
 * is one search for its end. Structure is followed exactly, so what looks like a field inside a text is never one.
 */
import { createRecognize, decoded, type Word, word } from './words.ts'

const quote = 0x22
const escape = 0x5c
const comma = 0x2c
const colon = 0x3a
const openObject = 0x7b
const closeObject = 0x7d
const openArray = 0x5b
const closeArray = 0x5d
/** Most texts end within so many bytes; a search by the machine pays only for longer ones. */
const near = 128
/** How an array of parts ends, and how the name of every part of a tool's begins. */
const lastPart = Buffer.from('}]')
const ofTools = Buffer.from('"tool')
const powers = Array.from({ length: 23 }, (_, i) => 10 ** i)

/** `at` is where it stands. Every step gives `false` where the line is no JSON, and then nothing more is to be asked of it. */
export interface Walk {
  /** Begins anew between two bytes. */
  on(bytes: Buffer, from: number, to: number): void
  readonly at: number
  /** The byte it stands on, -1 at the end. */
  peek(): number
  /** Past the value that begins here. */
  skip(): boolean
  /** Calls for every key of the object that begins here with its place among the known words; `each` goes past the value. */
  object(each: (key: number) => boolean): boolean
  array(each: () => boolean): boolean
  /**
   * Past the array of parts that begins here, by looking for its end alone; `false` where that is not plain to see, and
   * for one that may have parts of tools in it: then nothing has moved. What it takes for the end is that of a text, but
   * may lie deeper. Then the rest of the line has more ends than beginnings, so whoever goes on is sure to fail.
   */
  leap(): boolean
  /** Past the text that begins here: then `from` and `to` are around what is between its quotes. `false` also for what is no text. */
  text(): boolean
  /** Past the number that begins here: NaN for a value that is none, `undefined` where no value begins. */
  number(): number | undefined
  readonly from: number
  readonly to: number
  /** Whether nothing but space follows. */
  ended(): boolean
}

export function createWalk(): Walk {
  const recognize = createRecognize()
  let bytes: Buffer = Buffer.alloc(0)
  /** The same bytes by fours, and how far their first is from a multiple of four. */
  let words: Int32Array = new Int32Array(0)
  let shift = 0
  let at = 0
  let end = 0
  let from = 0
  let to = 0

  function space(): number {
    let byte = at < end ? bytes[at] as number : -1
    while (byte === 0x20 || byte === 0x0d || byte === 0x09) byte = ++at < end ? bytes[at] as number : -1
    return byte
  }

  /** The quote that ends the text that begins at `start`, or -1. A quote after an odd number of backslashes ends nothing. */
  function closing(start: number): number {
    let i = start
    for (;;) {
      const found = nextQuote(i)
      if (found < 0 || bytes[found - 1] !== escape || found === start) return found
      let before = found - 2
      while (before >= start && bytes[before] === escape) before--
      if (((found - before) & 1) === 1) return found
      i = found + 1
    }
  }

  /** Four bytes at a time while it is near; beyond that the machine's own search is quicker. */
  function nextQuote(start: number): number {
    const data = bytes
    const last = end
    const aligned = start + ((4 - ((start + shift) & 3)) & 3)
    let i = start
    for (const until = aligned < last ? aligned : last; i < until; i++) if (data[i] === quote) return i
    const most = i + near < last ? i + near : last
    for (let word = (i + shift) >> 2; i + 4 <= most; word++) {
      const four = (words[word] as number) ^ 0x22222222
      if (((four - 0x01010101) & ~four & 0x80808080) !== 0) break
      i += 4
    }
    for (const until = i + 4 < last ? i + 4 : last; i < until; i++) if (data[i] === quote) return i
    if (i >= last) return -1
    const found = data.indexOf(quote, i)
    return found < last ? found : -1
  }

  /** The number that begins here; NaN for a value that is none, `undefined` where no value begins. Beyond 15 digits the rest is left out. */
  function number(): number | undefined {
    const first = space()
    if (first !== 0x2d && (first < 0x30 || first > 0x39)) return skip() ? NaN : undefined
    const start = at
    let value = 0
    let digits = 0
    let scale = 0
    let i = start
    let point = false
    for (; i < end; i++) {
      const byte = bytes[i] as number
      const digit = byte - 0x30
      if (digit >= 0 && digit <= 9) {
        if (digits < 15) {
          value = value * 10 + digit
          if (value > 0) digits++
          if (point) scale++
        } else if (!point) return slowly(start)
      } else if (byte === 0x2e && !point) point = true
      else if (byte === comma || byte === closeObject || byte === closeArray || byte <= 0x20) break
      else return slowly(start)
    }
    at = i
    return scale === 0 ? value : scale <= 22 ? value / (powers[scale] as number) : slowly(start)
  }
  function slowly(start: number): number | undefined {
    at = start
    return skip() ? Number(bytes.toString('latin1', start, at)) : undefined
  }

  function text(): boolean {
    if (space() !== quote) return false
    from = at + 1
    to = closing(from)
    if (to < 0) return false
    at = to + 1
    return true
  }

  function nested(): boolean {
    const data = bytes
    const last = end
    let depth = 0
    for (let i = at; i < last; i++) {
      const byte = data[i] as number
      if (byte === quote) {
        i = closing(i + 1)
        if (i < 0) return false
      } else if (byte === openObject || byte === openArray) depth++
      else if ((byte === closeObject || byte === closeArray) && --depth === 0) {
        at = i + 1
        return true
      }
    }
    return false
  }

  function skip(): boolean {
    const byte = space()
    if (byte === quote) {
      const close = closing(at + 1)
      at = close + 1
      return close >= 0
    }
    if (byte === openObject || byte === openArray) return nested()
    const start = at
    while (at < end) {
      const one = bytes[at] as number
      if (one === comma || one === closeObject || one === closeArray || one <= 0x20) break
      if (one === quote || one === colon) return false
      at++
    }
    return at > start
  }

  /** After a value: on to the next one, or past the end. */
  function next(close: number): 'more' | 'end' | 'bad' {
    const byte = space()
    at++
    return byte === comma ? 'more' : byte === close ? 'end' : 'bad'
  }

  function object(each: (key: number) => boolean): boolean {
    if (space() !== openObject) return false
    at++
    if (space() === closeObject) {
      at++
      return true
    }
    for (;;) {
      if (!text()) return false
      let key = recognize(bytes, from, to)
      if (key < 0 && hasEscape()) key = word(decoded(bytes, from, to) as Word)
      if (space() !== colon) return false
      at++
      if (!each(key)) return false
      const then = next(closeObject)
      if (then !== 'more') return then === 'end'
    }
  }

  function hasEscape(): boolean {
    for (let i = from; i < to; i++) if (bytes[i] === escape) return true
    return false
  }

  function array(each: () => boolean): boolean {
    if (space() !== openArray) return false
    at++
    if (space() === closeArray) {
      at++
      return true
    }
    for (;;) {
      if (!each()) return false
      const then = next(closeArray)
      if (then !== 'more') return then === 'end'
    }
  }

  function leap(): boolean {
    const rest = bytes.subarray(at, end)
    for (let found = rest.indexOf(lastPart); found > 1; found = rest.indexOf(lastPart, found + 1)) {
      if (rest[found - 1] !== quote || !endsText(rest, found - 1)) continue
      if (rest.subarray(0, found).includes(ofTools)) return false
      at += found + 2
      return true
    }
    return false
  }

  return {
    on(given, start, stop) {
      if (given !== bytes) {
        bytes = given
        shift = given.byteOffset & 3
        words = new Int32Array(given.buffer, given.byteOffset - shift, (given.length + shift) >> 2)
      }
      at = start
      end = stop
    },
    peek: space, skip, object, array, leap, text, number,
    ended: () => space() === -1,
    get at() { return at },
    get from() { return from },
    get to() { return to },
  }
}

/** Whether the quote is sure to end a text: one that begins a text follows on one of these, or on space. */
function endsText(bytes: Uint8Array, at: number): boolean {
  let before = at - 1
  while (bytes[before] === escape) before--
  const last = bytes[before] as number
  return ((at - before) & 1) === 1 && last > 0x20 && last !== colon && last !== comma && last !== openArray && last !== openObject
}
