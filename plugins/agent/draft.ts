/** An assistant's message while it is being streamed. */
import type { ModelPart, TextPart, ThinkingPart, ToolCallPart } from '../models/contract.ts'
import type { AssistantMessage } from '../sessions/contract.ts'

export interface Draft {
  /** Pieces of one kind that follow each other become one part. */
  take(part: ModelPart): void
  readonly calls: readonly ToolCallPart[]
  content(): AssistantMessage['content']
}

/** A text that is still being streamed. */
type Growing = { -readonly [K in keyof TextPart]: TextPart[K] }

export function createDraft(): Draft {
  const parts: (Growing | ThinkingPart | ToolCallPart)[] = []
  return {
    take(part) {
      const last = parts[parts.length - 1]
      if (part.type === 'toolCall') parts.push(part)
      else if (part.type === 'text' && last?.type === 'text') last.text += part.delta
      else if (part.type === 'text') parts.push({ type: 'text', text: part.delta })
      // A signature closes a thought: what comes after it is another one.
      else if (last?.type === 'thinking' && last.signature === undefined) parts.splice(-1, 1, thought(last.thinking + part.delta, part.signature))
      else parts.push(thought(part.delta, part.signature))
    },
    get calls() { return parts.filter((part) => part.type === 'toolCall') },
    content: () => parts,
  }
}

function thought(thinking: string, signature: string | undefined): ThinkingPart {
  return { type: 'thinking', thinking, ...(signature === undefined ? {} : { signature }) }
}
