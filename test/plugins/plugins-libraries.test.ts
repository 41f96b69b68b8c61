/** The lock of a plugin's libraries, and the part of the build that makes it. */
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import plugins from '../../plugins/plugins/index.ts'
import { listFiles } from '../../plugins/plugins/install/hashes.ts'
import { entryOf, librariesPart } from '../../plugins/plugins/libraries/build.ts'
import { folderForm, folderName, lockFor, sizeText } from '../../plugins/plugins/libraries/lock.ts'
import { folderFor, onShelf, shelfOf, whereabouts } from '../../plugins/plugins/libraries/shelf.ts'
import { readJson } from '../check/sources.ts'

const one = (version: string, more: object = {}) => ({ version, integrity: `sha512-${version}`, resolved: 'https://elsewhere.invalid/x.tgz', dev: true, license: 'MIT', ...more })

describe('the lock', () => {
  test('has what a library needs, from where Node would take it, and nothing of the registry or the clone', () => {
    const packages = {
      '': { version: '0.0.1', dependencies: { a: '1', z: '1' } },
      'node_modules/a': one('1.0.0', { dependencies: { b: '^2', c: '*' }, peerDependencies: { p: '*', q: '*' }, peerDependenciesMeta: { q: { optional: true } }, optionalDependencies: { gone: '*' } }),
      'node_modules/a/node_modules/b': one('2.0.0', { dependencies: { c: '*' } }),
      'node_modules/b': one('1.0.0'), 'node_modules/c': one('1.0.0'), 'node_modules/p': one('3.0.0'), 'node_modules/z': one('1.0.0'),
    }
    const lock = lockFor('mine', { a: '1.0.0' }, packages)
    expect(Object.keys(lock.packages)).toEqual(['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/c', 'node_modules/p'])
    expect(JSON.stringify(lock)).not.toMatch(/elsewhere|license|"dev"/)
    expect(folderName(lock)).toMatch(folderForm)
    expect(lockFor('mine', { a: '1.0.0' }, { ...packages, 'node_modules/c': one('1.0.1') }).digest).not.toBe(lock.digest)
  })

  test('cannot be made of a library that has no hash, or is not there', () => {
    expect(() => lockFor('mine', { a: '1' }, { 'node_modules/a': { version: '1.0.0' } })).toThrow(/no hash of a/)
    expect(() => lockFor('mine', { a: '1' }, {})).toThrow(/no hash of a/)
  })

  test('every name in it is found from wherever it is needed', () => {
    const names = ['a', 'b', '@s/c', 'd']
    const nested = fc.dictionary(fc.constantFrom(...names.flatMap((outer) => names.map((inner) => `node_modules/${outer}/node_modules/${inner}`))), fc.subarray(names))
    fc.assert(fc.property(nested, fc.array(fc.subarray(names), { minLength: 4, maxLength: 4 }), (inner, needs) => {
      const entry = (wanted: readonly string[]) => one('1.0.0', { dependencies: Object.fromEntries(wanted.map((name) => [name, '*'])) })
      const packages = { ...Object.fromEntries(names.map((name, i) => [`node_modules/${name}`, entry(needs[i]!)])), ...Object.fromEntries(Object.entries(inner).map(([place, wanted]) => [place, entry(wanted)])) }
      const { packages: found } = lockFor('mine', { a: '1.0.0' }, packages)
      for (const [place, { dependencies = {} }] of Object.entries(found)) for (const name of Object.keys(dependencies)) {
        const [, outer] = /^(node_modules\/(?:@s\/)?\w)(?:\/|$)/.exec(place)!
        const nearest = [`${place}/node_modules/${name}`, `${outer}/node_modules/${name}`, `node_modules/${name}`].find((at) => Object.hasOwn(packages, at))!
        expect(Object.hasOwn(found, nearest), `${name} for ${place}`).toBe(true)
      }
    }))
  })

  test('a size is told so that people understand it', () => {
    expect([999, 12_400, 13_948_778].map(sizeText)).toEqual(['1 kB', '13 kB', '13.9 MB'])
  })
})

