/** When there is a process of a plugin and when there is none: lazily begun, replaced without a gap, gone without a trace. */
import { fork } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NexusError } from '../../kernel/errors.ts'
import { definePlugin } from 'nexus-gateway/sdk'
import { alive, isolated, until, workbench, world, type World } from './isolation-harness.ts'

let bench: Awaited<ReturnType<typeof workbench>>
beforeEach(async () => { bench = await workbench() })
afterEach(() => bench.clean())

const source = (answer: string, more = '', setup = '') => `import * as v from 'valibot'
import { definePlugin, hook, method, optional, service } from 'nexus-gateway/sdk'
export default definePlugin({ id: 'small', ${more}
  methods: { 'small.tell': method({ scope: 'public' }), 'small.wait': method({ scope: 'public', params: v.strictObject({ ms: v.number() }) }) },
  setup: (ctx) => { ${setup}
    return { methods: { 'small.tell': () => ({ answer: ${answer}, pid: process.pid }), 'small.wait': ({ ms }) => new Promise((resolve) => { setTimeout(() => resolve(${answer}), ms) }) } } } })`

async function small(text: string): Promise<string> {
  await bench.put('small/package.json', '{"nexus":{"api":1,"id":"small","entry":"index.ts"}}')
  return bench.put('small/index.ts', text)
}
const start = (settings = {}): Promise<World> => world({ dir: bench.dir, sources: [isolated(join(bench.dir, 'small'), bench.dir)], settings })
const thrown = async (work: Promise<unknown>): Promise<NexusError> => work.then(() => { throw new Error('it did not fail') }, (error: unknown) => error as NexusError)
const children = (): number => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid).length
function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return 0
  }
}
const descriptors = (): number => readdirSync('/proc/self/fd').filter((fd) => { try { return /^(socket|pipe)/.test(readlinkSync(`/proc/self/fd/${fd}`)) } catch { return false } }).length

describe('the process', () => {
  it('is not there before the first call, and one however many call at once', async () => {
    await small(source("'one'"))
    const before = children()
    await isolated(join(bench.dir, 'small'), bench.dir).manifest()
    await using w = await start()
    expect(await w.state('small')).toEqual({ id: 'small', state: 'idle', restarts: 0, contained: [] })
    // The process that told what the plugin is ends by itself.
    await until(() => children() === before)
    const answers = await Promise.all(Array.from({ length: 50 }, () => w.call('small.tell'))) as { pid: number }[]
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1)
    expect(children()).toBe(before + 1)
    expect(await w.state('small')).toMatchObject({ state: 'running' })
  })

  it('is started with the gateway where the plugin is eager, and again by itself when it falls over', async () => {
    await small(source("'one'", 'eager: true,'))
    await using w = await start()
    const { pid, state } = await w.state('small')
    expect(state).toBe('running')
    process.kill(pid!, 'SIGKILL')
    await until(async () => (await w.state('small')).restarts === 1 && (await w.state('small')).state === 'running')
    expect((await w.state('small')).pid).not.toBe(pid)
  })

  it('and all that belongs to it is gone after an unload', async () => {
    await small(source("'one'"))
    const none = children()
    await using w = await start()
    await until(() => children() === none)
    const before = { children: children(), descriptors: descriptors() }
    for (let i = 0; i < 3; i++) {
      await w.call('small.tell')
      await w.kernel.apply({ reload: ['small'] })
    }
    const { pid } = await w.state('small')
    await w.kernel.apply({ unload: ['small'] })
    expect(alive(pid)).toBe(false)
    expect(await w.list()).toEqual([])
    await until(() => children() === before.children && descriptors() <= before.descriptors)
  })

  it('ends with the gateway, however that ends', async () => {
    await small(source("'one'", '', "setInterval(() => {}, 1000)"))
    const script = await bench.put('gateway.mjs', `import { createJiti } from '${join(import.meta.dirname, '../../node_modules/jiti/lib/jiti.mjs')}'
const sdk = '${join(import.meta.dirname, '../../sdk')}'
const jiti = createJiti(import.meta.url, { fsCache: false, alias: { 'nexus-gateway/sdk/client': sdk + '/client.ts', 'nexus-gateway/sdk/hosting': sdk + '/hosting.ts', 'nexus-gateway/sdk/pack': sdk + '/pack.ts', 'nexus-gateway/sdk': sdk + '/index.ts' } })
const { world, isolated } = await jiti.import('${join(import.meta.dirname, 'isolation-harness.ts')}')
const w = await world({ dir: '${bench.dir}', sources: [isolated('${join(bench.dir, 'small')}', '${bench.dir}')] })
await w.call('small.tell')
process.send((await w.state('small')).pid)`)
    const gateway = fork(script)
    const pid = await new Promise<number>((resolve) => { gateway.once('message', resolve as (value: unknown) => void) })
    expect(alive(pid)).toBe(true)
    gateway.kill('SIGKILL')
    await until(() => !alive(pid))
  })
})

