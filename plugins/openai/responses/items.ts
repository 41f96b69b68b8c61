/** The items of a conversation as OpenAI's responses have them, and as a run takes them. */
import * as v from 'valibot'
import { parseArguments } from '../../models/contract.ts'
import type { AssistantMessage, ImagePart, ModelMessage, TextPart, ToolCallPart } from '../../models/contract.ts'
import { byType, invalid, maybe, textOr, unsupported } from '../body.ts'
import { failOpenai } from '../errors.ts'
import type { Images } from '../images.ts'
import { Extra, signatureIn } from '../tools.ts'

const TextIn = v.looseObject({ type: v.picklist(['input_text', 'output_text']), text: v.string() })
const RefusalIn = v.looseObject({ type: v.literal('refusal'), refusal: v.string() })
const ImageIn = v.looseObject({ type: v.literal('input_image'), image_url: maybe(v.string()) })
const Part = byType<v.InferOutput<typeof TextIn> | v.InferOutput<typeof RefusalIn> | v.InferOutput<typeof ImageIn>>({ input_text: TextIn, output_text: TextIn, refusal: RefusalIn, input_image: ImageIn })
type Part = v.InferOutput<typeof Part>
const Content = textOr(v.array(Part))
type Content = v.InferOutput<typeof Content>

const Message = v.looseObject({ type: v.optional(v.literal('message')), role: v.picklist(['user', 'assistant', 'system', 'developer']), content: Content })
type Message = v.InferOutput<typeof Message>
const FunctionCall = v.looseObject({ type: v.literal('function_call'), call_id: v.string(), name: v.string(), arguments: v.string(), extra_content: Extra })
const FunctionCallOutput = v.looseObject({ type: v.literal('function_call_output'), call_id: v.string(), output: Content })
/** What a model thought; it is only good for whoever signed it, so it is left behind. */
const Reasoning = v.looseObject({ type: v.literal('reasoning') })

type Call = v.InferOutput<typeof FunctionCall>
type Output = v.InferOutput<typeof FunctionCallOutput>

export const Item = byType<Message | Call | Output | v.InferOutput<typeof Reasoning>>({ message: Message, function_call: FunctionCall, function_call_output: FunctionCallOutput, reasoning: Reasoning }, 'message')
export type Item = v.InferOutput<typeof Item>

const isMessage = (item: Item): item is Message => item.type === undefined || item.type === 'message'
const isCall = (item: Item): item is Call => item.type === 'function_call'
const isOutput = (item: Item): item is Output => item.type === 'function_call_output'
const isImage = (part: Part): part is v.InferOutput<typeof ImageIn> => part.type === 'input_image'

/** A text alone is what a user says. */
export const itemsOf = (input: string | readonly Item[]): readonly Item[] => (typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input)

/** The addresses of all images. */
export function imageUrls(items: readonly Item[]): string[] {
  const contents = items.flatMap((item): Content[] => (isMessage(item) ? [item.content] : isOutput(item) ? [item.output] : []))
  return contents.flatMap((content) => (typeof content === 'string' ? [] : content.flatMap((part) => (isImage(part) ? part.image_url ?? [] : []))))
}

/**
 * The conversation goes on: what the items add to what was said `before`. Throws NEXUS_OPENAI_UNSUPPORTED,
 * NEXUS_OPENAI_INVALID for the output of a call that was not made, NEXUS_OPENAI_IMAGE.
 */
export function continued(before: readonly ModelMessage[], items: readonly Item[], images: Images): ModelMessage[] {
  const messages = [...before]
  const names = new Map(before.flatMap((message) => (message.role === 'assistant' ? partsOf(message) : [])).flatMap((part) => (part.type === 'toolCall' ? [[part.id, part.name] as const] : [])))
  for (const [at, item] of items.entries()) {
    const place = `input[${at}]`
    if (isMessage(item)) messages.push(messageOf(item, place, images))
    else if (isCall(item)) {
      names.set(item.call_id, item.name)
      join(messages, { type: 'toolCall', id: item.call_id, name: item.name, arguments: parseArguments(item.arguments), ...signatureIn(item.extra_content) })
    } else if (isOutput(item)) {
      const toolName = names.get(item.call_id)
      if (toolName === undefined) throw invalid(`${place}.call_id`, 'answers no function call before it')
      messages.push({ role: 'toolResult', toolCallId: item.call_id, toolName, content: contentOf(item.output, `${place}.output`, images) })
    } else if (item.type !== 'reasoning') throw unsupported(`${place}.type`, 'an item is a message, a function_call, a function_call_output or a reasoning')
  }
  return messages
}

/** The calls of one answer stand in one message, as the model made them. */
function join(messages: ModelMessage[], call: ToolCallPart): void {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') messages.push({ role: 'assistant', content: [call] })
  else messages.splice(-1, 1, { role: 'assistant', content: [...partsOf(last), call] })
}

const partsOf = ({ content }: AssistantMessage): Exclude<AssistantMessage['content'], string> => (typeof content === 'string' ? [{ type: 'text', text: content }] : content)

function messageOf({ role, content }: Message, place: string, images: Images): ModelMessage {
  const parts = contentOf(content, `${place}.content`, images)
  if (role === 'user') return { role, content: parts }
  const texts = parts.filter((part) => part.type === 'text')
  if (texts.length < parts.length) throw unsupported(`${place}.content`, 'only a user shows images')
  return role === 'assistant' ? { role, content: texts.filter(({ text }) => text !== '') } : { role: 'system', content: texts }
}

function contentOf(content: Content, place: string, images: Images): (TextPart | ImagePart)[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part, at) => {
    if (part.type === 'refusal') return { type: 'text', text: part.refusal as string }
    if (part.type === 'input_text' || part.type === 'output_text') return { type: 'text', text: part.text as string }
    if (isImage(part) && typeof part.image_url === 'string') return images(part.image_url)
    throw unsupported(`${place}[${at}]`, 'a part is an input_text, or an input_image with an image_url')
  })
}

/** The conversation, and apart from it what the client told the model to be. */
export function parted(messages: readonly ModelMessage[]): { readonly conversation: readonly ModelMessage[]; readonly told: readonly string[] } {
  return {
    conversation: messages.filter(({ role }) => role !== 'system'),
    told: messages.flatMap((message) => (message.role === 'system' ? [typeof message.content === 'string' ? message.content : message.content.map(({ text }) => text).join('')] : [])),
  }
}

/** What is new to a session, which knows the rest: the last message of the user. Throws NEXUS_OPENAI_NO_USER. */
export function lastSaid(messages: readonly ModelMessage[]): (TextPart | ImagePart)[] {
  const last = messages.findLast((message) => message.role === 'user')
  if (!last) throw failOpenai('NEXUS_OPENAI_NO_USER', { param: 'input' })
  return typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : [...last.content]
}
