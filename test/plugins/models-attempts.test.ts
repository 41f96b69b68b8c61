import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { modelAfter, modelBefore, modelRoute, Models, models as contract, offerModels, providerFailure, usageOf } from '../../plugins/models/contract.ts'
import type { Account, Attempt, AttemptOutcome, FailureKind, ModelFinish, ModelPart, ModelRequest, ModelSpec, Route } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import storePlugin from '../../plugins/store/index.ts'

const caller = { id: 'test', role: 'operator', scopes: new Set(['operator.read', 'operator.write']), label: 'operator' } as const
type Reply = FailureKind | 'ok' | 'cut' | 'hang' | { readonly kind: FailureKind; readonly status?: number; readonly retryAfterMs?: number }
type Script = (request: ModelRequest) => Reply

const key = (id: string, kind: Account['kind'] = 'key'): Account => ({ id, kind })
const finished = ({ provider, model }: ModelRequest): ModelFinish => ({ stopReason: 'stop', usage: usageOf({ input: 5, output: 1 }), provider, model })

/** A provider that does as it is told, and writes down what it was asked. */
function provider(id: string, asked: string[], script: Script, more: { readonly accounts?: readonly Account[]; readonly specs?: readonly Partial<ModelSpec>[] } = {}) {
  return definePlugin({
    id: `provider-${id}`,
    setup(ctx) {
      const { accounts, specs = [{ id: 'm' }] } = more
      offerModels(ctx, {
        id,
        models: () => specs.map((spec) => ({ provider: id, id: 'm', name: 'M', ...spec })),
        ...(accounts && { accounts: () => accounts }),
        async stream(request, emit) {
          asked.push([id, request.model, request.account].filter(Boolean).join('/'))
          const reply = script(request)
          if (reply === 'hang') return new Promise<ModelFinish>((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason as Error)))
          if (reply === 'cut') emit({ type: 'text', delta: 'half' })
          if (reply === 'cut') throw providerFailure(id, 'network')
          if (typeof reply === 'object') throw providerFailure(id, reply.kind, reply)
          if (reply !== 'ok') throw providerFailure(id, reply)
          emit({ type: 'text', delta: `${id} says hi` })
          return finished(request)
        },
      })
    },
  })
}

const watcher = (seen: { before: Attempt[]; after: [Attempt, AttemptOutcome][] }, refuse?: () => void) => definePlugin({
  id: 'watcher',
  setup(ctx) {
    ctx.tap(modelBefore, (attempt) => {
      seen.before.push(attempt)
      refuse?.()
    })
    ctx.tap(modelAfter, (attempt, outcome) => void seen.after.push([attempt, outcome]))
  },
})

type Plugins = Parameters<typeof testKernel>[0]['plugins']
async function gateway(plugins: Plugins, settings: Record<string, unknown> = {}, options: object = {}) {
  const seen = { before: [] as Attempt[], after: [] as [Attempt, AttemptOutcome][] }
  const k = await testKernel({ plugins: [models, watcher(seen), ...plugins], config: { models: settings }, ...options })
  const api = await k.service(Models)
  const ask = async (more: Partial<ModelRequest> = {}) => {
    const parts: ModelPart[] = []
    const request: ModelRequest = { provider: 'a', model: 'm', messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more }
    const finish = await api.stream(request, (part) => void parts.push(part))
    return { finish, text: parts.map((part) => (part.type === 'text' ? part.delta : '')).join('') }
  }
  return { k, api, ask, seen, [Symbol.asyncDispose]: () => k.close() }
}
const kindOf = (error: unknown): unknown => (error as { data?: { kind?: unknown } }).data?.kind ?? (error as { code?: unknown }).code
const refused = (work: Promise<unknown>) => work.then(() => 'ok', kindOf)
/** Lets timers run until the work is done. */
async function played<T>(k: Awaited<ReturnType<typeof testKernel>>, work: Promise<T>): Promise<T> {
  let done = false
  const ended = work.finally(() => { done = true })
  ended.catch(() => {})
  for (let i = 0; i < 100 && !done; i++) await k.clock.advance(200)
  return ended
}

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
    const plugins = [storePlugin, provider('a', asked, ({ account }) => (account === 'k1' ? 'billing' : 'ok'), { accounts: [key('k1'), key('k2')] })]
    try {
      {
        await using g = await gateway(plugins, {}, { stateDir })
        await g.ask()
        await g.k.reload('models')
        await (await g.k.service(Models)).stream({ provider: 'a', model: 'm', messages: [], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } }, () => {})
      }
      await using g = await gateway(plugins, {}, { stateDir })
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
})

