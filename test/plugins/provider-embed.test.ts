/** Vectors of texts from servers that speak the vendors' wire formats, over real connections; and where requests do not go. */
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import type { Plugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { failureOf, Models } from '../../plugins/models/contract.ts'
import type { EmbedRequest } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import anthropic from '../../plugins/provider-anthropic/index.ts'
import google from '../../plugins/provider-google/index.ts'
import compatible from '../../plugins/provider-openai-compatible/index.ts'
import openai from '../../plugins/provider-openai/index.ts'
import { caller } from './models-gateway.ts'

const goodKey = 'sk-test-0123456789abcdef'
const vectorOf = (value: string, length = 3): readonly number[] => Array.from({ length }, (_, i) => value.length + i / 8)

interface Reply { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown; readonly hang?: boolean; readonly cut?: boolean; readonly shuffled?: boolean; readonly uncounted?: boolean }
type Body = Readonly<Record<string, unknown>>

const text = v.pipe(v.string(), v.minLength(1))
const count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)))
const openAiBody = v.strictObject({ model: text, input: v.pipe(v.array(text), v.minLength(1), v.maxLength(2_048)), encoding_format: v.literal('float'), dimensions: count })
const googleOne = v.strictObject({ model: v.pipe(v.string(), v.regex(/^models\/./)), content: v.strictObject({ role: v.optional(v.literal('user')), parts: v.tuple([v.strictObject({ text })]) }), outputDimensionality: count })
const googleMany = v.strictObject({ requests: v.pipe(v.array(googleOne), v.minLength(1), v.maxLength(100)) })

interface Wire { path(model: string, many: boolean): string; readonly schema: (path: string) => v.GenericSchema; admits(headers: IncomingHttpHeaders): boolean; answer(body: Body, reply: Reply): unknown }
const openAiWire: Wire = {
  path: () => '/v1/embeddings',
  schema: () => openAiBody,
  admits: ({ authorization }) => authorization === `Bearer ${goodKey}`,
  answer(body, { shuffled, uncounted }) {
    const { input, model, dimensions } = body as { input: string[]; model: string; dimensions?: number }
    const data = input.map((value, index) => ({ object: 'embedding', index, embedding: vectorOf(value, dimensions) }))
    return { object: 'list', model, data: shuffled ? data.toReversed() : data, ...(!uncounted && { usage: { prompt_tokens: 7 * input.length, total_tokens: 7 * input.length } }) }
  },
}
const googleWire: Wire = {
  path: (model, many) => `/v1/models/${model}:${many ? 'batchEmbedContents' : 'embedContent'}`,
  schema: (path) => (path.endsWith(':embedContent') ? googleOne : googleMany),
  admits: (headers) => headers['x-goog-api-key'] === goodKey,
  answer(body) {
    const one = ({ content, outputDimensionality }: v.InferOutput<typeof googleOne>) => ({ values: vectorOf(content.parts[0].text, outputDimensionality) })
    return 'requests' in body ? { embeddings: (body as v.InferOutput<typeof googleMany>).requests.map(one) } : { embedding: one(body as v.InferOutput<typeof googleOne>) }
  },
}

const vendors: readonly { readonly id: string; readonly plugin: Plugin; readonly wire: Wire; readonly model: string; readonly settings: Record<string, unknown>; readonly counts: boolean }[] = [
  { id: 'openai', plugin: openai, wire: openAiWire, model: 'text-embedding-3-small', settings: {}, counts: true },
  { id: 'google', plugin: google, wire: googleWire, model: 'gemini-embedding-001', settings: {}, counts: false },
  { id: 'openai-compatible', plugin: compatible, wire: openAiWire, model: 'nomic-embed-text', settings: { models: [{ id: 'nomic-embed-text' }, { id: 'llama3.2' }] }, counts: true },
]

async function serve(handle: (path: string, headers: IncomingHttpHeaders, body: Body, response: ServerResponse) => void): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    response.on('error', () => {}) // the client has gone
    void (async () => {
      let sent = ''
      for await (const bytes of request.setEncoding('utf8')) sent += bytes
      handle(request.url ?? '', request.headers, sent === '' ? {} : JSON.parse(sent) as Body, response)
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, close }
}

