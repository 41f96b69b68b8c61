import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { NexusError, Secret } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { secretsHeld } from '../../plugins/logs/contract.ts'
import { Models } from '../../plugins/models/contract.ts'
import type { ModelPart, ModelRequest, ModelsApi } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import demo from '../../plugins/provider-demo/index.ts'
import { config, placeOf } from '../../plugins/provider-openai-compatible/config.ts'
import provider from '../../plugins/provider-openai-compatible/index.ts'
import { startOpenAiServer } from '../fixtures/openai-server.ts'
import type { MockServer } from '../fixtures/openai-server.ts'

const key = 'sk-test-0123456789abcdef'
const caller = { id: 'test', role: 'operator', scopes: new Set<string>(), label: 'operator' } as const

function gateway(mock: Pick<MockServer, 'url'>, settings: Record<string, unknown> = {}) {
  return testKernel({ plugins: [models, demo, provider], config: { 'provider-openai-compatible': { baseUrl: mock.url, apiKey: key, ...settings } }, clock: 'real' })
}

async function ask(api: ModelsApi, model: { provider: string; id: string }, more: Partial<ModelRequest> = {}) {
  const parts: ModelPart[] = []
  const request: ModelRequest = { provider: model.provider, model: model.id, messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more }
  const finish = await api.stream(request, (part) => void parts.push(part))
  return { finish, parts, text: parts.map((part) => (part.type === 'text' ? part.delta : '')).join('') }
}

