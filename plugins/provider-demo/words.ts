/** Text as the demonstration counts it: a word is a token. */
import type { ModelMessage } from '../models/contract.ts'

/** Words with the space around them; joined they are the text again. */
export const wordsOf = (text: string): readonly string[] => text.match(/\s*\S+(?:\s+$)?/g) ?? (text === '' ? [] : [text])

export const tokensIn = (text: string): number => text.match(/\S+/g)?.length ?? 0

export function textOf({ content }: Pick<ModelMessage, 'content'>): string {
  if (typeof content === 'string') return content
  return content.map((part) => (part.type === 'text' ? part.text : '')).filter(Boolean).join('\n')
}

export const conversationOf = (messages: readonly ModelMessage[]): string => messages.map(textOf).join('\n')
