/** The plugin's routes: an app of its own, made with the first request, which alone brings the library along. */
import type { Call, Plugin, RouteContext } from 'nexus-gateway/sdk'
import type { Link } from '../wire/link.ts'
import type { RouteAnswer, RouteBody } from '../wire/messages.ts'
import type { Made } from './made.ts'
import type { Shared } from './shared.ts'

export type AnswerRoute = (body: RouteBody, call: Call) => Promise<RouteAnswer>
/** Of the library, which is the host's, what is used here. */
interface Context { readonly env: { readonly call: Call }; set(name: 'call', call: Call): void }
interface App {
  on(method: string, path: string, run: (c: Context) => unknown): unknown
  onError(run: (error: Error) => never): unknown
  fetch(request: Request, env: Context['env']): Response | Promise<Response>
}

export async function createRoutes(link: Link, { id, paths }: Plugin, routes: Made['routes'], shared: Shared): Promise<AnswerRoute> {
  const { Hono } = await shared.load('hono') as { readonly Hono: new () => App }
  const app = new Hono()
  for (const [key, run] of Object.entries(routes)) {
    const [method = '', path = ''] = key.split(' ', 2)
    app.on(method, paths && paths.length > 0 ? path : `/${id}${path === '/' ? '' : path}`, (c) => {
      c.set('call', c.env.call)
      return run(c as unknown as RouteContext, c.env.call)
    })
  }
  // What it throws is the gateway's to answer, as it does for every plugin.
  app.onError((error) => { throw error })

  return async ({ url, method, headers, body }, call) => {
    const init = { method, headers: headers as [string, string][], ...(body !== undefined && { body: link.flows.receive(body), duplex: 'half' }) }
    const response = await app.fetch(new Request(url, init), { call })
    return { status: response.status, headers: [...response.headers], ...(response.body && { body: link.flows.send(response.body) }) }
  }
}
