/** Makes a model of the AI SDK a provider: what is common to all of them. Only its types are known here; each plugin loads its own library. */
import type { EmbeddingModelV3, LanguageModelV3, LanguageModelV3CallOptions, SharedV3ProviderOptions } from '@ai-sdk/provider'
import type { Ctx } from 'nexus-gateway/sdk'
import type { ModelRequest } from './request.ts'
import type { Dialect } from './language-model/prompt.ts'
import { vectorsFrom } from './language-model/embed.ts'
import { answerFrom } from './language-model/stream.ts'
import { createRecent } from './recent.ts'
import { offerServer } from './server.ts'
import type { ServerOffer } from './server.ts'

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

export interface LanguageModelOffer extends Omit<ServerOffer, 'stream' | 'embed'> {
  /** Loads the library; called with the first question and not before. Credentials come as headers with each request. */
  load(): Promise<(modelId: string) => LanguageModelV3>
  /** Models that make vectors of texts; left out where the vendor has none. */
  readonly vectors?: VectorsOffer
  readonly dialect?: Dialect
  /** What the provider wants besides; for thinking see `thinkingFor`. */
  shape?(options: LanguageModelV3CallOptions, request: ModelRequest): LanguageModelV3CallOptions
}

/** Call it in `setup`. The keys it sends are told to whoever keeps them out of the log. */
export function offerLanguageModel(ctx: Pick<Ctx, 'scope' | 'tap' | 'clock' | 'log'>, offer: LanguageModelOffer): void {
  const { dialect, shape, vectors, load: _, ...server } = offer
  const sdk = { provider: offer.id, model: kept(() => offer.load()), ...(dialect && { dialect }), ...(shape && { shape }) }
  const maker = vectors && { embedding: kept(() => vectors.load()), dimensions: (count: number) => vectors.dimensions(count) }
  offerServer(ctx, {
    ...server,
    stream: (request, way, emit) => answerFrom(sdk, request, way, emit),
    ...(maker && { embed: (call, way) => vectorsFrom(maker, call, way) }),
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
