/** A conversation as the AI SDK wants it. */
import type { LanguageModelV3CallOptions, LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { AssistantMessage, ImagePart, ModelMessage, ModelRequest, TextPart, ToolResultMessage } from '../models/contract.ts'

type UserContent = Extract<LanguageModelV3Message, { role: 'user' }>['content']
type AssistantContent = Extract<LanguageModelV3Message, { role: 'assistant' }>['content']

export function optionsOf(request: ModelRequest): LanguageModelV3CallOptions {
  const { maxOutputTokens, temperature, topP, stop, tools = [] } = request
  return {
    prompt: promptOf(request.messages),
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: 'function' as const, name: tool.name, description: tool.description, inputSchema: tool.parameters })) }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stop === undefined ? {} : { stopSequences: [...stop] }),
  }
}

export function promptOf(messages: readonly ModelMessage[]): LanguageModelV3Prompt {
  const prompt: LanguageModelV3Prompt = []
  let seen: ImagePart[] = []
  // A tool message holds only text, so images follow as a message of the user's once all results are given.
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
        const content = assistantContent(message)
        if (content.length > 0) prompt.push({ role: 'assistant', content })
        break
      }
      case 'toolResult':
        prompt.push(toolMessage(message))
        seen.push(...partsOf(message.content).filter((part) => part.type === 'image'))
    }
  }
  show()
  return prompt
}

function userContent(parts: readonly (TextPart | ImagePart)[]): UserContent {
  return parts.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : { type: 'file', mediaType: part.mimeType, data: part.data }))
}

/** Thinking stays behind: most servers of this kind refuse a message that has any. */
function assistantContent({ content }: AssistantMessage): AssistantContent {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.flatMap((part): AssistantContent => {
    if (part.type === 'thinking' || (part.type === 'text' && part.text === '')) return []
    if (part.type === 'text') return [{ type: 'text', text: part.text }]
    return [{ type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.arguments }]
  })
}

function toolMessage({ toolCallId, toolName, content, isError }: ToolResultMessage): LanguageModelV3Message {
  const value = textOf(partsOf(content).map((part) => (part.type === 'text' ? part : { type: 'text', text: '[an image, shown below]' })))
  return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output: { type: isError ? 'error-text' : 'text', value } }] }
}

const partsOf = <P>(content: string | readonly P[]): readonly (P | TextPart)[] => (typeof content === 'string' ? [{ type: 'text', text: content }] : content)

const textOf = (content: string | readonly TextPart[]): string => (typeof content === 'string' ? content : content.map((part) => part.text).join('\n'))
