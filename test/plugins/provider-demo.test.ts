import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ModelMessage, ModelPart, ModelRequest } from '../../plugins/models/contract.ts'
import { createDemo } from '../../plugins/provider-demo/demo.ts'
import { wordsOf } from '../../plugins/provider-demo/words.ts'
import { newBoundary, wrapExternal } from '../../plugins/external-content/contract.ts'
import { fakeClock } from '../../sdk/testing/clock.ts'

const caller = { id: 'test', role: 'operator', scopes: new Set<string>(), label: 'operator' } as const
const time = { name: 'time', description: 'The time.', parameters: { type: 'object' } }

async function ask(said: string | readonly ModelMessage[], more: Partial<ModelRequest> = {}, delayMs = 0, verbatim = false) {
  const parts: ModelPart[] = []
  const messages = typeof said === 'string' ? [{ role: 'user' as const, content: said }] : said
  const request: ModelRequest = { provider: 'demo', model: 'demo', messages, tools: [time], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more }
  const clock = fakeClock()
  let waits = 0
  const answer = createDemo(clock, { delayMs, verbatim })(request, (part) => void parts.push(part))
  const ended = answer.finally(() => { waits = -1 })
  while (waits >= 0 && clock.pending().length + waits++ < 100_000 && delayMs > 0) await clock.advance(delayMs)
  const finish = await ended
  return { finish, parts, text: parts.map((part) => (part.type === 'text' ? part.delta : '')).join('') }
}

describe('the demonstration', () => {
  test('says plainly what it is, word by word', async () => {
    const { text, parts, finish } = await ask('Hello there', {}, 15)
    expect(text).toContain('demonstration, not a real model')
    expect(text).toContain('Hello there')
    expect(parts.length).toBeGreaterThan(10)
    expect(finish).toMatchObject({ stopReason: 'stop', provider: 'demo', model: 'demo', usage: { input: 2 } })
    expect(finish.usage.output).toBe(parts.length)
  })

  test('says the same to the same, always', async () => {
    expect(await ask('what is it?')).toEqual(await ask('what is it?'))
  })

  test('explains itself', async () => {
    expect((await ask('/help')).text).toContain('baseUrl')
  })

  test('calls the time tool when asked for the time, and reports what it says', async () => {
    const first = await ask('Say, what time is it in Europe/Berlin?')
    expect(first.finish.stopReason).toBe('toolUse')
    expect(first.parts.at(-1)).toEqual({ type: 'toolCall', id: 'demo-1', name: 'time', arguments: { timezone: 'Europe/Berlin' } })
    const call = first.parts.at(-1) as Extract<ModelPart, { type: 'toolCall' }>
    const second = await ask([
      { role: 'user', content: 'what time is it' },
      { role: 'assistant', content: [call] },
      { role: 'toolResult', toolCallId: call.id, toolName: 'time', content: [{ type: 'text', text: 'noon' }] },
    ])
    expect(second).toMatchObject({ text: 'The tool time says: noon', finish: { stopReason: 'stop' } })
  })

  test('reports what a tool says as people read it: without the marks meant for models, and not at any length', async () => {
    const report = async (content: string, isError = false) => (await ask([
      { role: 'user', content: 'x' }, { role: 'assistant', content: [{ type: 'toolCall', id: 'c', name: 'time', arguments: {} }] },
      { role: 'toolResult', toolCallId: 'c', toolName: 'time', content, isError },
    ])).text
    expect(await report(wrapExternal('noon\n---\nsharp', { source: 'tool', title: 'time' }, newBoundary()))).toBe('The tool time says: noon\n---\nsharp')
    expect(await report(wrapExternal('no', { source: 'tool' }, newBoundary()), true)).toBe('The tool time failed: no')
    const [mine, other] = [newBoundary(), newBoundary()]
    const forged = wrapExternal('x', { source: 'tool' }, mine).replace(`END_EXTERNAL_UNTRUSTED_CONTENT id="${mine}"`, `END_EXTERNAL_UNTRUSTED_CONTENT id="${other}"`)
    expect(await report(forged)).toContain('<<<EXTERNAL')
    expect(await report('y'.repeat(50_000))).toMatch(/^.{1,1300} … \(50000 characters in all\)$/)
  })

  test('repeats what a tool said as it was given it, where the settings want that', async () => {
    const wrapped = wrapExternal('noon', { source: 'tool', title: 'time' }, newBoundary())
    const said: ModelMessage[] = [{ role: 'toolResult', toolCallId: 'a', toolName: 'time', content: [{ type: 'text', text: wrapped }] }]
    expect((await ask(said, {}, 0, true)).text).toBe(`The tool time says: ${wrapped}`)
  })

  test('calls any tool it is given, with any arguments', async () => {
    expect((await ask('/tool time {"timezone": "UTC"}')).parts.at(-1)).toMatchObject({ name: 'time', arguments: { timezone: 'UTC' } })
    expect((await ask('/tool time {"timezone"')).parts.at(-1)).toMatchObject({ arguments: { $malformed: '{"timezone"' } })
    expect((await ask('/tool exec {}')).text).toBe('I was given no tool of that name. I was given: time.')
  })

  test('fails in the way it is told to', async () => {
    await expect(ask('/fail rate_limit')).rejects.toMatchObject({ code: 'NEXUS_MODELS_PROVIDER', data: { kind: 'rate_limit' } })
    await expect(ask('/fail')).rejects.toMatchObject({ data: { kind: 'server' } })
  })

  test('keeps to the limits of the request', async () => {
    expect(await ask('/words 100', { maxOutputTokens: 3 })).toMatchObject({ text: 'word1 word2 word3', finish: { stopReason: 'length', usage: { output: 3 } } })
    expect(await ask('/words 100', { stop: [' word3', 'word50'] })).toMatchObject({ text: 'word1 word2', finish: { stopReason: 'stop' } })
  })

  test('stops at once when aborted, also in the middle of a slow word', async () => {
    const abort = new AbortController()
    const clock = fakeClock()
    const parts: ModelPart[] = []
    const request: ModelRequest = { provider: 'demo', model: 'demo', messages: [{ role: 'user', content: '/slow 1000 one two three' }], signal: abort.signal, cause: { caller, trace: 't', path: [] } }
    const answer = createDemo(clock, { delayMs: 0, verbatim: false })(request, (part) => void parts.push(part))
    await clock.advance(1_000)
    abort.abort()
    expect(await answer).toMatchObject({ stopReason: 'aborted', usage: { output: 1 } })
    expect(parts).toEqual([{ type: 'text', delta: 'one' }])
    expect(clock.pending()).toEqual([])
  })
})

test('words joined are the text again', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'ü', '😀') }), (text) => {
    expect(wordsOf(text).join('')).toBe(text)
  }))
})
