import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MaybePromise } from '../../kernel/contract.ts'
import { NexusError } from '../../kernel/errors.ts'
import { defaultPolicy } from '../../kernel/config/policy.ts'
import { createLoader, type Loader, type Where } from '../../kernel/loader.ts'
import { manifestOf } from '../../kernel/manifest.ts'

let dir: string
let loader: Loader

async function put(file: string, text: string): Promise<string> {
  const path = join(dir, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}
const plugin = (id: string, answer: string, head = '') =>
  `import { definePlugin } from 'nexus-gateway/sdk'\n${head}\nexport default definePlugin({ id: '${id}', setup: () => ${answer} })\n`
/** Runs `setup` of what the loader gives; these fixtures answer with whatever is to be seen. */
const answer = async (source: { load(): MaybePromise<{ setup(ctx: unknown): unknown }> }) => (await source.load()).setup({})
const error = async (work: unknown): Promise<NexusError> => {
  const thrown = await Promise.resolve(work).then(() => undefined, (e: unknown) => e)
  expect(thrown).toBeInstanceOf(NexusError)
  return thrown as NexusError
}
const counter = globalThis as { loads?: number }

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-loader-'))
  await put('builtin/cron/index.js', "export default { $type: 'nexus.plugin/1', id: 'cron', setup: () => 'built' }")
  await put('builtin/cron/contract.js', "export const Cron = { kind: 'service', id: 'cron/1' }")
  await put('builtin/cron/cli.js', "export default { 'cron list': { summary: 'List', run: () => 3 } }")
  await put('builtin/chat/index.js', "import 'no-such-library'\nexport default {}")
  await put('builtin/hang/index.js', 'export const then = () => {}')
  const manifest = (id: string) => ({ ...manifestOf({ $type: 'nexus.plugin/1', id, setup: () => {} }), entry: 'index.js', cli: 'cli.js' })
  await put('builtin/manifests.json', JSON.stringify({ defaults: ['chat'], manifests: { chat: manifest('chat'), cron: manifest('cron'), hang: manifest('hang') } }))
  loader = await createLoader({ cacheDir: join(dir, 'cache'), builtinDir: join(dir, 'builtin'), deadlineMs: 5_000 })
  delete counter.loads
})
afterEach(() => rm(dir, { recursive: true }))

