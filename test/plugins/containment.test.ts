/** Faults of plugins: laid on the right one, counted, and one too many of them unloads it. Over 300 lines: the breaker in all its cases. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { callAuthorize, callBefore, definePlugin, hook, method, NexusError, optional, pluginFaulted, service } from 'nexus-gateway/sdk'
import type { Plugin } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { createKernel } from '../../kernel/index.ts'
import { createLogger } from '../../kernel/log.ts'
import { statePaths } from '../../kernel/paths.ts'
import { memorySource } from '../../kernel/source.ts'
import { createBreaker } from '../../plugins/containment/breaker.ts'
import cli from '../../plugins/containment/cli.ts'
import containment from '../../plugins/containment/index.ts'

let state: string
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'nexus-containment-'))
  mkdirSync(join(state, 'config'))
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const read = { scope: 'operator.read' } as const
const Poked = hook.series<[]>('owner.poked')
const Asked = hook.waterfall<[number]>('owner.asked')
const owner = definePlugin({
  id: 'owner', methods: { 'owner.poke': method(read), 'owner.ask': method(read) },
  setup: (ctx) => ({ methods: { 'owner.poke': () => ctx.invoke(Poked), 'owner.ask': () => ctx.invoke(Asked, 1) } }),
})
const no = (): never => { throw new Error('no') }
const bad = definePlugin({
  id: 'bad',
  methods: { 'bad.throw': method(read), 'bad.reject': method(read), 'bad.refuse': method(read), 'bad.fine': method(read), 'bad.strict': method({ ...read, params: v.strictObject({ n: v.number() }) }), 'bad.late': method(read) },
  setup(ctx) {
    ctx.tap(Poked, no)
    ctx.tap(Asked, no)
    return {
      methods: {
        'bad.throw': no, 'bad.reject': async () => no(), 'bad.fine': () => 'fine', 'bad.strict': () => 1,
        'bad.refuse': () => { throw new NexusError('NEXUS_BAD_REFUSED', { text: 'refused', fix: 'ask otherwise', wire: 'INVALID_REQUEST' }) },
        'bad.late': (_, call) => call.waitUntil(Promise.reject(new Error('late'))),
      },
    }
  },
})
const three = { containment: { faults: 3, windowMs: 1_000, watchdog: 'never' } }
const kernelWith = (config: Record<string, unknown> = three, plugins: readonly Plugin[] = [bad, owner]) => testKernel({ plugins: [containment, ...plugins], config, stateDir: state })
const attempt = async (k: TestKernel, name: string, params?: unknown): Promise<void> => void await k.call(name, params).catch(() => {})
const list = (k: TestKernel) => k.call('containment.list', {}) as Promise<{ quarantined: { id: string; reason: string }[]; faults: { id: string; faults: number; last: string }[]; watching: boolean }>
const held = async (k: TestKernel) => (await list(k)).quarantined.map(({ id }) => id)
const out = async (k: TestKernel) => vi.waitFor(async () => {
  await k.settled()
  expect(k.inspect('bad')).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_QUARANTINED' } })
})

describe('a fault', () => {
  it.each([
    ['of a handler', 'bad.throw', 'bad.throw'],
    ['of a handler that answers later', 'bad.reject', 'bad.reject'],
    ['of work behind an answer', 'bad.late', 'bad.late'],
    ['of a tap that is skipped then', 'owner.poke', 'hook owner.poked'],
    ['of a tap that fails the call of another plugin', 'owner.ask', 'hook owner.asked'],
  ])('%s is laid on the plugin whose code it was', async (_, name, last) => {
    await using k = await kernelWith()
    await attempt(k, name)
    await k.settled()
    expect((await list(k)).faults).toMatchObject([{ id: 'bad', faults: 1, last }])
    expect(k.inspect('bad')?.faults).toBe(1)
    expect(k.inspect('owner')?.faults).toBe(0)
  })

  it.each([['bad.refuse', undefined], ['bad.strict', { n: 'x' }], ['bad.nothing', undefined], ['bad.fine', undefined]])('is not what the caller has caused: %s', async (name, params) => {
    await using k = await kernelWith()
    for (let i = 0; i < 5; i++) await attempt(k, name, params)
    await k.call('bad.fine', {}, { scopes: ['operator.none'] }).catch(() => {})
    expect(await list(k)).toMatchObject({ quarantined: [], faults: [] })
  })

  it('of timers, loops and disposers counts as well', async () => {
    const told: string[] = []
    const ear = definePlugin({ id: 'ear', setup(ctx) { ctx.tap(pluginFaulted, ({ id, where, error }) => { told.push(`${id}: ${where}: ${(error as Error).message}`) }) } })
    const many = definePlugin({ id: 'many', setup(ctx) { ctx.scope.timeout(no, 5); ctx.scope.interval(no, 10); ctx.scope.spawn('x', async () => { await sleep(5); no() }); ctx.scope.defer(no, 'mess') } })
    const k = await kernelWith({ containment: { watchdog: 'never' } }, [ear, many])
    await k.clock.advance(15)
    await sleep(20)
    await k.unload('many')
    expect(told.sort()).toEqual(['many: close: plugin "many" failed to clean up mess', 'many: interval 10 ms: no', 'many: loop x: no', 'many: timeout 5 ms: no'])
    await expect(k.close()).rejects.toThrow('failed to clean up mess')
  })

  it('in telling of faults is only logged, and goes round in no circle', async () => {
    let told = 0
    const Own = hook.series<[]>('echo.own')
    const echo = definePlugin({
      id: 'echo', setup(ctx) {
        ctx.tap(Own, no)
        ctx.tap(pluginFaulted, () => { told++; void ctx.invoke(Own); no() })
        ctx.tap(pluginFaulted, async () => no())
      },
    })
    await using k = await kernelWith(three, [bad, echo, owner])
    await attempt(k, 'bad.throw')
    await sleep(5)
    expect(told).toBe(1)
    expect((await list(k)).faults.map(({ id }) => id)).toEqual(['bad'])
    expect(k.logs.filter(({ message }) => message === 'fault in hook plugin.faulted')).toHaveLength(2)
  })
})

describe('the breaker', () => {
  it('trips exactly when as many faults as allowed lie within a window, whenever they came', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(20), { maxLength: 40 }), (faults, windowMs, gaps) => {
      let now = 0
      let times: number[] = []
      const breaker = createBreaker(() => ({ faults, windowMs }), () => now)
      for (const gap of gaps) {
        now += gap
        times.push(now)
        const due = times.filter((time) => now - time < windowMs).length >= faults
        expect(breaker.count('p', 'x')).toBe(due)
        expect(breaker.report()[0]?.faults).toBe(Math.min(faults, times.filter((time) => now - time < windowMs).length))
        if (!due) continue
        breaker.forget('p')
        times = []
        expect(breaker.report()).toEqual([])
      }
    }))
  })

  it('unloads the plugin at the third of three, says so, and leaves the rest alone', async () => {
    await using k = await kernelWith()
    const told = k.nextEvent('plugin.quarantined')
    for (let i = 0; i < 2; i++) await attempt(k, 'bad.throw')
    expect(await k.call('bad.fine')).toBe('fine')
    await attempt(k, 'bad.throw')
    await out(k)
    expect(await told).toMatchObject({ id: 'bad', reason: 'it failed 3 times within 1 s, the last time in bad.throw' })
    await expect(k.call('bad.fine')).rejects.toThrow('unknown method')
    await k.call('owner.poke')
    expect(k.logs.find(({ level, message }) => level === 'error' && message.startsWith('plugin "bad" goes into quarantine'))?.fields?.['fix']).toContain('nexus containment release bad')
    expect((await k.cli(cli, 'containment list')).stdout).toMatch(/bad {2}in quarantine since 2026-01-01[^]*failed 3 times within 1 s/)
  })

  it('lets old faults be', async () => {
    await using k = await kernelWith()
    for (let i = 0; i < 6; i++) {
      await attempt(k, 'bad.throw')
      await k.clock.advance(600)
    }
    expect(await held(k)).toEqual([])
    expect(k.inspect('bad')?.state).toBe('active')
  })

  it('heeds bounds of the plugin\'s own, and starts anew with each of its generations', async () => {
    await using k = await kernelWith({ containment: { ...three.containment, plugins: { bad: { faults: 2 } } } })
    await attempt(k, 'bad.throw')
    await k.reload('bad')
    await attempt(k, 'bad.throw')
    expect(await held(k)).toEqual([])
    await attempt(k, 'bad.throw')
    await out(k)
  })

  it('waits for no call that is under way, not even the one that failed', async () => {
    const Late = service<{ fail(): Promise<void> }>('late/1')
    const late = definePlugin({ id: 'bad', methods: { 'bad.all': method(read) }, provides: { late: Late }, setup(ctx) {
      for (let i = 0; i < 3; i++) ctx.tap(Poked, no)
      return { provides: { late: { fail: async () => {} } }, methods: { 'bad.all': async (_, call) => { await ctx.call(owner, 'owner.poke', undefined, { cause: call }).catch(() => {}); return 'done' } } }
    } })
    await using k = await kernelWith(three, [late, owner])
    await expect(k.call('bad.all')).resolves.toBe('done')
    await out(k)
  })

  it('takes along what cannot be without the plugin, and brings it back with it', async () => {
    const Thing = service<object>('thing/1')
    const maker = definePlugin({ ...bad, provides: { thing: Thing }, setup: (ctx) => ({ ...(bad.setup(ctx) as object), provides: { thing: {} } }) as never })
    const user = definePlugin({ id: 'user', requires: { thing: Thing }, setup: () => {} })
    const wisher = definePlugin({ id: 'wisher', requires: { thing: optional(Thing) }, setup: () => {} })
    await using k = await kernelWith(three, [maker, owner, user, wisher])
    for (let i = 0; i < 3; i++) await attempt(k, 'bad.throw')
    await out(k)
    expect([k.inspect('user')?.state, k.inspect('wisher')?.state]).toEqual(['blocked', 'active'])
    expect(await k.call('containment.release', { id: 'bad' })).toMatchObject({ started: expect.arrayContaining(['bad', 'user']) as string[] })
    expect([k.inspect('bad')?.state, k.inspect('user')?.state]).toEqual(['active', 'active'])
  })

  it.each([['builtin', false, 'ships with the gateway'], ['memory', true, 'cannot do without it']] as const)('never unloads what is %s or required (%s), and says so loudly', async (origin, required, why) => {
    const records: string[] = []
    const log = createLogger()
    log.addSink(({ level, message }) => { if (level === 'error') records.push(message) })
    const source = { ...memorySource(definePlugin({ ...bad, required })), origin }
    const gate = definePlugin({ id: 'gate', capabilities: ['tap:call.authorize'], setup: (ctx) => ctx.tap(callAuthorize, () => true) })
    const kernel = createKernel({ plugins: [{ source, why: 'test' }, ...[containment, gate].map((plugin) => ({ source: memorySource(plugin), why: 'test' }))], settings: three, paths: statePaths({ NEXUS_STATE_DIR: state }), version: 'test', log })
    await kernel.start()
    const origins = { caller: { id: 'x', role: 'operator' as const, scopes: new Set(['operator.admin', 'operator.read']), label: 'operator' as const }, transport: 'kernel' as const }
    for (let i = 0; i < 7; i++) await Promise.resolve().then(() => kernel.dispatch('bad.throw', undefined, origins)).catch(() => {})
    await sleep(5)
    expect(kernel.inspect('bad')?.state).toBe('active')
    expect(records.filter((message) => message.includes('fails again and again and is not unloaded') && message.includes(why))).toHaveLength(2)
    await kernel.close()
  })
})

describe('quarantine', () => {
  const trip = async (k: TestKernel): Promise<void> => {
    for (let i = 0; i < 3; i++) await attempt(k, 'bad.throw')
    await out(k)
  }

  it('outlives the kernel, and other changes, until it is released', async () => {
    {
      await using k = await kernelWith()
      await trip(k)
      await k.configure({ containment: { ...three.containment, faults: 4 } })
      await out(k)
    }
    expect(Object.keys(JSON.parse(readFileSync(join(state, 'config', 'quarantine.json'), 'utf8')) as object)).toEqual(['bad'])
    await using k = await testKernel({ plugins: [containment, bad, owner], config: three, stateDir: state, lenient: true })
    expect(k.started.failed).toMatchObject([{ id: 'bad', error: { code: 'NEXUS_PLUGIN_QUARANTINED' } }])
    expect(await held(k)).toEqual(['bad'])
    expect(k.inspect('bad')).toMatchObject({ place: 'memory:bad', origin: 'memory', why: 'test', owned: [] })
    expect((await k.cli(cli, 'containment release bad')).stdout).toContain('bad runs again')
    expect(await k.call('bad.fine')).toBe('fine')
    expect(await held(k)).toEqual([])
  })

  it('is left by a reload, too', async () => {
    await using k = await kernelWith()
    await trip(k)
    const { KernelControl } = await import('nexus-gateway/sdk')
    await k.load(definePlugin({ id: 'reloader', requires: { kernel: KernelControl }, capabilities: ['kernel:control'], methods: { 'reloader.go': method(read) }, setup: (ctx) => ({ methods: { 'reloader.go': async (_, call) => (await ctx.deps.kernel.reload(['bad'], call)).started } }) }))
    expect(await k.call('reloader.go')).toContain('bad')
    expect(await held(k)).toEqual([])
  })

  it('is not left by a plugin that cannot run', async () => {
    let broken = false
    const fragile = definePlugin({ ...bad, setup: (ctx) => (broken ? no() : bad.setup(ctx) as never) })
    await using k = await kernelWith(three, [fragile, owner])
    await trip(k)
    broken = true
    await expect(k.call('containment.release', { id: 'bad' })).rejects.toThrow('setup of plugin "bad" failed')
    await out(k)
    broken = false
    await k.call('containment.release', { id: 'bad' })
    expect(await k.call('bad.fine')).toBe('fine')
  })

  it('of nobody is refused, and asks for rights', async () => {
    await using k = await kernelWith()
    await expect(k.call('containment.release', { id: 'bad' })).rejects.toMatchObject({ code: 'NEXUS_CONTAINMENT_NOT_HELD' })
    await trip(k)
    await expect(k.call('containment.release', { id: 'bad' }, { scopes: ['operator.write'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })
})

describe('the watch over the event loop', () => {
  const spin = (ms: number): void => { for (const end = performance.now() + ms; performance.now() < end;); }
  function blockingHere(): void { spin(700) }
  const blocker = definePlugin({ id: 'blocker', methods: { 'blocker.block': method(read) }, setup: () => ({ methods: { 'blocker.block': blockingHere } }) })
  const watched = { containment: { watchdog: 'always', warnMs: 200, killMs: 0, faults: 2 } }
  const watching = async (k: TestKernel) => vi.waitFor(async () => {
    await k.clock.advance(1)
    expect((await list(k)).watching).toBe(true)
  })

  it('names the plugin and its stack when the loop turns again, counts that, and ends with the plugin', async () => {
    await using k = await kernelWith(watched, [blocker])
    await watching(k)
    await sleep(300)
    await k.call('blocker.block')
    const record = await vi.waitFor(() => {
      const found = k.logs.find(({ message }) => /^the event loop was blocked for \d+ ms by plugin "blocker"$/.test(message))
      expect(found).toBeDefined()
      return found
    }, { timeout: 5_000 })
    expect(record?.fields?.['stack']).toMatch(/at blockingHere \(.*containment\.test\.ts:\d+:\d+\)/)
    expect(record?.fields?.['ms']).toBeGreaterThan(200)
    expect((await list(k)).faults).toMatchObject([{ id: 'blocker', faults: 1, last: 'a blocked event loop' }])
  })

  it('is silent while calls take long without blocking it', async () => {
    const slow = definePlugin({ id: 'slow', methods: { 'slow.wait': method(read) }, setup: () => ({ methods: { 'slow.wait': () => sleep(600) } }) })
    await using k = await kernelWith(watched, [slow])
    await watching(k)
    await k.call('slow.wait')
    expect(k.logs.filter(({ message }) => message.startsWith('the event loop'))).toEqual([])
  })

  it('costs nothing where no plugin from outside runs inside the process', async () => {
    await using k = await kernelWith({ containment: {} })
    await k.clock.advance(10)
    expect((await list(k)).watching).toBe(false)
  })
})

it('a tap that refuses a call is no fault; one that breaks it is', async () => {
  const guard = definePlugin({ id: 'guard', capabilities: ['tap:call.before'], setup: (ctx) => ctx.tap(callBefore, ({ verb }) => { if (verb === 'bad.fine') throw new NexusError('NEXUS_GUARD_NO', { text: 'no', fix: '-' }); if (verb === 'bad.late') no() }) })
  await using k = await kernelWith(three, [bad, owner, guard])
  await attempt(k, 'bad.fine')
  expect((await list(k)).faults).toEqual([])
  await attempt(k, 'bad.late')
  expect((await list(k)).faults).toMatchObject([{ id: 'guard', faults: 1, last: 'hook call.before' }])
})
