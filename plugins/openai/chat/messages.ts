/** A client's messages as a run takes them. */
import { parseArguments } from '../../models/contract.ts'
import type { ImagePart, ModelMessage, TextPart } from '../../models/contract.ts'
import { unsupported } from '../body.ts'
import { failOpenai } from '../errors.ts'
import type { Images } from '../images.ts'
import { signatureIn } from '../tools.ts'
import type { ChatMessage } from './request.ts'

type Messages = readonly ChatMessage[]
type UserMessage = Extract<ChatMessage, { role: 'user' }>
type UserPart = Exclude<UserMessage['content'], string>[number]
type UserContent = readonly (TextPart | ImagePart)[]

/** What the client tells the model to be, put together. */
export function instructionsOf(messages: Messages): string {
  return messages.flatMap((message) => (message.role === 'system' || message.role === 'developer' ? [textOf(message.content)] : [])).join('\n\n')
}

/** The conversation without instructions. Throws NEXUS_OPENAI_UNSUPPORTED, NEXUS_OPENAI_IMAGE. */
export function conversationOf(messages: Messages, images: Images): ModelMessage[] {
  const toolNames = new Map<string, string>()
  return messages.flatMap((message, at): ModelMessage[] => {
    switch (message.role) {
      case 'user': return [{ role: 'user', content: userContent(message, at, images) }]
      case 'assistant': {
        const calls = message.tool_calls ?? []
        for (const { id, function: { name } } of calls) toolNames.set(id, name)
        const text = textOf(message.content ?? '')
        return [{
          role: 'assistant',
          content: [
            ...(text === '' ? [] : [{ type: 'text' as const, text }]),
            ...calls.map((call) => ({ type: 'toolCall' as const, id: call.id, name: call.function.name, arguments: parseArguments(call.function.arguments), ...signatureIn(call.extra_content) })),
          ],
        }]
      }
      case 'tool': return [{ role: 'toolResult', toolCallId: message.tool_call_id, toolName: toolNames.get(message.tool_call_id) ?? '', content: textOf(message.content) }]
      default: return []
    }
  })
}

/** What is new to a session, which knows the rest: the last user message. Throws NEXUS_OPENAI_NO_USER besides. */
export function lastUserContent(messages: Messages, images: Images): UserContent {
  const at = messages.findLastIndex((message) => message.role === 'user')
  const last = messages[at]
  if (last?.role !== 'user') throw failOpenai('NEXUS_OPENAI_NO_USER', { param: 'messages' })
  return userContent(last, at, images)
}

/** The addresses of all images that are looked at. */
export function imageUrls(messages: Messages, lastOnly: boolean): string[] {
  const asked = messages.filter((message) => message.role === 'user')
  return (lastOnly ? asked.slice(-1) : asked).flatMap(({ content }) => (typeof content === 'string' ? [] : content.flatMap((part) => (isImage(part) ? [part.image_url.url] : []))))
}

function userContent({ content }: UserMessage, at: number, images: Images): UserContent {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part, n) => {
    if (isText(part)) return { type: 'text', text: part.text }
    if (isImage(part)) return images(part.image_url.url)
    throw unsupported(`messages.${at}.content.${n}`, 'a part is a text or an image_url')
  })
}

type Kind<K> = Extract<UserPart, { type: K }>
const isImage = (part: UserPart): part is Kind<'image_url'> => part.type === 'image_url'
const isText = (part: UserPart): part is Kind<'text'> => part.type === 'text'

/** What an assistant refused it said too; parts of other kinds have nothing that a model could read again. */
const textOf = (content: string | readonly { readonly [key: string]: unknown }[]): string =>
  typeof content === 'string' ? content : content.map(({ text, refusal }) => (typeof text === 'string' ? text : typeof refusal === 'string' ? refusal : '')).join('')
