/** Whose code runs, as a thread or the next process would see it; and that a process does not run what is held. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { callAfter, callAuthorize, definePlugin, hook, kernelReady, KernelControl, method, upgrade } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { realClock } from '../../kernel/clock.ts'
import { createKernel } from '../../kernel/index.ts'
import { createLogger } from '../../kernel/log.ts'
import { Marker } from '../../kernel/marker.ts'
import { statePaths } from '../../kernel/paths.ts'
import { PluginScope } from '../../kernel/scope.ts'
import { memorySource } from '../../kernel/source.ts'
import { nexus } from './cli/spawn.ts'
import { call } from './gateway/phone.ts'
import { house } from './gateway/support.ts'
import { kernelOf } from './harness.ts'

let dir: string
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'nexus-marker-')) })
afterEach(() => rmSync(dir, { recursive: true }))

const nowIn = (marker: Marker): number => new Int32Array(marker.shared)[0] ?? NaN
const file = () => join(dir, 'config', 'running')
const traced = (): unknown => JSON.parse(readFileSync(file(), 'utf8'))
const scopeOf = (marker: Marker, number: number) => new PluginScope('p', Math.abs(number), realClock, () => {}, marker, number)
const nap = (ms = 1) => new Promise<void>((resolve) => { setTimeout(resolve, ms) })

describe('the marker', () => {
  it('names whoever runs, the inner one of two, and nobody afterwards, also when they throw', () => {
    const marker = new Marker()
    const [one, two] = [scopeOf(marker, 1), scopeOf(marker, 2)]
    expect(one.run(() => [nowIn(marker), two.run(() => nowIn(marker)), nowIn(marker)])).toEqual([1, 2, 1])
    expect(() => one.run(() => two.run(() => { throw new Error('no') }))).toThrow('no')
    expect(nowIn(marker)).toBe(0)
  })

  it('gives a plugin what it was called with, and back what it answers', () => {
    expect(scopeOf(new Marker(), 1).run((a: number, b: string) => `${a}${b}`, 1, 'x')).toBe('1x')
  })

  it('knows the synchronous part of what is asynchronous', async () => {
    const marker = new Marker()
    const seen: number[] = []
    const work = scopeOf(marker, 3).run(async () => {
      seen.push(nowIn(marker))
      await nap()
      seen.push(nowIn(marker))
    })
    seen.push(nowIn(marker))
    await work
    expect(seen).toEqual([3, 0, 0])
  })

  it('is nobody\'s whenever the loop is idle, whatever was nested, thrown and awaited', async () => {
    interface Step { number: number; throws: boolean; waits: boolean; inner: Step[] }
    const { step } = fc.letrec<{ step: Step; leaf: Step; node: Step }>((tie) => {
      const shape = (inner: fc.Arbitrary<Step[]>) => fc.record({ number: fc.integer({ min: -5, max: 5 }).filter((n) => n !== 0), throws: fc.boolean(), waits: fc.boolean(), inner })
      return { leaf: shape(fc.constant([])), node: shape(fc.array(tie('step'), { maxLength: 3 })), step: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('node')) }
    })
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
      const marker = new Marker({ file: file() })
      for (const n of [1, 2, 3, 4, 5]) marker.number(n, { id: `p${n}`, place: '/p' })
      const work: Promise<unknown>[] = []
      const seen: unknown[] = []
      const due: unknown[] = []
      const look = (number: number): void => {
        seen.push(nowIn(marker), traced())
        due.push(number, number < 0 ? { id: `p${-number}`, place: '/p' } : {})
      }
      const attempt = (one: Step): void => { try { run(one) } catch { /* The outer one goes on. */ } }
      const run = ({ number, throws, waits, inner }: Step): void => scopeOf(marker, number).run(() => {
        look(number)
        inner.forEach(attempt)
        look(number)
        if (waits) work.push(nap().then(() => inner.forEach(attempt)))
        if (throws) throw new Error('no')
      })
      steps.forEach(attempt)
      look(0)
      for (let one = work.pop(); one; one = work.pop()) await one
      look(0)
      marker.close()
      expect(seen).toEqual(due)
    }), { numRuns: 100 })
  })
})

