/** A chat completion request: what is understood of it, and what is refused by name. Fields not named here are let pass. */
import * as v from 'valibot'
import { failOpenai } from './errors.ts'

const maxMessages = 10_000

const TextPart = v.looseObject({ type: v.literal('text'), text: v.string() })
const ImagePart = v.looseObject({ type: v.literal('image_url'), image_url: v.looseObject({ url: v.string() }) })
const text = v.union([v.string(), v.array(TextPart)])

const Message = v.variant('role', [
  v.looseObject({ role: v.picklist(['system', 'developer']), content: text }),
  v.looseObject({ role: v.literal('user'), content: v.union([v.string(), v.array(v.variant('type', [TextPart, ImagePart]))]) }),
  v.looseObject({
    role: v.literal('assistant'),
    content: v.optional(v.nullable(text)),
    tool_calls: v.optional(v.array(v.looseObject({ id: v.string(), function: v.looseObject({ name: v.string(), arguments: v.string() }) }))),
  }),
  v.looseObject({ role: v.literal('tool'), tool_call_id: v.string(), content: text }),
])
export type ChatMessage = v.InferOutput<typeof Message>

const tokens = v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))))
const number = (min: number, max: number) => v.optional(v.nullable(v.pipe(v.number(), v.minValue(min), v.maxValue(max))))

const Completion = v.looseObject({
  model: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  messages: v.pipe(v.array(Message), v.minLength(1), v.maxLength(maxMessages)),
  stream: v.optional(v.nullable(v.boolean())),
  stream_options: v.optional(v.nullable(v.looseObject({ include_usage: v.optional(v.boolean()) }))),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: number(0, 2),
  top_p: number(0, 1),
  stop: v.optional(v.nullable(v.union([v.string(), v.pipe(v.array(v.string()), v.maxLength(4))]))),
  user: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(512)))),
  n: v.optional(v.nullable(v.number())),
  tools: v.optional(v.nullable(v.array(v.unknown()))),
  functions: v.optional(v.nullable(v.array(v.unknown()))),
  response_format: v.optional(v.nullable(v.looseObject({ type: v.string() }))),
  modalities: v.optional(v.nullable(v.array(v.string()))),
})
export type Completion = v.InferOutput<typeof Completion>

/** Throws NEXUS_OPENAI_BODY, NEXUS_OPENAI_INVALID, NEXUS_OPENAI_UNSUPPORTED, NEXUS_OPENAI_NO_USER. */
export function parseCompletion(body: string): Completion {
  const parsed = v.safeParse(Completion, parseObject(body))
  if (!parsed.success) throw invalid(parsed.issues)
  refuse(parsed.output)
  if (!parsed.output.messages.some(({ role }) => role === 'user' || role === 'tool')) throw failOpenai('NEXUS_OPENAI_NO_USER', { param: 'messages' })
  return parsed.output
}

function parseObject(body: string): object {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (error) {
    throw failOpenai('NEXUS_OPENAI_BODY', {}, error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw failOpenai('NEXUS_OPENAI_BODY')
  return value
}

/** An answer that ignored these would not be what the client asked for. */
function refuse({ tools, functions, n, response_format, modalities }: Completion): void {
  const no = (param: string, reason: string): never => { throw failOpenai('NEXUS_OPENAI_UNSUPPORTED', { param, reason }) }
  if (tools?.length) no('tools', 'an agent uses the gateway\'s tools, not the client\'s')
  if (functions?.length) no('functions', 'an agent uses the gateway\'s tools, not the client\'s')
  if (typeof n === 'number' && n !== 1) no('n', 'there is one answer')
  if (response_format && response_format.type !== 'text') no('response_format', 'an agent answers in text')
  if (modalities?.some((one) => one !== 'text')) no('modalities', 'an agent answers in text')
}

/** Names places and what was expected there, never what was sent. */
function invalid(issues: readonly v.BaseIssue<unknown>[]) {
  const faults = issues.slice(0, 5).map((issue) => {
    const place = v.getDotPath(issue)
    return `${place === null ? 'the request' : `\`${place.slice(0, 100)}\``} must be ${issue.expected ?? 'valid'}`
  })
  const place = issues[0] && v.getDotPath(issues[0])
  return failOpenai('NEXUS_OPENAI_INVALID', { faults: [...new Set(faults)].join('; '), ...(place ? { param: place.slice(0, 100) } : {}) })
}
