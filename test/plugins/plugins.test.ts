import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { definePlugin, method, optional, service } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { createKernel, type Kernel } from '../../kernel/index.ts'
import { createLoader } from '../../kernel/loader.ts'
import { createLogger } from '../../kernel/log.ts'
import type { LogRecord } from '../../kernel/points.ts'
import { memorySource } from '../../kernel/source.ts'
import plugins from '../../plugins/plugins/index.ts'

interface ClockApi { now(): number }
const Clock = service<ClockApi>('clock/1')
const Missing = service<unknown>('missing/1')
const clock = definePlugin({ id: 'clock', provides: { clock: Clock }, setup: () => ({ provides: { clock: { now: () => 1 } } }) })
const user = definePlugin({
  id: 'user', requires: { clock: Clock, other: optional(Missing) },
  methods: { 'user.time': method({ scope: 'operator.read' }) },
  setup(ctx) {
    ctx.scope.interval(() => {}, 1000)
    return { methods: { 'user.time': () => ctx.deps.clock.now() } }
  },
})
const broken = definePlugin({ id: 'broken', setup() { throw new Error('no luck') } })
const held = definePlugin({ id: 'held', requires: { missing: Missing }, setup() {} })

describe('what is told of plugins', () => {
  test('list: every one, its state, and why one does not run', async () => {
    await using k = await testKernel({ plugins: [plugins, clock, user, broken, held], lenient: true })
    const { plugins: rows } = await k.call('plugins.list') as { plugins: Record<string, unknown>[] }
    const row = (id: string) => rows.find((r) => r['id'] === id)
    expect(row('user')).toEqual({ id: 'user', state: 'active', origin: 'memory', why: 'test', faults: 0 })
    expect(row('broken')).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_SETUP_FAILED', message: expect.stringContaining('no luck'), fix: expect.any(String) } })
    expect(row('held')).toMatchObject({ state: 'blocked', error: { code: 'NEXUS_PLUGIN_MISSING_SERVICE' } })
  })

  test('info: what it offers, needs and owns', async () => {
    await using k = await testKernel({ plugins: [plugins, clock, user] })
    expect(await k.call('plugins.info', { id: 'user' })).toMatchObject({
      id: 'user', state: 'active', required: false, exclusive: false,
      requires: [{ service: 'clock/1', optional: false, provider: 'clock' }, { service: 'missing/1', optional: true }],
      owns: { method: ['user.time'], interval: ['1000 ms'] },
    })
    expect(await k.call('plugins.info', { id: 'clock' })).toMatchObject({ provides: ['clock/1'], dependents: ['user'] })
    expect(await k.call('plugins.info', { id: 'plugins' })).toMatchObject({
      requires: expect.arrayContaining([{ service: 'kernel/1', optional: false, provider: 'kernel' }, { service: 'scanner/1', optional: true }]),
      owns: { other: ['watch of plugin folders'], tap: expect.arrayContaining(['kernel.ready']) },
    })
  })

  test('why: who asked, its state, and what each phase took', async () => {
    await using k = await testKernel({ plugins: [plugins, clock, user, broken], lenient: true })
    expect(await k.call('plugins.why', { id: 'user' })).toMatchObject({
      why: 'test', state: 'active', phases: { loadMs: expect.any(Number), setupMs: expect.any(Number) }, owned: expect.arrayContaining(['method user.time']), inflight: 0,
    })
    expect(await k.call('plugins.why', { id: 'broken' })).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_SETUP_FAILED' } })
  })

  test('info is why at length, and why is a row of the list at length', async () => {
    await using k = await testKernel({ plugins: [plugins, clock, user, broken], lenient: true })
    const { plugins: rows } = await k.call('plugins.list') as { plugins: { id: string }[] }
    for (const row of rows) {
      const why = await k.call('plugins.why', { id: row.id }) as object
      expect(why).toMatchObject(row)
      expect(await k.call('plugins.info', { id: row.id })).toEqual({ ...why, required: false, exclusive: false, provides: expect.any(Array), requires: expect.any(Array), owns: expect.any(Object) })
    }
  })

  test.each(['plugins.info', 'plugins.why', 'plugins.reload'])('%s of one that is not there, without repeating the name', async (name) => {
    await using k = await testKernel({ plugins: [plugins] })
    const error = await k.call(name, { id: 'nobody-knows' }).catch((e: Error) => e)
    expect(error).toMatchObject({ code: 'NEXUS_PLUGINS_UNKNOWN' })
    expect((error as Error).message).not.toContain('nobody-knows')
  })
})

