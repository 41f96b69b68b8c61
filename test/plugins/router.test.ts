import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { definePlugin, method, NexusError } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import cli from '../../plugins/models/cli.ts'
import { Models, models as contract, offerModels, usageOf } from '../../plugins/models/contract.ts'
import type { ModelMessage, ModelSpec, RouteRequest } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import router from '../../plugins/router/index.ts'
import { byPrice, lacks, needOf } from '../../plugins/router/pick.ts'
import { caller } from './models-gateway.ts'

const price = (input: number, output: number) => ({ price: { input, output } })
const some: readonly Partial<ModelSpec>[] = [
  { id: 'big', aliases: ['best'], contextWindow: 1_000_000, input: ['text', 'image'], ...price(4, 20) },
  { id: 'mid', contextWindow: 400_000, input: ['text', 'image'], ...price(2, 10) },
  { id: 'mid-current', aliases: ['middle'], contextWindow: 1_000_000, input: ['text', 'image'], ...price(1.5, 7) },
  { id: 'wide', aliases: ['wide'], contextWindow: 1_000_000, ...price(0.2, 1) },
  { id: 'small', aliases: ['little'], contextWindow: 100_000, ...price(0.2, 1) },
  { id: 'free', ...price(0, 0) }, { id: 'unknown' }, { id: 'vec', kind: 'embedding', ...price(0.01, 0) },
]
const provider = (id: string, specs: readonly Partial<ModelSpec>[] = some) => definePlugin({
  id: `provider-${id}`,
  setup(ctx) {
    offerModels(ctx, {
      id,
      models: () => specs.map((spec) => ({ provider: id, id: 'm', name: 'M', ...spec })),
      stream: ({ model }) => ({ stopReason: 'stop', usage: usageOf({}), provider: id, model }),
    })
  },
})

async function gateway(settings: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const k = await testKernel({ plugins: [models, router, provider('a'), provider('b')], config: { models: { default: 'a/big', ...more }, router: settings } })
  const api = await k.service(Models)
  const route = (text: string, request: Partial<RouteRequest> = {}) => api.route({ cause: { caller, trace: 't', path: [] }, runId: 'r', messages: [{ role: 'user', content: text }], ...request })
  return { k, api, route, [Symbol.asyncDispose]: () => k.close() }
}
const [simple, middling] = ['hi', 'send a mail to Bob']
const hard = `Debug this, explain why and compare two designs:\n\`\`\`\n${'const a = b + 1;\n'.repeat(60)}\`\`\``

