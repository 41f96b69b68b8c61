/** What a plugin depends on is looked at before npm unpacks any of it, as strictly as the plugin itself. */
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Dependency } from '../../plugins/plugins/install/dependencies.ts'
import { checkTarballs, type TogetherLimits } from '../../plugins/plugins/install/tarballs.ts'
import type { Release } from '../fixtures/registry.ts'
import { packageTarball, tarEntry, tgz, type TarEntry } from '../fixtures/tar.ts'
import { newState, openPlace, pluginFiles, withRegistry, type Place } from './plugins-install-harness.ts'

let registry: Awaited<ReturnType<typeof withRegistry>>
let log: string
beforeAll(async () => {
  registry = await withRegistry()
  log = join(registry.home, 'npm.log')
  await listenToNpm(join(registry.home, 'bin'))
})
beforeEach(() => writeFile(log, ''))
afterAll(() => registry[Symbol.asyncDispose]())

/** An npm before the real one that writes down what it is asked. The harness puts PATH back. */
async function listenToNpm(bin: string): Promise<void> {
  const script = `#!/bin/sh\necho "$*" >> '${log}'\nPATH='${process.env['PATH']}'\nexec npm "$@"\n`
  await mkdir(bin)
  await writeFile(join(bin, 'npm'), script)
  await chmod(join(bin, 'npm'), 0o755)
  process.env['PATH'] = `${bin}${delimiter}${process.env['PATH']}`
}
const asked = async (): Promise<string[]> => (await readFile(log, 'utf8')).trim().split('\n').map((line) => line.split(' ')[0]!)

let numbered = 0
const fresh = (): string => `${'abcdefghijklmnopqrstuvwxyz'[numbered % 26]!.repeat(3)}${numbered++}`
const nothing = async (place: Place): Promise<void> => expect([await place.lock(), await place.left()]).toEqual([{}, []])
const library = (name: string, more: Partial<Release> = {}): void => registry.publish({ name, version: '1.0.0', files: { 'index.js': `export default '${name}'` }, ...more, manifest: { type: 'module', exports: './index.js', ...more.manifest } })

function plugin(id: string, pkg: Record<string, unknown>): string {
  const files = pluginFiles({ id, pkg })
  const { name, version, ...manifest } = JSON.parse(files['package.json']!) as { name: string; version: string }
  registry.publish({ name, version, manifest, files: { 'index.js': files['index.js']! } })
  return name
}

async function zeros(name: string, megabytes: number): Promise<Buffer> {
  const chunk = Buffer.alloc(1024 * 1024)
  function* bytes(): Generator<Buffer> {
    yield tarEntry(packageJson(name))
    yield tarEntry({ path: 'package/zeros', size: megabytes * chunk.length })
    for (let i = 0; i < megabytes; i++) yield chunk
    yield Buffer.alloc(1024)
  }
  return buffer(Readable.from(bytes()).pipe(createGzip()))
}
const packageJson = (name: string): TarEntry => ({ path: 'package/package.json', body: JSON.stringify({ name, version: '1.0.0' }) })
const many = (name: string, count: number): Buffer => tgz([packageJson(name), ...Array.from({ length: count }, (_, i) => ({ path: `package/${i}`, body: String(i) }))])

describe('a dependency is refused by name, before anything of it is unpacked,', () => {
  test.each<[string, (name: string) => Buffer | Promise<Buffer>, RegExp]>([
    ['that is 300 MB of nothing', async (name) => {
      const bomb = await zeros(name, 300)
      expect(bomb.length).toBeLessThan(400_000)
      return bomb
    }, /100 times as much/],
    ['with more than 10,000 entries', (name) => many(name, 10_000), /more than 10000 entries/],
    ['with a way out', (name) => tgz([packageJson(name), { path: 'package/../../out', body: 'x' }]), /leads out of it/],
    ['with a symbolic link', (name) => tgz([packageJson(name), { path: 'package/l', type: '2', link: '/etc/passwd' }]), /symbolic link/],
    ['with a hard link', (name) => tgz([packageJson(name), { path: 'package/l', type: '1', link: 'package/package.json' }]), /hard link/],
    ['with names that differ by case', (name) => tgz([packageJson(name), { path: 'package/a', body: '1' }, { path: 'package/A', body: '2' }]), /by case/],
  ])('%s', async (_, tarball, reason) => {
    const [id, name] = [fresh(), `lib-bad-${numbered}`]
    library(`lib-good-${id}`, { manifest: { dependencies: { [name]: '^1.0.0' } } })
    library(name, { tarball: await tarball(name) })
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec: plugin(id, { dependencies: { [`lib-good-${id}`]: '*' } }) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_DEPENDENCY_ARCHIVE', message: expect.stringMatching(new RegExp(`${name}@1\\.0\\.0 .*${reason.source}`)) })
    expect(await asked()).toEqual(['pack', 'install', 'pack'])
    await nothing(place)
  })

  test('whose bytes are not those that were published', async () => {
    const [id, name] = [fresh(), `lib-other-${numbered}`]
    library(name)
    registry.misbehave(name, 'tarball')
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec: plugin(id, { dependencies: { [name]: '*' } }) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_PROGRAM', message: expect.stringContaining(name) })
    expect(await asked()).not.toContain('ci')
    await nothing(place)
  })
})

