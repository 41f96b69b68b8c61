/** The last texts of a session, for lists and switchers. */
import type { Message, SessionPreview, StoredMessage } from './contract.ts'
import { textOf } from './entries.ts'

export const maxPreviewKeys = 64
const maxItems = 100

export function previewItems(messages: readonly StoredMessage[], limit = 12, maxChars = 240): SessionPreview['items'] {
  const chars = Math.max(20, maxChars)
  return messages.flatMap((message) => {
    const text = oneLine(textOf(message)) || called(message)
    return text === '' ? [] : [{ role: message.role === 'toolResult' ? 'tool' as const : message.role, text: shortened(text, chars) }]
  }).slice(-Math.min(Math.max(1, limit), maxItems))
}

const called = (message: Message): string => (message.role !== 'assistant' ? '' : message.content.flatMap((part) => (part.type === 'toolCall' ? [`→ ${part.name}`] : [])).join(' '))

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

export function shortened(text: string, length: number): string {
  const line = oneLine(text)
  return line.length <= length ? line : `${line.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '').trimEnd()}…`
}
