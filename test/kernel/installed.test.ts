/** What the kernel makes of the lockfile: at every load the files are those that were agreed to, or it does not load. */
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readInstalled } from '../../kernel/installed.ts'
import { parseManifest } from '../../kernel/manifest.ts'

let dir: string
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'nexus-installed-')) })
afterEach(() => rm(dir, { recursive: true, force: true }))

const sha512 = (text: string): string => `sha512-${createHash('sha512').update(text).digest('base64')}`
const grant = { capabilities: ['net:a.example', 'tap:call.after'], tier: 'isolated', requires: ['store/1'], methods: { 'weather.get': 'operator.read' }, taps: ['call.after'], routes: { 'GET /now': 'operator.read' }, at: 1, by: 'local' }
const manifest = (more: object = {}) => parseManifest({ api: 1, id: 'weather', entry: 'index.js', capabilities: ['net:a.example', 'tap:call.after'], methods: { 'weather.get': 'operator.read' }, routes: { 'GET /now': 'operator.read' }, requires: { store: { service: 'store/1', optional: false } }, ...more }, 'test')
const files: Record<string, string> = { 'package.json': '{}', 'index.js': 'one', 'lib/a.js': 'two', 'node_modules/left/index.js': 'three' }

async function install(entry: object = {}): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dir, 'weather-0123456789ab', name, '..'), { recursive: true })
    await writeFile(join(dir, 'weather-0123456789ab', name), text)
  }
  const list = JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha512(text)])))
  await writeFile(join(dir, 'weather-0123456789ab.files.json'), list)
  await lock({ weather: { name: 'nexus-weather', version: '1.0.0', spec: 'nexus-weather', source: 'npm', integrity: sha512('tarball'), dir: 'weather-0123456789ab', files: sha512(list), scanned: false, grant, ...entry } })
}
const lock = (plugins: object, version = 1): Promise<void> => writeFile(join(dir, 'lock.json'), JSON.stringify({ version, plugins }))
const weather = async () => (await readInstalled(dir)).get('weather')!
const inside = (name: string): string => join(dir, 'weather-0123456789ab', name)

describe('the lockfile', () => {
  test('that is not there is nothing installed', async () => {
    expect((await readInstalled(join(dir, 'nowhere'))).size).toBe(0)
  })

  test('tells where plugins are, and which are links', async () => {
    await install()
    expect(await weather()).toMatchObject({ id: 'weather', place: join(dir, 'weather-0123456789ab'), linked: false })
    await lock({ weather: { name: 'weather', version: '0.0.0', spec: '/home/me/weather', source: 'link', dir: '/home/me/weather', scanned: false, grant } })
    expect(await weather()).toMatchObject({ id: 'weather', place: '/home/me/weather', linked: true })
    await expect((await weather()).verify()).resolves.toBeTypeOf('function')
  })

  test('gives another stamp for another agreement, and the same for the same', async () => {
    await install()
    const { stamp } = await weather()
    expect((await weather()).stamp).toBe(stamp)
    await install({ grant: { ...grant, capabilities: [] } })
    expect((await weather()).stamp).not.toBe(stamp)
  })

  test.each([
    ['no JSON', '{'], ['another version', '{"version":2,"plugins":{}}'], ['a list', '[]'], ['null', 'null'],
    ['a folder elsewhere', JSON.stringify({ version: 1, plugins: { x: { source: 'npm', dir: '../x', files: sha512(''), grant } } })],
    ['an absolute folder', JSON.stringify({ version: 1, plugins: { x: { source: 'npm', dir: '/x', files: sha512(''), grant } } })],
    ['a link that is relative', JSON.stringify({ version: 1, plugins: { x: { source: 'link', dir: 'x', grant } } })],
    ['no hash', JSON.stringify({ version: 1, plugins: { x: { source: 'npm', dir: 'x', files: 'sha512-', grant } } })],
    ['no grant', JSON.stringify({ version: 1, plugins: { x: { source: 'npm', dir: 'x', files: sha512('') } } })],
    ['an unknown source', JSON.stringify({ version: 1, plugins: { x: { source: 'moon', dir: 'x', files: sha512(''), grant } } })],
  ])('with %s is refused, and not repeated', async (_, text) => {
    await writeFile(join(dir, 'lock.json'), text)
    await expect(readInstalled(dir)).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_BAD_LOCK', message: expect.stringContaining('lock.json') })
  })

  test('that cannot be read is refused', async () => {
    await mkdir(join(dir, 'lock.json'))
    await expect(readInstalled(dir)).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_BAD_LOCK' })
  })

  test('is the only file that is read for 200 plugins', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`p${i}`, { source: 'npm', dir: `p${i}-0123456789ab`, files: sha512(String(i)), grant }]))
    await lock(many)
    await chmod(join(dir, 'lock.json'), 0o600)
    expect((await readInstalled(dir)).size).toBe(200)
  })
})

