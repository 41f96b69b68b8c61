/** What a client of chat completions may wish for: tools of its own, a form of the answer, images, an agent and a session. */
import { describe, expect, it } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { Fetch } from '../../plugins/outbound/contract.ts'
import type { FetchOptions, FetchResponse } from '../../plugins/outbound/contract.ts'
import { usageOf } from '../../plugins/models/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { chatUsage, responseUsage } from '../../plugins/openai/usage.ts'
import { finished, says } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'
import { serve } from './openai-gateway.ts'

const messages = [{ role: 'user', content: 'hi' }] as const
const body = (more: object = {}) => ({ model: 'nexus', messages, ...more })
const weather = { type: 'function', function: { name: 'weather', description: 'Of a place.', parameters: { type: 'object', properties: { place: { type: 'string' } } }, strict: true } }
const clock = { type: 'function', function: { name: 'clock' } }
const listens = (script: Script = says('hello')): { script: Script; asked: ModelRequest[] } => {
  const asked: ModelRequest[] = []
  return { asked, script: (request, emit) => { asked.push(request); return script(request, emit) } }
}
const both: Script = (_, emit) => {
  emit({ type: 'text', delta: 'Let me see.' })
  emit({ type: 'toolCall', id: 'c1', name: 'weather', arguments: { place: 'Oslo' }, signature: '{"signed":{"by":"p"}}' })
  emit({ type: 'toolCall', id: 'c2', name: 'clock', arguments: { $malformed: '{"half' } })
  return finished('toolUse')
}
interface Completion { readonly choices: readonly { readonly message: Record<string, unknown> & { tool_calls?: readonly object[] }; readonly finish_reason: string }[] }

describe('tools of the client', () => {
  it('are all that the model sees, with the choice that the client makes', async () => {
    const { script, asked } = listens()
    await serve(script, async ({ post }) => {
      const choices: [unknown, unknown, string[]][] = [
        [undefined, undefined, ['weather', 'clock']], ['auto', 'auto', ['weather', 'clock']], ['none', 'none', ['weather', 'clock']], ['required', 'required', ['weather', 'clock']],
        [{ type: 'function', function: { name: 'clock' } }, { name: 'clock' }, ['weather', 'clock']],
        [{ type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'clock' } }] } }, 'required', ['clock']],
      ]
      for (const [tool_choice, choice, names] of choices) {
        expect((await post(body({ tools: [weather, clock], tool_choice }))).status).toBe(200)
        expect([asked.at(-1)!.toolChoice, asked.at(-1)!.tools?.map(({ name }) => name)]).toEqual([choice, names])
      }
      expect(asked[0]!.tools).toEqual([
        { name: 'weather', description: 'Of a place.', parameters: weather.function.parameters },
        { name: 'clock', description: '', parameters: { type: 'object', properties: {} } },
      ])
    })
  })

  it('come back as calls, as the model wrote them and with the provider\'s mark; sent again, the mark is there', async () => {
    const { script, asked } = listens(both)
    await serve(script, async ({ post }) => {
      const { choices: [choice] } = await (await post(body({ tools: [weather, clock] }))).json() as Completion
      const tool_calls = [
        { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"place":"Oslo"}' }, extra_content: { nexus: { signature: '{"signed":{"by":"p"}}' } } },
        { id: 'c2', type: 'function', function: { name: 'clock', arguments: '{"half' } },
      ]
      expect(choice).toMatchObject({ message: { role: 'assistant', content: 'Let me see.', tool_calls }, finish_reason: 'tool_calls' })
      await post(body({ tools: [weather, clock], messages: [...messages, choice!.message, { role: 'tool', tool_call_id: 'c1', content: 'rain' }, { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'noon' }] }] }))
      expect(asked[1]!.messages.slice(-3)).toEqual([
        { role: 'assistant', content: [{ type: 'text', text: 'Let me see.' }, { type: 'toolCall', id: 'c1', name: 'weather', arguments: { place: 'Oslo' }, signature: '{"signed":{"by":"p"}}' }, { type: 'toolCall', id: 'c2', name: 'clock', arguments: { $malformed: '{"half' } }] },
        { role: 'toolResult', toolCallId: 'c1', toolName: 'weather', content: 'rain' },
        { role: 'toolResult', toolCallId: 'c2', toolName: 'clock', content: 'noon' },
      ])
    })
  })

  it('are called one at a time for a client that cannot do more', () => serve(both, async ({ post }) => {
    const { choices: [choice] } = await (await post(body({ tools: [weather, clock], parallel_tool_calls: false }))).json() as Completion
    expect(choice!.message.tool_calls).toHaveLength(1)
  }))

  it('stand alone, whatever `user` says, and have no place in a session', async () => {
    const { script, asked } = listens()
    await serve(script, async ({ post, sessions }) => {
      expect((await post(body({ tools: [weather], user: 'anna' }))).status).toBe(200)
      expect([asked[0]!.sessionKey, sessions.journal]).toEqual([undefined, []])
      const refused = await post(body({ tools: [weather] }), { 'x-nexus-session-key': 'main' })
      expect([refused.status, await refused.json()]).toMatchObject([400, { error: { param: 'tools', code: 'NEXUS_OPENAI_UNSUPPORTED' } }])
    })
  })
})

