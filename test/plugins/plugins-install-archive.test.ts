/** Tarballs: what a package may hold comes out as it is, all else is refused, and nothing is ever written beside the folder. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unpack } from '../../plugins/plugins/install/archive.ts'
import { packageTarball, paxRecord, tar, tarEntry, tgz, type TarEntry } from '../fixtures/tar.ts'

let dir: string
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'nexus-tar-')) })
afterEach(() => rm(dir, { recursive: true, force: true }))

async function unpacked(bytes: Buffer, limits?: Parameters<typeof unpack>[2]): Promise<Record<string, string>> {
  await writeFile(join(dir, 'in.tgz'), bytes)
  await unpack(join(dir, 'in.tgz'), join(dir, 'out'), limits)
  return contents(join(dir, 'out'))
}

async function contents(from: string): Promise<Record<string, string>> {
  const names = await readdir(from, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file.slice(from.length + 1), await readFile(file, 'utf8')] as const)))
}

const good: TarEntry = { path: 'package/package.json', body: '{}' }
const file = (path: string, more: Partial<TarEntry> = {}): TarEntry => ({ path, body: 'x', ...more })

describe('what a package may hold', () => {
  test('files in folders, with long and foreign names', async () => {
    const long = `lib/${'a'.repeat(90)}/${'b'.repeat(90)}.js`
    expect(await unpacked(tgz([
      { path: 'package/', type: '5' }, good, file('package/lib/deep/x.js'),
      { path: 'x', type: 'x', body: paxRecord('path', `package/${long}`) }, file('package/short'),
      { path: '././@LongLink', type: 'L', body: 'package/from-gnu.js\0' }, file('package/cut'),
      { path: 'pax_global_header', type: 'g', body: paxRecord('comment', '0123456789abcdef') },
      file('package/größe.txt'),
    ]))).toEqual({ 'package.json': '{}', 'lib/deep/x.js': 'x', [long]: 'x', 'from-gnu.js': 'x', 'größe.txt': 'x' })
  })

  test('any one folder at the top, also with ./ before it', async () => {
    expect(await unpacked(tgz([file('./weather-1.0/a'), file('./weather-1.0/b')]))).toEqual({ a: 'x', b: 'x' })
  })

  test('runs nothing as anybody else: of the mode only "may be run" stays', async () => {
    await unpacked(tgz([file('package/run', { mode: 0o6755 }), file('package/read', { mode: 0o6666 })]))
    const mode = async (name: string): Promise<number> => (await stat(join(dir, 'out', name))).mode & 0o7777
    expect([await mode('run'), await mode('read'), await mode('')]).toEqual([0o700, 0o600, 0o700])
  })
})

describe('what is refused', () => {
  test.each([
    ['an absolute path', [file('/etc/passwd')]],
    ['a drive', [file('C:/windows/x')]],
    ['a way out', [good, file('package/../../x')]],
    ['a way out and back', [good, file('package/a/../../package/x')]],
    ['a way out in a pax name', [good, { path: 'x', type: 'x', body: paxRecord('path', '../../x') }, file('package/x')]],
    ['a way out in a GNU name', [good, { path: 'x', type: 'L', body: '../../x\0' }, file('package/x')]],
    ['a way out by way of the root', [good, file('../package/x')]],
    ['a backslash', [good, file('package/..\\x')]],
    ['a symbolic link', [good, { path: 'package/l', type: '2', link: '/etc/passwd' }]],
    ['a link and a file through it', [good, { path: 'package/l', type: '2', link: '/tmp' }, file('package/l/x')]],
    ['a hard link', [good, { path: 'package/l', type: '1', link: 'package/package.json' }]],
    ['a character device', [good, { path: 'package/d', type: '3' }]],
    ['a block device', [good, { path: 'package/d', type: '4' }]],
    ['a pipe', [good, { path: 'package/p', type: '6' }]],
    ['an unknown kind', [good, { path: 'package/p', type: 'S' }]],
    ['a name twice', [good, file('package/a'), file('package/a')]],
    ['names that differ by case', [good, file('package/a'), file('package/A')]],
    ['folders that differ by case', [good, file('package/lib/a'), file('package/Lib/b')]],
    ['names that differ by how an accent is written', [good, file('package/\u00e9'), file('package/e\u0301')]],
    ['a file that is a folder', [good, file('package/a'), file('package/a/b')]],
    ['a folder that is a file', [good, file('package/a/b'), file('package/a')]],
    ['control characters', [good, file('package/a\nb')]],
    ['an empty part', [good, file('package//a')]],
    ['files beside the folder', [good, file('other/a')]],
    ['a file in place of the folder', [file('package')]],
    ['a name for all files', [{ path: 'g', type: 'g', body: paxRecord('path', 'package/x') }, good]],
    ['a torn pax record', [{ path: 'x', type: 'x', body: '99 path=x\n' }, good]],
    ['a sparse file', [{ path: 'x', type: 'x', body: paxRecord('GNU.sparse.major', '1') }, good]],
    ['a folder with content', [good, { path: 'x', type: 'x', body: paxRecord('size', '5') }, { path: 'package/f', type: '5' }]],
    ['nothing', []],
    ['a name that is no UTF-8', [good, { path: 'x', type: 'x', body: Buffer.concat([Buffer.from('11 path='), Buffer.from([0xff, 0xfe]), Buffer.from('\n')]) }, file('package/x')]],
    ['a very long name', [good, { path: 'x', type: 'x', body: paxRecord('path', `package/${'a'.repeat(300)}`) }, file('package/x')]],
  ] as [string, TarEntry[]][])('%s', async (_, entries) => {
    await expect(unpacked(tgz(entries))).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_ARCHIVE' })
    expect((await readdir(dir)).sort()).toEqual(['in.tgz', 'out'])
  })

  test('what is no tarball, is cut off, or was changed', async () => {
    const whole = packageTarball({ 'package.json': '{}', 'a.js': 'x'.repeat(5_000) })
    const plain = tar([good])
    plain[0] = 0x51
    // Several times: some of it fails before anybody has begun to read, and must not be an error that nobody catches.
    for (let times = 0; times < 5; times++) for (const bytes of [Buffer.from('nothing of the kind'), tar([good]), Buffer.alloc(0), whole.subarray(0, whole.length - 30), gzipSync(tar([good]).subarray(0, 600)), gzipSync(plain)]) {
      await expect(unpacked(bytes)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_ARCHIVE' })
      await rm(join(dir, 'out'), { recursive: true, force: true })
    }
  })

  test('more entries, more bytes, or more in it than fits its size', async () => {
    await expect(unpacked(tgz(Array.from({ length: 12 }, (_, i) => file(`package/${i}`))), { entries: 10, bytes: 1e9, ratio: 1e9 })).rejects.toMatchObject({ message: expect.stringContaining('more than 10 entries') })
    await rm(join(dir, 'out'), { recursive: true })
    await expect(unpacked(tgz([file('package/a', { body: Buffer.alloc(3 << 20, 'x') })]), { entries: 10, bytes: 1 << 20, ratio: 1e9 })).rejects.toMatchObject({ message: expect.stringContaining('more than 1 MB') })
  })

  test('a header that says more than there is', async () => {
    await expect(unpacked(gzipSync(Buffer.concat([tarEntry({ path: 'package/a', body: 'x', size: 5_000_000 }), Buffer.alloc(1024)])))).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_ARCHIVE' })
  })

  test('a bomb, while it goes off: no more than 64 MB of memory, and not much on disk', async () => {
    const entry = tarEntry({ path: 'package/zeros', size: 8 * 1024 ** 3 - 1 })
    const zeros = Buffer.alloc(1 << 20)
    async function* bomb(): AsyncGenerator<Buffer> {
      yield entry
      for (let i = 0; i < 400; i++) yield zeros
    }
    await pipeline(bomb(), createGzip({ level: 9 }), createWriteStream(join(dir, 'in.tgz')))
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => { peak = Math.max(peak, process.memoryUsage().rss) }, 1)
    await expect(unpack(join(dir, 'in.tgz'), join(dir, 'out'))).rejects.toMatchObject({ message: expect.stringContaining('100 times') })
    clearInterval(watch)
    expect((peak - before) / 1024 / 1024).toBeLessThan(64)
    expect((await stat(join(dir, 'out', 'zeros'))).size).toBeLessThan(101 * 1024 * 1024)
  })

  test('a million entries', async () => {
    const one = tarEntry({ path: 'package/a', type: '5' })
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => one))
    await writeFile(join(dir, 'in.tgz'), gzipSync(many))
    await expect(unpack(join(dir, 'in.tgz'), join(dir, 'out'), { entries: 10_000, bytes: 1e9, ratio: 1e9 })).rejects.toMatchObject({ message: expect.stringContaining('more than 10000 entries') })
  })
})

describe('any tarball', () => {
  const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'A', 'b', 'lib', 'é', 'e\u0301', 'package', '\\', 'x\0y', 'C:', '~'), fc.string({ maxLength: 6 }))
  const path = fc.oneof(fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')), fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `package/${parts.join('/')}`))
  const entry = fc.record({ path, type: fc.constantFrom('0', '0', '0', '5', '1', '2', '3', '6', 'x', 'L', 'g', 'K', '7', '\0'), link: path, body: fc.oneof(fc.string({ maxLength: 20 }), path.map((name) => paxRecord('path', name)), path.map((name) => `${name}\0`)), mode: fc.integer({ min: 0, max: 0o7777 }) })
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

  test('writes below its folder or not at all, and what comes out is nothing but files', async () => {
    await fc.assert(fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.integer({ min: 0, max: 3 }), fc.infiniteStream(fc.nat()), async (entries, flips, random) => {
      const place = await mkdtemp(join(dir, 'any-'))
      const bytes = tar(entries)
      for (let i = 0; i < flips && bytes.length > 0; i++) bytes[random.next().value % bytes.length] = random.next().value % 256
      await writeFile(join(place, 'in.tgz'), gzipSync(bytes))
      const around = await readdir(dir)
      await unpack(join(place, 'in.tgz'), join(place, 'out')).catch((error: { code?: string }) => { if (error.code !== 'NEXUS_PLUGINS_ARCHIVE') throw error })
      expect((await readdir(place)).sort()).toEqual(['in.tgz', 'out'])
      expect(await readdir(dir)).toEqual(around)
      for (const found of await readdir(join(place, 'out'), { recursive: true, withFileTypes: true })) expect(found.isFile() || found.isDirectory()).toBe(true)
      await rm(place, { recursive: true })
    }), { numRuns: 300 })
  })

  test('of a package comes out as it went in', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/)
    const files = fc.dictionary(fc.tuple(name, name).map((parts) => parts.join('/')), fc.string({ maxLength: 2_000 }), { minKeys: 1, maxKeys: 20 })
    await fc.assert(fc.asyncProperty(files, async (given) => {
      await rm(join(dir, 'out'), { recursive: true, force: true })
      const all = await unpacked(packageTarball(given))
      expect(Object.entries(all).map(([one, text]) => [one, digest(text)]).sort()).toEqual(Object.entries(given).map(([one, text]) => [one, digest(Buffer.from(text).toString())]).sort())
    }), { numRuns: 60 })
  })
})
