/** What is wrong with a plugin is found, named and told with its fix; the others run on. */
import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { callAuthorize, definePlugin, event, hook, KernelControl, method, route, service, upgrade } from 'nexus-gateway/sdk'
import type { Plugin } from '../../kernel/contract.ts'
import { guard, kernelOf, origin, wanted } from './harness.ts'

const Thing = service<object>('thing/1')
const setup = (): never => ({}) as never

async function faultsOf(...plugins: Plugin[]): Promise<Record<string, string>> {
  const kernel = kernelOf([guard, ...plugins])
  const { active, failed } = await kernel.start()
  expect(active).toContain('guard')
  for (const { error } of failed) {
    expect(error.fix).not.toBe('')
    expect(`${error.message} ${error.fix}`).not.toMatch(/\{\w+\}/)
  }
  await kernel.close()
  return Object.fromEntries(failed.map(({ id, error }) => [id, `${error.code} ${error.message}`]))
}

describe('a plugin does not run', () => {
  it('when another has its id, and neither does the other', async () => {
    expect(await faultsOf(definePlugin({ id: 'x', setup }), definePlugin({ id: 'x', setup }))).toEqual({ x: 'NEXUS_PLUGIN_DUPLICATE_ID two plugins are called "x": memory:x and memory:x' })
  })

  it('when another has a name of its own', async () => {
    const both = { methods: { 'a.b': method({ scope: 'public' }) } }
    expect(await faultsOf(definePlugin({ id: 'one', ...both, setup: () => ({ methods: { 'a.b': () => 1 } }) }), definePlugin({ id: 'two', ...both, setup: () => ({ methods: { 'a.b': () => 1 } }) })))
      .toEqual({ two: 'NEXUS_PLUGIN_DUPLICATE_NAME plugin "two" and plugin "one" both have the method "a.b"' })
  })

  it('when it claims a path that the gateway answers itself', async () => {
    const page = { 'GET /rpc': route({ scope: 'public' }) }
    const socket = { scope: 'public' } as const
    const faults = await faultsOf(
      definePlugin({ id: 'rpc', routes: { 'GET /x': route({ scope: 'public' }) }, setup }),
      definePlugin({ id: 'prefix', paths: ['/rpc'], setup }),
      definePlugin({ id: 'wide', paths: ['/'], routes: page, setup: () => ({ routes: { 'GET /rpc': () => new Response() } }) }),
      definePlugin({ id: 'socket', paths: ['/a', '/'], upgrades: { '/': upgrade(socket) }, setup: () => ({ upgrades: { '/': () => {} } }) }),
      definePlugin({ id: 'fine', paths: ['/b', '/rpcs'], routes: { 'GET /b/:page': route({ scope: 'public' }) }, upgrades: { '/b/ws': upgrade(socket) }, setup: () => ({ routes: { 'GET /b/:page': () => new Response() }, upgrades: { '/b/ws': () => {} } }) }))
    const taken = (id: string, path: string): string => `NEXUS_PLUGIN_PATH_TAKEN plugin "${id}" claims the path ${path}, which the gateway answers itself`
    expect(faults).toEqual({ rpc: taken('rpc', '/rpc'), prefix: taken('prefix', '/rpc'), wide: taken('wide', '/rpc'), socket: taken('socket', '/') })
  })

  it('when it takes what no capability of its own names', async () => {
    const faults = await faultsOf(
      definePlugin({ id: 'control', requires: { kernel: KernelControl }, setup }),
      definePlugin({ id: 'spy', setup: (ctx) => ctx.tap(callAuthorize, () => true) }))
    expect(faults).toEqual({
      control: 'NEXUS_PLUGIN_CAPABILITY plugin "control" needs the capability "kernel:control", which it does not declare',
      spy: 'NEXUS_PLUGIN_CAPABILITY plugin "spy" needs the capability "tap:call.authorize", which it does not declare',
    })
  })

  it('when what it requires failed', async () => {
    const faults = await faultsOf(
      definePlugin({ id: 'maker', provides: { thing: Thing }, setup: (): never => { throw new Error('no') } }),
      definePlugin({ id: 'user', requires: { thing: Thing }, setup }))
    expect(faults['user']).toBe('NEXUS_PLUGIN_BLOCKED plugin "user" cannot run because "maker" does not')
  })

  it('when what it returns is not what it declares', async () => {
    const faults = await faultsOf(
      definePlugin({ id: 'more', setup: () => ({ methods: { 'more.x': () => 1 } }) as never }),
      definePlugin({ id: 'less', methods: { 'less.x': method({ scope: 'public' }) }, setup }),
      definePlugin({ id: 'deaf', upgrades: { '/ws': upgrade({ scope: 'public' }) }, setup: () => ({}) as never }),
      definePlugin({ id: 'wired', setup: () => ({ upgrades: { '/ws': () => {} } }) as never }),
      definePlugin({ id: 'stray', paths: ['/v8'], upgrades: { '/ws': upgrade({ scope: 'public' }) }, setup: () => ({ upgrades: { '/ws': () => {} } }) }),
      definePlugin({ id: 'route', paths: ['/v9'], routes: { 'GET /elsewhere': route({ scope: 'public' }) }, setup: () => ({ routes: { 'GET /elsewhere': () => new Response() } }) }))
    expect(faults).toEqual({
      more: 'NEXUS_PLUGIN_UNDECLARED setup of plugin "more" returned method "more.x", which it does not declare',
      less: 'NEXUS_PLUGIN_NOT_IMPLEMENTED setup of plugin "less" did not return the declared method "less.x"',
      deaf: 'NEXUS_PLUGIN_NOT_IMPLEMENTED setup of plugin "deaf" did not return the declared upgrade "/ws"',
      wired: 'NEXUS_PLUGIN_UNDECLARED setup of plugin "wired" returned upgrade "/ws", which it does not declare',
      stray: 'NEXUS_PLUGIN_UNDECLARED setup of plugin "stray" returned path "/ws", which it does not declare',
      route: 'NEXUS_PLUGIN_UNDECLARED setup of plugin "route" returned path "/elsewhere", which it does not declare',
    })
  })

  it('when its settings are wrong; and none of them is repeated', async () => {
    const kernel = kernelOf([guard, definePlugin({ id: 'x', config: v.strictObject({ port: v.number() }), setup }), definePlugin({ id: 'y', setup })], { settings: { x: { port: 'hunter2' }, y: { a: 1 } } })
    const { failed } = await kernel.start()
    expect(failed.map(({ id, error }) => [id, error.code, error.message])).toEqual([
      ['x', 'NEXUS_PLUGIN_CONFIG', 'settings of plugin "x": at /port: must be number'],
      ['y', 'NEXUS_PLUGIN_CONFIG', 'settings of plugin "y": it has no settings'],
    ])
  })

  it('and a required one stops the start', async () => {
    const kernel = kernelOf([guard, definePlugin({ id: 'vital', required: true, setup: () => { throw new Error('dead') } })])
    await expect(kernel.start()).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_SETUP_FAILED', exit: 70 })
    expect(kernel.phase).toBe('closed')
  })
})

