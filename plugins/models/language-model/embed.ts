/** Vectors of texts from a server, through the AI SDK: one batch, one request. */
import type { EmbeddingModelV3, SharedV3Headers, SharedV3ProviderOptions } from '@ai-sdk/provider'
import type { EmbedCall, EmbedFinish } from '../embed.ts'
import { providerFailure } from '../errors.ts'
import { underSignals } from '../signals.ts'
import { usageOf } from '../usage.ts'
import { read } from './failure.ts'
import type { Server } from './stream.ts'
import { watchdog } from './watchdog.ts'

export interface EmbedServer extends Pick<Server, 'provider' | 'timeoutMs' | 'credentials' | 'clock' | 'log'> {
  /** The AI SDK's model of that id; loads the SDK when it is first needed. */
  embedding(id: string): Promise<EmbeddingModelV3>
  /** The wanted length, as this kind of provider is told. */
  dimensions(count: number): SharedV3ProviderOptions
}

export async function embedFrom(server: EmbedServer, call: EmbedCall): Promise<EmbedFinish> {
  const late = new AbortController()
  const dog = watchdog(server.clock, server.timeoutMs, server.timeoutMs, () => late.abort(providerFailure(server.provider, 'timeout')))
  try {
    return await underSignals([call.signal, late.signal], (signal) => vectorsFrom(server, { ...call, signal }))
  } catch (error) {
    if (call.signal.aborted) throw call.signal.reason
    const { failure, said } = read(server.provider, late.signal.aborted ? late.signal.reason : error, server.clock.now(), server.credentials.known())
    server.log.warn('the provider failed', { model: call.model, trace: call.cause.trace, kind: failure.data.kind, said, ...(call.account === undefined ? {} : { account: call.account }) })
    throw failure
  } finally {
    dog.stop()
  }
}

async function vectorsFrom(server: EmbedServer, { model: id, account, values, dimensions, signal }: EmbedCall): Promise<EmbedFinish> {
  const model = await server.embedding(id)
  // A header that is to be left out stands there as undefined, which the type does not know.
  const headers = await server.credentials.headers(signal, account) as SharedV3Headers
  const { embeddings, usage, response } = await model.doEmbed({
    values: [...values], headers, abortSignal: signal, ...(dimensions !== undefined && { providerOptions: server.dimensions(dimensions) }),
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
