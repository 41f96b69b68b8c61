import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { modelAfter, modelBefore, Models, models as contract, offerModels, providerFailure, usageOf } from '../../plugins/models/contract.ts'
import type { Account, Attempt, AttemptOutcome, EmbedCall, EmbedFinish, EmbedRequest, FailureKind, ModelSpec } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import { caller, key, played, refused } from './models-gateway.ts'

type Reply = FailureKind | 'ok' | 'hang' | { readonly kind: FailureKind; readonly status?: number; readonly retryAfterMs?: number } | EmbedFinish['embeddings']
/** Ends what hangs, which heeds no abort. */
let release = (): void => {}
const vectorOf = (value: string): readonly number[] => [value.length, Number(value.replace(/\D/g, '')) || 0]

function provider(id: string, asked: EmbedCall[], script: (call: EmbedCall) => Reply, more: { readonly accounts?: readonly Account[]; readonly spec?: Partial<ModelSpec>; readonly counts?: boolean } = {}) {
  return definePlugin({
    id: `provider-${id}`,
    setup(ctx) {
      const { accounts, spec, counts = true } = more
      offerModels(ctx, {
        id,
        models: () => [{ provider: id, id: 'chat', name: 'Chat' }, { provider: id, id: 'vec', name: 'Vec', kind: 'embedding', ...spec }],
        ...(accounts && { accounts: () => accounts }),
        stream: ({ model }, emit) => {
          emit({ type: 'text', delta: 'hi' })
          return { stopReason: 'stop', usage: usageOf({ input: 1, output: 1 }), provider: id, model }
        },
        async embed(call) {
          asked.push(call)
          const reply = script(call)
          if (reply === 'hang') return new Promise<EmbedFinish>((_, reject) => { release = () => reject(new Error('at last')) })
          if (typeof reply === 'string' && reply !== 'ok') throw providerFailure(id, reply)
          if (typeof reply === 'object' && 'kind' in reply) throw providerFailure(id, reply.kind, reply)
          return { embeddings: reply === 'ok' ? call.values.map(vectorOf) : reply as EmbedFinish['embeddings'], ...(counts && { usage: usageOf({ input: call.values.length }) }) }
        },
      })
    },
  })
}

async function gateway(plugins: Parameters<typeof testKernel>[0]['plugins'], settings: Record<string, unknown> = {}, refuse?: () => void) {
  const seen = { before: [] as Attempt[], after: [] as [Attempt, AttemptOutcome][] }
  const watcher = definePlugin({
    id: 'watcher',
    setup(ctx) {
      ctx.tap(modelBefore, (attempt) => { seen.before.push(attempt); refuse?.() })
      ctx.tap(modelAfter, (attempt, outcome) => void seen.after.push([attempt, outcome]))
    },
  })
  const k = await testKernel({ plugins: [models, watcher, ...plugins], config: { models: settings } })
  const api = await k.service(Models)
  const embed = (more: Partial<EmbedRequest> = {}) => api.embed({ values: ['one', 'two'], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more })
  return { k, api, embed, seen, [Symbol.asyncDispose]: () => k.close() }
}

