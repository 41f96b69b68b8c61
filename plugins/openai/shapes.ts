/** The JSON of answers, as OpenAI's clients read it. */
import { randomUUID } from 'node:crypto'
import type { RunOutcome } from '../agent/contract.ts'
import type { ModelUsage } from '../models/contract.ts'

/** What all parts of one answer share. `created` in seconds. */
export interface Head { readonly id: string; readonly created: number; readonly model: string }

export const headOf = (model: string, now: number): Head => ({ id: `chatcmpl_${randomUUID()}`, created: Math.floor(now / 1000), model })

type Delta = { readonly role: 'assistant' } | { readonly content: string } | Record<string, never>

export const chunk = (head: Head, delta: Delta, finish: string | null = null) => ({
  id: head.id, object: 'chat.completion.chunk', created: head.created, model: head.model,
  choices: [{ index: 0, delta, finish_reason: finish }],
})

export const usageChunk = (head: Head, usage: ModelUsage) => ({
  id: head.id, object: 'chat.completion.chunk', created: head.created, model: head.model, choices: [], usage: usageOf(usage),
})

export const completion = (head: Head, outcome: RunOutcome) => ({
  id: head.id, object: 'chat.completion', created: head.created, model: head.model,
  choices: [{ index: 0, message: { role: 'assistant', content: outcome.text }, finish_reason: finishOf(outcome) }],
  usage: usageOf(outcome.usage),
})

/** The agent's own tool calls are no matter of the client's: to it the answer is whole. */
export const finishOf = ({ stopReason }: RunOutcome): 'stop' | 'length' => (stopReason === 'length' ? 'length' : 'stop')

function usageOf({ input, output, cacheRead, cacheWrite, totalTokens }: ModelUsage) {
  return {
    prompt_tokens: input + cacheRead + cacheWrite,
    completion_tokens: output,
    total_tokens: totalTokens,
    ...(cacheRead > 0 ? { prompt_tokens_details: { cached_tokens: cacheRead } } : {}),
  }
}
