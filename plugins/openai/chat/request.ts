/** A chat completion request: what is understood of it, and what is refused by name. Fields not named here are let pass. */
import * as v from 'valibot'
import { failOpenai } from '../errors.ts'
import { byType, fields, invalid, maybe, shaped, textOr, unsupported } from '../body.ts'
import { chatTools, ChatToolChoice, ChatTools, Extra } from '../tools.ts'
import type { ToolWish } from '../tools.ts'
import { ChatFormat, formatOf } from '../wish.ts'

const maxMessages = 10_000

const TextPart = v.looseObject({ type: v.literal('text'), text: v.string() })
const RefusalPart = v.looseObject({ type: v.literal('refusal'), refusal: v.string() })
const ImagePart = v.looseObject({ type: v.literal('image_url'), image_url: v.looseObject({ url: v.string() }) })
const text = textOr(v.array(TextPart))
type Seen = v.InferOutput<typeof TextPart> | v.InferOutput<typeof ImagePart>
type Said = v.InferOutput<typeof TextPart> | v.InferOutput<typeof RefusalPart>

const ToolCall = v.looseObject({ id: v.string(), function: v.looseObject({ name: v.string(), arguments: v.string() }), extra_content: Extra })
const Message = v.variant('role', [
  v.looseObject({ role: v.picklist(['system', 'developer']), content: text }),
  v.looseObject({ role: v.literal('user'), content: textOr(v.array(byType<Seen>({ text: TextPart, image_url: ImagePart }))) }),
  v.looseObject({
    role: v.literal('assistant'),
    content: v.optional(v.nullable(textOr(v.array(byType<Said>({ text: TextPart, refusal: RefusalPart }))))),
    tool_calls: v.optional(v.nullable(v.array(ToolCall))),
  }),
  v.looseObject({ role: v.literal('tool'), tool_call_id: v.string(), content: text }),
])
export type ChatMessage = v.InferOutput<typeof Message>

const Completion = v.looseObject({
  model: fields.model,
  messages: v.pipe(v.array(Message), v.minLength(1), v.maxLength(maxMessages)),
  stream: maybe(v.boolean()),
  stream_options: maybe(v.looseObject({ include_usage: v.optional(v.nullable(v.boolean())) })),
  max_tokens: fields.tokens,
  max_completion_tokens: fields.tokens,
  temperature: fields.temperature,
  top_p: fields.topP,
  stop: maybe(v.union([v.string(), v.pipe(v.array(v.string()), v.maxLength(4))])),
  reasoning_effort: fields.effort,
  user: fields.user,
  tools: ChatTools,
  tool_choice: ChatToolChoice,
  parallel_tool_calls: maybe(v.boolean()),
  response_format: maybe(ChatFormat),
  n: maybe(v.number()),
  logprobs: maybe(v.boolean()),
  functions: maybe(v.array(v.unknown())),
  modalities: maybe(v.array(v.string())),
  web_search_options: v.optional(v.unknown()),
  moderation: v.optional(v.unknown()),
})
type Sent = v.InferOutput<typeof Completion>
export interface Completion extends Sent {
  readonly wish: ToolWish & ReturnType<typeof formatOf>
}

/** Throws NEXUS_OPENAI_INVALID, NEXUS_OPENAI_UNSUPPORTED, NEXUS_OPENAI_NO_USER. */
export function parseCompletion(body: object): Completion {
  const sent = shaped(Completion, body)
  refuse(sent)
  checkMessages(sent.messages)
  const { type, json_schema } = sent.response_format ?? {}
  return { ...sent, wish: { ...chatTools(sent.tools, sent.tool_choice), ...formatOf('response_format', type, json_schema) } }
}

/** An answer that ignored these would not be what the client asked for. */
function refuse({ functions, n, modalities, logprobs, web_search_options, moderation }: Sent): void {
  if (functions?.length) throw unsupported('functions', 'they are called `tools` now')
  if (typeof n === 'number' && n !== 1) throw unsupported('n', 'there is one answer')
  if (modalities?.some((one) => one !== 'text')) throw unsupported('modalities', 'an agent answers in text')
  if (logprobs) throw unsupported('logprobs', 'providers do not all tell them')
  if (web_search_options) throw unsupported('web_search_options', 'an agent searches the web with the tools of the gateway')
  if (moderation) throw unsupported('moderation', 'nothing here moderates')
}

/** A result answers a call of the assistant's before it; something has to be there to be answered. */
function checkMessages(messages: Sent['messages']): void {
  const called = new Set<string>()
  for (const [at, message] of messages.entries()) {
    if (message.role === 'assistant') for (const { id } of message.tool_calls ?? []) called.add(id)
    if (message.role === 'tool' && !called.has(message.tool_call_id)) throw invalid(`messages.${at}.tool_call_id`, 'answers no tool call of a message before it')
  }
  if (!messages.some(({ role }) => role === 'user' || role === 'tool')) throw failOpenai('NEXUS_OPENAI_NO_USER', { param: 'messages' })
}
