/** The `/v1` surface when something is wrong: the request, the run, the client, or the hour. */
import { describe, expect, it } from 'vitest'
import OpenAI from 'openai'
import { providerFailure } from '../../plugins/models/contract.ts'
import type { FailureKind } from '../../plugins/models/contract.ts'
import { finished, hangs, says } from './agent-fakes.ts'
import { serve } from './openai-gateway.ts'

const messages = [{ role: 'user', content: 'hi' }] as const
const body = (more: object = {}) => ({ model: 'nexus', messages, ...more })
const image = (url: string) => body({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] })
async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => { setTimeout(resolve, 5) })
}
const failure = async (work: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
  const error = await Promise.resolve(work).then(() => undefined, (thrown: unknown) => thrown)
  if (!(error instanceof OpenAI.APIError)) throw new Error(`no APIError: ${String(error)}`)
  return error
}

describe('a bad request', () => {
  it('is told in OpenAI\'s shape what is wrong, and never what it sent', () => serve(says('hello'), async ({ post, sessions }) => {
    const cases: [string, unknown, string, string | null][] = [
      ['not JSON', 'secret{', 'NEXUS_OPENAI_BODY', null],
      ['not an object', '["secret"]', 'NEXUS_OPENAI_BODY', null],
      ['no model', { messages }, 'NEXUS_OPENAI_INVALID', 'model'],
      ['no messages', { model: 'nexus' }, 'NEXUS_OPENAI_INVALID', 'messages'],
      ['empty messages', body({ messages: [] }), 'NEXUS_OPENAI_INVALID', 'messages'],
      ['no user message', body({ messages: [{ role: 'system', content: 'secret' }] }), 'NEXUS_OPENAI_NO_USER', 'messages'],
      ['a bad role', body({ messages: [{ role: 'secret', content: 'x' }] }), 'NEXUS_OPENAI_INVALID', 'messages.0.role'],
      ['a bad content', body({ messages: [{ role: 'user', content: 1 }] }), 'NEXUS_OPENAI_INVALID', 'messages.0.content'],
      ['a part without its text', body({ messages: [{ role: 'user', content: [{ type: 'text', secret: 1 }] }] }), 'NEXUS_OPENAI_INVALID', 'messages.0.content.0.text'],
      ['a bad number', body({ temperature: 'secret' }), 'NEXUS_OPENAI_INVALID', 'temperature'],
      ['a result that answers nothing', body({ messages: [...messages, { role: 'tool', tool_call_id: 'secret', content: 'x' }] }), 'NEXUS_OPENAI_INVALID', 'messages.1.tool_call_id'],
      ['a tool that is no function', body({ tools: [{ type: 'secret', custom: { name: 'f' } }] }), 'NEXUS_OPENAI_UNSUPPORTED', 'tools[0].type'],
      ['a tool without a name', body({ tools: [{ type: 'function', function: { description: 'secret' } }] }), 'NEXUS_OPENAI_INVALID', 'tools.0.function.name'],
      ['a tool with a bad name', body({ tools: [{ type: 'function', function: { name: 'a secret!' } }] }), 'NEXUS_OPENAI_INVALID', 'tools.0.function.name'],
      ['a name twice', body({ tools: [1, 2].map(() => ({ type: 'function', function: { name: 'secret' } })) }), 'NEXUS_OPENAI_INVALID', 'tools'],
      ['a choice without tools', body({ tool_choice: 'required' }), 'NEXUS_OPENAI_INVALID', 'tool_choice'],
      ['a choice of a tool that is not there', body({ tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: { type: 'function', function: { name: 'secret' } } }), 'NEXUS_OPENAI_INVALID', 'tool_choice'],
      ['a choice of another kind', body({ tool_choice: { type: 'secret' } }), 'NEXUS_OPENAI_UNSUPPORTED', 'tool_choice'],
      ['functions of the client', body({ functions: [{ name: 'secret' }] }), 'NEXUS_OPENAI_UNSUPPORTED', 'functions'],
      ['several answers', body({ n: 2 }), 'NEXUS_OPENAI_UNSUPPORTED', 'n'],
      ['another format', body({ response_format: { type: 'secret' } }), 'NEXUS_OPENAI_UNSUPPORTED', 'response_format'],
      ['a schema without a name', body({ response_format: { type: 'json_schema', json_schema: { schema: {} } } }), 'NEXUS_OPENAI_INVALID', 'response_format.json_schema.name'],
      ['another modality', body({ modalities: ['text', 'audio'] }), 'NEXUS_OPENAI_UNSUPPORTED', 'modalities'],
      ['log probabilities', body({ logprobs: true }), 'NEXUS_OPENAI_UNSUPPORTED', 'logprobs'],
      ['a search', body({ web_search_options: {} }), 'NEXUS_OPENAI_UNSUPPORTED', 'web_search_options'],
      ['moderation', body({ moderation: { model: 'secret' } }), 'NEXUS_OPENAI_UNSUPPORTED', 'moderation'],
      ['an effort that there is not', body({ reasoning_effort: 'secret' }), 'NEXUS_OPENAI_INVALID', 'reasoning_effort'],
      ['sound', body({ messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'secret' } }] }] }), 'NEXUS_OPENAI_UNSUPPORTED', 'messages.0.content.0'],
      ['an image that nobody fetches', image('https://secret.example/x.png'), 'NEXUS_OPENAI_UNSUPPORTED', 'image_url'],
      ['an image in a file of this machine', image('file:///etc/secret'), 'NEXUS_OPENAI_UNSUPPORTED', 'image_url'],
      ['an image that is none', image('data:text/html;base64,AAAA'), 'NEXUS_OPENAI_UNSUPPORTED', 'image_url'],
      ['an image that is not base64', image('data:image/png;base64,secret secret'), 'NEXUS_OPENAI_IMAGE', 'image_url'],
      ['an empty image', image('data:image/png;base64,'), 'NEXUS_OPENAI_IMAGE', 'image_url'],
      ['an image that is too large', image(`data:image/png;base64,${'A'.repeat(7 * 1024 * 1024)}`), 'NEXUS_OPENAI_IMAGE', 'image_url'],
    ]
    for (const [what, sent, code, param] of cases) {
      const response = await post(sent)
      const text = await response.text()
      const { error } = JSON.parse(text) as { error: { message: string; type: string; param: string | null; code: string } }
      expect([what, response.status, error.type, error.code, error.param, text.includes('secret')]).toEqual([what, 400, 'invalid_request_error', code, param, false])
      expect(error.message.length).toBeGreaterThan(10)
    }
    expect(sessions.journal).toEqual([])
  }))

  it('may be as large as 20 MiB, said or unsaid', () => serve(says('hello'), async ({ post, url }) => {
    const large = JSON.stringify(body({ messages: [{ role: 'user', content: 'x'.repeat(20 * 1024 * 1024) }] }))
    expect((await post(large)).status).toBe(413)
    const stream = new ReadableStream<Uint8Array>({ start(c) { c.enqueue(new TextEncoder().encode(large)); c.close() } })
    const chunked = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { Authorization: 'Bearer good' }, body: stream, duplex: 'half' } as RequestInit)
    expect([chunked.status, ((await chunked.json()) as { error: { code: string } }).error.code]).toEqual([413, 'NEXUS_OPENAI_TOO_LARGE'])
    expect((await post(large.replace('x'.repeat(1024), ''))).status).toBe(200)
  }))

  it('without a credential, or without the scope, gets nowhere', () => serve(says('hello'), async ({ url }) => {
    const as = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey })
    expect(await failure(as('bad').models.list())).toMatchObject({ status: 401 })
    expect(await failure(as('bad').chat.completions.create(body() as never))).toMatchObject({ status: 401 })
    expect((await as('reader').models.list()).data.length).toBeGreaterThan(0)
    expect(await failure(as('reader').chat.completions.create(body() as never))).toMatchObject({ status: 403 })
  }))

  it('by the wrong method or to the wrong path is answered as HTTP does', () => serve(says('hello'), async ({ url }) => {
    const headers = { Authorization: 'Bearer good' }
    expect((await fetch(`${url}/v1/chat/completions`, { headers })).status).toBe(405)
    expect((await fetch(`${url}/v1/nothing`, { headers })).status).toBe(404)
  }))
})

