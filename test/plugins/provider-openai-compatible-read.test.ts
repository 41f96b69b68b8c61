/** The reader of answers: whatever the pieces in which they come, the same is read; and as the AI SDK reads it. */
import { createServer } from 'node:http'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../../plugins/models/contract.ts'
import type { EmitPart, ModelFinish, ModelPart, ModelRequest } from '../../plugins/models/contract.ts'
import { answerFrom } from '../../plugins/models/language-model/stream.ts'
import { createAnswer } from '../../plugins/provider-openai-compatible/chat/answer.ts'
import { chunkOf } from '../../plugins/provider-openai-compatible/chat/chunk.ts'
import { eventReader } from '../../plugins/provider-openai-compatible/chat/events.ts'

const limits = { most: 1_000_000, tooLong: () => new Error('too long') }
const kindOf = (error: unknown): string => failureOf(error)?.kind ?? String((error as { type?: unknown }).type ?? error)

/** The bytes in pieces of these sizes, in turn. */
function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) pieces.push(bytes.subarray(at, at += sizes[i % sizes.length]!))
  return pieces
}

function read(pieces: readonly Buffer[]) {
  const parts: ModelPart[] = []
  const answer = createAnswer({ provider: 'p', emit: (part) => void parts.push(part), fed: () => {} })
  const reader = eventReader(answer.take, limits)
  try {
    pieces.forEach(reader)
    const finish = answer.finish()
    return { parts: joined(parts), finish }
  } catch (error) {
    return { parts: joined(parts), failed: kindOf(error) }
  }
}

/** Neighbours of one kind as one: pieces of text have no meaning of their own. Ids that are made up are left out. */
function joined(parts: readonly ModelPart[]): readonly unknown[] {
  const out: { type: string; delta?: string }[] = []
  for (const part of parts) {
    const last = out.at(-1)
    if (part.type === 'toolCall') out.push({ ...part })
    else if (last?.type === part.type) last.delta += part.delta
    else out.push({ type: part.type, delta: part.delta })
  }
  return out
}

const word = fc.string({ unit: fc.constantFrom('a', ' ', 'ü', '漢', '😀', '"', '\\', '\n', '\r', '\u2028', 'data:', '{'), minLength: 1, maxLength: 6 })
const callArguments = fc.dictionary(fc.constantFrom('path', 'n', 'ü'), fc.oneof(word, fc.nat(), fc.boolean()), { maxKeys: 3 })
const tool = fc.record({ id: fc.uuid(), name: fc.constantFrom('read', 'pay'), args: callArguments, pieces: fc.integer({ min: 1, max: 5 }) })
const usage = fc.option(fc.record({ prompt: fc.nat(5_000), cached: fc.nat(100), completion: fc.nat(500) }), { nil: undefined })
const scripted = fc.record({
  said: fc.array(fc.oneof(fc.record({ content: word }), fc.record({ reasoning_content: word }), fc.constant({ content: '' }), fc.constant({ role: 'assistant', content: null })), { maxLength: 8 }),
  tools: fc.uniqueArray(tool, { selector: ({ id }) => id, maxLength: 3 }), usage,
  finish: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', undefined),
})
type Script = typeof scripted extends fc.Arbitrary<infer S> ? S : never

const eventOf = (delta: unknown, finish_reason: string | null = null) => ({ id: 'c', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })

/** All pieces of the first call, then of the second: interleaved ones stand in the tests of the wire. */
function eventsOf({ said, tools, usage: counted, finish }: Script): readonly unknown[] {
  const calls = tools.flatMap(({ id, name, args, pieces }, index) => {
    const text = JSON.stringify(args)
    const size = Math.ceil(text.length / pieces)
    const rest = Array.from({ length: pieces }, (_, i) => ({ tool_calls: [{ index, function: { arguments: text.slice(i * size, (i + 1) * size) } }] }))
    return [{ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }, ...rest]
  })
  return [
    ...[...said, ...calls].map((delta) => eventOf(delta)), ...(finish === undefined ? [] : [eventOf({}, finish)]),
    ...(counted ? [{ ...eventOf({}), choices: [], usage: { prompt_tokens: counted.prompt + counted.cached, completion_tokens: counted.completion, prompt_tokens_details: { cached_tokens: counted.cached } } }] : []),
  ]
}

