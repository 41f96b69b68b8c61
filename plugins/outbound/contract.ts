/**
 * The guarded fetch. Whatever follows an address that a user, a model, a page or a setting gave asks for it here.
 * Streams and signals go through it, so it is for plugins of the same process.
 */
import { contract, hook, service } from 'nexus-gateway/sdk'
import type { Cause } from 'nexus-gateway/sdk'

export { outboundErrors } from './errors.ts'

export interface FetchOptions {
  /** Why it is asked for, and for whom; it stands in the record. */
  readonly cause: Cause
  /** GET (default), HEAD, POST, PUT, PATCH, DELETE or OPTIONS. */
  readonly method?: string
  /** Without those that belong to the connection: `host`, `connection`, `content-length`, `accept-encoding` and the like. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent whole; its length is set, its `content-type` is not. */
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
  /** Bytes of the answer, before and after decompression each. The settings' `maxBytes` at most. */
  readonly maxBytes?: number
  /** Milliseconds from the call to the last byte read. The settings' `totalMs` at most. */
  readonly timeoutMs?: number
  /** Milliseconds between two pieces of the body, in place of the settings' `idleMs`: an answer may stream and be silent for long. `timeoutMs` ends it all the same. */
  readonly idleMs?: number
  /** `follow` (default), `error`: a redirect is a failure, `manual`: it is the answer. */
  readonly redirect?: 'follow' | 'error' | 'manual'
  /** Names of headers that never leave the first origin, beyond those that never do anyway. */
  readonly secretHeaders?: readonly string[]
  /** `HOST`, `*.DOMAIN`, `ADDRESS` or `CIDR`, each with `:PORT` or without: nothing else is asked, at any hop. It narrows and never opens. */
  readonly allow?: readonly string[]
}

export interface FetchResponse {
  readonly status: number
  readonly headers: Headers
  /** Where the answer came from, after redirects, without fragment. */
  readonly url: string
  readonly redirects: number
  /** Decompressed, read as fast as it is taken, once; leaving the loop early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>
  /** All of the body. A `limit` in bytes may be given below `maxBytes`. */
  bytes(limit?: number): Promise<Uint8Array>
  /** The same as text in UTF-8. */
  text(limit?: number): Promise<string>
  /** Closes the connection. To be called by whoever does not read the body; `timeoutMs` does it otherwise. */
  cancel(): void
}

export interface FetchApi {
  /**
   * Resolves with the head of the answer, whatever its status. Rejects, and the body throws, with NEXUS_OUTBOUND_URL,
   * _REQUEST, _RULE, _BLOCKED, _REFUSED, _BUSY, _DNS, _CONNECT, _TIMEOUT, _ABORTED, _REDIRECT, _TOO_LARGE or _RESPONSE.
   */
  fetch(url: string | URL, options: FetchOptions): Promise<FetchResponse>
}
export const Fetch = service<FetchApi>('fetch/1')

/** One connection about to be made: the first request or a redirect of it. */
export interface OutboundHop {
  /** As in `https://example.com:8443`. */
  readonly origin: string
  readonly host: string
  readonly port: number
  /** The checked addresses; the connection goes to one of them. */
  readonly addresses: readonly string[]
  readonly method: string
  /** 0 is the request itself. */
  readonly hop: number
  readonly cause: Cause
}

export interface OutboundOutcome {
  readonly ok: boolean
  /** Why it was not ok, such as NEXUS_OUTBOUND_BLOCKED. */
  readonly code?: string
  /** Where it began and where it ended; undefined where the address could not be read. */
  readonly origin: string | undefined
  readonly last: string | undefined
  readonly method: string
  readonly status?: number
  readonly redirects: number
  /** Of the body, decompressed. */
  readonly bytes: number
  readonly ms: number
  readonly cause: Cause
}

/** Policy: throws to refuse. Asked after the checks of the address and before each connection. */
export const outboundBefore = hook.series<[OutboundHop]>('outbound.before', { onError: 'fail' })
/** The record: once for each request, when its body has ended, failed or was cancelled. */
export const outboundAfter = hook.series<[OutboundOutcome]>('outbound.after')

export const outbound = contract({ id: 'outbound', provides: { fetch: Fetch } })
