/** Vectors of texts through the AI SDK: one batch, one request. */
import type { EmbeddingModelV3, SharedV3Headers, SharedV3ProviderOptions } from '@ai-sdk/provider'
import type { EmbedCall, EmbedFinish } from '../embed.ts'
import { usageOf } from '../usage.ts'
import type { Way } from './way.ts'

export interface SdkVectors {
  /** The AI SDK's model of that id; loads the SDK when it is first needed. */
  embedding(id: string): Promise<EmbeddingModelV3>
  /** The wanted length, as this kind of provider is told. */
  dimensions(count: number): SharedV3ProviderOptions
}

export async function vectorsFrom(sdk: SdkVectors, { model: id, values, dimensions }: EmbedCall, { headers, signal }: Way): Promise<EmbedFinish> {
  const model = await sdk.embedding(id)
  const { embeddings, usage, response } = await model.doEmbed({
    // A header that is to be left out stands there as undefined, which the type does not know.
    values: [...values], headers: headers as SharedV3Headers, abortSignal: signal, ...(dimensions !== undefined && { providerOptions: sdk.dimensions(dimensions) }),
  })
  return { embeddings: inOrder(embeddings, response?.body), ...(usage && { usage: usageOf({ input: usage.tokens }) }) }
}

/** Servers number their vectors, and the SDK takes them in the order in which they stand. */
function inOrder(embeddings: readonly (readonly number[])[], body: unknown): readonly (readonly number[])[] {
  const data = typeof body === 'object' && body !== null ? (body as { readonly data?: unknown }).data : undefined
  if (!Array.isArray(data) || data.length !== embeddings.length) return embeddings
  const places = data.map((one: { readonly index?: unknown } | null) => one?.index)
  if (places.every((place, i) => place === undefined || place === i)) return embeddings
  if (new Set(places).size !== places.length || !places.every((place) => Number.isInteger(place) && (place as number) >= 0 && (place as number) < places.length)) return []
  const ordered: (readonly number[])[] = []
  for (const [i, place] of places.entries()) ordered[place as number] = embeddings[i]!
  return ordered
}
