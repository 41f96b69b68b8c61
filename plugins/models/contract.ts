/**
 * What a model is asked and what it answers, in a shape no vendor owns. Providers tap hooks through `offerModels`, or
 * through `offerLanguageModel` when the AI SDK speaks for them; whoever wants an answer takes the service `Models`.
 * Messages have the shape of a transcript's messages, so a session's history is a request's `messages` as it stands.
 */
import { contract, hook, method, service } from 'nexus-gateway/sdk'
import type { Cause, Ctx, MaybePromise } from 'nexus-gateway/sdk'
import type { Account } from './attempt.ts'
import type { ModelMessage, ModelTool, ToolCallPart } from './message.ts'
import type { Route, RouteRequest } from './route.ts'
import { underSignals } from './signals.ts'
import type { ModelSpec, ThinkingLevel } from './spec.ts'
import type { ModelUsage } from './usage.ts'
import { ModelsListParams, ModelsListResult, ModelsProbeParams, ModelsProbeResult, ModelsRouteParams, ModelsRouteResult, ModelsStatusResult } from './wire.ts'

export { modelAfter, modelBefore } from './attempt.ts'
export type { Account, Attempt, AttemptOutcome } from './attempt.ts'
export { failureKinds, failureOf, modelsErrors, providerFailure } from './errors.ts'
export type { FailureKind, ProviderFailure } from './errors.ts'
export { malformed, parseArguments } from './message.ts'
export type { AssistantMessage, ImagePart, ModelMessage, ModelTool, SystemMessage, TextPart, ThinkingPart, ToolCallPart, ToolResultMessage, UserMessage } from './message.ts'
export { modelRoute, tiers } from './route.ts'
export type { Route, RouteRequest, Tier } from './route.ts'
export { underSignals } from './signals.ts'
export { referenceOf, thinkingFor, thinkingLevels } from './spec.ts'
export type { ModelPrice, ModelSpec, ThinkingLevel, TokenPrice } from './spec.ts'
export { costOf, priceFor, usageOf } from './usage.ts'
export type { ModelUsage } from './usage.ts'
export type { ModelsList, ModelsProbe, ModelsRoute, ModelsStatus } from './wire.ts'

// ── A request and its answer ────────────────────────────────────────────────────────────────────

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

// ── Providers ───────────────────────────────────────────────────────────────────────────────────

/** A registry is a hook that collects: every provider answers with the models it has. */
export const modelsListed = hook.collect<[], readonly ModelSpec[]>('models.listed', { onError: 'isolate' })
/** The provider named in the request answers; the others stay silent. */
export const modelStream = hook.bail<[ModelRequest, EmitPart], ModelFinish>('models.stream')
/** The accounts of the provider named; one that has none stays silent. */
export const modelAccounts = hook.bail<[provider: string], readonly Account[]>('models.accounts')

export interface Provider {
  readonly id: string
  models(): MaybePromise<readonly ModelSpec[]>
  /** Several credentials: `models` chooses one for each attempt and names it in `request.account`. */
  accounts?(): MaybePromise<readonly Account[]>
  /** Rejects with `providerFailure(…)`. When `request.signal` aborts it may resolve as `aborted` or reject; both count as aborted. */
  stream(request: ModelRequest, emit: EmitPart): MaybePromise<ModelFinish>
}

/** Makes a plugin a provider; call it in `setup`. When the plugin closes, its streams see `request.signal` aborted. */
export function offerModels(ctx: Pick<Ctx, 'scope' | 'tap'>, provider: Provider): void {
  ctx.tap(modelsListed, () => provider.models())
  if (provider.accounts) ctx.tap(modelAccounts, (id) => (id === provider.id ? provider.accounts?.() : undefined))
  ctx.tap(modelStream, (request, emit) => {
    if (request.provider !== provider.id) return undefined
    return underSignals([request.signal, ctx.scope.signal], (signal) => provider.stream({ ...request, signal }, emit))
  })
}

// ── The service ─────────────────────────────────────────────────────────────────────────────────

export interface ModelsApi {
  /** Every model of every running provider that the settings allow, completed from the catalogue, in the order of the plugins' ids. */
  list(): Promise<readonly ModelSpec[]>
  /**
   * The model behind `provider/id`, a bare `id` or an alias; without one, `models.default` of the settings, else the
   * first model that is no demonstration, else the first. Throws NEXUS_MODELS_UNKNOWN, _NONE or _NOT_ALLOWED.
   */
  resolve(reference?: string): Promise<ModelSpec>
  /** Which model is to answer, after every tap of `models.route` has had its say. Throws as `resolve` does. */
  route(request: RouteRequest): Promise<Route>
  /**
   * Streams one answer. What fails before its first word is tried again with another account, then with the fallbacks,
   * within the retry budget. Rejects with NEXUS_MODELS_PROVIDER (see `failureOf`), NEXUS_MODELS_UNKNOWN,
   * NEXUS_MODELS_NOT_ALLOWED or what a tap of `models.before` threw; an abort resolves.
   */
  stream(request: ModelRequest, emit: EmitPart): Promise<ModelFinish>
}
export const Models = service<ModelsApi>('models/1')

export const models = contract({
  id: 'models',
  provides: { models: Models },
  methods: {
    'models.list': method({ scope: 'operator.read', params: ModelsListParams, result: ModelsListResult, summary: 'The models that may be used.' }),
    'models.status': method({ scope: 'operator.read', result: ModelsStatusResult, summary: 'How the providers and their accounts stand.' }),
    'models.probe': method({ scope: 'operator.write', params: ModelsProbeParams, result: ModelsProbeResult, limit: { calls: 30, concurrent: 4 }, summary: 'Asks a model for one word, to see whether it answers.' }),
    'models.route': method({ scope: 'operator.read', params: ModelsRouteParams, result: ModelsRouteResult, summary: 'Which model would answer a text, and why.' }),
  },
})