describe('a reload', () => {
  it('of a broken version is refused, and the old one serves on', async () => {
    const file = await small(source("'one'"))
    await using w = await start()
    const before = await w.call('small.tell')
    for (const broken of [source("'two'", '', "throw new Error('not today')"), 'export default 1', 'export const = 2', source("'two'", '', 'process.exit(1)')]) {
      await writeFile(file, broken)
      const error = await thrown(w.kernel.apply({ reload: ['small'] }))
      expect(error.code).toMatch(/^NEXUS_(PLUGIN|ISOLATION)_/)
      expect(await w.call('small.tell')).toEqual(before)
    }
  })

  it('lets a call under way end on the old process, and new ones go to the new one at once', async () => {
    const file = await small(source("'one'"))
    await using w = await start()
    await w.call('small.tell')
    const slow = w.call('small.wait', { ms: 700 })
    await writeFile(file, source("'two'"))
    await w.kernel.apply({ reload: ['small'] })
    expect(await w.call('small.tell')).toMatchObject({ answer: 'two' })
    expect(await slow).toBe('one')
  })

  it('with what falls over is made of the code it began with, until it is reloaded', async () => {
    const file = await small(source("'one'"))
    await using w = await start()
    await w.call('small.tell')
    await writeFile(file, source("'two'"))
    process.kill((await w.state('small')).pid!, 'SIGKILL')
    await until(async () => (await w.state('small')).restarts === 1)
    expect(await w.call('small.tell')).toMatchObject({ answer: 'one' })
  })
})

describe('what cannot cross', () => {
  it('is refused at load with all the reasons', async () => {
    await small(`import { definePlugin, upgrade, service, callBefore } from 'nexus-gateway/sdk'
const Thing = service('thing/1')
export default definePlugin({ id: 'small', capabilities: ['tap:call.before', 'kernel:control'], requires: { kernel: service('kernel/1') }, provides: { thing: Thing }, upgrades: { '/ws': upgrade({ scope: 'public' }) },
  setup: () => ({ provides: { thing: {} }, upgrades: { '/ws': () => {} } }) })`)
    await using w = await start()
    const { error } = w.started.failed[0]!
    expect(error).toMatchObject({ code: 'NEXUS_ISOLATION_CANNOT_CROSS', fix: expect.stringContaining('pluginPolicy.trusted') })
    for (const part of ['call.before', '/ws', 'kernel/1', 'kernel:control', 'thing/1']) expect(error.message).toContain(part)
  })

  it('is told by the code where only that knows: a service whose token names no members', async () => {
    const file = await small(source("'one'"))
    const thing = { $type: 'nexus.plugin/1' as const, id: 'thing', provides: { thing: { kind: 'service' as const, id: 'thing/1' } }, setup: () => ({ provides: { thing: {} } }) }
    await using w = await world({ dir: bench.dir, sources: [isolated(join(bench.dir, 'small'), bench.dir)], plugins: [definePlugin(thing as never)] })
    await w.call('small.tell')
    await writeFile(file, source("'two'", "requires: { thing: service('thing/1') },"))
    expect(await thrown(w.kernel.apply({ reload: ['small'] }))).toMatchObject({ message: expect.stringContaining('the service thing/1 names no members') })
    expect(await w.call('small.tell')).toMatchObject({ answer: 'one' })
  })

  it('is the order of taps, and a hook that is not declared', async () => {
    await small(source("'one'", "capabilities: ['tap:meter.read'],", "ctx.tap(hook.series('meter.read'), () => {}, { before: 'other' })"))
    await using w = await start()
    expect(await thrown(w.call('small.tell'))).toMatchObject({ code: 'NEXUS_ISOLATION_CANNOT_CROSS', message: expect.stringContaining('meter.read') })
  })
})
