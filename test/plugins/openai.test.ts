/** What OpenAI's clients may rely on: the official one, through a real listener. */
import { describe, expect, it } from 'vitest'
import OpenAI from 'openai'
import { usageOf } from '../../plugins/models/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { agentFor } from '../../plugins/openai/models.ts'
import { calls, cause, codeOf, finished, inTurn, says } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'
import { serve } from './openai-gateway.ts'

const messages = [{ role: 'user', content: 'hi' }] as const
const body = (more: object = {}) => ({ model: 'nexus', messages, ...more })
const words = (...all: string[]): Script => async (_, emit) => {
  for (const delta of all) {
    emit({ type: 'text', delta })
    await new Promise((resolve) => { setTimeout(resolve, 1) })
  }
  return finished()
}
/** Answers `hello` and keeps what it was asked. */
function listens(): { script: Script; asked: ModelRequest[] } {
  const asked: ModelRequest[] = []
  return { asked, script: (request, emit) => { asked.push(request); return says('hello')(request, emit) } }
}
const failure = async (work: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
  const error = await Promise.resolve(work).then(() => undefined, (thrown: unknown) => thrown)
  if (!(error instanceof OpenAI.APIError)) throw new Error(`no APIError: ${String(error)}`)
  return error
}

describe('models', () => {
  it('are the agents, under our name and the reference system\'s', () => serve(says('hello'), async ({ client }) => {
    const list = (await client.models.list()).data
    expect(list.map(({ id }) => id)).toEqual(['nexus', 'nexus:main', 'nexus:coder', 'openclaw', 'openclaw:main', 'openclaw:coder'])
    expect(list[0]).toEqual({ id: 'nexus', object: 'model', created: expect.any(Number), owned_by: 'nexus' })
    expect(await client.models.retrieve('nexus:coder')).toEqual({ ...list[2] })
    expect(await failure(client.models.retrieve('gpt-5'))).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  }, { config: { agent: { agents: [{ id: 'coder' }] } } }))

  it('choose the agent', () => serve(says('hello'), async ({ client, k }) => {
    await client.chat.completions.create({ ...body(), model: 'openclaw:coder' } as never)
    expect(k.events.find(({ name }) => name === 'agent')?.payload).toMatchObject({ agentId: 'coder' })
    for (const model of ['nexus:nobody', 'gpt-5', 'nexus:main:x', ':main']) expect(await failure(client.chat.completions.create({ ...body(), model } as never))).toMatchObject({ status: 404, code: 'model_not_found' })
  }, { config: { agent: { agents: [{ id: 'coder' }] } } }))
})

it('a model that is no agent has a code of ours too', () => {
  try {
    agentFor([{ id: 'main', name: undefined }], cause.caller, 'gpt-5')
  } catch (error) {
    expect(codeOf(error)).toBe('NEXUS_OPENAI_MODEL')
  }
  expect.assertions(1)
})

