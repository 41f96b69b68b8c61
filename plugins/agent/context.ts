/** What a model is shown of a transcript: what was said, within its context window. `models` mends tool calls that were cut off. */
import { runMarker } from '../sessions/contract.ts'
import type { Message, RunMarker, StoredEntry } from '../sessions/contract.ts'
import type { ModelMessage } from '../models/contract.ts'
import { shownHook, shownResult } from './shown.ts'
import type { Wrap } from './shown.ts'
import { tokensOf } from './size.ts'

/** A compaction stands for everything before the entry that it kept first. */
export function sinceCompaction(entries: readonly StoredEntry[]): readonly StoredEntry[] {
  const at = entries.findLastIndex((entry) => entry.type === 'compaction')
  const compaction = entries[at]
  if (compaction?.type !== 'compaction') return entries
  const kept = entries.findIndex((entry) => entry.id === compaction.firstKeptEntryId)
  const rest = entries.slice(kept < 0 ? at + 1 : kept).filter((entry) => entry !== compaction)
  return [compaction, ...rest]
}

/** All that a model may see of the entries, oldest first. */
export function contextOf(entries: readonly StoredEntry[], wrap: Wrap): ModelMessage[] {
  let hooked = false
  return sinceCompaction(entries).flatMap((entry) => {
    if (entry.type === 'custom' && entry.customType === runMarker) hooked = isHook(entry.data)
    return messagesOf(entry, wrap, hooked)
  })
}

const isHook = (data: unknown): boolean => {
  const { phase, label } = (data ?? {}) as Partial<RunMarker>
  return phase === 'start' && label === 'webhook'
}

function messagesOf(entry: StoredEntry, wrap: Wrap, hooked: boolean): ModelMessage[] {
  switch (entry.type) {
    case 'message': return usable(entry.message, entry.id, wrap, hooked)
    case 'custom_message': return [{ role: 'user', content: entry.content }]
    case 'compaction': return [{ role: 'user', content: `Summary of the conversation before this point:\n\n${entry.summary}` }]
    case 'branch_summary': return [{ role: 'user', content: `Summary of another branch of this conversation:\n\n${entry.summary}` }]
    default: return []
  }
}

/** One message of a transcript as a model sees it, or nothing if there is nothing in it. */
export function usable(message: Message, id: string, wrap: Wrap, hooked = false): ModelMessage[] {
  if (message.role === 'toolResult') return [shownResult(message, id, wrap)]
  if (message.role === 'user') return [hooked ? shownHook(message, id, wrap) : message]
  const content = message.content.filter((part) => part.type !== 'text' || part.text !== '')
  return content.some((part) => part.type !== 'thinking') ? [{ role: 'assistant', content }] : []
}

/** Cut from the oldest end; the newest user message and what follows it stay whatever their size. */
export function newest(messages: readonly ModelMessage[], maxTokens: number): readonly ModelMessage[] {
  let start = messages.length
  let tokens = 0
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at] as ModelMessage
    tokens += tokensOf(message)
    if (tokens > maxTokens && start < messages.length) break
    // A conversation begins with somebody asking, never in the middle of an exchange with a tool.
    if (message.role === 'user') start = at
  }
  return messages.slice(start === messages.length ? 0 : start)
}
