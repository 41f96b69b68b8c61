/** What a request brings to be let in with, what an authenticator makes of it, and the origin of the call that follows. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Origin } from '../call.ts'
import type { MaybePromise } from '../contract.ts'
import type { Verb } from '../dispatch.ts'
import { fail, kernelErrors, NexusError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { connectionAuthenticate, connectionRemote, type AuthAnswer, type HttpRequestInfo } from '../points.ts'
import { nobody, type Caller } from '../provenance.ts'
import { isPromise } from '../within.ts'
import type { Desk } from './desk.ts'
import { gatewayFail } from './errors.ts'
import { traceOf } from './frames.ts'

export type ListenerKind = 'tcp' | 'unix'
export type Headers = Readonly<Record<string, string | undefined>>

/** Of the headers a server gets only `set-cookie` can be a list, and that one means nothing in a request. */
export const headersOf = (req: IncomingMessage): Headers => req.headers as Headers

/** IPv4 as IPv4, also on a socket that takes both; empty on the unix socket. */
export const addressOf = ({ remoteAddress = '' }: Socket): string => (remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress)

/** The address that counts: that of the socket, unless a plugin knows better. */
export function remoteOf(kernel: Kernel, socket: Socket, headers: Headers): string {
  const peer = addressOf(socket)
  if (!kernel.used(connectionRemote)) return peer
  const remote = kernel.invoke(connectionRemote, peer, headers)
  return typeof remote === 'string' ? remote : peer
}

export const isSecure = (socket: Socket): boolean => 'encrypted' in socket

/** An `Authorization` that is not a bearer's is a credential that nobody knows, and so are two that differ. */
export function tokenOf(req: IncomingMessage): string | undefined {
  const { authorization, 'x-api-key': key, 'x-openclaw-token': own } = headersOf(req)
  const bearer = authorization === undefined ? undefined : bearerIn(authorization)
  if (key === undefined && own === undefined) return bearer
  const [first, ...rest] = [bearer, key, own].filter((token) => token !== undefined)
  return rest.every((token) => token === first) ? first : ''
}

function bearerIn(authorization: string): string {
  const kind = authorization.slice(0, 7)
  return kind === 'Bearer ' || kind.toLowerCase() === 'bearer ' ? authorization.slice(7).trim() : ''
}

/** By hand: `new URL` throws on what a stranger may send. Of an absolute address the path counts. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const start = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3)
  const query = url.indexOf('?')
  return start < 0 ? '/' : url.slice(start, query < 0 ? undefined : query)
}

/** Of two of these one could be checked and the other one used. RFC 9112, 3.2, says so of `Host`. */
const single: readonly string[] = ['host', 'authorization', 'x-api-key', 'x-openclaw-token']

/** Why a request is refused whoever sends it, if it is. */
export function unfit({ url = '', rawHeaders }: IncomingMessage): NexusError | undefined {
  // Addresses end up in logs and histories, so a token in one is refused even if it is right.
  if (url.includes('?') && /[?&](?:(?:access_?)?token|api[-_]?key|password)=/i.test(url)) return gatewayFail('NEXUS_HTTP_TOKEN_IN_URL')
  const name = single.find((one) => countOf(one, rawHeaders) > 1)
  return name === undefined ? undefined : gatewayFail('NEXUS_HTTP_TWICE', { name })
}

/** Most names are of another length, and need not be made lower case. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.length === name.length && rawHeaders[i]?.toLowerCase() === name) count++
  return count
}

export const traceIn = (req: IncomingMessage): string | undefined => traceOf(headersOf(req)['traceparent'])

export function infoOf(req: IncomingMessage, path: string, listener: ListenerKind, remote: string, upgrade: boolean): HttpRequestInfo {
  const { method = '', socket } = req
  return { method, path, headers: headersOf(req), remote, listener, secure: isSecure(socket), localPort: socket.localPort, upgrade }
}

export type Admission = Extract<AuthAnswer, { ok: true }>

/** Throws the refusal. */
export function admitted(answer: AuthAnswer | undefined): Admission {
  if (answer?.ok) return answer
  throw refusalOf(answer)
}

/** As the client may see it. */
export function refusalOf(answer: Extract<AuthAnswer, { ok: false }> | undefined): NexusError {
  if (!answer) return fail('NEXUS_CALL_UNAUTHENTICATED', { reason: 'nothing here knows this credential' })
  const { code, message, wire, retryAfterMs, details } = answer
  const later = retryAfterMs === undefined ? {} : { status: 429, retryable: true }
  const row = kernelErrors.NEXUS_CALL_UNAUTHENTICATED
  return new NexusError('NEXUS_CALL_UNAUTHENTICATED', { ...row, text: message, detail: code, wire: wire ?? row.wire, ...later }, { retryAfterMs, details })
}

/** Waits for an authenticator as long as a handshake may take. */
export function authenticate({ kernel, limits, admissions }: Desk, req: IncomingMessage, listener: ListenerKind, token: string | undefined): MaybePromise<AuthAnswer | undefined> {
  const { socket } = req
  const headers = headersOf(req)
  const [peer, remote, secure] = [addressOf(socket), remoteOf(kernel, socket, headers), isSecure(socket)]
  const noted = (answer: AuthAnswer | undefined): AuthAnswer | undefined => {
    if (answer?.ok) admissions.note(socket, answer.caller)
    return answer
  }
  // Written out twice: a spread here costs more than all the rest of a request's authentication.
  const answer = kernel.ask(() => AbortSignal.timeout(limits.handshakeMs), connectionAuthenticate, token === undefined
    ? { transport: 'http', listener, secure, peer, remote, headers, role: 'operator' }
    : { transport: 'http', listener, secure, peer, remote, headers, role: 'operator', token })
  return isPromise(answer) ? answer.then(noted) : noted(answer)
}

/** Who calls a route or an upgrade: nobody, if it is public and no credential came. Throws the refusal. */
export function callerOf(desk: Desk, { access }: Verb, req: IncomingMessage, listener: ListenerKind): MaybePromise<Caller> {
  const token = tokenOf(req)
  if (access === 'public' && token === undefined) return nobody
  const answer = authenticate(desk, req, listener, token)
  return isPromise(answer) ? answer.then((given) => admitted(given).caller) : admitted(answer).caller
}

/** A call over HTTP is over when its response has been sent; if the client goes before that, it is aborted. */
// Plain private fields: one of these is made for every request, and #fields cost at construction.
export class HttpOrigin implements Origin {
  readonly transport = 'http'
  readonly caller: Caller
  private readonly req: IncomingMessage
  private readonly res: ServerResponse

  constructor(caller: Caller, req: IncomingMessage, res: ServerResponse) {
    this.caller = caller
    this.req = req
    this.res = res
  }

  get trace(): string | undefined { return traceIn(this.req) }

  left(run: () => void): void {
    this.settled(() => { if (!this.res.writableFinished) run() })
  }

  settled(run: () => void): void {
    if (this.res.destroyed) run()
    else this.res.on('close', run)
  }
}
