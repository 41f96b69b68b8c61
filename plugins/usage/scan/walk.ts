/**
 * Steps over JSON in bytes, from value to value, without making anything of what is not wanted: a text of a megabyte
 * is one search for its end. Structure is followed exactly, so what looks like a field inside a text is never one.
 * Functions on a plain record, so that they are compiled once, however many transcripts are read.
 */
import { decoded, recognize, type Word, word } from './words.ts'

const quote = 0x22
const escape = 0x5c
const comma = 0x2c
const colon = 0x3a
const openObject = 0x7b
const closeObject = 0x7d
const openArray = 0x5b
const closeArray = 0x5d
/** Up to so far from one quote to the next it is quicker to look, four bytes at a time, than to have the machine search. */
const near = 128
const powers = Array.from({ length: 23 }, (_, i) => 10 ** i)

/** Where it stands in a line. Once the line turns out to be no JSON it stands behind the end, where nothing is found any more. */
export interface Walk {
  bytes: Buffer
  view: DataView
  at: number
  end: number
  /** Around what is between the quotes of the last text. */
  from: number
  to: number
}

/** For a key that is none of the known words, and for none. */
export const unknown = -1
export const none = -2

export const createWalk = (): Walk => ({ bytes: Buffer.alloc(0), view: new DataView(new ArrayBuffer(0)), at: 0, end: 0, from: 0, to: 0 })

/** Begins anew between two bytes. */
export function walkOn(walk: Walk, bytes: Buffer, from: number, to: number): void {
  if (bytes !== walk.bytes) {
    walk.bytes = bytes
    walk.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }
  walk.at = from
  walk.end = to
}
/** Whether all of it was JSON, and nothing follows but space. */
export const isWhole = (walk: Walk): boolean => peek(walk) === -1 && walk.at === walk.end

function fail(walk: Walk): void {
  walk.at = walk.end + 1
}

/** The byte the next value begins with, -1 where there is none. */
export function peek(walk: Walk): number {
  const { bytes, end } = walk
  let { at } = walk
  if (at >= end) return -1
  let byte = bytes[at] as number
  if (byte > 0x20) return byte
  while (byte === 0x20 || byte === 0x0d || byte === 0x09) byte = ++at < end ? bytes[at] as number : -1
  walk.at = at
  return byte
}

/** Past the text that begins here; what is no text is no JSON. */
export function text(walk: Walk): void {
  if (peek(walk) !== quote) return fail(walk)
  const from = walk.at + 1
  const to = closing(walk, from)
  if (to < 0) return fail(walk)
  walk.from = from
  walk.to = to
  walk.at = to + 1
}

/** The quote that ends the text that begins at `start`, or -1. A quote after an odd number of backslashes ends nothing. */
function closing({ bytes, view, end }: Walk, start: number): number {
  for (let i = start; ; i++) {
    const until = Math.min(i + near, end - 3)
    let hits = 0
    for (; i < until; i += 4) {
      const four = view.getInt32(i, true) ^ 0x22222222
      hits = (four - 0x01010101) & ~four & 0x80808080
      if (hits !== 0) break
    }
    // The lowest of the marks is where the first quote is; those above it may be none.
    if (hits !== 0) i += (31 - Math.clz32(hits & -hits)) >> 3
    else i = bytes.indexOf(quote, i)
    if (i < 0 || i >= end) return -1
    if (bytes[i - 1] !== escape || i === start) return i
    let before = i - 2
    while (before >= start && bytes[before] === escape) before--
    if (((i - before) & 1) === 1) return i
  }
}

/** Past the value that begins here. */
export function skip(walk: Walk): void {
  const byte = peek(walk)
  if (byte === quote) {
    const close = closing(walk, walk.at + 1)
    return close < 0 ? fail(walk) : void (walk.at = close + 1)
  }
  if (byte === openObject || byte === openArray) return nested(walk)
  const { bytes, end, at: start } = walk
  let at = start
  for (; at < end; at++) {
    const one = bytes[at] as number
    if (one === comma || one === closeObject || one === closeArray || one <= 0x20) break
    if (one === quote || one === colon) return fail(walk)
  }
  if (at <= start) return fail(walk)
  walk.at = at
}

