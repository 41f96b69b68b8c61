import { describe, expect, test } from 'vitest'
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { modelRoute, Models, models as contract } from '../../plugins/models/contract.ts'
import type { Attempt, AttemptOutcome, Route } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import { caller, gateway, key, played, provider, watcher } from './models-gateway.ts'

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
      { id: 'm', name: 'M', provider: 'a' }, { id: 'n', name: 'M', provider: 'a', aliases: ['nn'], price: { input: 1, output: 2 }, pricedBy: 'provider', pricedFrom: 'provider', thinking: ['low'], default: true },
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
