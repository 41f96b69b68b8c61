/** One header of a tar file, and the records that may stand before it. Pure. */

export const block = 512

export interface TarHeader {
  readonly path: string
  readonly size: number
  readonly mode: number
  readonly type: 'file' | 'folder' | 'pax' | 'pax-global' | 'long-name'
}

const types: Readonly<Record<string, TarHeader['type']>> = { '0': 'file', '\0': 'file', '7': 'file', '5': 'folder', x: 'pax', g: 'pax-global', L: 'long-name' }
const refused: Readonly<Record<string, string>> = { '1': 'a hard link', '2': 'a symbolic link', '3': 'a device', '4': 'a device', '6': 'a pipe', K: 'a link' }

/** A reason instead of a header for whatever a package has no need of. `undefined`: the end. */
export function parseHeader(bytes: Buffer): TarHeader | string | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined
  const sum = octal(bytes, 148, 8)
  if (sum !== checksum(bytes)) return 'a header whose checksum is wrong'
  const flag = String.fromCharCode(bytes[156] ?? 0)
  const type = types[flag]
  if (!type) return refused[flag] ?? 'an entry of an unknown kind'
  const [size, mode, name, prefix] = [octal(bytes, 124, 12), octal(bytes, 100, 8), text(bytes, 0, 100), isUstar(bytes) ? text(bytes, 345, 155) : '']
  if (size === undefined || mode === undefined) return 'a header with a number that is none'
  if (name === undefined || prefix === undefined) return 'a name that is not UTF-8'
  return { path: prefix ? `${prefix}/${name}` : name, size: type === 'folder' ? 0 : size, mode, type }
}

// The old GNU form has the same magic but for what follows it, and other fields where the prefix would be.
const isUstar = (bytes: Buffer): boolean => bytes.toString('latin1', 257, 263) === 'ustar\0'

/** The records of a pax header that count, or what is wrong with it. */
export function parsePax(bytes: Buffer): { readonly path?: string; readonly size?: number } | string {
  const found: Record<string, string> = {}
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const length = space < 0 || space - at > 8 ? NaN : Number(bytes.toString('latin1', at, space))
    const end = at + length
    if (!Number.isInteger(length) || length < 5 || end > bytes.length || bytes[end - 1] !== 0x0a) return 'a record that is torn'
    const record = utf8(bytes.subarray(space + 1, end - 1))
    const equals = record?.indexOf('=') ?? -1
    if (record === undefined || equals < 1) return 'a record that is none'
    const key = record.slice(0, equals)
    if (key.startsWith('GNU.sparse')) return 'a sparse file'
    found[key] = record.slice(equals + 1)
    at = end
  }
  const { path, size } = found
  if (size !== undefined && !/^\d{1,12}$/.test(size)) return 'a size that is none'
  return { ...(path !== undefined && { path }), ...(size !== undefined && { size: Number(size) }) }
}

/** Text up to the first zero. */
export function text(bytes: Buffer, start: number, length: number): string | undefined {
  const field = bytes.subarray(start, start + length)
  const zero = field.indexOf(0)
  return utf8(zero < 0 ? field : field.subarray(0, zero))
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined // a name that two readers would read differently
  }
}

/** Empty is 0. The binary form is for sizes that nothing here may have. */
function octal(bytes: Buffer, start: number, length: number): number | undefined {
  const digits = bytes.toString('latin1', start, start + length).replace(/^ +|[ \0]+$/g, '')
  return digits === '' ? 0 : /^[0-7]{1,12}$/.test(digits) ? parseInt(digits, 8) : undefined
}

function checksum(bytes: Buffer): number {
  let sum = 8 * 0x20
  for (let i = 0; i < block; i++) if (i < 148 || i >= 156) sum += bytes[i] ?? 0
  return sum
}
