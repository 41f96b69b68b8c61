/**
 * Reads a package's tarball, and nothing but what a package may hold: files and folders, in bounds, each name once.
 * It is read as a stream, so that a bomb is stopped while it goes off. What is written is below `dir` or not at all.
 */
import { createReadStream } from 'node:fs'
import { chmod, mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { fail } from '../errors.ts'
import { block, parseHeader, parsePax, text, type TarHeader } from './tar-header.ts'
import { packageNames } from './tar-names.ts'

export interface ArchiveLimits { readonly entries: number; readonly bytes: number; readonly ratio: number }
export const archiveLimits: ArchiveLimits = { entries: 10_000, bytes: 100 * 1024 * 1024, ratio: 100 }
/** Of everything that a plugin depends on, each copy of it. */
export const togetherLimits = { entries: 50_000, bytes: 200 * 1024 * 1024 } as const
export interface Unpacked { readonly entries: number; readonly files: number; readonly bytes: number }

/** Small files of zeros are no bombs. */
const harmless = 1024 * 1024
/** Of a record that stands before an entry. */
const longestRecord = 64 * 1024

/** Where it goes. Paths are below the package's folder, which is the empty one. */
interface Sink {
  folder(path: string): Promise<void>
  file(path: string, mode: number, parts: AsyncIterable<Buffer>): Promise<void>
}

/** `dir` must not exist. Throws NEXUS_PLUGINS_ARCHIVE with the reason; what was written until then is the caller's to remove. */
export const unpack = (file: string, dir: string, limits: ArchiveLimits = archiveLimits): Promise<Unpacked> => readArchive(file, diskSink(dir), limits)

/** Reads all of it and writes nothing. Throws as `unpack` does. */
export const inspect = (file: string, limits: ArchiveLimits = archiveLimits): Promise<Unpacked> => readArchive(file, noSink, limits)

const noSink: Sink = {
  folder: () => Promise.resolve(),
  async file(_path, _mode, parts) { for await (const _ of parts); },
}

function diskSink(dir: string): Sink {
  const made = new Set<string>()

  async function folder(path: string): Promise<void> {
    if (made.has(path)) return
    if (path !== dir) await folder(dirname(path))
    await mkdir(path, { mode: 0o700 })
    await chmod(path, 0o700)
    made.add(path)
  }

  return {
    folder: (path) => folder(join(dir, path)),
    async file(path, mode, parts) {
      const target = join(dir, path)
      await folder(dirname(target))
      const handle: FileHandle = await open(target, 'wx', mode)
      try {
        await handle.chmod(mode)
        for await (const part of parts) await handle.writeFile(part)
      } finally {
        await handle.close()
      }
    },
  }
}

async function readArchive(file: string, sink: Sink, limits: ArchiveLimits): Promise<Unpacked> {
  const reader = archiveReader(file, limits)
  const names = packageNames()
  let [entries, files] = [0, 0]
  let next: { path?: string; size?: number } = {}

  async function entry(header: TarHeader): Promise<void> {
    const { type, mode } = header
    const size = next.size ?? header.size
    if (type === 'pax' || type === 'pax-global' || type === 'long-name') return record(type, header.size)
    const path = next.path ?? header.path
    next = {}
    const name = names.take(path, type === 'folder' || path.endsWith('/') ? 'folder' : 'file')
    if (typeof name === 'string') throw refused(name)
    if (type === 'folder' || path.endsWith('/')) {
      if (size > 0) throw refused('a folder with content')
      return sink.folder(name.path)
    }
    // Of the mode only "may be run" is kept; who may run it is nobody but the owner.
    await sink.file(name.path, mode & 0o100 ? 0o700 : 0o600, reader.parts(size))
    await reader.take(padding(size))
    files++
  }

  async function record(type: TarHeader['type'], size: number): Promise<void> {
    if (size > longestRecord) throw refused('a name that is too long')
    const bytes = await reader.take(size)
    await reader.take(padding(size))
    if (type === 'long-name') {
      const path = text(bytes, 0, size)
      if (path === undefined) throw refused('a name that is not UTF-8')
      next = { ...next, path }
      return
    }
    const found = parsePax(bytes)
    if (typeof found === 'string') throw refused(found)
    // What is said for all entries at once cannot be a name, and nobody needs the rest.
    if (type === 'pax-global' && Object.keys(found).length > 0) throw refused('a name for all files')
    if (type === 'pax') next = found
  }

  try {
    await sink.folder('')
    for (;;) {
      const header = parseHeader(await reader.take(block))
      if (header === undefined) break
      if (typeof header === 'string') throw refused(header)
      if (++entries > limits.entries) throw refused(`more than ${limits.entries} entries`)
      await entry(header)
    }
    if (files === 0) throw refused('no files')
    return { entries, files, bytes: reader.bytes() }
  } finally {
    reader.close()
  }
}

const padding = (size: number): number => (block - (size % block)) % block
const refused = (reason: string): Error => fail('NEXUS_PLUGINS_ARCHIVE', { reason: `it has ${reason}` })

interface Reader {
  /** Exactly so many bytes. */
  take(size: number): Promise<Buffer>
  parts(size: number): AsyncGenerator<Buffer>
  /** Unpacked so far. */
  bytes(): number
  close(): void
}

function archiveReader(file: string, limits: ArchiveLimits): Reader {
  const packed = createReadStream(file)
  const gunzip = createGunzip({ chunkSize: 64 * 1024 })
  packed.on('error', (error) => gunzip.destroy(error))
  // It may fail before somebody reads on, or when nobody will: whoever reads is told, and nobody else has to be.
  gunzip.on('error', () => packed.destroy())
  const chunks = packed.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let rest: Buffer = Buffer.alloc(0)
  let total = 0

  async function more(): Promise<void> {
    const { done, value } = await chunks.next().catch((error: unknown) => { throw fail('NEXUS_PLUGINS_ARCHIVE', { reason: 'it is no tarball that gzip has packed' }, error) })
    if (done) throw fail('NEXUS_PLUGINS_ARCHIVE', { reason: 'it is cut off' })
    total += value.length
    if (total > limits.bytes) throw refused(`more than ${limits.bytes / 1024 / 1024} MB`)
    if (total > harmless && total > packed.bytesRead * limits.ratio) throw refused(`more than ${limits.ratio} times as much in it as it is large`)
    rest = rest.length === 0 ? value : Buffer.concat([rest, value])
  }

  async function take(size: number): Promise<Buffer> {
    while (rest.length < size) await more()
    const taken = rest.subarray(0, size)
    rest = rest.subarray(size)
    return taken
  }

  async function* parts(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      if (rest.length === 0) await more()
      const part = rest.subarray(0, left)
      rest = rest.subarray(part.length)
      left -= part.length
      yield part
    }
  }

  return {
    take, parts,
    bytes: () => total,
    close() {
      packed.destroy()
      gunzip.destroy()
    },
  }
}
