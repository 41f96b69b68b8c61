/**
 * A client of the gateway for Node and the browser: it keeps the connection, resumes after a break and is typed by the
 * contracts of plugins. `createClient({ url, token }).use(cost).call['cost.summary']({ session })`.
 */
import type { ClientOf, Contract, MaybePromise } from '../kernel/contract.ts'
import { exposesSecret } from './client/address.ts'
import { createCalls, withResolvers, type CallOptions } from './client/calls.ts'
import { clientError, type GatewayError } from './client/errors.ts'
import { openLink, type Ending, type EventFrame, type Hello, type Link } from './client/link.ts'
import { socketFor, type SocketClass } from './client/socket.ts'

export { GatewayError, type ClientErrorCode, type GatewayFault } from './client/errors.ts'
export type { CallOptions } from './client/calls.ts'
export type { Hello } from './client/link.ts'
export type { ClientOf } from '../kernel/contract.ts'

export interface ClientOptions {
  /** `ws://`, `wss://`, `http://` or `https://`; in Node also `ws+unix:/path/to/gateway.sock`. */
  readonly url: string
  /** Asked anew for each connection when it is a function. */
  readonly token?: string | (() => MaybePromise<string | undefined>)
  /** Send the token over plain `ws://` or `http://` to another machine too, where everybody on the way can read it. */
  readonly allowInsecure?: boolean
  /** What the connection shall be allowed, of what the token holds. Default: every operator scope. */
  readonly scopes?: readonly string[]
  readonly role?: 'operator' | 'node'
  /** What the client can deal with; `tool-events` gets it what tools do in the runs that it starts. */
  readonly caps?: readonly string[]
  /** The highest protocol to offer; the gateway may answer with a lower one, down to 3. Default 4. */
  readonly protocol?: 3 | 4
  /** What the client says of itself; it grants nothing. */
  readonly client?: { readonly id?: string; readonly version?: string; readonly platform?: string; readonly mode?: string; readonly displayName?: string; readonly instanceId?: string }
  /** Default for calls. Milliseconds, 30 000. */
  readonly timeoutMs?: number
  /** Until the hello. Milliseconds, 10 000. */
  readonly handshakeTimeoutMs?: number
  /** Calls without an answer at one time. Default 1 024; one more is refused. */
  readonly maxPending?: number
  /** Between two attempts: doubles from `minMs` (250) to `maxMs` (30 000), with jitter. `false`: the first loss closes the client. */
  readonly reconnect?: false | { readonly minMs?: number; readonly maxMs?: number }
  /** Some events will never come: load again what was built from them. */
  readonly onReset?: (reset: { readonly reason: 'resume' | 'gap' }) => void
  readonly onState?: (state: ClientState, error?: GatewayError) => void
  /** In place of the global one (or of `ws`, where there is none). */
  readonly WebSocket?: SocketClass
}

/** `waiting`: between two attempts. `closed` is final. */
export type ClientState = 'connecting' | 'open' | 'waiting' | 'closed'

export interface Client extends AsyncDisposable {
  readonly state: ClientState
  /** Of the last connection. */
  readonly hello: Hello | undefined
  /** The typed face of a contract. */
  use<C extends Contract>(contract: C): ClientOf<C>
  /**
   * Waits for a connection if there is none. A call that was cut off by a lost connection is sent again when it is
   * idempotent, and rejects with `NEXUS_CLIENT_LOST` otherwise, for nobody can know whether it was done.
   * @throws GatewayError
   */
  call(method: string, params?: unknown, options?: CallOptions): Promise<unknown>
  /** Returns what ends it. An error thrown by `fn` is the application's: it is thrown on, uncaught. */
  on(event: string, fn: (payload: unknown) => void): () => void
  /** Resolves when connected; rejects when the client has been refused or closed. */
  ready(): Promise<Hello>
  close(): Promise<void>
}

const defaultScopes = ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']
/** A connection that lived this long was a good one: the next attempt starts from the shortest delay. Milliseconds. */
const SETTLED = 10_000

