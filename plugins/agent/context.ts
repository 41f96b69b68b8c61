/** What a model is shown of a transcript: what was said, within its context window. `models` mends tool calls that were cut off. */
import type { Message, StoredEntry } from '../sessions/contract.ts'
import type { ModelMessage } from '../models/contract.ts'

/** `maxChars` bounds the messages as JSON; the newest user message and what follows it stay whatever their size. */
export function contextOf(entries: readonly StoredEntry[], maxChars: number): ModelMessage[] {
  return newest(sinceCompaction(entries).flatMap(messagesOf), maxChars)
}

/** A compaction stands for everything before the entry that it kept first. */
function sinceCompaction(entries: readonly StoredEntry[]): readonly StoredEntry[] {
  const at = entries.findLastIndex((entry) => entry.type === 'compaction')
  const compaction = entries[at]
  if (compaction?.type !== 'compaction') return entries
  const kept = entries.findIndex((entry) => entry.id === compaction.firstKeptEntryId)
  const rest = entries.slice(kept < 0 ? at + 1 : kept).filter((entry) => entry !== compaction)
  return [compaction, ...rest]
}

function messagesOf(entry: StoredEntry): ModelMessage[] {
  switch (entry.type) {
    case 'message': return usable(entry.message)
    case 'custom_message': return [{ role: 'user', content: entry.content }]
    case 'compaction': return [{ role: 'user', content: `Summary of the conversation before this point:\n\n${entry.summary}` }]
    case 'branch_summary': return [{ role: 'user', content: `Summary of another branch of this conversation:\n\n${entry.summary}` }]
    default: return []
  }
}

function usable(message: Message): ModelMessage[] {
  if (message.role !== 'assistant') return [message]
  const content = message.content.filter((part) => part.type !== 'text' || part.text !== '')
  return content.some((part) => part.type !== 'thinking') ? [{ role: 'assistant', content }] : []
}

function newest(messages: readonly ModelMessage[], maxChars: number): ModelMessage[] {
  let start = messages.length
  let chars = 0
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]
    chars += JSON.stringify(message).length
    if (chars > maxChars && start < messages.length) break
    // A conversation begins with somebody asking, never in the middle of an exchange with a tool.
    if (message?.role === 'user') start = at
  }
  return messages.slice(start === messages.length ? 0 : start)
}
