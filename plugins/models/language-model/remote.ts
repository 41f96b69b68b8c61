/** What a server lists: its models, asked for when somebody wants them and kept for a while. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock, Log } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import { underSignals } from '../signals.ts'
import type { ModelPrice, ModelSpec } from '../spec.ts'
import type { Credentials, Headers } from './credentials.ts'
import { noRedirect } from './fetch.ts'
import { kindByName } from './kind.ts'

const keepMs = 10 * 60_000
const retryMs = 30_000
const answerMs = 5_000
const mostBytes = 4 * 1024 * 1024
const mostModels = 2_000

const entry = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  // What some servers say besides: OpenRouter, vLLM, LM Studio.
  name: v.fallback(v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), undefined),
  context_length: v.fallback(v.optional(v.nullable(v.number())), undefined),
  max_model_len: v.fallback(v.optional(v.nullable(v.number())), undefined),
  pricing: v.fallback(v.optional(v.object({ prompt: v.string(), completion: v.string(), input_cache_read: v.optional(v.string()), input_cache_write: v.optional(v.string()) })), undefined),
})
const List = v.pipe(v.string(), v.parseJson(), v.object({ data: v.array(v.unknown()) }))

export interface Remote {
  readonly provider: string
  /** Up to and with the version. */
  readonly baseUrl: string
  readonly credentials: Pick<Credentials, 'headers'>
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** Where the server does not say. */
  price?(id: string): ModelPrice | undefined
}

/** The server is asked when somebody wants the list, never at start. */
export function listedBy({ provider, baseUrl, credentials, clock, log, signal, price: usual }: Remote): () => Promise<readonly ModelSpec[]> {
  let kept: Promise<readonly ModelSpec[]> | undefined
  let until = Infinity

  async function ask(before: readonly ModelSpec[]): Promise<readonly ModelSpec[]> {
    const url = `${baseUrl.replace(/\/+$/, '')}/models`
    const late = new AbortController()
    const timer = clock.setTimeout(() => late.abort(), answerMs)
    const answer = await underSignals([signal, late.signal], async (either) => modelsFrom(url, await orAborted(Promise.resolve(credentials.headers()), either), either))
      .catch((error: unknown) => (error instanceof NexusError ? error.message : 'no answer'))
    clock.clearTimeout(timer)
    if (typeof answer !== 'string') {
      until = clock.now() + keepMs
      return answer.map((model) => specOf(provider, model, usual))
    }
    until = clock.now() + retryMs
    if (!signal.aborted) log.warn('the server did not list its models; name them under `models` in the settings', { why: answer })
    return before
  }

  /** Nobody waits for a list that is only to be renewed. */
  function renew(old: Promise<readonly ModelSpec[]>): void {
    until = Infinity
    const fresh = old.then(ask)
    void fresh.then(() => { kept = fresh })
  }

  return async () => {
    kept ??= ask([])
    if (clock.now() >= until) renew(kept)
    return kept
  }
}

/** `work`, or the signal's reason as soon as there is one. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([work, new Promise<never>((_, refuse) => {
    if (signal.aborted) refuse(signal.reason as Error)
    signal.addEventListener('abort', () => refuse(signal.reason as Error), { once: true })
  })])
}

/** What it lists, or why that is nothing in words of our own: a server may repeat the credential. */
async function modelsFrom(url: string, headers: Headers, signal: AbortSignal): Promise<readonly v.InferOutput<typeof entry>[] | string> {
  const sent = Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined)
  const response = await noRedirect(url, { headers: sent, signal })
  if (!response.ok) {
    await response.body?.cancel()
    return `HTTP ${response.status}`
  }
  const list = v.safeParse(List, await textOf(response))
  // One that nobody could name takes none of the others away.
  const named = (one: unknown): readonly v.InferOutput<typeof entry>[] => {
    const parsed = v.safeParse(entry, one)
    return parsed.success ? [parsed.output] : []
  }
  return list.success ? list.output.data.slice(0, mostModels).flatMap(named) : 'no list of models'
}

/** At most `mostBytes`: what is cut off is no JSON any more. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length > mostBytes) break
  }
  return text
}

function specOf(provider: string, { id, name, context_length, max_model_len, pricing }: v.InferOutput<typeof entry>, usual: Remote['price']): ModelSpec {
  const contextWindow = [context_length, max_model_len].find((size) => typeof size === 'number' && Number.isInteger(size) && size > 0)
  const price = pricing ? priceOf(pricing) : usual?.(id)
  const kind = kindByName(id)
  return { provider, id, name: name ?? id, ...(kind && { kind }), ...(typeof contextWindow === 'number' && { contextWindow }), ...(price && { price }) }
}

/** Written as dollars per token; a negative one stands for "it depends", which is not known. */
function priceOf({ prompt, completion, input_cache_read, input_cache_write }: { readonly prompt: string; readonly completion: string; readonly input_cache_read?: string | undefined; readonly input_cache_write?: string | undefined }): ModelSpec['price'] {
  const [input, output, cacheRead, cacheWrite] = [prompt, completion, input_cache_read, input_cache_write].map((text) => (text === undefined || !/^\d*\.?\d+(e-?\d+)?$/i.test(text) ? undefined : Number((Number(text) * 1e6).toPrecision(12))))
  if (input === undefined || output === undefined) return undefined
  return { input, output, ...(cacheRead === undefined ? {} : { cacheRead }), ...(cacheWrite === undefined ? {} : { cacheWrite }) }
}