describe('the files', () => {
  test('as they were installed are fine', async () => {
    await install()
    await expect((await weather()).verify()).resolves.toBeTypeOf('function')
  })

  test.each<[string, () => Promise<unknown>, string]>([
    ['changed', () => writeFile(inside('index.js'), 'evil'), 'index.js was changed'],
    ['changed in a library', () => writeFile(inside('node_modules/left/index.js'), 'evil'), 'node_modules/left/index.js was changed'],
    ['missing', () => unlink(inside('lib/a.js')), 'lib/a.js is missing'],
    ['more', () => writeFile(inside('lib/b.js'), ''), 'lib/b.js was added'],
    ['a link to the same', async () => {
      await rename(inside('index.js'), join(dir, 'elsewhere.js'))
      await symlink(join(dir, 'elsewhere.js'), inside('index.js'))
    }, 'index.js was changed'],
    ['a folder that is a link', async () => {
      await rename(inside('lib'), join(dir, 'elsewhere'))
      await symlink(join(dir, 'elsewhere'), inside('lib'))
    }, 'lib was added'],
    ['the list', () => writeFile(join(dir, 'weather-0123456789ab.files.json'), '{}'), 'the list of its files was changed'],
    ['the list, gone', () => unlink(join(dir, 'weather-0123456789ab.files.json')), 'the list of its files cannot be read'],
    ['the folder', () => rm(inside('.'), { recursive: true }), 'its folder cannot be read'],
  ])('%s: it does not load', async (_, change, what) => {
    await install()
    const before = await weather()
    await change()
    await expect(before.verify()).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_TAMPERED', message: expect.stringContaining(what) })
  })

  test('are checked once more as they are read', async () => {
    await install()
    const check = await (await weather()).verify()
    expect(() => check(inside('index.js'), 'one')).not.toThrow()
    expect(() => check(inside('index.js'), 'evil')).toThrow(expect.objectContaining({ code: 'NEXUS_PLUGIN_TAMPERED' }))
    expect(() => check(inside('lib/later.js'), 'one')).toThrow(/lib\/later\.js was changed/)
    expect(() => check(join(dir, 'elsewhere.js'), 'one')).toThrow(expect.objectContaining({ code: 'NEXUS_PLUGIN_TAMPERED' }))
  })

  test('that differ are named, five of them', async () => {
    await install()
    for (let i = 0; i < 8; i++) await writeFile(inside(`more-${i}.js`), '')
    await expect((await weather()).verify()).rejects.toMatchObject({ message: expect.stringMatching(/more-0\.js was added.*more-4\.js was added and 3 more$/) })
  })

  test('with any one byte changed are found out', async () => {
    await install()
    const agreement = await weather()
    await fc.assert(fc.asyncProperty(fc.constantFrom(...Object.keys(files)), fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, at, by) => {
      const bytes = Buffer.from(files[name]!)
      bytes[at % bytes.length]! ^= by
      await writeFile(inside(name), bytes)
      await expect(agreement.verify()).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_TAMPERED' })
      await writeFile(inside(name), files[name]!)
    }), { numRuns: 40 })
    await expect(agreement.verify()).resolves.toBeTypeOf('function')
  })
})

describe('the manifest', () => {
  test('that asks for what was granted, or less, is fine', async () => {
    await install()
    expect((await weather()).refusal(manifest())).toBeUndefined()
    expect((await weather()).refusal(manifest({ capabilities: [], methods: {}, requires: {}, routes: {} }))).toBeUndefined()
  })

  test.each<[string, object, string]>([
    ['a capability', { capabilities: ['net:a.example', 'tap:call.after', 'run'] }, 'the capability run'],
    ['a hook', { capabilities: ['tap:call.before'] }, 'to tap call.before'],
    ['a service', { requires: { other: { service: 'secrets/1', optional: true } } }, 'the service secrets/1'],
    ['a method', { methods: { 'weather.set': 'operator.write' } }, 'the method weather.set for operator.write'],
    ['a method for everybody', { methods: { 'weather.get': 'public' } }, 'the method weather.get for public'],
    ['a route for everybody', { routes: { 'GET /now': 'public' } }, 'the route GET /now for public'],
    ['a socket', { upgrades: { '/live': 'operator.read' } }, 'the route /live for operator.read'],
    ['the gateway\'s process', { tier: 'trusted' }, 'inside the gateway\'s process'],
    ['another id', { id: 'other' }, 'the id of another plugin'],
  ])('that asks for %s more does not load', async (_, more, what) => {
    await install()
    expect((await weather()).refusal(manifest(more))).toMatchObject({ code: 'NEXUS_PLUGIN_NOT_GRANTED', message: expect.stringContaining(what) })
  })
})
