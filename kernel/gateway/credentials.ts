/** What a request brings to be let in with, what an authenticator makes of it, and the origin of the call that follows. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Origin } from '../call.ts'
import type { MaybePromise } from '../contract.ts'
import type { Verb } from '../dispatch.ts'
import { fail, kernelErrors, NexusError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { connectionAuthenticate, type AuthAnswer, type HttpRequestInfo } from '../points.ts'
import { nobody, type Caller } from '../provenance.ts'
import { isPromise } from '../within.ts'
import { traceOf } from './frames.ts'
import type { Limits } from './limits.ts'

export type ListenerKind = 'tcp' | 'unix'
export type Headers = Readonly<Record<string, string | undefined>>

/** Of the headers a server gets only `set-cookie` can be a list, and that one means nothing in a request. */
export const headersOf = (req: IncomingMessage): Headers => req.headers as Headers

/** IPv4 as IPv4, also on a socket that takes both; empty on the unix socket. */
export const addressOf = ({ remoteAddress = '' }: Socket): string => (remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress)

/** An `Authorization` that is not a bearer's is a credential that nobody knows. */
export function tokenOf(req: IncomingMessage): string | undefined {
  const headers = headersOf(req)
  const { authorization } = headers
  if (authorization === undefined) return headers['x-openclaw-token']
  const kind = authorization.slice(0, 7)
  return kind === 'Bearer ' || kind.toLowerCase() === 'bearer ' ? authorization.slice(7).trim() : ''
}

/** By hand: `new URL` throws on what a stranger may send. Of an absolute address the path counts. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const start = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3)
  const query = url.indexOf('?')
  return start < 0 ? '/' : url.slice(start, query < 0 ? undefined : query)
}

/** Addresses end up in logs and histories, so a token in one is refused even if it is right. */
export const hasTokenInUrl = ({ url = '' }: IncomingMessage): boolean => url.includes('?') && /\?(?:.*&)?token=/i.test(url)

export const traceIn = (req: IncomingMessage): string | undefined => traceOf(headersOf(req)['traceparent'])

export const infoOf = (req: IncomingMessage, path: string, listener: ListenerKind): HttpRequestInfo =>
  ({ method: req.method ?? '', path, headers: headersOf(req), remote: addressOf(req.socket), listener })

/** Throws the refusal. */
export function admitted(answer: AuthAnswer | undefined): Caller {
  if (answer?.ok) return answer.caller
  throw refusalOf(answer)
}

/** As the client may see it. */
export function refusalOf(answer: Extract<AuthAnswer, { ok: false }> | undefined): NexusError {
  if (!answer) return fail('NEXUS_CALL_UNAUTHENTICATED', { reason: 'nothing here knows this credential' })
  const row = kernelErrors.NEXUS_CALL_UNAUTHENTICATED
  return new NexusError('NEXUS_CALL_UNAUTHENTICATED', { ...row, text: answer.message, detail: answer.code, wire: answer.wire ?? row.wire })
}

/** Waits for an authenticator as long as a handshake may take. */
export function authenticate(kernel: Kernel, limits: Limits, req: IncomingMessage, listener: ListenerKind, token: string | undefined): MaybePromise<AuthAnswer | undefined> {
  const [remote, headers] = [addressOf(req.socket), headersOf(req)]
  // Written out twice: a spread here costs more than all the rest of a request's authentication.
  return kernel.ask(() => AbortSignal.timeout(limits.handshakeMs), connectionAuthenticate, token === undefined
    ? { transport: 'http', listener, remote, headers, role: 'operator' }
    : { transport: 'http', listener, remote, headers, role: 'operator', token })
}

/** Who calls a route or an upgrade: nobody, if it is public and no credential came. Throws the refusal. */
export function callerOf(kernel: Kernel, limits: Limits, { access }: Verb, req: IncomingMessage, listener: ListenerKind): MaybePromise<Caller> {
  const token = tokenOf(req)
  if (access === 'public' && token === undefined) return nobody
  const answer = authenticate(kernel, limits, req, listener, token)
  return isPromise(answer) ? answer.then(admitted) : admitted(answer)
}

/** A call over HTTP is over when its response has been sent; if the client goes before that, it is aborted. */
// Plain private fields: one of these is made for every request, and #fields cost at construction.
export class HttpOrigin implements Origin {
  readonly transport = 'http'
  readonly caller: Caller
  private readonly req: IncomingMessage
  private readonly res: ServerResponse
  private abort: AbortController | undefined

  constructor(caller: Caller, req: IncomingMessage, res: ServerResponse) {
    this.caller = caller
    this.req = req
    this.res = res
    this.abort = undefined
  }

  get trace(): string | undefined { return traceIn(this.req) }

  get signal(): AbortSignal {
    if (!this.abort) {
      const made = this.abort = new AbortController()
      this.settled(() => { if (!this.res.writableFinished) made.abort() })
    }
    return this.abort.signal
  }

  settled(run: () => void): void {
    if (this.res.destroyed) run()
    else this.res.on('close', run)
  }
}
