/** Zip files by hand, for the same reason as tar. */
import { deflate, writing, type Piece } from './packed.ts'
import type { Entry } from './schema-packages.ts'

const modes = { file: 0o100644, dir: 0o040755, symlink: 0o120777, hardlink: 0o100644, chardev: 0o020644, blockdev: 0o060644, fifo: 0o010644 } as const

export function writeZip(file: string, entries: readonly Entry[], content: (entry: Entry) => readonly Piece[], rounds: (entry: Entry) => number): void {
  writing(file, (write) => {
    const central: Buffer[] = []
    let at = 0
    const put = (bytes: Buffer): void => {
      at += bytes.length
      write(bytes)
    }
    for (const entry of entries) {
      const times = rounds(entry)
      for (let n = 0; n < times; n++) central.push(written(entry, Buffer.from(times > 1 ? entry.name.replace('#', String(n)) : entry.name), at, put, content))
    }
    const start = at
    for (const one of central) put(one)
    const end = Buffer.alloc(22)
    end.write('PK\x05\x06', 'latin1')
    const listed = Math.min(central.length, 0xffff)
    end.writeUInt16LE(listed, 8)
    end.writeUInt16LE(listed, 10)
    end.writeUInt32LE(at - start, 12)
    end.writeUInt32LE(start, 16)
    put(end)
  })
}

/** Gives its line for the list at the end. What its data came to stands only there, as where a zip is written as a stream. */
function written(entry: Entry, name: Buffer, at: number, put: (bytes: Buffer) => void, content: (entry: Entry) => readonly Piece[]): Buffer {
  const { type = 'file', link } = entry
  const local = Buffer.alloc(30)
  local.write('PK\x03\x04', 'latin1')
  local.writeUInt16LE(20, 4)
  local.writeUInt16LE(8, 6)
  local.writeUInt16LE(8, 8)
  local.writeUInt16LE(name.length, 26)
  put(Buffer.concat([local, name]))
  const { size, packed, crc } = deflate(type === 'file' ? content(entry) : [{ bytes: Buffer.from(link ?? ''), times: 1 }], put)
  const sums = Buffer.alloc(12)
  sums.writeUInt32LE(crc >>> 0, 0)
  sums.writeUInt32LE(packed % 2 ** 32, 4)
  sums.writeUInt32LE(size % 2 ** 32, 8)
  put(Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), sums]))
  const line = Buffer.alloc(46)
  line.write('PK\x01\x02', 'latin1')
  line.writeUInt16LE(0x0314, 4)
  line.writeUInt16LE(20, 6)
  line.writeUInt16LE(8, 8)
  line.writeUInt16LE(8, 10)
  sums.copy(line, 16)
  line.writeUInt16LE(name.length, 28)
  line.writeUInt32LE(modes[type] * 2 ** 16, 38)
  line.writeUInt32LE(at % 2 ** 32, 42)
  return Buffer.concat([line, name])
}
