/** How many tokens something will come to, on the safe side: three bytes of text each, so that no language is far off. */
import { Buffer } from 'node:buffer'
import type { ModelMessage } from '../models/contract.ts'

const bytesPerToken = 3
const tokensPerImage = 2_000
const tokensPerMessage = 8

export const tokensOfText = (text: string): number => Math.ceil(Buffer.byteLength(text) / bytesPerToken)

export function tokensOf({ content }: Pick<ModelMessage, 'content'>): number {
  if (typeof content === 'string') return tokensPerMessage + tokensOfText(content)
  return content.reduce((sum, part) => sum + tokensOfPart(part), tokensPerMessage)
}

type Part = Exclude<ModelMessage['content'], string>[number]

function tokensOfPart(part: Part): number {
  switch (part.type) {
    case 'text': return tokensOfText(part.text)
    case 'thinking': return tokensOfText(part.thinking)
    case 'image': return tokensPerImage
    case 'toolCall': return tokensOfText(part.name) + tokensOfText(JSON.stringify(part.arguments))
  }
}

export const tokensOfAll = (messages: readonly ModelMessage[]): number => messages.reduce((sum, message) => sum + tokensOf(message), 0)