it('the form of the answer, the effort and the choice not to use tools reach the model', async () => {
  const { script, asked } = listens()
  const schema = { type: 'object', properties: { a: { type: 'number' } } }
  await serve(script, async ({ post }) => {
    for (const wish of [
      { response_format: { type: 'json_object' } }, { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } }, { response_format: { type: 'text' } },
      { reasoning_effort: 'none' }, { reasoning_effort: 'minimal' }, { reasoning_effort: 'xhigh' }, { reasoning_effort: null }, { tool_choice: 'none' },
    ]) expect((await post(body(wish))).status).toBe(200)
    expect(asked.map(({ responseFormat, thinking, toolChoice }) => responseFormat ?? thinking ?? toolChoice)).toEqual([{ type: 'json' }, { type: 'json', name: 'answer', schema }, undefined, 'off', 'minimal', 'max', undefined, 'none'])
  }, { config: { agent: { defaults: { thinking: undefined } } } })
})

describe('images', () => {
  const png = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1')
  const gif = Buffer.from('GIF89a-rest', 'latin1')
  const jpeg = Buffer.from('\xff\xd8\xff\xe0rest', 'latin1')
  const webp = Buffer.from('RIFF\x01\x02\x03\x04WEBPrest', 'latin1')
  const pages: Record<string, { status: number; bytes: Uint8Array }> = {
    'https://a.example/1': { status: 200, bytes: png }, 'https://a.example/2': { status: 200, bytes: gif }, 'http://a.example/3': { status: 200, bytes: jpeg }, 'https://a.example/4': { status: 200, bytes: webp },
    'https://a.example/html': { status: 200, bytes: Buffer.from('<html>') }, 'https://a.example/gone': { status: 404, bytes: png },
  }
  const asked: FetchOptions[] = []
  let cancelled = 0
  const fetcher = definePlugin({
    id: 'fetcher', provides: { fetch: Fetch },
    setup: () => ({
      provides: {
        fetch: {
          async fetch(url, options) {
            asked.push(options)
            const page = pages[String(url).includes('/many/') ? 'https://a.example/1' : String(url)]
            if (!page) throw new Error(`refused ${String(url)}`)
            return { status: page.status, headers: new Headers(), url: String(url), redirects: 0, body: [] as never, bytes: async () => page.bytes, text: async () => '', cancel: () => { cancelled++ } } satisfies FetchResponse
          },
        },
      },
    }),
  })
  const showing = (...urls: string[]) => body({ messages: [{ role: 'user', content: urls.map((url) => ({ type: 'image_url', image_url: { url } })) }] })

  it('at an address are fetched by the guarded fetch, once each, and are what their bytes say', async () => {
    const { script, asked: models } = listens()
    await serve(script, async ({ post }) => {
      expect((await post(showing(...Object.keys(pages).slice(0, 4), 'https://a.example/1'))).status).toBe(200)
      const [, user] = models[0]!.messages
      expect((user!.content as unknown as { mimeType: string; data: string }[]).map(({ mimeType, data }) => [mimeType, data])).toEqual([
        ['image/png', png.toString('base64')], ['image/gif', gif.toString('base64')], ['image/jpeg', jpeg.toString('base64')], ['image/webp', webp.toString('base64')], ['image/png', png.toString('base64')],
      ])
      expect(asked).toHaveLength(4)
      expect(asked[0]).toMatchObject({ maxBytes: 5 * 1024 * 1024, timeoutMs: 10_000, cause: { caller: { id: 'test' } } })
    }, { plugins: [fetcher] })
  })

  it('that cannot be had are named as the fault, without their address', () => serve(says('hello'), async ({ post }) => {
    const many = Array.from({ length: 9 }, (_, n) => `https://a.example/many/${n}`)
    for (const urls of [['https://a.example/html'], ['https://a.example/gone'], ['https://secret.example/'], [`https://a.example/many/${'x'.repeat(3000)}`], many]) {
      const response = await post(showing(...urls))
      const text = await response.text()
      expect([response.status, JSON.parse(text), text.includes('.example')]).toMatchObject([400, { error: { code: 'NEXUS_OPENAI_IMAGE', param: 'image_url' } }, false])
    }
    expect(cancelled).toBe(1)
  }, { plugins: [fetcher] }))
})

it('headers choose the agent and the session, the agent\'s before the model\'s', async () => {
  const { script, asked } = listens()
  await serve(script, async ({ post, k }) => {
    for (const header of ['x-nexus-agent', 'x-openclaw-agent-id']) expect((await post(body(), { [header]: 'coder' })).status).toBe(200)
    expect(k.events.filter(({ name }) => name === 'agent').map(({ payload }) => (payload as { agentId: string }).agentId)).not.toContain('main')
    await post(body(), { 'x-nexus-agent': 'coder', 'x-nexus-session-key': 'notes' })
    await post(body(), { 'x-nexus-session-key': 'agent:main:notes', 'x-nexus-agent': 'coder' })
    expect(asked.slice(2).map(({ sessionKey }) => sessionKey)).toEqual(['agent:coder:notes', 'agent:main:notes'])
    const unknown = await post(body(), { 'x-nexus-agent': 'nobody' })
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'model_not_found', param: 'x-nexus-agent' } }])
  }, { config: { agent: { agents: [{ id: 'coder' }] } } })
})

it('usage tells what was cached and, where the provider does, what was thought', () => {
  const usage = { ...usageOf({ input: 5, cacheRead: 3, cacheWrite: 2, output: 7 }), reasoning: 4 }
  expect(chatUsage(usage)).toEqual({ prompt_tokens: 10, completion_tokens: 7, total_tokens: 17, prompt_tokens_details: { cached_tokens: 3 }, completion_tokens_details: { reasoning_tokens: 4 } })
  expect(responseUsage(usage)).toEqual({ input_tokens: 10, input_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 }, output_tokens: 7, output_tokens_details: { reasoning_tokens: 4 }, total_tokens: 17 })
})
