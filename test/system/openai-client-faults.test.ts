/** The official client of OpenAI against the built gateway when something fails or somebody leaves, and the bytes it is sent. */
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { MockReply } from '../fixtures/openai-server.ts'
import { body, failed, lastOf, reply, slow, startSystem, until, wholeText } from './openai-client-bench.ts'
import type { Case, System } from './openai-client-bench.ts'

let system: System
beforeAll(async () => { system = await startSystem() })
afterAll(() => system[Symbol.asyncDispose]())
// The server behind the gateway takes nothing that OpenAI's would refuse.
afterEach(() => { expect(system.upstream.violations).toEqual([]) })

const raw: Case[] = [
  ['bytes of a stream of chat completions', async ({ post }) => {
    const response = await post('/v1/chat/completions', { ...body(), stream: true, stream_options: { include_usage: true } })
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-cache'])
    const text = await response.text()
    expect(text).toMatch(/^(data: \{"id":"chatcmpl_[0-9a-f-]{36}","object":"chat\.completion\.chunk",[^\n]+\}\n\n)+data: \[DONE\]\n\n$/)
  }],
  ['bytes of a stream of a response', async ({ post }) => {
    const text = await (await post('/v1/responses', { ...reply('hi'), stream: true })).text()
    expect(text).toMatch(/^(event: response\.[a-z_.]+\ndata: \{"type":"response\.[^\n]+\}\n\n)+data: \[DONE\]\n\n$/)
    expect(text).toMatch(/"id":"resp_[0-9a-f-]{36}"[^]*"id":"msg_[0-9a-f-]{36}"/)
  }],
  ['bytes of a failure in the middle', async ({ post, upstream }) => {
    upstream.script({ text: ['half', ' of', ' it'], fault: 'cut', after: 3 })
    const text = await (await post('/v1/chat/completions', { ...body(), stream: true })).text()
    expect(text).toMatch(/\n\ndata: \{"error":\{"message":"[^\n]+","type":"server_error","param":null,"code":"NEXUS_MODELS_PROVIDER"\}\}\n\ndata: \[DONE\]\n\n$/)
  }],
  ['the shape of every refusal', async ({ post }) => {
    for (const [path, sent] of [['/v1/chat/completions', {}], ['/v1/responses', {}], ['/v1/embeddings', {}], ['/v1/chat/completions', []]] as const) {
      const response = await post(path, sent)
      expect([response.status, await response.json()]).toMatchObject([400, { error: { message: expect.any(String) as string, type: 'invalid_request_error', code: expect.stringMatching(/^NEXUS_OPENAI_/) as string } }])
    }
  }],
]

const abort: Case[] = [
  ...(['chat', 'responses'] as const).map((what): Case => [`${what}: a client that stops reading stops the run and the server behind it`, async (system) => {
    system.upstream.script(slow)
    const stream = what === 'chat' ? await system.client.chat.completions.create({ ...body(), stream: true }) : await system.client.responses.create({ ...reply('hi'), stream: true })
    for await (const chunk of stream) if (JSON.stringify(chunk).includes('3 ')) break
    expect(await lastOf(system.upstream.requests).closedEarly).toBe(true)
  }]),
  ...(['chat', 'responses'] as const).map((what): Case => [`${what}: a client that does not wait for the whole answer does so too`, async (system) => {
    system.upstream.script(slow)
    const gone = new AbortController()
    const before = system.upstream.requests.length
    const work = what === 'chat' ? system.client.chat.completions.create(body(), { signal: gone.signal }) : system.client.responses.create(reply('hi'), { signal: gone.signal })
    const error = failed(work)
    await until(() => system.upstream.requests.length > before)
    gone.abort()
    expect(await error).toBeInstanceOf(OpenAI.APIUserAbortError)
    expect(await lastOf(system.upstream.requests).closedEarly).toBe(true)
  }]),
  ['a client that has no more patience', async (system) => {
    system.upstream.script(slow)
    expect(await failed(system.client.chat.completions.create(body(), { timeout: 500, maxRetries: 0 }))).toBeInstanceOf(OpenAI.APIConnectionTimeoutError)
    expect(await lastOf(system.upstream.requests).closedEarly).toBe(true)
  }],
  ['a helper of streams that is aborted', async (system) => {
    system.upstream.script(slow)
    const stream = system.client.chat.completions.stream(body())
    stream.once('content', () => stream.abort())
    await expect(stream.done()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    expect(await lastOf(system.upstream.requests).closedEarly).toBe(true)
  }],
]

const errors: Case[] = [
  ...([
    ['a credential that it refuses', { status: 401, body: { error: { message: 'bad key', type: 'invalid_request_error', code: 'invalid_api_key' } } }, 503, 'InternalServerError', 'NEXUS_MODELS_PROVIDER'],
    ['too many requests', { status: 429, headers: { 'retry-after': '0' } }, 429, 'RateLimitError', 'rate_limit_exceeded'],
    ['no more money', { status: 429, body: { error: { message: 'no quota', type: 'insufficient_quota', code: 'insufficient_quota' } } }, 429, 'RateLimitError', 'insufficient_quota'],
    ['too long a conversation', { status: 400, body: { error: { message: 'too long', code: 'context_length_exceeded' } } }, 400, 'BadRequestError', 'context_length_exceeded'],
    ['content it filters', { status: 400, body: { error: { message: 'no', code: 'content_filter' } } }, 400, 'BadRequestError', 'content_filter'],
    ['a fault of its own', { status: 500 }, 503, 'InternalServerError', 'NEXUS_MODELS_PROVIDER'],
    ['an overload', { status: 529 }, 503, 'InternalServerError', 'NEXUS_MODELS_PROVIDER'],
    ['a model that it does not have', { status: 404 }, 503, 'InternalServerError', 'NEXUS_MODELS_PROVIDER'],
    ['a stream cut before its first word', { text: ['x'], fault: 'cut', after: 1 }, 503, 'InternalServerError', 'NEXUS_MODELS_PROVIDER'],
    ['what is no JSON', { text: ['x'], fault: 'malformed', after: 0 }, 503, 'InternalServerError', 'NEXUS_MODELS_PROVIDER'],
  ] as const).map(([what, reply, status, kind, code]): Case => [`upstream: ${what}, whole and streaming alike`, async ({ as, client, key, upstream }) => {
    for (const stream of [false, true]) {
      await new Promise((resolve) => { setTimeout(resolve, 700) }) // the rest of an account that failed
      await client.chat.completions.create(body())
      const before = upstream.requests.length
      upstream.script(reply as MockReply)
      const patient = as(key, { maxRetries: 2 })
      const error = await failed(stream ? patient.chat.completions.create({ ...body(), stream: true }) : patient.chat.completions.create(body()))
      expect([what, stream, error.status, error.constructor.name, error.code, upstream.requests.length - before]).toEqual([what, stream, status, kind, code, 1])
      expect(error.message).not.toMatch(/bad key|sk-upstream|mock failure/)
    }
  }]),
  ...(['cut', 'end', 'error', 'malformed'] as const).map((fault): Case => [`upstream: a stream that fails in its middle (${fault})`, async ({ client, upstream }) => {
    upstream.script({ text: ['half', ' of', ' it'], fault, after: 3 })
    let said = ''
    const error = await failed((async () => {
      for await (const chunk of await client.chat.completions.create({ ...body(), stream: true })) said += chunk.choices[0]?.delta.content ?? ''
    })())
    expect([said, error.code, error.type]).toEqual(['half of', 'NEXUS_MODELS_PROVIDER', 'server_error'])
  }]),
  ['a credential that nobody knows', async ({ as }) => {
    for (const work of [() => as('wrong').models.list(), () => as('wrong').chat.completions.create(body()), () => as('wrong').responses.create(reply('hi')), () => as('wrong').embeddings.create({ model: 'nexus', input: 'x' })]) {
      const error = await failed(work())
      expect([error instanceof OpenAI.AuthenticationError, error.status]).toEqual([true, 401])
    }
  }],
  ['a model that there is not', async ({ client }) => {
    for (const work of [() => client.chat.completions.create(body({ model: 'gpt-5' })), () => client.responses.create({ model: 'nexus:nobody', input: 'hi' }), () => client.embeddings.create({ model: 'nobody/nothing', input: 'x' }), () => client.models.retrieve('gpt-5')]) {
      const error = await failed(work())
      expect([error instanceof OpenAI.NotFoundError, error.code]).toEqual([true, 'model_not_found'])
    }
  }],
  ['a bad parameter, by its name', async ({ client }) => {
    const error = await failed(client.chat.completions.create(body({ temperature: 9 })))
    expect([error instanceof OpenAI.BadRequestError, error.param, error.type]).toEqual([true, 'temperature', 'invalid_request_error'])
    expect(await failed(client.chat.completions.create(body({ n: 2 })))).toMatchObject({ status: 400, param: 'n', code: 'NEXUS_OPENAI_UNSUPPORTED' })
  }],
  ['a body that is too large', async ({ client }) => {
    expect(await failed(client.chat.completions.create(body({ messages: [{ role: 'user', content: 'x'.repeat(21 * 1024 * 1024) }] })))).toMatchObject({ status: 413, code: 'NEXUS_OPENAI_TOO_LARGE' })
  }],
  ['a path that there is not', async ({ client }) => {
    expect(await failed(client.files.list())).toMatchObject({ status: 404 })
  }],
  ['a request that the client repeats, because nothing was begun', async ({ as, client, key, upstream }) => {
    const wish = body({ user: 'busy' })
    const before = upstream.requests.length
    upstream.script({ ...slow, text: ['one ', 'two ', 'three'], delayMs: 300 })
    const [first, second] = [client.chat.completions.create(wish), until(() => upstream.requests.length > before).then(() => client.chat.completions.create(wish))]
    await until(() => upstream.requests.length > before)
    // The session takes one that waits and no more: of these four at least three are told to come again.
    const patient = await Promise.all([1, 2, 3, 4].map(() => as(key, { maxRetries: 8 }).chat.completions.create(wish).withResponse()))
    expect([wholeText(await first), wholeText(await second)]).toEqual(['one two three', 'You said: hi'])
    expect(patient.map(({ data }) => wholeText(data))).toEqual(['You said: hi', 'You said: hi', 'You said: hi', 'You said: hi'])
  }],
]

test.each(raw)('raw: %s', (_, run) => run(system))
test.each(abort)('abort: %s', (_, run) => run(system))
test.each(errors)('errors: %s', (_, run) => run(system))
