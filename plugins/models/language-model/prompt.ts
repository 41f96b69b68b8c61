/** A conversation as the AI SDK wants it. */
import type { LanguageModelV3CallOptions, LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { ModelRequest } from '../request.ts'
import type { AssistantMessage, ImagePart, ModelMessage, TextPart, ToolResultMessage } from '../message.ts'
import { optionsFrom } from './signature.ts'

type UserContent = Extract<LanguageModelV3Message, { role: 'user' }>['content']
type AssistantContent = Extract<LanguageModelV3Message, { role: 'assistant' }>['content']

/** What a kind of provider takes, beyond text. */
export interface Dialect {
  /** The name under which the AI SDK keeps the provider's own data; without it thinking and signatures stay behind. */
  readonly metadata?: string
  /** Whether a tool's result may hold images; otherwise they follow as a message of the user's. */
  readonly toolImages?: boolean
}

export function optionsOf(request: ModelRequest, dialect: Dialect = {}): LanguageModelV3CallOptions {
  const { maxOutputTokens, temperature, topP, stop, tools = [], toolChoice, responseFormat } = request
  return {
    prompt: promptOf(request.messages, dialect),
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: 'function' as const, name: tool.name, description: tool.description, inputSchema: tool.parameters })) }),
    ...(toolChoice === undefined || tools.length === 0 ? {} : { toolChoice: typeof toolChoice === 'string' ? { type: toolChoice } : { type: 'tool' as const, toolName: toolChoice.name } }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stop === undefined ? {} : { stopSequences: [...stop] }),
  }
}

export function promptOf(messages: readonly ModelMessage[], dialect: Dialect = {}): LanguageModelV3Prompt {
  const prompt: LanguageModelV3Prompt = []
  let seen: ImagePart[] = []
  const show = (): void => {
    if (seen.length > 0) prompt.push({ role: 'user', content: [{ type: 'text', text: 'The images the tools returned:' }, ...userContent(seen)] })
    seen = []
  }
  for (const message of messages) {
    if (message.role !== 'toolResult') show()
    switch (message.role) {
      case 'system': prompt.push({ role: 'system', content: textOf(message.content) }); break
      case 'user': prompt.push({ role: 'user', content: userContent(partsOf(message.content)) }); break
      case 'assistant': {
        const content = assistantContent(message, dialect)
        if (content.length > 0) prompt.push({ role: 'assistant', content })
        break
      }
      case 'toolResult':
        prompt.push(toolMessage(message, dialect))
        if (!dialect.toolImages) seen.push(...partsOf(message.content).filter((part) => part.type === 'image'))
    }
  }
  show()
  return prompt
}

function userContent(parts: readonly (TextPart | ImagePart)[]): UserContent {
  return parts.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : { type: 'file', mediaType: part.mimeType, data: part.data }))
}

/** Thinking goes back only to who has signed it: others refuse a message that has any. */
function assistantContent({ content }: AssistantMessage, { metadata }: Dialect): AssistantContent {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.flatMap((part): AssistantContent => {
    const providerOptions = part.type === 'text' ? undefined : optionsFrom(part.signature, metadata)
    if (part.type === 'thinking') return providerOptions ? [{ type: 'reasoning', text: part.thinking, providerOptions }] : []
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    return [{ type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.arguments, ...(providerOptions && { providerOptions }) }]
  })
}

function toolMessage({ toolCallId, toolName, content, isError }: ToolResultMessage, { toolImages }: Dialect): LanguageModelV3Message {
  const parts = partsOf(content)
  if (toolImages && !isError && parts.some((part) => part.type === 'image')) {
    const value = parts.map((part) => (part.type === 'text' ? { type: 'text' as const, text: part.text } : { type: 'image-data' as const, data: part.data, mediaType: part.mimeType }))
    return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'content', value } }] }
  }
  const value = textOf(parts.map((part) => (part.type === 'text' ? part : { type: 'text', text: '[an image, shown below]' })))
  return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output: { type: isError ? 'error-text' : 'text', value } }] }
}

const partsOf = <P>(content: string | readonly P[]): readonly (P | TextPart)[] => (typeof content === 'string' ? [{ type: 'text', text: content }] : content)

const textOf = (content: string | readonly TextPart[]): string => (typeof content === 'string' ? content : content.map((part) => part.text).join('\n'))