describe('a plugin from a file', () => {
  it('is the same definition while its content is the same, and another one after an edit', async () => {
    const source = loader.path(await put('p.ts', plugin('p', '1 as number')))
    const first = await source.load()
    await put('p.ts', plugin('p', '1 as number'))
    expect(await source.load()).toBe(first)
    await put('p.ts', plugin('p', '2 as number'))
    expect(await answer(source)).toBe(2)
    expect(first.setup({})).toBe(1)
  })

  it.each([
    ['ts', './part.ts', 'p.ts', 'part.ts', 'export const part: number = '],
    ['mjs', './part.mjs', 'p.mjs', 'part.mjs', 'export const part = '],
    ['js of an ESM package', './part.js', 'index.js', 'part.js', 'export const part = '],
    ['cjs', './part.cjs', 'p.mjs', 'part.cjs', 'exports.part = '],
  ])('notices an edit of a file it imports: %s', async (_, specifier, entry, part, text) => {
    await put('pkg/package.json', '{"type":"module"}')
    await put(`pkg/${part}`, `${text}1`)
    const source = loader.path(await put(`pkg/${entry}`, plugin('p', 'part', `import { part } from '${specifier}'`)))
    expect(await answer(source)).toBe(1)
    expect([...source.files()].sort()).toEqual([join(dir, 'pkg', entry), join(dir, 'pkg', part)].sort())
    await put(`pkg/${part}`, `${text}2`)
    expect(await answer(source)).toBe(2)
  })

  it('notices an edit of JSON it imports', async () => {
    await put('data.json', '{"n":1}')
    const source = loader.path(await put('p.ts', plugin('p', 'data.n', "import data from './data.json'")))
    expect(await answer(source)).toBe(1)
    await put('data.json', '{"n":2}')
    expect(await answer(source)).toBe(2)
  })

  it('shares the host\'s SDK, built or not', async () => {
    for (const file of ['p.ts', 'p.mjs']) {
      const source = loader.path(await put(file, plugin('p', 'NexusError', "import { NexusError } from 'nexus-gateway/sdk'")))
      expect(await answer(source)).toBe(NexusError)
    }
  })

  it('reaches another plugin\'s contract by the package\'s name', async () => {
    const source = loader.path(await put('p.ts', plugin('p', 'Cron.id', "import { Cron } from 'nexus-gateway/plugins/cron'")))
    expect(await answer(source)).toBe('cron/1')
  })

  it('finds no module under a name that only an object\'s prototype has', async () => {
    const source = loader.path(await put('p.ts', plugin('p', 'x', "import x from 'constructor'")))
    expect(await error(source.load())).toMatchObject({ code: 'NEXUS_PLUGIN_LOAD_FAILED' })
  })

  it('has a manifest derived from its definition', async () => {
    const source = loader.path(await put('some-file.ts', "import { definePlugin, method } from 'nexus-gateway/sdk'\nexport default definePlugin({ id: 'hello', methods: { 'hello.say': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { 'hello.say': () => 1 } }) })"))
    expect(source.id).toBe('some-file')
    expect(await source.manifest()).toMatchObject({ id: 'hello', entry: 'some-file.ts', methods: { 'hello.say': 'operator.read' } })
    expect(source.id).toBe('hello')
  })

  it('with bad names in its definition has a bad manifest', async () => {
    const source = loader.path(await put('p.ts', plugin('gateway', '1')))
    expect(await error(source.manifest())).toMatchObject({ code: 'NEXUS_PLUGIN_BAD_MANIFEST' })
  })

  it('that throws is run once and named with the line', async () => {
    const source = loader.path(await put('p.mjs', 'globalThis.loads = (globalThis.loads ?? 0) + 1\n\nthrow new Error("no database")\n'))
    const thrown = await error(source.load())
    expect(thrown.code).toBe('NEXUS_PLUGIN_LOAD_FAILED')
    expect(thrown.message).toMatch(/no database \(.*p\.mjs:3:\d+\)$/)
    expect(counter.loads).toBe(1)
    expect(source.files()).toEqual([join(dir, 'p.mjs')])
  })

  it.each(['p.ts', 'p.mjs'])('with a syntax error in %s is named with line and column, and can be mended', async (file) => {
    const source = loader.path(await put(file, 'const a = 1\nconst b = {{ "sk-secret" \n'))
    const thrown = await error(source.load())
    expect(thrown.code).toBe('NEXUS_PLUGIN_LOAD_FAILED')
    expect(thrown.message).toContain(`${join(dir, file)}:2:12: `)
    expect(thrown.message).not.toContain('sk-secret')
    await put(file, plugin('p', '1'))
    expect(await answer(source)).toBe(1)
  })

  it('that exports `then`, or waits for ever, is given up at the deadline', async () => {
    const hasty = await createLoader({ cacheDir: join(dir, 'cache'), builtinDir: join(dir, 'builtin'), deadlineMs: 100 })
    const sources = [hasty.path(await put('then.ts', 'export const then = () => {}')), hasty.path(await put('wait.ts', 'await new Promise(() => {})')), hasty.builtin('hang')!]
    for (const source of sources) expect(await error(source.load())).toMatchObject({ code: 'NEXUS_PLUGIN_LOAD_TIMEOUT', data: { seconds: 0.1 } })
  })

  it.each(['export const x = 1', 'export default { id: "p", setup() {} }', 'export default 1', ''])('that exports no plugin is refused: %s', async (text) => {
    expect(await error(loader.path(await put('p.ts', text)).load())).toMatchObject({ code: 'NEXUS_PLUGIN_NOT_A_PLUGIN' })
  })

  it('that is not there is not found', async () => {
    expect(await error(loader.path(join(dir, 'nope.ts')).manifest())).toMatchObject({ code: 'NEXUS_PLUGIN_NOT_FOUND' })
  })
})

describe('the cache of transformed code', () => {
  it('is readable by its owner alone, has one file for each source file, and is not trusted for other content', async () => {
    const source = loader.path(await put('p.ts', plugin('p', '1')))
    await source.load()
    await put('p.ts', plugin('p', '2'))
    await source.load()
    const cache = join(dir, 'cache', 'jiti')
    const files = await readdir(cache)
    expect(files).toHaveLength(1)
    expect((await stat(cache)).mode & 0o777).toBe(0o700)
    const cached = join(cache, files[0]!)
    expect((await stat(cached)).mode & 0o777).toBe(0o600)

    await writeFile(cached, (await readFile(cached, 'utf8')).replace('=> 2', '=> 666'))
    const other = await createLoader({ cacheDir: join(dir, 'cache'), builtinDir: join(dir, 'builtin') })
    await put('p.ts', plugin('p', '3'))
    expect(await answer(other.path(join(dir, 'p.ts')))).toBe(3)
  })

  it('is done without where it cannot be written', async () => {
    await put('cache/jiti', 'a file in the way')
    expect(await answer(loader.path(await put('p.ts', plugin('p', '1'))))).toBe(1)
  })
})

