import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, onTestFinished, test } from 'vitest'
import { callAuthorize, command, commands, contract, definePlugin, event, hook, method, optional, route, service } from 'nexus-gateway/sdk'
import { LeakError, testKernel } from 'nexus-gateway/sdk/testing'

const Store = service<{ get(key: string): string | undefined }>('store/1')
const counted = hook.collect<[], number>('counter.counted')
const counter = contract({
  id: 'counter',
  methods: {
    'counter.add': method({ scope: 'operator.write', params: v.strictObject({ by: v.number() }), result: v.strictObject({ total: v.number() }) }),
    'counter.wait': method({ scope: 'operator.read' }),
  },
  events: { 'counter.changed': event({ scope: 'operator.read', payload: v.strictObject({ total: v.number() }) }) },
})
const plugin = (step = 1) => definePlugin({
  ...counter,
  config: v.strictObject({ start: v.optional(v.number(), 0) }),
  requires: { store: optional(Store) },
  setup(ctx) {
    let total = ctx.config.start + Number(ctx.deps.store?.get('start') ?? 0)
    ctx.scope.interval(() => { total += 1000 }, 60_000)
    ctx.tap(counted, () => total)
    return {
      methods: {
        'counter.add': ({ by }) => {
          total += by * step
          ctx.emit('counter.changed', { total })
          return { total }
        },
        'counter.wait': () => new Promise((resolve) => { ctx.clock.setTimeout(() => resolve('waited'), 5_000) }),
      },
    }
  },
})

