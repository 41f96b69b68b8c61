import { describe, expect, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { Models, models as contract, offerModels, usageOf } from '../../plugins/models/contract.ts'
import type { ModelPart, ModelRequest, ModelsApi, ModelSpec, Provider } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import demo from '../../plugins/provider-demo/index.ts'

const caller = { id: 'test', role: 'operator', scopes: new Set<string>(), label: 'operator' } as const
const requestOf = (more: Partial<ModelRequest> = {}): ModelRequest =>
  ({ provider: 'demo', model: 'demo', messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more })

async function ask(api: ModelsApi, more: Partial<ModelRequest> = {}) {
  const parts: ModelPart[] = []
  const finish = await api.stream(requestOf(more), (part) => void parts.push(part))
  return { finish, parts, text: parts.map((part) => (part.type === 'text' ? part.delta : '')).join('') }
}

function provider(id: string, more: Partial<Provider> = {}, specs: readonly Partial<ModelSpec>[] = [{}]) {
  return definePlugin({
    id: `provider-${id}`,
    setup(ctx) {
      offerModels(ctx, {
        id,
        models: () => specs.map((spec) => ({ id: 'm', provider: id, name: `M of ${id}`, ...spec })),
        stream: ({ model }, emit) => {
          emit({ type: 'text', delta: `${id} says hi` })
          return { stopReason: 'stop', usage: usageOf({ input: 1, output: 3 }), provider: id, model }
        },
        ...more,
      })
    },
  })
}
const fast = { 'provider-demo': { delayMs: 0 } }

describe('models', () => {
  test('answers with the demonstration when there is nothing else', async () => {
    await using k = await testKernel({ plugins: [models, demo], config: fast })
    const api = await k.service(Models)
    const spec = await api.resolve()
    expect(spec).toMatchObject({ provider: 'demo', id: 'demo', demo: true })
    const { text, finish } = await ask(api)
    expect(text).toContain('not a real model')
    expect(finish.stopReason).toBe('stop')
  })

  test('asks the provider named in the request and no other', async () => {
    await using k = await testKernel({ plugins: [models, demo, provider('a'), provider('b')], config: fast })
    const api = await k.service(Models)
    expect((await ask(api, { provider: 'b', model: 'm' })).text).toBe('b says hi')
    expect(await api.resolve()).toMatchObject({ provider: 'a' })
    await expect(ask(api, { provider: 'c' })).rejects.toMatchObject({ code: 'NEXUS_MODELS_UNKNOWN' })
  })

  test('uses the default of the settings', async () => {
    await using k = await testKernel({ plugins: [models, provider('a'), provider('b')], config: { models: { default: 'b/m' } } })
    expect(await (await k.service(Models)).resolve()).toMatchObject({ provider: 'b' })
  })

  test('lists what the protocol\'s clients know of a model, and nothing else', async () => {
    await using k = await testKernel({ plugins: [models, provider('a', {}, [{ contextWindow: 1000, reasoning: true, price: { input: 1, output: 2 } }, { id: 'n' }])] })
    expect(await k.use(contract).call['models.list']()).toEqual({ models: [
      { id: 'm', name: 'M of a', provider: 'a', contextWindow: 1000, reasoning: true }, { id: 'n', name: 'M of a', provider: 'a' },
    ] })
    await expect(k.call('models.list', {}, { scopes: [] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.call('models.list', { all: true })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
  })

  test('goes on without a provider that cannot list its models', async () => {
    await using k = await testKernel({ plugins: [models, provider('bad', { models: () => { throw new Error('no') } }), provider('good')] })
    expect(await (await k.service(Models)).list()).toHaveLength(1)
  })

  test('says that a provider which throws has failed', async () => {
    await using k = await testKernel({ plugins: [models, provider('bad', { stream: () => { throw new Error('key sk-1 rejected') } })] })
    const error: unknown = await ask(await k.service(Models), { provider: 'bad' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NEXUS_MODELS_PROVIDER', message: 'provider "bad" failed', data: { kind: 'server' } })
  })

  test('loses a provider\'s models with the provider, and its streams end', async () => {
    await using k = await testKernel({ plugins: [models, demo, provider('a', {
      stream: (request) => new Promise((resolve) => request.signal.addEventListener('abort', () => resolve({ stopReason: 'aborted', usage: usageOf({}), provider: 'a', model: 'm' }))),
    })], config: fast, deadlines: { drain: 20 } })
    const api = await k.service(Models)
    const running = ask(api, { provider: 'a', model: 'm' })
    await k.unload('provider-a')
    expect((await running).finish.stopReason).toBe('aborted')
    expect((await api.list()).map((spec) => spec.provider)).toEqual(['demo'])
  })

  test('aborts the demonstration in the middle of a word', async () => {
    await using k = await testKernel({ plugins: [models, demo] })
    const abort = new AbortController()
    const running = ask(await k.service(Models), { signal: abort.signal, messages: [{ role: 'user', content: '/slow 5000 one two' }] })
    await k.clock.advance(5_000)
    abort.abort()
    expect(await running).toMatchObject({ text: 'one', finish: { stopReason: 'aborted' } })
  })
})
