/** Conversations that providers accept, made of transcripts that may have been cut off anywhere. */
import type { ModelMessage, ToolCallPart, ToolResultMessage } from './message.ts'

/**
 * Every tool call directly followed by its one result: a call cut off gets a result that says so, a result without
 * a call goes, and so does an empty assistant message. Whole conversations come back as they are.
 */
export function mended(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const out: ModelMessage[] = []
  let open = new Map<string, ToolCallPart>()
  const close = (): void => {
    for (const call of open.values()) out.push(lost(call))
    open = new Map()
  }
  for (const message of messages) {
    if (message.role === 'toolResult') {
      if (open.delete(message.toolCallId)) out.push(message)
      continue
    }
    close()
    if (message.role === 'assistant' && message.content.length === 0) continue
    out.push(message)
    if (message.role === 'assistant') open = callsOf(message.content)
  }
  close()
  return out
}

function callsOf(content: Extract<ModelMessage, { role: 'assistant' }>['content']): Map<string, ToolCallPart> {
  if (typeof content === 'string') return new Map()
  return new Map(content.filter((part) => part.type === 'toolCall').map((call) => [call.id, call]))
}

const lost = (call: ToolCallPart): ToolResultMessage => ({
  role: 'toolResult', toolCallId: call.id, toolName: call.name, isError: true,
  content: 'The call was cut off: whether it had an effect is not known.',
})
