/** The official client of OpenAI against the built gateway: chat completions, tools of the client and images. */
import OpenAI from 'openai'
import { standardResponseFormat } from 'openai/helpers/standard-schema'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { all, asks, asksTwice, body, City, citySchema, dataUrl, failed, lastAsked, lastOf, place, startSystem, textOf, weather, wholeText } from './openai-client-bench.ts'
import type { Case, System } from './openai-client-bench.ts'

let system: System
beforeAll(async () => { system = await startSystem() })
afterAll(() => system[Symbol.asyncDispose]())
// The server behind the gateway takes nothing that OpenAI's would refuse.
afterEach(() => { expect(system.upstream.violations).toEqual([]) })

const plain: Case[] = [
  ['an answer', async ({ client }) => {
    const answer = await client.chat.completions.create(body())
    expect(answer).toMatchObject({ object: 'chat.completion', model: 'nexus', choices: [{ index: 0, message: { role: 'assistant', content: 'You said: hi' }, finish_reason: 'stop' }] })
    expect(answer.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 3, total_tokens: 14, prompt_tokens_details: { cached_tokens: 4 } })
  }],
  ['a stream, which put together is the same', async ({ client }) => {
    const chunks = await all(await client.chat.completions.create({ ...body(), stream: true }))
    expect([textOf(chunks), chunks[0]?.choices[0]?.delta.role, lastOf(chunks).choices[0]?.finish_reason]).toEqual(['You said: hi', 'assistant', 'stop'])
  }],
  ['usage at the end of a stream', async ({ client }) => {
    const chunks = await all(await client.chat.completions.create({ ...body(), stream: true, stream_options: { include_usage: true } }))
    expect(lastOf(chunks)).toMatchObject({ choices: [], usage: { prompt_tokens: 11, total_tokens: 14 } })
  }],
  ['the helper of streams, with its events', async ({ client }) => {
    const said: string[] = []
    const stream = client.chat.completions.stream({ ...body(), stream_options: { include_usage: true } }).on('content', (delta) => said.push(delta))
    expect([await stream.finalContent(), said.join(''), (await stream.totalUsage()).total_tokens]).toEqual(['You said: hi', 'You said: hi', 14])
    expect((await stream.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop')
  }],
  ['instructions, of the system and of the developer', async (system) => {
    await system.client.chat.completions.create(body({ messages: [{ role: 'system', content: 'Be brief.' }, { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] }, ...body().messages] }))
    expect(String(lastAsked(system).messages[0]?.['content'])).toMatch(/^System\.[^]*Be brief\.\n\nBe kind\.$/)
  }],
  ['an earlier conversation', async (system) => {
    await system.client.chat.completions.create(body({ messages: [{ role: 'user', content: 'one' }, { role: 'assistant', content: 'two' }, { role: 'user', content: 'three' }] }))
    expect(lastAsked(system).messages.slice(1)).toEqual([{ role: 'user', content: 'one' }, { role: 'assistant', content: 'two' }, { role: 'user', content: 'three' }])
  }],
  ['sampling', async (system) => {
    await system.client.chat.completions.create(body({ max_completion_tokens: 9, temperature: 0.3, top_p: 0.9, stop: ['X', 'Y'], seed: 1, user: '' }))
    expect(lastAsked(system)).toMatchObject({ max_tokens: 9, temperature: 0.3, top_p: 0.9, stop: ['X', 'Y'] })
  }],
  ['the older name of the limit', async (system) => {
    await system.client.chat.completions.create(body({ max_tokens: 5, stop: 'X' }))
    expect(lastAsked(system)).toMatchObject({ max_tokens: 5, stop: ['X'] })
  }],
  ['the effort', async (system) => {
    await system.client.chat.completions.create(body({ reasoning_effort: 'high' }))
    expect(lastAsked(system)['reasoning_effort']).toBe('high')
  }],
  ['an answer that was cut short', async ({ client, upstream }) => {
    upstream.script({ text: ['cut'], finish: 'length' })
    expect((await client.chat.completions.create(body())).choices[0]?.finish_reason).toBe('length')
  }],
  ['the other agent, by its name and by that of the reference', async (system) => {
    for (const model of ['nexus:coder', 'openclaw:coder']) {
      await system.client.chat.completions.create(body({ model }))
      expect(lastAsked(system).model).toBe('m2')
    }
  }],
  ['the other agent, by a header', async (system) => {
    for (const header of ['x-nexus-agent', 'x-openclaw-agent-id']) {
      await system.client.chat.completions.create(body(), { headers: { [header]: 'coder' } })
      expect(lastAsked(system).model).toBe('m2')
    }
  }],
  ['a user, whose conversation the gateway keeps', async (system) => {
    for (const content of ['first', 'second']) await system.client.chat.completions.create(body({ user: 'anna', messages: [{ role: 'user', content }] }))
    expect(JSON.stringify(lastAsked(system).messages)).toMatch(/first[^]*You said: first[^]*second/)
  }],
  ['a session, by a header', async (system) => {
    for (const header of ['x-nexus-session-key', 'x-openclaw-session-key']) await system.client.chat.completions.create(body({ messages: [{ role: 'user', content: header }] }), { headers: { [header]: 'main' } })
    expect(JSON.stringify(await system.rpc('chat.history', { sessionKey: 'main' }))).toMatch(/x-nexus-session-key[^]*x-openclaw-session-key/)
  }],
  ['a JSON object', async (system) => {
    system.upstream.script({ text: ['{"a":', '1}'] })
    expect(JSON.parse(wholeText(await system.client.chat.completions.create(body({ response_format: { type: 'json_object' } }))) ?? '')).toEqual({ a: 1 })
    expect(lastAsked(system)['response_format']).toMatchObject({ type: 'json_object' })
  }],
  ['an answer by a schema, parsed', async ({ client, upstream }) => {
    upstream.script({ text: ['{"city":"Oslo","people":7}'] })
    const answer = await client.chat.completions.parse({ ...body(), response_format: standardResponseFormat(City, 'city', { schema: citySchema }) })
    expect(answer.choices[0]?.message.parsed).toEqual({ city: 'Oslo', people: 7 })
  }],
  ['the same streamed', async ({ client, upstream }) => {
    upstream.script({ text: ['{"city":"Os', 'lo","people":7}'] })
    const stream = client.chat.completions.stream({ ...body(), response_format: standardResponseFormat(City, 'city', { schema: citySchema }) })
    expect((await stream.finalChatCompletion()).choices[0]?.message.parsed).toEqual({ city: 'Oslo', people: 7 })
  }],
  ['text that is no ASCII, and a long one', async ({ client, upstream }) => {
    const text = Array.from({ length: 500 }, (_, n) => `${n} – żółć 🐢 `)
    upstream.script({ text }, { text })
    expect(textOf(await all(await client.chat.completions.create({ ...body(), stream: true })))).toBe(text.join(''))
    expect(wholeText(await client.chat.completions.create(body()))).toBe(text.join(''))
  }],
  ['fields that nobody knows', async ({ client }) => {
    expect(wholeText(await client.chat.completions.create({ ...body(), whatever: { a: 1 }, logit_bias: { 1: 2 }, service_tier: 'auto', metadata: { a: 'b' }, store: true } as object as ReturnType<typeof body>))).toBe('You said: hi')
  }],
  ['an answer with headers', async ({ client }) => {
    const { data, response } = await client.chat.completions.create(body()).withResponse()
    expect([wholeText(data), response.headers.get('content-type')]).toEqual(['You said: hi', 'application/json; charset=utf-8'])
  }],
  ['what the model thinks, which is not told', async ({ client, upstream }) => {
    upstream.script({ thinking: ['secret thoughts'], text: ['said'] })
    const chunks = await all(await client.chat.completions.create({ ...body(), stream: true }))
    expect([textOf(chunks), JSON.stringify(chunks).includes('secret')]).toEqual(['said', false])
  }],
  ['forty requests side by side', async ({ client }) => {
    const answers = await Promise.all(Array.from({ length: 40 }, async (_, n) => {
      const messages = [{ role: 'user' as const, content: `number ${n}` }]
      return n % 2 ? wholeText(await client.chat.completions.create(body({ messages }))) : textOf(await all(await client.chat.completions.create({ ...body({ messages }), stream: true })))
    }))
    expect(answers).toEqual(Array.from({ length: 40 }, (_, n) => `You said: number ${n}`))
  }],
]

