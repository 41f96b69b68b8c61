/** What crosses between a gateway and a plugin in a process of its own: all of it as if the plugin were here. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import type { NexusError } from '../../kernel/errors.ts'
import tools from '../../plugins/tools/index.ts'
import { definePlugin, hook, method, service, type Call } from 'nexus-gateway/sdk'
import { alive, fixtures, isolated, until, workbench, world, type World } from './isolation-harness.ts'

const measured = hook.waterfall<[value: number, unit: string]>('meter.measured')
const asked = hook.bail<[question: string], string>('meter.asked')
const shaped = hook.waterfall<[text: string]>('everything.shaped')
interface LedgerApi { charge(amount: number): Promise<{ total: number }>; secretly(): Promise<string> }
const Ledger = service<LedgerApi>('ledger/1', { members: ['charge'] })
interface CounterApi { add(by: number): Promise<number>; fail(): Promise<never> }
const Counter = service<CounterApi>('counter/1', { members: ['add', 'fail'] })

let charged: number[]
let causes: Call[]
const other = () => definePlugin({
  id: 'other',
  provides: { ledger: Ledger },
  methods: { 'other.who': method({ scope: 'operator.read' }), 'other.admin': method({ scope: 'operator.admin' }), 'other.slow': method({ scope: 'operator.read' }) },
  setup(ctx) {
    ctx.tap(shaped, (text) => `<${text}>`)
    return {
      provides: { ledger: { charge: async (amount) => ({ total: charged.push(amount) }), secretly: async () => 'the secret' } },
      methods: {
        'other.who': (_, call) => {
          causes.push(call)
          return { id: call.caller.id, label: call.caller.label, path: call.path }
        },
        'other.admin': () => 'in',
        'other.slow': (_, call) => new Promise((_resolve, reject) => { call.signal.addEventListener('abort', () => reject(new Error('cut'))) }),
      },
    }
  },
})
const user = definePlugin({
  id: 'user',
  requires: { counter: Counter },
  methods: { 'user.add': method({ scope: 'operator.read' }), 'user.fail': method({ scope: 'operator.read' }) },
  setup: (ctx) => ({ methods: { 'user.add': async () => [await ctx.deps.counter.add(2), await ctx.deps.counter.add(3)], 'user.fail': () => ctx.deps.counter.fail() } }),
})

let bench: Awaited<ReturnType<typeof workbench>>
beforeEach(async () => {
  bench = await workbench()
  charged = []
  causes = []
})
afterEach(() => bench.clean())

const everything = (settings: Readonly<Record<string, unknown>> = {}): Promise<World> =>
  world({ dir: bench.dir, sources: [isolated(`${fixtures}/everything`, bench.dir)], plugins: [other(), user], settings })
const thrown = async (work: Promise<unknown>): Promise<NexusError> => work.then(() => { throw new Error('it did not fail') }, (error: unknown) => error as NexusError)

describe('a method', () => {
  it('is given what the plugin\'s own schema makes of its params, and answers', async () => {
    await using w = await everything()
    expect(w.started.failed).toEqual([])
    expect(await w.call('everything.echo', { text: 'a "b" \n ü \u2028' })).toEqual({ text: 'a "b" \n ü \u2028', count: 3 })
    expect(await w.call('everything.nothing')).toBeUndefined()
    expect(await Promise.all(Array.from({ length: 200 }, (_, i) => w.call('everything.echo', { text: `${i}` })))).toEqual(Array.from({ length: 200 }, (_, i) => ({ text: `${i}`, count: 3 })))
  })

  it('refuses wrong params with the words of a trusted plugin', async () => {
    await using w = await everything()
    expect(await thrown(w.call('everything.echo', { txt: 1 }))).toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS', wire: 'INVALID_REQUEST', message: "invalid everything.echo params: at root: must have required property 'text'; at root: unexpected property 'txt'" })
    expect(await thrown(w.call('everything.nothing', { a: 1 }))).toMatchObject({ message: 'invalid everything.nothing params: at root: it takes no params' })
  })

  it('sees who calls, and nothing that it could not see here', async () => {
    await using w = await everything()
    expect(await w.call('everything.call')).toMatchObject({ verb: 'everything.call', plugin: 'everything', transport: 'kernel', path: ['everything'], caller: { id: 'test', role: 'operator', label: 'operator', scopes: ['operator.admin'] } })
  })

  it('fails with errors of its own table as they are, and with all else as a fault of the plugin', async () => {
    await using w = await everything()
    expect(await thrown(w.call('everything.refuse'))).toMatchObject({ code: 'EVERYTHING_TOO_MUCH', message: 'too much: cake', fix: 'Take less.', status: 422, retryable: true, wire: 'INVALID_REQUEST' })
    const error = await thrown(w.call('everything.throw'))
    expect(error).toMatchObject({ code: 'NEXUS_CALL_FAILED', status: 500 })
    expect((error.cause as Error).message).toBe('the roof is on fire')
    expect((error.cause as Error).stack).toContain('everything/index.ts:')
    expect(await thrown(w.call('everything.circle'))).toMatchObject({ code: 'NEXUS_CALL_FAILED' })
    expect(await w.call('everything.echo', { text: 'still here' })).toMatchObject({ text: 'still here' })
  })

  it('hears that nobody waits any more', async () => {
    await using w = await everything()
    const gone = new AbortController()
    const call = thrown(w.call('everything.wait', {}, { signal: gone.signal }))
    await until(async () => (await w.state('everything')).state === 'running')
    await w.call('everything.nothing')
    gone.abort()
    expect(await call).toMatchObject({ code: 'NEXUS_CALL_ABORTED' })
    expect(await w.call('everything.seen')).toMatchObject({ aborted: 'yes' })
  })

  it('is under way as long as what it waits for', async () => {
    await using w = await everything()
    expect(await w.call('everything.until', { ms: 150 })).toEqual({ at: 'once' })
    expect(w.kernel.inspect('everything')?.inflight).toBe(1)
    await until(() => causes.length === 1)
    await until(() => w.kernel.inspect('everything')?.inflight === 0)
    expect(causes[0]).toMatchObject({ caller: { id: 'test' } })
  })
})

describe('a call of the plugin', () => {
  it('is made for the real caller, under a lesser label where that is due, and never under a better one', async () => {
    await using w = await everything()
    expect(await w.call('everything.onward', { as: 'call' })).toEqual({ id: 'test', label: 'operator', path: ['everything', 'other'] })
    expect(await w.call('everything.onward', { as: 'lower' })).toEqual({ id: 'test', label: 'webhook', path: ['everything', 'other'] })
    expect(await w.call('everything.onward', { as: 'self' })).toEqual({ id: 'plugin:everything', label: 'plugin', path: ['everything', 'other'] })
    const weak = { caller: { id: 'weak', role: 'operator', scopes: new Set(['operator.read']), label: 'channel' } } as const
    expect(await w.call('everything.onward', { as: 'raise' }, weak)).toEqual({ id: 'weak', label: 'channel', path: ['everything', 'other'] })
    expect(await thrown(w.call('everything.onward', { as: 'raise', verb: 'other.admin' }, weak))).toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })

  it('for one that has ended is refused, and written down', async () => {
    await using w = await everything()
    await w.call('everything.onward', { as: 'keep' })
    expect(await thrown(w.call('everything.onward', { as: 'kept' }))).toMatchObject({ code: 'NEXUS_ISOLATION_CAUSE_GONE', fix: expect.stringContaining('call.waitUntil') })
    expect(w.logs.some(({ plugin, message }) => plugin === 'everything' && message === 'it asked for something that it does not declare')).toBe(true)
  })

  it('for somebody made up is refused', async () => {
    await using w = await everything()
    expect(await thrown(w.call('everything.onward', { as: 'nobody' }))).toMatchObject({ code: 'NEXUS_CALL_MADE_UP' })
  })

  it('is cut off with the call it is for', async () => {
    await using w = await everything()
    const gone = new AbortController()
    const call = thrown(w.call('everything.onward', { as: 'call', verb: 'other.slow' }, { signal: gone.signal }))
    await until(() => w.kernel.inspect('other')?.inflight === 1)
    gone.abort()
    expect((await call).code).toMatch(/^NEXUS_CALL_/)
    await until(() => w.kernel.inspect('other')?.inflight === 0)
  })
})

describe('services', () => {
  it('of others are used by the functions their token names', async () => {
    await using w = await everything()
    expect(await w.call('everything.charge', { amount: 7 })).toEqual({ total: 1 })
    expect(charged).toEqual([7])
    expect(await thrown(w.call('everything.charge', { amount: -1 }))).toMatchObject({ code: 'NEXUS_ISOLATION_UNDECLARED', message: expect.stringContaining('absent of the service') })
  })

  it('of the plugin are used by others', async () => {
    await using w = await everything()
    expect(await w.call('user.add')).toEqual([2, 5])
    expect(await thrown(w.call('user.fail'))).toMatchObject({ code: 'EVERYTHING_TOO_MUCH', message: 'too much: counting' })
  })
})

describe('hooks', () => {
  it('are tapped in the mode of their owner', async () => {
    await using w = await everything()
    expect(await w.kernel.invoke(measured, 3, 'km')).toBe(3000)
    expect(await w.kernel.invoke(measured, 3, 'm')).toBe(3)
    expect(await w.kernel.invoke(asked, 'why')).toBe('because')
    expect(await w.kernel.invoke(asked, 'how')).toBeUndefined()
  })

  it('of the plugin\'s own are invoked', async () => {
    await using w = await everything()
    expect(await w.call('everything.shape', { text: 'round' })).toEqual({ text: '<round>' })
  })
})

describe('a tool', () => {
  const withTools = () => world({ dir: bench.dir, sources: [isolated(`${fixtures}/tool/index.ts`, bench.dir)], plugins: [other(), tools] })

  it('is offered, checked and run there, for the cause it is run for', async () => {
    await using w = await withTools()
    expect(w.started.failed).toEqual([])
    expect(await w.call('tools.list')).toMatchObject({ tools: expect.arrayContaining([expect.objectContaining({ name: 'add', plugin: 'tool' })]) })
    const result = await w.call('tools.execute', { name: 'add', args: { a: 2 } })
    expect(JSON.stringify(result)).toContain('3 for tool')
    expect(causes[0]).toMatchObject({ caller: { id: 'test', label: 'tool' } })
    expect((await thrown(w.call('tools.execute', { name: 'add', args: { a: 'x' } }))).message).toContain('must be number')
  })

  it('hears that its run is over', async () => {
    await using w = await withTools()
    const gone = new AbortController()
    const run = w.call('tools.execute', { name: 'wait', args: {} }, { signal: gone.signal }).catch((error: unknown) => error)
    await until(async () => (await w.state('tool')).state === 'running')
    await new Promise((resolve) => { setTimeout(resolve, 50) })
    gone.abort()
    await run
    await until(() => w.kernel.inspect('tool')?.inflight === 0)
  })
})

it('events, logs and output reach the gateway under the plugin\'s name', async () => {
  await using w = await everything()
  await w.call('everything.emit', { a: [1, null] })
  expect(w.events.filter(({ name }) => name === 'everything.happened')).toMatchObject([{ access: 'operator.read', payload: { a: [1, null] }, options: { to: ['c1'], lossy: true } }])
  expect(w.events[0]?.options.v3?.()).toEqual({ old: true })
  await w.call('everything.log')
  await until(() => w.logs.some(({ message }) => message === 'plain output'))
  expect(w.logs.find(({ message }) => message === 'look out')).toMatchObject({ plugin: 'everything', level: 'warn', fields: { where: 'here', error: expect.stringContaining('inner') } })
})

it('settings are checked by the plugin\'s own schema, and secrets in them are asked for at each use', async () => {
  let value = 'first'
  await using w = await everything({ everything: { greeting: 'ahoy', key: new Secret('env:KEY', async () => value) } })
  expect(await w.call('everything.config')).toEqual({ greeting: 'ahoy', key: 'first', shown: '"[secret]"' })
  value = 'second'
  expect(await w.call('everything.config')).toMatchObject({ key: 'second' })
})

it('timers run by the gateway\'s clock and show in its books', async () => {
  await using w = await everything()
  await w.call('everything.nothing')
  await until(async () => (await w.call('everything.ticks') as { ticks: number }).ticks > 1002)
  // Between two ticks of the interval nothing is owed, until the process has asked for the next.
  await until(() => w.kernel.inspect('everything')?.owned.includes('timeout 20 ms') === true)
  expect(w.kernel.inspect('everything')?.owned).toContain('process')
})

describe('a reload', () => {
  it('hands state over, and ends the old process when its last call has ended', async () => {
    await using w = await everything()
    await w.call('user.add')
    const { pid } = await w.state('everything')
    const running = w.call('everything.until', { ms: 300 })
    await running
    await w.kernel.apply({ reload: ['everything'] })
    expect(await w.call('everything.inherited')).toEqual({ total: 5, inherited: { total: 5 } })
    expect(alive(pid)).toBe(true)
    await until(() => !alive(pid))
    expect(causes).toHaveLength(1)
  })

  it('closes what the plugin has started, last in first out', async () => {
    {
      await using w = await everything()
      await w.call('everything.nothing')
      await w.kernel.apply({ unload: ['user', 'everything'] })
      expect(w.logs.filter(({ plugin }) => plugin === 'everything').map(({ message }) => message)).toEqual(['the loop has ended', 'disposed last in', 'disposed first'])
    }
  })
})
