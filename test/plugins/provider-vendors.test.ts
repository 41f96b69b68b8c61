/** The vendors' providers, each against a server that speaks its wire format. */
import { describe, expect, test } from 'vitest'
import type { Plugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { failureOf, Models } from '../../plugins/models/contract.ts'
import type { ModelPart, ModelRequest } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import anthropic from '../../plugins/provider-anthropic/index.ts'
import google from '../../plugins/provider-google/index.ts'
import openai from '../../plugins/provider-openai/index.ts'
import { startVendor } from '../fixtures/vendor-server.ts'
import type { Json, Wire, WireReply } from '../fixtures/vendor-server.ts'
import { anthropicWire, goodKey, goodToken, googleWire, openAiWire } from '../fixtures/vendor-wires.ts'

const caller = { id: 'test', role: 'operator', scopes: new Set<string>(), label: 'operator' } as const
interface Vendor { readonly id: string; readonly plugin: Plugin; readonly wire: Wire; readonly path: string; readonly model: string }
const vendors: readonly Vendor[] = [
  { id: 'openai', plugin: openai, wire: openAiWire, path: '/v1', model: 'gpt-5.2' },
  { id: 'anthropic', plugin: anthropic, wire: anthropicWire, path: '/v1', model: 'claude-sonnet-4-5' },
  { id: 'google', plugin: google, wire: googleWire, path: '/v1beta', model: 'gemini-2.5-flash' },
]
const only = (id: string): Vendor => vendors.find((vendor) => vendor.id === id)!

/** A gateway whose one try is one request, so that a failure is seen as it is. */
async function gateway(vendor: Vendor, settings: Record<string, unknown> = {}) {
  const mock = await startVendor(vendor.wire)
  const k = await testKernel({ plugins: [models, vendor.plugin], config: { models: { retry: { spare: 0, ratio: 0 } }, [`provider-${vendor.id}`]: { baseUrl: `${mock.url}${vendor.path}`, apiKey: goodKey, ...settings } }, clock: 'real' })
  const api = await k.service(Models)
  const ask = async (reply?: WireReply, more: Partial<ModelRequest> = {}) => {
    if (reply) mock.script(reply)
    const parts: ModelPart[] = []
    const finish = await api.stream({ provider: vendor.id, model: vendor.model, messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more }, (part) => void parts.push(part))
    return { parts, finish, text: parts.map((part) => (part.type === 'text' ? part.delta : '')).join('') }
  }
  const kindOf = (reply?: WireReply, more: Partial<ModelRequest> = {}) => ask(reply, more).then(() => 'ok', (error: unknown) => failureOf(error)?.kind ?? String(error))
  const close = async () => {
    await k.close()
    await mock.close()
  }
  return { k, api, mock, ask, kindOf, body: (at = -1): Json => mock.requests.at(at)!.body, [Symbol.asyncDispose]: close }
}

describe.each(vendors)('provider-$id', (vendor) => {
  test('answers piece by piece, with usage, and keeps to the vendor\'s rules', async () => {
    await using g = await gateway(vendor)
    const { parts, finish } = await g.ask({ text: ['one ', 'two ', 'three'], usage: { input: 60, output: 3, cached: 40 } })
    expect(parts).toEqual([{ type: 'text', delta: 'one ' }, { type: 'text', delta: 'two ' }, { type: 'text', delta: 'three' }])
    expect(finish).toEqual({ stopReason: 'stop', provider: vendor.id, model: vendor.model, usage: { input: 60, output: 3, cacheRead: 40, cacheWrite: 0, totalTokens: 103 } })
    expect(g.mock.violations).toEqual([])
  })

  test('offers the models of the catalogue, with prices, and asks nobody for them', async () => {
    await using g = await gateway(vendor)
    const list = await g.api.list()
    expect(list.length).toBeGreaterThan(5)
    expect(list.every(({ provider, price, contextWindow }) => provider === vendor.id && price !== undefined && contextWindow !== undefined)).toBe(true)
    expect(list.find(({ id }) => id === '*')).toBeUndefined()
    expect(g.mock.requests).toEqual([])
  })

  test('carries a conversation with tools, images and thoughts both ways, and gives signatures back', async () => {
    await using g = await gateway(vendor)
    const tools = [{ name: 'time', description: 'The time.', parameters: { type: 'object', properties: { zone: { type: 'string' } } } }]
    const first = await g.ask({ thinking: ['let me ', 'see'], text: ['I look.'], tools: [{ name: 'time', args: { zone: 'Europe/Berlin' } }], signature: 'c2ln' }, { tools, thinking: 'low' })
    expect(first.finish.stopReason).toBe('toolUse')
    const call = first.parts.at(-1) as Extract<ModelPart, { type: 'toolCall' }>
    expect(call).toMatchObject({ type: 'toolCall', name: 'time', arguments: { zone: 'Europe/Berlin' } })
    const thoughts = first.parts.filter((part) => part.type === 'thinking')
    expect(thoughts.map((part) => part.delta).join('')).toBe('let me see')
    await g.ask({ text: ['noon'] }, { tools, messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'the time?' }, { type: 'image', data: 'aGk=', mimeType: 'image/png' }] },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'let me see', ...(thoughts.at(-1)?.signature === undefined ? {} : { signature: thoughts.at(-1)!.signature! }) }, { type: 'thinking', thinking: 'somebody else\'s', signature: '{"other":{"signature":"x"}}' }, { type: 'text', text: 'I look.' }, call] },
      { role: 'toolResult', toolCallId: call.id, toolName: 'time', content: [{ type: 'text', text: 'noon' }, { type: 'image', data: 'aGk=', mimeType: 'image/png' }] },
      { role: 'user', content: 'thanks' },
    ] })
    expect(g.mock.violations).toEqual([])
    const sent = JSON.stringify(g.body())
    expect(sent).toContain('c2ln')
    expect(sent).not.toContain('somebody else')
    expect(sent.match(/aGk=/g)).toHaveLength(2)
    expect(sent).toContain('Be brief.')
  })

  test('sends a choice of tool and the limits in the vendor\'s terms', async () => {
    await using g = await gateway(vendor)
    await g.ask(undefined, { maxOutputTokens: 50, toolChoice: { name: 'time' }, tools: [{ name: 'time', description: 'The time.', parameters: { type: 'object', properties: {} } }] })
    expect(g.mock.violations).toEqual([])
    expect(JSON.stringify([g.body().max_output_tokens ?? g.body().max_tokens ?? (g.body().generationConfig as Json).maxOutputTokens])).toBe('[50]')
    expect(JSON.stringify(g.body().tool_choice ?? g.body().toolConfig)).toContain('time')
  })

  test.each([[401, 'auth'], [402, 'billing'], [403, 'auth'], [404, 'format'], [429, 'rate_limit'], [500, 'server'], [503, 'server'], [504, 'timeout'], [529, 'server']] as const)('calls %i %s', async (status, kind) => {
    await using g = await gateway(vendor)
    expect(await g.kindOf({ status })).toBe(kind)
    expect(g.mock.requests).toHaveLength(1)
  })

  test.each([['cut', 'network'], ['end', 'network'], ['malformed', 'format'], ['error', 'server'], ['stall', 'timeout']] as const)('calls a stream that goes wrong (%s) %s, before its first word and after it', async (fault, kind) => {
    await using g = await gateway(vendor, fault === 'stall' ? { timeoutMs: 300, stallMs: 300 } : {})
    await g.kindOf({})
    expect([await g.kindOf({ text: ['a', 'b'], fault }), await g.kindOf({ text: ['a', 'b', 'c', 'd'], after: 4, fault })]).toEqual([kind, kind])
  })

  test('calls 200 with the body of an error a failure of format, and a filtered answer a refusal', async () => {
    await using g = await gateway(vendor)
    expect(await g.kindOf({ status: 200, body: vendor.wire.error(500, 'oops') })).toBe('format')
    expect(await g.kindOf({ text: ['I'], finish: 'filter' })).toBe('refusal')
    expect((await g.ask({ text: ['half'], finish: 'length' })).finish.stopReason).toBe('length')
  })

  test('closes the connection when the answer is not wanted any more', async () => {
    await using g = await gateway(vendor)
    const abort = new AbortController()
    g.mock.script({ text: Array.from({ length: 500 }, (_, i) => `w${i} `), delayMs: 5 })
    const finish = await g.api.stream({ provider: vendor.id, model: vendor.model, messages: [{ role: 'user', content: 'hello' }], signal: abort.signal, cause: { caller, trace: 't', path: [] } }, () => abort.abort())
    expect(finish.stopReason).toBe('aborted')
    expect(await g.mock.requests[0]!.closedEarly).toBe(true)
  })

  test('never repeats a key, neither to the caller nor in the log', async () => {
    await using g = await gateway(vendor)
    g.mock.script({ status: 401, body: vendor.wire.error(401, `Incorrect API key provided: ${goodKey}`) })
    const error: unknown = await g.ask().catch((thrown: unknown) => thrown)
    expect(JSON.stringify([String(error), error, (error as Error).cause, (error as { data?: unknown }).data, g.k.logs])).not.toContain(goodKey)
  })

  test('without a key sends nothing, whatever the environment holds', async () => {
    await using g = await gateway(vendor, { apiKey: undefined })
    expect(await g.kindOf()).toBe('auth')
    expect(g.mock.knocks).toBe(0)
  })

  test('uses another account when one is refused', async () => {
    const mock = await startVendor(vendor.wire)
    await using k = await testKernel({ plugins: [models, vendor.plugin], config: { [`provider-${vendor.id}`]: { baseUrl: `${mock.url}${vendor.path}`, accounts: [{ id: 'bad', apiKey: 'sk-bad-0123456789' }, { id: 'good', apiKey: goodKey }] } }, clock: 'real' })
    const api = await k.service(Models)
    const finish = await api.stream({ provider: vendor.id, model: vendor.model, messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } }, () => {})
    expect(finish).toMatchObject({ account: 'good', attempts: 2, stopReason: 'stop' })
    await mock.close()
  })
})