describe('reload', () => {
  const say = (text: string) => definePlugin({ id: 'hello', methods: { 'hello.say': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { 'hello.say': () => text } }) })

  test('is for admins, and looking is for readers', async () => {
    await using k = await testKernel({ plugins: [plugins, clock] })
    await expect(k.call('plugins.reload', { id: 'clock' }, { scopes: ['operator.write'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.call('plugins.list', {}, { scopes: ['operator.read'] })).resolves.toBeDefined()
    await expect(k.call('plugins.list', {}, { scopes: ['operator.pairing'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })

  test('swaps the plugin and what depends on it', async () => {
    await using k = await testKernel({ plugins: [plugins, clock, user] })
    const change = await k.call('plugins.reload', { id: 'clock' }) as { started: string[] }
    expect(change.started.sort()).toEqual(['clock', 'user'])
    expect(k.inspect('user')?.state).toBe('active')
  })

  test('of the plugin that runs the call is put off, and then done', async () => {
    await using k = await testKernel({ plugins: [plugins] })
    const before = k.inspect('plugins')?.generation ?? 0
    expect(await k.call('plugins.reload', { id: 'plugins' })).toEqual({ scheduled: true, started: [], stopped: [], blocked: [] })
    await vi.waitFor(() => expect(k.inspect('plugins')?.generation).toBeGreaterThan(before))
    expect(await k.call('plugins.list')).toBeDefined()
  })

  test('to code that cannot be set up leaves the old one serving', async () => {
    await using k = await testKernel({ plugins: [plugins, say('old')] })
    await expect(k.reload('hello', definePlugin({ ...say('new'), setup() { throw new Error('no luck') } }))).rejects.toBeDefined()
    await expect(k.call('plugins.reload', { id: 'hello' })).rejects.toMatchObject({ code: expect.stringMatching(/^NEXUS_PLUGIN_/) })
    expect(await k.call('hello.say')).toBe('old')
  })
})

describe('a plugin given by path', () => {
  let dir: string
  let kernel: Kernel
  const logs: LogRecord[] = []
  afterEach(async () => {
    await kernel.close()
    await rm(dir, { recursive: true, force: true })
  })
  const source = (text: string): string => `
import { definePlugin, method } from 'nexus-gateway/sdk'
export default definePlugin({ id: 'hello', methods: { 'hello.say': method({ scope: 'public' }) }, setup: () => ({ methods: { 'hello.say': () => '${text}' } }) })`
  const say = async (): Promise<unknown> => kernel.dispatch('hello.say', {}, { caller: { id: 't', role: 'operator', label: 'operator', scopes: new Set() }, transport: 'kernel' })

  async function start(file: string): Promise<void> {
    await mkdir(join(dir, 'built'))
    await writeFile(join(dir, 'built', 'manifests.json'), '{"defaults":[],"manifests":{}}')
    const loader = await createLoader({ cacheDir: join(dir, 'cache'), builtinDir: join(dir, 'built') })
    const log = createLogger()
    log.addSink((record) => logs.push(record))
    const paths = { state: dir, config: join(dir, 'nexus.json5'), socket: '', lock: '', cache: join(dir, 'cache'), token: '', local: '' }
    const hello = loader.path(file)
    await hello.manifest()
    kernel = createKernel({ plugins: [{ source: memorySource(plugins), why: 'test' }, { source: hello, why: 'test' }], paths, version: 'test', log })
    await kernel.start()
  }

  test('is what its file says, also when that was saved after it was read and before the watch began', async () => {
    dir = await mkdtemp(join(tmpdir(), 'nexus-path-'))
    const file = join(dir, 'hello.ts')
    // It is saved when it has been read, by its own setup.
    await writeFile(file, source('one').replace('setup: () => (', `setup: () => (writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(source('two'))}), `) + "\nimport { writeFileSync } from 'node:fs'\n")
    await start(file)
    await vi.waitFor(async () => expect(await say()).toBe('two'), { timeout: 10_000 })
  })

  test('is left alone for as long as its files are those that were read', async () => {
    dir = await mkdtemp(join(tmpdir(), 'nexus-path-'))
    await writeFile(join(dir, 'part.ts'), 'export const word = "one"')
    await writeFile(join(dir, 'data.json'), '{}')
    await writeFile(join(dir, 'hello.ts'), `${source('one')}\nimport './part.ts'\nimport './data.json'\n`)
    await start(join(dir, 'hello.ts'))
    expect(kernel.inspect('hello')?.files).toHaveLength(3)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(kernel.inspect('hello')?.generation).toBe(1)
  })

  test('is reloaded when its file changes; a mistake in it keeps the old one, and mending it brings the new', async () => {
    dir = await mkdtemp(join(tmpdir(), 'nexus-path-'))
    const file = join(dir, 'hello.ts')
    await writeFile(file, source('one'))
    await start(file)
    expect(await say()).toBe('one')

    await writeFile(join(dir, '.hello.tmp'), source('two'))
    await rename(join(dir, '.hello.tmp'), file)
    await vi.waitFor(async () => expect(await say()).toBe('two'), { timeout: 10_000 })

    await writeFile(file, 'export default {{{')
    await vi.waitFor(() => expect(logs.some(({ level, message }) => level === 'error' && message.includes('was not replaced'))).toBe(true), { timeout: 10_000 })
    expect(await say()).toBe('two')

    await writeFile(file, source('three'))
    await vi.waitFor(async () => expect(await say()).toBe('three'), { timeout: 10_000 })
  })
})
