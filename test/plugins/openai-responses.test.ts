/** `/v1/responses`: what may be sent, what comes back, and how it is told while it comes. */
import fc from 'fast-check'
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import { describe, expect, it } from 'vitest'
import { providerFailure } from '../../plugins/models/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { assembly } from '../../plugins/openai/responses/assembly.ts'
import type { AnswerEvent } from '../../plugins/openai/responses/assembly.ts'
import { finished, says } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'
import { serve } from './openai-gateway.ts'

const body = (more: object = {}) => ({ model: 'nexus', input: 'hi', ...more })
const weather = { type: 'function', name: 'weather', parameters: { type: 'object', properties: { place: { type: 'string' } } }, strict: true } as const
const png = 'data:image/png;base64,AAAA'
const listens = (script: Script = says('hello')): { script: Script; asked: ModelRequest[] } => {
  const asked: ModelRequest[] = []
  return { asked, script: (request, emit) => { asked.push(request); return script(request, emit) } }
}
const thinksAndCalls: Script = (_, emit) => {
  emit({ type: 'thinking', delta: 'Rain' })
  emit({ type: 'thinking', delta: '?' })
  emit({ type: 'text', delta: 'Let me ' })
  emit({ type: 'text', delta: 'see.' })
  emit({ type: 'toolCall', id: 'c1', name: 'weather', arguments: { place: 'Oslo' } })
  return finished('toolUse')
}
interface Sent { readonly event: string; readonly data: AnswerEvent & { readonly sequence_number: number; readonly response?: Record<string, unknown> } }
function eventsIn(text: string): Sent[] {
  const blocks = text.split('\n\n')
  expect(blocks.slice(-2)).toEqual(['data: [DONE]', ''])
  return blocks.slice(0, -2).map((block) => {
    const [, event = '', data = ''] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? []
    return { event, data: JSON.parse(data) as Sent['data'] }
  })
}
type Created = Record<string, unknown> & { output: { type: string }[] }

