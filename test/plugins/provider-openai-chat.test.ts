/** provider-openai with `api: 'chat'`, against a server that takes what OpenAI's chat completions take. */
import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { failureOf, Models } from '../../plugins/models/contract.ts'
import type { ModelPart, ModelRequest } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import openai from '../../plugins/provider-openai/index.ts'
import { startVendor } from '../fixtures/vendor-server.ts'
import type { Json, Wire, WireReply } from '../fixtures/vendor-server.ts'
import { caller } from './models-gateway.ts'

const goodKey = 'sk-test-0123456789abcdef'
const text = v.pipe(v.string(), v.minLength(1))
const count = v.pipe(v.number(), v.integer(), v.minValue(1))
const call = v.strictObject({ id: text, type: v.literal('function'), function: v.strictObject({ name: text, arguments: text }) })
const message = v.variant('role', [
  v.strictObject({ role: v.picklist(['system', 'developer']), content: v.string() }),
  v.strictObject({ role: v.literal('user'), content: v.union([v.string(), v.array(v.union([v.strictObject({ type: v.literal('text'), text: v.string() }), v.strictObject({ type: v.literal('image_url'), image_url: v.looseObject({ url: v.pipe(v.string(), v.startsWith('data:image/')) }) })]))]) }),
  v.strictObject({ role: v.literal('assistant'), content: v.nullable(v.string()), tool_calls: v.optional(v.array(call)) }),
  v.strictObject({ role: v.literal('tool'), tool_call_id: text, content: v.string() }),
])
const chat = v.strictObject({
  model: text, stream: v.literal(true), stream_options: v.strictObject({ include_usage: v.literal(true) }), store: v.literal(false),
  messages: v.pipe(v.array(message), v.minLength(1)),
  tools: v.optional(v.array(v.strictObject({ type: v.literal('function'), function: v.looseObject({ name: text, parameters: v.looseObject({ type: v.literal('object') }) }) }))),
  tool_choice: v.optional(v.union([v.picklist(['auto', 'none', 'required']), v.looseObject({ type: v.literal('function') })])),
  max_tokens: v.optional(count), max_completion_tokens: v.optional(count), temperature: v.optional(v.number()), top_p: v.optional(v.number()), stop: v.optional(v.array(text)),
  reasoning_effort: v.optional(v.picklist(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])),
  response_format: v.optional(v.looseObject({ type: v.picklist(['json_object', 'json_schema']) })),
})
const data = (body: Json | '[DONE]'): string => `data: ${typeof body === 'string' ? body : JSON.stringify(body)}\n\n`

function events({ text: pieces = [], tools = [], finish = 'stop', usage = { input: 10, output: 2 } }: WireReply, { model }: Json): readonly string[] {
  const chunk = (delta: Json, finish_reason: string | null = null): string => data({ id: 'c', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason }] })
  return [
    chunk({ role: 'assistant', content: '' }), ...pieces.map((content) => chunk({ content })),
    ...tools.flatMap(({ name, args, id = 'call_0' }, index) => [chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }), chunk({ tool_calls: [{ index, function: { arguments: JSON.stringify(args) } }] })]),
    chunk({}, finish === 'filter' ? 'content_filter' : finish === 'stop' && tools.length > 0 ? 'tool_calls' : finish),
    data({ id: 'c', object: 'chat.completion.chunk', created: 1, model, choices: [], usage: { prompt_tokens: usage.input + (usage.cached ?? 0), completion_tokens: usage.output, total_tokens: 0, prompt_tokens_details: { cached_tokens: usage.cached ?? 0 } } }),
    data('[DONE]'),
  ]
}

