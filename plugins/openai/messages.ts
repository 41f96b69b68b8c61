/** A client's messages as a run takes them. */
import { parseArguments } from '../models/contract.ts'
import type { ImagePart, ModelMessage, TextPart } from '../models/contract.ts'
import { failOpenai } from './errors.ts'
import type { ChatMessage, Completion } from './request.ts'

type UserMessage = Extract<ChatMessage, { role: 'user' }>
type UserContent = readonly (TextPart | ImagePart)[]

/** What the client tells the model to be, put together. */
export function instructionsOf(messages: Completion['messages']): string {
  return messages.flatMap((message) => (message.role === 'system' || message.role === 'developer' ? [textOf(message.content)] : [])).join('\n\n')
}

/** The conversation without instructions. Throws NEXUS_OPENAI_UNSUPPORTED. */
export function conversationOf(messages: Completion['messages']): ModelMessage[] {
  const toolNames = new Map<string, string>()
  return messages.flatMap((message): ModelMessage[] => {
    switch (message.role) {
      case 'user': return [{ role: 'user', content: userContent(message) }]
      case 'assistant': {
        const calls = message.tool_calls ?? []
        for (const { id, function: { name } } of calls) toolNames.set(id, name)
        const text = textOf(message.content ?? '')
        return [{
          role: 'assistant',
          content: [
            ...(text === '' ? [] : [{ type: 'text' as const, text }]),
            ...calls.map((call) => ({ type: 'toolCall' as const, id: call.id, name: call.function.name, arguments: parseArguments(call.function.arguments) })),
          ],
        }]
      }
      case 'tool': return [{ role: 'toolResult', toolCallId: message.tool_call_id, toolName: toolNames.get(message.tool_call_id) ?? '', content: textOf(message.content) }]
      default: return []
    }
  })
}

/** What is new to a session, which knows the rest: the last user message. */
export function lastUserContent(messages: Completion['messages']): UserContent {
  const last = messages.findLast((message) => message.role === 'user')
  if (!last) throw failOpenai('NEXUS_OPENAI_NO_USER', { param: 'messages' })
  return userContent(last)
}

function userContent({ content }: UserMessage): UserContent {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : imageOf(part.image_url.url)))
}

function imageOf(url: string): ImagePart {
  const [, mimeType, data] = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]+={0,2})$/.exec(url) ?? []
  if (mimeType === undefined || data === undefined) throw failOpenai('NEXUS_OPENAI_UNSUPPORTED', { param: 'image_url', reason: 'only data: URLs of PNG, JPEG, GIF or WebP images are read' })
  return { type: 'image', mimeType, data }
}

const textOf = (content: string | readonly { readonly text: string }[]): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('')
