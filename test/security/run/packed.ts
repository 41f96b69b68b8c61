/** Bytes that are too many to be held, and their gzip form: what repeats is packed once and written as often as it takes. */
import { closeSync, openSync, truncateSync, writeSync } from 'node:fs'
import { constants, crc32, deflateRawSync } from 'node:zlib'

/** The same bytes so many times. */
export interface Piece { readonly bytes: Buffer; readonly times: number }
export const once = (bytes: Buffer): Piece => ({ bytes, times: 1 })

const unit = 1024 * 1024
const deflated = (bytes: Buffer): Buffer => deflateRawSync(bytes, { level: 6, finishFlush: constants.Z_FULL_FLUSH })

/** In chunks that can be packed each on its own. */
function* chunked(pieces: Iterable<Piece>): Generator<Piece> {
  let held: Buffer[] = []
  let size = 0
  function* flush(): Generator<Piece> {
    if (size > 0) yield once(Buffer.concat(held))
    held = []
    size = 0
  }
  for (const { bytes, times } of pieces) {
    const each = Math.max(1, Math.ceil(unit / Math.max(1, bytes.length)))
    if (times >= 2 * each) {
      yield* flush()
      const whole = Buffer.alloc(bytes.length * each, bytes)
      yield { bytes: whole, times: Math.floor(times / each) }
    }
    for (let left = times >= 2 * each ? times % each : times; left > 0; left--) {
      held.push(bytes)
      if ((size += bytes.length) >= unit) yield* flush()
    }
  }
  yield* flush()
}

export interface Deflated { readonly size: number; readonly packed: number; readonly crc: number }

/** Writes one deflate stream through `write` and tells what was in it. */
export function deflate(pieces: Iterable<Piece>, write: (bytes: Buffer) => void): Deflated {
  let [size, packed, crc] = [0, 0, 0]
  const put = (bytes: Buffer): void => {
    packed += bytes.length
    write(bytes)
  }
  for (const { bytes, times } of chunked(pieces)) {
    const small = deflated(bytes)
    const [sum, past] = [crc32(bytes), pastBytes(bytes.length)]
    for (let i = 0; i < times; i++) {
      put(small)
      // The checksum of both is right without what repeats being read again: else a reader's complaint would be about that.
      crc = (applied(past, crc) ^ sum) >>> 0
      size += bytes.length
    }
  }
  put(Buffer.from([3, 0]))
  return { size, packed, crc }
}

// ── What CRC-32 becomes when so many bytes follow: a matrix over GF(2), a column for each bit ──

type Matrix = readonly number[]
const applied = (matrix: Matrix, value: number): number => matrix.reduce((sum, column, bit) => (value >>> bit & 1 ? sum ^ column : sum), 0)
const multiplied = (a: Matrix, b: Matrix): Matrix => b.map((column) => applied(a, column))
const oneBit: Matrix = Array.from({ length: 32 }, (_, bit) => (bit === 0 ? 0xedb88320 : 1 << (bit - 1)))

function pastBytes(length: number): Matrix {
  let power = oneBit
  let past: Matrix = Array.from({ length: 32 }, (_, bit) => 1 << bit)
  for (let bits = length * 8; bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) past = multiplied(power, past)
    power = multiplied(power, power)
  }
  return past
}

export function writeGzip(file: string, pieces: Iterable<Piece>): void {
  writing(file, (write) => {
    write(Buffer.from('1f8b0800000000000003', 'hex'))
    const { size, crc } = deflate(pieces, write)
    const end = Buffer.alloc(8)
    end.writeUInt32LE(crc >>> 0, 0)
    end.writeUInt32LE(size % 2 ** 32, 4)
    write(end)
  })
}

export const writePlain = (file: string, pieces: Iterable<Piece>): void => writing(file, (write) => {
  for (const { bytes, times } of pieces) for (let i = 0; i < times; i++) write(bytes)
})

export function writing(file: string, work: (write: (bytes: Buffer) => void) => void): void {
  const fd = openSync(file, 'wx', 0o600)
  try {
    work((bytes) => { for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at) })
  } finally {
    closeSync(fd)
  }
}

export const cutOff = truncateSync
