import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { malformed, parseArguments, usageOf } from '../../plugins/models/contract.ts'
import type { AssistantMessage, ModelMessage, ToolResultMessage } from '../../plugins/models/contract.ts'
import { mended } from '../../plugins/models/messages.ts'
import type { Message } from '../../plugins/sessions/contract.ts'

const user = (content: string): ModelMessage => ({ role: 'user', content })
const calls = (...ids: string[]): AssistantMessage => ({ role: 'assistant', content: ids.map((id) => ({ type: 'toolCall', id, name: 'time', arguments: {} })) })
const result = (toolCallId: string): ToolResultMessage => ({ role: 'toolResult', toolCallId, toolName: 'time', content: 'noon' })

describe('a conversation that was cut off', () => {
  test('between a call and its result gets a result that says so', () => {
    const out = mended([user('hi'), calls('a', 'b'), result('a'), user('still there?')])
    expect(out).toEqual([user('hi'), calls('a', 'b'), result('a'), expect.objectContaining({ role: 'toolResult', toolCallId: 'b', isError: true }), user('still there?')])
  })

  test('loses results that answer nothing, and messages that say nothing', () => {
    expect(mended([result('x'), user('hi'), { role: 'assistant', content: [] }, calls('a'), result('a'), result('a')])).toEqual([user('hi'), calls('a'), result('a')])
  })

  test('anywhere becomes one in which every call has its one result, directly after', () => {
    const message = fc.oneof(
      fc.constant(user('hi')),
      fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }).map((ids) => calls(...ids)),
      fc.constantFrom('a', 'b', 'c').map(result),
    )
    fc.assert(fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const out = mended(messages)
      let open: string[] = []
      for (const one of out) {
        if (one.role === 'toolResult') {
          expect(open).toContain(one.toolCallId)
          open = open.filter((id) => id !== one.toolCallId)
          continue
        }
        expect(open).toEqual([])
        open = one.role === 'assistant' && typeof one.content !== 'string' ? one.content.flatMap((part) => (part.type === 'toolCall' ? [part.id] : [])) : []
      }
      expect(open).toEqual([])
      expect(mended(out)).toEqual(out)
    }))
  })
})

test('a session\'s messages are a request\'s messages', () => {
  const stored: Message = { role: 'user', content: [{ type: 'text', text: 'hi' }], timestamp: 0 }
  const asked: ModelMessage = stored
  expect(mended([asked])).toEqual([stored])
})

describe('arguments a model wrote', () => {
  test('are parsed when they are an object, or nothing at all', () => {
    expect(parseArguments('{"a": 1}')).toEqual({ a: 1 })
    expect(parseArguments('  ')).toEqual({})
  })

  test.each(['[1]', '"text"', 'null', '{"a": ', 'time()'])('are marked when they are %s', (text) => {
    expect(parseArguments(text)).toEqual({ [malformed]: text })
  })
})

test('a usage always adds up', () => {
  expect(usageOf({ input: 1, output: 2, cacheRead: 4 })).toEqual({ input: 1, output: 2, cacheRead: 4, cacheWrite: 0, totalTokens: 7 })
})
