/**
 * What a model is asked and what it answers, in a shape no vendor owns. Providers tap hooks through `offerModels`, or
 * through `offerLanguageModel` when the AI SDK speaks for them; whoever wants an answer takes the service `Models`.
 * Messages have the shape of a transcript's messages, so a session's history is a request's `messages` as it stands.
 */
import { contract, method, service } from 'nexus-gateway/sdk'
import type { EmbedRequest, EmbedResult } from './embed.ts'
import type { PriceBook } from './prices/book.ts'
import type { EmitPart, ModelFinish, ModelRequest } from './request.ts'
import type { Route, RouteRequest } from './route.ts'
import type { ModelKind, ModelSpec } from './spec.ts'
import { ModelsListParams, ModelsListResult, ModelsProbeParams, ModelsProbeResult, ModelsRouteParams, ModelsRouteResult, ModelsStatusResult } from './wire.ts'

export { modelAfter, modelBefore } from './attempt.ts'
export type { Account, Attempt, AttemptControl, AttemptOutcome } from './attempt.ts'
export { mostEmbedValues } from './embed.ts'
export type { EmbedCall, EmbedFinish, EmbedRequest, EmbedResult } from './embed.ts'
export { failureKinds, failureOf, modelsErrors, providerFailure } from './errors.ts'
export type { FailureKind, ProviderFailure } from './errors.ts'
export { languageModelSettings, noRedirect, offerLanguageModel } from './language-model.ts'
export type { Carry, Dialect, LanguageModelOffer, LanguageModelSettings, VectorsOffer } from './language-model.ts'
export { serverSaid } from './language-model/failure.ts'
export { isUnconnected } from './language-model/unconnected.ts'
export { offerServer } from './server.ts'
export type { ServerOffer, Way } from './server.ts'
export { malformed, parseArguments } from './message.ts'
export type { AssistantMessage, ImagePart, ModelMessage, ModelTool, SystemMessage, TextPart, ThinkingPart, ToolCallPart, ToolResultMessage, UserMessage } from './message.ts'
export type { PriceBook, PriceEntry, PriceFault, Priced, PricedModels } from './prices/book.ts'
export { modelAccounts, modelEmbed, modelsListed, modelStream, offerModels } from './provider.ts'
export type { Provider } from './provider.ts'
export type { EmitPart, ModelFinish, ModelPart, ModelRequest, StopReason } from './request.ts'
export { modelRoute, tiers } from './route.ts'
export type { Route, RouteDecision, RouteFeature, RouteRequest, Tier } from './route.ts'
export { underSignals } from './signals.ts'
export { pause } from './waits.ts'
export { allKnown, kindOf, modelKinds, referenceOf, thinkingFor, thinkingLevels } from './spec.ts'
export type { ModelKind, ModelPrice, ModelSpec, PriceSource, ThinkingLevel, TokenPrice } from './spec.ts'
export { chargeOf, costOf, costsOf, priceFor, sumOf, usageOf } from './usage.ts'
export type { Costs, ModelUsage } from './usage.ts'
export type { ModelsList, ModelsProbe, ModelsRoute, ModelsStatus } from './wire.ts'

// ── The service ─────────────────────────────────────────────────────────────────────────────────

export interface ModelsApi {
  /** Every model of that kind (`chat` if left out) of every running provider that the settings allow, completed from the catalogue, in the order of the plugins' ids. */
  list(kind?: ModelKind): Promise<readonly ModelSpec[]>
  /**
   * The model behind `provider/id`, a bare `id` or an alias; without one, `models.default` of the settings (of kind
   * `embedding`: `models.embedding`), else the first model that is no demonstration, else the first. Throws
   * NEXUS_MODELS_UNKNOWN, _NONE, _NOT_ALLOWED, or _KIND for a model of the other kind.
   */
  resolve(reference?: string, kind?: ModelKind): Promise<ModelSpec>
  /** Which model is to answer, after every tap of `models.route` has had its say. Throws as `resolve` does. */
  route(request: RouteRequest): Promise<Route>
  /**
   * Streams one answer. What fails before its first word is tried again with another account, then with the fallbacks,
   * within the retry budget. Rejects with NEXUS_MODELS_PROVIDER (see `failureOf`), NEXUS_MODELS_UNKNOWN,
   * NEXUS_MODELS_NOT_ALLOWED or what a tap of `models.before` threw; an abort resolves.
   */
  stream(request: ModelRequest, emit: EmitPart): Promise<ModelFinish>
  /**
   * Vectors of texts, by the accounts, cooldowns, retries and hooks of `stream`, but never by another model. Rejects
   * with NEXUS_MODELS_PROVIDER, NEXUS_MODELS_VALUES for texts that are none or too many, what `resolve` throws, what
   * a tap of `models.before` threw, or the signal's reason.
   */
  embed(request: EmbedRequest): Promise<EmbedResult>
  /** What models cost and have cost: `prices.on('openai/o3', at)`. Without waiting, so also for long lists. */
  readonly prices: PriceBook
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
