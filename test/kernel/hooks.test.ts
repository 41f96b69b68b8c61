import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definePlugin, hook, type TapOrder } from 'nexus-gateway/sdk'
import type { HookToken } from '../../kernel/contract.ts'
import { kernelOf } from './harness.ts'
import type { Kernel } from '../../kernel/index.ts'

const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 1))
type Fn = (...args: never[]) => unknown
const tapper = (id: string, token: HookToken<never, never, never> | { id: string }, fn: Fn, order: TapOrder = {}) =>
  definePlugin({ id, setup(ctx) { (ctx.tap as (t: unknown, f: Fn, o: TapOrder) => void)(token, fn, order) } })

async function running(...plugins: ReturnType<typeof tapper>[]): Promise<Kernel> {
  const kernel = kernelOf(plugins)
  await kernel.start()
  return kernel
}

describe('a hook', () => {
  const add = hook.waterfall<[number, string]>('x.add')
  const find = hook.bail<[string], number>('x.find')
  const list = hook.collect<[], string>('x.list')
  const note = hook.series<[string[]]>('x.note')
  const strict = hook.series<[]>('x.strict', { onError: 'fail' })

  it('without taps answers at once: the value, nothing, an empty list', async () => {
    const kernel = await running()
    expect(kernel.invoke(add, 1, 'a')).toBe(1)
    expect(kernel.invoke(find, 'a')).toBeUndefined()
    expect(kernel.invoke(list)).toEqual([])
    expect(kernel.invoke(note, [])).toBeUndefined()
  })

  it('stays synchronous as long as its taps are, and waits for those that are not', async () => {
    const sync = await running(tapper('a', add, (n: number) => n + 1), tapper('b', add, (n: number) => n * 10))
    expect(sync.invoke(add, 1, '')).toBe(20)
    const mixed = await running(tapper('a', add, async (n: number) => { await soon(); return n + 1 }), tapper('b', add, (n: number) => n * 10))
    const answer = mixed.invoke(add, 1, '')
    expect(answer).toBeInstanceOf(Promise)
    expect(await answer).toBe(20)
  })

  it('in a waterfall passes on what it got where a tap says nothing', async () => {
    const kernel = await running(tapper('a', add, () => undefined), tapper('b', add, (n: number, s: string) => n + s.length))
    expect(kernel.invoke(add, 1, 'xy')).toBe(3)
  })

  it('that bails asks nobody after the first answer', async () => {
    const asked: string[] = []
    const kernel = await running(...['a', 'b', 'c'].map((id) => tapper(id, find, () => { asked.push(id); return id === 'b' ? 0 : undefined })))
    expect(kernel.invoke(find, '')).toBe(0)
    expect(asked).toEqual(['a', 'b'])
  })

  it('that collects has every answer, in order', async () => {
    const kernel = await running(tapper('b', list, () => 'b'), tapper('a', list, async () => { await soon(); return 'a' }), tapper('c', list, () => undefined))
    expect(await kernel.invoke(list)).toEqual(['a', 'b'])
  })

  it('isolates a tap that throws and says whose it was; or fails, if declared so', async () => {
    const seen: string[] = []
    const kernel = await running(tapper('a', note, () => { throw new Error('one') }), tapper('b', note, (to: string[]) => to.push('b')), tapper('c', strict, async () => { await soon(); throw new Error('two') }))
    kernel.invoke(note, seen)
    expect(seen).toEqual(['b'])
    expect(kernel.inspect('a')?.faults).toBe(1)
    await expect(kernel.invoke(strict)).rejects.toMatchObject({ code: 'NEXUS_HOOK_FAILED', message: 'plugin "c" failed in hook x.strict' })
  })

  it('runs no tap of a plugin that has gone, also in a call under way', async () => {
    const seen: string[] = []
    let release = (): void => {}
    const kernel = await running(
      tapper('a', note, () => new Promise<void>((resolve) => { release = resolve })),
      tapper('b', note, () => void seen.push('b')))
    const under = kernel.invoke(note, [])
    await kernel.apply({ unload: ['b'] })
    release()
    await under
    expect(seen).toEqual([])
  })

  it('refuses an order that names a plugin nobody knows, and one that is a circle', async () => {
    const kernel = await running(tapper('a', note, () => {}), tapper('b', note, () => {}))
    const { memorySource } = await import('../../kernel/source.ts')
    const load = (plugin: ReturnType<typeof tapper>) => kernel.apply({ load: [{ source: memorySource(plugin), why: 'test' }] })
    await expect(load(tapper('c', note, () => {}, { before: 'nobody' }))).rejects.toMatchObject({ code: 'NEXUS_HOOK_UNKNOWN_ORDER' })
    await load(tapper('a', note, () => {}, { after: 'b' }))
    await expect(load(tapper('b', note, () => {}, { after: 'a' }))).rejects.toMatchObject({ code: 'NEXUS_HOOK_ORDER_CYCLE', data: { path: 'a → b → a' } })
    expect(kernel.list().map(({ id, state }) => [id, state])).toEqual([['a', 'active'], ['b', 'active']])
  })

  it('at the start leaves out whom it cannot put in order, and runs the rest', async () => {
    const kernel = kernelOf([tapper('a', note, () => {}, { after: 'b' }), tapper('b', note, () => {}, { after: 'a' }), tapper('c', note, () => {}, { before: 'nobody' }), tapper('d', note, () => {})])
    const { active, failed } = await kernel.start()
    expect(active).toEqual(['b', 'd'])
    expect(failed.map(({ id, error }) => [id, error.code])).toEqual([['c', 'NEXUS_HOOK_UNKNOWN_ORDER'], ['a', 'NEXUS_HOOK_ORDER_CYCLE']])
  })

  it('runs its taps in an order that does not depend on how they came to be there', async () => {
    const plugins = ['a', 'b', 'c', 'd', 'e']
    const orders = fc.dictionary(fc.constantFrom(...plugins), fc.record({ after: fc.subarray(plugins) }, { requiredKeys: [] }))
    await fc.assert(fc.asyncProperty(orders, fc.shuffledSubarray(plugins, { minLength: 5 }), async (order, sequence) => {
      const seen: string[] = []
      const acyclic = (id: string): TapOrder => ({ after: (order[id]?.after ?? []).filter((other) => other < id) })
      const kernel = await running(...sequence.map((id) => tapper(id, note, () => void seen.push(id), acyclic(id))))
      kernel.invoke(note, [])
      const at = (id: string) => seen.indexOf(id)
      for (const id of plugins) for (const other of acyclic(id).after ?? []) expect(at(other)).toBeLessThan(at(id))
      const canonical: string[] = []
      const again = await running(...plugins.map((id) => tapper(id, note, () => void canonical.push(id), acyclic(id))))
      again.invoke(note, [])
      expect(seen).toEqual(canonical)
    }), { numRuns: 60 })
  })
})

describe('a tap that knows no more than the name of a hook', () => {
  const nameOnly = (id: string) => ({ kind: 'hook', id, mode: 'series', onError: 'isolate' }) as const

  it('takes part as the hook\'s owner has it, whoever came first', async () => {
    const price = hook.waterfall<[number]>('shop.price')
    const kernel = await running(tapper('a', nameOnly('shop.price'), (n: number) => n + 1), tapper('b', price, (n: number) => n * 2))
    expect(kernel.invoke(price, 1)).toBe(4)
    const first = hook.bail<[], string>('shop.first')
    const other = await running(tapper('a', nameOnly('shop.first'), () => 'a'), tapper('b', nameOnly('shop.first'), () => 'b'))
    expect(other.invoke(first)).toBe('a')
  })

  it('fails the call where the owner wants that', async () => {
    const must = hook.series('shop.must', { onError: 'fail' })
    const kernel = await running(tapper('a', nameOnly('shop.must'), () => { throw new Error('no') }))
    expect(() => kernel.invoke(must)).toThrow(/shop\.must/)
  })
})
