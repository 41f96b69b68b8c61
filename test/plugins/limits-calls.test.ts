/** How often, and how many at once, one caller calls one method, by whatever road. */
import { setMaxListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { callBefore, definePlugin, failures } from 'nexus-gateway/sdk'
import type { Call } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { createCalls } from '../../plugins/limits/calls.ts'
import limits from '../../plugins/limits/index.ts'
import { as, createDesk, rpc, start, status, times, tooMany, tooManyAtOnce } from './limits-harness.ts'

describe('calls of one method by one caller', () => {
  test('are refused above what it declares, with the words of the protocol, until the window has passed', async () => {
    await using k = await start(createDesk())
    await times(30, () => k.call('desk.set'))
    await k.clock.advance(20_000)
    await expect(k.call('desk.set')).rejects.toMatchObject({ ...tooMany, wire: 'UNAVAILABLE', status: 429, retryable: true, data: { retryAfterMs: 40_000, details: { method: 'desk.set', limit: '30 per 60s' } } })
    await k.clock.advance(39_999)
    await expect(k.call('desk.set')).rejects.toMatchObject({ ...tooMany, data: { retryAfterMs: 1 } })
    await k.clock.advance(1)
    await times(30, () => k.call('desk.set'))
    await expect(k.call('desk.set')).rejects.toMatchObject(tooMany)
  })

  test('leave other callers and other methods alone', async () => {
    await using k = await start(createDesk())
    await times(30, () => k.call('desk.set'))
    await expect(k.call('desk.set')).rejects.toMatchObject(tooMany)
    await times(30, () => k.call('desk.reset'))
    await times(30, () => k.call('desk.set', {}, as('token:ci')))
    await expect(k.call('desk.set', {}, as('token:ci'))).rejects.toMatchObject(tooMany)
  })

  test('count when they fail, and not when they are refused', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    await times(30, () => expect(k.call('desk.set', { fails: true })).rejects.toMatchObject({ code: 'NEXUS_DESK_CLOSED' }))
    await times(50, () => expect(k.call('desk.set')).rejects.toMatchObject(tooMany))
    expect(desk.ran.length).toBe(30)
    await k.clock.advance(60_000)
    await times(20, () => expect(k.call('desk.set', { nonsense: 1 })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' }))
    await times(20, () => expect(k.call('desk.set', {}, { scopes: ['operator.read'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' }))
    await times(30, () => k.call('desk.set'))
  })

  test('count together over WebSocket, HTTP, other plugins and the kernel', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    const client = await k.connect()
    for (let i = 0; i < 7; i++) {
      await client.call('desk.set')
      expect((await rpc(k, 'desk.set')).status).toBe(200)
      await client.call('relay.set')
      await k.call('desk.set')
    }
    await client.call('relay.set')
    await client.call('relay.set')
    expect([...new Set(desk.ran)].sort()).toEqual(['http test', 'kernel test', 'plugin test', 'ws test'])
    for (const road of [() => client.call('desk.set'), () => client.call('relay.set')]) {
      await expect(road()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true, retryAfterMs: 60_000, details: { method: 'desk.set', limit: '30 per 60s', nexus: 'NEXUS_LIMITS_CALLS' } })
    }
    await expect(k.call('desk.set')).rejects.toMatchObject(tooMany)
    const answer = await rpc(k, 'desk.set')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
    expect(await answer.json()).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', message: 'rate limit exceeded for desk.set: 30 per 60s for one caller; retry after 60s', retryable: true, retryAfterMs: 60_000, details: { method: 'desk.set', limit: '30 per 60s', nexus: 'NEXUS_LIMITS_CALLS' } } })
    expect(desk.ran.length).toBe(30)
  })

  test('of a thousand at once are as many let through as one by one', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    const ends = await Promise.allSettled(Array.from({ length: 1_000 }, () => k.call('desk.set')))
    expect(ends.filter(({ status }) => status === 'fulfilled').length).toBe(30)
    expect(desk.ran.length).toBe(30)
  })

  test('without a limit leave nothing behind and are answered at once', async () => {
    await using k = await start(createDesk())
    const caller = { id: 'test', role: 'operator', label: 'operator', scopes: new Set(['operator.admin']) } as const
    for (let i = 0; i < 1_000; i++) expect(k.kernel.dispatch('desk.free', {}, { caller, transport: 'ws' })).toEqual({})
    expect(k.kernel.dispatch('desk.set', {}, { caller, transport: 'ws' })).toEqual({})
    expect((await status(k)).tables.calls.entries).toBe(1)
  })

  test('leave nothing behind once their window is over, and no more than 10,000 entries before', async () => {
    await using k = await start(createDesk())
    for (let i = 0; i < 12_000; i++) await k.call('desk.set', {}, as(`device:${i}`))
    expect((await status(k)).tables.calls).toEqual({ entries: 10_000, most: 10_000 })
    expect((await status(k)).calls.length).toBe(100)
    await k.clock.advance(60_000)
    expect((await status(k)).tables.calls.entries).toBe(0)
  })
})

describe('calls under way', () => {
  test('are as many as a method declares, and the next one is let in when one has ended', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    const running = [k.call('desk.slow'), k.call('desk.slow')]
    await expect(k.call('desk.slow')).rejects.toMatchObject({ ...tooManyAtOnce, wire: 'UNAVAILABLE', status: 429, retryable: true, data: { retryAfterMs: 1_000, details: { method: 'desk.slow', limit: '2 at once' } } })
    expect((await status(k)).calls).toEqual([{ caller: 'test', method: 'desk.slow', used: 0, running: 2, limit: '2 at once', retryAfterMs: 1_000 }])
    const others = [k.call('desk.slow', {}, as('other'))]
    desk.release()
    await Promise.all([...running, ...others])
    expect((await status(k)).calls).toEqual([])
    const next = [k.call('desk.slow'), k.call('desk.slow')]
    await expect(k.call('desk.slow')).rejects.toMatchObject(tooManyAtOnce)
    desk.release()
    await Promise.all(next)
  })

  test('are let go of however they end, and those refused let go of nothing', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    for (const way of ['throw', 'reject']) await times(10, () => expect(k.call('desk.slow', { way })).rejects.toMatchObject({ code: 'NEXUS_DESK_CLOSED' }))
    await times(10, () => k.call('desk.slow', { way: 'value' }))
    const abort = new AbortController()
    setMaxListeners(0, abort.signal)
    const aborted = [k.call('desk.slow', {}, { signal: abort.signal }), k.call('desk.slow', {}, { signal: abort.signal })].map((call) => expect(call).rejects.toMatchObject({ code: 'NEXUS_DESK_CLOSED' }))
    await times(20, () => expect(k.call('desk.slow')).rejects.toMatchObject(tooManyAtOnce))
    abort.abort()
    await Promise.all(aborted)
    const again = [k.call('desk.slow'), k.call('desk.slow')]
    await times(20, () => expect(k.call('desk.slow')).rejects.toMatchObject(tooManyAtOnce))
    desk.release()
    await Promise.all(again)
    expect((await status(k)).calls).toEqual([])
  })

  test('count as long as they run, also when nobody waits for them any more', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    const client = await k.connect()
    const lost = [client.call('desk.slow', { way: 'deaf' }), client.call('desk.slow', { way: 'deaf' })].map((call) => expect(call).rejects.toThrow())
    await expect.poll(async () => (await status(k)).calls[0]?.running).toBe(2)
    await client.close()
    await Promise.all(lost)
    await expect(k.call('desk.slow')).rejects.toMatchObject(tooManyAtOnce)
    desk.release()
    await k.settled()
    expect(await k.call('desk.slow', { way: 'value' })).toEqual({})
  })

  test('count together over WebSocket, HTTP and other plugins, and end with their client', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    const client = await k.connect()
    const lost = [client.call('desk.slow'), client.call('relay.slow')].map((call) => expect(call).rejects.toThrow())
    await expect.poll(async () => (await status(k)).calls[0]?.running).toBe(2)
    expect((await rpc(k, 'desk.slow')).status).toBe(429)
    await expect(k.call('relay.slow')).rejects.toMatchObject(tooManyAtOnce)
    await client.close()
    await Promise.all(lost)
    await expect.poll(async () => (await status(k)).calls).toEqual([])
  })

  test('that others refuse after they were let through here are over too', async () => {
    const fail = failures({ NEXUS_LATE_NO: { text: 'no', fix: 'None.' } })
    const late = definePlugin({ id: 'z-late', capabilities: ['tap:call.before'], setup: (ctx) => ctx.tap(callBefore, ({ verb }) => { if (verb === 'desk.slow') throw fail('NEXUS_LATE_NO') }) })
    const early = definePlugin({ id: 'a-early', capabilities: ['tap:call.before'], setup: (ctx) => ctx.tap(callBefore, ({ verb }) => { if (verb === 'desk.both') throw fail('NEXUS_LATE_NO') }) })
    await using k = await testKernel({ plugins: [limits, createDesk().plugin, late, early] })
    await times(5, () => expect(k.call('desk.slow')).rejects.toMatchObject({ code: 'NEXUS_LATE_NO' }))
    await times(5, () => expect(k.call('desk.both')).rejects.toMatchObject({ code: 'NEXUS_LATE_NO' }))
    expect((await status(k)).calls).toEqual([])
  })

  test('take no call from the window when there are too many of them, and no place when the window is full', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    for (let i = 0; i < 3; i++) {
      const running = k.call('desk.both')
      await times(5, () => expect(k.call('desk.both')).rejects.toMatchObject(tooManyAtOnce))
      expect((await status(k)).calls[0]).toMatchObject({ used: i + 1, running: 1, limit: '3 per 10s, 1 at once' })
      desk.release()
      await running
    }
    await times(5, () => expect(k.call('desk.both')).rejects.toMatchObject(tooMany))
    await k.clock.advance(10_000)
    const running = k.call('desk.both')
    await k.settled()
    desk.release()
    await running
  })

  test('of a former generation of their plugin do not keep the next one from being called', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    const former = [k.call('desk.slow', { way: 'deaf' }), k.call('desk.slow', { way: 'deaf' })]
    await k.reload('desk')
    const next = [k.call('desk.slow'), k.call('desk.slow')]
    await expect(k.call('desk.slow')).rejects.toMatchObject(tooManyAtOnce)
    desk.release()
    await Promise.all([...former, ...next])
    expect((await status(k)).calls).toEqual([])
  })

  test('are kept no longer than that', async () => {
    const calls = createCalls({ methods: {} }, () => 0)
    const ended = (): WeakRef<Call> => {
      const call = { verb: 'desk.slow', plugin: 'desk', caller: { id: 'test', role: 'operator' }, limit: { calls: 5, concurrent: 1 } } as Call
      calls.before(call)
      calls.after(call)
      return new WeakRef(call)
    }
    const call = ended()
    await new Promise((resolve) => { setTimeout(resolve, 0) })
    globalThis.gc?.()
    expect(call.deref()).toBeUndefined()
  })
})