describe('vectors', () => {
  test('come in the order of the texts, in batches no larger than the model takes', async () => {
    const asked: EmbedCall[] = []
    await using g = await gateway([provider('a', asked, () => 'ok')])
    const values = Array.from({ length: 250 }, (_, i) => `text ${i}`)
    const answer = await g.embed({ values, dimensions: 2 })
    expect(answer).toEqual({ embeddings: values.map(vectorOf), usage: usageOf({ input: 250 }), provider: 'a', model: 'vec' })
    expect(asked.map((call) => call.values.length)).toEqual([100, 100, 50])
    expect(asked.every((call) => call.dimensions === 2 && call.spec?.kind === 'embedding')).toBe(true)
  })

  test('are those of each text, whatever the batches', async () => {
    const asked: EmbedCall[] = []
    const small = await Promise.all([1, 3, 7, 100].map((maxValues) => gateway([provider('a', asked, () => 'ok', { spec: { maxValues } })])))
    await fc.assert(fc.asyncProperty(fc.array(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 40 }), fc.nat(3), async (values, which) => {
      asked.length = 0
      expect((await small[which]!.embed({ values })).embeddings).toEqual(values.map(vectorOf))
      expect(Math.max(...asked.map((call) => call.values.length))).toBeLessThanOrEqual([1, 3, 7, 100][which]!)
    }), { numRuns: 60 })
    for (const g of small) await g[Symbol.asyncDispose]()
  })

  test('are of one model: another provider is never asked, another account is', async () => {
    const asked: EmbedCall[] = []
    await using g = await gateway([provider('a', asked, ({ account }) => (account === 'k1' ? 'auth' : 'ok'), { accounts: [key('k1'), key('k2')] }), provider('b', asked, () => 'ok')], { fallbacks: ['b/vec', 'b/chat'] })
    expect(await g.embed({ model: 'a/vec' })).toMatchObject({ provider: 'a', account: 'k2', attempts: 2 })
    asked.length = 0
    await using dead = await gateway([provider('a', asked, () => 'server'), provider('b', asked, () => 'ok')], { fallbacks: ['b/vec', 'b/chat'] })
    expect(await refused(dead.embed())).toBe('server')
    expect(asked.map((call) => call.provider)).toEqual(['a'])
  })

  test('keep to an account that is named, and to the session\'s own', async () => {
    const asked: EmbedCall[] = []
    await using g = await gateway([provider('a', asked, () => 'ok', { accounts: [key('k1'), key('k2')] })])
    for (const more of [{ account: 'k2' }, { sessionKey: 's' }, { sessionKey: 's' }, {}]) await g.embed(more)
    expect(asked.map((call) => call.account)).toEqual(['k2', 'k1', 'k1', 'k2'])
    expect(await refused(g.embed({ account: 'k9' }))).toBe('NEXUS_MODELS_ACCOUNT')
  })

  test('are asked for once more after a broken connection, and wait for a Retry-After', async () => {
    const asked: EmbedCall[] = []
    await using g = await gateway([provider('a', asked, () => (asked.length === 1 ? 'network' : asked.length === 3 ? { kind: 'rate_limit', status: 429, retryAfterMs: 2_000 } : 'ok'))])
    expect(await played(g.k, g.embed())).toMatchObject({ attempts: 2 })
    expect(await played(g.k, g.embed())).toMatchObject({ attempts: 2 })
    expect(asked).toHaveLength(4)
  })

  test('tell of each attempt before and after it, with what it may cost and what it came to', async () => {
    const asked: EmbedCall[] = []
    await using g = await gateway([provider('a', asked, () => (asked.length === 1 ? 'auth' : 'ok'), { accounts: [key('k1'), key('k2')], spec: { price: { input: 1, output: 0 } } })])
    await g.embed({ values: ['four', 'letters'], sessionKey: 's', runId: 'r', agentId: 'main' })
    expect(g.seen.before).toMatchObject([{ nth: 1, account: 'k1', runId: 'r', sessionKey: 's', agentId: 'main', spec: { price: { input: 1 } }, estimate: { output: 0 } }, { nth: 2, account: 'k2' }])
    expect(g.seen.before[0]!.estimate.input).toBeGreaterThanOrEqual(6)
    expect(g.seen.after).toMatchObject([[{ nth: 1 }, { status: 'failed', kind: 'auth' }], [{ nth: 2 }, { status: 'ok', usage: { input: 2 } }]])
  })

  test('of a provider that does not count have no usage that a budget could take for nothing', async () => {
    await using g = await gateway([provider('a', [], () => 'ok', { counts: false })])
    expect((await g.embed()).usage.totalTokens).toBe(0)
    expect('usage' in g.seen.after[0]![1]).toBe(false)
  })

  test('may be refused by a budget: nothing is sent', async () => {
    const asked: EmbedCall[] = []
    await using g = await gateway([provider('a', asked, () => 'ok')], {}, () => { throw new NexusError('NEXUS_COST_BUDGET', { text: 'spent', fix: 'x' }) })
    expect(await refused(g.embed())).toBe('NEXUS_COST_BUDGET')
    expect(asked).toEqual([])
    expect(g.seen.after).toMatchObject([[{}, { status: 'refused' }]])
  })

  test('that are too few, of several lengths, or no numbers are a failure of format', async () => {
    const replies: EmbedFinish['embeddings'][] = [[[1, 2]], [[1, 2], [1]], [[], []], [[1, 2], [NaN, 1]], [[1], [2], [3]]]
    for (const reply of replies) {
      await using g = await gateway([provider('a', [], () => reply)])
      expect(await refused(g.embed())).toBe('format')
    }
    let batch = 0
    await using g = await gateway([provider('a', [], ({ values }) => values.map(() => (batch++ === 0 ? [1, 2] : [1])), { spec: { maxValues: 1 } })])
    expect(await refused(g.embed()), 'of one length in all batches').toBe('format')
  })

  test('that nobody wants any more are not waited for, and the caller hears why', async () => {
    const asked: EmbedCall[] = []
    await using g = await gateway([provider('a', asked, () => 'hang')])
    const abort = new AbortController()
    const why = new Error('the client has gone')
    const running = g.embed({ signal: abort.signal }).catch((error: unknown) => error)
    await g.k.clock.advance(10)
    abort.abort(why)
    await g.k.clock.advance(1_000)
    expect(await running).toBe(why)
    expect(asked[0]!.signal.aborted).toBe(true)
    expect(g.seen.after).toMatchObject([[{}, { status: 'aborted' }]])
    release()
    expect(await g.embed({ signal: AbortSignal.abort(why) }).catch((error: unknown) => error)).toBe(why)
    expect(asked).toHaveLength(1)
  })

  test.each([[[]], [['a', '']], [Array.from({ length: 2_049 }, () => 'x')]])('are not made of no texts, an empty one or too many', async (values) => {
    const asked: EmbedCall[] = []
    await using g = await gateway([provider('a', asked, () => 'ok')])
    expect(await refused(g.embed({ values }))).toBe('NEXUS_MODELS_VALUES')
    expect(asked).toEqual([])
  })
})

