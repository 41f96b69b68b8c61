/** Shortens old output of tools for the model: it has been read, and the transcript keeps all of it. */
import type { Message, StoredEntry } from '../sessions/contract.ts'
import type { Pruning } from './profiles.ts'

/** The same entries at the same time give the same result; an entry once shortened stays so, which suits providers' caches. */
export function pruned(entries: readonly StoredEntry[], { ttlMs, keepLast, maxChars }: Pruning, now: number): readonly StoredEntry[] {
  const fresh = freshFrom(entries, keepLast)
  return entries.map((entry, at) => {
    if (at >= fresh || entry.type !== 'message' || entry.message.role !== 'toolResult' || now - entry.message.timestamp < ttlMs) return entry
    return { ...entry, message: shortened(entry.message, maxChars) }
  })
}

/** Where the `count`th answer from the end stands; what is before it is old. */
function freshFrom(entries: readonly StoredEntry[], count: number): number {
  let left = count
  for (let at = entries.length - 1; at >= 0 && left > 0; at--) {
    const entry = entries[at]
    if (entry?.type === 'message' && entry.message.role === 'assistant' && --left === 0) return at
  }
  return count === 0 ? entries.length : 0
}

function shortened(message: Extract<Message, { role: 'toolResult' }>, maxChars: number): Message {
  return {
    ...message,
    content: message.content.map((part) => {
      if (part.type === 'image') return { type: 'text', text: '[a picture that was shown here]' }
      return part.text.length <= maxChars ? part : { type: 'text', text: cut(part.text, maxChars) }
    }),
  }
}

/** Beginning and end say most of what a tool's output is. */
export function cut(text: string, maxChars: number): string {
  const head = Math.ceil(maxChars * 0.75)
  return `${text.slice(0, head)}\n[… ${text.length - maxChars} characters left out …]\n${text.slice(text.length - (maxChars - head))}`
}