function nested(walk: Walk): void {
  const { bytes, end } = walk
  let depth = 0
  for (let i = walk.at; i < end; i++) {
    const byte = bytes[i] as number
    if (byte === quote) {
      i = closing(walk, i + 1)
      if (i < 0) return fail(walk)
    } else if (byte === openObject || byte === openArray) depth++
    else if ((byte === closeObject || byte === closeArray) && --depth === 0) {
      walk.at = i + 1
      return
    }
  }
  fail(walk)
}

/** Past the number that begins here; NaN for a value that is none. `rough`: what is beyond 15 digits may be left out, which is quicker. */
export function number(walk: Walk, rough = false): number {
  const first = peek(walk)
  if (first < 0x30 || first > 0x39) return slowly(walk)
  const { bytes, end, at: start } = walk
  let value = first - 0x30
  let scale = 0
  let i = start + 1
  let byte = i < end ? bytes[i] as number : -1
  for (; byte >= 0x30 && byte <= 0x39; byte = ++i < end ? bytes[i] as number : -1) value = value * 10 + byte - 0x30
  if (i - start > 15) return slowly(walk)
  if (byte === 0x2e) {
    byte = ++i < end ? bytes[i] as number : -1
    for (; byte >= 0x30 && byte <= 0x39; byte = ++i < end ? bytes[i] as number : -1) {
      if (value >= 1e14) {
        if (!rough) return slowly(walk)
        continue
      }
      value = value * 10 + byte - 0x30
      scale++
    }
  }
  if (scale > 22 || !(byte === comma || byte === closeObject || byte === closeArray || byte <= 0x20)) return slowly(walk)
  walk.at = i
  return scale === 0 ? value : value / (powers[scale] as number)
}
function slowly(walk: Walk): number {
  const start = walk.at
  const first = peek(walk)
  skip(walk)
  return first === 0x2d || (first >= 0x30 && first <= 0x39) ? Number(walk.bytes.toString('latin1', start, walk.at)) : NaN
}

/** Into the object that begins here, to the value of its first key, whose place among the known words it gives; `unknown` for any other, `none` for an empty one. */
export function firstKey(walk: Walk): number {
  if (peek(walk) !== openObject) return failed(walk)
  walk.at++
  if (peek(walk) !== closeObject) return key(walk)
  walk.at++
  return none
}
/** From the end of a value to the next one of the object; `none` when it has ended, and is left. */
export function nextKey(walk: Walk): number {
  const byte = peek(walk)
  walk.at++
  return byte === comma ? key(walk) : byte === closeObject ? none : failed(walk)
}
function key(walk: Walk): number {
  text(walk)
  const { bytes, from, to } = walk
  if (peek(walk) !== colon) return failed(walk)
  walk.at++
  const known = recognize(bytes, from, to)
  return known < 0 && hasEscape(bytes, from, to) ? word(decoded(bytes, from, to) as Word) : known
}
function failed(walk: Walk): typeof none {
  fail(walk)
  return none
}
function hasEscape(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] === escape) return true
  return false
}

/** Into the array that begins here, to its first value; `false` for an empty one. */
export function firstItem(walk: Walk): boolean {
  if (peek(walk) !== openArray) return failed(walk) !== none
  walk.at++
  if (peek(walk) !== closeArray) return true
  walk.at++
  return false
}
/** From the end of a value to the next one of the array; `false` when it has ended, and is left. */
export function nextItem(walk: Walk): boolean {
  const byte = peek(walk)
  walk.at++
  return byte === comma || (byte !== closeArray && failed(walk) !== none)
}
