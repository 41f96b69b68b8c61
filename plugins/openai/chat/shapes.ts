/** The JSON of chat completions, as OpenAI's clients read it. */
import { randomUUID } from 'node:crypto'
import type { RunOutcome } from '../../agent/contract.ts'
import type { ModelUsage, ToolCallPart } from '../../models/contract.ts'
import { argumentsText, extraOf } from '../tools.ts'
import { chatUsage } from '../usage.ts'

/** What all parts of one answer share. `created` in seconds. */
export interface Head { readonly id: string; readonly created: number; readonly model: string }

export const headOf = (model: string, now: number): Head => ({ id: `chatcmpl_${randomUUID()}`, created: Math.floor(now / 1000), model })

const toolCall = (call: ToolCallPart) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: argumentsText(call) }, ...extraOf(call) })

type Delta = { readonly role: 'assistant' } | { readonly content: string } | { readonly tool_calls: readonly object[] } | Record<string, never>

export const chunk = (head: Head, delta: Delta, finish: string | null = null) => ({
  id: head.id, object: 'chat.completion.chunk', created: head.created, model: head.model,
  choices: [{ index: 0, delta, finish_reason: finish }],
})

/** `chunk(head, { content })` as JSON: what is the same in all of them is written once. */
export function textChunks(head: Head): (content: string) => string {
  const [before = '', after = ''] = JSON.stringify(chunk(head, { content: '' })).split('"content":""')
  return (content) => `${before}"content":${JSON.stringify(content)}${after}`
}

/** The head of a call, then its arguments, as a stream of OpenAI's has them. */
export function callChunks(head: Head, call: ToolCallPart, index: number) {
  const { function: { name, arguments: text }, ...rest } = toolCall(call)
  return [
    chunk(head, { tool_calls: [{ index, ...rest, function: { name, arguments: '' } }] }),
    chunk(head, { tool_calls: [{ index, function: { arguments: text } }] }),
  ]
}

export const usageChunk = (head: Head, usage: ModelUsage) => ({
  id: head.id, object: 'chat.completion.chunk', created: head.created, model: head.model, choices: [], usage: chatUsage(usage),
})

export const completion = (head: Head, outcome: RunOutcome, calls: readonly ToolCallPart[]) => ({
  id: head.id, object: 'chat.completion', created: head.created, model: head.model,
  choices: [{
    index: 0,
    message: {
      role: 'assistant', content: outcome.text === '' && calls.length > 0 ? null : outcome.text, refusal: null,
      ...(calls.length > 0 && { tool_calls: calls.map(toolCall) }),
    },
    logprobs: null,
    finish_reason: finishOf(outcome, calls),
  }],
  usage: chatUsage(outcome.usage),
})

/** The agent's own tool calls are no matter of the client's: to it the answer is whole. */
export function finishOf({ stopReason }: RunOutcome, calls: readonly ToolCallPart[]): 'stop' | 'length' | 'tool_calls' {
  if (calls.length > 0) return 'tool_calls'
  return stopReason === 'length' ? 'length' : 'stop'
}