describe('routing', () => {
  test.each([[{}], [{ enabled: false, tiers: { fast: 'a/small' } }], [{ thresholds: { balanced: 1 } }]])('is off until it is set up (%j): the route is as it was, and an explanation has the tier all the same', async (settings) => {
    await using g = await gateway(settings)
    expect(await g.route(simple)).toEqual({ model: 'a/big', fallbacks: [], reasons: ['a/big is the default'] })
    const explained = await g.k.use(contract).call['models.route']({ text: hard })
    expect(explained).toMatchObject({ model: 'a/big', decision: { by: 'router', tier: 'capable' } })
    expect(explained.reasons.at(-1)).toContain('routing is off')
    expect('tier' in explained).toBe(false)
  })

  test('with models for all gives each tier its own, and the agent\'s answers should it fail', async () => {
    await using g = await gateway({ tiers: { fast: 'a/small', balanced: 'b/mid' } }, { fallbacks: ['b/big'] })
    expect(await g.route(simple)).toMatchObject({ model: 'a/small', tier: 'fast', fallbacks: ['a/big', 'b/big'] })
    expect(await g.route(middling)).toMatchObject({ model: 'b/mid', tier: 'balanced', fallbacks: ['a/big', 'b/big'] })
    expect(await g.route(hard)).toMatchObject({ model: 'a/big', tier: 'capable', fallbacks: ['b/big'] })
    expect((await g.route(simple, { fallbacks: [] })).fallbacks).toEqual([])
    expect((await g.route(simple)).reasons.at(-1)).toMatch(/^a\/small answers fast turns, at about 5 % of the price of a\/big$/)
  })

  test('with models by provider goes by that of the agent\'s model', async () => {
    await using g = await gateway({ tiers: { a: { fast: 'little' }, b: { fast: 'b/mid' } } })
    expect((await g.route(simple)).model).toBe('a/small')
    expect((await g.route(simple, { model: 'b/big', pinned: false })).model).toBe('b/mid')
    expect((await g.route(middling)).model, 'a tier without a model keeps the agent\'s').toBe('a/big')
  })

  test('without named models goes by price: cheaper ones of the same provider, the current ones first', async () => {
    await using g = await gateway({ enabled: true })
    expect((await g.route(simple)).model, 'of no smaller window').toBe('a/wide')
    expect((await g.route(middling)).model).toBe('a/mid-current')
    expect((await g.route(hard)).model).toBe('a/big')
    expect((await g.route(simple, { model: 'b/small', pinned: false })).model, 'nothing is cheaper').toBe('b/small')
    expect((await g.route(simple, { model: 'b/unknown', pinned: false })).model, 'its price is not known').toBe('b/unknown')
  })

  test('leaves a model alone that was asked for by name, and its tools', async () => {
    await using g = await gateway({ enabled: true })
    for (const request of [{ model: 'b/big' }, { model: 'b/big', pinned: true }, { pinned: true }]) {
      const route = await g.route(simple, request)
      expect([route.model, 'tier' in route, route.reasons.at(-1)]).toEqual([request.model ?? 'a/big', false, 'the model was asked for by name, so it stays'])
    }
  })

  test('leaves a turn alone that has nothing of the user\'s', async () => {
    await using g = await gateway({ enabled: true })
    expect(await g.route('', { messages: [] })).toEqual({ model: 'a/big', fallbacks: [], reasons: ['a/big is the default'] })
  })

  test('names no tier where tools are not to be fewer', async () => {
    await using g = await gateway({ enabled: true, tools: false })
    expect('tier' in await g.route(simple)).toBe(false)
  })

  test('passes over a model that cannot answer the turn, and says why', async () => {
    await using g = await gateway({ tiers: { fast: 'a/small', balanced: 'b/gone', capable: 'a/mid' } })
    const picture: ModelMessage[] = [{ role: 'user', content: [{ type: 'text', text: 'what is this' }, { type: 'image', data: 'aGk=', mimeType: 'image/png' }] }]
    expect((await g.route('', { messages: picture })).reasons.slice(2)).toEqual([expect.stringContaining('a/small sees no images'), 'the model set for balanced turns is not there or not allowed', expect.stringContaining('a/mid answers capable turns')])
    const long: ModelMessage[] = [...Array.from({ length: 4 }, (): ModelMessage => ({ role: 'user', content: 'x'.repeat(50_000) })), { role: 'user', content: simple }]
    expect((await g.route('', { messages: long })).model).toBe('a/mid')
    await using limited = await gateway({ tiers: { fast: 'b/small' } }, { allow: ['a/*'] })
    expect((await limited.route(simple)).model).toBe('a/big')
  })

  test('keeps a session at its tier while its conversation is cached, and an explanation changes nothing', async () => {
    await using g = await gateway({ tiers: { fast: 'a/small', balanced: 'a/mid' }, thresholds: { balanced: 25, capable: 50 }, weights: { tools: 50, length: 0, depth: 0 } })
    const session = { sessionKey: 'agent:main:main' }
    // One word of tools has 35 points, two 38.8, five 50.
    const five = 'search, download, install, deploy and run it'
    expect((await g.route(five, session)).tier).toBe('capable')
    const call = g.k.use(contract).call['models.route']
    for (let i = 0; i < 3; i++) expect((await call({ text: simple, ...session })).tier).toBe('fast')
    const four = await g.route('search, download, install and deploy it', session)
    expect([four.tier, four.decision?.tier]).toEqual(['capable', 'balanced'])
    expect(four.reasons.some((reason) => reason.includes('in the cache'))).toBe(true)
    expect((await g.route(simple, session)).tier).toBe('fast')
    expect((await g.route(five, session)).tier).toBe('capable')
    await g.k.clock.advance(5 * 60_000)
    expect((await g.route('search, download, install and deploy it', session)).tier).toBe('balanced')
  })

  test('with thresholds the wrong way round is refused', async () => {
    const k = await testKernel({ plugins: [models, router], config: { router: { thresholds: { balanced: 60, capable: 50 } } }, lenient: true })
    expect(JSON.stringify(k.started.failed, (_, value: unknown) => (value instanceof Error ? { ...value, message: value.message, cause: value.cause } : value))).toContain('NEXUS_ROUTER_THRESHOLDS')
    await k.close()
  })
})