describe('its file', () => {
  it('tells the next start who ran, of those from outside only', () => {
    const marker = new Marker({ file: file() })
    const [own, foreign] = [scopeOf(marker, marker.number(1)), scopeOf(marker, marker.number(2, { id: 'weather', place: '/x/weather.ts' }))]
    own.run(() => expect(traced()).toEqual({}))
    foreign.run(() => {
      expect(traced()).toEqual({ id: 'weather', place: '/x/weather.ts' })
      own.run(() => expect(traced()).toEqual({}))
      expect(new Marker({ file: join(dir, 'none') }).last).toEqual({})
      expect(traced()).toEqual({ id: 'weather', place: '/x/weather.ts' })
    })
    expect(traced()).toEqual({})
    marker.blame({ id: 'weather', place: '/x', reason: 'it ended' })
    own.run(() => expect(new Marker({ file: file() }).last).toEqual({ id: 'weather', place: '/x', reason: 'it ended' }))
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('names the one that is being loaded, and accuses neither of two', () => {
    const marker = new Marker({ file: file() })
    const done = marker.loading({ id: 'a', place: '/a' })
    expect(traced()).toEqual({ id: 'a', place: '/a' })
    const other = marker.loading({ id: 'b', place: '/b' })
    expect(traced()).toEqual({ loading: ['a', 'b'] })
    done()
    expect(traced()).toEqual({ id: 'b', place: '/b' })
    other()
    expect(traced()).toEqual({})
  })

  it.each(['', '{', 'null', '[1', 'x'.repeat(5_000)])('that is damaged accuses nobody: %#', (text) => {
    new Marker({ file: file() }).close()
    expect(existsSync(file())).toBe(false)
    writeFileSync(file(), text)
    expect(new Marker({ file: file() }).last).toEqual({})
  })

  it('has room for any path, or does without it', () => {
    const marker = new Marker({ file: file() })
    scopeOf(marker, marker.number(1, { id: 'ä'.repeat(100), place: '/'.repeat(4_000) })).run(() => expect(traced()).toEqual({ id: 'ä'.repeat(100), place: '' }))
  })

  it('that cannot be written is no reason not to start', () => {
    writeFileSync(join(dir, 'config'), 'a file in the way')
    const marker = new Marker({ file: file() })
    expect(scopeOf(marker, -1).run(() => nowIn(marker))).toBe(-1)
  })
})

it('is set in every kind of code that a plugin brings, and only there', async () => {
  const marker = new Marker()
  const seen: [string, number][] = []
  const see = (what: string) => { seen.push([what, nowIn(marker)]) }
  const plugin = definePlugin({
    id: 'p', capabilities: ['tap:call.after', 'tap:call.authorize'], methods: { 'p.go': method({ scope: 'public' }) },
    setup(ctx) {
      see('setup')
      ctx.tap(callAuthorize, () => true)
      ctx.tap(callAfter, () => see('tap'))
      ctx.tap(kernelReady, async () => { await nap(); see('after an await') })
      ctx.scope.timeout(() => see('timeout'), 1)
      ctx.scope.spawn('loop', () => see('loop'))
      ctx.scope.defer(() => see('disposer'))
      return { methods: { 'p.go': () => see('handler') } }
    },
  })
  const kernel = createKernel({ plugins: [{ source: memorySource(plugin), why: 'test' }], paths: statePaths({ NEXUS_STATE_DIR: '/nowhere' }), version: 'test', log: createLogger(), marker })
  await kernel.start()
  await kernel.dispatch('p.go', undefined, { caller: { id: 'x', role: 'operator', scopes: new Set(), label: 'operator' }, transport: 'kernel' })
  await nap(20)
  await kernel.close()
  expect(Object.fromEntries(seen)).toEqual({ setup: -1, loop: -1, handler: -1, tap: -1, timeout: -1, disposer: -1, 'after an await': 0 })
  expect(nowIn(marker)).toBe(0)
})

it.each([false, true])('is set while a generation says what it leaves to the next (exclusive: %s)', async (exclusive) => {
  const marker = new Marker()
  const seen: number[] = []
  const plugin = definePlugin({
    id: 'p', exclusive,
    setup: () => ({ handOver: async () => { seen.push(nowIn(marker)); await nap(); seen.push(nowIn(marker)) } }),
  })
  const kernel = kernelOf([plugin], { marker })
  await kernel.start()
  await kernel.apply({ reload: ['p'] })
  expect(seen).toEqual([-1, 0])
  await kernel.close()
})

it('is set in what a WebSocket of a plugin\'s own calls', async () => {
  const seen: Record<string, number> = {}
  let shared = new SharedArrayBuffer(4)
  const look = definePlugin({ id: 'look', requires: { kernel: KernelControl }, capabilities: ['kernel:control'], setup(ctx) { shared = ctx.deps.kernel.marker.shared as SharedArrayBuffer } })
  const see = (what: string): void => { seen[what] = new Int32Array(shared)[0] ?? NaN }
  const plugin = definePlugin({
    id: 'phone', upgrades: { '/ws': upgrade({ scope: 'operator.read' }) },
    setup: () => ({ upgrades: { '/ws': (socket) => {
      see('open')
      socket.onMessage(async () => { see('message'); await nap(); see('after an await'); socket.send('done') })
      socket.onClose(() => see('close'))
    } } }),
  })
  await using at = await house({ plugins: [look, plugin] })
  const { ws, said } = await call(at)
  ws.send('go')
  await said(1)
  ws.close()
  await vi.waitFor(() => expect(seen['close']).toBeDefined())
  const number = -(at.kernel.inspect('phone')?.generation ?? NaN)
  expect(seen).toEqual({ open: number, message: number, 'after an await': 0, close: number })
})

it('is restored by a kernel that has served a thousand calls of every ending', async () => {
  const Thrown = hook.series<[]>('test.thrown')
  const plugin = definePlugin({
    id: 'p', methods: { 'p.value': method({ scope: 'operator.read' }), 'p.throw': method({ scope: 'operator.read' }), 'p.reject': method({ scope: 'operator.read' }) },
    setup(ctx) {
      ctx.tap(Thrown, () => { throw new Error('no') })
      return { methods: { 'p.value': () => 1, 'p.throw': () => { throw new Error('no') }, 'p.reject': async () => { await nap(0); throw new Error('no') } } }
    },
  })
  await using k = await testKernel({ plugins: [plugin] })
  let shared: SharedArrayBuffer | undefined
  await k.load(definePlugin({ id: 'look', requires: { kernel: KernelControl }, capabilities: ['kernel:control'], setup(ctx) { shared = ctx.deps.kernel.marker.shared } }))
  for (let i = 0; i < 1_000; i++) {
    if (i % 4 === 3) await k.invoke(Thrown)
    else await k.call(['p.value', 'p.throw', 'p.reject'][i % 4]!).catch(() => {})
    expect(new Int32Array(shared!)[0]).toBe(0)
  }
})

describe('a command', () => {
  const ran = () => existsSync(join(dir, 'ran'))
  const settle = (held: object, ...list: readonly string[]): void => {
    writeFileSync(join(dir, 'bad.mjs'), `import { writeFileSync } from 'node:fs'\nimport { definePlugin } from 'nexus-gateway/sdk'\nwriteFileSync(${JSON.stringify(join(dir, 'ran'))}, '')\nexport default definePlugin({ id: 'bad', setup() {} })\n`)
    writeFileSync(join(dir, 'nexus.json5'), JSON.stringify({ pluginPolicy: { trusted: ['*'] }, plugins: ['containment', './bad.mjs', ...list] }), { mode: 0o600 })
    mkdirSync(join(dir, 'config'), { recursive: true })
    writeFileSync(join(dir, 'config', 'quarantine.json'), JSON.stringify(held))
    rmSync(join(dir, 'ran'), { force: true })
  }

  it.each([['without a gateway', ['containment', 'list', '--json']], ['of whatever plugin has it', ['help']]])('%s runs no code of a plugin in quarantine', async (_, args) => {
    settle({})
    await nexus(args, { env: { NEXUS_STATE_DIR: dir } })
    expect(ran()).toBe(true)
    settle({ bad: { reason: 'it failed', at: 1, place: join(dir, 'bad.mjs') } })
    const { status, out: said } = await nexus(args, { env: { NEXUS_STATE_DIR: dir } })
    expect([status, ran()]).toEqual([0, false])
    if (args[0] === 'containment') expect(JSON.parse(said)).toMatchObject({ quarantined: [{ id: 'bad', reason: 'it failed' }] })
  })

  it('runs none of it either to find out whether it is the one that is to be left out', async () => {
    settle({ bad: { reason: 'it failed', at: 1, place: join(dir, 'bad.mjs') } }, '-nosuch')
    await nexus(['containment', 'list', '--json'], { env: { NEXUS_STATE_DIR: dir } })
    expect(ran()).toBe(false)
  })

  it('lets go of a plugin without a gateway, which runs it', async () => {
    settle({ bad: { reason: 'it failed', at: 1, place: join(dir, 'bad.mjs') } })
    expect(await nexus(['containment', 'release', 'bad'], { env: { NEXUS_STATE_DIR: dir } })).toMatchObject({ status: 0 })
    expect([ran(), JSON.parse(readFileSync(join(dir, 'config', 'quarantine.json'), 'utf8'))]).toEqual([true, {}])
  })

  it('explains the error', async () => {
    expect((await nexus(['explain', 'NEXUS_PLUGIN_QUARANTINED'])).out).toContain('nexus containment release')
  })
})