describe('a plugin from a folder or a package', () => {
  const nexus = { api: 1, id: 'deep', entry: 'lib/main.ts', methods: {}, requires: {} }

  it('tells its manifest without running', async () => {
    await put('proj/node_modules/nexus-deep/package.json', JSON.stringify({ name: 'nexus-deep', version: '1.2.3', nexus }))
    await put('proj/node_modules/nexus-deep/lib/main.ts', `globalThis.loads = 1\n${plugin('deep', '1')}`)
    const source = await loader.package('nexus-deep', join(dir, 'proj', 'sub', 'sub'))
    expect(await source!.manifest()).toMatchObject({ id: 'deep', version: '1.2.3', entry: 'lib/main.ts' })
    expect(counter.loads).toBeUndefined()
    expect(source).toMatchObject({ id: 'deep', origin: 'package' })
    expect(await answer(source!)).toBe(1)
    expect(await loader.package('nexus-deep', dir)).toBeUndefined()
  })

  it('brings its own libraries, which stay as they are', async () => {
    await put('deep/package.json', JSON.stringify({ nexus: { ...nexus, entry: 'index.mjs' } }))
    await put('deep/node_modules/lib/package.json', '{"name":"lib","main":"./index.js"}')
    await put('deep/node_modules/lib/index.js', 'exports.lib = { n: 1 }')
    const text = (n: number) => plugin('deep', `[lib, ${n}]`, "import { lib } from 'lib'")
    const source = loader.path(dirname(await put('deep/index.mjs', text(1))))
    const [first] = await answer(source) as [object, number]
    await put('deep/index.mjs', text(2))
    const [again, n] = await answer(source) as [object, number]
    expect(again).toBe(first)
    expect(n).toBe(2)
    expect(source.files()).toEqual([join(dir, 'deep', 'index.mjs')])
  })

  it('with no more in its manifest than where the code is, gets the rest from the definition, commands too', async () => {
    await put('deep/package.json', JSON.stringify({ description: 'Deep.', nexus: { api: 1, id: 'deep', entry: 'index.ts', cli: 'cli.ts' } }))
    await put('deep/index.ts', "import { definePlugin } from 'nexus-gateway/sdk'\nexport default definePlugin({ id: 'deep', capabilities: ['kernel:control'], setup: () => {} })")
    await put('deep/cli.ts', "import { commands } from 'nexus-gateway/sdk'\nexport default commands({ 'deep dive': { summary: 'Dive', run: () => 4 } })")
    const source = loader.path(join(dir, 'deep'))
    expect(await source.manifest()).toMatchObject({ id: 'deep', description: 'Deep.', capabilities: ['kernel:control'], commands: { 'deep dive': { summary: 'Dive' } } })
    expect(await (await source.commands())['deep dive']!.run({} as never)).toBe(4)
  })

  it('without a manifest starts at index', async () => {
    await put('bare/index.js', plugin('bare', '1'))
    expect(await loader.path(join(dir, 'bare')).manifest()).toMatchObject({ id: 'bare', entry: 'index.js' })
    await mkdir(join(dir, 'empty'))
    expect(await error(loader.path(join(dir, 'empty')).load())).toMatchObject({ code: 'NEXUS_PLUGIN_NOT_A_PLUGIN' })
  })

  it('that is called otherwise in its code is refused', async () => {
    await put('deep/package.json', JSON.stringify({ nexus: { api: 1, id: 'deep', entry: 'index.ts' } }))
    await put('deep/index.ts', plugin('shallow', '1'))
    expect(await error(loader.path(join(dir, 'deep')).manifest())).toMatchObject({ code: 'NEXUS_PLUGIN_MANIFEST_DIFFERS' })
  })

  it('with a package.json that is not JSON has a bad manifest', async () => {
    await put('deep/package.json', '{')
    expect(await error(loader.path(join(dir, 'deep')).manifest())).toMatchObject({ code: 'NEXUS_PLUGIN_BAD_MANIFEST' })
  })
})

describe('a first-party plugin', () => {
  it('is loaded from its build, and its manifest from the one file', async () => {
    const source = loader.builtin('cron')!
    expect(source.manifest()).toMatchObject({ id: 'cron' })
    expect(await answer(source)).toBe('built')
    expect(await source.load()).toBe(await source.load())
    expect(Object.keys(await source.commands())).toEqual(['cron list'])
    expect(loader.builtin('constructor')).toBeUndefined()
  })

  it('that misses a library says which', async () => {
    const thrown = await error(loader.builtin('chat')!.load())
    expect(thrown).toMatchObject({ code: 'NEXUS_PLUGIN_LOAD_FAILED' })
    expect(thrown.message).toContain("'no-such-library'")
  })
})

