/** MCP over HTTP. Every request goes through the guarded fetch, to the host of the settings and no other. */
import type { FetchLike, Transport } from '@modelcontextprotocol/client'
import type { Cause } from 'nexus-gateway/sdk'
import type { FetchApi } from '../../outbound/contract.ts'
import type { ServerConfig } from '../config.ts'

export interface HttpParts {
  readonly web: FetchApi
  readonly cause: Cause
  readonly url: string
  readonly headers: ServerConfig['headers']
  /** How long an answer that has begun may be silent: as long as the call may take. */
  readonly idleMs: number
}
type Library = typeof import('@modelcontextprotocol/client')

export function httpTransport(library: Library, kind: 'http' | 'sse', parts: HttpParts): Transport {
  const { StreamableHTTPClientTransport, SSEClientTransport } = library
  const fetch = guarded(parts, (id) => transport.onmessage?.({ jsonrpc: '2.0', id, error: { code: -32000, message: 'the answer broke off' } }))
  const url = new URL(parts.url)
  // The stream of notifications ends whenever `outbound` thinks it idle; it is asked for again, however often that is.
  const reconnectionOptions = { initialReconnectionDelay: 1_000, reconnectionDelayGrowFactor: 2, maxReconnectionDelay: 60_000, maxRetries: Number.MAX_SAFE_INTEGER }
  const transport: Transport = kind === 'http' ? new StreamableHTTPClientTransport(url, { fetch, reconnectionOptions }) : new SSEClientTransport(url, { fetch, eventSourceInit: { fetch } })
  return transport
}

/** `broke` is told when the events that were to answer a request ended: the library itself would wait for the rest until its time is up. */
function guarded({ web, cause, url, headers, idleMs }: HttpParts, broke: (id: string | number) => void): FetchLike {
  const { host } = new URL(url)
  const named = Object.entries(headers).map(([name, secret]) => [name.toLowerCase(), secret] as const)
  return async (address, init = {}) => {
    const own = await Promise.all(named.map(async ([name, secret]) => [name, await secret.reveal()] as const))
    const answer = await web.fetch(address, {
      cause, method: init.method ?? 'GET', headers: { ...plainHeaders(init.headers), ...Object.fromEntries(own) },
      secretHeaders: [...named.map(([name]) => name), 'mcp-session-id'], allow: [host],
      redirect: init.redirect ?? 'manual', idleMs,
      ...(typeof init.body === 'string' && { body: init.body }), ...(init.signal && { signal: init.signal }),
    })
    const empty = [101, 204, 205, 304].includes(answer.status)
    if (empty) answer.cancel()
    const id = answer.headers.get('content-type')?.startsWith('text/event-stream') ? requestIn(init.body) : undefined
    const body = empty ? null : streamOf(answer.body, () => { if (id !== undefined) broke(id) })
    return new Response(body, { status: answer.status, headers: bodyless(answer.headers) })
  }
}

function requestIn(body: unknown): string | number | undefined {
  if (typeof body !== 'string') return undefined
  const { id, method } = JSON.parse(body) as { id?: string | number; method?: string }
  return method === undefined ? undefined : id
}

/** Those that belong to the connection are outbound's. */
function plainHeaders(given: unknown): Record<string, string> {
  const headers = Object.fromEntries(new Headers(given as ConstructorParameters<typeof Headers>[0]))
  for (const name of ['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding']) delete headers[name]
  return headers
}

/** The body is decoded and may be of another length by now. */
function bodyless(headers: Headers): Headers {
  const kept = new Headers(headers)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name)
  return kept
}

/** `over`: it has ended, in whatever way, and will not be taken up again, as those can be whose events have an `id`. */
function streamOf(body: AsyncIterable<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  let resumable = false
  // Behind what was read last, which may hold the answer.
  const end = (): void => { if (!resumable) setImmediate(over) }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next()
        if (!done) {
          resumable ||= /(^|\n)id:/.test(Buffer.from(value).toString('latin1'))
          return controller.enqueue(value)
        }
        end()
        controller.close()
      } catch (error) {
        end()
        controller.error(error)
      }
    },
    async cancel() { await iterator.return?.() },
  })
}
