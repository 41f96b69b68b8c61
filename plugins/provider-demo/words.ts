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

const wrapper = /<<<EXTERNAL_UNTRUSTED_CONTENT id="([0-9a-f]+)">>>\n(?:Source: .*\n)?---\n([^]*?)\n<<<END_EXTERNAL_UNTRUSTED_CONTENT id="\1">>>/g
const mostShown = 1_200

/** What a tool said, for people: without the marks around it that are meant for models, and not at any length. */
export function readable(text: string): string {
  const plain = text.replace(wrapper, '$2').trim()
  return plain.length <= mostShown ? plain : `${plain.slice(0, mostShown)} … (${plain.length} characters in all)`
}
