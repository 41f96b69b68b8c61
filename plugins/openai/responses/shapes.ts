/** The JSON of responses, as OpenAI's clients read it. */
import type { NexusError } from 'nexus-gateway/sdk'
import type { ModelUsage } from '../../models/contract.ts'
import { shapeOf } from '../errors.ts'
import { responseUsage } from '../usage.ts'
import type { OutputItem } from './assembly.ts'
import type { ResponseRequest } from './request.ts'

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed'

export interface ResponseObject extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly object: 'response'
  readonly status: ResponseStatus
  readonly output: readonly OutputItem[]
}

/** What is known before anything was said. */
export interface Head { readonly id: string; readonly createdAt: number; readonly request: ResponseRequest; readonly stored: boolean }
export interface State { readonly status: ResponseStatus; readonly output?: readonly OutputItem[]; readonly usage?: ModelUsage; readonly error?: NexusError; readonly endedAt?: number }

/** Times in milliseconds; OpenAI's are in seconds. */
export function responseObject({ id, createdAt, request, stored }: Head, { status, output = [], usage, error, endedAt }: State): ResponseObject {
  const { model, instructions, max_output_tokens, metadata, parallel_tool_calls, previous_response_id, reasoning, temperature, text, tool_choice, tools, top_p, user } = request
  return {
    id, object: 'response', created_at: seconds(createdAt), status, background: false,
    ...(status === 'completed' && endedAt !== undefined && { completed_at: seconds(endedAt) }),
    error: error ? failureOf(error) : null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: instructions ?? null,
    max_output_tokens: max_output_tokens ?? null,
    metadata: metadata ?? {},
    model, output,
    parallel_tool_calls: parallel_tool_calls ?? true,
    previous_response_id: previous_response_id ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    store: stored,
    temperature: temperature ?? null,
    text: { format: text?.format ?? { type: 'text' } },
    tool_choice: tool_choice ?? 'auto',
    tools: tools ?? [],
    top_p: top_p ?? null,
    truncation: 'disabled',
    usage: usage ? responseUsage(usage) : null,
    user: user ?? null,
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

function failureOf(error: NexusError): { readonly code: string; readonly message: string } {
  const { code, message } = shapeOf(error).error
  return { code, message }
}
