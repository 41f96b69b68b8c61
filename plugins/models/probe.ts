/** Asks a model for one word, to see whether it answers. */
import type { Cause, Clock } from 'nexus-gateway/sdk'
import type { ModelsApi } from './contract.ts'
import { failureOf } from './errors.ts'
import { underSignals } from './signals.ts'
import type { ModelsProbe } from './wire.ts'

/** Enough for a word of a model that thinks first. */
const maxOutputTokens = 256

export interface ProbeWish { readonly model?: string | undefined; readonly account?: string | undefined; readonly timeoutMs: number; readonly cause: Cause; readonly signal: AbortSignal }

/** One attempt at the model named, without fallbacks; an answer lifts a cooldown. Rejects only when there is no such model or account. */
export async function probe(models: Pick<ModelsApi, 'resolve' | 'stream'>, clock: Clock, wish: ProbeWish): Promise<ModelsProbe> {
  const { provider, id } = await models.resolve(wish.model)
  const startedAt = clock.now()
  let firstMs: number | undefined
  const late = new AbortController()
  const timer = clock.setTimeout(() => late.abort(), wish.timeoutMs)
  const about = (): Omit<ModelsProbe, 'ok'> => ({ provider, model: id, durationMs: clock.now() - startedAt, ...(firstMs === undefined ? {} : { firstMs }), ...(wish.account === undefined ? {} : { account: wish.account }) })
  try {
    const finish = await underSignals([wish.signal, late.signal], (signal) => models.stream({
      provider, model: id, messages: [{ role: 'user', content: 'Answer with the one word: ok' }], maxOutputTokens, fallbacks: [], signal, cause: wish.cause,
      ...(wish.account === undefined ? {} : { account: wish.account }),
    }, () => { firstMs ??= clock.now() - startedAt }))
    if (finish.stopReason === 'aborted') return { ...about(), ok: false, kind: 'timeout', message: 'no answer in time' }
    return { ...about(), ok: true, ...(finish.account === undefined ? {} : { account: finish.account }) }
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    const { message, fix } = error as Error & { fix?: string }
    return { ...about(), ok: false, kind: failure.kind, message, ...(fix === undefined ? {} : { fix }), ...(failure.status === undefined ? {} : { status: failure.status }), ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: Math.round(failure.retryAfterMs) }) }
  } finally {
    clock.clearTimeout(timer)
  }
}
