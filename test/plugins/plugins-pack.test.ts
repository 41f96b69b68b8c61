/** What is packed says everything about itself, no code of a package runs but its definition, and the author's folder stays as it is. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describe as describeFolder } from 'nexus-gateway/sdk/pack'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { createHash } from 'node:crypto'
import { authorCommands } from '../../plugins/plugins/author/cli.ts'
import { consentLines } from '../../plugins/plugins/author/consent.ts'
import { scaffold } from '../../plugins/plugins/author/new.ts'
import { packFolder, type Describe } from '../../plugins/plugins/author/pack.ts'
import { parseManifest } from '../../kernel/manifest.ts'
import type * as Pack from '../../sdk/pack.ts'
import { built, root } from '../fixtures/built.ts'

const exec = promisify(execFile)
let cwd = ''
let plugin = ''
const trusted: Describe = (folder) => describeFolder(folder, { tier: 'trusted', cacheDir: join(cwd, 'cache') })
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'nexus-pack-test-'))
  plugin = (await scaffold('parcel', { cwd, release: { ids: [], isolates: false, version: '0.1.0' } })).dir
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

async function contents(dir: string): Promise<Record<string, string>> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file.slice(dir.length + 1), await readFile(file, 'utf8')] as const)))
}

async function unpacked(file: string): Promise<string> {
  const dir = await mkdtemp(join(cwd, 'out-'))
  await exec('tar', ['xzf', file, '-C', dir])
  return join(dir, 'package')
}

async function folder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const dir = join(cwd, name)
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(dir, file, '..'), { recursive: true })
    await writeFile(join(dir, file), text)
  }
  return dir
}
const code = (id: string, more = '') => `import { definePlugin, method } from 'nexus-gateway/sdk'\nexport default definePlugin({ id: '${id}', ${more} methods: { '${id}.x': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { '${id}.x': () => 1 } }) })\n`
const about = (id: string, more = {}) => JSON.stringify({ name: id, version: '1.0.0', type: 'module', nexus: { api: 1, id, entry: 'index.ts' }, ...more })

describe('a tarball', () => {
  test('has the whole manifest and the schema; the folder has neither', async () => {
    const before = await contents(plugin)
    const packed = await packFolder(plugin, { describe: trusted, cwd })
    expect(await contents(plugin)).toEqual(before)
    expect(packed).toMatchObject({ name: 'parcel', version: '0.1.0', file: join(cwd, 'parcel-0.1.0.tgz') })
    const bytes = await readFile(packed.file)
    expect(packed.integrity).toBe(`sha512-${createHash('sha512').update(bytes).digest('base64')}`)
    expect(packed.size).toBe(bytes.length)

    const dir = await unpacked(packed.file)
    const { nexus, ...rest } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as { nexus: unknown; files: string[]; scripts: unknown }
    expect(parseManifest(nexus, dir)).toMatchObject({ id: 'parcel', entry: 'index.ts', cli: 'cli.ts', methods: { 'parcel.greet': 'operator.read' }, commands: { 'parcel greet': { args: ['<name>'] } }, config: { properties: { greeting: { default: 'Hello' } } } })
    expect(rest.files).toContain('config.schema.json')
    expect(JSON.parse(await readFile(join(dir, 'config.schema.json'), 'utf8'))).toMatchObject({ type: 'object', properties: { greeting: { type: 'string' } } })
    expect(packed.files).toEqual(expect.arrayContaining(['index.ts', 'contract.ts', 'cli.ts', 'config.schema.json', 'package.json', 'README.md']))
    expect(packed.files).not.toContain('index.test.js')
  })

  test('unpacked, runs as the folder does, and its manifest is believed without running it', async () => {
    const { file, manifest } = await packFolder(plugin, { describe: trusted, cwd, out: 'again.tgz' })
    const dir = await unpacked(file)
    await using k = await testKernel({ plugins: [dir], config: { parcel: { greeting: 'Hi' } } })
    expect(await k.call('parcel.greet', { name: 'Ada' })).toEqual({ text: 'Hi, Ada!' })
    expect(await packFolder(dir, { describe: trusted, cwd, out: 'third.tgz' })).toMatchObject({ manifest })
  })

  test('runs no script of the package', async () => {
    const touch = 'node -e "require(\'fs\').writeFileSync(\'ran\', \'\')"'
    const dir = await folder('scripts', { 'package.json': about('scripts', { scripts: Object.fromEntries(['prepack', 'prepare', 'postpack', 'prepublishOnly', 'prepublish'].map((name) => [name, touch])) }), 'index.ts': code('scripts') })
    const packed = await packFolder(dir, { describe: trusted, cwd })
    expect(await readdir(dir)).toEqual(['index.ts', 'package.json'])
    expect(packed.files).not.toContain('ran')
  })

  test('is written with the folder when asked to, in its own indentation', async () => {
    const dir = await folder('written', { 'package.json': JSON.stringify(JSON.parse(about('written')), null, '\t'), 'index.ts': code('written') })
    const packed = await packFolder(dir, { describe: trusted, cwd, write: true })
    const text = await readFile(join(dir, 'package.json'), 'utf8')
    expect(text).toMatch(/^\{\n\t"name"/)
    expect(JSON.parse(text)).toMatchObject({ nexus: { methods: packed.manifest.methods } })
    // From then on it counts, until the definition is changed.
    await writeFile(join(dir, 'index.ts'), code('written', 'required: true,'))
    const boot = testKernel({ plugins: [dir] })
    await expect(boot).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_MANIFEST_DIFFERS' })
    expect((await packFolder(dir, { describe: trusted, cwd })).manifest.required).toBe(true)
  })

  test('is described from a stub where what stands there would be believed', async () => {
    const dir = await folder('believed', { 'package.json': about('believed', { nexus: { api: 1, id: 'believed', entry: 'index.ts', methods: { 'believed.lie': 'public' } } }), 'index.ts': code('believed'), 'node_modules/lib/index.js': '' })
    const asked: unknown[] = []
    const packed = await packFolder(dir, {
      cwd, stubOnly: true,
      describe: async (place) => {
        asked.push((JSON.parse(await readFile(join(place, 'package.json'), 'utf8')) as { nexus: unknown }).nexus, (await stat(join(place, 'node_modules', 'lib', 'index.js'))).isFile())
        return trusted(place)
      },
    })
    expect(asked).toEqual([{ api: 1, id: 'believed', entry: 'index.ts' }, true])
    expect(packed.manifest.methods).toEqual({ 'believed.x': 'operator.read' })
    expect(packed.files.filter((file) => file.startsWith('node_modules'))).toEqual([])
  })
})

describe('what cannot be packed is said', () => {
  test.each([
    ['nothing', {}, 'NEXUS_PLUGINS_FOLDER', /cannot be read/],
    ['not-json', { 'package.json': '{' }, 'NEXUS_PLUGINS_FOLDER', /not a JSON object/],
    ['no-version', { 'package.json': '{"name":"x"}' }, 'NEXUS_PLUGINS_FOLDER', /"name" and "version"/],
    ['no-nexus', { 'package.json': '{"name":"x","version":"1.0.0"}' }, 'NEXUS_PLUGINS_FOLDER', /"nexus"/],
    ['bad-config', { 'package.json': about('bad-config'), 'index.ts': `import * as v from 'valibot'\n${code('bad-config', 'config: v.strictObject({ at: v.date() }),')}` }, 'NEXUS_PACK_CONFIG', /bad-config\.at/],
    ['broken', { 'package.json': about('broken'), 'index.ts': 'export default {' }, 'NEXUS_PLUGIN_LOAD_FAILED', /index\.ts:1/],
    ['left-out', { 'package.json': about('left-out', { files: ['lib'] }), 'index.ts': code('left-out') }, 'NEXUS_PLUGINS_PACK', /its entry index\.ts is not among the files/],
    ['odd-version', { 'package.json': about('odd-version', { version: 'one' }), 'index.ts': code('odd-version') }, 'NEXUS_PLUGINS_FOLDER', /"version"/],
  ])('%s', async (name, files: Readonly<Record<string, string>>, failure, words) => {
    const dir = await folder(name, files)
    await mkdir(dir, { recursive: true })
    const before = await readdir(cwd)
    const fault = await packFolder(dir, { describe: trusted, cwd }).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: failure, message: expect.stringMatching(words) })
    expect(await readdir(cwd)).toEqual(before)
  })

  test('a target that cannot be written', async () => {
    await mkdir(join(cwd, 'shut'))
    await chmod(join(cwd, 'shut'), 0o500)
    await expect(packFolder(plugin, { describe: trusted, cwd, out: 'no/such/folder.tgz' })).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

test.runIf(existsSync(join(root, 'dist', 'plugins', 'isolation', 'isolator.js')))('what is found out where the code can touch nothing is what is found out here', async () => {
  built()
  const { describe: shipped } = await import(join(root, 'dist', 'sdk', 'pack.js')) as typeof Pack
  const [apart, here] = await Promise.all((['isolated', 'trusted'] as const).map((tier) => shipped(plugin, { tier, cacheDir: join(cwd, `cache-${tier}`) })))
  expect(apart).toEqual(JSON.parse(JSON.stringify(here)))
})

test('the command says what was made and what users will be asked', async () => {
  const k = await testKernel({ plugins: [] })
  const { code: exit, stdout } = await k.cli(authorCommands, `plugins pack ${plugin} --trusted --out ${join(cwd, 'said.tgz')}`)
  expect(exit).toBe(0)
  expect(stdout).toMatch(/✓ parcel 0\.1\.0\n {2}\S+said\.tgz, [\d.]+ KiB \([\d.]+ KiB in \d files\)\n {2}sha512-\S+\n\nWhoever installs it is asked to agree to this:\n/)
  expect(stdout).toContain('take part in tools.listed')
  const { json } = await k.cli(authorCommands, `plugins pack ${plugin} --trusted --out ${join(cwd, 'said.tgz')} --json`)
  expect(json).toMatchObject([{ name: 'parcel', integrity: expect.stringMatching(/^sha512-/), consent: expect.arrayContaining(['Methods it adds: parcel.greet: for operator.read']) }])
  await k.close()
})

test('the consent names everything there is to agree to', () => {
  const manifest = parseManifest({ api: 1, id: 'x', entry: 'a', capabilities: ['net:api.example.com', 'run', 'env:KEY'], methods: { 'x.y': 'public' }, routes: { 'GET /z': 'operator.read' }, requires: { a: { service: 'store/1', optional: false }, b: { service: 'c/1', optional: true } }, provides: ['d/1'], commands: { 'x go': { summary: 's' } } }, 'x')
  const lines = consentLines(manifest).join('\n')
  for (const word of ['reach api.example.com', 'start any program', 'environment variable KEY', 'x.y: for everybody', 'GET /z: for operator.read', 'store/1', 'c/1', 'd/1', 'nexus x go']) expect(lines).toContain(word)
  expect(consentLines({ ...manifest, tier: 'trusted' })[0]).toContain('all that the gateway can')
})
