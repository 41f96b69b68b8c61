/** What an answer has cost stands in its message, and the method `agent` tells the outcome to whoever can hear it on the same id. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secondAnswer } from '../../kernel/contract.ts'
import { usageWithCost } from '../../plugins/agent/price.ts'
import { providerFailure, usageOf } from '../../plugins/models/contract.ts'
import type { ModelSpec } from '../../plugins/models/contract.ts'
import { ask, finished, says, withAgent } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'

const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }
const counted = (usage: object): Script => (_, emit) => {
  emit({ type: 'text', delta: 'hello' })
  return { ...finished(), usage: usageOf(usage) }
}
const usageIn = async (script: Script, spec: Partial<ModelSpec> = {}): Promise<unknown> => {
  let usage: unknown
  await withAgent(script, async (agent, { sessions }) => {
    await (await ask(agent, 'r1')).done
    usage = (sessions.messages('agent:main:main').at(-1) as unknown as { usage: unknown }).usage
  }, { spec })
  return usage
}

describe('an answer in a transcript', () => {
  it('says what it has cost by kind of token, and what was thought', async () => {
    expect(await usageIn(counted({ input: 1_000_000, output: 100_000, cacheRead: 1_000_000, cacheWrite: 100_000, reasoning: 40_000 }), { price })).toMatchObject({ reasoning: 40_000, cost: { input: 3, output: 1.5, cacheRead: 0.3, cacheWrite: 0.375, total: 5.175 } })
  })

  it('says nothing of a cost that nobody knows, and 0 of what is free', async () => {
    expect(await usageIn(says('hello'))).toEqual(usageOf({ input: 10, output: 2 }))
    expect(await usageIn(says('hello'), { price: { input: 0, output: 0 } })).toMatchObject({ cost: { total: 0 } })
  })

  it('goes by what the provider has counted, with and without a price', async () => {
    expect(await usageIn(counted({ input: 1_000_000, output: 100_000, reported: 9 }), { price })).toMatchObject({ cost: { input: 6, output: 3, cacheRead: 0, cacheWrite: 0, total: 9 } })
    expect(await usageIn(counted({ input: 10, output: 2, reported: 0.5 }))).toMatchObject({ cost: { input: 0, total: 0.5 } })
    expect(await usageIn(counted({ input: 10, output: 2, reported: -1 }))).not.toHaveProperty('cost')
  })

  it('goes by the price of the model that has answered, and has none if that is not known', async () => {
    const spec = { provider: 'p', id: 'asked', name: 'Asked', price } as ModelSpec
    const models = { resolve: async (reference = '') => { if (reference !== 'p/other') throw providerFailure('p', 'server'); return { ...spec, id: 'other', price: { input: 100, output: 0 } } } }
    const usage = usageOf({ input: 1_000_000 })
    expect((await usageWithCost(models, spec, { provider: 'p', model: 'other', usage })).cost?.total).toBe(100)
    expect(await usageWithCost(models, spec, { provider: 'q', model: 'gone', usage })).toEqual(usage)
  })

  it('has shares that come to its total', () => fc.assert(fc.asyncProperty(fc.record({ input: fc.nat(1e7), output: fc.nat(1e7), cacheRead: fc.nat(1e7), cacheWrite: fc.nat(1e7) }), fc.option(fc.double({ min: 0, max: 1e4, noNaN: true }), { nil: undefined }), async (tokens, reported) => {
    const usage = usageOf({ ...tokens, ...(reported !== undefined && { reported }) })
    const { cost } = await usageWithCost({ resolve: async () => { throw new Error('not asked') } }, { provider: 'p', id: 'm', name: 'M', price } as ModelSpec, { provider: 'p', model: 'm', usage })
    if (usage.totalTokens === 0) return
    expect(cost!.total).toBeCloseTo(cost!.input + cost!.output + cost!.cacheRead + cost!.cacheWrite, 6)
    if (reported !== undefined) expect(cost!.total).toBe(reported)
  })))
})

describe('the method agent', () => {
  const later = secondAnswer
  const call = { message: 'hello', idempotencyKey: 'k1' }

  it('carries the outcome of the run it has begun, once', () => withAgent(says('hello there'), async (_, { k }) => {
    const accepted = await k.call('agent', call) as Record<symbol, Promise<unknown>>
    expect(accepted).toMatchObject({ runId: 'k1', status: 'accepted' })
    expect(await accepted[later]).toMatchObject({ runId: 'k1', status: 'ok', summary: 'completed', result: { payloads: [{ text: 'hello there' }], meta: { agentMeta: { provider: 'scripted', model: 'one', usage: { input: 10 } } } } })
    expect((await k.call('agent', call) as Record<symbol, unknown>)[later]).toBeUndefined()
  }))

  it('carries what the run has failed with, which is nobody\'s unhandled rejection', () => withAgent(() => { throw providerFailure('scripted', 'rate_limit') }, async (agent, { k }) => {
    const accepted = await k.call('agent', call) as Record<symbol, Promise<unknown>>
    await agent.find('k1')
    await expect(accepted[later]).rejects.toMatchObject({ code: 'NEXUS_MODELS_PROVIDER' })
  }))
})
