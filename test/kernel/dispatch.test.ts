import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { callAfter, callAuthorize, callBefore, definePlugin, method, NexusError, type Call, type Outcome } from 'nexus-gateway/sdk'
import { admin, guard, kernelOf, origin } from './harness.ts'
import type { Kernel } from '../../kernel/index.ts'
import type { Plugin } from '../../kernel/contract.ts'

const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 2))
const verbs = (handler: (params: unknown, call: Call) => unknown) => definePlugin({
  id: 'verbs',
  methods: {
    'verbs.run': method({ scope: 'operator.write', params: v.strictObject({ list: v.optional(v.array(v.number())) }), result: v.unknown() }),
    'verbs.open': method({ scope: 'public' }),
    'verbs.counted': method({ scope: 'operator.read', result: v.strictObject({ n: v.number() }) }),
  },
  setup: () => ({ methods: { 'verbs.run': handler, 'verbs.open': () => 'open', 'verbs.counted': handler as () => { n: number } } }),
})
const tapping = (id: string, token: { readonly id: string }, fn: (...args: never[]) => unknown): Plugin => definePlugin({
  id, capabilities: [`tap:${token.id}`], setup: (ctx) => (ctx.tap as (t: unknown, f: unknown) => void)(token, fn),
})

async function running(...plugins: Plugin[]): Promise<Kernel> {
  const kernel = kernelOf(plugins)
  const { failed } = await kernel.start()
  expect(failed).toEqual([])
  return kernel
}
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('a call', () => {
  it('is allowed by one yes and refused by one no, whatever the order', async () => {
    const no = tapping('aaa', callAuthorize, () => false)
    const late = tapping('zzz', callAuthorize, () => false)
    for (const denier of [no, late]) {
      const kernel = await running(guard, denier, verbs(() => 1))
      expect(() => kernel.dispatch('verbs.run', {}, origin)).toThrow(code('NEXUS_CALL_DENIED'))
      expect(() => kernel.dispatch('verbs.open', {}, origin)).toThrow(code('NEXUS_CALL_DENIED'))
    }
  })

  it('is refused when an authorizer throws, at once or later', async () => {
    for (const thrower of [() => { throw new Error('x') }, async () => { await soon(); throw new Error('x') }]) {
      const kernel = await running(guard, tapping('broken', callAuthorize, thrower), verbs(() => 1))
      await expect(async () => kernel.dispatch('verbs.run', {}, origin)).rejects.toThrow(code('NEXUS_CALL_DENIED'))
    }
  })

  it('is refused when nobody has an opinion, unless the verb is public', async () => {
    const kernel = await running(tapping('quiet', callAuthorize, () => undefined), verbs(() => 1))
    expect(() => kernel.dispatch('verbs.run', {}, origin)).toThrow(code('NEXUS_CALL_DENIED'))
    expect(kernel.dispatch('verbs.open', {}, origin)).toBe('open')
  })

  it('tells somebody without a credential so', async () => {
    const kernel = await running(guard, verbs(() => 1))
    const stranger = { ...origin, caller: { ...admin, role: 'none' as const, scopes: new Set<string>() } }
    expect(() => kernel.dispatch('verbs.run', {}, stranger)).toThrow(code('NEXUS_CALL_UNAUTHENTICATED'))
  })

  it('goes authorize → validate → before → handler → after', async () => {
    const steps: string[] = []
    const note = (step: string) => () => void steps.push(step)
    const kernel = await running(guard,
      tapping('one', callAuthorize, () => { steps.push('authorize'); return undefined }),
      tapping('two', callBefore, note('before')),
      tapping('three', callAfter, note('after')),
      verbs(note('handler')))
    kernel.dispatch('verbs.run', {}, origin)
    expect(() => kernel.dispatch('verbs.run', { list: 'no' }, origin)).toThrow('invalid verbs.run params: at /list: must be Array')
    expect(steps).toEqual(['authorize', 'before', 'handler', 'after', 'authorize', 'after'])
  })

  it('shows `before` frozen params and lets it refuse, not change', async () => {
    let ran = false
    const kernel = await running(guard, tapping('limits', callBefore, ((_: Call, params: { list: number[] }) => { params.list.push(2) }) as never), verbs(() => { ran = true }))
    expect(() => kernel.dispatch('verbs.run', { list: [1] }, origin)).toThrow(code('NEXUS_HOOK_FAILED'))
    expect(ran).toBe(false)
  })

  it('never shows what a handler threw', async () => {
    const outcomes: Outcome[] = []
    const kernel = await running(guard, tapping('log', callAfter, ((_: Call, outcome: Outcome) => void outcomes.push(outcome)) as never), verbs(() => { throw new Error('secret 42') }))
    let error: unknown
    try { kernel.dispatch('verbs.run', {}, origin) } catch (thrown) { error = thrown }
    expect(error).toBeInstanceOf(NexusError)
    expect((error as NexusError).code).toBe('NEXUS_CALL_FAILED')
    expect(`${(error as NexusError).message} ${(error as NexusError).fix}`).not.toContain('secret')
    expect(outcomes[0]?.ok).toBe(false)
    expect(kernel.inspect('verbs')?.faults).toBe(1)
  })

  it('never echoes a received value', async () => {
    const kernel = await running(guard, verbs(() => 1))
    for (const params of [{ list: 'hunter2' }, { list: ['hunter2'] }, 'hunter2', ['hunter2']]) {
      expect(() => kernel.dispatch('verbs.run', params, origin)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hunter2') }))
    }
  })

  it('takes no params where none are declared', async () => {
    const kernel = await running(guard, verbs(() => 1))
    expect(() => kernel.dispatch('verbs.open', { x: 1 }, origin)).toThrow(code('NEXUS_CALL_INVALID_PARAMS'))
  })

  it('aborts its signal when the caller goes, and lets go of the caller afterwards', async () => {
    const gone = new AbortController()
    const kernel = await running(guard, verbs((_, call) => new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(new Error('cut'))))))
    const answer = kernel.dispatch('verbs.run', {}, { ...origin, signal: gone.signal })
    gone.abort()
    await expect(answer).rejects.toThrow(code('NEXUS_CALL_ABORTED'))
    expect(kernel.inspect('verbs')?.inflight).toBe(0)
  })

  it('keeps the plugin alive for work that outlives its answer', async () => {
    let done = false
    const kernel = await running(guard, verbs((_, call) => { call.waitUntil(soon().then(() => { done = true })); return 1 }))
    kernel.dispatch('verbs.run', {}, origin)
    await kernel.apply({ unload: ['verbs'] })
    expect(done).toBe(true)
    await kernel.close()
  })

  it('is refused, and may be tried again, while the kernel drains; one that a running call makes is not', async () => {
    const kernel: Kernel = await running(guard, definePlugin({
      id: 'outer', methods: { 'outer.run': method({ scope: 'operator.read' }) },
      setup: (ctx) => ({ methods: { 'outer.run': async (_, call) => { await soon(); return ctx.call(verbs(() => 1) as never, 'verbs.open' as never, undefined as never, { cause: call }) } } }),
    }), verbs(() => 1))
    const started = kernel.dispatch('outer.run', {}, origin)
    const closing = kernel.close()
    expect(() => kernel.dispatch('verbs.open', {}, origin)).toThrow(expect.objectContaining({ code: 'NEXUS_CALL_DRAINING', retryable: true }))
    expect(await started).toBe('open')
    expect(await closing).toEqual({ drained: true, errors: [] })
  })

  it('fails when the handler answers against its contract and the kernel checks', async () => {
    const kernel = kernelOf([guard, verbs(() => ({ n: 'no' }))], { checkPayloads: true })
    await kernel.start()
    expect(() => kernel.dispatch('verbs.counted', {}, origin)).toThrow(code('NEXUS_CALL_BAD_RESULT'))
  })

  it('carries its cause on: who, on whose behalf, through which plugins', async () => {
    const seen: Call[] = []
    const inner = verbs((_, call) => void seen.push(call))
    const kernel = await running(guard, inner, definePlugin({
      id: 'outer', methods: { 'outer.run': method({ scope: 'operator.read' }) },
      setup: (ctx) => ({ methods: { 'outer.run': async (_, call) => { await ctx.call(inner as never, 'verbs.run' as never, {} as never, { cause: call }); await ctx.call(inner as never, 'verbs.run' as never, {} as never, { cause: ctx.cause }).catch((error: NexusError) => seen.push(error as never)) } } }),
    }))
    await kernel.dispatch('outer.run', {}, { ...origin, trace: 't-1' })
    expect(seen[0]).toMatchObject({ caller: admin, trace: 't-1', path: ['outer', 'verbs'], transport: 'plugin' })
    // The plugin of its own accord holds no scope it did not declare.
    expect(seen[1]).toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })
})