describe('what a vendor is asked for besides', () => {
  const spec = (provider: string, model: string) => ({ provider, model })

  test.each([
    ['gpt-5.2', 'max', { effort: 'xhigh' }], ['gpt-6-sol', 'max', { effort: 'max' }], ['gpt-5.2', 'off', { effort: 'none' }], ['gpt-5', 'off', { effort: 'minimal' }], ['gpt-5.1', 'max', { effort: 'high' }], ['gpt-4o', 'high', undefined],
  ] as const)('of OpenAI\'s %s is the thinking it has (%s)', async (model, thinking, reasoning) => {
    await using g = await gateway(only('openai'))
    await g.ask(undefined, { ...spec('openai', model), thinking })
    expect(g.body().reasoning).toEqual(reasoning)
    expect([g.body().store, g.mock.violations]).toEqual([false, []])
  })

  test.each([
    ['claude-sonnet-4-5', 'high', { type: 'enabled', budget_tokens: 16_384 }, undefined], ['claude-sonnet-4-5', 'off', { type: 'disabled' }, undefined],
    ['claude-opus-4-8', 'max', { type: 'adaptive' }, { effort: 'max' }], ['claude-opus-5-5', 'off', { type: 'adaptive' }, { effort: 'low' }], ['claude-haiku-4-5', undefined, undefined, undefined],
  ] as const)('of Anthropic\'s %s is the thinking it has (%s)', async (model, thinking, expected, config) => {
    await using g = await gateway(only('anthropic'))
    await g.ask(undefined, { ...spec('anthropic', model), ...(thinking && { thinking }) })
    expect([g.body().thinking, g.body().output_config]).toEqual([expected, config])
    expect(g.mock.violations).toEqual([])
  })

  test.each([[64_000, 16_384, 64_000], [9_000, 7_976, 9_000], [2_048, 1_024, 2_048], [2_047, undefined, 2_047], [10, undefined, 10]])('of Anthropic thinks within the bound of its answer (%i)', async (maxOutputTokens, budget, most) => {
    await using g = await gateway(only('anthropic'))
    await g.ask(undefined, { ...spec('anthropic', 'claude-sonnet-4-5'), thinking: 'high', maxOutputTokens })
    expect([g.body().max_tokens, g.body().thinking]).toEqual([most, budget === undefined ? { type: 'disabled' } : { type: 'enabled', budget_tokens: budget }])
    expect(g.mock.violations).toEqual([])
  })

  test.each([
    ['gemini-2.5-flash', 'off', { thinkingBudget: 0, includeThoughts: false }], ['gemini-2.5-pro', 'medium', { thinkingBudget: 8_192, includeThoughts: true }], ['gemini-3.8-flash', 'max', { thinkingLevel: 'high', includeThoughts: true }],
  ] as const)('of Google\'s %s is the thinking it has (%s)', async (model, thinking, expected) => {
    await using g = await gateway(only('google'))
    await g.ask(undefined, { ...spec('google', model), thinking })
    expect((g.body().generationConfig as Json).thinkingConfig).toEqual(expected)
    expect(g.mock.violations).toEqual([])
  })

  test('of Anthropic is to cache the instructions and the conversation, and what it wrote is counted', async () => {
    await using g = await gateway(only('anthropic'))
    const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }, { role: 'user', content: 'c' }] as const
    const { finish } = await g.ask({ text: ['x'], usage: { input: 5, output: 1, cached: 7, written: 11 } }, { messages })
    expect(finish.usage).toEqual({ input: 5, output: 1, cacheRead: 7, cacheWrite: 11, totalTokens: 24 })
    expect(JSON.stringify(g.body()).match(/ephemeral/g)).toHaveLength(2)
    await using plain = await gateway(only('anthropic'), { caching: false })
    await plain.ask(undefined, { messages })
    expect(JSON.stringify(plain.body())).not.toContain('ephemeral')
  })

  test('of Anthropic a token is sent as one, and no key beside it', async () => {
    await using g = await gateway(only('anthropic'), { apiKey: undefined, accounts: [{ id: 'me', kind: 'oauth', apiKey: goodToken }] })
    expect((await g.ask()).finish.account).toBe('me')
  })

  test('Google says with a body: a bad key, and how long to wait', async () => {
    await using g = await gateway(only('google'))
    expect(await g.kindOf({ status: 400, body: { error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } } })).toBe('auth')
    g.mock.script({ status: 429, body: { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'quota', details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }] } } })
    expect(failureOf(await g.ask(undefined, { model: 'gemini-2.5-pro' }).catch((error: unknown) => error))).toMatchObject({ kind: 'rate_limit', retryAfterMs: 34_000 })
  })

  test.each([
    ['anthropic', 400, { type: 'error', error: { type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.' } }, 'billing'],
    ['anthropic', 400, { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' } }, 'context_length'],
    ['openai', 429, { error: { message: 'You exceeded your current quota', type: 'insufficient_quota', param: null, code: 'insufficient_quota' } }, 'billing'],
    ['openai', 400, { error: { message: 'Your input exceeds the context window of this model.', type: 'invalid_request_error', param: 'input', code: 'context_length_exceeded' } }, 'context_length'],
    ['google', 400, { error: { code: 400, message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', status: 'INVALID_ARGUMENT' } }, 'context_length'],
    ['google', 400, { error: { code: 400, message: 'Invalid JSON payload', status: 'INVALID_ARGUMENT' } }, 'format'],
  ] as const)('%s means by %i %j: %s', async (id, status, body, kind) => {
    await using g = await gateway(only(id))
    expect(await g.kindOf({ status, body })).toBe(kind)
  })
})