describe('a run that fails', () => {
  it('has the status that its reason has with OpenAI, and is not sent again by the client', async () => {
    const kinds: [FailureKind, number, string][] = [
      ['rate_limit', 429, 'rate_limit_exceeded'], ['billing', 429, 'insufficient_quota'], ['context_length', 400, 'context_length_exceeded'],
      ['refusal', 400, 'content_filter'], ['timeout', 504, 'timeout'], ['server', 503, 'NEXUS_MODELS_PROVIDER'], ['auth', 503, 'NEXUS_MODELS_PROVIDER'],
    ]
    for (const [kind, status, code] of kinds) {
      let attempts = 0
      await serve(() => {
        attempts++
        throw providerFailure('scripted', kind, { retryAfterMs: 1500 })
      }, async ({ client }) => {
        const error = await failure(client.chat.completions.create(body() as never))
        expect([kind, error.status, error.code, error.headers?.get('retry-after'), attempts]).toEqual([kind, status, code, '2', 1])
      })
    }
  })

  it('before its first word has that status also when it was to be streamed', () => serve(() => { throw providerFailure('scripted', 'rate_limit', { retryAfterMs: 1500 }) }, async ({ client }) => {
    const error = await failure(client.chat.completions.create({ ...body(), stream: true } as never))
    expect([error instanceof OpenAI.RateLimitError, error.status, error.code, error.headers?.get('retry-after'), error.headers?.get('x-should-retry')]).toEqual([true, 429, 'rate_limit_exceeded', '2', 'false'])
  }))

  it('in mid-stream ends the stream with an error', () => serve((_, emit) => {
    emit({ type: 'text', delta: 'half' })
    throw providerFailure('scripted', 'server')
  }, async ({ client, post }) => {
    let said = ''
    const error = await failure((async () => {
      for await (const chunk of await client.chat.completions.create({ ...body(), stream: true } as never) as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>) said += chunk.choices[0]?.delta.content ?? ''
    })())
    expect([said, error.message.includes('scripted')]).toEqual(['half', true])
    const lines = (await (await post(body({ stream: true }))).text()).trim().split('\n\n')
    expect(lines.at(-1)).toBe('data: [DONE]')
    expect(JSON.parse(lines.at(-2)!.slice(6))).toMatchObject({ error: { type: 'server_error', code: 'NEXUS_MODELS_PROVIDER' } })
  }))

  it('because the session is full may be sent again', () => serve(hangs(), async ({ post, k }) => {
    const gone = new AbortController()
    const open = Array.from({ length: 33 }, () => post(body({ user: 'anna' }), {}, gone.signal).catch(() => undefined))
    const count = (): number => k.events.filter(({ name }) => name === 'agent').length
    await until(() => count() > 0)
    let refused: Response | undefined
    while (refused?.status !== 503) refused = await Promise.race([post(body({ user: 'anna', stream: true }), {}, gone.signal), new Promise<undefined>((resolve) => { setTimeout(resolve, 50, undefined) })]).catch(() => undefined)
    expect([refused.headers.get('content-type')?.split(';')[0], refused.headers.get('x-should-retry')]).toEqual(['application/json', 'true'])
    expect(await refused.json()).toMatchObject({ error: { type: 'server_error', code: 'NEXUS_AGENT_BUSY' } })
    gone.abort()
    await Promise.all(open)
    // Time stands still here, so that a timer which the refused stream left behind would be found.
  }, { clock: 'fake' }))
})

