/** What a request brings to be let in with, what an authenticator makes of it, and the origin of the call that follows. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Origin } from '../call.ts'
import type { MaybePromise } from '../contract.ts'
import { fail, kernelErrors, NexusError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { connectionAuthenticate, type AuthAnswer } from '../points.ts'
import type { Caller } from '../provenance.ts'
import { traceOf } from './frames.ts'

export type ListenerKind = 'tcp' | 'unix'
export type Headers = Readonly<Record<string, string | undefined>>

/** Of the headers a server gets only `set-cookie` can be a list, and that one means nothing in a request. */
export const headersOf = (req: IncomingMessage): Headers => req.headers as Headers

/** IPv4 as IPv4, also on a socket that takes both; empty on the unix socket. */
export const addressOf = (socket: Socket): string => socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''

/** An `Authorization` that is not a bearer's is a credential that nobody knows. */
export function tokenOf(req: IncomingMessage): string | undefined {
  const headers = headersOf(req)
  const { authorization } = headers
  if (authorization === undefined) return headers['x-openclaw-token']
  return authorization.slice(0, 7).toLowerCase() === 'bearer ' ? authorization.slice(7).trim() : ''
}

/** Addresses end up in logs and histories, so a token in one is refused even if it is right. */
export const hasTokenInUrl = ({ url = '' }: IncomingMessage): boolean => url.includes('?') && /\?(?:.*&)?token=/i.test(url)

/** Throws the refusal as the client may see it. */
export function admitted(answer: AuthAnswer | undefined): Caller {
  if (answer?.ok) return answer.caller
  if (!answer) throw fail('NEXUS_CALL_UNAUTHENTICATED', { reason: 'nothing here knows this credential' })
  const row = kernelErrors.NEXUS_CALL_UNAUTHENTICATED
  throw new NexusError('NEXUS_CALL_UNAUTHENTICATED', { ...row, text: answer.message, detail: answer.code, wire: answer.wire ?? row.wire })
}

export function authenticate(kernel: Kernel, req: IncomingMessage, listener: ListenerKind, token: string | undefined): MaybePromise<AuthAnswer | undefined> {
  const [remote, headers] = [addressOf(req.socket), headersOf(req)]
  // Written out twice: a spread here costs more than all the rest of a request's authentication.
  return kernel.invoke(connectionAuthenticate, token === undefined
    ? { transport: 'http', listener, remote, headers, role: 'operator' }
    : { transport: 'http', listener, remote, headers, role: 'operator', token })
}

/** A call over HTTP is over when its response has been sent; if the client goes before that, it is aborted. */
export class HttpOrigin implements Origin {
  readonly transport = 'http'
  readonly caller: Caller
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  #abort: AbortController | undefined

  constructor(caller: Caller, req: IncomingMessage, res: ServerResponse) {
    this.caller = caller
    this.#req = req
    this.#res = res
  }

  get trace(): string | undefined { return traceOf(headersOf(this.#req)['traceparent']) }

  get signal(): AbortSignal {
    if (!this.#abort) {
      const made = this.#abort = new AbortController()
      this.settled(() => { if (!this.#res.writableFinished) made.abort() })
    }
    return this.#abort.signal
  }

  settled(run: () => void): void {
    if (this.#res.closed || this.#res.destroyed) run()
    else this.#res.on('close', run)
  }
}