/** @throws GatewayError NEXUS_CLIENT_INSECURE, before anything is sent */
export function createClient(o: ClientOptions): Client {
  if (!o.allowInsecure && exposesSecret(o.url, o.token !== undefined)) throw clientError('NEXUS_CLIENT_INSECURE')
  const listeners = new Map<string, Set<(payload: unknown) => void>>()
  const calls = createCalls({
    max: o.maxPending ?? 1024,
    timeoutMs: o.timeoutMs ?? 30_000,
    limit: () => hello?.policy.maxPayload ?? Infinity,
    send: (text) => link?.send(text) ?? false,
  })
  let state: ClientState = 'connecting'
  let hello: Hello | undefined
  let link: Link | undefined
  let seq: number | undefined
  let attempts = 0
  let openedAt = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let ready = unheard<Hello>()

  function become(next: ClientState, error?: GatewayError): void {
    state = next
    isolated(() => o.onState?.(next, error))
  }

  async function connect(): Promise<void> {
    const open = await socketFor(o.url, o.WebSocket)
    if (state === 'closed') return
    link = openLink({
      socket: open(),
      handshakeTimeoutMs: o.handshakeTimeoutMs ?? 10_000,
      connect: () => connectParams(o, hello?.resume && seq !== undefined ? { token: hello.resume.token, seq } : undefined),
      opened,
      answer: calls.answer,
      event: received,
      ended,
    })
  }

  function opened(found: Hello): void {
    const again = hello !== undefined
    hello = found
    openedAt = Date.now()
    const replayed = found.resume?.status === 'replayed'
    if (!replayed) seq = found.resume?.seq
    become('open')
    ready.resolve(found)
    if (again && !replayed) isolated(() => o.onReset?.({ reason: 'resume' }))
    calls.flush()
  }

  function received(frame: EventFrame): void {
    if (frame.seq !== undefined) {
      if (seq !== undefined && frame.seq <= seq) return
      const gap = seq !== undefined && frame.seq > seq + 1 && hello?.resume !== undefined
      seq = frame.seq
      if (gap) isolated(() => o.onReset?.({ reason: 'gap' }))
    }
    for (const fn of [...(listeners.get(frame.event) ?? [])]) isolated(() => fn(frame.payload))
  }

  function ended({ error, fatal }: Ending): void {
    link = undefined
    if (state === 'closed') return
    if (fatal || o.reconnect === false) return finish(error)
    calls.lost()
    attempts = state === 'open' && Date.now() - openedAt > SETTLED ? 1 : attempts + 1
    leave('waiting', error)
    retry = setTimeout(() => { become('connecting'); start() }, error.retryAfterMs ?? backoff(attempts, o.reconnect ?? {}))
  }

  function finish(error: GatewayError): void {
    clearTimeout(retry)
    calls.failAll(error)
    leave('closed', error)
    ready.reject(error)
  }

  function leave(next: ClientState, error: GatewayError): void {
    if (state === 'open') ready = unheard()
    become(next, error)
  }

  const start = (): void => {
    connect().catch((error: unknown) => ended({ error: clientError('NEXUS_CLIENT_REFUSED', { code: 'no socket', reason: String(error) }), fatal: true }))
  }
  start()

  const client: Client = {
    get state() { return state },
    get hello() { return hello },
    async call(method, params, options = {}) {
      if (state === 'closed') throw clientError('NEXUS_CLIENT_CLOSED')
      return calls.add(method, params, options)
    },
    on(event, fn) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set.add(fn))
      return () => { if (set.delete(fn) && set.size === 0) listeners.delete(event) }
    },
    use: (contract) => typed(client, contract),
    ready: () => ready.promise,
    async close() {
      const open = link
      if (state !== 'closed') finish(clientError('NEXUS_CLIENT_CLOSED'))
      await open?.close()
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
  return client
}

/** A promise that may reject before anybody looks. */
function unheard<T>() {
  const deferred = withResolvers<T>()
  deferred.promise.catch(() => {})
  return deferred
}

/** What an application's callback throws must not break the connection, and must not be swallowed either. */
function isolated(run: () => void): void {
  try { run() } catch (error) { queueMicrotask(() => { throw error }) }
}

/** Milliseconds before the next attempt; the jitter keeps a thousand clients from coming back at once. */
function backoff(attempt: number, { minMs = 250, maxMs = 30_000 }: { minMs?: number; maxMs?: number }): number {
  const full = Math.min(maxMs, minMs * 2 ** (attempt - 1))
  return full * (0.5 + Math.random() / 2)
}

async function connectParams(o: ClientOptions, resume: { token: string; seq: number } | undefined): Promise<unknown> {
  const token = typeof o.token === 'function' ? await o.token() : o.token
  return {
    minProtocol: 3,
    maxProtocol: o.protocol ?? 4,
    client: { id: 'gateway-client', version: '0', platform: 'javascript', mode: 'backend', ...o.client },
    role: o.role ?? 'operator',
    scopes: o.scopes ?? defaultScopes,
    ...(o.caps && { caps: o.caps }),
    ...(token === undefined ? {} : { auth: { token } }),
    // Sent only to a gateway that offered it: others refuse params they do not know.
    ...(resume ? { resume } : {}),
  }
}

function typed<C extends Contract>(client: Client, contract: C): ClientOf<C> {
  const names = Object.keys((contract.methods ?? {}) as object)
  const call = Object.fromEntries(names.map((name) => [name, (params?: unknown) => client.call(name, params)]))
  return { call, on: client.on } as unknown as ClientOf<C>
}