describe('a response', () => {
  it('comes whole, with all that OpenAI\'s has', () => serve(says('hello'), async ({ post }) => {
    const response = await post(body({ instructions: 'Be brief.', metadata: { a: 'b' }, max_output_tokens: 9, temperature: 0.5, store: false, user: null }), {}, undefined, 'responses')
    expect([response.status, await response.json()]).toEqual([200, {
      id: expect.stringMatching(/^resp_[0-9a-f-]{36}$/), object: 'response', created_at: expect.any(Number), completed_at: expect.any(Number), status: 'completed', background: false,
      error: null, incomplete_details: null, instructions: 'Be brief.', max_output_tokens: 9, metadata: { a: 'b' }, model: 'nexus', parallel_tool_calls: true, previous_response_id: null,
      output: [{ id: expect.stringMatching(/^msg_[0-9a-f-]{36}$/), type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'hello', annotations: [], logprobs: [] }] }],
      reasoning: { effort: null, summary: null }, store: false, temperature: 0.5, text: { format: { type: 'text' } }, tool_choice: 'auto', tools: [], top_p: null, truncation: 'disabled', user: null,
      usage: { input_tokens: 10, input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 }, output_tokens: 2, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 12 },
    }])
  }))

  it('is told in OpenAI\'s order, numbered, and what is told together is what it says at the end', () => serve(thinksAndCalls, async ({ post }) => {
    const response = await post(body({ stream: true, tools: [weather], reasoning: { effort: 'low', summary: 'auto' } }), {}, undefined, 'responses')
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = eventsIn(await response.text())
    expect(events.map(({ event }) => event.replace('response.', ''))).toEqual([
      'created', 'in_progress',
      'output_item.added', 'reasoning_summary_part.added', 'reasoning_summary_text.delta', 'reasoning_summary_text.delta', 'reasoning_summary_text.done', 'reasoning_summary_part.done', 'output_item.done',
      'output_item.added', 'content_part.added', 'output_text.delta', 'output_text.delta', 'output_text.done', 'content_part.done', 'output_item.done',
      'output_item.added', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done',
      'completed',
    ])
    expect(events.every(({ event, data }, n) => data.type === event && data.sequence_number === n)).toBe(true)
    expect(events[0]!.data.response).toMatchObject({ status: 'in_progress', output: [], usage: null })
    const { output, status } = events.at(-1)!.data.response as Created & { status: string }
    expect([status, output]).toMatchObject(['completed', [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Rain?' }] }, { type: 'message', content: [{ text: 'Let me see.' }] },
      { type: 'function_call', status: 'completed', call_id: 'c1', name: 'weather', arguments: '{"place":"Oslo"}' },
    ]])
  }))

  it('does not tell what was thought to whom does not ask for it, only that it was', () => serve(thinksAndCalls, async ({ post }) => {
    const answer = await (await post(body({ tools: [weather] }), {}, undefined, 'responses')).json() as Created
    expect(answer.output[0]).toEqual({ id: expect.stringMatching(/^rs_/), type: 'reasoning', summary: [] })
    expect(await (await post(body({ tools: [weather], stream: true }), {}, undefined, 'responses')).text()).not.toContain('Rain')
  }))

  it('that ran out of tokens is incomplete, and one that said nothing has an empty message', () => serve((_, emit) => {
    emit({ type: 'text', delta: 'cut' })
    return finished('length')
  }, async ({ post }) => {
    const events = eventsIn(await (await post(body({ stream: true }), {}, undefined, 'responses')).text())
    expect(events.at(-1)).toMatchObject({ event: 'response.incomplete', data: { response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [{ status: 'incomplete' }] } } })
    await serve(() => finished(), async (silent) => {
      expect((await (await silent.post(body(), {}, undefined, 'responses')).json() as Created).output).toMatchObject([{ type: 'message', content: [{ text: '' }] }])
    })
  }))

  it('that fails has its status before the first word, and is `failed` after it', async () => {
    await serve(() => { throw providerFailure('scripted', 'server') }, async ({ post }) => {
      for (const stream of [false, true]) {
        const response = await post(body({ stream }), {}, undefined, 'responses')
        expect([response.status, await response.json()]).toMatchObject([503, { error: { type: 'server_error', code: 'NEXUS_MODELS_PROVIDER', param: null } }])
      }
    })
    await serve((_, emit) => {
      emit({ type: 'text', delta: 'half' })
      throw providerFailure('scripted', 'server')
    }, async ({ post }) => {
      const last = eventsIn(await (await post(body({ stream: true }), {}, undefined, 'responses')).text()).at(-1)!
      expect(last).toMatchObject({ event: 'response.failed', data: { response: { status: 'failed', error: { code: 'NEXUS_MODELS_PROVIDER' }, output: [{ status: 'incomplete', content: [{ text: 'half' }] }] } } })
    })
  })

  it('hides the agent\'s own tools', async () => {
    let step = 0
    await serve((_, emit) => {
      emit({ type: 'text', delta: step === 0 ? 'Let me see.' : 'Noon.' })
      if (step++ === 0) emit({ type: 'toolCall', id: 't', name: 'time', arguments: { timezone: 'UTC' } })
      return finished(step === 1 ? 'toolUse' : 'stop')
    }, async ({ post }) => {
      expect((await (await post(body(), {}, undefined, 'responses')).json() as Created).output).toMatchObject([{ type: 'message', content: [{ text: 'Let me see.\n\nNoon.' }] }])
    })
  })
})

