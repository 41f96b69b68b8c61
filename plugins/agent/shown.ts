/** What a model is shown of a message: what tools and hooks said stands in the wrapper for what comes from outside. */
import { randomBytes, createHmac } from 'node:crypto'
import { wrapExternal } from '../external-content/contract.ts'
import type { About, ExternalContentApi } from '../external-content/contract.ts'
import type { ImagePart, ModelMessage, TextPart, ToolResultMessage } from '../models/contract.ts'

export type Wrap = ExternalContentApi['wrap']

/** Without the service the boundaries are good for as long as the gateway runs; they are as hard to guess. */
export function wrapping(service: Pick<ExternalContentApi, 'wrap'> | undefined): Wrap {
  if (service) return service.wrap
  const secret = randomBytes(32)
  return (text, about, id) => wrapExternal(text, about, createHmac('sha256', secret).update(id).digest('hex').slice(0, 32))
}

/** All texts of a result become one, in one wrapper; pictures follow it. */
export function shownResult(message: ToolResultMessage, id: string, wrap: Wrap): ToolResultMessage {
  return { ...message, content: wrapped(message.content, { source: 'tool', title: message.toolName }, id, wrap) }
}

/** Whoever writes to a hook is nobody that the agent works for. */
export function shownHook(message: Extract<ModelMessage, { role: 'user' }>, id: string, wrap: Wrap): ModelMessage {
  return { ...message, content: wrapped(message.content, { source: 'hook' }, id, wrap) }
}

function wrapped(content: ToolResultMessage['content'], about: About, id: string, wrap: Wrap): readonly (TextPart | ImagePart)[] {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  return [{ type: 'text', text: wrap(text, about, id) }, ...parts.filter((part) => part.type === 'image')]
}
