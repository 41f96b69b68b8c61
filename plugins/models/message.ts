/** Messages in the shape of a transcript's messages, and the parts they are made of. */

export interface TextPart { readonly type: 'text'; readonly text: string }
/** `data` is base64 without a `data:` prefix. */
export interface ImagePart { readonly type: 'image'; readonly data: string; readonly mimeType: string }
/** `signature` is the provider's own proof of it, sent back unchanged, and to no other provider. */
export interface ThinkingPart { readonly type: 'thinking'; readonly thinking: string; readonly signature?: string }
/** `signature` as for thinking: some providers refuse a call that comes back without it. */
export interface ToolCallPart { readonly type: 'toolCall'; readonly id: string; readonly name: string; readonly arguments: Readonly<Record<string, unknown>>; readonly signature?: string }

export interface SystemMessage { readonly role: 'system'; readonly content: string | readonly TextPart[] }
export interface UserMessage { readonly role: 'user'; readonly content: string | readonly (TextPart | ImagePart)[] }
export interface AssistantMessage { readonly role: 'assistant'; readonly content: string | readonly (TextPart | ThinkingPart | ToolCallPart)[] }
export interface ToolResultMessage {
  readonly role: 'toolResult'
  readonly toolCallId: string
  readonly toolName: string
  readonly content: string | readonly (TextPart | ImagePart)[]
  readonly isError?: boolean
}
export type ModelMessage = SystemMessage | UserMessage | AssistantMessage | ToolResultMessage

/** A tool as a model sees it. `parameters` is the JSON Schema of its arguments, an object. */
export interface ModelTool { readonly name: string; readonly description: string; readonly parameters: Readonly<Record<string, unknown>> }

/**
 * The arguments of a tool call. Models sometimes write what is no JSON object: then the text stands under
 * `$malformed`, a key no tool takes, so the executor refuses the call and the model reads why.
 */
export function parseArguments(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Not JSON: reported to the model as every other non-object.
  }
  return { [malformed]: text }
}
export const malformed = '$malformed'