describe('what is sent', () => {
  it('reaches the model as a conversation, with the instructions before it', async () => {
    const { script, asked } = listens()
    await serve(script, async ({ post }) => {
      await post(body({
        instructions: 'Be brief.',
        input: [
          { role: 'developer', content: 'Be kind.' },
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'look' }, { type: 'input_image', image_url: png, detail: 'auto' }] },
          { type: 'reasoning', id: 'rs_1', summary: [] },
          { type: 'message', role: 'assistant', id: 'msg_1', status: 'completed', content: [{ type: 'output_text', text: 'I see', annotations: [] }, { type: 'refusal', refusal: ', no.' }] },
          { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"place":"Oslo"}' },
          { type: 'function_call', call_id: 'c2', name: 'weather', arguments: 'oops' },
          { type: 'function_call_output', call_id: 'c1', output: 'rain' },
          { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'map' }, { type: 'input_image', image_url: png }] },
          { role: 'user', content: 'why' },
        ],
      }), {}, undefined, 'responses')
      expect(asked[0]!.messages).toEqual([
        { role: 'system', content: 'System.\n\nBe brief.\n\nBe kind.' },
        { role: 'user', content: [{ type: 'text', text: 'look' }, { type: 'image', mimeType: 'image/png', data: 'AAAA' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'I see' }, { type: 'text', text: ', no.' }, { type: 'toolCall', id: 'c1', name: 'weather', arguments: { place: 'Oslo' } }, { type: 'toolCall', id: 'c2', name: 'weather', arguments: { $malformed: 'oops' } }] },
        { role: 'toolResult', toolCallId: 'c1', toolName: 'weather', content: [{ type: 'text', text: 'rain' }] },
        { role: 'toolResult', toolCallId: 'c2', toolName: 'weather', content: [{ type: 'text', text: 'map' }, { type: 'image', mimeType: 'image/png', data: 'AAAA' }] },
        { role: 'user', content: [{ type: 'text', text: 'why' }] },
      ])
    }, { config: { agent: { defaults: { system: 'System.' } } } })
  })

  it('of wishes reaches it too', async () => {
    const { script, asked } = listens()
    await serve(script, async ({ post }) => {
      const wishes = [
        { max_output_tokens: 7, temperature: 0.1, top_p: 0.2 }, { reasoning: { effort: 'high' } }, { text: { format: { type: 'json_object' } } }, { text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' }, strict: true } } },
        { tools: [weather], tool_choice: { type: 'function', name: 'weather' } }, { tools: [weather], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'weather' }] } },
      ]
      for (const wish of wishes) expect((await post(body(wish), {}, undefined, 'responses')).status).toBe(200)
      expect(asked).toMatchObject([
        { maxOutputTokens: 7, temperature: 0.1, topP: 0.2 }, { thinking: 'high' }, { responseFormat: { type: 'json' } }, { responseFormat: { type: 'json', name: 'a', schema: { type: 'object' } } },
        { toolChoice: { name: 'weather' }, tools: [{ name: 'weather', description: '' }] }, { toolChoice: 'auto' },
      ])
    })
  })

  it('and is not understood is refused by its place, and what it was is not repeated', () => serve(says('hello'), async ({ post }) => {
    const cases: [string, object, string, string][] = [
      ['no model', { model: undefined }, 'NEXUS_OPENAI_INVALID', 'model'],
      ['another agent', { model: 'nexus:secret' }, 'model_not_found', 'model'],
      ['no input', { input: undefined }, 'NEXUS_OPENAI_INVALID', 'input'],
      ['an empty input', { input: '' }, 'NEXUS_OPENAI_INVALID', 'input'],
      ['no items', { input: [] }, 'NEXUS_OPENAI_INVALID', 'input'],
      ['nothing to answer', { input: [{ role: 'system', content: 'secret' }] }, 'NEXUS_OPENAI_NO_USER', 'input'],
      ['a bad role', { input: [{ role: 'secret', content: 'x' }] }, 'NEXUS_OPENAI_INVALID', 'input.0.role'],
      ['an item without content', { input: [{ role: 'user' }] }, 'NEXUS_OPENAI_INVALID', 'input.0.content'],
      ['an item of another kind', { input: [{ role: 'user', content: 'x' }, { type: 'computer_call', secret: 1 }] }, 'NEXUS_OPENAI_UNSUPPORTED', 'input[1].type'],
      ['a reference', { input: [{ type: 'item_reference', id: 'secret' }] }, 'NEXUS_OPENAI_UNSUPPORTED', 'input[0].type'],
      ['a file', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'secret' }] }] }, 'NEXUS_OPENAI_UNSUPPORTED', 'input[0].content[0]'],
      ['an image by id', { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'secret' }] }] }, 'NEXUS_OPENAI_UNSUPPORTED', 'input[0].content[0]'],
      ['an image of the assistant', { input: [{ role: 'assistant', content: [{ type: 'input_image', image_url: png }] }] }, 'NEXUS_OPENAI_UNSUPPORTED', 'input[0].content'],
      ['an output without its call', { input: [{ type: 'function_call_output', call_id: 'secret', output: 'x' }] }, 'NEXUS_OPENAI_INVALID', 'input[0].call_id'],
      ['a tool of OpenAI\'s', { tools: [weather, { type: 'web_search' }] }, 'NEXUS_OPENAI_UNSUPPORTED', 'tools[1].type'],
      ['a choice of such a tool', { tool_choice: { type: 'web_search' } }, 'NEXUS_OPENAI_UNSUPPORTED', 'tool_choice'],
      ['a form that there is not', { text: { format: { type: 'grammar' } } }, 'NEXUS_OPENAI_UNSUPPORTED', 'text.format'],
      ['work in the background', { background: true }, 'NEXUS_OPENAI_UNSUPPORTED', 'background'],
      ['a conversation of OpenAI\'s', { conversation: 'secret' }, 'NEXUS_OPENAI_UNSUPPORTED', 'conversation'],
      ['a prompt of OpenAI\'s', { prompt: { id: 'secret' } }, 'NEXUS_OPENAI_UNSUPPORTED', 'prompt'],
      ['moderation', { moderation: { model: 'secret' } }, 'NEXUS_OPENAI_UNSUPPORTED', 'moderation'],
      ['log probabilities', { top_logprobs: 3 }, 'NEXUS_OPENAI_UNSUPPORTED', 'top_logprobs'],
      ['a response that is not there', { previous_response_id: 'resp_secret' }, 'previous_response_not_found', 'previous_response_id'],
    ]
    for (const [what, wish, code, param] of cases) {
      const response = await post(body(wish), {}, undefined, 'responses')
      const text = await response.text()
      const { error } = JSON.parse(text) as { error: { code: string; param: string } }
      expect([what, error.code, error.param, text.includes('secret'), response.status]).toEqual([what, code, param, false, code === 'model_not_found' ? 404 : 400])
    }
    for (const harmless of [{ include: ['reasoning.encrypted_content'] }, { truncation: 'auto' }, { service_tier: 'auto' }, { safety_identifier: 'x' }, { prompt_cache_key: 'x' }, { background: false }, { top_logprobs: 0 }, { stream_options: { include_obfuscation: false } }, { whatever: 1 }])
      expect((await post(body(harmless), {}, undefined, 'responses')).status).toBe(200)
  }))

  it('belongs to a session if a header or `user` says so, and without a store nothing else is kept', async () => {
    const { script, asked } = listens()
    await serve(script, async ({ post }) => {
      const first = await (await post(body({ user: 'anna' }), {}, undefined, 'responses')).json() as { store: boolean }
      await post(body({ input: [{ role: 'user', content: 'old' }, { role: 'assistant', content: 'x' }, { role: 'user', content: 'new' }] }), { 'x-nexus-session-key': 'main' }, undefined, 'responses')
      expect(asked.map(({ sessionKey }) => sessionKey)).toEqual(['agent:main:openai:direct:anna', 'agent:main:main'])
      expect([first.store, JSON.stringify(asked[1]!.messages).includes('old')]).toEqual([false, false])
    })
  })
})

