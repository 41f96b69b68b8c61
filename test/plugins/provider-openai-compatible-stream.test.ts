import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { NexusError, Secret } from 'nexus-gateway/sdk'
import { failureOf } from '../../plugins/models/contract.ts'
import type { ModelPart, ModelRequest } from '../../plugins/models/contract.ts'
import { credentialsOf } from '../../plugins/models/language-model/credentials.ts'
import { createHalts } from '../../plugins/models/language-model/halt.ts'
import { answerFrom } from '../../plugins/models/language-model/stream.ts'
import { streamFrom } from '../../plugins/models/language-model/way.ts'
import type { Server } from '../../plugins/models/language-model/way.ts'
import { createClient } from '../../plugins/provider-openai-compatible/client.ts'
import { startOpenAiServer } from '../fixtures/openai-server.ts'
import type { MockReply, MockServer } from '../fixtures/openai-server.ts'

const key = 'sk-test-0123456789abcdef'
let mock: MockServer
let logged: unknown[]
let road: 'own' | 'sdk'
const clock: Server['clock'] = { now: Date.now, setTimeout: (run, ms) => setTimeout(run, ms), clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) }

beforeEach(async () => {
  mock = await startOpenAiServer({ key })
  logged = []
})
afterEach(async () => {
  expect(mock.violations).toEqual([])
  await mock.close()
})

function server(more: Partial<Server> = {}): Server {
  const log = (...line: unknown[]): void => void logged.push(line)
  return {
    provider: 'mock', timeoutMs: 5_000, stallMs: 5_000, credentials: credentialsOf('mock', { apiKey: Secret.literal(key), headers: {} }),
    stream: (asked, way, emit) => (road === 'own' ? createClient('mock', mock.url, clock).stream(asked, way, emit) : answerFrom({ provider: 'mock', model: async (id) => createOpenAICompatible({ name: 'mock', baseURL: mock.url, includeUsage: true }).chatModel(id) }, asked, way, emit)),
    clock, halts: createHalts(),
    log: { debug: log, info: log, warn: log, error: log },
    ...more,
  }
}

function request(more: Partial<ModelRequest> = {}): ModelRequest {
  const caller = { id: 'test', role: 'operator', scopes: new Set<string>(), label: 'operator' } as const
  return { provider: 'mock', model: 'm1', messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't1', path: [] }, ...more }
}

async function ask(reply: MockReply, more: { server?: Partial<Server>; request?: Partial<ModelRequest> } = {}) {
  mock.script(reply)
  const parts: ModelPart[] = []
  const finish = await streamFrom(server(more.server), request(more.request), (part) => void parts.push(part))
  return { parts, finish, text: parts.map((part) => (part.type === 'text' ? part.delta : '')).join('') }
}

async function failing(reply: MockReply, more: { server?: Partial<Server> } = {}) {
  const error: unknown = await ask(reply, more).then(() => { throw new Error('it should have failed') }, (thrown: unknown) => thrown)
  const failure = failureOf(error)
  if (!failure) throw error
  return { failure, error: error as Error }
}