describe('a test kernel', () => {
  test('runs a plugin with settings, fakes and typed calls, and records its events', async () => {
    await using k = await testKernel({ plugins: [plugin()], config: { counter: { start: 10 } }, provide: [[Store, { get: () => '5' }]] })
    const next = k.nextEvent('counter.changed')
    const { total } = await k.use(counter).call['counter.add']({ by: 2 })
    expect(total).toBe(17)
    expect(await next).toEqual({ total: 17 })
    expect(k.events.map((e) => e.name)).toEqual(['counter.changed'])
    expect(await k.invoke(counted)).toEqual([17])
    expect((await k.service(Store)).get('start')).toBe('5')
  })

  test('holds callers to their scopes', async () => {
    await using k = await testKernel({ plugins: [plugin()], scopes: ['operator.read'] })
    await expect(k.call('counter.add', { by: 1 })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.call('counter.add', { by: 1 }, { scopes: ['operator.write'] })).resolves.toEqual({ total: 1 })
    await expect(k.call('counter.add', { by: '1' }, { scopes: ['operator.write'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
  })

  test('leaves authorization to a plugin under test that does it', async () => {
    const nobody = definePlugin({ id: 'nobody', capabilities: ['tap:call.authorize'], setup(ctx) { ctx.tap(callAuthorize, () => false) } })
    await using k = await testKernel({ plugins: [plugin(), nobody] })
    await expect(k.call('counter.add', { by: 1 })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })

  test('moves time for timers and for calls under way', async () => {
    await using k = await testKernel({ plugins: [plugin()] })
    const waiting = k.call('counter.wait')
    await k.clock.advance(5_000)
    expect(await waiting).toBe('waited')
    await k.clock.advance(120_000 - 5_000)
    expect(await k.invoke(counted)).toEqual([2000])
  })

  test('reloads, reconfigures, unloads and loads while it runs', async () => {
    await using k = await testKernel({ plugins: [plugin(1)] })
    await k.reload('counter', plugin(3))
    expect(await k.call('counter.add', { by: 1 })).toEqual({ total: 3 })
    await k.configure({ counter: { start: 100 } })
    expect(await k.call('counter.add', { by: 1 })).toEqual({ total: 103 })
    await k.unload('counter')
    await expect(k.call('counter.add', { by: 1 })).rejects.toMatchObject({ code: 'NEXUS_CALL_UNKNOWN_METHOD' })
    expect(k.inspect('counter')).toBeUndefined()
    await k.load(plugin(2))
    expect(await k.call('counter.add', { by: 1 })).toEqual({ total: 102 })
  })

  test('on a directory of the test\'s own finds what the one before it wrote', async () => {
    const note = definePlugin({
      id: 'note', methods: { 'note.add': method({ scope: 'operator.write', params: v.strictObject({ text: v.string() }) }), 'note.where': method({ scope: 'operator.read' }) },
      setup(ctx) {
        const file = join(ctx.paths.state, 'note')
        return { methods: {
          'note.add': async ({ text }) => {
            const all = await readFile(file, 'utf8').catch(() => '') + text
            await writeFile(file, all)
            return all
          },
          'note.where': () => ctx.paths,
        } }
      },
    })
    const dir = await mkdtemp(join(tmpdir(), 'nexus-testing-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const stateDir = join(dir, 'state')
    const add = async (text: string) => {
      await using k = await testKernel({ plugins: [note], stateDir })
      expect(await k.call('note.where')).toEqual({ state: stateDir, config: join(stateDir, 'nexus.json5'), cache: join(stateDir, 'cache'), socket: join(stateDir, 'gateway.sock') })
      return k.call('note.add', { text })
    }
    expect([await add('one'), await add(' two')]).toEqual(['one', 'one two'])
    expect((await Promise.all([stateDir, join(stateDir, 'cache')].map((made) => stat(made)))).map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o700])
  })

  test('refuses to start when a plugin does not, unless told otherwise', async () => {
    const broken = definePlugin({ id: 'broken', setup() { throw new Error('no') } })
    await expect(testKernel({ plugins: [broken] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_SETUP_FAILED' })
    await using k = await testKernel({ plugins: [broken], lenient: true })
    expect(k.started.failed).toMatchObject([{ id: 'broken' }])
  })

  test('holds a plugin to its own contract: result', async () => {
    const liar = definePlugin({ id: 'liar', methods: { 'liar.say': method({ scope: 'operator.read', result: v.strictObject({ n: v.number() }) }) }, setup: () => ({ methods: { 'liar.say': () => ({ n: 'x' }) as never } }) })
    await using k = await testKernel({ plugins: [liar] })
    await expect(k.call('liar.say')).rejects.toMatchObject({ code: 'NEXUS_CALL_BAD_RESULT' })
  })

  test('holds a plugin to its own contract: event', async () => {
    const liar = definePlugin({
      id: 'liar', events: { 'liar.said': event({ scope: 'operator.read', payload: v.strictObject({ n: v.number() }) }) }, methods: { 'liar.say': method({ scope: 'operator.read' }) },
      setup: (ctx) => ({ methods: { 'liar.say': () => ctx.emit('liar.said', { n: 'x' as never }) } }),
    })
    await using k = await testKernel({ plugins: [liar] })
    await expect(k.call('liar.say')).rejects.toMatchObject({ code: 'NEXUS_EVENT_BAD_PAYLOAD' })
  })
})

describe('by way of a real gateway', () => {
  const web = definePlugin({
    ...counter,
    routes: { 'GET /say/:word': route({ scope: 'operator.read' }), 'POST /open': route({ scope: 'public' }) },
    setup(ctx) {
      return {
        methods: { 'counter.add': ({ by }) => { ctx.emit('counter.changed', { total: by }); return { total: by } }, 'counter.wait': () => 'done' },
        routes: { 'GET /say/:word': (c, call) => c.json({ word: c.req.param('word'), by: call.caller.id }), 'POST /open': async (c) => c.text(await c.req.text()) },
      }
    },
  })

  test('routes answer requests, under the rules of the gateway', async () => {
    await using k = await testKernel({ plugins: [web] })
    const said = await k.request('/counter/say/hi', { caller: { id: 'ada' } })
    expect([said.status, await said.json()]).toEqual([200, { word: 'hi', by: 'ada' }])
    expect((await k.request('/counter/say/hi', { scopes: [] })).status).toBe(403)
    expect((await k.request('/counter/say/hi', { headers: { authorization: 'Bearer guessed' } })).status).toBe(401)
    expect(await (await k.request('/counter/open', { method: 'POST', body: 'text' })).text()).toBe('text')
    expect((await k.request('/counter/nowhere')).status).toBe(404)
    expect(await (await k.request('/rpc', { method: 'POST', body: JSON.stringify({ method: 'counter.wait' }) })).json()).toMatchObject({ ok: true, payload: 'done' })
  })

  test('a client on a WebSocket calls and hears', async () => {
    await using k = await testKernel({ plugins: [web] })
    const client = await k.connect()
    const heard: unknown[] = []
    client.on('counter.changed', (payload) => heard.push(payload))
    expect(await client.use(counter).call['counter.add']({ by: 3 })).toEqual({ total: 3 })
    await expect.poll(() => heard).toEqual([{ total: 3 }])
    const reader = await k.connect({ scopes: ['operator.read'] })
    await expect(reader.call('counter.add', { by: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN', details: { code: 'MISSING_SCOPE' } })
  })

  test('commands run with a terminal in memory', async () => {
    const cli = commands({
      'counter add': command({
        summary: 'Adds.', args: ['<by>'], options: { quiet: { summary: 'Says nothing.', short: 'q' } },
        async run(io) {
          const { total } = await io.call('counter.add', { by: Number(io.args['by']) }) as { total: number }
          if (!io.options['quiet']) io.print(`total ${total}`, { total })
        },
      }),
      'counter watch': command({ summary: 'Waits for one change.', async run(io) {
        await using socket = await io.connect()
        const change = new Promise((resolve) => { socket.on('counter.changed', resolve) })
        await socket.call('counter.add', { by: 5 })
        io.print('changed', await change)
        return 3
      } }),
    })
    await using k = await testKernel({ plugins: [web] })
    expect(await k.cli(cli, 'counter add 7')).toMatchObject({ code: 0, stdout: 'total 7\n' })
    expect(await k.cli(cli, 'counter add 7 --json')).toMatchObject({ json: [{ total: 7 }] })
    expect(await k.cli(cli, 'counter add 7 -q')).toMatchObject({ stdout: '' })
    expect(await k.cli(cli, 'counter watch --json')).toMatchObject({ code: 3, json: [{ total: 5 }] })
    await expect(k.cli(cli, 'counter add')).rejects.toMatchObject({ code: 'NEXUS_CLI_USAGE' })
    await expect(k.cli(cli, 'counter add 1', { scopes: [] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.cli(cli, 'counter sub')).rejects.toThrow('none of these commands')
  })
})

describe('closing fails on', () => {
  const leaking = async (setup: Parameters<typeof make>[0], during: (k: Awaited<ReturnType<typeof testKernel>>) => unknown = () => {}) => {
    const k = await testKernel({ plugins: [make(setup)], deadlines: { drain: 30, dispose: 30 } })
    await during(k)
    const error = await k.close().then(() => undefined, (e: unknown) => e)
    expect(error).toBeInstanceOf(LeakError)
    return (error as LeakError).leaks.join('\n')
  }
  const make = (setup: (ctx: { clock: { setTimeout(run: () => void, ms: number): unknown }; scope: { defer(run: () => void | Promise<void>, label?: string): void; spawn(name: string, run: (s: AbortSignal) => void | Promise<void>): void } }) => void) =>
    definePlugin({
      id: 'leaky', methods: { 'leaky.hang': method({ scope: 'operator.read' }) },
      setup(ctx) {
        setup(ctx)
        return { methods: { 'leaky.hang': () => new Promise(() => {}) } }
      },
    })

  test('a timer of its own, and says where it was set', async () => {
    expect(await leaking((ctx) => { ctx.clock.setTimeout(() => {}, 3_600_000) })).toMatch(/a timer that nobody cleared, set at .*testing\.test\.ts/)
  })
  test('a loop that does not heed its signal', async () => {
    expect(await leaking((ctx) => ctx.scope.spawn('poll', () => new Promise(() => {})))).toMatch(/"leaky" still runs loop poll/)
  })
  test('a disposer that throws, and one that hangs', async () => {
    const leaks = await leaking((ctx) => {
      ctx.scope.defer(() => { throw new Error('x') }, 'socket')
      ctx.scope.defer(() => new Promise(() => {}), 'file')
    })
    expect(leaks).toMatch(/failed to clean up socket/)
    expect(leaks).toMatch(/still runs file/)
  })
  test('a call that is never answered', async () => {
    expect(await leaking(() => {}, (k) => { void k.call('leaky.hang') })).toMatch(/leaky\.hang \(call 1\) was never answered/)
  })
  test('what a reload in the middle of the test left behind', async () => {
    expect(await leaking((ctx) => ctx.scope.defer(() => { throw new Error('x') }, 'socket'), (k) => k.unload('leaky'))).toMatch(/failed to clean up socket/)
  })
  test('registering after the end', async () => {
    let late = (): void => {}
    expect(await leaking((ctx) => { late = () => ctx.scope.defer(() => {}, 'late one') }, async (k) => { await k.unload('leaky'); try { late() } catch (error) { k.kernel.fault('leaky', 'late', error) } })).toMatch(/registered late one after it was closed/)
  })
  test('a handle of the process', async () => {
    let timer: NodeJS.Timeout | undefined
    const k = await testKernel({ plugins: [definePlugin({ id: 'handle', setup() { timer = setTimeout(() => {}, 60_000) } })], handles: true })
    await expect(k.close()).rejects.toThrow(/still has a Timeout open/)
    clearTimeout(timer)
  })
})

test('disposing and closing are the same, and happen once', async () => {
  const k = await testKernel({ plugins: [plugin()] })
  await k.close()
  await k.close()
  await k[Symbol.asyncDispose]()
  expect(k.kernel.phase).toBe('closed')
})