describe('a client that goes away', () => {
  it('stops the run, streaming', async () => {
    let aborted = false
    await serve((request, emit) => {
      emit({ type: 'text', delta: 'hel' })
      return new Promise((resolve) => { request.signal.addEventListener('abort', () => { aborted = true; resolve(finished('aborted')) }) })
    }, async ({ client }) => {
      const stream = await client.chat.completions.create({ ...body(), stream: true } as never) as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
      await until(() => aborted)
    })
  })

  it('stops the run, not streaming', async () => {
    let asked = false
    let aborted = false
    await serve((request) => new Promise((resolve) => {
      asked = true
      request.signal.addEventListener('abort', () => { aborted = true; resolve(finished('aborted')) })
    }), async ({ post }) => {
      const gone = new AbortController()
      const answer = post(body(), {}, gone.signal).catch(() => 'gone')
      await until(() => asked)
      gone.abort()
      expect(await answer).toBe('gone')
      await until(() => aborted)
    })
  })

  it('slowly reading gets all of it, put together while it waits', () => serve(async (_, emit) => {
    for (let n = 0; n < 3000; n++) emit({ type: 'text', delta: `${n} `.padEnd(400, '.') })
    return finished()
  }, async ({ post }) => {
    const response = await post(body({ stream: true }))
    await new Promise((resolve) => { setTimeout(resolve, 100) })
    const data = (await response.text()).split('\n\n').filter((line) => line.startsWith('data: {'))
    const text = data.map((line) => (JSON.parse(line.slice(6)) as OpenAI.ChatCompletionChunk).choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(Array.from({ length: 3000 }, (_, n) => `${n} `.padEnd(400, '.')).join(''))
    expect(data.length).toBeLessThan(3000)
  }))
})

describe('a drain', () => {
  it('lets a stream end, and cuts one off that does not', async () => {
    let said = ''
    await serve(async (request, emit) => {
      if (request.messages.some(({ content }) => JSON.stringify(content).includes('forever'))) return hangs('never')(request, emit)
      await new Promise((resolve) => { setTimeout(resolve, 100) })
      return says('done')(request, emit)
    }, async ({ post, k }) => {
      const short = await post(body({ stream: true }))
      const closing = k.kernel.close({ deadlineMs: 3_000 })
      said = await short.text()
      expect((await closing).errors).toEqual([])
    })
    expect(said).toContain('done')
    await serve(hangs('half'), async ({ post, k }) => {
      const long = await post({ model: 'nexus', input: 'hi', stream: true }, {}, undefined, 'responses')
      const text = long.text()
      expect((await k.kernel.close({ deadlineMs: 1_200 })).errors).toEqual([])
      expect(await text).toMatch(/half[^]*event: response\.failed\n[^]*"NEXUS_AGENT_INTERRUPTED"[^]*\[DONE\]/)
    })
    await serve(hangs('half'), async ({ post, k }) => {
      const long = await post(body({ stream: true }))
      const text = long.text()
      const report = await k.kernel.close({ deadlineMs: 1_200 })
      expect(report.errors).toEqual([])
      expect(await text).toMatch(/half[^]*"error"[^]*"NEXUS_AGENT_INTERRUPTED"[^]*\[DONE\]/)
    })
  })

  it.each([['of the gateway', 1], ['of this plugin', 0]])('%s says to whoever waits for the whole answer that it was cut off, and so does the transcript', (_, whole) => serve(hangs('half'), async ({ post, k, sessions }) => {
    const answer = post(body(), { 'x-nexus-session': 'main' })
    await until(() => sessions.journal.some((line) => line.startsWith('start')))
    await (whole ? k.kernel.close({ deadlineMs: 1_200 }) : k.unload('openai'))
    const response = await answer
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([503, 'false'])
    expect(await response.json()).toMatchObject({ error: { type: 'server_error', code: 'NEXUS_AGENT_INTERRUPTED', message: expect.stringContaining('cut off') } })
    expect(sessions.journal.at(-1)).toMatch(/^end .* interrupted$/)
  }, { deadlines: { drain: 50 } }))
})
