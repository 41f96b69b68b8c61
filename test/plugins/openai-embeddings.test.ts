/** `/v1/embeddings`: what is asked of `models`, and what the client gets. */
import { describe, expect, it } from 'vitest'
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import { NexusError } from 'nexus-gateway/sdk'
import { providerFailure, usageOf } from '../../plugins/models/contract.ts'
import type { EmbedRequest, ModelsApi } from '../../plugins/models/contract.ts'
import { embed } from '../../plugins/openai/embeddings.ts'
import { modelObjects } from '../../plugins/openai/models.ts'
import type { Parts } from '../../plugins/openai/parts.ts'
import { cause } from './agent-fakes.ts'

const agents = [{ id: 'main', name: undefined }, { id: 'coder', name: undefined }]
const call = { ...cause, signal: new AbortController().signal } as Call
const bound = { ...call, caller: { ...cause.caller, bounds: { agent: 'coder' } } } as Call
interface Answer { readonly data: readonly { readonly index: number; readonly embedding: unknown }[]; readonly usage: object; readonly model: string }

function bench(answer: (request: EmbedRequest) => number[][] = ({ values }) => values.map((text) => [text.length, 0.5])) {
  const asked: EmbedRequest[] = []
  const models = {
    embed: async (request: EmbedRequest) => {
      asked.push(request)
      return { embeddings: answer(request), usage: usageOf({ input: 3 }), provider: 'p', model: 'm' }
    },
  } as unknown as ModelsApi
  const parts = { agent: { agents: () => agents }, models } as unknown as Parts
  const send = async (body: unknown, who = call): Promise<Answer> => {
    const c = { req: { header: () => undefined, text: async () => JSON.stringify(body) } } as unknown as RouteContext
    return await (await embed(parts, c, who)).json() as Answer
  }
  return { asked, send }
}
const refusal = async (work: Promise<unknown>): Promise<[string, unknown]> => {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown)
  return error instanceof NexusError ? [error.code, error.data['param']] : ['none', undefined]
}

describe('embeddings', () => {
  it('of one text or many come in order, as numbers or as base64 of floats', async () => {
    const { send, asked } = bench()
    expect(await send({ model: 'p/m', input: 'four' })).toEqual({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [4, 0.5] }], model: 'p/m', usage: { prompt_tokens: 3, total_tokens: 3 } })
    const { data } = await send({ model: 'p/m', input: ['a', 'bb', 'ccc'], encoding_format: 'base64', dimensions: 2, user: 'x' })
    expect(data.map(({ index, embedding }) => [index, [...new Float32Array(new Uint8Array(Buffer.from(String(embedding), 'base64')).buffer)]])).toEqual([[0, [1, 0.5]], [1, [2, 0.5]], [2, [3, 0.5]]])
    expect(asked[1]).toMatchObject({ model: 'p/m', values: ['a', 'bb', 'ccc'], dimensions: 2, cause: { trace: 't1' } })
    expect([asked[0], asked[1]].map((one) => 'agentId' in one!)).toEqual([false, false])
  })

  it('under an agent\'s name are made by whatever model the settings choose, for that agent', async () => {
    const { send, asked } = bench()
    for (const model of ['nexus', 'openclaw:coder']) await send({ model, input: 'x' })
    expect(asked.map(({ model, agentId }) => [model, agentId])).toEqual([[undefined, 'main'], [undefined, 'coder']])
    await send({ model: 'nexus', input: 'x' }, bound)
    await send({ model: 'p/m', input: 'x' }, bound)
    expect(asked.slice(2).map(({ model, agentId }) => [model, agentId])).toEqual([[undefined, 'coder'], ['p/m', 'coder']])
    expect((await refusal(send({ model: 'nexus:main', input: 'x' }, bound)))[0]).toBe('NEXUS_AGENT_BOUND')
  })

  it('of what is no text are refused', async () => {
    const { send, asked } = bench()
    const cases: [unknown, string, string][] = [
      [[1, 2], 'NEXUS_OPENAI_UNSUPPORTED', 'input'], [[[1, 2]], 'NEXUS_OPENAI_UNSUPPORTED', 'input'], [[], 'NEXUS_OPENAI_INVALID', 'input'], ['', 'NEXUS_OPENAI_INVALID', 'input'], [['a', ''], 'NEXUS_OPENAI_INVALID', 'input'],
      [{ a: 1 }, 'NEXUS_OPENAI_INVALID', 'input'], [Array.from({ length: 2049 }, () => 'a'), 'NEXUS_OPENAI_INVALID', 'input'],
    ]
    for (const [input, code, param] of cases) expect(await refusal(send({ model: 'p/m', input }))).toEqual([code, param])
    for (const [more, param] of [[{ dimensions: 0 }, 'dimensions'], [{ encoding_format: 'int8' }, 'encoding_format'], [{ model: '' }, 'model']] as const) expect(await refusal(send({ model: 'p/m', input: 'x', ...more }))).toEqual(['NEXUS_OPENAI_INVALID', param])
    expect(await refusal(send({ model: 'p/m', input: 'x'.repeat(9 * 1024 * 1024) }))).toEqual(['NEXUS_OPENAI_TOO_LARGE', undefined])
    expect(asked).toEqual([])
  })

  it('that a provider does not make fail as it says', async () => {
    const { send } = bench(() => { throw providerFailure('p', 'rate_limit') })
    expect((await refusal(send({ model: 'p/m', input: 'x' })))[0]).toBe('NEXUS_MODELS_PROVIDER')
  })
})

it('the models that make them are listed under their reference', () => {
  expect(modelObjects([agents[0]!], [{ id: 'text/small', provider: 'p', name: 'Small' }], cause.caller, 7).slice(2)).toEqual([
    { id: 'openclaw', object: 'model', created: 7, owned_by: 'nexus' }, { id: 'openclaw:main', object: 'model', created: 7, owned_by: 'nexus' }, { id: 'p/text/small', object: 'model', created: 7, owned_by: 'p' },
  ])
})
