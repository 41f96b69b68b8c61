/** Servers of one's own cost nothing; whatever is reached elsewhere is not theirs to say. */
import { describe, expect, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { Models } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import compatible from '../../plugins/provider-openai-compatible/index.ts'
import { freeModels } from '../../plugins/provider-openai-compatible/free.ts'
import { presets } from '../../plugins/provider-openai-compatible/presets.ts'
import type { Preset } from '../../plugins/provider-openai-compatible/presets.ts'
import { startOpenAiServer } from '../fixtures/openai-server.ts'

const nothing = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
const own: readonly Preset[] = ['ollama', 'lmstudio', 'vllm', 'llamacpp']

describe('a server of one\'s own', () => {
  test.each(own)('(%s) costs nothing at its usual place, in a network of one\'s own, and under another name', async (preset) => {
    for (const url of [presets[preset], 'http://gpu-box:8000/v1', 'http://192.168.1.7:8000/v1', 'http://10.0.0.2/v1', 'http://box.local/v1', 'http://[::1]:11434/v1', 'http://[fd12:3456::1]:8000/v1']) expect(freeModels(preset, url)?.('any')).toEqual(nothing)
    await using mock = await startOpenAiServer({ models: ['m1', 'm2'] })
    await using k = await testKernel({ plugins: [models, compatible], config: { 'provider-openai-compatible': { preset, name: 'den', baseUrl: `${mock.url}` } } })
    expect((await (await k.service(Models)).list()).map(({ id, price, pricedBy }) => [id, price, pricedBy])).toEqual([['m1', nothing, 'provider'], ['m2', nothing, 'provider']])
  })

  test('has the price that the settings give it, of the provider and of the catalogue', async () => {
    await using mock = await startOpenAiServer({ models: ['m1'] })
    const price = { input: 1, output: 1 }
    for (const config of [{ 'provider-openai-compatible': { preset: 'vllm', baseUrl: mock.url, models: [{ id: 'm1', price }] } }, { 'provider-openai-compatible': { preset: 'vllm', baseUrl: mock.url }, models: { catalogue: { 'vllm/m1': { price } } } }]) {
      await using k = await testKernel({ plugins: [models, compatible], config })
      expect((await (await k.service(Models)).list())[0]?.price).toEqual(price)
    }
  })
})

test.each<[Preset | undefined, string]>([
  ['ollama', 'https://ollama.com/v1'], ['vllm', 'https://vllm.example.com/v1'], ['vllm', 'http://8.8.8.8/v1'], ['vllm', 'http://172.32.0.1/v1'], ['vllm', 'http://[2606:4700::1]/v1'], ['openrouter', 'http://127.0.0.1:1/v1'], [undefined, 'http://127.0.0.1:1/v1'], ['groq', presets.groq],
])('%s at %s has no price that nobody has told', (preset, url) => expect(freeModels(preset, url)).toBeUndefined())

test('what Ollama passes on to its cloud has no price that nobody has told', () => {
  const priceOf = freeModels('ollama', presets.ollama)!
  expect(['gpt-oss:120b-cloud', 'qwen3-coder:480b-cloud', 'glm-5:cloud'].map(priceOf)).toEqual([undefined, undefined, undefined])
  expect(['gpt-oss:20b', 'cloudy:7b'].map(priceOf)).toEqual([nothing, nothing])
})
