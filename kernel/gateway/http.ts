/** The one HTTP handler of every listener: looks at the address, asks `http.request`, and finds who answers. */
import { ServerResponse, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { asNexusError, fail } from '../errors.ts'
import { rpcPath } from '../graph.ts'
import { httpRequest } from '../points.ts'
import { isPromise } from '../within.ts'
import { errorAnswer, type Answer } from './answer.ts'
import { headersOf, infoOf, pathOf, remoteOf, unfit, type ListenerKind } from './credentials.ts'
import type { Desk } from './desk.ts'
import { createRoutes, groupAt } from './routes.ts'
import { answerRpc } from './rpc.ts'

/** How long the rest of a refused body is read and thrown away, so that the client gets to see the answer. */
const lingerMs = 500

export type HttpHandler = (req: IncomingMessage, res: ServerResponse, listener: ListenerKind) => void

export function createHttp(desk: Desk): HttpHandler {
  const { kernel } = desk
  const serve = createRoutes(desk)

  function answer(path: string, req: IncomingMessage, res: ServerResponse, listener: ListenerKind): Promise<void> {
    if (path === rpcPath) return answerRpc(desk, req, res, listener).then((done) => send(req, res, done))
    const group = groupAt(kernel, path)
    if (!group) throw fail('NEXUS_HTTP_NOT_FOUND')
    return serve(group, req, res, listener)
  }

  function failed(req: IncomingMessage, res: ServerResponse, thrown: unknown): void {
    const error = asNexusError(thrown, 'NEXUS_CALL_FAILED', { verb: 'an HTTP request', plugin: 'kernel', trace: '-' })
    if (error !== thrown) kernel.log.error('an HTTP request failed', { error: thrown })
    if (res.headersSent) res.destroy()
    else send(req, res, errorAnswer(error))
  }

  function handle(req: IncomingMessage, res: ServerResponse, listener: ListenerKind): void {
    try {
      const fault = unfit(req)
      if (fault) throw fault
      const path = pathOf(req)
      const asked = kernel.used(httpRequest) ? kernel.invoke(httpRequest, infoOf(req, path, listener, remoteOf(kernel, req.socket, headersOf(req)), false)) : undefined
      const done = isPromise(asked) ? asked.then(() => answer(path, req, res, listener)) : answer(path, req, res, listener)
      done.catch((error: unknown) => failed(req, res, error))
    } catch (error) {
      failed(req, res, error)
    }
  }

  return (req, res, listener) => {
    const { held } = kernel
    if (held) held.then(() => handle(req, res, listener), (error: unknown) => failed(req, res, error))
    else handle(req, res, listener)
  }
}

/** Says these two in every answer that does not say them itself; set one by one they would cost a tenth of a request. */
export class GuardedResponse extends ServerResponse {
  override writeHead(status: number, ...[text, more]: [text?: unknown, more?: unknown]): this {
    const own = (more ?? text) as OutgoingHttpHeaders | undefined
    const all: OutgoingHttpHeaders = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }
    for (const name in own) all[name.toLowerCase()] = own[name]
    return super.writeHead(status, all)
  }
}

function send(req: IncomingMessage, res: ServerResponse, { status, headers, body }: Answer): void {
  if (res.destroyed) return
  res.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) })
  res.end(req.method === 'HEAD' ? undefined : body)
  if (req.complete) return
  req.resume()
  const timer = setTimeout(() => req.destroy(), lingerMs)
  req.once('close', () => clearTimeout(timer))
}
