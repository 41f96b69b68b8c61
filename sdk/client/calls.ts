/** The calls that have no answer yet: bounded, each with its own deadline, sent or waiting for a connection. */
import { clientError, wireError, type GatewayError } from './errors.ts'

export interface CallOptions {
  /** Until the answer, time without a connection included. Milliseconds, default 30 000. */
  readonly timeoutMs?: number
  /** Stops waiting; what the gateway has begun goes on. */
  readonly signal?: AbortSignal
  /**
   * True: running it twice is harmless, so a call cut off by a lost connection is sent again.
   * Default: true when the params carry an `idempotencyKey`, which the gateway runs at most once.
   */
  readonly idempotent?: boolean
  /** For methods that answer twice: skip the first answer, `status: "accepted"`. */
  readonly expectFinal?: boolean
}

export interface Answer { readonly id: string; readonly ok: boolean; readonly payload?: unknown; readonly error?: unknown }

interface Entry {
  readonly method: string
  readonly text: string
  readonly idempotent: boolean
  readonly expectFinal: boolean
  sent: boolean
  settle(error: GatewayError | undefined, payload?: unknown): void
}

export interface Calls {
  add(method: string, params: unknown, options: CallOptions): Promise<unknown>
  answer(frame: Answer): void
  /** Sends what waits, oldest first. */
  flush(): void
  /** The connection is gone: what had been sent is sent again if that is harmless, and fails otherwise. */
  lost(): void
  failAll(error: GatewayError): void
}

const bytes = (text: string): number => new TextEncoder().encode(text).length

/** `send` returns false while there is no connection; `limit` is the gateway's frame limit in bytes. */
export function createCalls(o: { max: number; timeoutMs: number; limit(): number; send(text: string): boolean }): Calls {
  const entries = new Map<string, Entry>()
  let last = 0

  function transmit(entry: Entry): void {
    const max = o.limit()
    if (entry.text.length * 3 > max && bytes(entry.text) > max) entry.settle(clientError('NEXUS_CLIENT_TOO_LARGE', { method: entry.method, max }))
    else entry.sent = o.send(entry.text)
  }

  function add(method: string, params: unknown, options: CallOptions): Promise<unknown> {
    if (options.signal?.aborted) return Promise.reject(clientError('NEXUS_CLIENT_ABORTED', { method }))
    if (entries.size >= o.max) return Promise.reject(clientError('NEXUS_CLIENT_BUSY', { method, max: o.max }))
    const id = String(++last)
    const ms = options.timeoutMs ?? o.timeoutMs
    const { promise, resolve, reject } = withResolvers<unknown>()
    const entry: Entry = {
      method,
      text: JSON.stringify({ type: 'req', id, method, ...(params === undefined ? {} : { params }) }),
      idempotent: options.idempotent ?? hasKey(params),
      expectFinal: options.expectFinal ?? false,
      sent: false,
      settle(error, payload) {
        if (!entries.delete(id)) return
        clearTimeout(timer)
        options.signal?.removeEventListener('abort', abort)
        if (error) reject(error)
        else resolve(payload)
      },
    }
    const abort = (): void => entry.settle(clientError('NEXUS_CLIENT_ABORTED', { method }))
    const expire = (): void => entry.settle(clientError(entry.sent ? 'NEXUS_CLIENT_TIMEOUT' : 'NEXUS_CLIENT_OFFLINE', { method, ms }))
    // A longer delay would fire at once.
    const timer = setTimeout(expire, Math.min(ms, 2 ** 31 - 1))
    options.signal?.addEventListener('abort', abort)
    entries.set(id, entry)
    transmit(entry)
    return promise
  }

  return {
    add,
    answer(frame) {
      const entry = entries.get(frame.id)
      if (!entry) return
      if (!frame.ok) entry.settle(wireError(frame.error))
      else if (!entry.expectFinal || (frame.payload as { status?: unknown } | null | undefined)?.status !== 'accepted') entry.settle(undefined, frame.payload)
    },
    flush: () => [...entries.values()].filter((e) => !e.sent).forEach(transmit),
    lost() {
      for (const entry of [...entries.values()].filter((e) => e.sent)) {
        if (entry.idempotent) entry.sent = false
        else entry.settle(clientError('NEXUS_CLIENT_LOST', { method: entry.method }))
      }
    },
    failAll: (error) => [...entries.values()].forEach((e) => e.settle(error)),
  }
}

const hasKey = (params: unknown): boolean => typeof (params as { idempotencyKey?: unknown } | null | undefined)?.idempotencyKey === 'string'

// Promise.withResolvers came with Node 22.
export function withResolvers<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((a, b) => { resolve = a; reject = b })
  return { promise, resolve, reject }
}
