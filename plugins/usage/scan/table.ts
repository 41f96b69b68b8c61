/** Numbers by two small keys, side by side in one array: sums that take no more room than they must, in memory and on disk. */

export interface Table {
  readonly width: number
  readonly size: number
  /** Adds `values[from…]` to the row of the two keys: both whole numbers from 0. `sign` -1 takes away. */
  add(a: number, b: number, values: ArrayLike<number>, from?: number, sign?: 1 | -1): void
  /** The row of the two keys, made if there is none. */
  at(a: number, b: number): number
  /** Adds to one column of a row. */
  bump(row: number, column: number, by: number): void
  /** `data[at]` is `a`, then `b`, then the values. Rows that have come to nothing are there too. */
  each(visit: (data: Float64Array, at: number) => void): void
  /** The rows as they stand, for sending: a copy of `size × (2 + width)` numbers. */
  copy(): Float64Array<ArrayBuffer>
  readonly bytes: number
}

export function createTable(width: number, given?: Float64Array): Table {
  const stride = width + 2
  /** By the first key, then by the second: small whole numbers are found quickest. */
  const rows = new Map<number, Map<number, number>>()
  let data = new Float64Array(Math.max(8 * stride, given?.length ?? 0))
  let size = 0
  let lastA = -1
  let own = new Map<number, number>()

  function at(a: number, b: number): number {
    if (a !== lastA) {
      const found = rows.get(a)
      own = found ?? new Map()
      if (found === undefined) rows.set(a, own)
      lastA = a
    }
    let row = own.get(b)
    if (row === undefined) {
      row = size++ * stride
      if (row + stride > data.length) {
        const larger = new Float64Array(data.length * 2)
        larger.set(data)
        data = larger
      }
      data[row] = a
      data[row + 1] = b
      own.set(b, row)
    }
    return row
  }

  function add(a: number, b: number, values: ArrayLike<number>, from = 0, sign: 1 | -1 = 1): void {
    const row = at(a, b) + 2
    for (let i = 0; i < width; i++) data[row + i] = (data[row + i] as number) + sign * (values[from + i] as number)
  }

  if (given) for (let i = 0; i < given.length; i += stride) add(given[i] as number, given[i + 1] as number, given, i + 2)

  return {
    width, add,
    get size() { return size },
    at,
    bump(row, column, by) {
      const place = row + 2 + column
      data[place] = (data[place] as number) + by
    },
    each(visit) {
      for (let row = 0; row < size; row++) visit(data, row * stride)
    },
    copy: () => data.slice(0, size * stride),
    get bytes() { return data.byteLength + rows.size * 200 + size * 24 },
  }
}

/** A table in few bytes, as base64: rows in order of their keys, of each the difference to the one before and the columns that are not 0. */
export function encodeTable(table: Table): string {
  const stride = table.width + 2
  const data = table.copy()
  const order = Array.from({ length: table.size }, (_, i) => i * stride).sort((x, y) => (data[x] as number) - (data[y] as number) || (data[x + 1] as number) - (data[y + 1] as number))
  let out = Buffer.allocUnsafe(Math.max(64, table.size * 24))
  let at = 0
  const put = (value: number): void => {
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128
    out[at++] = rest
  }
  let last = 0
  for (const row of order) {
    if (at + stride * 8 + 16 > out.length) out = Buffer.concat([out, Buffer.allocUnsafe(out.length)])
    let mask = 0
    for (let i = 0; i < table.width; i++) if (data[row + 2 + i] !== 0) mask |= 1 << i
    if (mask === 0) continue
    put((data[row] as number) - last)
    last = data[row] as number
    put(data[row + 1] as number)
    put(mask)
    for (let i = 0; i < table.width; i++) if (mask & (1 << i)) put(data[row + 2 + i] as number)
  }
  return out.toString('base64', 0, at)
}

/** `places`: what to put for each second key. */
export function decodeTable(width: number, text: string, places?: readonly number[]): Table {
  const bytes = Buffer.from(text, 'base64')
  const table = createTable(width)
  const values = new Float64Array(width)
  let at = 0
  const take = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  let a = 0
  while (at < bytes.length) {
    a += take()
    const b = take()
    const mask = take()
    for (let i = 0; i < width; i++) values[i] = mask & (1 << i) ? take() : 0
    table.add(a, places ? places[b] as number : b, values)
  }
  return table
}
