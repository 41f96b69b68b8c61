/** One question to a server, whoever speaks to it: within its times, under the signals, and its failures read. */
import type { Clock, Log } from 'nexus-gateway/sdk'
import type { EmbedCall, EmbedFinish } from '../embed.ts'
import { providerFailure } from '../errors.ts'
import type { EmitPart, ModelFinish, ModelRequest } from '../request.ts'
import { usageOf } from '../usage.ts'
import type { Credentials, Headers } from './credentials.ts'
import { read } from './failure.ts'
import { untilEnd } from './halt.ts'
import type { Halts } from './halt.ts'
import { watchdog } from './watchdog.ts'

export interface Way {
  /** Credentials and the settings' own headers, names in lower case; `undefined` takes a header away that a library would send. */
  readonly headers: Headers
  /** Aborts when nobody wants the answer any more, or its time is up. Made when it is asked for. */
  readonly signal: AbortSignal
  /** The same at a fraction of the cost: calls `end` then, at once if it is over. What is given back calls that off. */
  onEnd(end: () => void): () => void
  /** Something came; the next piece has to come within the shorter time. */
  fed(): void
}

export interface Server {
  readonly provider: string
  /** Milliseconds until the answer begins, and between two pieces of it. */
  readonly timeoutMs: number
  readonly stallMs: number
  readonly credentials: Pick<Credentials, 'headers' | 'known'>
  readonly halts: Halts
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
  return within(server, server.timeoutMs, call, (way) => embed(call, way), (reason) => { throw reason })
}

async function within<T>(server: Server, stallMs: number, asked: Asked, ask: (way: Way) => Promise<T>, aborted: (reason: unknown) => T): Promise<T> {
  const { provider, credentials, clock, log } = server
  const halt = server.halts.begin(asked.signal)
  let late: Error | undefined
  const dog = watchdog(clock, server.timeoutMs, stallMs, () => {
    late = providerFailure(provider, 'timeout')
    halt.end(late)
  })
  try {
    const headers = await untilEnd(halt, credentials.headers(asked.account))
    return await ask({ headers, get signal() { return halt.signal }, onEnd: halt.onEnd, fed: dog.fed })
  } catch (error) {
    if (halt.over && halt.reason !== late) return aborted(halt.reason)
    const { failure, said } = read(provider, late ?? error, clock.now(), credentials.known())
    log.warn('the provider failed', { model: asked.model, trace: asked.cause.trace, kind: failure.data.kind, said, ...(asked.account === undefined ? {} : { account: asked.account }) })
    throw failure
  } finally {
    dog.stop()
    halt.done()
  }
}
