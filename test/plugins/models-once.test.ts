/** What goes wrong when many requests meet, or the parts around an attempt fail. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { modelAccounts, modelAfter, modelBefore, modelRoute } from '../../plugins/models/contract.ts'
import { createKeeper, cooldownsIn } from '../../plugins/models/kept.ts'
import { createStandings } from '../../plugins/models/standings.ts'
import { read } from '../../plugins/models/language-model/failure.ts'
import { caller, gateway, key, played, provider, refused } from './models-gateway.ts'
import type { Reply } from './models-gateway.ts'

const cause = { caller, trace: 't', path: [] } as const

describe('of many requests at once', () => {
  test('one finds out whether a provider whose breaker was open works again, however slow a budget is', async () => {
    const asked: string[] = []
    let down = true
    const budget = definePlugin({ id: 'budget', setup: (ctx) => { ctx.tap(modelBefore, async () => { for (let i = 0; i < 5; i++) await Promise.resolve() }) } })
    await using g = await gateway([budget, provider('a', asked, () => (down ? 'timeout' : 'hang'))])
    for (let i = 0; i < 5; i++) await refused(g.ask())
    await g.k.clock.advance(15_001)
    down = false
    asked.length = 0
    const abort = new AbortController()
    const work = Array.from({ length: 10 }, () => refused(g.ask({ signal: abort.signal })))
    await g.k.clock.advance(100)
    expect(asked).toHaveLength(1)
    abort.abort()
    await g.k.clock.advance(2_000)
    await Promise.all(work)
  })

  test('one is tried at an account that rests, and the claim ends with a request that a budget refuses', async () => {
    const asked: string[] = []
    let refuse = false
    const budget = definePlugin({ id: 'budget', setup: (ctx) => { ctx.tap(modelBefore, () => { if (refuse) throw new Error('no') }) } })
    await using g = await gateway([budget, provider('a', asked, () => 'auth')])
    await refused(g.ask())
    refuse = true
    await refused(g.ask())
    refuse = false
    expect(await refused(g.ask())).toBe('auth')
    expect(asked).toHaveLength(2)
  })
})

describe('every attempt that was announced', () => {
  const replies = fc.constantFrom<Reply>('ok', 'ok', 'cut', 'auth', 'billing', 'rate_limit', 'timeout', 'format', 'network', 'server', 'refusal', 'context_length', { kind: 'server', status: 500 }, { kind: 'rate_limit', status: 429, retryAfterMs: 700 }, 'hang')

  test('ends once, whatever became of it, in whatever order', async () => {
    await fc.assert(fc.asyncProperty(fc.array(replies, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(3_000), { minLength: 1, maxLength: 8 }), fc.boolean(), async (script, aborts, refuses) => {
      const asked: string[] = []
      let turn = 0
      const play = (): Reply => script[turn++ % script.length]!
      const budget = definePlugin({ id: 'z-budget', setup: (ctx) => { ctx.tap(modelBefore, async () => { await Promise.resolve(); if (refuses && turn % 3 === 0) throw new Error('no') }) } })
      await using g = await gateway([budget, provider('a', asked, play, { accounts: [key('k1'), key('k2')] }), provider('b', asked, play)], { fallbacks: ['b/m'] })
      const work = aborts.map((ms) => {
        const abort = new AbortController()
        void g.k.clock.setTimeout(() => abort.abort(), ms)
        return refused(g.ask({ signal: abort.signal }))
      })
      await g.k.clock.advance(20_000)
      await Promise.all(work)
      const ids = (attempts: readonly { id: string }[]) => attempts.map(({ id }) => id).toSorted()
      expect(ids(g.seen.after.map(([attempt]) => attempt))).toEqual(ids(g.seen.before))
    }), { numRuns: 40 })
  })

  test('is told once even if whoever is told throws, and the answer stands', async () => {
    const ends: string[] = []
    const counter = definePlugin({ id: 'counter', setup: (ctx) => { ctx.tap(modelAfter, (attempt, { status }) => { ends.push(`${attempt.nth} ${status}`); throw new Error('disk full') }) } })
    await using g = await gateway([counter, provider('a', [], () => 'ok')])
    expect((await g.ask()).text).toBe('a says hi')
    expect(ends).toEqual(['1 ok'])
  })
})

test('nobody waits for a try that the retry budget does not admit', async () => {
  const asked: string[] = []
  await using g = await gateway([provider('a', asked, () => ({ kind: 'rate_limit', status: 429, retryAfterMs: 5_000 }))], { retry: { ratio: 0, spare: 0 } })
  const began = g.k.clock.now()
  expect(await refused(g.ask())).toBe('rate_limit')
  expect(g.k.clock.now() - began).toBe(0)
})

test('what was taken from the retry budget and not used is given back', async () => {
  const asked: string[] = []
  await using g = await gateway([provider('a', asked, () => (asked.length === 1 ? { kind: 'rate_limit', status: 429, retryAfterMs: 5_000 } : 'ok'))], { retry: { ratio: 0, spare: 1 } })
  const abort = new AbortController()
  const first = g.ask({ signal: abort.signal })
  await g.k.clock.advance(10)
  abort.abort()
  expect((await first).finish.stopReason).toBe('aborted')
  expect((await g.k.call('models.status') as { retry: unknown }).retry).toMatchObject({ extra: 0, refused: 0 })
})

test('a server that refuses and says "at once" is left alone for a second', async () => {
  const asked: string[] = []
  await using g = await gateway([provider('a', asked, () => ({ kind: 'rate_limit', status: 429, retryAfterMs: 0 }))], { retry: { ratio: 0, spare: 0 } })
  expect(await refused(g.ask())).toBe('rate_limit')
  const second = refused(g.ask())
  await g.k.clock.advance(900)
  expect(asked).toHaveLength(1)
  await g.k.clock.advance(1_000)
  await second
  expect(asked).toHaveLength(2)
})

test('a provider that cannot say which accounts it has is asked without one', async () => {
  const asked: string[] = []
  const broken = definePlugin({ id: 'broken', setup: (ctx) => { ctx.tap(modelAccounts, (id) => { if (id === 'a') throw new Error('no accounts today'); return undefined }) } })
  await using g = await gateway([broken, provider('a', asked, () => 'ok')])
  expect((await g.ask()).text).toBe('a says hi')
  expect(asked).toEqual(['a/m'])
})

test('a router that throws is passed over, and the turn is answered', async () => {
  const broken = definePlugin({ id: 'broken', setup: (ctx) => { ctx.tap(modelRoute, () => { throw new Error('no idea') }) } })
  await using g = await gateway([broken, provider('a', [], () => 'ok')])
  expect(await g.api.route({ cause })).toMatchObject({ model: 'a/m' })
})

describe('what is kept of how accounts stand', () => {
  const settings = { minutes: [1, 5], billingHours: 5, billingMaxHours: 24 }
  const at = { spec: { provider: 'a', id: 'm', name: 'm' }, account: key('k') }

  test('makes the next rest longer after a restart too, when the last one is over', () => {
    let now = 1_000
    const standings = () => createStandings(settings, () => now, () => {})
    const before = standings()
    before.failed(at, { kind: 'billing', startedAt: now })
    now += 6 * 3_600_000
    const after = standings()
    after.load(cooldownsIn({ cooldowns: before.dump() }, now))
    expect(after.gate(at).state).toBe('ready')
    after.failed(at, { kind: 'billing', startedAt: now })
    expect(after.gate(at).until! - now).toBe(10 * 3_600_000)
    now += 25 * 3_600_000
    expect(after.dump()).toEqual({})
  })

  test('is not believed where it is of a time to come, or no such thing at all', () => {
    const kept = { cooldowns: { x: { until: 9e12, hard: true, reason: 'auth', errors: 1, billing: 0, lastAt: 8e12 }, y: { until: 200, hard: false, reason: 'auth', errors: 1, billing: 0, lastAt: 100 } } }
    expect(Object.keys(cooldownsIn(kept, 150))).toEqual(['y'])
    for (const value of [undefined, null, 7, {}, { cooldowns: [] }, { cooldowns: { x: { until: 'soon' } } }]) expect(cooldownsIn(value, 150)).toEqual({})
  })

  test('is nothing without a store', async () => {
    const keeper = createKeeper(undefined, () => ({}), { clock: { now: () => 1, setTimeout: () => { throw new Error('no') }, clearTimeout: () => {} }, log: { debug() {}, info() {}, warn() {}, error() {} }, scope: undefined as never })
    keeper.changed()
    expect(await keeper.load()).toEqual({})
  })
})

describe('a Retry-After', () => {
  const now = Date.parse('2026-11-23T00:00:00Z')
  const wait = (headers: Record<string, string>) => (read('p', { statusCode: 429, responseHeaders: headers }, now, []).failure.data['failure'] as { retryAfterMs?: number }).retryAfterMs

  test.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7_000], [{ 'retry-after': ' 1.5 ' }, 1_500], [{ 'retry-after': '7, 7' }, 7_000], [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Mon, 23 Nov 2026 00:00:30 GMT' }, 30_000], [{ 'retry-after': 'Sun, 22 Nov 2026 00:00:00 GMT' }, 0], [{ 'retry-after': 'Monday, 23-Nov-26 00:00:30 GMT' }, 30_000],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250], [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9_000],
    [{ 'retry-after': '99999999999' }, 24 * 3_600_000],
    [{ 'retry-after': '-5' }, undefined], [{ 'retry-after': 'soon' }, undefined], [{ 'retry-after': '' }, undefined], [{ 'retry-after': '1e3' }, undefined], [{ 'retry-after': '2026-11-23' }, undefined], [{}, undefined],
  ])('%j is %s', (headers, ms) => expect(wait(headers)).toBe(ms))

  test('is a whole number of a day at most, or nothing, whatever a server writes', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (plain, fine) => {
      const ms = wait({ 'retry-after': plain, 'retry-after-ms': fine })
      expect(ms === undefined || (Number.isInteger(ms) && ms >= 0 && ms <= 24 * 3_600_000)).toBe(true)
    }))
  })
})

test('a request that is played to its end leaves no timer', async () => {
  await using g = await gateway([provider('a', [], () => 'network')])
  await refused(played(g.k, g.ask()))
  expect(g.k.clock.pending()).toEqual([])
})