interface Wire { readonly newline: string; readonly bom: boolean; readonly space: string; readonly noise: readonly string[]; readonly spread: boolean }
const wire: fc.Arbitrary<Wire> = fc.record({
  newline: fc.constantFrom('\n', '\r\n', '\r'), bom: fc.boolean(), space: fc.constantFrom('', ' '), spread: fc.boolean(),
  noise: fc.array(fc.constantFrom(': keep-alive', 'event: message', 'id: 7', 'retry: 10', 'nonsense', ''), { maxLength: 4 }),
})

/** `spread`: with JSON over several lines of data. */
function written(events: readonly unknown[], { newline, bom, space, noise, spread }: Wire): Buffer {
  const event = (value: unknown, i: number): string => {
    const lines = JSON.stringify(value, null, spread ? 1 : 0).split('\n').map((line) => `data:${space}${line}`)
    return [...(noise.length > 0 ? [noise[i % noise.length]!] : []), ...lines, '', ''].join(newline)
  }
  return Buffer.from(`${bom ? '\ufeff' : ''}${events.map(event).join('')}data: [DONE]${newline}${newline}`)
}

describe('an answer', () => {
  test('is the same in whatever pieces it comes, whatever its lines end with', () => {
    fc.assert(fc.property(scripted, wire, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), (script, how, sizes) => {
      const events = eventsOf(script)
      const plain = read([written(events, { newline: '\n', bom: false, space: ' ', noise: [], spread: false })])
      expect(read(split(written(events, how), sizes))).toEqual(plain)
      expect(read(split(written(events, how), [1]))).toEqual(plain)
    }), { numRuns: 300 })
  })

  test('is what the AI SDK reads', async () => {
    let body: Buffer = Buffer.alloc(0)
    const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const model = createOpenAICompatible({ name: 'p', baseURL: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`, includeUsage: true }).chatModel('m')
    const request = { provider: 'p', model: 'm', messages: [{ role: 'user', content: 'hi' }] } as unknown as ModelRequest
    const way = { headers: {}, signal: new AbortController().signal, onEnd: () => () => {}, fed: () => {} }
    const throughSdk = async (): Promise<unknown> => {
      const parts: ModelPart[] = []
      const emit: EmitPart = (part) => void parts.push(part)
      return answerFrom({ provider: 'p', model: async () => model }, request, way, emit).then(
        ({ stopReason, usage: counted }: ModelFinish) => ({ parts: joined(parts), finish: { stopReason, usage: counted } }),
        (error: unknown) => ({ parts: joined(parts.filter(({ type }) => type !== 'toolCall')), failed: failureOf(error)?.kind ?? 'network' }))
    }
    await fc.assert(fc.asyncProperty(scripted, wire.map((how) => ({ ...how, newline: how.newline === '\r' ? '\n' : how.newline })), async (script, how) => {
      body = written(eventsOf(script), how)
      expect(read([body])).toEqual(await throughSdk())
    }), { numRuns: 150 })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  test('cut off anywhere fails, and calls nothing', () => {
    fc.assert(fc.property(scripted.filter(({ finish }) => finish !== undefined && finish !== 'content_filter'), fc.nat(), (script, at) => {
      const events = eventsOf({ ...script, usage: undefined })
      const bytes = written(events, { newline: '\n', bom: false, space: ' ', noise: [], spread: false })
      const end = bytes.lastIndexOf('"finish_reason"')
      const { parts, failed } = read([bytes.subarray(0, at % end)])
      expect([failed, parts.filter((part) => (part as ModelPart).type === 'toolCall')]).toEqual(['network', []])
    }), { numRuns: 200 })
  })

  test('of anything at all is read or fails as what it is, and never otherwise', () => {
    fc.assert(fc.property(fc.json(), fc.uint8Array(), (json, noise) => {
      for (const bytes of [Buffer.from(`data: ${json}\n\n`), Buffer.from(`data: {"choices":[${json}]}\n\n`), Buffer.from(`data: {"choices":[{"delta":${json}}]}\n\n`), Buffer.from(noise)]) {
        expect(['network', 'format', 'server', 'undefined', 'null']).toContain(read([bytes]).failed?.replace(/^Error.*/s, 'server'))
      }
    }))
  })

  test('with an event beyond the limit is given up as soon as it is, in one piece or many', () => {
    for (const piece of [Buffer.alloc(2_000_000, 'x'), Buffer.from('data: x\n'.repeat(200_000))]) {
      const reader = eventReader(() => {}, limits)
      expect(() => { for (const part of split(piece, [65_536])) reader(part) }).toThrow('too long')
    }
  })
})

describe('tool calls of servers with ways of their own', () => {
  const calls = (...pieces: readonly unknown[]) => {
    const events = [...pieces.map((piece) => eventOf({ tool_calls: [piece] })), eventOf({}, 'tool_calls')]
    const { parts, failed } = read([written(events, { newline: '\n', bom: false, space: ' ', noise: [], spread: false })])
    return failed ?? parts.map((part) => { const { id, name, arguments: args } = part as Extract<ModelPart, { type: 'toolCall' }>; return [id, name, args] })
  }
  test.each<[string, readonly unknown[], unknown]>([
    ['without numbers', [{ id: 'a', function: { name: 'read', arguments: '{}' } }, { id: 'b', function: { name: 'pay', arguments: '{"n":' } }, { function: { arguments: '1}' } }], [['a', 'read', {}], ['b', 'pay', { n: 1 }]]],
    ['all with number 0', [{ index: 0, id: 'a', function: { name: 'read', arguments: '{}' } }, { index: 0, id: 'b', function: { name: 'pay', arguments: '{}' } }], [['a', 'read', {}], ['b', 'pay', {}]]],
    ['that say their name and id with every piece', [{ index: 0, id: 'a', function: { name: 'read', arguments: '{"n"' } }, { index: 0, id: 'a', function: { name: 'read', arguments: ':1}' } }], [['a', 'read', { n: 1 }]]],
    ['with arguments that are an object', [{ index: 0, id: 'a', function: { name: 'read', arguments: { n: 1 } } }], [['a', 'read', { n: 1 }]]],
    ['whose name comes later', [{ index: 0, id: 'a', function: { arguments: '{' } }, { index: 0, function: { name: 'read', arguments: '}' } }], [['a', 'read', {}]]],
    ['out of order', [{ index: 1, id: 'b', function: { name: 'pay', arguments: '{}' } }, { index: 0, id: 'a', function: { name: 'read', arguments: '{}' } }], [['a', 'read', {}], ['b', 'pay', {}]]],
    ['without a name', [{ index: 0, id: 'a', function: { arguments: '{}' } }], 'format'],
  ])('%s', (_, pieces, made) => expect(calls(...pieces)).toEqual(made))

  test('without an id, or with one that another call has, get one of their own', () => {
    const piece = (index: number, id?: string) => ({ index, id, function: { name: 'read', arguments: '{}' } })
    const made = calls(piece(0), piece(1)) as readonly (readonly string[])[]
    expect(new Set(made.map(([id]) => id)).size).toBe(2)
    const twice = calls(piece(0, 'a'), piece(1, 'a')) as readonly (readonly string[])[]
    expect(twice.map(([id]) => id === 'a')).toEqual([true, false])
    expect(made.every(([id]) => /^call_\w+$/.test(id!))).toBe(true)
  })

  test('without an end are given up', () => {
    expect(calls(...Array.from({ length: 300 }, (_, index) => ({ index, id: `c${index}`, function: { name: 'read', arguments: '{}' } })))).toBe('format')
  })
})

describe('usage', () => {
  const counted = (usageSent: unknown) => chunkOf(JSON.stringify({ choices: [], usage: usageSent }))?.usage
  test.each<[string, unknown, unknown]>([
    ['with what was thought', { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 3 } }, { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, totalTokens: 15, reasoning: 3 }],
    ['with what it costs', { prompt_tokens: 10, completion_tokens: 5, cost: 0.0125 }, { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, totalTokens: 15, reported: 0.0125 }],
    ['with the user\'s own key at the vendor', { prompt_tokens: 1, completion_tokens: 1, cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: 0.2 } }, { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, totalTokens: 2, reported: 0.01 + 0.2 }],
    ['with such a key and half a price', { prompt_tokens: 1, completion_tokens: 1, cost: 0.01, is_byok: true }, { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, totalTokens: 2 }],
    ['with a cache', { prompt_tokens: 100, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } }, { input: 10, output: 1, cacheRead: 60, cacheWrite: 30, totalTokens: 101 }],
    ['with more cached than there is', { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 60 } }, { input: 0, output: 1, cacheRead: 5, cacheWrite: 0, totalTokens: 6 }],
    ['with nonsense', { prompt_tokens: -5, completion_tokens: 'many', cost: -1, prompt_tokens_details: 7 }, { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 }],
  ])('%s', (_, sent, usageRead) => expect(counted(sent)).toEqual(usageRead))
})