describe('a shelf', () => {
  let state: string
  beforeAll(async () => { state = await mkdtemp(join(tmpdir(), 'nexus-shelf-')) })
  afterAll(() => rm(state, { recursive: true, force: true }))
  const need = (libraries: Record<string, string>) => ({ plugin: 'mine', digest: '0123456789ab', bytes: 5_000_000, libraries })
  const versionOf = (name: string): string => readJson<{ version: string }>(`node_modules/${name}/package.json`).version

  test('finds a library beside the gateway in the very version that is wanted, and in no other', async () => {
    expect(await whereabouts(need({ json5: versionOf('json5') }), state)).toBe('beside')
    expect(await whereabouts(need({ json5: '0.0.1' }), state)).toBeUndefined()
    const shelf = shelfOf(need({ json5: versionOf('json5') }))
    await shelf.look(state)
    expect(await shelf.open('json5', async () => 'beside')).toBe('beside')
  })

  test('holds a plugin up that lacks its library, says all that is to be known, and lets it go once it is there', async () => {
    const shelf = shelfOf(need({ 'no-such-library': '1.2.3' }))
    const seen: unknown[] = []
    const plugin = onShelf(definePlugin({ id: 'mine', async setup() { seen.push(await shelf.open('no-such-library', async () => 'beside')) } }), shelf)
    const lack = { code: 'NEXUS_PLUGINS_LIBRARY', message: expect.stringMatching(/"mine".*no-such-library 1\.2\.3.*5\.0 MB/), fix: expect.stringContaining('nexus plugins enable mine') }
    await expect(shelf.look(state)).rejects.toMatchObject(lack)
    await expect(shelf.open('no-such-library', async () => 'beside')).rejects.toMatchObject(lack)
    await using k = await testKernel({ plugins: [plugins, plugin], lenient: true, stateDir: state })
    expect(k.kernel.inspect('mine')).toMatchObject({ state: 'failed', error: lack })
    const folder = folderFor(need({}), state)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'open.mjs'), 'export default async (name) => `fetched ${name}`')
    await writeFile(`${folder}.files.json`, (await listFiles(folder)).text)
    await k.call('plugins.reload', { id: 'mine' })
    expect(k.kernel.inspect('mine')).toMatchObject({ state: 'active' })
    expect(seen).toEqual(['fetched no-such-library'])
  })
})

describe('fetched libraries', () => {
  const files = { 'open.mjs': 'export default async (name) => name', 'node_modules/a/index.js': 'export {}' }
  const put = async (folder: string, name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }

  test.each<[string, (folder: string) => Promise<void>, string]>([
    ['a file is another', (folder) => put(folder, 'node_modules/a/index.js', 'export { }'), 'node_modules/a/index.js'],
    ['a file was added', (folder) => put(folder, 'node_modules/b/index.js', ''), 'node_modules/b/index.js'],
    ['a file is gone', (folder) => rm(join(folder, 'node_modules/a/index.js')), 'node_modules/a/index.js'],
    ['a file is a link', async (folder) => { await symlink('index.js', join(folder, 'node_modules/a/link.js')) }, 'the list of its files'],
    ['the list is gone', (folder) => rm(`${folder}.files.json`), 'the list of its files'],
  ])('are refused at the load when %s, before anything of them runs, and taken when all is as it was', async (_, harm, named) => {
    const state = await mkdtemp(join(tmpdir(), 'nexus-shelf-'))
    try {
      const need = { plugin: 'mine', digest: '0123456789ab', bytes: 1, libraries: { 'no-such-library': '1.2.3' } }
      const folder = folderFor(need, state)
      for (const [name, text] of Object.entries(files)) await put(folder, name, text)
      await writeFile(`${folder}.files.json`, (await listFiles(folder)).text)
      await shelfOf(need).look(state)
      await harm(folder)
      await expect(shelfOf(need).look(state)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_LIBRARY_TAMPERED', message: expect.stringContaining(named), fix: expect.stringContaining('nexus plugins enable mine') })
    } finally {
      await rm(state, { recursive: true, force: true })
    }
  })
})

describe('the build', () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nexus-build-'))
    await mkdir(join(root, 'node_modules', 'lib'), { recursive: true })
    await writeFile(join(root, 'node_modules', 'lib', 'index.js'), 'x'.repeat(1_234))
    await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: { 'node_modules/lib': one('1.0.0') } }))
  })
  afterAll(() => rm(root, { recursive: true, force: true }))
  const part = () => librariesPart(root, [{ id: 'mine', dependencies: { lib: '1.0.0' } }])
  const file = (id: string) => join(root, 'plugins', id, 'x.ts')

  test('leads imports of a plugin\'s own libraries, those of types and of others untouched', async () => {
    const { transform } = await part()
    const led = transform('type L = typeof import(\'lib\')\nconst a = await import(\'lib\'), b = import("lib/sub"), c = import(\'other\')\nimport type { X } from \'lib\'\n', file('mine'))!
    expect(led).toContain('typeof import(\'lib\')')
    expect(led).toContain('__shelf.open("lib", () => import(\'lib\'))')
    expect(led).toContain('__shelf.open("lib/sub", () => import("lib/sub"))')
    expect(led).toContain('c = import(\'other\')')
    expect(transform('await import(\'lib\')', file('other'))).toBeNull()
  })

  test('refuses a library that is imported at once: then it could not be fetched first', async () => {
    const { transform } = await part()
    expect(() => transform('import { x } from \'lib\'\n', file('mine'))).toThrow(/await import/)
  })

  test('wraps the plugin, and tells it what it needs and how large that is', async () => {
    const { load, resolveId } = await part()
    expect(load(resolveId(entryOf('mine'))!)).toContain('onShelf(plugin, shelf)')
    expect(load(resolveId('\0nexus-shelf:mine')!)).toContain('"bytes":1234')
    expect(resolveId('lib')).toBeNull()
  })
})