const where = (...dirs: string[]): Where => ({ dirs, installed: new Map(), policy: { ...defaultPolicy, trusted: ['*'] } })

describe('finding a selection', () => {
  it('reports every unknown name at once, each with the nearest one', async () => {
    const { sources, faults } = await loader.find({ entries: ['cron', 'chta', 'no/such', 'nexus-plugin-x'], without: ['crno'] }, where(dir))
    expect(sources.map((source) => source.id)).toEqual(['cron'])
    expect(faults.map((fault) => [fault.code, fault.data['plugin'], fault.data['hint']])).toEqual([
      ['NEXUS_PLUGIN_NOT_FOUND', 'chta', ' Did you mean "chat"?'], ['NEXUS_PLUGIN_NOT_FOUND', 'no/such', ''], ['NEXUS_PLUGIN_NOT_FOUND', 'nexus-plugin-x', ''],
      ['NEXUS_PLUGIN_NOT_FOUND', 'crno', ' Did you mean "cron"?'],
    ])
    expect(faults[0]!.message).toBe(`plugin "chta" was not found, neither in this release nor as a package from ${dir}`)
  })

  it('leaves out a plugin from outside by its id', async () => {
    const [file, broken] = [await put('file.ts', plugin('hello', '1')), await put('broken.ts', 'throw 1')]
    const { sources, faults } = await loader.find({ entries: [file, broken, 'cron'], without: ['hello'] }, where(dir))
    expect(sources.map((source) => source.id)).toEqual(['broken', 'cron'])
    expect(faults).toEqual([])
  })

  it('isolates what the policy does not trust, by id', async () => {
    const [one, two] = [await put('one.ts', plugin('one', '1')), await put('two/package.json', '{"nexus":{"api":1,"id":"second","entry":"index.js"}}')]
    const tiers = async (trusted: string[]) => (await loader.find({ entries: [one, dirname(two), 'cron'], without: [] }, { ...where(dir), policy: { ...defaultPolicy, trusted } })).sources.map(({ tier }) => tier)
    expect(await tiers([])).toEqual(['isolated', 'isolated', 'trusted'])
    expect(await tiers(['second'])).toEqual(['isolated', 'trusted', 'trusted'])
    expect(await tiers(['two'])).toEqual(['isolated', 'isolated', 'trusted'])
    expect(await tiers(['*'])).toEqual(['trusted', 'trusted', 'trusted'])
  })

  it('keeps out what the policy denies, or does not allow, and says so; never what ships with the gateway', async () => {
    const entries = [await put('one.ts', plugin('one', '1')), await put('two.ts', plugin('two', '2')), 'cron']
    const found = async (policy: object) => {
      const { sources, faults } = await loader.find({ entries, without: [] }, { ...where(dir), policy: { ...defaultPolicy, trusted: ['*'], ...policy } })
      return [sources.map(({ id }) => id), faults.map(({ code, data }) => [code, data['plugin']])]
    }
    expect(await found({ deny: ['two', 'cron'] })).toEqual([['one', 'cron'], [['NEXUS_PLUGIN_DENIED', 'two']]])
    expect(await found({ allow: ['two'] })).toEqual([['two', 'cron'], [['NEXUS_PLUGIN_DENIED', 'one']]])
    expect(await found({ allow: ['two'], deny: ['two'] })).toEqual([['cron'], [['NEXUS_PLUGIN_DENIED', 'one'], ['NEXUS_PLUGIN_DENIED', 'two']]])
  })

  it('finds packages from each place it is given', async () => {
    await put('a/node_modules/@acme/one/package.json', '{"nexus":{"api":1,"id":"one","entry":"index.js"}}')
    await put('b/node_modules/two/package.json', '{"nexus":{"api":1,"id":"two","entry":"index.js"}}')
    const { sources } = await loader.find({ entries: ['@acme/one', 'two'], without: [] }, where(join(dir, 'a'), join(dir, 'b')))
    expect(sources.map((source) => source.place)).toEqual([join(dir, 'a/node_modules/@acme/one'), join(dir, 'b/node_modules/two')])
  })
})

it('a plugin whose folder cannot be read is reported, not thrown raw', async () => {
  const file = await put('locked/index.ts', plugin('p', '1'))
  await chmod(file, 0)
  const source = loader.path(dirname(file))
  if (process.getuid?.() === 0) await rm(file)
  expect((await error(source.load())).code).toMatch(/^NEXUS_PLUGIN_/)
})