describe('the hooks around an attempt', () => {
  test('see each once, with what it may cost and what became of it', async () => {
    const asked: string[] = []
    await using g = await gateway([provider('a', asked, () => 'server', { specs: [{ id: 'm', price: { input: 1, output: 2 }, maxOutput: 100 }] }), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
    await g.ask({ sessionKey: 'agent:main:main', runId: 'r', agentId: 'main', maxOutputTokens: 50 })
    expect(g.seen.before).toMatchObject([
      { nth: 1, provider: 'a', model: 'm', runId: 'r', sessionKey: 'agent:main:main', agentId: 'main', spec: { price: { input: 1, output: 2 } }, estimate: { output: 50 } },
      { nth: 2, provider: 'b' },
    ])
    expect(g.seen.before[0]!.request).toBe(g.seen.before[1]!.request)
    expect(new Set(g.seen.before.map(({ id }) => id)).size).toBe(2)
    expect(g.seen.before[0]!.estimate.input).toBeGreaterThan(0)
    expect(g.seen.after).toMatchObject([[{ nth: 1 }, { status: 'failed', kind: 'server', characters: 0 }], [{ nth: 2 }, { status: 'ok', usage: { totalTokens: 6 }, characters: 9 }]])
    expect(g.seen.after.map(([attempt]) => attempt)).toEqual(g.seen.before)
  })

  test('may refuse the request: nothing is sent, no other model is tried, and the hook after it hears of it', async () => {
    const asked: string[] = []
    const seen = { before: [] as Attempt[], after: [] as [Attempt, AttemptOutcome][] }
    const budget = watcher(seen, () => { throw new NexusError('NEXUS_COST_BUDGET', { text: 'the budget is spent', fix: 'x' }) })
    await using k = await testKernel({ plugins: [models, budget, provider('a', asked, () => 'ok'), provider('b', asked, () => 'ok')], config: { models: { fallbacks: ['b/m'] } } })
    const api = await k.service(Models)
    const error: unknown = await api.stream({ provider: 'a', model: 'm', messages: [], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } }, () => {}).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NEXUS_COST_BUDGET' })
    expect(asked).toEqual([])
    expect(seen.after).toMatchObject([[{ nth: 1 }, { status: 'refused' }]])
  })
})

describe('a route', () => {
  const router = (pick: (route: Route) => Route | undefined) => definePlugin({ id: 'a-router', setup: (ctx) => { ctx.tap(modelRoute, (route) => pick(route)) } })
  const two = (asked: string[] = []) => [provider('a', asked, () => 'ok'), provider('b', asked, () => 'ok')]

  test('is what was asked for where nobody has a say, and says why', async () => {
    await using g = await gateway(two(), { default: 'b/m', fallbacks: ['a/m', 'gone', 'b/m'] })
    const cause = { caller, trace: 't', path: [] }
    expect(await g.api.route({ cause })).toEqual({ model: 'b/m', fallbacks: ['a/m'], reasons: ['b/m is the default'] })
    expect(await g.api.route({ cause, model: 'a/m', fallbacks: [] })).toEqual({ model: 'a/m', fallbacks: [], reasons: ['a/m was asked for'] })
  })

  test('may be another by a tap, and is told to whoever asks with its candidates', async () => {
    await using g = await gateway([...two(), router((route) => ({ ...route, model: 'b/m', fallbacks: ['a/m'], tier: 'fast', reasons: [...route.reasons, 'short and simple'] }))])
    expect(await g.k.use(contract).call['models.route']({ text: 'hi' })).toEqual({
      model: 'b/m', fallbacks: ['a/m'], tier: 'fast', reasons: ['a/m is the default', 'short and simple'],
      candidates: [{ model: 'b/m', state: 'ready' }, { model: 'a/m', state: 'ready' }],
    })
  })

  test('to what is not allowed is not taken', async () => {
    await using g = await gateway([...two(), router((route) => ({ ...route, model: 'b/m' }))], { allow: ['a/*'] })
    const route = await g.api.route({ cause: { caller, trace: 't', path: [] } })
    expect(route.model).toBe('a/m')
    expect(route.reasons.at(-1)).toContain('not allowed')
  })
})

describe('the methods', () => {
  test('list with detail what a model can and costs, and which is the default', async () => {
    await using g = await gateway([provider('a', [], () => 'ok', { specs: [{ id: 'm' }, { id: 'n', price: { input: 1, output: 2 }, thinking: ['low'] }] })], { default: 'a/n', catalogue: { 'a/n': { aliases: ['nn'] } } })
    expect((await g.k.use(contract).call['models.list']({ detail: true, view: 'all' })).models).toEqual([
      { id: 'm', name: 'M', provider: 'a' }, { id: 'n', name: 'M', provider: 'a', aliases: ['nn'], price: { input: 1, output: 2 }, thinking: ['low'], default: true },
    ])
  })

  test('show how accounts stand, and a probe that is answered sets them right', async () => {
    let bad = true
    await using g = await gateway([provider('a', [], () => (bad ? { kind: 'auth', status: 401 } : 'ok'), { accounts: [key('k1')] })])
    const call = g.k.use(contract).call
    expect(await call['models.probe']({ model: 'a/m' })).toMatchObject({ ok: false, provider: 'a', kind: 'auth', status: 401, message: expect.stringContaining('refused the credential') as string })
    expect((await call['models.status']()).providers).toMatchObject([{ id: 'a', models: 1, accounts: [{ id: 'k1', kind: 'key', state: 'cooling', reason: 'auth', errors: 1 }] }])
    bad = false
    expect(await call['models.probe']({ account: 'k1' })).toMatchObject({ ok: true, account: 'k1' })
    expect((await call['models.status']()).providers[0]!.accounts).toEqual([{ id: 'k1', kind: 'key', state: 'ready', errors: 0 }])
  })

  test('give up a probe of a model that says nothing', async () => {
    await using g = await gateway([provider('a', [], () => 'hang')])
    expect(await played(g.k, g.k.use(contract).call['models.probe']({ timeoutMs: 1_000 }))).toMatchObject({ ok: false, kind: 'timeout' })
  })
})
