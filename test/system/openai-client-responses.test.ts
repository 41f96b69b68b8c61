/** The official client of OpenAI against the built gateway: responses, vectors, models and scoped tokens. */
import OpenAI from 'openai'
import { standardTextFormat } from 'openai/helpers/standard-schema'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { all, asks, asksTwice, body, City, citySchema, dataUrl, failed, lastAsked, lastOf, reply, slow, startSystem, weatherTool, wholeText } from './openai-client-bench.ts'
import type { Case, System } from './openai-client-bench.ts'

let system: System
beforeAll(async () => { system = await startSystem() })
afterAll(() => system[Symbol.asyncDispose]())
// The server behind the gateway takes nothing that OpenAI's would refuse.
afterEach(() => { expect(system.upstream.violations).toEqual([]) })

const responses: Case[] = [
  ['an answer', async ({ client }) => {
    const response = await client.responses.create(reply('hi'))
    expect(response).toMatchObject({ object: 'response', status: 'completed', output_text: 'You said: hi', error: null, usage: { input_tokens: 11, output_tokens: 3, total_tokens: 14, input_tokens_details: { cached_tokens: 4 } } })
  }],
  ['a stream, in order and numbered', async ({ client }) => {
    const events = await all(await client.responses.create({ ...reply('hi'), stream: true }))
    expect(events.map(({ type }) => type)).toEqual(['created', 'in_progress', 'output_item.added', 'content_part.added', 'output_text.delta', 'output_text.delta', 'output_text.done', 'content_part.done', 'output_item.done', 'completed'].map((type) => `response.${type}`))
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, n) => n))
  }],
  ['the helper of streams', async ({ client }) => {
    const said: string[] = []
    const stream = client.responses.stream(reply('hi')).on('response.output_text.delta', ({ delta }) => said.push(delta))
    const final = await stream.finalResponse()
    expect([final.output_text, said.join(''), final.status]).toEqual(['You said: hi', 'You said: hi', 'completed'])
  }],
  ['items, instructions and an image', async (system) => {
    await system.client.responses.create({ model: 'nexus', instructions: 'Be brief.', input: [{ role: 'user', content: [{ type: 'input_text', text: 'look' }, { type: 'input_image', image_url: dataUrl, detail: 'auto' }] }, { role: 'assistant', content: 'a cat' }, { role: 'user', content: 'why' }] })
    expect(lastAsked(system).messages).toEqual([
      { role: 'system', content: expect.stringMatching(/^System\.[^]*Be brief\.$/) as string }, { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image_url', image_url: { url: dataUrl } }] },
      { role: 'assistant', content: 'a cat' }, { role: 'user', content: 'why' },
    ])
  }],
  ['what came before, by its id', async (system) => {
    const first = await system.client.responses.create(reply('one'))
    const second = await system.client.responses.create({ ...reply('two'), previous_response_id: first.id })
    expect(second).toMatchObject({ previous_response_id: first.id, store: true })
    expect(lastAsked(system).messages.slice(1)).toEqual([{ role: 'user', content: 'one' }, { role: 'assistant', content: 'You said: one' }, { role: 'user', content: 'two' }])
  }],
  ['a call of a tool, and its output', async (system) => {
    system.upstream.script(asks)
    const first = await system.client.responses.create({ ...reply('hi'), tools: [weatherTool] })
    const call = first.output.find((item) => item.type === 'function_call')!
    expect(call).toMatchObject({ name: 'weather', call_id: 'call_0', arguments: '{"place":"Oslo"}', status: 'completed' })
    await system.client.responses.create({ model: 'nexus', previous_response_id: first.id, tools: [weatherTool], input: [{ type: 'function_call_output', call_id: call.call_id, output: 'rain' }] })
    expect(lastAsked(system).messages.slice(-2)).toMatchObject([{ role: 'assistant', tool_calls: [{ id: 'call_0' }] }, { role: 'tool', tool_call_id: 'call_0', content: 'rain' }])
  }],
  ['the same with all items sent again', async (system) => {
    system.upstream.script(asksTwice)
    const first = await system.client.responses.create({ ...reply('hi'), tools: [weatherTool], store: false })
    const outputs = first.output.flatMap((item) => (item.type === 'function_call' ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'rain' }] : []))
    await system.client.responses.create({ model: 'nexus', tools: [weatherTool], input: [{ role: 'user', content: 'hi' }, ...first.output as OpenAI.Responses.ResponseInputItem[], ...outputs] })
    expect(lastAsked(system).messages.slice(2).map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool'])
  }],
  ['calls in the helper of streams, parsed', async ({ client, upstream }) => {
    upstream.script(asks)
    const done: string[] = []
    const stream = client.responses.stream({ ...reply('hi'), tools: [weatherTool] }).on('response.function_call_arguments.done', ({ arguments: text }) => done.push(text))
    const final = await stream.finalResponse()
    expect([done, final.output.find((item) => item.type === 'function_call')]).toMatchObject([['{"place":"Oslo"}'], { parsed_arguments: { place: 'Oslo' } }])
  }],
  ['an answer by a schema, parsed', async (system) => {
    system.upstream.script({ text: ['{"city":"Oslo","people":7}'] })
    const answer = await system.client.responses.parse({ ...reply('hi'), text: { format: standardTextFormat(City, 'city', { schema: citySchema }) } })
    expect(answer.output_parsed).toEqual({ city: 'Oslo', people: 7 })
  }],
  ['what was thought, for whom asks for it', async ({ client, upstream }) => {
    upstream.script({ thinking: ['Hm', '.'], text: ['Yes.'] }, { thinking: ['Hm', '.'], text: ['Yes.'] })
    expect((await client.responses.create({ ...reply('hi'), reasoning: { effort: 'low', summary: 'auto' } })).output).toMatchObject([{ type: 'reasoning', summary: [{ text: 'Hm.' }] }, { type: 'message' }])
    const final = await client.responses.stream({ ...reply('hi'), reasoning: { summary: 'auto' } }).finalResponse()
    expect([final.output[0], final.output_text]).toMatchObject([{ type: 'reasoning', summary: [{ text: 'Hm.' }] }, 'Yes.'])
  }],
  ['an answer that was cut short', async (system) => {
    system.upstream.script({ text: ['cut'], finish: 'length' })
    expect(await system.client.responses.create({ ...reply('hi'), max_output_tokens: 16 })).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output_text: 'cut' })
    expect(lastAsked(system)['max_tokens']).toBe(16)
  }],
  ['a failure in the middle', async ({ client, upstream }) => {
    upstream.script({ text: ['half', ' of', ' it'], fault: 'cut', after: 3 })
    expect(lastOf(await all(await client.responses.create({ ...reply('hi'), stream: true })))).toMatchObject({ type: 'response.failed', response: { status: 'failed', error: { code: 'NEXUS_MODELS_PROVIDER' } } })
  }],
  ['a response that is read, and deleted', async ({ client }) => {
    const { id } = await client.responses.create({ ...reply('hi'), metadata: { a: 'b' } })
    expect(await client.responses.retrieve(id)).toMatchObject({ id, output_text: 'You said: hi', metadata: { a: 'b' } })
    expect((await client.responses.inputItems.list(id)).data).toMatchObject([{ role: 'user', content: 'hi' }])
    await client.responses.delete(id)
    expect(await failed(client.responses.retrieve(id))).toBeInstanceOf(OpenAI.NotFoundError)
  }],
  ['a response that was not to be kept', async ({ client }) => {
    const { id, store } = await client.responses.create({ ...reply('hi'), store: false }) as OpenAI.Responses.Response & { store?: boolean }
    expect([store, (await failed(client.responses.retrieve(id))).status]).toEqual([false, 404])
  }],
  ['a response of a session', async (system) => {
    await system.client.responses.create({ model: 'nexus', input: 'told to the session' }, { headers: { 'x-nexus-session-key': 'notes' } })
    expect(JSON.stringify(await system.rpc('chat.history', { sessionKey: 'agent:main:notes' }))).toContain('told to the session')
  }],
  ['tools of OpenAI\'s and other things that are not here', async ({ client }) => {
    const cases: [object, string][] = [[{ tools: [{ type: 'web_search' }] }, 'tools[0].type'], [{ background: true }, 'background'], [{ conversation: 'c' }, 'conversation'], [{ prompt: { id: 'p' } }, 'prompt']]
    for (const [wish, param] of cases) expect(await failed(client.responses.create({ ...reply('hi'), ...wish }) as Promise<unknown>)).toMatchObject({ status: 400, param, code: 'NEXUS_OPENAI_UNSUPPORTED' })
  }],
]