describe('while it runs a plugin may not', () => {
  it('emit what it does not declare, or against its own contract where that is checked', async () => {
    const plugin = definePlugin({
      id: 'x', methods: { 'x.wrong': method({ scope: 'public' }), 'x.bad': method({ scope: 'public' }) }, events: { 'x.did': event({ scope: 'public', payload: v.strictObject({ n: v.number() }) }) },
      setup: (ctx) => ({ methods: { 'x.wrong': () => ctx.emit('x.else' as 'x.did', { n: 1 }), 'x.bad': () => ctx.emit('x.did', { n: 'one' } as never) } }),
    })
    const kernel = kernelOf([guard, plugin], { checkPayloads: true })
    await kernel.start()
    expect(() => kernel.dispatch('x.wrong', {}, origin)).toThrow(expect.objectContaining({ code: 'NEXUS_EVENT_UNDECLARED' }))
    expect(() => kernel.dispatch('x.bad', {}, origin)).toThrow(expect.objectContaining({ code: 'NEXUS_EVENT_BAD_PAYLOAD' }))
  })

  it("invoke another's hook", async () => {
    const plugin = definePlugin({ id: 'x', methods: { 'x.run': method({ scope: 'public' }) }, setup: (ctx) => ({ methods: { 'x.run': () => ctx.invoke(hook.series('y.done')) } }) })
    const kernel = kernelOf([guard, plugin])
    await kernel.start()
    expect(() => kernel.dispatch('x.run', {}, origin)).toThrow(expect.objectContaining({ code: 'NEXUS_HOOK_NOT_OWNED' }))
  })
})

describe('a change is refused', () => {
  it('of what does not run, of what must run, and after the end', async () => {
    const kernel = kernelOf([guard, definePlugin({ id: 'vital', required: true, setup })])
    await kernel.start()
    await expect(kernel.apply({ reload: ['nobody'] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_NOT_RUNNING' })
    await expect(kernel.apply({ unload: ['vital'] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_REQUIRED' })
    await expect(kernel.apply({ load: [wanted(definePlugin({ id: 'vital', required: true, setup: () => { throw new Error('dead') } }))] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_RELOAD_FAILED', message: expect.stringContaining('dead') as string, fix: expect.stringContaining('keeps serving') as string })
    await kernel.close()
    await expect(kernel.apply({ unload: ['guard'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DRAINING' })
  })
})