const wire: Wire = {
  path: /^\/v1\/chat\/completions$/,
  admits: ({ authorization }) => authorization === `Bearer ${goodKey}`,
  violations: (body) => v.safeParse(chat, body).issues?.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`) ?? [],
  events,
  errorEvent: data({ error: { message: 'The server had an error', type: 'server_error', code: null, param: null } }),
  error: (status, said) => ({ error: { message: said, type: status === 429 ? 'rate_limit_exceeded' : 'invalid_request_error', param: null, code: null } }),
}

async function gateway(settings: Record<string, unknown> = {}) {
  const mock = await startVendor(wire)
  const k = await testKernel({ plugins: [models, openai], config: { models: { retry: { spare: 0, ratio: 0 } }, 'provider-openai': { baseUrl: `${mock.url}/v1`, apiKey: goodKey, api: 'chat', ...settings } }, clock: 'real' })
  const api = await k.service(Models)
  const ask = async (reply?: WireReply, more: Partial<ModelRequest> = {}) => {
    if (reply) mock.script(reply)
    const parts: ModelPart[] = []
    const finish = await api.stream({ provider: 'openai', model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more }, (part) => void parts.push(part))
    return { parts, finish }
  }
  const kindOf = (reply: WireReply) => ask(reply).then(() => 'ok', (error: unknown) => failureOf(error)?.kind ?? String(error))
  const close = async () => {
    await k.close()
    await mock.close()
  }
  return { mock, ask, kindOf, body: (): Json => mock.requests.at(-1)!.body, [Symbol.asyncDispose]: close }
}

describe('OpenAI\'s chat completions', () => {
  test('answer piece by piece, with usage, and cached tokens apart', async () => {
    await using g = await gateway()
    const { parts, finish } = await g.ask({ text: ['one ', 'two'], usage: { input: 60, output: 3, cached: 40 } })
    expect(parts).toEqual([{ type: 'text', delta: 'one ' }, { type: 'text', delta: 'two' }])
    expect(finish).toEqual({ stopReason: 'stop', provider: 'openai', model: 'gpt-4o', usage: { input: 60, output: 3, cacheRead: 40, cacheWrite: 0, totalTokens: 103 } })
    expect(g.mock.violations).toEqual([])
  })

  test('carry tools both ways, and a tool\'s images as a message of the user\'s', async () => {
    await using g = await gateway()
    const tools = [{ name: 'time', description: 'The time.', parameters: { type: 'object', properties: {} } }]
    const { parts, finish } = await g.ask({ tools: [{ name: 'time', args: { zone: 'UTC' } }] }, { tools, toolChoice: { name: 'time' } })
    expect([parts, finish.stopReason]).toEqual([[{ type: 'toolCall', id: 'call_0', name: 'time', arguments: { zone: 'UTC' } }], 'toolUse'])
    expect(g.body()['tool_choice']).toEqual({ type: 'function', function: { name: 'time' } })
    await g.ask(undefined, { tools, messages: [
      { role: 'system', content: 'Be brief.' }, { role: 'user', content: 'the time?' },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: '{"openai":{"itemId":"rs_1"}}' }, parts[0] as Extract<ModelPart, { type: 'toolCall' }>] },
      { role: 'toolResult', toolCallId: 'call_0', toolName: 'time', content: [{ type: 'text', text: 'noon' }, { type: 'image', data: 'aGk=', mimeType: 'image/png' }] },
    ] })
    expect(g.mock.violations).toEqual([])
    expect((g.body()['messages'] as readonly Json[]).map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'user'])
    expect(JSON.stringify(g.body())).not.toContain('"hm"')
  })

  test.each([
    ['gpt-4o', { maxOutputTokens: 50, temperature: 0.5, stop: ['x'] }, { max_tokens: 50, temperature: 0.5, stop: ['x'] }],
    ['gpt-5.2', { maxOutputTokens: 50, thinking: 'max' }, { max_completion_tokens: 50, reasoning_effort: 'xhigh' }],
    ['gpt-5.1', { thinking: 'off' }, { reasoning_effort: 'none' }],
    ['gpt-4o', { responseFormat: { type: 'json', name: 'a', schema: { type: 'object', properties: {}, additionalProperties: false } } }, { response_format: { type: 'json_schema' } }],
  ] as const)('are asked of %s with %j for what it has', async (model, more, expected) => {
    await using g = await gateway()
    await g.ask(undefined, { model, ...more } as Partial<ModelRequest>)
    expect(g.body()).toMatchObject(expected)
    expect(g.mock.violations).toEqual([])
  })

  test.each<[string, WireReply, string]>([
    ['401', { status: 401 }, 'auth'], ['429', { status: 429 }, 'rate_limit'], ['500', { status: 500 }, 'server'], ['a cut', { text: ['a', 'b'], after: 2, fault: 'cut' }, 'network'], ['an end without one', { text: ['a', 'b'], after: 2, fault: 'end' }, 'network'],
    ['no JSON', { text: ['a'], after: 1, fault: 'malformed' }, 'format'], ['an error in the stream', { text: ['a'], after: 1, fault: 'error' }, 'server'], ['a filter', { text: ['a'], finish: 'filter' }, 'refusal'],
    ['no money', { status: 429, body: { error: { message: 'You exceeded your current quota', type: 'insufficient_quota', param: null, code: 'insufficient_quota' } } }, 'billing'],
  ])('mean by %s: %s', async (_, reply, kind) => {
    await using g = await gateway()
    expect(await g.kindOf(reply)).toBe(kind)
  })

  test('send no summaries, which the other API has', async () => {
    await using g = await gateway({ summaries: true })
    await g.ask(undefined, { model: 'gpt-5.2', thinking: 'low' })
    expect(JSON.stringify(g.body())).not.toContain('summary')
  })
})
