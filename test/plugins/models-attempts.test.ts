import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Models, models as contract } from '../../plugins/models/contract.ts'
import storePlugin from '../../plugins/store/index.ts'
import { caller, gateway, key, played, provider, refused } from './models-gateway.ts'
import type { Reply } from './models-gateway.ts'

describe('a fallback', () => {
  test.each(['auth', 'rate_limit', 'billing', 'timeout', 'network', 'server', 'format'] as const)('answers when the model fails with %s before its first word', async (kind) => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => kind), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    expect(await g.ask()).toMatchObject({ text: 'b says hi', finish: { provider: 'b', attempts: 2 } })
    expect(asked).toEqual(['a/m', 'b/m'])
  })

  test.each(['refusal', 'context_length'] as const)('does not answer after %s, which is an answer', async (kind) => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => kind), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    expect(await refused(g.ask())).toBe(kind)
    expect(asked).toEqual(['a/m'])
  })

  test('does not answer once the first word has been said, so that nobody hears two answers', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'cut'), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    expect(await refused(g.ask())).toBe('network')
    expect(asked).toEqual(['a/m'])
  })

  test('does not answer for who has been told to stop', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'hang'), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    const abort = new AbortController()
    const running = g.ask({ signal: abort.signal })
    await g.k.clock.advance(10)
    abort.abort()
    expect((await running).finish.stopReason).toBe('aborted')
    expect(asked).toEqual(['a/m'])
    expect(g.seen.after.map(([, outcome]) => outcome.status)).toEqual(['aborted'])
  })

  test('of the request goes before those of the settings, and none means none', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'format'), provider('b', asked, () => 'ok'), provider('c', asked, () => 'ok')], { fallbacks: ['b/m'], aliases: { best: 'c/m' } })
    expect((await g.ask({ fallbacks: ['gone', 'best'] })).finish.provider).toBe('c')
    expect(await refused(g.ask({ fallbacks: [] }))).toBe('format')
  })

  test('that is not allowed is none, and a model that is not allowed is not asked', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'format'), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'], allow: ['a/*'] })
    expect(await refused(g.ask())).toBe('format')
    expect(await refused(g.ask({ provider: 'b' }))).toBe('NEXUS_MODELS_NOT_ALLOWED')
    expect(asked).toEqual(['a/m'])
  })

  test('answers for a provider that is gone', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    expect((await g.ask()).finish.provider).toBe('b')
    expect(await refused(g.ask({ fallbacks: [] }))).toBe('NEXUS_MODELS_UNKNOWN')
  })
})

describe('accounts', () => {
  const three = [key('k1'), key('k2'), key('o', 'oauth'), key('t', 'token')]

  test('are used in the order oauth, token, key', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'billing', { accounts: three })], { retry: { spare: 10 } })
    expect(await refused(g.ask())).toBe('billing')
    expect(asked).toEqual(['a/m/o', 'a/m/t', 'a/m/k1', 'a/m/k2'])
  })

  test('of one kind are used in turn, but a session keeps its own', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'ok', { accounts: [key('k1'), key('k2')] })])
    for (const sessionKey of [undefined, undefined, 's', 's', undefined, 's']) await g.ask(sessionKey === undefined ? {} : { sessionKey })
    expect(asked.map((one) => one.at(-1))).toEqual(['1', '2', '1', '1', '2', '1'])
  })

  test('that fail rest, for as long as it takes, and come back', async () => {
    const asked: string[] = []
    let bad = true
    await using g = await gateway([provider('a', asked, ({ account }) => (bad && account === 'k1' ? 'rate_limit' : 'ok'), { accounts: [key('k1'), key('k2')] })])
    for (let i = 0; i < 3; i++) await g.ask()
    expect(asked).toEqual(['a/m/k1', 'a/m/k2', 'a/m/k2', 'a/m/k2'])
    bad = false
    await g.k.clock.advance(60_000)
    await g.ask()
    expect(asked.at(-1)).toBe('a/m/k1')
  })

  test('that all rest are still asked, one request at a time, rather than nobody', async () => {
    const asked: string[] = []
    let bad = true
    await using g = await gateway([provider('a', asked, () => (bad ? 'auth' : 'ok'))])
    expect(await refused(g.ask())).toBe('auth')
    expect(await refused(g.ask())).toBe('auth')
    bad = false
    expect(await refused(g.ask())).toBe('ok')
    expect((await g.k.use(contract).call['models.status']()).providers[0]!.accounts[0]!.state).toBe('ready')
    expect(asked).toHaveLength(3)
  })

  test('named by the caller are the only ones tried', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'auth', { accounts: [key('k1'), key('k2')] }), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    expect(await refused(g.ask({ account: 'k2' }))).toBe('auth')
    expect(asked).toEqual(['a/m/k2'])
    expect(await refused(g.ask({ account: 'k9' }))).toBe('NEXUS_MODELS_ACCOUNT')
  })

  test('rest over a reload, and over a restart', async () => {
    const asked: string[] = []
    const stateDir = await mkdtemp(join(tmpdir(), 'nexus-models-'))
    // Real files: on a busy machine a write takes its time.
    const options = { stateDir, deadlines: { dispose: 10_000 } }
    const plugins = [storePlugin, provider('a', asked, ({ account }) => (account === 'k1' ? 'billing' : 'ok'), { accounts: [key('k1'), key('k2')] })]
    try {
      {
        await using g = await gateway(plugins, {}, options)
        await g.ask()
        await g.k.reload('models')
        await (await g.k.service(Models)).stream({ provider: 'a', model: 'm', messages: [], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } }, () => {})
      }
      await using g = await gateway(plugins, {}, options)
      await g.ask()
      expect(asked).toEqual(['a/m/k1', 'a/m/k2', 'a/m/k2', 'a/m/k2'])
    } finally {
      await rm(stateDir, { recursive: true, force: true })
    }
  })
})

describe('Retry-After', () => {
  test('of a few seconds is waited for inside the request', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => (asked.length === 1 ? { kind: 'rate_limit', status: 429, retryAfterMs: 3_000 } : 'ok'))])
    const start = g.k.clock.now()
    expect((await played(g.k, g.ask())).finish).toMatchObject({ provider: 'a', attempts: 2 })
    expect(g.k.clock.now() - start).toBeGreaterThanOrEqual(3_000)
  })

  test.each([11_000, 24 * 3_600_000, 1e15])('of %i ms is not waited for: the failure says how long, and nothing is sent before', async (retryAfterMs) => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => ({ kind: 'rate_limit', status: 429, retryAfterMs }))])
    expect(await refused(g.ask())).toBe('rate_limit')
    const again: unknown = await g.ask().catch((error: unknown) => error)
    expect(again).toMatchObject({ data: { kind: 'rate_limit' } })
    expect((again as { data: { retryAfterMs: number } }).data.retryAfterMs).toBeLessThanOrEqual(3_600_000)
    expect(asked).toHaveLength(1)
  })

  test('is not waited for where another model can answer', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => ({ kind: 'rate_limit', status: 429, retryAfterMs: 3_000 })), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    expect((await g.ask()).finish.provider).toBe('b')
  })

  test('ends with the request that waits for it', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => ({ kind: 'rate_limit', status: 429, retryAfterMs: 3_000 }))])
    const abort = new AbortController()
    const running = g.ask({ signal: abort.signal })
    await g.k.clock.advance(1_000)
    abort.abort()
    expect((await running).finish.stopReason).toBe('aborted')
    expect(asked).toHaveLength(1)
  })
})

describe('a broken connection or a server\'s own fault', () => {
  test.each<Reply>(['network', { kind: 'server', status: 500 }, { kind: 'server', status: 529 }])('is tried once more at the same place where there is no other (%j)', async (reply) => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => (asked.length === 1 ? reply : 'ok'))])
    expect((await played(g.k, g.ask())).finish.attempts).toBe(2)
    await using dead = await gateway([provider('a', asked, () => reply)])
    asked.length = 0
    await refused(played(dead.k, dead.ask()))
    expect(asked).toHaveLength(2)
  })

  test('of a demonstration, which fails because it is told to, shuts nothing off and is not tried again', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => (asked.length <= 8 ? { kind: 'server', status: 500 } : 'ok'), { specs: [{ id: 'm', demo: true }] })])
    for (let i = 0; i < 8; i++) expect(await refused(g.ask())).toBe('server')
    expect(await refused(g.ask())).toBe('ok')
    expect(asked).toHaveLength(9)
  })

  test('again and again opens the breaker: nothing is sent until it lets one try through', async () => {
    const asked: string[] = []
    let down = true
    await using g = await gateway([provider('a', asked, () => (down ? 'timeout' : 'ok'))])
    for (let i = 0; i < 20; i++) expect(await refused(g.ask())).toMatch(/timeout|server/)
    expect(asked).toHaveLength(5)
    down = false
    await g.k.clock.advance(15_001)
    expect(await refused(g.ask())).toBe('ok')
    expect(await refused(g.ask())).toBe('ok')
  })
})

describe('a storm', () => {
  test.each([['one model', [] as string[]], ['a fallback that fails too', ['b/m']], ['a fallback that answers', ['c/m']]])('of failures makes at most a tenth more attempts than requests, with %s', async (_, fallbacks) => {
    const asked: string[] = []
    const kinds: Reply[] = ['network', 'server', 'timeout', 'rate_limit', { kind: 'server', status: 500 }, { kind: 'rate_limit', status: 429, retryAfterMs: 2_000 }, 'format']
    const any = (): Reply => kinds[asked.length % kinds.length]!
    await using g = await gateway([provider('a', asked, any), provider('b', asked, any), provider('c', asked, () => 'ok')], { fallbacks })
    const offered = 300
    const work: Promise<unknown>[] = []
    for (let i = 0; i < offered; i++) {
      work.push(refused(g.ask()))
      await g.k.clock.advance(50)
    }
    await g.k.clock.advance(60_000)
    await Promise.all(work)
    expect(asked.length).toBeLessThanOrEqual(1.1 * offered)
    expect(g.seen.before).toHaveLength(asked.length)
  })

  test('that nothing else stops is stopped by the retry budget alone', async () => {
    const asked: string[] = []
    // Of three sessions one is always served, so no breaker opens; of the others every first try fails.
    let turn = 0
    await using g = await gateway([provider('a', asked, () => (turn++ % 3 === 0 ? 'ok' : 'format')), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    const offered = 300
    for (let i = 0; i < offered; i++) {
      await refused(g.ask())
      await g.k.clock.advance(50)
    }
    expect(asked.length).toBeGreaterThan(1.05 * offered)
    expect(asked.length).toBeLessThanOrEqual(1.1 * offered)
  })

  test('on a model that is gone is answered by the fallback, once that is known', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'format'), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    let served = 0
    for (let i = 0; i < 300; i++) {
      if (await refused(g.ask()) === 'ok') served++
      await g.k.clock.advance(50)
    }
    expect(served).toBeGreaterThan(0.95 * 300)
    expect(asked.length).toBeLessThanOrEqual(1.1 * 300)
  })
})
