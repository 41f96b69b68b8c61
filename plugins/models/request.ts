/** What a model is asked, and what it answers. */
import type { Cause } from 'nexus-gateway/sdk'
import type { ModelMessage, ModelTool, ToolCallPart } from './message.ts'
import type { ModelSpec, ThinkingLevel } from './spec.ts'
import type { ModelUsage } from './usage.ts'

export interface ModelRequest {
  readonly provider: string
  readonly model: string
  /** A transcript as it stands: tool calls without a result and results without a call are mended on the way. */
  readonly messages: readonly ModelMessage[]
  readonly tools?: readonly ModelTool[]
  /** Which tool has to be called; without it the model decides. */
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string }
  /** `json` with a JSON Schema, where the provider has it; without one any JSON object. */
  readonly responseFormat?: { readonly type: 'text' } | { readonly type: 'json'; readonly name?: string; readonly schema?: Readonly<Record<string, unknown>> }
  /** Brought to the nearest level the model has. */
  readonly thinking?: ThinkingLevel
  /** Tokens; without it the provider's own limit holds. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  /** Texts that end the answer. */
  readonly stop?: readonly string[]
  /** References tried in order when the model fails before its first word; without it those of the settings, `[]` for none. */
  readonly fallbacks?: readonly string[]
  /** Nothing is sent before it resolves; if it rejects, so does the request. Meanwhile all else is made ready, and held by `models.before`. */
  readonly ready?: Promise<unknown>
  /** Aborting ends the stream with `stopReason: 'aborted'`. */
  readonly signal: AbortSignal
  /** Who asks, and under which trace. */
  readonly cause: Cause
  /** Where it belongs, for routing, stickiness and accounts. */
  readonly sessionKey?: string
  readonly runId?: string
  readonly agentId?: string
  /** One of the provider's accounts: chosen by `models`, or named by the caller, and then no other is tried. */
  readonly account?: string
  /** What is known of the model: filled in for providers. */
  readonly spec?: ModelSpec
}

/** A piece of the answer. Tool calls come whole, and only when the answer has ended well: a call of an answer cut off is never seen. */
export type ModelPart =
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'thinking'; readonly delta: string; readonly signature?: string }
  | ToolCallPart

/** Takes a part; called while the stream runs and never after it has ended. It must not throw. */
export type EmitPart = (part: ModelPart) => void

/** `error` stands in transcripts only: a stream that fails rejects. */
export type StopReason = 'stop' | 'length' | 'toolUse' | 'aborted' | 'error'

export interface ModelFinish {
  readonly stopReason: Exclude<StopReason, 'error'>
  readonly usage: ModelUsage
  /** What answered, which after a fallback is not what was asked. */
  readonly provider: string
  readonly model: string
  readonly account?: string
  /** How often a provider was asked, when it was more than once. */
  readonly attempts?: number
}