describe('the items of an answer', () => {
  const part = fc.oneof(fc.record({ kind: fc.constant('text' as const), delta: fc.string({ minLength: 1, maxLength: 5 }) }), fc.record({ kind: fc.constant('thinking' as const), delta: fc.string({ maxLength: 5 }) }))

  it('are, whatever is said in whatever order, what OpenAI\'s own client makes of the events', () => fc.assert(fc.property(fc.array(part, { maxLength: 30 }), fc.boolean(), fc.boolean(), fc.nat(3), (parts, summary, cut, calls) => {
    const told: AnswerEvent[] = []
    const items = assembly((event) => told.push(structuredClone(event)), summary)
    for (const { kind, delta } of parts) items[kind](delta)
    const output = items.end(Array.from({ length: calls }, (_, n) => ({ type: 'toolCall' as const, id: `c${n}`, name: 'f', arguments: { n } })), cut)
    let snapshot = accumulateResponse({ type: 'response.created', sequence_number: 0, response: { output: [] } } as never, undefined)
    for (const event of told) snapshot = accumulateResponse(event as never, snapshot)
    expect(JSON.parse(JSON.stringify(snapshot.output))).toEqual(JSON.parse(JSON.stringify(output)))
    expect(snapshot.output_text).toBe(parts.filter(({ kind }) => kind === 'text').map(({ delta }) => delta).join(''))
    // What was opened is closed, each once and in order.
    const places = (type: string): unknown[] => told.filter((event) => event.type === type).map((event) => event['output_index'])
    expect(places('response.output_item.added')).toEqual(output.map((_, n) => n))
    expect(places('response.output_item.done')).toEqual(output.map((_, n) => n))
  }), { numRuns: 300 }))
})

