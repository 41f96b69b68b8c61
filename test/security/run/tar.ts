/** Tar files by hand: a header says whatever the case says. */
import type { Piece } from './packed.ts'
import { once } from './packed.ts'
import type { Entry } from './schema-packages.ts'

const block = 512
const flags = { file: '0', hardlink: '1', symlink: '2', chardev: '3', blockdev: '4', dir: '5', fifo: '6' } as const

export interface Head { readonly name: Buffer; readonly flag: string; readonly size?: number | undefined; readonly mode?: string | undefined; readonly link?: string | undefined; readonly prefix?: string | undefined; readonly wrong?: boolean }

export function header({ name, flag, size = 0, mode = '644', link = '', prefix = '', wrong = false }: Head): Buffer {
  const bytes = Buffer.alloc(block)
  const octal = (value: number, at: number, length: number): void => void bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  name.copy(bytes, 0, 0, 100)
  bytes.write(`${mode.padStart(7, '0')}\0`, 100, 'latin1')
  octal(0, 108, 8)
  octal(0, 116, 8)
  // What octal digits cannot say stands there in binary.
  if (size < 8 ** 11) octal(size, 124, 12)
  else {
    bytes[124] = 0x80
    bytes.writeBigUInt64BE(BigInt(size), 128)
  }
  octal(1_700_000_000, 136, 12)
  bytes.write(flag, 156, 'latin1')
  bytes.write(link, 157, 100)
  bytes.write('ustar\x0000', 257, 'latin1')
  octal(1, 329, 8)
  octal(3, 337, 8)
  bytes.write(prefix, 345, 155)
  let sum = 8 * 0x20
  for (let i = 0; i < block; i++) if (i < 148 || i >= 156) sum += bytes[i]!
  bytes.write(`${(wrong ? sum + 1 : sum).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}

const padding = (size: number): Buffer => Buffer.alloc((block - (size % block)) % block)

/** A header of a kind with all its content. */
export function whole(head: Head, content: readonly Piece[]): Piece[] {
  const size = content.reduce((sum, { bytes, times }) => sum + bytes.length * times, 0)
  return [once(header({ ...head, size: head.size ?? size })), ...content, once(padding(size))]
}

/** `12 path=abc\n`: the number counts itself. */
function paxRecord(name: string, value: string): Buffer {
  const rest = Buffer.from(` ${name}=${value}\n`)
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

/** `content` gives what is in a file; `rounds` how often an entry comes, with its number for `#`. */
export function* tarPieces(entries: readonly Entry[], content: (entry: Entry) => readonly Piece[], rounds: (entry: Entry) => number): Generator<Piece> {
  for (const entry of entries) {
    const times = rounds(entry)
    for (let n = 0; n < times; n++) yield* entryPieces(entry, times > 1 ? entry.name.replace('#', String(n)) : entry.name, content)
  }
  yield once(Buffer.alloc(2 * block))
}

function* entryPieces(entry: Entry, name: string, content: (entry: Entry) => readonly Piece[]): Generator<Piece> {
  const { type = 'file', flag = flags[type], mode, link, prefix, size, pax, global, long, checksum } = entry
  if (pax) yield* whole({ name: Buffer.from('PaxHeader/x'), flag: global ? 'g' : 'x' }, Object.entries(pax).map(([key, value]) => once(paxRecord(key, String(value)))))
  if (long) yield* whole({ name: Buffer.from('././@LongLink'), flag: 'L' }, [once(Buffer.from(`${name}\0`))])
  yield* whole({ name: Buffer.from(name), flag, size, mode: mode ?? (type === 'dir' ? '755' : '644'), link, prefix, wrong: checksum === 'wrong' }, type === 'file' ? content(entry) : [])
}
