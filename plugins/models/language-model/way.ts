/** One question to a server, whoever speaks to it: within its times, under the signals, and its failures read. */
import type { Clock, Log } from 'nexus-gateway/sdk'
import type { EmbedCall, EmbedFinish } from '../embed.ts'
import { providerFailure } from '../errors.ts'
import type { EmitPart, ModelFinish, ModelRequest } from '../request.ts'
import { underSignals } from '../signals.ts'
import { usageOf } from '../usage.ts'
import type { Credentials, Headers } from './credentials.ts'
import { read } from './failure.ts'
import { watchdog } from './watchdog.ts'
import type { Watchdog } from './watchdog.ts'

export interface Way {
  /** Credentials and the settings' own headers, names in lower case; `undefined` takes a header away that a library would send. */
  readonly headers: Headers
  /** Aborts when nobody wants the answer any more, or its time is up. */
  readonly signal: AbortSignal
  /** Something came; the next piece has to come within the shorter time. */
  fed(): void
}

export interface Server {
  readonly provider: string
  /** Milliseconds until the answer begins, and between two pieces of it. */
  readonly timeoutMs: number
  readonly stallMs: number
  readonly credentials: Pick<Credentials, 'headers' | 'known'>
  readonly clock: Clock
  readonly log: Log
  /** One question is one request. Rejects with `providerFailure(…)`, `serverSaid(…)` or an error of the AI SDK's. */
  stream(request: ModelRequest, way: Way, emit: EmitPart): Promise<ModelFinish>
  /** The same for vectors, one batch. */
  embed?(call: EmbedCall, way: Way): Promise<EmbedFinish>
}

type Asked = Pick<ModelRequest, 'model' | 'account' | 'cause' | 'signal'>

export async function streamFrom(server: Server, request: ModelRequest, emit: EmitPart): Promise<ModelFinish> {
  const { provider, model } = request
  return within(server, server.stallMs, request, (way) => server.stream(request, way, emit), () => ({ stopReason: 'aborted', usage: usageOf({}), provider, model }))
}

export async function embedFrom(server: Server, embed: NonNullable<Server['embed']>, call: EmbedCall): Promise<EmbedFinish> {
  return within(server, server.timeoutMs, call, (way) => embed(call, way), () => { throw call.signal.reason })
}

async function within<T>(server: Server, stallMs: number, asked: Asked, ask: (way: Way) => Promise<T>, aborted: () => T): Promise<T> {
  const { provider, credentials, clock, log } = server
  const late = new AbortController()
  const dog: Watchdog = watchdog(clock, server.timeoutMs, stallMs, () => late.abort(providerFailure(provider, 'timeout')))
  try {
    return await underSignals([asked.signal, late.signal], async (signal) => ask({ headers: await credentials.headers(signal, asked.account), signal, fed: dog.fed }))
  } catch (error) {
    if (asked.signal.aborted) return aborted()
    const { failure, said } = read(provider, late.signal.aborted ? late.signal.reason : error, clock.now(), credentials.known())
    log.warn('the provider failed', { model: asked.model, trace: asked.cause.trace, kind: failure.data.kind, said, ...(asked.account === undefined ? {} : { account: asked.account }) })
    throw failure
  } finally {
    dog.stop()
  }
}
