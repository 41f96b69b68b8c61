/**
 * What a model is asked and what it answers, in a shape no vendor owns. Providers tap two hooks through
 * `offerModels`; whoever wants an answer takes the service `Models`. Messages have the shape of a transcript's
 * messages, so a session's history is a request's `messages` as it stands.
 */
import * as v from 'valibot'
import { contract, hook, method, service } from 'nexus-gateway/sdk'
import type { Cause, Ctx, MaybePromise } from 'nexus-gateway/sdk'
import { underSignals } from './signals.ts'

export { failureKinds, failureOf, modelsErrors, providerFailure } from './errors.ts'
export type { FailureKind, ProviderFailure } from './errors.ts'
export { underSignals } from './signals.ts'

// ── Models ──────────────────────────────────────────────────────────────────────────────────────

/** US dollars per million tokens. A price that is not known is left out, never 0. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
}

export interface ModelSpec {
  /** The name the provider knows it by; may contain slashes. */
  readonly id: string
  /** Id of the provider, which together with `id` makes the reference `provider/id`. */
  readonly provider: string
  /** For people. */
  readonly name: string
  /** Tokens a request and its answer may have together. */
  readonly contextWindow?: number
  /** Tokens an answer may have. */
  readonly maxOutput?: number
  /** Whether it can call tools; not known counts as yes. */
  readonly tools?: boolean
  /** Whether it thinks before it answers. */
  readonly reasoning?: boolean
  /** What a message may contain; not known counts as text only. */
  readonly input?: readonly ('text' | 'image')[]
  readonly price?: ModelPrice
  /** A stand-in: it becomes the default only while there is no other model. */
  readonly demo?: boolean
}

// ── Messages ────────────────────────────────────────────────────────────────────────────────────

export interface TextPart { readonly type: 'text'; readonly text: string }
/** `data` is base64 without a `data:` prefix. */
export interface ImagePart { readonly type: 'image'; readonly data: string; readonly mimeType: string }
/** `signature` is the provider's own proof of it, sent back unchanged. */
export interface ThinkingPart { readonly type: 'thinking'; readonly thinking: string; readonly signature?: string }
export interface ToolCallPart { readonly type: 'toolCall'; readonly id: string; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }

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

// ── A request and its answer ────────────────────────────────────────────────────────────────────

export interface ModelRequest {
  readonly provider: string
  readonly model: string
  /** A transcript as it stands: tool calls without a result and results without a call are mended on the way. */
  readonly messages: readonly ModelMessage[]
  readonly tools?: readonly ModelTool[]
  /** Tokens; without it the provider's own limit holds. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  /** Texts that end the answer. */
  readonly stop?: readonly string[]
  /** Aborting ends the stream with `stopReason: 'aborted'`. */
  readonly signal: AbortSignal
  /** Who asks, and under which trace. */
  readonly cause: Cause
  /** Where it belongs, for routing, stickiness and accounts. */
  readonly sessionKey?: string
  readonly runId?: string
}

/** A piece of the answer. Tool calls come whole, and only when the answer has ended well: a call of an answer cut off is never seen. */
export type ModelPart =
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'thinking'; readonly delta: string; readonly signature?: string }
  | ToolCallPart

/** Takes a part; called while the stream runs and never after it has ended. It must not throw. */
export type EmitPart = (part: ModelPart) => void

/** Tokens. `input` counts neither those read from nor those written to a cache; `totalTokens` is the sum of the four. */
export interface ModelUsage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly totalTokens: number
}

/** `error` stands in transcripts only: a stream that fails rejects. */
export type StopReason = 'stop' | 'length' | 'toolUse' | 'aborted' | 'error'

export interface ModelFinish {
  readonly stopReason: Exclude<StopReason, 'error'>
  readonly usage: ModelUsage
  /** What answered, which after routing may not be what was asked. */
  readonly provider: string
  readonly model: string
}

/** Completes counted tokens to a whole usage. */
export function usageOf(counted: { readonly input?: number; readonly output?: number; readonly cacheRead?: number; readonly cacheWrite?: number }): ModelUsage {
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = counted
  return { input, output, cacheRead, cacheWrite, totalTokens: input + output + cacheRead + cacheWrite }
}

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

// ── Providers ───────────────────────────────────────────────────────────────────────────────────

/** A registry is a hook that collects: every provider answers with the models it has. */
export const modelsListed = hook.collect<[], readonly ModelSpec[]>('models.listed', { onError: 'isolate' })
/** The provider named in the request answers; the others stay silent. */
export const modelStream = hook.bail<[ModelRequest, EmitPart], ModelFinish>('models.stream')

export interface Provider {
  readonly id: string
  models(): MaybePromise<readonly ModelSpec[]>
  /** Rejects with `providerFailure(…)`. When `request.signal` aborts it may resolve as `aborted` or reject; both count as aborted. */
  stream(request: ModelRequest, emit: EmitPart): MaybePromise<ModelFinish>
}

/** Makes a plugin a provider; call it in `setup`. When the plugin closes, its streams see `request.signal` aborted. */
export function offerModels(ctx: Pick<Ctx, 'scope' | 'tap'>, provider: Provider): void {
  ctx.tap(modelsListed, () => provider.models())
  ctx.tap(modelStream, (request, emit) => {
    if (request.provider !== provider.id) return undefined
    return underSignals([request.signal, ctx.scope.signal], (signal) => provider.stream({ ...request, signal }, emit))
  })
}

// ── The service ─────────────────────────────────────────────────────────────────────────────────

export interface ModelsApi {
  /** Every model of every running provider, in the order of the plugins' ids. */
  list(): Promise<readonly ModelSpec[]>
  /**
   * The model behind `provider/id` or a bare `id`; without one, `models.default` of the settings, else the first
   * model that is no demonstration, else the first. Throws NEXUS_MODELS_UNKNOWN or NEXUS_MODELS_NONE.
   */
  resolve(reference?: string): Promise<ModelSpec>
  /** Streams one answer. Rejects with NEXUS_MODELS_PROVIDER (see `failureOf`) or NEXUS_MODELS_UNKNOWN; an abort resolves. */
  stream(request: ModelRequest, emit: EmitPart): Promise<ModelFinish>
}
export const Models = service<ModelsApi>('models/1')

/** The protocol's `ModelChoice`. */
const ModelChoice = v.strictObject({
  id: v.string(),
  name: v.string(),
  provider: v.string(),
  contextWindow: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  reasoning: v.optional(v.boolean()),
})

export const models = contract({
  id: 'models',
  provides: { models: Models },
  methods: {
    'models.list': method({
      scope: 'operator.read',
      params: v.optional(v.strictObject({}), {}),
      result: v.strictObject({ models: v.array(ModelChoice) }),
      summary: 'The models of every running provider.',
    }),
  },
})
