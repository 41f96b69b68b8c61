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
}
type Library = typeof import('@modelcontextprotocol/client')

export function httpTransport(library: Library, kind: 'http' | 'sse', parts: HttpParts): Transport {
  const { StreamableHTTPClientTransport, SSEClientTransport } = library
  const fetch = guarded(parts)
  const url = new URL(parts.url)
  // The stream of notifications ends whenever `outbound` thinks it idle; it is asked for again, however often that is.
  const reconnectionOptions = { initialReconnectionDelay: 1_000, reconnectionDelayGrowFactor: 2, maxReconnectionDelay: 60_000, maxRetries: Number.MAX_SAFE_INTEGER }
  return kind === 'http' ? new StreamableHTTPClientTransport(url, { fetch, reconnectionOptions }) : new SSEClientTransport(url, { fetch, eventSourceInit: { fetch } })
}

function guarded({ web, cause, url, headers }: HttpParts): FetchLike {
  const { host } = new URL(url)
  const named = Object.entries(headers).map(([name, secret]) => [name.toLowerCase(), secret] as const)
  return async (address, init = {}) => {
    const own = await Promise.all(named.map(async ([name, secret]) => [name, await secret.reveal()] as const))
    const answer = await web.fetch(address, {
      cause, method: init.method ?? 'GET', headers: { ...plainHeaders(init.headers), ...Object.fromEntries(own) },
      secretHeaders: [...named.map(([name]) => name), 'mcp-session-id'], allow: [host],
      redirect: init.redirect ?? 'manual',
      ...(typeof init.body === 'string' && { body: init.body }), ...(init.signal && { signal: init.signal }),
    })
    const empty = [101, 204, 205, 304].includes(answer.status)
    if (empty) answer.cancel()
    return new Response(empty ? null : streamOf(answer.body), { status: answer.status, headers: bodyless(answer.headers) })
  }
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

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() { await iterator.return?.() },
  })
}