describe('provider-openai-compatible', () => {
  test('with a base URL and a key alone finds the server\'s models and answers with the first', async () => {
    await using mock = await startOpenAiServer({ key, models: ['m1', 'meta/m2'] })
    await using k = await gateway(mock)
    const api = await k.service(Models)
    expect((await api.list()).map((spec) => `${spec.provider}/${spec.id}`)).toEqual(['demo/demo', 'openai-compatible/m1', 'openai-compatible/meta/m2'])
    const model = await api.resolve()
    const { text, parts, finish } = await ask(api, model)
    expect(text).toBe('tok0 tok1 tok2 tok3 tok4 tok5 tok6 tok7 tok8 tok9 tok10 tok11')
    expect(parts).toHaveLength(12)
    expect(finish).toEqual({ stopReason: 'stop', provider: 'openai-compatible', model: 'm1', usage: { input: 1000, output: 12, cacheRead: 0, cacheWrite: 0, totalTokens: 1012 } })
    expect(mock.requests[0]!.headers.authorization).toBe(`Bearer ${key}`)
  })

  test('with models in its settings asks for no list', async () => {
    await using k = await gateway({ url: 'http://127.0.0.1:9/v1' }, { name: 'local', models: [{ id: 'm1', name: 'One', contextWindow: 8_000, price: { input: 1, output: 2 } }] })
    expect(await (await k.service(Models)).resolve()).toEqual({ provider: 'local', id: 'm1', name: 'One', contextWindow: 8_000, price: { input: 1, output: 2 }, pricedBy: 'provider', pricedFrom: 'provider' })
    expect(k.logs.filter((line) => line.level === 'warn')).toEqual([])
  })

  test('sends the settings\' headers, and no authorization without a key', async () => {
    await using mock = await startOpenAiServer()
    await using k = await testKernel({ plugins: [models, provider], config: { 'provider-openai-compatible': { baseUrl: `${mock.url}/`, headers: { 'x-team': 'blue' } } }, clock: 'real' })
    const api = await k.service(Models)
    await ask(api, await api.resolve())
    expect(mock.requests[0]!.headers['x-team']).toBe('blue')
    expect(mock.requests[0]!.headers.authorization).toBeUndefined()
  })

  test('asks for the key and the headers with every request, so that new ones need no restart', async () => {
    await using mock = await startOpenAiServer()
    let [current, team] = ['sk-first-0123456789', 'blue-team-1']
    const settings = { apiKey: new Secret('file:key', async () => current), headers: { 'X-Team': new Secret('env:TEAM', async () => team) } }
    await using k = await gateway(mock, settings)
    const api = await k.service(Models)
    const model = await api.resolve()
    const generation = k.inspect('provider-openai-compatible')?.generation
    await ask(api, model);
    [current, team] = ['sk-second-0123456789', 'blue-team-2']
    await ask(api, model)
    expect(mock.requests.map(({ headers }) => [headers.authorization, headers['x-team']])).toEqual([['Bearer sk-first-0123456789', 'blue-team-1'], ['Bearer sk-second-0123456789', 'blue-team-2']])
    expect(k.inspect('provider-openai-compatible')?.generation).toBe(generation)
    // What was learnt while it ran is told to whoever keeps it out of the log, the old ones too.
    expect(new Set((await k.invoke(secretsHeld)).flat())).toEqual(new Set(['sk-first-0123456789', 'sk-second-0123456789', 'blue-team-1', 'blue-team-2']))
    expect(JSON.stringify(k.logs)).not.toMatch(/sk-(first|second)/)
  })

  test('without its key asks for no list, says which one is missing, and others go on', async () => {
    await using mock = await startOpenAiServer()
    const lost = new NexusError('NEXUS_SECRET_UNRESOLVED', { text: 'the secret env:KEY cannot be had: the variable is not set', fix: 'x' })
    await using k = await gateway(mock, { apiKey: new Secret('env:KEY', async () => { throw lost }) })
    expect(await (await k.service(Models)).resolve()).toMatchObject({ provider: 'demo' })
    expect(k.logs.filter((line) => line.level === 'warn')).toMatchObject([{ fields: { why: lost.message } }])
  })

  test('asks a server that does not answer for its list once, says so without the key, and others go on', async () => {
    await using mock = await startOpenAiServer({ key: 'another' })
    await using k = await gateway(mock)
    const api = await k.service(Models)
    expect(await api.resolve()).toMatchObject({ provider: 'demo' })
    expect(await api.resolve()).toMatchObject({ provider: 'demo' })
    const warnings = k.logs.filter((line) => line.level === 'warn')
    expect(warnings).toMatchObject([{ plugin: 'provider-openai-compatible', fields: { why: 'HTTP 401' } }])
    expect(JSON.stringify(k.logs)).not.toContain(key)
  })

  test.each([
    ['what is no list', { status: 200, body: { object: 'list' } }], ['nothing at all', undefined],
  ])('goes on when the server lists %s', async (_, list) => {
    await using mock = await startOpenAiServer({ list })
    await using k = await gateway(mock)
    if (!list) await mock.close()
    expect(await (await k.service(Models)).resolve()).toMatchObject({ provider: 'demo' })
    expect(k.logs.filter((line) => line.level === 'warn')).toMatchObject([{ fields: { why: list ? 'no list of models' : 'no answer' } }])
  })

  test('carries a conversation with tools both ways', async () => {
    await using mock = await startOpenAiServer({ key })
    await using k = await gateway(mock)
    mock.script({ tools: [{ name: 'time', args: { timezone: 'UTC' } }] }, { text: ['It is noon.'] })
    const api = await k.service(Models)
    const model = await api.resolve()
    const tools = [{ name: 'time', description: 'The time.', parameters: { type: 'object', properties: {} } }]
    const { parts, finish } = await ask(api, model, { tools })
    expect(finish.stopReason).toBe('toolUse')
    const call = parts[0] as Extract<ModelPart, { type: 'toolCall' }>
    const { text } = await ask(api, model, { tools, messages: [
      { role: 'user', content: 'the time?' },
      { role: 'assistant', content: [call, { type: 'toolCall', id: 'lost', name: 'time', arguments: {} }] },
      { role: 'toolResult', toolCallId: call.id, toolName: 'time', content: [{ type: 'text', text: 'noon' }], isError: false },
    ] })
    expect(text).toBe('It is noon.')
    expect(mock.violations).toEqual([])
  })

  test('never shows a tool call of an answer that was cut off', async () => {
    await using mock = await startOpenAiServer({ key })
    await using k = await gateway(mock)
    const cut = { tools: [{ name: 'time', args: { timezone: 'Europe/Berlin' }, fragments: 6 }], after: 4, fault: 'end' } as const
    mock.script(cut, cut)
    const api = await k.service(Models)
    const parts: ModelPart[] = []
    const request: ModelRequest = { provider: 'openai-compatible', model: 'm1', messages: [{ role: 'user', content: 'hi' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } }
    await expect(api.stream(request, (part) => void parts.push(part))).rejects.toMatchObject({ data: { kind: 'network' } })
    expect(parts).toEqual([])
  })

  test('closes its connection upstream when it is unloaded', async () => {
    await using mock = await startOpenAiServer({ key })
    mock.script({ text: ['a', 'b'], after: 2, fault: 'stall' })
    await using k = await testKernel({ plugins: [models, provider], config: { 'provider-openai-compatible': { baseUrl: mock.url, apiKey: key } }, clock: 'real', deadlines: { drain: 20 } })
    const api = await k.service(Models)
    const model = await api.resolve()
    let began: () => void = () => {}
    const first = new Promise<void>((resolve) => { began = resolve })
    const running = api.stream({ provider: model.provider, model: model.id, messages: [{ role: 'user', content: 'hi' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } }, () => began())
    await first
    await k.unload('provider-openai-compatible')
    expect((await running).stopReason).toBe('aborted')
    expect(await mock.requests[0]!.closedEarly).toBe(true)
  })

  test.each([
    ['a base URL of another kind', { baseUrl: 'ftp://x' }], ['an unknown key', { baseUrl: 'http://x/v1', apikey: 'k' }],
  ])('does not start with %s', async (_, settings) => {
    await using k = await testKernel({ plugins: [models, provider], config: { 'provider-openai-compatible': settings }, lenient: true })
    expect(k.started.failed).toMatchObject([{ id: 'provider-openai-compatible', error: { code: 'NEXUS_PLUGIN_CONFIG' } }])
  })

  test('does not start without a base URL or a preset, and says which there are', async () => {
    await using k = await testKernel({ plugins: [models, provider], config: { 'provider-openai-compatible': {} }, lenient: true })
    const [failed] = k.started.failed
    expect(failed).toMatchObject({ id: 'provider-openai-compatible' })
    const error = (() => {
      try { return placeOf(v.parse(config, {})) } catch (thrown) { return thrown as NexusError }
    })()
    expect(error).toMatchObject({ code: 'NEXUS_PROVIDER_NO_SERVER', fix: expect.stringMatching(/baseUrl.*ollama/) as string })
  })

  test.each([
    [{ preset: 'ollama' }, { name: 'ollama', baseUrl: 'http://127.0.0.1:11434/v1' }],
    [{ preset: 'lmstudio', name: 'mine' }, { name: 'mine', baseUrl: 'http://127.0.0.1:1234/v1' }],
    [{ preset: 'vllm', baseUrl: 'http://gpu/v1' }, { name: 'vllm', baseUrl: 'http://gpu/v1' }],
    [{ baseUrl: 'http://x/v1' }, { name: 'openai-compatible', baseUrl: 'http://x/v1' }],
  ])('with %j is at %j', (settings, place) => expect(placeOf(v.parse(config, settings))).toEqual(place))

  test('uses several keys in turn, and another when one is refused', async () => {
    await using mock = await startOpenAiServer()
    const accounts = [{ id: 'one', apiKey: 'sk-one-0123456789' }, { id: 'two', apiKey: 'sk-two-0123456789' }]
    await using k = await gateway(mock, { apiKey: undefined, accounts })
    const api = await k.service(Models)
    const model = await api.resolve()
    expect((await ask(api, model)).finish.account).toBe('one')
    mock.script({ status: 401, body: { error: { message: 'no', type: 'x', code: 'invalid_api_key' } } })
    expect((await ask(api, model)).finish).toMatchObject({ account: 'one', attempts: 2 })
    expect(mock.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer sk-one-0123456789', 'Bearer sk-two-0123456789', 'Bearer sk-one-0123456789'])
  })

  test('asks for the thinking a model has, and for a tool or a format by their names', async () => {
    await using mock = await startOpenAiServer({ key })
    await using k = await gateway(mock, { models: [{ id: 'm1', thinking: ['low', 'high'] }] })
    const api = await k.service(Models)
    await ask(api, await api.resolve(), { thinking: 'max', toolChoice: { name: 'time' }, tools: [{ name: 'time', description: 'The time.', parameters: { type: 'object', properties: {} } }] })
    expect(mock.requests[0]!.body).toMatchObject({ reasoning_effort: 'high', tool_choice: { type: 'function', function: { name: 'time' } } })
  })
})
