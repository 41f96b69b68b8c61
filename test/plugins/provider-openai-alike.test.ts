import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkReader } from '../../plugins/provider-openai-compatible/chat/alike.ts'
import { chunkOf } from '../../plugins/provider-openai-compatible/chat/chunk.ts'

const event = (delta: object, more: object = {}) => ({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null }], ...more })
const read = (events: readonly string[]) => {
  const one = chunkReader()
  return events.map((data) => one(data))
}

const text = fc.oneof(fc.constantFrom('a', 'tok1 ', '', '"content":', '","content":"b', '\\', '\n', '\u0001', 'ü', '😀', '"}', 'null'), fc.string({ unit: 'binary', maxLength: 8 }))
const delta = fc.oneof(
  { weight: 6, arbitrary: text.map((content) => ({ content })) },
  { weight: 1, arbitrary: fc.oneof(text.map((content) => ({ role: 'assistant', content })), text.map((content) => ({ content, reasoning_content: content })), fc.constant({ content: null }), text.map((one) => ({ content: [{ type: 'text', text: one }] })), text.map((one) => ({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: one } }] }))) },
)
const more = fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.constantFrom({ usage: { prompt_tokens: 1, completion_tokens: 2 } }, { choices: [] }, { error: { message: 'no' } }, { id: '"content":"a"' }, { created: 7 }) })
/** What a server may do to it on the way: cut it, write into it, or leave spaces. */
const written = fc.tuple(delta, more, fc.constantFrom('', '', '', '', ' ', '  '), fc.constantFrom('', '', '', '', '', 'cut', 'control', 'twice')).map(([a, b, space, harm]) => {
  const data = JSON.stringify(event(a, b)).replaceAll('":', `":${space}`)
  if (harm === 'cut') return data.slice(0, -3)
  if (harm === 'control') return data.replace('tok1', 'tok\u0001')
  return harm === 'twice' ? data.replace('"content":', '"content":"first","content":') : data
})

test('an event says the same whatever came before it', () => {
  fc.assert(fc.property(fc.array(written, { maxLength: 12 }), (events) => {
    expect(read(events)).toEqual(events.map(chunkOf))
  }), { numRuns: 2_000 })
})

test('what ends inside of what stood around the text before is no text', () => {
  const [first, second] = ['{"choices":[{"delta":{"content":"aaa"}}]}', '{"choices":[{"delta":{"content":"}}]}']
  expect(read([first!, second!])).toEqual([chunkOf(first!), undefined])
})

test('a text that stands in two places is read anew', () => {
  const events = ['a', 'b'].map((note) => JSON.stringify({ note: { content: note }, choices: [{ delta: { content: 'a' } }] }))
  expect(read(events).map((chunk) => chunk?.text)).toEqual(['a', 'a'])
})

test('of events that differ in their text alone only the first is parsed', () => {
  const parse = JSON.parse
  let parsed = 0
  JSON.parse = (...given: Parameters<typeof parse>): unknown => { parsed++; return parse(...given) }
  try {
    expect(read(['a', 'b', 'c d', 'ü'].map((content) => JSON.stringify(event({ content })))).map((chunk) => chunk?.text)).toEqual(['a', 'b', 'c d', 'ü'])
  } finally {
    JSON.parse = parse
  }
  expect(parsed).toBe(1)
})