describe('a model by price', () => {
  const own: ModelSpec = { provider: 'a', id: 'big', name: 'Big', ...price(4, 20) }
  const need = needOf([], false)
  const named = (specs: readonly Partial<ModelSpec>[]) => specs.map((spec): ModelSpec => ({ provider: 'a', id: 'm', name: 'M', ...spec }))

  test('is never dearer than the agent\'s, of another provider, free, a demonstration, or one that makes vectors', () => {
    const others = named([{ id: 'dear', ...price(5, 20) }, { id: 'same', ...price(4, 20) }, { provider: 'b', id: 'x', ...price(0.2, 1) }, { id: 'free', ...price(0, 0) }, { id: 'demo', demo: true, ...price(0.2, 1) }, { id: 'vec', kind: 'embedding', ...price(0.2, 0) }, { id: 'unknown' }])
    for (const tier of ['fast', 'balanced', 'capable'] as const) expect(byPrice(tier, own, others, need)).toBeUndefined()
  })

  test('is the dearest of its band, and one that can answer', () => {
    const specs = named([{ id: 'f1', ...price(0.1, 0.5) }, { id: 'f2', ...price(0.5, 2) }, { id: 'f3', tools: false, ...price(0.6, 2.5) }, { id: 'b1', ...price(1.5, 7) }, { id: 'b2', ...price(2, 10) }])
    expect(byPrice('fast', own, specs, needOf([], true))?.id).toBe('f2')
    expect(byPrice('fast', own, specs, need)?.id).toBe('f3')
    expect(byPrice('balanced', own, specs, need)?.id).toBe('b2')
  })

  test('has to be able to do what the turn needs', () => {
    const spec = { provider: 'a', id: 'm', name: 'M' }
    expect(lacks({ ...spec, tools: false }, needOf([], true))).toContain('tools')
    expect(lacks(spec, needOf([{ role: 'user', content: [{ type: 'image', data: '', mimeType: 'image/png' }] }], false))).toContain('images')
    expect(lacks({ ...spec, contextWindow: 20_000 }, needOf([{ role: 'user', content: 'x'.repeat(10_000) }], false))).toContain('long')
    expect(lacks({ ...spec, input: ['text', 'image'], contextWindow: 40_000 }, needOf([{ role: 'user', content: 'x' }], true))).toBeUndefined()
  })
})

