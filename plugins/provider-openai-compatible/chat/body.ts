/** A request in the words of OpenAI's chat completions. */
import { thinkingFor } from '../../models/contract.ts'
import type { AssistantMessage, ImagePart, ModelMessage, ModelRequest, ModelTool, TextPart } from '../../models/contract.ts'

/** The text of a tool as it is sent: it stays the same from request to request, so each is written once. */
export type WrittenTools = WeakMap<ModelTool, string>

export function bodyOf(request: ModelRequest, written: WrittenTools): string {
  const { tools = [], toolChoice, responseFormat, maxOutputTokens, temperature, topP, stop } = request
  const head = JSON.stringify({
    model: request.model, stream: true, stream_options: { include_usage: true },
    max_tokens: maxOutputTokens, temperature, top_p: topP, stop, reasoning_effort: effortOf(request),
    response_format: responseFormat?.type === 'json' ? { type: 'json_object' } : undefined,
    tool_choice: tools.length === 0 ? undefined : typeof toolChoice === 'object' ? { type: 'function', function: { name: toolChoice.name } } : toolChoice,
    messages: messagesOf(request.messages),
  })
  return tools.length === 0 ? head : `${head.slice(0, -1)},"tools":[${tools.map((tool) => toolText(tool, written)).join(',')}]}`
}

function effortOf({ spec, thinking }: ModelRequest): string | undefined {
  const level = spec && thinkingFor(spec, thinking)
  return level === 'off' ? 'none' : level === 'max' ? 'high' : level
}

function toolText(tool: ModelTool, written: WrittenTools): string {
  let text = written.get(tool)
  if (text === undefined) {
    const { name, description, parameters } = tool
    text = JSON.stringify({ type: 'function', function: { name, description, parameters } })
    written.set(tool, text)
  }
  return text
}

type Sent = Readonly<Record<string, unknown>>
type Shown = TextPart | ImagePart

/** A tool message holds only text, so the images of tools follow as a message of the user's. Thinking is not sent back. */
function messagesOf(messages: readonly ModelMessage[]): readonly Sent[] {
  const sent: Sent[] = []
  let seen: readonly ImagePart[] = []
  const show = (): void => {
    if (seen.length > 0) sent.push({ role: 'user', content: [{ type: 'text', text: 'The images the tools returned:' }, ...seen.map(partOf)] })
    seen = []
  }
  for (const message of messages) {
    if (message.role === 'toolResult') {
      const { toolCallId, content } = message
      sent.push({ role: 'tool', tool_call_id: toolCallId, content: textOf(content) })
      if (typeof content !== 'string') seen = [...seen, ...content.filter((part) => part.type === 'image')]
      continue
    }
    show()
    if (message.role === 'assistant') {
      const said = assistantOf(message)
      if (said) sent.push(said)
    } else sent.push({ role: message.role, content: message.role === 'system' ? textOf(message.content) : userContent(message.content) })
  }
  show()
  return sent
}

function assistantOf({ content }: AssistantMessage): Sent | undefined {
  if (typeof content === 'string') return content === '' ? undefined : { role: 'assistant', content }
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const calls = content.filter((part) => part.type === 'toolCall').map(({ id, name, arguments: args }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }))
  if (calls.length > 0) return { role: 'assistant', content: text === '' ? null : text, tool_calls: calls }
  return text === '' ? undefined : { role: 'assistant', content: text }
}

function userContent(content: string | readonly Shown[]): unknown {
  if (typeof content === 'string') return content
  const [first] = content
  return content.length === 1 && first?.type === 'text' ? first.text : content.map(partOf)
}

const partOf = (part: Shown): Sent => (part.type === 'text' ? { type: 'text', text: part.text } : { type: 'image_url', image_url: { url: `data:${part.mimeType};base64,${part.data}` } })

const textOf = (content: string | readonly Shown[]): string => (typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '[an image, shown below]')).join('\n'))