const tools: Case[] = [
  ['a tool of the client', async (system) => {
    system.upstream.script(asks)
    const { choices: [choice] } = await system.client.chat.completions.create(body({ tools: [weather], tool_choice: 'auto' }))
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null, tool_calls: [{ id: 'call_0', type: 'function', function: { name: 'weather', arguments: '{"place":"Oslo"}' } }] } })
    expect((lastAsked(system)['tools'] as { function: { name: string } }[]).map(({ function: { name } }) => name)).toEqual(['weather'])
  }],
  ['its result, and the answer', async (system) => {
    system.upstream.script(asksTwice)
    const first = await system.client.chat.completions.create(body({ tools: [weather] }))
    const message = first.choices[0]!.message
    const results = message.tool_calls!.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: `rain for ${id}` }))
    system.upstream.script({ text: ['It rains.'] })
    expect(wholeText(await system.client.chat.completions.create(body({ tools: [weather], messages: [...body().messages, message, ...results] })))).toBe('It rains.')
    expect(lastAsked(system).messages.slice(2)).toMatchObject([{ role: 'assistant', content: 'Let me see.', tool_calls: [{ id: 'call_0' }, { id: 'call_1' }] }, { role: 'tool', tool_call_id: 'call_0', content: 'rain for call_0' }, { role: 'tool', tool_call_id: 'call_1' }])
  }],
  ['calls in a stream', async ({ client, upstream }) => {
    upstream.script(asksTwice)
    const chunks = await all(await client.chat.completions.create({ ...body({ tools: [weather] }), stream: true }))
    const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
    expect(deltas.filter(({ index }) => index === 1).map(({ function: fn }) => fn?.arguments ?? '').join('')).toBe('{"place":"Bergen"}')
    expect([textOf(chunks), lastOf(chunks).choices[0]?.finish_reason]).toEqual(['Let me see.', 'tool_calls'])
  }],
  ['calls in the helper of streams', async ({ client, upstream }) => {
    upstream.script(asksTwice)
    const done: string[] = []
    const stream = client.chat.completions.stream({ ...body({ tools: [weather] }) }).on('tool_calls.function.arguments.done', ({ arguments: text }) => done.push(text))
    expect((await stream.finalMessage()).tool_calls).toMatchObject([{ id: 'call_0', function: { arguments: '{"place":"Oslo"}' } }, { id: 'call_1' }])
    expect(done).toEqual(['{"place":"Oslo"}', '{"place":"Bergen"}'])
  }],
  ...([['whole', false], ['streaming', true]] as const).map(([how, stream]): Case => [`the runner of tools, ${how}`, async ({ client, upstream }) => {
    upstream.script(asks, { text: ['It rains in Oslo.'] })
    const ran: unknown[] = []
    const tool = { type: 'function' as const, function: { name: 'weather', description: 'Of a place.', parameters: place, parse: JSON.parse as (text: string) => object, function: (args: object) => { ran.push(args); return 'rain' } } }
    const runner = stream
      ? client.chat.completions.runTools({ ...body(), stream: true, tools: [tool as never] })
      : client.chat.completions.runTools({ ...body(), tools: [tool as never] })
    expect([await runner.finalContent(), ran]).toEqual(['It rains in Oslo.', [{ place: 'Oslo' }]])
  }]),
  ['a tool that has to be called', async (system) => {
    system.upstream.script(asks, asks)
    await system.client.chat.completions.create(body({ tools: [weather], tool_choice: 'required' }))
    expect(lastAsked(system)['tool_choice']).toBe('required')
    await system.client.chat.completions.create(body({ tools: [weather], tool_choice: { type: 'function', function: { name: 'weather' } } }))
    expect(lastAsked(system)['tool_choice']).toEqual({ type: 'function', function: { name: 'weather' } })
  }],
  ['one call at a time', async ({ client, upstream }) => {
    upstream.script(asksTwice)
    expect((await client.chat.completions.create(body({ tools: [weather], parallel_tool_calls: false }))).choices[0]?.message.tool_calls).toHaveLength(1)
  }],
  ['tools beside a user, which stand alone', async (system) => {
    system.upstream.script(asks)
    const { choices } = await system.client.chat.completions.create(body({ tools: [weather], user: 'tools-user' }))
    expect([choices[0]?.finish_reason, await system.rpc('chat.history', { sessionKey: 'agent:main:openai:direct:tools-user' })]).toMatchObject(['tool_calls', { messages: [] }])
  }],
  ['the agent\'s own tools, which the client does not see', async (system) => {
    system.upstream.script({ text: ['Looking.'], tools: [{ name: 'time', args: { timezone: 'UTC' } }] }, { text: ['Noon.'] })
    expect(await system.client.chat.completions.create(body())).toMatchObject({ choices: [{ message: { content: 'Looking.\n\nNoon.' }, finish_reason: 'stop' }] })
    expect(lastAsked(system).messages.at(-1)).toMatchObject({ role: 'tool' })
  }],
]

