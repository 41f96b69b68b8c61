/**
 * A WebSocket of a plugin's own. It comes by the road of every verb: the handshake is finished only when the call has
 * been authorized, and until then whoever is refused is told so over HTTP. The call lasts as long as the socket.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Call, MaybePromise, PluginSocket, RouteContext } from '../contract.ts'
import type { Verb } from '../dispatch.ts'
import { asNexusError, fail } from '../errors.ts'
import type { Accept } from '../generation.ts'
import type { Kernel } from '../kernel.ts'
import { isPromise } from '../within.ts'
import { errorAnswer, type Answer } from './answer.ts'
import { callerOf, traceIn, type ListenerKind } from './credentials.ts'
import type { Desk } from './desk.ts'
import type { Limits } from './limits.ts'

/** What a client that does not answer a close gets to end in, less than the kernel gives a plugin. */
const farewellMs = 1_000

export interface Knock {
  readonly req: IncomingMessage
  readonly socket: Socket
  readonly listener: ListenerKind
  /** Finishes the handshake; gives nothing if the request was none, which it has answered then. */
  open(): WebSocket | undefined
  refuse(answer: Answer): void
}

/** Resolves once the handler is done or the caller is refused; the socket may live on. */
export async function serveSocket(desk: Desk, verb: Verb, knock: Knock): Promise<void> {
  const { kernel, limits } = desk
  const { req, socket, listener } = knock
  const late = kernel.clock.setTimeout(() => socket.destroy(), limits.handshakeMs)
  const gone = new AbortController()
  let ws: WebSocket | undefined

  const accept: Accept = (call) => {
    ws = knock.open()
    if (!ws) throw fail('NEXUS_CALL_ABORTED', { verb: verb.name })
    kernel.clock.clearTimeout(late)
    ws.on('close', () => gone.abort())
    desk.admissions.note(socket, call.caller, ws)
    watch(ws, call, kernel, limits)
    return wrap(ws, verb, limits)
  }

  function settled(release: () => void): void {
    if (!ws || ws.readyState === ws.CLOSED) release()
    else ws.on('close', release)
  }

  try {
    const caller = await callerOf(desk, verb, req, listener)
    await kernel.dispatchRoute(verb, accept as unknown as RouteContext, { caller, transport: 'ws', signal: gone.signal, trace: traceIn(req), settled })
  } catch (thrown) {
    const error = asNexusError(thrown, 'NEXUS_CALL_FAILED', { verb: verb.name, plugin: verb.plugin, trace: '-' })
    if (ws) ws.close(1011, 'internal error')
    else knock.refuse(errorAnswer(error))
  } finally {
    kernel.clock.clearTimeout(late)
  }
}

/** Ends the socket with its call, and one whose client has not answered a ping by the time of the next. */
function watch(ws: WebSocket, call: Call, { clock }: Kernel, { tickIntervalMs }: Limits): void {
  let silent = false
  let timer = clock.setTimeout(ping, tickIntervalMs)
  function ping(): void {
    // While it is paused for the plugin's sake nothing is read, an answer neither.
    if (silent && !ws.isPaused) return ws.terminate()
    silent = true
    ws.ping()
    timer = clock.setTimeout(ping, tickIntervalMs)
  }
  function leave(): void {
    if (ws.readyState === ws.CLOSED) return
    ws.close(1012, 'service restart')
    clock.clearTimeout(timer)
    timer = clock.setTimeout(() => ws.terminate(), farewellMs)
  }
  ws.on('pong', () => { silent = false })
  ws.on('close', () => clock.clearTimeout(timer))
  call.signal.addEventListener('abort', leave)
}

/** What the plugin holds of it. What its functions throw is the plugin's fault and ends the socket. */
function wrap(ws: WebSocket, verb: Verb, { maxBufferedBytes }: Limits): PluginSocket {
  function failed(error: unknown): void {
    verb.owner.fault(verb.name, error)
    ws.close(1011, 'internal error')
  }

  function run(work: () => MaybePromise<void>): void {
    try {
      const done = verb.owner.run(work)
      if (!isPromise(done)) return
      ws.pause()
      void done.catch(failed).finally(() => ws.resume())
    } catch (error) {
      failed(error)
    }
  }

  return {
    get open() { return ws.readyState === ws.OPEN },
    get unread() { return ws.bufferedAmount },
    send(data) {
      if (ws.readyState !== ws.OPEN) return
      ws.send(data)
      if (ws.bufferedAmount > maxBufferedBytes) ws.close(1008, 'slow consumer')
    },
    close: (code = 1000, reason = '') => ws.close(code, reason),
    onMessage: (fn) => void ws.on('message', (data, binary) => run(() => fn(binary ? data as Buffer : String(data)))),
    onClose: (fn) => void ws.on('close', (code, reason) => run(() => fn(code, String(reason)))),
  }
}
