/** The models there are: those of the settings, or what the server lists. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock, Log } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import { underSignals } from '../models/contract.ts'
import type { ModelSpec } from '../models/contract.ts'
import type { Config } from './config.ts'
import type { Credentials } from './credentials.ts'

const keepMs = 10 * 60_000
const retryMs = 30_000
const answerMs = 5_000
const mostBytes = 4 * 1024 * 1024
const mostModels = 2_000

const List = v.pipe(v.string(), v.parseJson(), v.object({ data: v.array(v.object({ id: v.pipe(v.string(), v.minLength(1), v.maxLength(256)) })) }))

/** The server is asked when somebody wants the list, never at start. */
export function createCatalogue(config: Config, credentials: Credentials, clock: Clock, log: Log, signal: AbortSignal): () => Promise<readonly ModelSpec[]> {
  const fixed = config.models?.map((model) => specOf(config.name, model))
  let kept: Promise<readonly ModelSpec[]> | undefined
  let until = Infinity

  async function ask(before: readonly ModelSpec[]): Promise<readonly ModelSpec[]> {
    const url = `${config.baseUrl.replace(/\/+$/, '')}/models`
    const answer = await underSignals([signal, AbortSignal.timeout(answerMs)], async (either) => idsFrom(url, await credentials.headers(either), either))
      .catch((error: unknown) => (error instanceof NexusError ? error.message : 'no answer'))
    if (typeof answer !== 'string') {
      until = clock.now() + keepMs
      return answer.map((id) => specOf(config.name, { id }))
    }
    until = clock.now() + retryMs
    log.warn('the server did not list its models; name them under `models` in the settings', { why: answer })
    return before
  }

  /** Nobody waits for a list that is only to be renewed. */
  function renew(old: Promise<readonly ModelSpec[]>): void {
    until = Infinity
    const fresh = old.then(ask)
    void fresh.then(() => { kept = fresh })
  }

  return async () => {
    if (fixed) return fixed
    kept ??= ask([])
    if (clock.now() >= until) renew(kept)
    return kept
  }
}

/** The ids, or why there are none in words of our own: a server may repeat the credential. */
async function idsFrom(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly string[] | string> {
  const response = await fetch(url, { headers, signal })
  if (!response.ok) {
    await response.body?.cancel()
    return `HTTP ${response.status}`
  }
  const list = v.safeParse(List, await textOf(response))
  return list.success ? list.output.data.slice(0, mostModels).map((model) => model.id) : 'no list of models'
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

function specOf(provider: string, model: NonNullable<Config['models']>[number]): ModelSpec {
  const known = Object.fromEntries(Object.entries(model).filter(([, value]) => value !== undefined))
  return { ...known, provider, id: model.id, name: model.name ?? model.id }
}
