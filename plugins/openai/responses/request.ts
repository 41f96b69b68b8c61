/** A request for a response: what is understood of it, and what is refused by name. Fields not named here are let pass. */
import * as v from 'valibot'
import { fields, maybe, shaped, textOr, unsupported } from '../body.ts'
import { responseTools, ResponseToolChoice, ResponseTools } from '../tools.ts'
import type { ToolWish } from '../tools.ts'
import { formatOf, Metadata, TextFormat } from '../wish.ts'
import { Item } from './items.ts'

const maxItems = 10_000

const Request = v.looseObject({
  model: fields.model,
  input: v.pipe(textOr(v.pipe(v.array(Item), v.maxLength(maxItems))), v.check((input) => input.length > 0, 'a text, or one or more items')),
  instructions: maybe(v.string()),
  stream: maybe(v.boolean()),
  store: maybe(v.boolean()),
  previous_response_id: maybe(v.pipe(v.string(), v.maxLength(200))),
  max_output_tokens: fields.tokens,
  temperature: fields.temperature,
  top_p: fields.topP,
  reasoning: maybe(v.looseObject({ effort: fields.effort, summary: maybe(v.string()), generate_summary: maybe(v.string()) })),
  text: maybe(v.looseObject({ format: maybe(TextFormat) })),
  tools: ResponseTools,
  tool_choice: ResponseToolChoice,
  parallel_tool_calls: maybe(v.boolean()),
  user: fields.user,
  metadata: Metadata,
  background: maybe(v.boolean()),
  conversation: v.optional(v.unknown()),
  prompt: v.optional(v.unknown()),
  moderation: v.optional(v.unknown()),
  top_logprobs: maybe(v.number()),
})
type Sent = v.InferOutput<typeof Request>
export interface ResponseRequest extends Sent {
  readonly wish: ToolWish & ReturnType<typeof formatOf>
}

/** Throws NEXUS_OPENAI_INVALID, NEXUS_OPENAI_UNSUPPORTED. */
export function parseRequest(body: object): ResponseRequest {
  const sent = shaped(Request, body)
  refuse(sent)
  const { type, ...format } = sent.text?.format ?? {}
  return { ...sent, wish: { ...responseTools(sent.tools, sent.tool_choice), ...formatOf('text.format', type, format) } }
}

function refuse({ background, conversation, prompt, moderation, top_logprobs }: Sent): void {
  if (background) throw unsupported('background', 'a response is answered while its request is open')
  if (conversation) throw unsupported('conversation', 'use `previous_response_id`, or a session by the header x-nexus-session-key')
  if (prompt) throw unsupported('prompt', 'prompts are not kept here; send `instructions` and `input`')
  if (moderation) throw unsupported('moderation', 'nothing here moderates')
  if (top_logprobs) throw unsupported('top_logprobs', 'providers do not all tell them')
}
