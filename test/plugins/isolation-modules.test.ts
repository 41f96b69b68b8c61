/** How a plugin's code comes into its process: as it would into the gateway, and no further than its folder. */
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { servedSession } from '../../kernel/served.ts'
import { unchanged } from '../../kernel/modules.ts'
import { fixtures, isolated, roadIn, workbench, world } from './isolation-harness.ts'

let bench: Awaited<ReturnType<typeof workbench>>
let place: string
beforeEach(async () => {
  bench = await workbench()
  place = join(bench.dir, 'modules')
})
afterEach(() => bench.clean())

async function withLibraries(): Promise<void> {
  await cp(`${fixtures}/modules`, place, { recursive: true })
  await bench.put('modules/node_modules/esm-dep/package.json', '{"name":"esm-dep","type":"module","exports":{"import":"./index.js"}}')
  await bench.put('modules/node_modules/esm-dep/index.js', "import { inner } from './inner.js'\nexport { inner }\nexport default 'esm'\n")
  await bench.put('modules/node_modules/esm-dep/inner.js', "export const inner = 'inner'")
  await bench.put('modules/node_modules/cjs-dep/package.json', '{"name":"cjs-dep","main":"main.js"}')
  await bench.put('modules/node_modules/cjs-dep/main.js', "exports.common = require('./part.json').name")
  await bench.put('modules/node_modules/cjs-dep/part.json', '{"name":"common"}')
}

describe('the modules of a plugin', () => {
  it('may be in cycles, wait, be JSON, CommonJS or libraries of its own', async () => {
    await withLibraries()
    await using w = await world({ dir: bench.dir, sources: [isolated(place, bench.dir)] })
    expect(w.started.failed).toEqual([])
    expect(await w.call('modules.tell')).toEqual({
      even: [true, false], data: { answer: 42 }, ready: 'after a wait', colour: 'red', side: 2, base: 'index.ts', dir: 'modules', url: true, legacy: 'legacy', half: 2,
      deep: 'legacy1common', json: 42, default: 'the default', named: 'named', esm: 'esm', inner: 'inner', cjs: 'common', common: 'common', resolved: true,
    })
  })

  it('are imported later too, and whole however many import one at once', async () => {
    await withLibraries()
    await using w = await world({ dir: bench.dir, sources: [isolated(place, bench.dir)] })
    expect(await w.call('modules.parallel')).toEqual(['whole', 'whole'])
    expect(await w.call('modules.later', { name: 'found' })).toEqual({ value: 'found later' })
    await expect(w.call('modules.later', { name: 'nowhere' })).rejects.toMatchObject({ code: 'NEXUS_CALL_FAILED' })
    expect(w.kernel.inspect('modules')?.files.map((file) => file.slice(place.length + 1))).toEqual(expect.arrayContaining(['index.ts', 'even.ts', 'odd.ts', 'data.json', 'legacy.cjs', 'deep/part.cjs', 'deep/found.ts']))
    expect(w.kernel.inspect('modules')?.hash).toMatch(/^[0-9a-f]{12}$/)
  })

  it('with a mistake are reported by file, line and column', async () => {
    await bench.put('modules/package.json', '{"nexus":{"api":1,"id":"modules","entry":"index.ts"}}')
    await bench.put('modules/index.ts', "import './part.ts'\nexport default 1")
    await bench.put('modules/part.ts', 'export const x = 1\nexport const = 2')
    await using w = await world({ dir: bench.dir, sources: [isolated(place, bench.dir)] })
    expect(w.started.failed[0]).toMatchObject({ id: 'modules', error: { code: 'NEXUS_PLUGIN_LOAD_FAILED', message: expect.stringContaining(`${place}/part.ts:2:14: Unexpected token`) } })
  })

  it('that are no plugin, throw, or never end are reported as such', async () => {
    for (const [id, text] of [['none', 'export default 1'], ['throws', "throw new Error('no luck')"]] as const) {
      await bench.put(`${id}/package.json`, JSON.stringify({ nexus: { api: 1, id, entry: 'index.ts' } }))
      await bench.put(`${id}/index.ts`, text)
    }
    await using w = await world({ dir: bench.dir, sources: [isolated(join(bench.dir, 'none'), bench.dir), isolated(join(bench.dir, 'throws'), bench.dir)] })
    const failed = new Map(w.started.failed.map(({ id, error }) => [id, error]))
    expect(failed.get('none')).toMatchObject({ code: 'NEXUS_PLUGIN_NOT_A_PLUGIN' })
    expect(failed.get('throws')).toMatchObject({ code: 'NEXUS_PLUGIN_LOAD_FAILED', message: expect.stringContaining('no luck') })
  })
})