async function gateway({ id, plugin, wire, model, settings: own }: (typeof vendors)[number], settings: Record<string, unknown> = {}) {
  const asked: { readonly path: string; readonly body: Body; readonly closedEarly: Promise<boolean> }[] = []
  const violations: string[] = []
  const replies: Reply[] = []
  const server = await serve((path, headers, body, response) => {
    asked.push({ path, body, closedEarly: new Promise((resolve) => response.once('close', () => resolve(!response.writableFinished))) })
    const json = (status: number, answer: unknown, more: Readonly<Record<string, string>> = {}) => void response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(answer))
    if (!wire.admits(headers)) return json(401, { error: { message: `the key ${headers.authorization ?? String(headers['x-goog-api-key'])} is not good`, code: 401, status: 'UNAUTHENTICATED', type: 'x', param: null } })
    violations.push(...v.safeParse(wire.schema(path), body).issues?.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`) ?? [])
    const reply = replies.shift() ?? {}
    if (reply.hang) return
    if (reply.cut) return void response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"data": [', () => response.destroy())
    json(reply.status ?? 200, reply.body ?? (reply.status === undefined ? wire.answer(body, reply) : { error: { message: 'mock failure', code: reply.status, status: 'X', type: 'x', param: null } }), reply.headers)
  })
  const k = await testKernel({ plugins: [models, plugin], config: { models: { retry: { spare: 0, ratio: 0 } }, [`provider-${id}`]: { baseUrl: `${server.url}/v1`, apiKey: goodKey, ...own, ...settings } }, clock: 'real' })
  const api = await k.service(Models)
  const embed = (more: Partial<EmbedRequest> = {}) => api.embed({ model: `${id}/${model}`, values: ['one', 'three'], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more })
  const kindOf = (reply: Reply) => {
    replies.push(reply)
    return embed().then(() => 'ok', (error: unknown) => failureOf(error)?.kind ?? String(error))
  }
  const close = async () => {
    await k.close()
    await server.close()
  }
  return { k, api, embed, kindOf, asked, violations, replies, [Symbol.asyncDispose]: close }
}

describe.each(vendors)('vectors of $id', (vendor) => {
  test('are asked for as the vendor wants it, with usage where it counts, and one text too', async () => {
    await using g = await gateway(vendor)
    expect(await g.embed()).toMatchObject({ embeddings: [vectorOf('one'), vectorOf('three')], provider: vendor.id, model: vendor.model, usage: { totalTokens: vendor.counts ? 14 : 0 } })
    expect((await g.embed({ values: ['alone'], dimensions: 5 })).embeddings).toEqual([vectorOf('alone', 5)])
    expect(g.asked.map(({ path }) => path)).toEqual([vendor.wire.path(vendor.model, true), vendor.wire.path(vendor.model, false)])
    expect(g.violations).toEqual([])
  })

  test('of many texts come batch by batch, in order', async () => {
    await using g = await gateway(vendor)
    const values = Array.from({ length: 230 }, (_, i) => 'x'.repeat(1 + i % 50))
    expect((await g.embed({ values })).embeddings).toEqual(values.map((value) => vectorOf(value)))
    expect([g.asked.length, g.violations]).toEqual([3, []])
  })

  test.each([[401, 'auth'], [402, 'billing'], [403, 'auth'], [404, 'format'], [429, 'rate_limit'], [500, 'server'], [503, 'server'], [504, 'timeout']] as const)('call %i %s', async (status, kind) => {
    await using g = await gateway(vendor)
    expect(await g.kindOf({ status })).toBe(kind)
    expect(g.asked).toHaveLength(1)
  })

  test.each<[string, Reply, string]>([
    ['that break off', { cut: true }, 'network'], ['that are none', { body: { data: 'none' } }, 'format'], ['that are the body of an error', { body: { error: { message: 'oops' } } }, 'format'],
    ['that do not come', { hang: true }, 'timeout'],
  ])('%s are a failure (%j) of kind %s', async (_, reply, kind) => {
    await using g = await gateway(vendor, reply.hang ? { timeoutMs: 200 } : {})
    expect(await g.kindOf(reply)).toBe(kind)
  })

  test('that nobody wants any more close the connection', async () => {
    await using g = await gateway(vendor)
    const abort = new AbortController()
    g.replies.push({ hang: true })
    const running = g.embed({ signal: abort.signal }).catch((error: unknown) => error)
    await expect.poll(() => g.asked.length).toBe(1)
    abort.abort(new Error('gone'))
    expect(await running).toMatchObject({ message: 'gone' })
    expect(await g.asked[0]!.closedEarly).toBe(true)
  })

  test('never repeat a key, neither to the caller nor in the log', async () => {
    const bad = 'sk-bad-0123456789abcdef0123'
    await using g = await gateway(vendor, { apiKey: bad })
    const error: unknown = await g.embed().catch((thrown: unknown) => thrown)
    expect(failureOf(error)?.kind).toBe('auth')
    expect(JSON.stringify([String(error), error, (error as Error).cause, g.k.logs])).not.toContain(bad)
  })

  test('use another account when one is refused', async () => {
    await using g = await gateway(vendor, { apiKey: undefined, accounts: [{ id: 'bad', apiKey: 'sk-bad-0123456789abcdef' }, { id: 'good', apiKey: goodKey }] })
    // The retry budget of this gateway admits none: the account that failed rests, the next request goes to the other.
    await g.embed().catch(() => {})
    expect((await g.embed()).account).toBe('good')
  })

  test('are of a model that is offered for nothing else', async () => {
    await using g = await gateway(vendor)
    expect((await g.api.list('embedding')).map(({ id }) => id)).toContain(vendor.model)
    expect((await g.api.list()).map(({ id }) => id)).not.toContain(vendor.model)
    expect(g.asked).toEqual([])
  })
})

test('vectors that a server numbers are taken by their number, and those it numbers wrongly by none', async () => {
  await using g = await gateway(vendors[2]!)
  g.replies.push({ shuffled: true, uncounted: true })
  expect(await g.embed()).toMatchObject({ embeddings: [vectorOf('one'), vectorOf('three')], usage: { totalTokens: 0 } })
  expect(await g.kindOf({ body: { data: [{ index: 1, embedding: [1] }, { index: 1, embedding: [2] }] } })).toBe('format')
})

test('a vendor without such models has none', async () => {
  const k = await testKernel({ plugins: [models, anthropic], config: { 'provider-anthropic': { apiKey: goodKey } } })
  await expect((await k.service(Models)).embed({ values: ['x'], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } })).rejects.toMatchObject({ code: 'NEXUS_MODELS_NONE' })
  await k.close()
})

describe('a redirect', () => {
  const all = [...vendors, { id: 'anthropic', plugin: anthropic }]
  test.each(all)('of $id is not followed: a key goes to no other server', async ({ id, plugin }) => {
    const heard: string[] = []
    const other = await serve((path, headers, _, response) => {
      heard.push(`${path} ${JSON.stringify(headers)}`)
      response.end('{}')
    })
    const first = await serve((path, _, __, response) => void response.writeHead(307, { location: `${other.url}${path}` }).end())
    const k = await testKernel({ plugins: [models, plugin], config: { models: { retry: { spare: 0, ratio: 0 } }, [`provider-${id}`]: { baseUrl: `${first.url}/v1`, apiKey: goodKey, headers: { 'x-team': 'blue-team-secret' } } }, clock: 'real' })
    const api = await k.service(Models)
    const about = { signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } }
    const kind = await api.stream({ provider: id, model: 'm', messages: [{ role: 'user', content: 'hi' }], ...about }, () => {}).then(() => 'ok', (error: unknown) => failureOf(error)?.kind)
    await api.list()
    expect([kind, heard]).toEqual(['format', []])
    await k.close()
    await Promise.all([first.close(), other.close()])
  })
})

test('two accounts of one name are refused at the start, and the message has no key', async () => {
  const settings = { baseUrl: 'http://127.0.0.1:9/v1', accounts: [{ id: 'work', apiKey: goodKey }, { id: 'work', apiKey: 'sk-other' }] }
  const k = await testKernel({ plugins: [models, compatible], config: { 'provider-openai-compatible': settings }, lenient: true })
  const said = JSON.stringify(k.started.failed, (_, value: unknown) => (value instanceof Error ? { ...value, message: value.message, cause: value.cause instanceof Error ? { ...value.cause, message: value.cause.message } : value.cause } : value))
  expect(said).toContain('NEXUS_MODELS_ACCOUNT_TWICE')
  expect(said).not.toContain(goodKey)
  await k.close()
})
