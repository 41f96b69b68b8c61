/** One client that has said hello: its requests in, its responses and events out. */
import { isUtf8 } from 'node:buffer'
import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Origin } from '../call.ts'
import { secondAnswer, type Connection } from '../contract.ts'
import { asNexusError, fail, type NexusError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { isPromise } from '../within.ts'
import type { Listener } from './broadcast.ts'
import { gatewayFail } from './errors.ts'
import { answerId, errorFrame, isRequest, jsonIn, okFrame, requestFaults, traceOf, unwritable } from './frames.ts'
import type { Limits } from './limits.ts'
import type { Cursor } from './resume.ts'
import { textFrame } from './ws-frame.ts'

export interface PeerParts {
  readonly kernel: Kernel
  readonly limits: Limits
  readonly ws: WebSocket
  readonly socket: Socket
  readonly connection: Connection
  readonly cursor: Cursor
  /** Called once, when the connection is of no use any more. */
  readonly depart: (peer: Peer) => void
}

/** `socket` is the one `ws` writes to: without compression `ws` keeps nothing back, so our frames never cut into its own. */
export class Peer implements Listener, Origin {
  readonly transport = 'ws'
  readonly connection: Connection
  readonly cursor: Cursor
  /** A ping was sent and nothing has come since. */
  silent = false
  readonly #parts: PeerParts
  #inflight = 0
  #deniedInARow = 0
  #corked = false
  #babbled = false
  #departed = false
  #abort: AbortController | undefined

  constructor(parts: PeerParts) {
    this.#parts = parts
    this.connection = parts.connection
    this.cursor = parts.cursor
  }

  get caller(): Connection['caller'] { return this.connection.caller }
  get open(): boolean { return this.#parts.ws.readyState === this.#parts.ws.OPEN }
  get unread(): number { return this.#parts.socket.writableLength }

  /** One for all calls, made for the first that asks; aborted when the client is gone. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController()
      setMaxListeners(0, this.#abort.signal)
      if (this.#departed) this.#abort.abort()
    }
    return this.#abort.signal
  }

  // ── In ────────────────────────────────────────────────────────────────────────────────────────

  receive(data: Buffer, binary: boolean): void {
    const { kernel, limits } = this.#parts
    this.silent = false
    if (!this.open) return
    // Of text `ws` has checked this already.
    if (binary && !isUtf8(data)) return this.close(1007, 'invalid UTF-8')
    const frame = jsonIn(data)
    if (frame === undefined) return this.#babble(data.length)
    if (!isRequest(frame)) return this.#refuse(answerId(frame), fail('NEXUS_FRAME_INVALID', { faults: requestFaults(frame) }))
    const { id, method } = frame
    if (method === 'connect') return this.#refuse(id, fail('NEXUS_CONNECT_TWICE'))
    if (this.#inflight >= limits.callsPerConnection) return this.#refuse(id, gatewayFail('NEXUS_CONNECTION_BUSY', { limit: limits.callsPerConnection }))
    let result: unknown
    try {
      result = kernel.dispatch(method, frame.params, frame.traceparent === undefined ? this : this.#traced(frame.traceparent))
    } catch (error) {
      return this.#failed(id, method, error)
    }
    if (!isPromise(result)) return this.#done(id, method, result)
    this.#inflight++
    result.then(
      (payload) => { this.#inflight--; this.#done(id, method, payload) },
      (error: unknown) => { this.#inflight--; this.#failed(id, method, error) },
    )
  }

  /** As in the reference: what is no JSON has no id to answer under, and ends nothing. */
  #babble(bytes: number): void {
    if (!this.#babbled) this.#parts.kernel.log.warn('frames that are not JSON are dropped', { connection: this.connection.id, bytes })
    this.#babbled = true
  }

  /** The same origin under the client's own trace. */
  #traced(traceparent: string): Origin {
    const trace = traceOf(traceparent)
    const signal = (): AbortSignal => this.signal
    return { transport: 'ws', caller: this.caller, connection: this.connection, get signal() { return signal() }, ...(trace !== undefined && { trace }) }
  }

  // ── Out ───────────────────────────────────────────────────────────────────────────────────────

  #done(id: string, method: string, payload: unknown): void {
    let text: string
    try {
      text = okFrame(id, payload)
    } catch (error) {
      return this.#failed(id, method, unwritable(this.#parts.kernel, method, error))
    }
    this.#deniedInARow = 0
    this.#say(text)
    ;(payload as { readonly [secondAnswer]?: Promise<unknown> } | null | undefined)?.[secondAnswer]?.then((outcome) => this.#done(id, method, outcome), (error: unknown) => this.#failed(id, method, error))
  }

  #failed(id: string, method: string, thrown: unknown): void {
    const error = asNexusError(thrown, 'NEXUS_CALL_FAILED', { verb: method, plugin: 'kernel', trace: id })
    this.#deniedInARow = error.code === 'NEXUS_CALL_DENIED' ? this.#deniedInARow + 1 : 0
    this.#refuse(id, error)
    if (this.#deniedInARow >= this.#parts.limits.deniedInARow) this.close(1008, 'repeated unauthorized calls')
  }

  #refuse(id: string | number, error: NexusError): void {
    this.#say(errorFrame(id, error, this.cursor.protocol))
  }

  #say(text: string): void {
    if (!this.open) return
    this.write(textFrame(text))
    if (this.unread > this.#parts.limits.maxBufferedBytes) this.close(1008, 'slow consumer')
  }

  /** What is written in one tick leaves in one system call. */
  write(frame: Buffer): void {
    if (!this.#corked) {
      this.#corked = true
      this.#parts.socket.cork()
      process.nextTick(release, this)
    }
    this.#parts.socket.write(frame)
  }

  release(): void {
    this.#corked = false
    this.#parts.socket.uncork()
  }

  whenRead(run: () => void): void { this.#parts.socket.once('drain', run) }

  // ── Life ──────────────────────────────────────────────────────────────────────────────────────

  ping(): void {
    this.silent = true
    this.#parts.ws.ping()
  }

  close(code: number, reason: string): void { this.#parts.ws.close(code, reason) }
  terminate(): void { this.#parts.ws.terminate() }

  /** Its client is back on another socket, under the same id. */
  supersede(): void {
    this.close(1001, 'resumed elsewhere')
    this.gone()
  }

  /** Nobody waits for its calls any more. */
  gone(): void {
    if (this.#departed) return
    this.#departed = true
    this.#abort?.abort()
    this.#parts.depart(this)
  }
}

const release = (peer: Peer): void => peer.release()
