import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { contract, definePlugin, hook, method, optional, service } from 'nexus-gateway/sdk'
import { admin, guard, kernelOf, origin, wanted } from './harness.ts'

const Greeter = service<{ greet(name: string): string }>('greeter/1')
const greeter = (word: string) => definePlugin({ id: 'greeter', provides: { greeter: Greeter }, setup: () => ({ provides: { greeter: { greet: (name) => `${word} ${name}` } } }) })
const helloContract = contract({
  id: 'hello',
  methods: { 'hello.say': method({ scope: 'operator.read', params: v.strictObject({ name: v.string() }) }) },
})
const hello = definePlugin({ ...helloContract, requires: { greeter: Greeter }, setup: (ctx) => ({ methods: { 'hello.say': ({ name }) => ctx.deps.greeter.greet(name) } }) })
const nobody = { ...origin, caller: { ...admin, scopes: new Set<string>() } }

describe('a kernel', () => {
  it('sets plugins up in the order of their dependencies and answers synchronously', async () => {
    const kernel = kernelOf([hello, greeter('hi'), guard])
    expect(await kernel.start()).toMatchObject({ failed: [] })
    expect(kernel.dispatch('hello.say', { name: 'ada' }, origin)).toBe('hi ada')
    await kernel.close()
  })

  it('says no without an authorizer, without a scope, and to unknown params', async () => {
    const open = kernelOf([hello, greeter('hi')])
    await open.start()
    expect(() => open.dispatch('hello.say', { name: 'ada' }, origin)).toThrow(expect.objectContaining({ code: 'NEXUS_CALL_NO_AUTHORIZER' }))
    const kernel = kernelOf([hello, greeter('hi'), guard])
    await kernel.start()
    expect(() => kernel.dispatch('hello.say', { name: 'ada' }, nobody)).toThrow(expect.objectContaining({ code: 'NEXUS_CALL_DENIED', message: 'missing scope: operator.read' }))
    expect(() => kernel.dispatch('hello.say', { nme: 'ada' }, origin)).toThrow("invalid hello.say params: at root: must have required property 'name'; at root: unexpected property 'nme'")
    expect(() => kernel.dispatch('nope', {}, origin)).toThrow('unknown method: nope')
  })

  it('restarts dependents when what they depend on is replaced, and drops no call', async () => {
    const kernel = kernelOf([hello, greeter('hi'), guard])
    await kernel.start()
    const report = await kernel.apply({ load: [wanted(greeter('ahoy'))] })
    expect(new Set(report.started)).toEqual(new Set(['greeter', 'hello']))
    expect(kernel.dispatch('hello.say', { name: 'ada' }, origin)).toBe('ahoy ada')
    await kernel.close()
  })

  it('keeps the old generation when the new one fails', async () => {
    const kernel = kernelOf([hello, greeter('hi'), guard])
    await kernel.start()
    const bad = definePlugin({ id: 'greeter', provides: { greeter: Greeter }, setup: () => { throw new Error('no') } })
    await expect(kernel.apply({ load: [wanted(bad)] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_RELOAD_FAILED' })
    expect(kernel.dispatch('hello.say', { name: 'ada' }, origin)).toBe('hi ada')
    await kernel.close()
  })

  it('swaps exclusive plugins one after the other, holding calls back meanwhile', async () => {
    const steps: string[] = []
    const alone = (name: string, ms: number) => definePlugin({
      id: 'alone', exclusive: true,
      methods: { 'alone.do': method({ scope: 'operator.read' }) },
      setup(ctx) {
        steps.push(`${name} up`)
        ctx.scope.defer(() => void steps.push(`${name} down`))
        return { methods: { 'alone.do': async () => { await new Promise((r) => setTimeout(r, ms)); return name } } }
      },
    })
    const kernel = kernelOf([alone('one', 30), guard])
    await kernel.start()
    const first = kernel.dispatch('alone.do', {}, origin)
    const swap = kernel.apply({ load: [wanted(alone('two', 0))] })
    await new Promise((r) => setTimeout(r, 5))
    const second = kernel.dispatch('alone.do', {}, origin)
    expect([await first, await second]).toEqual(['one', 'two'])
    await swap
    expect(steps).toEqual(['one up', 'one down', 'two up'])
    await kernel.close()
  })

  it('restarts the old exclusive plugin when the new one cannot start', async () => {
    const alone = (fails: boolean) => definePlugin({ id: 'alone', exclusive: true, methods: { 'alone.do': method({ scope: 'operator.read' }) }, setup: () => { if (fails) throw new Error('no'); return { methods: { 'alone.do': () => 1 } } } })
    const kernel = kernelOf([alone(false), guard])
    await kernel.start()
    await expect(kernel.apply({ load: [wanted(alone(true))] })).rejects.toThrow('plugin "alone" was not replaced')
    expect(kernel.dispatch('alone.do', {}, origin)).toBe(1)
    await kernel.close()
  })

  it('reports every fault of the start together and runs the rest', async () => {
    const A = service('a/1'), B = service('b/1'), None = service('none/1')
    const kernel = kernelOf([
      guard, hello, greeter('hi'),
      definePlugin({ id: 'a', provides: { a: A }, requires: { b: B }, setup: () => ({ provides: { a: {} } }) }),
      definePlugin({ id: 'b', provides: { b: B }, requires: { a: A }, setup: () => ({ provides: { b: {} } }) }),
      definePlugin({ id: 'lost', requires: { none: None }, setup: () => {} }),
      definePlugin({ id: 'hangs', setup: () => new Promise<void>(() => {}) }),
      definePlugin({ id: 'throws', setup: () => { throw new Error('boom') } }),
    ])
    const { active, failed } = await kernel.start()
    expect([...active].sort()).toEqual(['greeter', 'guard', 'hello'])
    expect(Object.fromEntries(failed.map(({ id, error }) => [id, error.code]))).toEqual({
      a: 'NEXUS_PLUGIN_CYCLE', b: 'NEXUS_PLUGIN_CYCLE', lost: 'NEXUS_PLUGIN_MISSING_SERVICE', hangs: 'NEXUS_PLUGIN_SETUP_TIMEOUT', throws: 'NEXUS_PLUGIN_SETUP_FAILED',
    })
    expect(failed.find(({ id }) => id === 'a')?.error.message).toContain('a → b → a')
    await kernel.close()
  })

  it('restarts plugins when an optional provider appears or goes', async () => {
    const user = definePlugin({ id: 'user', requires: { greeter: optional(Greeter) }, methods: { 'user.has': method({ scope: 'operator.read' }) }, setup: (ctx) => ({ methods: { 'user.has': () => ctx.deps.greeter !== undefined } }) })
    const kernel = kernelOf([user, guard])
    await kernel.start()
    expect(kernel.dispatch('user.has', {}, origin)).toBe(false)
    await kernel.apply({ load: [wanted(greeter('hi'))] })
    expect(kernel.dispatch('user.has', {}, origin)).toBe(true)
    await kernel.apply({ unload: ['greeter'] })
    expect(kernel.dispatch('user.has', {}, origin)).toBe(false)
    await kernel.close()
  })

  it('schedules a change asked for from inside a call of what it changes', async () => {
    const kernel = kernelOf([guard, definePlugin({
      id: 'self', methods: { 'self.unload': method({ scope: 'operator.read' }) },
      setup: () => ({ methods: { 'self.unload': (_, call) => kernel.apply({ unload: ['self'] }, call) } }),
    })])
    await kernel.start()
    expect(await kernel.dispatch('self.unload', {}, origin)).toMatchObject({ scheduled: true })
    await new Promise((r) => setTimeout(r, 20))
    expect(kernel.inspect('self')).toBeUndefined()
    await kernel.close()
  })

  it('waits behind a change that is under way, and puts off only what one of the two would have to wait for', async () => {
    const slow = (id: string) => definePlugin({ id, setup: () => new Promise<object>((done) => { setTimeout(() => done({}), 50) }) })
    const doer = definePlugin({
      id: 'doer', requires: { greeter: optional(Greeter) }, methods: { 'doer.load': method({ scope: 'operator.read', params: v.string() }) },
      setup: () => ({ methods: { 'doer.load': (id, call) => kernel.apply({ load: [wanted(slow(id))] }, call) } }),
    })
    const kernel = kernelOf([guard, doer, greeter('hi')])
    await kernel.start()
    const other = kernel.apply({ load: [wanted(slow('other'))] })
    expect(await kernel.dispatch('doer.load', 'one', origin)).toMatchObject({ started: ['one'] })
    await other
    const restart = kernel.apply({ load: [wanted(greeter('ahoy'))] })
    expect(await kernel.dispatch('doer.load', 'two', origin)).toMatchObject({ scheduled: true, started: [] })
    await restart
    await expect.poll(() => kernel.inspect('two')?.state).toBe('active')
    await kernel.close()
  })

  it('runs hooks in the order of plugin ids, changed by before and after', async () => {
    const seen: string[] = []
    const ping = hook.series<[]>('z.ping')
    const tapper = (id: string, order = {}) => definePlugin({ id, setup(ctx) { ctx.tap(ping, () => void seen.push(id), order) } })
    const kernel = kernelOf([tapper('c'), tapper('a', { after: 'b' }), tapper('b')])
    await kernel.start()
    await kernel.invoke(ping)
    expect(seen).toEqual(['b', 'c', 'a'])
    await kernel.close()
  })
})
