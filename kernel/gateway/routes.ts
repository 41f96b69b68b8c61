/**
 * Plugin routes: path prefix → one Hono app per plugin, made from its table of routes on first use and gone with it.
 * Hono and its server are imported by the first request that needs them, which keeps them out of the start.
 */
import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { onNode, type MaybePromise, type RouteContext } from '../contract.ts'
import type { Verb } from '../dispatch.ts'
import { asNexusError, fail } from '../errors.ts'
import type { RouteGroup } from '../generation.ts'
import type { Kernel } from '../kernel.ts'
import type { Caller } from '../provenance.ts'
import { isPromise } from '../within.ts'
import { errorAnswer, wrongMethod, type Answer } from './answer.ts'
import { callerOf, HttpOrigin, type ListenerKind } from './credentials.ts'
import type { Desk } from './desk.ts'

type Env = { Bindings: HttpBindings }
/** `sent` is made with the server: the first touch of `Response` loads all of Node's `fetch`. */
type RouteDesk = Desk & { readonly sent: Response }
type Serve = (req: IncomingMessage, res: ServerResponse) => Promise<void>
type ServeGroup = (group: RouteGroup, req: IncomingMessage, res: ServerResponse, listener: ListenerKind) => Promise<void>

/** No prefix is deeper than this, and a path of a thousand slashes costs no more. */
const deepest = 8

/** The plugin whose prefix fits the path best. */
export function groupAt({ routes }: Kernel, path: string): RouteGroup | undefined {
  let group = routes.get('/')
  for (let end = path.indexOf('/', 1), depth = 0; end > 0 && depth < deepest; end = path.indexOf('/', end + 1), depth++) {
    group = routes.get(path.slice(0, end)) ?? group
  }
  return routes.get(path) ?? group
}

export function createRoutes(desk: Desk): ServeGroup {
  const made = new WeakMap<RouteGroup, Record<ListenerKind, Serve>>()

  async function make(group: RouteGroup): Promise<Record<ListenerKind, Serve>> {
    const [{ Hono }, { getRequestListener }, { RESPONSE_ALREADY_SENT: sent }] = await Promise.all([import('hono'), import('@hono/node-server'), import('@hono/node-server/utils/response')])
    const listen = (kind: ListenerKind): Serve => getRequestListener(appOf({ ...desk, sent }, group, new Hono<Env>(), kind).fetch as Parameters<typeof getRequestListener>[0])
    return made.set(group, { tcp: listen('tcp'), unix: listen('unix') }).get(group)!
  }

  return (group, req, res, listener) => made.get(group)?.[listener](req, res) ?? make(group).then((fresh) => fresh[listener](req, res))
}

function appOf(desk: RouteDesk, { routes }: RouteGroup, app: Hono<Env>, listener: ListenerKind): Hono<Env> {
  for (const { method, path, verb } of routes) app.on(method, path, (c) => answer(desk, listener, verb, c))
  const methods = [...new Set(routes.map((route) => route.method))]
  app.notFound((c) => {
    const allowed = methods.filter((method) => app.router.match(method, c.req.path)[0].length > 0)
    return toResponse(allowed.length > 0 ? wrongMethod(allowed) : errorAnswer(fail('NEXUS_HTTP_NOT_FOUND')))
  })
  app.onError((error) => toResponse(errorAnswer(asNexusError(error, 'NEXUS_CALL_FAILED', { verb: 'route', plugin: 'kernel', trace: '-' }))))
  return app
}

function answer(desk: RouteDesk, listener: ListenerKind, verb: Verb, c: Context<Env>): MaybePromise<Response> {
  const { kernel, limits, sent } = desk
  const { incoming, outgoing } = c.env
  limitBody(c, limits.routeBytes)
  const run = (caller: Caller): MaybePromise<Response> => {
    const response = kernel.dispatchRoute(verb, c as unknown as RouteContext, new HttpOrigin(caller, incoming, outgoing))
    return isPromise(response) ? response.then((made) => direct(made, c.env, sent)) : direct(response, c.env, sent)
  }
  const caller = callerOf(desk, verb, incoming, listener)
  return isPromise(caller) ? caller.then(run) : run(caller)
}

/** A response that brings a way to answer on Node's own spares its stream the layers in between; a HEAD has none. */
function direct(response: Response & { readonly [onNode]?: (outgoing: ServerResponse) => void }, { incoming, outgoing }: HttpBindings, sent: Response): Response {
  if (response[onNode] === undefined || incoming.method === 'HEAD') return response
  response[onNode](outgoing as ServerResponse)
  return sent
}

/** A body that says its length is refused by it; one that does not is cut off while it is read. */
function limitBody(c: Context<Env>, limit: number): void {
  const { 'content-length': length, 'transfer-encoding': coding } = c.env.incoming.headers
  if (length !== undefined && Number(length) > limit) throw fail('NEXUS_HTTP_TOO_LARGE', { limit })
  if (coding === undefined || !c.req.raw.body) return
  let size = 0
  const body = c.req.raw.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      size += chunk.byteLength
      if (size > limit) throw fail('NEXUS_HTTP_TOO_LARGE', { limit })
      out.enqueue(chunk)
    },
  }))
  c.req.raw = new Request(c.req.raw, { body, duplex: 'half' } as RequestInit)
}

const toResponse = ({ status, headers, body }: Answer): Response => new Response(body, { status, headers })