describe('good ones are installed', () => {
  test('by their name, by another one, in a scope, and in several versions; no tarball stays', async () => {
    const id = fresh()
    library(`@${id}/lib`)
    library(`${id}-lib`) // the same file for npm
    library(`${id}-two`, { version: '1.0.0' })
    library(`${id}-two`, { version: '2.0.0', manifest: { dependencies: { [`@${id}/lib`]: '1' } } })
    library(`${id}-one`, { manifest: { dependencies: { [`${id}-two`]: '2', alias: `npm:${id}-lib@1` } } })
    await using place = await openPlace(await newState())
    await place.add(plugin(id, { dependencies: { [`${id}-one`]: '*', [`${id}-two`]: '1', [`@${id}/lib`]: '*', [`${id}-lib`]: '*' } }))
    expect(await asked()).toEqual(['pack', 'install', 'pack', 'pack', 'ci'])
    const modules = join(place.paths.state, 'plugins', (await place.lock())[id]!.dir, 'node_modules')
    expect(await readFile(join(modules, 'alias/index.js'), 'utf8')).toContain(`${id}-lib`)
    expect(JSON.parse(await readFile(join(modules, `${id}-one`, 'node_modules', `${id}-two`, 'package.json'), 'utf8'))).toMatchObject({ version: '2.0.0' })
    expect(await readFile(join(modules, `@${id}/lib/index.js`), 'utf8')).toContain(`@${id}/lib`)
    expect((await readdir(join(place.paths.state, 'plugins'), { recursive: true })).filter((name) => name.endsWith('.tgz'))).toEqual([])
    expect(registry.asked.filter((one) => one === `GET /${id}-one/-/${id}-one-1.0.0.tgz`)).toHaveLength(1)
  })

  test('with what one of them brings along in its own tarball, which is looked at with that', async () => {
    const [id, mine] = [fresh(), `lib-mine-${numbered}`]
    const manifest = { dependencies: { [mine]: '1.0.0' }, bundleDependencies: [mine] }
    const files = (more: TarEntry): Buffer => tgz([{ path: 'package/package.json', body: JSON.stringify({ name: `lib-${id}`, version: '1.0.0', ...manifest }) }, { path: `package/node_modules/${mine}/package.json`, body: JSON.stringify({ name: mine, version: '1.0.0' }) }, more])
    library(`lib-${id}`, { manifest, tarball: files({ path: `package/node_modules/${mine}/x.js`, body: 'brought along' }) })
    await using place = await openPlace(await newState())
    await place.add(plugin(id, { dependencies: { [`lib-${id}`]: '*' } }))
    const { dir } = (await place.lock())[id]!
    expect(await readFile(join(place.paths.state, 'plugins', dir, 'node_modules', `lib-${id}`, 'node_modules', mine, 'x.js'), 'utf8')).toBe('brought along')
    expect(registry.asked.filter((one) => one.includes(`${mine}/-/`))).toEqual([])
    registry.publish({ name: `lib-${id}`, version: '1.0.1', manifest, tarball: files({ path: `package/node_modules/${mine}/l`, type: '1', link: 'package/package.json' }) })
    const other = fresh()
    await expect(place.stage({ spec: plugin(other, { dependencies: { [`lib-${id}`]: '1.0.1' } }) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_DEPENDENCY_ARCHIVE', message: expect.stringContaining(`lib-${id}@1.0.1`) })
  })

  test('without those for another machine, which are not fetched either', async () => {
    const [id, foreign] = [fresh(), `lib-foreign-${numbered}`]
    const machines = { os: ['nowhere'], cpu: ['none'] }
    library(foreign, { manifest: machines, tarball: tgz([packageJson(foreign), { path: 'package/l', type: '2', link: '/' }]) })
    library(`lib-${id}`, { manifest: { optionalDependencies: { [foreign]: '1.0.0', [`${foreign}-not`]: '1.0.0' } } })
    library(`${foreign}-not`, { manifest: { os: ['!nowhere'] } })
    await using place = await openPlace(await newState())
    await place.add(plugin(id, { dependencies: { [`lib-${id}`]: '*' } }))
    const modules = await readdir(join(place.paths.state, 'plugins', (await place.lock())[id]!.dir, 'node_modules'))
    expect(modules.filter((name) => !name.startsWith('.')).sort()).toEqual([`lib-${id}`, `${foreign}-not`].sort())
    expect(registry.asked.filter((one) => one.includes(`${foreign}-1.0.0`))).toEqual([])
  })
})

describe('all of them together', () => {
  const npmHash = (bytes: Buffer): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  const dependency = (name: string, bytes: Buffer, more: Partial<Dependency> = {}): Dependency => ({ name, version: '1.0.0', scripts: false, foreign: false, integrity: npmHash(bytes), ...more })

  /** `calls`: what npm was asked for; `left`: what stays on the disk. */
  async function checked(all: readonly Dependency[], sent: (name: string) => Buffer, limits?: TogetherLimits, after?: () => Promise<void>) {
    const home = await mkdtemp(join(tmpdir(), 'nexus-deps-'))
    const [dir, calls] = [join(home, 'tarballs'), [] as (readonly string[])[]]
    async function packAll(specs: readonly string[], to: string): Promise<void> {
      calls.push(specs)
      await mkdir(to, { recursive: true })
      for (const spec of specs) await writeFile(join(to, `${spec.replace('@', '-')}.tgz`), sent(spec.slice(0, spec.lastIndexOf('@'))))
      await after?.()
    }
    try {
      await checkTarballs(dir, all, { npm: { packAll } as never, before: undefined, signal: new AbortController().signal }, limits)
      return calls
    } finally {
      await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' })
      await rm(home, { recursive: true })
    }
  }
  const small = packageTarball({ 'package.json': '{}', 'index.js': 'x' })
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `lib-${i}`)

  test('are asked for in batches, each once', async () => {
    const all = [...names(90), 'lib-0'].map((name) => dependency(name, packageTarball({ 'package.json': name })))
    const calls = await checked(all, (name) => packageTarball({ 'package.json': name }))
    expect(calls.map(({ length }) => length)).toEqual([40, 40, 10])
    expect(new Set(calls.flat()).size).toBe(90)
  })

  test('may not be too many or too large; a copy counts as much as the first', async () => {
    const limits = { entries: 10, bytes: 1024 * 1024 }
    const five = names(5).map((name) => dependency(name, small))
    await expect(checked(five, () => small, limits)).resolves.toHaveLength(1)
    const large = { code: 'NEXUS_PLUGINS_TOO_LARGE' }
    await expect(checked([...five, dependency('lib-5', small)], () => small, limits)).rejects.toMatchObject({ ...large, message: expect.stringContaining('lib-5') })
    await expect(checked([...five, dependency('lib-4', small)], () => small, limits)).rejects.toMatchObject({ ...large, message: expect.stringContaining('lib-4') })
    const half = packageTarball({ 'package.json': '{}', 'x.bin': Buffer.from(Array.from({ length: 600_000 }, () => Math.random() * 256)) })
    await expect(checked([dependency('a', half)], () => half, limits)).resolves.toHaveLength(1)
    await expect(checked([dependency('a', half), dependency('b', half)], () => half, limits)).rejects.toMatchObject({ ...large, message: expect.stringContaining('1 MB') })
  })

  test('are what the lockfile names: no other bytes, no choice of hashes, no weak one', async () => {
    const refused = { code: 'NEXUS_PLUGINS_DEPENDENCY_ARCHIVE', message: expect.stringContaining('lib-1@1.0.0') }
    const other = packageTarball({ 'package.json': '{"other":1}' })
    await expect(checked([dependency('lib-0', small), dependency('lib-1', other)], () => small)).rejects.toMatchObject(refused)
    for (const integrity of [`${npmHash(small)} ${npmHash(other)}`, 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', `${npmHash(small)} sha3-512-x`, `${npmHash(small)}?x`]) {
      await expect(checked([dependency('lib-1', small, { integrity })], () => small)).rejects.toMatchObject(refused)
    }
    await expect(checked([dependency('lib-1', small, { integrity: `sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= ${npmHash(small)}` })], () => small)).resolves.toBeDefined()
  })

  test('a fault of npm is told unless what it broke over says more', async () => {
    const broken = async (): Promise<void> => { throw new Error('npm broke') }
    await expect(checked([dependency('a', small)], () => small, undefined, broken)).rejects.toThrow('npm broke')
    const link = tgz([{ path: 'package/l', type: '2', link: '/' }])
    await expect(checked([dependency('a', small), dependency('b', link)], (name) => (name === 'b' ? link : small), undefined, broken)).rejects.toThrow(/b@1\.0\.0 .*symbolic link/)
  })

  test('nothing but a name and a version is handed to npm', async () => {
    for (const odd of [dependency('--global', small), dependency('a', small, { version: 'file:/x' }), dependency('../a', small)]) {
      await expect(checked([odd], () => small)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_DEPENDENCY' })
    }
  })
})
