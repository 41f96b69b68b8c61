/** Asks a model for one word, or for the vector of one, to see whether it answers. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Cause, Clock } from 'nexus-gateway/sdk'
import type { ModelsApi } from './contract.ts'
import type { EmbedResult } from './embed.ts'
import { failureOf } from './errors.ts'
import type { ModelFinish } from './request.ts'
import { underSignals } from './signals.ts'
import { kindOf } from './spec.ts'
import type { ModelSpec } from './spec.ts'
import type { ModelsProbe } from './wire.ts'

/** Enough for a word of a model that thinks first. */
const maxOutputTokens = 256

const silent = { ok: false, kind: 'timeout', message: 'no answer in time' } as const

export interface ProbeWish { readonly model?: string | undefined; readonly account?: string | undefined; readonly timeoutMs: number; readonly cause: Cause; readonly signal: AbortSignal }

/** One attempt at the model named, without fallbacks; an answer lifts a cooldown. Rejects only when there is no such model or account. */
export async function probe(models: Pick<ModelsApi, 'resolve' | 'stream' | 'embed'>, clock: Clock, wish: ProbeWish): Promise<ModelsProbe> {
  const spec = await anyKind(models, wish.model)
  const { provider, id } = spec
  const startedAt = clock.now()
  let firstMs: number | undefined
  const late = new AbortController()
  const timer = clock.setTimeout(() => late.abort(), wish.timeoutMs)
  const about = (): Omit<ModelsProbe, 'ok'> => ({ provider, model: id, durationMs: clock.now() - startedAt, ...(firstMs === undefined ? {} : { firstMs }), ...(wish.account === undefined ? {} : { account: wish.account }) })
  try {
    const account = wish.account === undefined ? {} : { account: wish.account }
    const finish = await underSignals<ModelFinish | EmbedResult>([wish.signal, late.signal], (signal) => (kindOf(spec) === 'embedding'
      ? models.embed({ model: `${provider}/${id}`, values: ['ok'], signal, cause: wish.cause, ...account })
      : models.stream({
          provider, model: id, messages: [{ role: 'user', content: 'Answer with the one word: ok' }], maxOutputTokens, fallbacks: [], signal, cause: wish.cause, ...account,
        }, () => { firstMs ??= clock.now() - startedAt })))
    if ('stopReason' in finish && finish.stopReason === 'aborted') return { ...about(), ...silent }
    return { ...about(), ok: true, ...(finish.account === undefined ? {} : { account: finish.account }) }
  } catch (error) {
    if (late.signal.aborted || wish.signal.aborted) return { ...about(), ...silent }
    const failure = failureOf(error)
    if (!failure) throw error
    const { message, fix } = error as Error & { fix?: string }
    return { ...about(), ok: false, kind: failure.kind, message, ...(fix === undefined ? {} : { fix }), ...(failure.status === undefined ? {} : { status: failure.status }), ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: Math.round(failure.retryAfterMs) }) }
  } finally {
    clock.clearTimeout(timer)
  }
}

/** One that makes vectors of texts may be asked too, but only by its name. */
async function anyKind({ resolve }: Pick<ModelsApi, 'resolve'>, reference: string | undefined): Promise<ModelSpec> {
  try {
    return await resolve(reference)
  } catch (error) {
    if (reference === undefined || !(error instanceof NexusError) || error.code !== 'NEXUS_MODELS_KIND') throw error
    return resolve(reference, 'embedding')
  }
}
