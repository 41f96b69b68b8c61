/** Vectors of texts: checked, batch by batch, each batch tried as an answer is, and always of one model. */
import { Buffer } from 'node:buffer'
import type { Clock, MaybePromise } from 'nexus-gateway/sdk'
import type { Tried } from './attempts.ts'
import { mostEmbedValues } from './embed.ts'
import type { EmbedCall, EmbedFinish, EmbedRequest, EmbedResult } from './embed.ts'
import { failModels, providerFailure } from './errors.ts'
import { bytesPerToken } from './estimate.ts'
import type { Registry } from './registry.ts'
import type { ModelSpec } from './spec.ts'
import { failureFrom } from './stream.ts'
import { sumOf, usageOf } from './usage.ts'
import type { ModelUsage } from './usage.ts'
import { orLate } from './waits.ts'
import type { Work } from './work.ts'

const mostAtOnce = 100
const tokensPerValue = 8

export interface VectorsHost {
  readonly registry: Pick<Registry, 'resolve'>
  readonly tried: Tried
  /** One batch at one provider. */
  ask(call: EmbedCall): MaybePromise<EmbedFinish | undefined>
  readonly clock: Clock
}

export function createVectors(host: VectorsHost): (request: EmbedRequest) => Promise<EmbedResult> {
  return async (request) => {
    const { values, signal } = request
    if (values.length < 1 || values.length > mostEmbedValues || values.includes('')) throw failModels('NEXUS_MODELS_VALUES', { most: mostEmbedValues })
    const spec = await host.registry.resolve(request.model, 'embedding')
    const embeddings: (readonly number[])[] = []
    let usage: ModelUsage = usageOf({})
    let last: Pick<EmbedResult, 'account' | 'attempts'> = {}
    const size = Math.min(mostAtOnce, spec.maxValues ?? mostAtOnce)
    for (let at = 0; at < values.length; at += size) {
      const { value, ...how } = await host.tried(batchWork(host, request, spec, values.slice(at, at + size), embeddings[0]?.length))
      if (value === undefined) throw signal.reason
      embeddings.push(...value.embeddings)
      usage = sumOf(usage, value.usage ?? usageOf({}))
      last = { ...last, ...how }
    }
    return { embeddings, usage, provider: spec.provider, model: spec.id, ...last }
  }
}

/** `length`: of the vectors of the batches before. */
function batchWork({ ask, clock }: VectorsHost, request: EmbedRequest, spec: ModelSpec, values: readonly string[], length: number | undefined): Work<EmbedFinish | undefined> {
  const { model: _, account: wanted, ...rest } = request
  return {
    // Vectors of two models do not mix: nobody else is asked.
    about: { ...rest, ...(wanted !== undefined && { account: wanted }), provider: spec.provider, model: spec.id, fallbacks: [] },
    estimate: () => ({ input: values.reduce((tokens, value) => tokens + Math.ceil(Buffer.byteLength(value) / bytesPerToken) + tokensPerValue, 0), output: 0 }),
    async ask({ account }, { signal }) {
      if (signal.aborted) return { value: undefined, aborted: true }
      try {
        const call: EmbedCall = { ...rest, signal, values, provider: spec.provider, model: spec.id, spec, ...(account && { account: account.id }) }
        const finish = await orLate<EmbedFinish | undefined>(ask(call), signal, clock, () => undefined)
        if (signal.aborted) return { value: undefined, aborted: true, ...(finish?.usage && { usage: finish.usage }) }
        if (finish === undefined) throw failModels('NEXUS_MODELS_UNKNOWN', { hint: '' })
        if (!areVectors(finish.embeddings, values.length, length)) throw providerFailure(spec.provider, 'format')
        return { value: finish, aborted: false, ...(finish.usage && { usage: finish.usage }) }
      } catch (error) {
        if (signal.aborted) return { value: undefined, aborted: true }
        throw failureFrom(error, spec.provider)
      }
    },
    aborted: () => undefined,
  }
}

/** As many as texts, all of one length, of numbers that are numbers. */
function areVectors(vectors: readonly (readonly number[])[], count: number, length = vectors[0]?.length): boolean {
  return vectors.length === count && length !== undefined && length > 0 && vectors.every((vector) => vector.length === length && vector.every(Number.isFinite))
}
