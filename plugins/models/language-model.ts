/** Makes a model of the AI SDK a provider: what is common to all of them. Only its types are known here; each plugin loads its own library. */
import type { EmbeddingModelV3, LanguageModelV3, LanguageModelV3CallOptions, SharedV3ProviderOptions } from '@ai-sdk/provider'
import type { Ctx } from 'nexus-gateway/sdk'
import { secretsHeld } from '../logs/contract.ts'
import { offerModels } from './provider.ts'
import type { ModelRequest } from './request.ts'
import { bearer, credentialsOf } from './language-model/credentials.ts'
import type { Carry } from './language-model/credentials.ts'
import type { Dialect } from './language-model/prompt.ts'
import { embedFrom } from './language-model/embed.ts'
import { kindByName } from './language-model/kind.ts'
import { listedBy } from './language-model/remote.ts'
import type { LanguageModelSettings, ModelSettings } from './language-model/settings.ts'
import { streamFrom } from './language-model/stream.ts'
import { createRecent } from './recent.ts'
import { allKnown } from './spec.ts'
import type { ModelSpec } from './spec.ts'

export { languageModelSettings } from './language-model/settings.ts'
export type { LanguageModelSettings } from './language-model/settings.ts'
export { noRedirect } from './language-model/fetch.ts'
export type { Carry } from './language-model/credentials.ts'
export type { Dialect } from './language-model/prompt.ts'

export interface VectorsOffer {
  /** Loads the library; called with the first question and not before. Credentials come as headers with each request. */
  load(): Promise<(modelId: string) => EmbeddingModelV3>
  /** How the vendor is told the length that is wanted. */
  dimensions(count: number): SharedV3ProviderOptions
}

export interface LanguageModelOffer {
  /** The provider's id in references. */
  readonly id: string
  readonly settings: LanguageModelSettings
  /** Loads the library; called with the first question and not before. Credentials come as headers with each request. */
  load(): Promise<(modelId: string) => LanguageModelV3>
  /** Models that make vectors of texts; left out where the vendor has none. */
  readonly vectors?: VectorsOffer
  /** How a credential is sent; as a bearer token by default. */
  readonly carry?: Carry
  /** Nothing is sent without a credential. */
  readonly needsKey?: boolean
  readonly dialect?: Dialect
  /** What the provider wants besides; for thinking see `thinkingFor`. */
  shape?(options: LanguageModelV3CallOptions, request: ModelRequest): LanguageModelV3CallOptions
  /** Where the server lists its models, in OpenAI's shape; without it those of the catalogue are offered. */
  readonly listUrl?: string
}

/** Call it in `setup`. The keys it sends are told to whoever keeps them out of the log. */
export function offerLanguageModel(ctx: Pick<Ctx, 'scope' | 'tap' | 'clock' | 'log'>, offer: LanguageModelOffer): void {
  const { id, settings, carry = bearer, needsKey, dialect, shape, listUrl, vectors } = offer
  const { clock, log } = ctx
  const credentials = credentialsOf(id, settings, carry, needsKey)
  const server = { provider: id, model: kept(() => offer.load()), timeoutMs: settings.timeoutMs, stallMs: settings.stallMs, credentials, clock, log, ...(dialect && { dialect }), ...(shape && { shape }) }
  const fixed = settings.models?.map((model) => specOf(id, model)) ?? (listUrl === undefined ? [allKnown(id)] : undefined)
  const maker = vectors && { ...server, embedding: kept(() => vectors.load()), dimensions: (count: number) => vectors.dimensions(count) }
  ctx.tap(secretsHeld, credentials.known)
  offerModels(ctx, {
    id,
    models: fixed ? () => fixed : listedBy({ provider: id, baseUrl: listUrl!, credentials, clock, log, signal: ctx.scope.signal }),
    ...(credentials.accounts.length > 0 && { accounts: () => credentials.accounts }),
    stream: (request, emit) => streamFrom(server, request, emit),
    ...(maker && { embed: (call) => embedFrom(maker, call) }),
  })
}

const mostKept = 64

/** A model of the SDK is kept, because it builds its validator anew each time it is made: a quarter of the cost of a short answer. */
function kept<T>(load: () => Promise<(id: string) => T>): (id: string) => Promise<T> {
  const models = createRecent<string, T>(mostKept)
  let made: Promise<(id: string) => T> | undefined
  return async (id) => {
    // A load that failed is tried again: the library may have been installed since.
    made ??= load().catch((error: unknown) => {
      made = undefined
      throw error
    })
    const model = models.get(id) ?? (await made)(id)
    models.set(id, model)
    return model
  }
}

function specOf(provider: string, model: ModelSettings): ModelSpec {
  const known = Object.fromEntries(Object.entries({ kind: kindByName(model.id), ...model }).filter(([, value]) => value !== undefined))
  return { ...known, provider, id: model.id, name: model.name ?? model.id }
}