describe('what is served', () => {
  const session = (root: string) => servedSession({ id: 'p', place: root, root, entry: 'index.ts' }, roadIn(bench.dir), async () => undefined)

  it('is each own file once, with the hash that tells whether it has changed', async () => {
    const file = await bench.put('p/index.ts', 'export const a: number = 1')
    const served = await session(join(bench.dir, 'p'))
    const first = await served.load('index.ts', '')
    expect(first).toMatchObject({ file, code: expect.stringContaining('exports.a') })
    await writeFile(file, 'export const a = 2')
    expect(await served.load('index.ts', '')).toBe(first)
    expect(await unchanged(served.hashes())).toBe(false)
    await writeFile(file, 'export const a: number = 1')
    expect(await unchanged(served.hashes())).toBe(true)
    expect(served.files()).toEqual([file])
  })

  it('is nothing outside the plugin\'s folder, by no road', async () => {
    const outside = await bench.put('secret.ts', 'export const secret = 1')
    const entry = await bench.put('p/index.ts', '')
    await mkdir(join(bench.dir, 'q'))
    await symlink(outside, join(bench.dir, 'p', 'link.ts'))
    await symlink(bench.dir, join(bench.dir, 'p', 'up'))
    const served = await session(join(bench.dir, 'p'))
    for (const specifier of ['../secret.ts', '../secret', outside, `file://${outside}`, './link.ts', './up/secret.ts', '/etc/passwd', './up/p/../secret']) {
      await expect(served.load(specifier, entry), specifier).rejects.toThrow(/outside the plugin's folder|Cannot find/)
    }
    await expect(served.load('../secret.ts', '')).rejects.toThrow('outside the plugin\'s folder')
    expect(served.files()).toEqual([])
  })

  it('is a shared module by its name, a library and a module of Node as they are, and each other plugin\'s contract', async () => {
    const entry = await bench.put('p/index.ts', '')
    const library = await bench.put('p/node_modules/lib/index.js', '')
    const road = { ...roadIn(bench.dir), alias: { 'nexus-gateway/plugins/chat': join(bench.dir, 'contract.js') } }
    const served = await servedSession({ id: 'p', place: '', root: join(bench.dir, 'p'), entry: 'index.ts' }, road, async () => undefined)
    expect(await served.load('nexus-gateway/sdk', entry)).toEqual({ shared: 'nexus-gateway/sdk' })
    expect(await served.load('node:fs', entry)).toEqual({ native: 'node:fs' })
    expect(await served.load('fs', entry)).toEqual({ native: 'fs' })
    expect(await served.load('lib', entry)).toEqual({ native: `file://${library}` })
    expect(await served.load('nexus-gateway/plugins/chat', entry)).toEqual({ native: `file://${join(bench.dir, 'contract.js')}` })
    await expect(served.load('constructor', entry)).rejects.toThrow()
  })

  it('is nothing before it was agreed to', async () => {
    const session = servedSession({ id: 'p', place: '', root: bench.dir, entry: 'index.ts' }, roadIn(bench.dir), () => Promise.reject(new Error('tampered')))
    await expect(session).rejects.toThrow('tampered')
  })
})