const images: Case[] = [
  ['an image in the request', async (system) => {
    await system.client.chat.completions.create(body({ messages: [{ role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image_url', image_url: { url: dataUrl, detail: 'low' } }] }] }))
    expect(lastAsked(system).messages[1]).toEqual({ role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image_url', image_url: { url: dataUrl } }] })
  }],
  ['an image at an address that may be fetched', async (system) => {
    const url = `${system.origin}/pixel.png`
    await system.client.chat.completions.create(body({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] }))
    expect(lastAsked(system).messages[1]).toEqual({ role: 'user', content: [{ type: 'image_url', image_url: { url: dataUrl } }] })
  }],
  ['an image at an address that may not', async ({ client, url, upstream }) => {
    const before = upstream.requests.length
    for (const address of [`${url}/healthz`, 'http://169.254.169.254/latest/meta-data', 'http://[::1]:9/x.png']) {
      const error = await failed(client.chat.completions.create(body({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: address } }] }] })))
      expect([error instanceof OpenAI.BadRequestError, error.code, error.param]).toEqual([true, 'NEXUS_OPENAI_IMAGE', 'image_url'])
    }
    expect(upstream.requests).toHaveLength(before)
  }],
  ['an image that is too large, which nobody decodes', async ({ client }) => {
    const url = `data:image/png;base64,${'A'.repeat(8 * 1024 * 1024)}`
    expect(await failed(client.chat.completions.create(body({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] })))).toMatchObject({ status: 400, code: 'NEXUS_OPENAI_IMAGE' })
  }],
]

test.each(plain)('chat: %s', (_, run) => run(system))
test.each(tools)('tools: %s', (_, run) => run(system))
test.each(images)('images: %s', (_, run) => run(system))