describe.each(['own', 'sdk'] as const)('through the client of %s', (which) => {
  beforeEach(() => { road = which })

  describe('an answer', () => {
    test('arrives chunk by chunk, in order, with usage', async () => {
      const { parts, finish } = await ask({ text: ['one ', 'two ', 'three'], usage: { prompt: 100, completion: 3, cached: 40 } })
      expect(parts).toEqual([{ type: 'text', delta: 'one ' }, { type: 'text', delta: 'two ' }, { type: 'text', delta: 'three' }])
      expect(finish).toEqual({ stopReason: 'stop', provider: 'mock', model: 'm1', usage: { input: 60, output: 3, cacheRead: 40, cacheWrite: 0, totalTokens: 103 } })
    })

    test('without a usage chunk counts nothing, and is no failure', async () => {
      const { finish } = await ask({ text: ['x'], usage: false })
      expect(finish.usage).toEqual({ input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 })
    })

    test('keeps thinking apart from text', async () => {
      const { parts } = await ask({ thinking: ['hm, ', 'yes'], text: ['42'] })
      expect(parts).toEqual([{ type: 'thinking', delta: 'hm, ' }, { type: 'thinking', delta: 'yes' }, { type: 'text', delta: '42' }])
    })

    test('cut at the token limit says so', async () => {
      expect((await ask({ text: ['half'], finish: 'length' })).finish.stopReason).toBe('length')
    })
  })

  describe('tool calls', () => {
    test('split into fragments, two at a time, come out whole and parsed', async () => {
      const { parts, finish } = await ask({ text: ['Let me see.'], tools: [{ name: 'time', args: { timezone: 'Europe/Berlin' }, fragments: 7 }, { name: 'note', args: { text: 'grüße {"}' }, fragments: 3 }] })
      expect(finish.stopReason).toBe('toolUse')
      expect(parts.slice(1)).toEqual([
        { type: 'toolCall', id: 'call_0', name: 'time', arguments: { timezone: 'Europe/Berlin' } },
        { type: 'toolCall', id: 'call_1', name: 'note', arguments: { text: 'grüße {"}' } },
      ])
    })

    test('count as tool use even where the server says stop', async () => {
      expect((await ask({ tools: [{ name: 'time', args: {} }], finish: 'stop' })).finish.stopReason).toBe('toolUse')
    })

    test('whose arguments are no JSON object are marked as malformed', async () => {
      const { parts } = await ask({ tools: [{ name: 'time', args: '{"timezone": "Eur' }] })
      expect(parts).toEqual([{ type: 'toolCall', id: 'call_0', name: 'time', arguments: { $malformed: '{"timezone": "Eur' } }])
    })
  })

  describe('a failure', () => {
    test.each([
      [401, 'auth', false], [402, 'billing', false], [403, 'auth', false], [404, 'format', false], [408, 'timeout', true],
      [429, 'rate_limit', true], [500, 'server', true], [504, 'timeout', true], [529, 'server', true],
    ] as const)('with status %i is of kind %s', async (status, kind, retryable) => {
      const { failure } = await failing({ status })
      expect(failure).toMatchObject({ kind, status, retryable, provider: 'mock' })
      expect(mock.requests).toHaveLength(1)
    })

    test.each([
      ['insufficient_quota', 429, 'billing'], ['context_length_exceeded', 400, 'context_length'], ['content_filter', 400, 'refusal'],
    ] as const)('with the code %s is of kind %s', async (code, status, kind) => {
      expect((await failing({ status, body: { error: { message: 'no', type: 'x', code } } })).failure.kind).toBe(kind)
    })

    test('without a connection is of kind network', async () => {
      await mock.close()
      expect((await failing({})).failure).toEqual({ kind: 'network', provider: 'mock', retryable: true, unsent: true })
    })

    test('never repeats a key, neither to the caller nor in the log', async () => {
      const body = { error: { message: `Incorrect API key provided: ${key}; also sk-proj-****************wxyz`, type: 'auth', code: 'invalid_api_key' } }
      const { error } = await failing({ status: 401, body })
      const told = JSON.stringify([error.message, error, error.cause, logged, (error as { data?: unknown }).data])
      expect(told).not.toContain(key)
      expect(told).not.toContain('wxyz')
      expect(JSON.stringify(logged)).toContain('Incorrect API key provided: …')
    })

    test.each([
      ['7', 7_000], ['0.5', 500], ['999999999', 24 * 3_600_000], ['soon', undefined],
    ])('passes on Retry-After: %s', async (value, ms) => {
      expect((await failing({ status: 429, headers: { 'retry-after': value } })).failure.retryAfterMs).toBe(ms)
    })

    test('understands Retry-After as a date', async () => {
      const now = Date.UTC(2026, 0, 1)
      const fixed = { ...clock, now: () => now }
      const { failure } = await failing({ status: 503, headers: { 'retry-after': new Date(now + 90_000).toUTCString() } }, { server: { clock: fixed } })
      expect(failure.retryAfterMs).toBe(90_000)
    })
  })

  describe('a key', () => {
    test('that cannot be had is a failure of kind auth, and nothing is sent', async () => {
      const lost = new NexusError('NEXUS_SECRET_UNRESOLVED', { text: 'the secret env:KEY cannot be had: the variable is not set', fix: 'x' })
      const credentials = credentialsOf('mock', { apiKey: new Secret('env:KEY', async () => { throw lost }), headers: {} })
      const { failure } = await failing({}, { server: { credentials } })
      expect(failure.kind).toBe('auth')
      expect(JSON.stringify(logged)).toContain('the secret env:KEY cannot be had')
      expect(mock.requests).toEqual([])
    })

    test('that is long in coming holds up no abort', async () => {
      const abort = new AbortController()
      const credentials = credentialsOf('mock', { apiKey: new Secret('exec:slow', () => new Promise(() => {})), headers: {} })
      const asked = streamFrom(server({ credentials }), request({ signal: abort.signal }), () => {})
      abort.abort()
      expect((await asked).stopReason).toBe('aborted')
    })
  })

  describe('a stream that goes wrong', () => {
    test.each([
      ['is cut', 'cut', 'network'], ['ends without a finish', 'end', 'network'], ['holds what is no JSON', 'malformed', 'format'], ['holds an error', 'error', 'server'],
    ] as const)('and %s fails', async (_, fault, kind) => {
      expect((await failing({ text: ['a', 'b', 'c'], after: 2, fault })).failure.kind).toBe(kind)
    })

    test('because the server answers 200 with a JSON body fails', async () => {
      expect((await failing({ status: 200, body: { error: { message: 'oops' } } })).failure.kind).toBe('format')
    })

    test('because the content was filtered is a refusal', async () => {
      expect((await failing({ text: ['I'], finish: 'content_filter' })).failure.kind).toBe('refusal')
    })

    test('and stalls is given up, and the connection with it', async () => {
      const { failure } = await failing({ text: ['a', 'b'], after: 2, fault: 'stall' }, { server: { stallMs: 40 } })
      expect(failure.kind).toBe('timeout')
      expect(await mock.requests[0]!.closedEarly).toBe(true)
    })

    test('and never begins is given up', async () => {
      const { failure } = await failing({ waitMs: 2_000 }, { server: { timeoutMs: 40 } })
      expect(failure.kind).toBe('timeout')
    })

    test('but is only slow is not given up', async () => {
      expect((await ask({ text: ['a', 'b', 'c'], delayMs: 30 }, { server: { timeoutMs: 1_000, stallMs: 1_000 } })).text).toBe('abc')
    })
  })

  describe('an abort', () => {
    test('in the middle ends the stream and closes the connection', async () => {
      const abort = new AbortController()
      mock.script({ text: Array.from({ length: 500 }, (_, i) => `w${i} `), delayMs: 5 })
      const parts: ModelPart[] = []
      const finish = await streamFrom(server(), request({ signal: abort.signal }), (part) => {
        if (parts.push(part) === 3) abort.abort()
      })
      expect(finish.stopReason).toBe('aborted')
      expect(await mock.requests[0]!.closedEarly).toBe(true)
    })

    test('before the first byte closes the connection too', async () => {
      const abort = new AbortController()
      const answer = ask({ waitMs: 200 }, { request: { signal: abort.signal } })
      await vi.waitFor(() => expect(mock.requests).toHaveLength(1))
      abort.abort()
      expect((await answer).finish.stopReason).toBe('aborted')
      expect(await mock.requests[0]!.closedEarly).toBe(true)
    })
  })

  describe('what the server is sent', () => {
    test('is the conversation, the tools and the limits, in its own terms', async () => {
      await ask({}, { request: {
        maxOutputTokens: 50, temperature: 0.5, topP: 0.9, stop: ['END'],
        tools: [{ name: 'time', description: 'The time.', parameters: { type: 'object', properties: {}, additionalProperties: false } }],
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'see' }, { type: 'image', data: 'aGk=', mimeType: 'image/png' }] },
          { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm' }, { type: 'text', text: 'ok' }, { type: 'toolCall', id: 'c1', name: 'time', arguments: {} }, { type: 'toolCall', id: 'c2', name: 'shot', arguments: {} }] },
          { role: 'toolResult', toolCallId: 'c2', toolName: 'shot', content: [{ type: 'image', data: 'aGk=', mimeType: 'image/png' }], isError: false },
          { role: 'toolResult', toolCallId: 'c1', toolName: 'time', content: 'noon' },
          { role: 'assistant', content: [{ type: 'thinking', thinking: 'all thought, no word' }] },
          { role: 'user', content: 'thanks' },
        ],
      } })
      const { body } = mock.requests[0]!
      expect(body).toMatchObject({ model: 'm1', stream: true, stream_options: { include_usage: true }, max_tokens: 50, temperature: 0.5, top_p: 0.9, stop: ['END'] })
      expect(body.messages).toEqual([
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'see' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }] },
        { role: 'assistant', content: 'ok', tool_calls: [{ id: 'c1', type: 'function', function: { name: 'time', arguments: '{}' } }, { id: 'c2', type: 'function', function: { name: 'shot', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: 'c2', content: '[an image, shown below]' },
        { role: 'tool', tool_call_id: 'c1', content: 'noon' },
        { role: 'user', content: [{ type: 'text', text: 'The images the tools returned:' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }] },
        { role: 'user', content: 'thanks' },
      ])
      expect(body.tools).toEqual([{ type: 'function', function: { name: 'time', description: 'The time.', parameters: { type: 'object', properties: {}, additionalProperties: false } } }])
    })

    test('is one request: a failure is not tried again here', async () => {
      await failing({ status: 503 })
      expect(mock.requests).toHaveLength(1)
    })
  })
})