describe('a model that makes vectors', () => {
  test('is no model to talk to, and one to talk to makes none', async () => {
    await using g = await gateway([provider('a', [], () => 'ok'), provider('b', [], () => 'ok')], { embedding: 'b/vec', fallbacks: ['a/vec'] })
    expect((await g.embed()).provider).toBe('b')
    expect(await refused(g.embed({ model: 'a/chat' }))).toBe('NEXUS_MODELS_KIND')
    expect(await g.api.route({ cause: { caller, trace: 't', path: [] } })).toMatchObject({ model: 'a/chat', fallbacks: [] })
    expect(await refused(g.api.route({ model: 'a/vec', cause: { caller, trace: 't', path: [] } }))).toBe('NEXUS_MODELS_KIND')
    const call = g.k.use(contract).call
    const ids = async (params?: { kind?: 'chat' | 'embedding' | 'all'; detail?: boolean }) => (await call['models.list'](params)).models.map(({ provider, id }) => `${provider}/${id}`)
    expect(await ids()).toEqual(['a/chat', 'b/chat'])
    expect(await ids({ kind: 'embedding' })).toEqual(['a/vec', 'b/vec'])
    expect((await call['models.list']({ kind: 'embedding', detail: true })).models[0]).toMatchObject({ kind: 'embedding' })
    expect((await call['models.status']()).providers).toMatchObject([{ id: 'a', models: 2 }, { id: 'b', models: 2 }])
  })

  test('is probed with one text, by its name', async () => {
    let dead = false
    await using g = await gateway([provider('a', [], () => (dead ? 'hang' : 'ok'), { accounts: [key('k1')] })])
    const call = g.k.use(contract).call
    expect(await call['models.probe']({ model: 'a/vec', account: 'k1' })).toMatchObject({ ok: true, model: 'vec', account: 'k1' })
    dead = true
    expect(await played(g.k, call['models.probe']({ model: 'vec', timeoutMs: 1_000 }))).toMatchObject({ ok: false, kind: 'timeout' })
    release()
  })

  test('of a provider that says it has one and makes no vectors is a model that is not there', async () => {
    const liar = definePlugin({ id: 'provider-l', setup: (ctx) => { offerModels(ctx, { id: 'l', models: () => [{ provider: 'l', id: 'vec', name: 'V', kind: 'embedding' }], stream: () => { throw new Error('no') } }) } })
    await using g = await gateway([liar])
    expect(await refused(g.embed())).toBe('NEXUS_MODELS_UNKNOWN')
  })
})