describe('nexus models route', () => {
  /** As `agent` and `tools` answer. */
  const agents = definePlugin({
    id: 'agents',
    methods: { 'agents.get': method({ scope: 'operator.read', params: v.strictObject({ agentId: v.string() }), result: v.unknown() }) },
    setup: () => ({ methods: { 'agents.get': ({ agentId }) => {
      if (agentId === 'cheap') return { id: 'cheap', model: 'b/mid', fallbacks: ['a/mid'], thinking: 'low' }
      if (agentId === 'main') return { id: 'main' }
      throw new NexusError('NEXUS_AGENT_UNKNOWN', { text: 'there is no agent of that id', fix: 'x' })
    } } }),
  })
  const tools = definePlugin({
    id: 'tools',
    methods: { 'tools.list': method({ scope: 'operator.read', params: v.optional(v.record(v.string(), v.unknown())), result: v.unknown() }) },
    setup: () => ({ methods: { 'tools.list': (params) => ({ tools: [{ name: 'search' }, { name: 'read' }, ...(params?.['tier'] === 'fast' ? [] : [{ name: 'write' }]), ...(params?.['agentId'] === 'cheap' ? [{ name: 'cheap_tool' }] : [])] }) } }),
  })
  const whole = (settings: Record<string, unknown>) => testKernel({ plugins: [models, router, agents, tools, provider('a'), provider('b')], config: { models: { default: 'a/big' }, router: settings } })
  const json = async (k: Awaited<ReturnType<typeof whole>>, line: string) => JSON.parse((await k.cli(cli, `models route --json ${line}`)).stdout) as Record<string, unknown>

  test('is as the agent would ask: with its model, which is not asked for by name, its fallbacks and its tools', async () => {
    await using k = await whole({ enabled: true })
    expect(await json(k, '--agent cheap hi')).toMatchObject({ model: 'b/wide', tier: 'fast', fallbacks: ['b/mid', 'a/mid'], tools: ['cheap_tool', 'read', 'search'] })
    expect(await json(k, '--agent cheap --model a/big hi')).toMatchObject({ model: 'a/big', tools: ['cheap_tool', 'read', 'search', 'write'] })
    expect(await json(k, 'hi')).toMatchObject({ model: 'a/wide', tools: ['read', 'search'] })
    await expect(k.cli(cli, 'models route --agent nobody hi')).rejects.toMatchObject({ code: 'NEXUS_AGENT_UNKNOWN' })
    expect((await k.cli(cli, 'models route hi')).stdout).toMatch(/\nTools \(2\) {2}read, search\n/)
  })

  test('shows the tier and all tools while routing is off', async () => {
    await using k = await whole({})
    expect(await json(k, 'hi')).toMatchObject({ model: 'a/big', decision: { tier: 'fast' }, tools: ['read', 'search', 'write'] })
    expect((await k.cli(cli, 'models route hi')).stdout).toMatch(/^a\/big\n[^]*routing is off[^]*Score [\d.]+ {2}fast:/)
  })

  test('shows the score with each feature, the thresholds, the reasons and what is tried', async () => {
    await using g = await gateway({ enabled: true })
    const { stdout } = await g.k.cli(cli, 'models route prove that 3 + 4 is 7')
    expect(stdout).toMatch(/^a\/\S+ {2}balanced\n {2}a\/big is the default\n {2}the turn has [\d.]+ of 100 points: balanced \(from 25, below 55\)\n/)
    expect(stdout).toMatch(/Score [\d.]+ {2}balanced: fast is below 25, balanced below 55, capable from there\nFEATURE +COUNT +VALUE +WEIGHT +POINTS\n[^]*maths +\d+ +0\.\d\d +20 +\d+\.\d\nreasoning +1 +0\.60 +30 +18\.0/)
    expect(stdout).toMatch(/No points for code, questions/)
    const json = JSON.parse((await g.k.cli(cli, 'models route --json hi')).stdout) as { tier: string; decision: { score: number; features: unknown[] } }
    expect(json).toMatchObject({ tier: 'fast', decision: { thresholds: { balanced: 25, capable: 55 } } })
    expect(json.decision.features).toHaveLength(10)
  })

  test('--model is as if it had been asked for', async () => {
    await using g = await gateway({ enabled: true })
    expect(JSON.parse((await g.k.cli(cli, 'models route --model b/big --json hi')).stdout)).toMatchObject({ model: 'b/big' })
  })
})