describe('a completion', () => {
  it('comes whole, with usage', () => serve(words('Hello', ' world'), async ({ client }) => {
    expect(await client.chat.completions.create(body() as never)).toEqual(expect.objectContaining({
      id: expect.stringMatching(/^chatcmpl_[0-9a-f-]{36}$/), object: 'chat.completion', created: expect.any(Number), model: 'nexus',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello world', refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } },
    }))
  }))

  it('comes as it is said, and put together is the same', () => serve(words('Hello', ' world', '!'), async ({ client }) => {
    const stream = await client.chat.completions.create({ ...body(), stream: true, stream_options: { include_usage: true } } as never) as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>
    const chunks: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    expect(chunks[0]!.choices).toEqual([{ index: 0, delta: { role: 'assistant' }, finish_reason: null }])
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Hello world!')
    expect(chunks.at(-2)!.choices).toEqual([{ index: 0, delta: {}, finish_reason: 'stop' }])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } })
  }))

  it('streams in the shape and under the headers of the protocol', () => serve(says('hello'), async ({ post }) => {
    const response = await post(body({ stream: true }))
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-cache'])
    const lines = (await response.text()).split('\n\n')
    expect(lines.pop()).toBe('')
    expect(lines.pop()).toBe('data: [DONE]')
    expect(lines.map((line) => Object.keys(JSON.parse(line.slice('data: '.length)) as object))).toEqual(lines.map(() => ['id', 'object', 'created', 'model', 'choices']))
    expect(lines).toHaveLength(3)
  }))

  it('says length when the model ran out of tokens, and cached tokens apart', () => serve((_, emit) => {
    emit({ type: 'text', delta: 'cut' })
    return { ...finished('length'), usage: usageOf({ input: 5, cacheRead: 3, cacheWrite: 2, output: 1 }) }
  }, async ({ client }) => {
    expect(await client.chat.completions.create(body() as never)).toMatchObject({
      choices: [{ finish_reason: 'length' }], usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11, prompt_tokens_details: { cached_tokens: 3 } },
    })
  }))

  it('hides the agent\'s own tools: the client sees one answer', () => serve(inTurn((request, emit) => {
    emit({ type: 'text', delta: 'Let me see.' })
    return calls('time', { timezone: 'UTC' })(request, emit)
  }, says('Noon.')), async ({ client }) => {
    expect(await client.chat.completions.create(body() as never)).toMatchObject({ choices: [{ message: { content: 'Let me see.\n\nNoon.' }, finish_reason: 'stop' }], usage: { total_tokens: 24 } })
  }))

  it('passes on what the client says of sampling', async () => {
    const { script, asked } = listens()
    await serve(script, async ({ client }) => {
      await client.chat.completions.create(body({ max_tokens: 7, temperature: 0.3, top_p: 0.9, stop: 'X' }) as never)
      await client.chat.completions.create(body({ max_completion_tokens: 8, max_tokens: 7, stop: ['X', 'Y'], temperature: null }) as never)
      expect(asked[0]).toMatchObject({ maxOutputTokens: 7, temperature: 0.3, topP: 0.9, stop: ['X'] })
      expect(asked[1]).toMatchObject({ maxOutputTokens: 8, stop: ['X', 'Y'] })
      expect(asked[1]).not.toHaveProperty('temperature')
    })
  })

  it('tolerates each field that changes nothing here, and whatever it does not know', () => serve(says('hello'), async ({ post }) => {
    const harmless: Record<string, unknown> = {
      seed: 1, service_tier: 'auto', metadata: { a: 'b' }, store: true, logit_bias: { 1: 2 }, presence_penalty: 1, frequency_penalty: 1, verbosity: 'low', prediction: { type: 'content', content: 'x' },
      safety_identifier: 'x', prompt_cache_key: 'x', prompt_cache_retention: '24h', top_logprobs: 0, logprobs: false, audio: null, parallel_tool_calls: true, stream_options: { include_usage: true },
      tools: [], functions: [], tool_choice: 'auto', response_format: { type: 'text' }, modalities: ['text'], n: 1, top_k: 40, min_p: 0.1, repetition_penalty: 1.1, whatever: {},
    }
    for (const [name, value] of Object.entries(harmless)) expect([name, (await post(body({ [name]: value }))).status]).toEqual([name, 200])
    expect((await post(body(harmless))).status).toBe(200)
  }))
})

describe('the conversation', () => {
  it('is the client\'s own: nothing of it is kept', async () => {
    const { script, asked } = listens()
    await serve(script, async ({ client, sessions }) => {
      await client.chat.completions.create(body({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
          { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }] },
          { role: 'tool', tool_call_id: 'c1', content: 'one' },
          { role: 'assistant', content: 'a cat' },
          { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
          { role: 'user', content: 'why' },
        ],
      }) as never)
      expect(asked[0]!.messages).toEqual([
        { role: 'system', content: 'System.\n\nBe brief.\n\nBe kind.' },
        { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image', mimeType: 'image/png', data: 'AAAA' }] },
        { role: 'assistant', content: [{ type: 'toolCall', id: 'c1', name: 'f', arguments: { a: 1 } }] },
        { role: 'toolResult', toolCallId: 'c1', toolName: 'f', content: 'one' },
        { role: 'assistant', content: [{ type: 'text', text: 'a cat' }] },
        { role: 'user', content: [{ type: 'text', text: 'why' }] },
      ])
      expect(asked[0]).not.toHaveProperty('sessionKey')
      expect(sessions.journal).toEqual([])
    }, { config: { agent: { defaults: { system: 'System.' } } } })
  })

  it('of a user, or of a session named by a header, is kept by the gateway', async () => {
    const { script, asked } = listens()
    await serve(script, async ({ client, post }) => {
      for (const content of ['one', 'two']) await client.chat.completions.create(body({ user: 'anna', messages: [{ role: 'user', content }] }) as never)
      expect(asked[1]).toMatchObject({ sessionKey: 'agent:main:openai:direct:anna' })
      expect(asked[1]!.messages.slice(1).map(({ content }) => (content as unknown as { text: string }[])[0]!.text)).toEqual(['one', 'hello', 'two'])
      await client.chat.completions.create(body({ user: 'Anna B. <anna@example.org>' }) as never)
      expect(asked[2]!.sessionKey).toMatch(/^agent:main:openai:direct:[0-9a-f]{32}$/)
      for (const header of ['x-nexus-session', 'x-openclaw-session-key']) await post(body(), { [header]: 'main' }).then((response) => response.text())
      await post(body({ user: 'anna' }), { 'x-nexus-session': 'agent:coder:notes' }).then((response) => response.text())
      expect(asked.slice(3).map(({ sessionKey }) => sessionKey)).toEqual(['agent:main:main', 'agent:main:main', 'agent:coder:notes'])
    }, { config: { agent: { agents: [{ id: 'coder' }] } } })
  })
})
