/** `/mcp`: streamable HTTP in both generations of the protocol. The gateway has authenticated and authorized whoever comes here. */
import type { McpHttpHandler, Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import { NexusError } from 'nexus-gateway/sdk'
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import { failMcp } from '../errors.ts'
import type { Desk } from './offered.ts'
import { makeServer } from './server.ts'
import type { CallOf, Library } from './server.ts'
import type { Session, Sessions } from './sessions.ts'

export interface HttpSession { readonly server: Server; readonly transport: WebStandardStreamableHTTPServerTransport }
export interface HttpParts {
  readonly desk: Desk
  readonly sessions: Sessions<HttpSession>
  load(): Promise<Library>
}

const mostBodyBytes = 4 * 1024 * 1024

const callOf: CallOf = ({ http }) => http!.authInfo!.extra!['call'] as Call
/** Nothing of a credential is passed on: the call is all that a handler needs. */
const passing = (call: Call) => ({ token: '', clientId: call.caller.id, scopes: [...call.caller.scopes], extra: { call } })

export function createEndpoint({ desk, sessions, load }: HttpParts) {
  let modern: McpHttpHandler | undefined

  async function post(c: RouteContext, call: Call): Promise<Response> {
    const parsedBody = messageIn(await textOf(c))
    const library = await load()
    const id = c.req.header('mcp-session-id')
    const options = { authInfo: passing(call), parsedBody }
    // The body has been read, and what aborts the call is to abort what it asks for.
    const request = new Request(c.req.url, { method: 'POST', headers: c.req.raw.headers, signal: call.signal })
    if (id !== undefined) return inSession(sessions.get(call.caller.id, id), request, options)
    if (isBegin(parsedBody)) return begin(library, request, call, options)
    if (await library.isLegacyRequest(request, parsedBody)) throw failMcp('NEXUS_MCP_SESSION')
    // It would stay open for as long as the client does, and there is nothing to tell by it.
    if ((parsedBody as { method?: unknown }).method === 'subscriptions/listen') return refusal(404, -32601, 'this server has no subscriptions', (parsedBody as { id?: unknown }).id)
    modern ??= library.createMcpHandler(() => makeServer(library, desk, callOf), { legacy: 'reject', maxRequestBodySize: mostBodyBytes })
    return modern.fetch(request, options)
  }

  async function begin(library: Library, request: Request, call: Call, options: Parameters<McpHttpHandler['fetch']>[1]): Promise<Response> {
    const session = sessions.add(call.caller.id, (id) => ({
      server: makeServer(library, desk, callOf),
      transport: new library.WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id, maxRequestBodySize: mostBodyBytes }),
    }))
    const { server, transport } = session.it
    try {
      await server.connect(transport)
      const answer = await inSession(session, request, options)
      if (!answer.ok) sessions.remove(session.id)
      return answer
    } catch (error) {
      sessions.remove(session.id)
      throw error
    }
  }

  /** A session is in use for as long as an answer of it is written. */
  async function inSession(session: Session<HttpSession>, request: Request, options: Parameters<McpHttpHandler['fetch']>[1]): Promise<Response> {
    const done = sessions.use(session)
    try {
      const answer = await session.it.transport.handleRequest(request, options!)
      if (!answer.body) done()
      return answer.body ? new Response(watched(answer.body, done), { status: answer.status, headers: answer.headers }) : answer
    } catch (error) {
      done()
      throw error
    }
  }

  return {
    'POST /mcp': (c: RouteContext, call: Call) => post(c, call).catch(answerOf),
    'GET /mcp': () => refusal(405, -32000, 'this server has no stream of its own', null, { allow: 'POST, DELETE' }),
    'DELETE /mcp': async (c: RouteContext, call: Call) => {
      try {
        sessions.remove(sessions.get(call.caller.id, c.req.header('mcp-session-id') ?? '').id)
        return new Response(null, { status: 200 })
      } catch (error) {
        return answerOf(error)
      }
    },
    close: () => modern?.close(),
  }
}

/** The same bytes, and somebody is told when they have ended, in whatever way. */
function watched(body: ReadableStream<Uint8Array>, done: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let told = false
  const tell = (): void => {
    if (!told) done()
    told = true
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done: ended, value } = await reader.read()
        if (!ended) return controller.enqueue(value)
        tell()
        controller.close()
      } catch (error) {
        tell()
        controller.error(error)
      }
    },
    cancel(reason) {
      tell()
      return reader.cancel(reason)
    },
  })
}

const isBegin = (body: unknown): boolean => (body as { method?: unknown }).method === 'initialize'

function messageIn(text: string): unknown {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw failMcp('NEXUS_MCP_MESSAGE', { reason: 'it is not JSON' }, error)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw failMcp('NEXUS_MCP_MESSAGE', { reason: 'it is not an object' })
  return body
}

async function textOf(c: RouteContext): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > mostBodyBytes) throw failMcp('NEXUS_MCP_MESSAGE', { reason: `it is larger than ${mostBodyBytes} bytes` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function answerOf(error: unknown): Response {
  if (!(error instanceof NexusError)) throw error
  return refusal(error.status, error.code === 'NEXUS_MCP_SESSION' ? -32001 : error.code === 'NEXUS_MCP_MESSAGE' ? -32700 : -32603, `${error.message}. ${error.fix}`, null)
}

const refusal = (status: number, code: number, message: string, id: unknown, headers: Record<string, string> = {}): Response => Response.json({ jsonrpc: '2.0', error: { code, message }, id: id ?? null }, { status, headers })
