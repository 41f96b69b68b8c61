/** The most tokens a request may come to, before anybody has counted them. */
import { Buffer } from 'node:buffer'
import type { ModelRequest } from './request.ts'
import type { ModelMessage, ModelTool } from './message.ts'
import type { ModelSpec } from './spec.ts'

/** Of text in Latin letters a token has about four bytes, of others three: two of them are on the safe side. */
export const bytesPerToken = 2
const tokensPerImage = 2_000
const tokensPerMessage = 8
/** Where neither the request nor the model has a limit. */
const usualOutput = 8_192

export type Estimator = (request: Pick<ModelRequest, 'messages' | 'tools' | 'maxOutputTokens'>, spec: ModelSpec) => { readonly input: number; readonly output: number }

/** Tools stay the same from request to request, so each is measured once. */
export function createEstimator(): Estimator {
  const measured = new WeakMap<ModelTool, number>()
  const toolSize = (tool: ModelTool): number => {
    const size = measured.get(tool) ?? bytes(JSON.stringify(tool))
    measured.set(tool, size)
    return size
  }
  return ({ messages, tools = [], maxOutputTokens }, { maxOutput }) => {
    const text = messages.reduce((sum, message) => sum + messageSize(message), 0) + tools.reduce((sum, tool) => sum + toolSize(tool), 0)
    const images = messages.reduce((sum, { content }) => sum + (typeof content === 'string' ? 0 : content.filter((part) => part.type === 'image').length), 0)
    const input = Math.ceil(text / bytesPerToken) + images * tokensPerImage + messages.length * tokensPerMessage
    return { input, output: Math.min(maxOutputTokens ?? maxOutput ?? usualOutput, maxOutput ?? Infinity) }
  }
}

const bytes = (text: string): number => Buffer.byteLength(text)

function messageSize({ content }: ModelMessage): number {
  if (typeof content === 'string') return bytes(content)
  return content.reduce((sum, part) => sum + (part.type === 'text' ? bytes(part.text) : part.type === 'thinking' ? bytes(part.thinking) : part.type === 'toolCall' ? bytes(part.name) + bytes(JSON.stringify(part.arguments)) : 0), 0)
}