const rest: Case[] = [
  ['vectors of one text and of many', async ({ client, embedded }) => {
    const one = await client.embeddings.create({ model: 'openai-compatible/vectors', input: 'four' })
    expect(one).toMatchObject({ object: 'list', data: [{ index: 0, embedding: [4, 4.125, 4.25] }], usage: { prompt_tokens: 7, total_tokens: 7 } })
    const many = await client.embeddings.create({ model: 'nexus', input: ['a', 'bb'], dimensions: 2, encoding_format: 'float' })
    expect([many.data.map(({ embedding }) => embedding), lastOf(embedded)]).toMatchObject([[[1, 1.125], [2, 2.125]], { model: 'vectors', input: ['a', 'bb'], dimensions: 2 }])
  }],
  ['vectors of tokens, and by a model that answers, which are refused', async ({ client }) => {
    expect(await failed(client.embeddings.create({ model: 'nexus', input: [1, 2, 3] }))).toMatchObject({ status: 400, param: 'input' })
    expect(await failed(client.embeddings.create({ model: 'openai-compatible/m1', input: 'x' }))).toBeInstanceOf(OpenAI.BadRequestError)
  }],
  ['the models', async ({ client }) => {
    expect((await all(client.models.list())).map(({ id }) => id)).toEqual(['nexus', 'nexus:main', 'nexus:coder', 'openclaw', 'openclaw:main', 'openclaw:coder', 'openai-compatible/vectors'])
    for (const id of ['nexus:coder', 'openai-compatible/vectors']) expect(await client.models.retrieve(id)).toMatchObject({ id, object: 'model' })
  }],
  ['a token that may only read', async ({ as, token }) => {
    const reader = as(await token('reader', ['operator.read']))
    expect((await reader.models.list()).data.length).toBeGreaterThan(0)
    for (const work of [() => reader.chat.completions.create(body()), () => reader.chat.completions.create({ ...body(), stream: true }), () => reader.responses.create(reply('hi')), () => reader.embeddings.create({ model: 'nexus', input: 'x' }), () => reader.responses.delete('resp_x')]) {
      const error = await failed(work())
      expect([error instanceof OpenAI.PermissionDeniedError, error.status]).toEqual([true, 403])
    }
  }],
  ['a token that is bound to an agent', async (system) => {
    const bound = system.as(await system.token('coder', ['operator.read', 'operator.write'], 'coder'))
    for (const model of ['nexus', 'nexus:coder']) {
      expect(wholeText(await bound.chat.completions.create(body({ model })))).toBe('You said: hi')
      expect(lastAsked(system).model).toBe('m2')
    }
    const stranger = { 'x-nexus-session-key': 'agent:main:main' }
    for (const work of [() => bound.chat.completions.create(body({ model: 'nexus:main' })), () => bound.chat.completions.create(body(), { headers: { 'x-nexus-agent': 'main' } }), () => bound.chat.completions.create(body(), { headers: stranger }), () => bound.responses.create({ model: 'nexus:main', input: 'hi' }), () => bound.embeddings.create({ model: 'nexus:main', input: 'x' })])
      expect(await failed(work())).toMatchObject({ status: 403, code: 'NEXUS_AGENT_BOUND' })
    expect((await bound.models.list()).data.some(({ id }) => id.includes('main'))).toBe(false)
  }],
  ['a response of another token\'s', async ({ client, as, token }) => {
    const { id } = await client.responses.create(reply('hi'))
    const other = as(await token('other', ['operator.read', 'operator.write']))
    for (const work of [() => other.responses.retrieve(id), () => other.responses.delete(id)]) expect(await failed(work())).toMatchObject({ status: 404, code: 'NEXUS_OPENAI_RESPONSE' })
    expect(await failed(other.responses.create({ ...reply('go on'), previous_response_id: id }))).toMatchObject({ status: 400, code: 'previous_response_not_found' })
    expect(await client.responses.retrieve(id)).toMatchObject({ id })
  }],
  ['a token that is revoked in mid-stream', async (system) => {
    const gone = system.as(await system.token('short', ['operator.write']))
    system.upstream.script(slow)
    let chunks = 0
    await expect((async () => {
      for await (const chunk of await gone.chat.completions.create({ ...body(), stream: true })) if (chunk.choices[0]?.delta.content && ++chunks === 3) await system.rpc('tokens.revoke', { name: 'short' })
    })()).rejects.toThrow()
    expect(await lastOf(system.upstream.requests).closedEarly).toBe(true)
    expect(await failed(gone.models.list())).toBeInstanceOf(OpenAI.AuthenticationError)
  }],
]

test.each(responses)('responses: %s', (_, run) => run(system))
test.each(rest)('%s', (_, run) => run(system))
