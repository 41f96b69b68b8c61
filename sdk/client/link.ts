/** One connection: opens the socket, shakes hands, hands frames on, and notices when the gateway has gone silent. */
import { clientError, wireError, type GatewayError } from './errors.ts'
import { withResolvers, type Answer } from './calls.ts'
import type { Socket } from './socket.ts'

/** What the gateway says of itself once it has let the client in; source: PROTOCOL section 4. */
export interface Hello {
  readonly protocol: 3 | 4
  readonly server: { readonly version?: string; readonly connId?: string }
  readonly features: { readonly methods: readonly string[]; readonly events: readonly string[] }
  readonly snapshot: Readonly<Record<string, unknown>>
  readonly auth: { readonly role?: string; readonly scopes?: readonly string[] }
  readonly policy: { readonly maxPayload: number; readonly tickIntervalMs: number }
  readonly resume?: { readonly token: string; readonly seq: number; readonly status: 'fresh' | 'replayed' | 'reset' }
}
export interface EventFrame { readonly event: string; readonly payload: unknown; readonly seq: number | undefined }

/** Why a connection ended. `fatal`: trying again would end the same way. */
export interface Ending { readonly error: GatewayError; readonly fatal: boolean; }

export interface LinkOptions {
  readonly socket: Socket
  readonly handshakeTimeoutMs: number
  /** The params of `connect`, once the gateway has sent its challenge. */
  connect(): Promise<unknown>
  opened(hello: Hello): void
  answer(frame: Answer): void
  event(frame: EventFrame): void
  /** Called once, whatever ended it. */
  ended(ending: Ending): void
}
export interface Link {
  send(text: string): boolean
  /** Resolves when the socket has closed, after 2 s at most. */
  close(): Promise<void>
}

const CONNECT = 'connect'
const OPEN = 1
type Json = Readonly<Record<string, unknown>>

export function openLink(o: LinkOptions): Link {
  const { socket } = o
  let hello: Hello | undefined
  let asked = false
  let over = false
  let heardAt = Date.now()
  let watch = setTimeout(() => fumble('it took too long', false), o.handshakeTimeoutMs)
  const closed = withResolvers<void>()

  function end(error: GatewayError, fatal: boolean): void {
    if (over) return
    over = true
    clearTimeout(watch)
    o.ended({ error, fatal })
  }

  // A dead peer never answers the close, so the socket is given up at once.
  function drop(code: number, text: string, error: GatewayError, fatal: boolean): void {
    socket.close(code, text)
    setTimeout(() => socket.terminate?.(), 1000)
    end(error, fatal)
  }
  const fumble = (reason: string, fatal: boolean): void => drop(4002, 'handshake failed', clientError('NEXUS_CLIENT_HANDSHAKE', { reason }), fatal)

  async function shakeHands(): Promise<void> {
    if (asked) return
    asked = true
    const params = await o.connect()
    if (!over) socket.send(JSON.stringify({ type: 'req', id: CONNECT, method: 'connect', params }))
  }

  function welcome(frame: Json): void {
    if (frame['ok'] !== true) {
      const error = wireError(frame['error'])
      end(error, !error.retryable)
      socket.close(1000)
      return
    }
    const found = readHello(frame['payload'])
    if (typeof found === 'string') return fumble(found, true)
    hello = found
    clearTimeout(watch)
    listenForSilence(2 * hello.policy.tickIntervalMs)
    o.opened(hello)
  }

  function listenForSilence(limit: number): void {
    const left = heardAt + limit - Date.now()
    if (left <= 0) return drop(4000, 'tick timeout', clientError('NEXUS_CLIENT_SILENT', { ms: limit }), false)
    watch = setTimeout(() => listenForSilence(limit), left)
  }

  socket.addEventListener('message', ({ data }) => {
    if (over) return
    heardAt = Date.now()
    const frame = parse(data)
    if (frame?.['type'] === 'event' && frame['event'] === 'connect.challenge') shakeHands().catch(() => fumble('there is no credential to send', false))
    else if (frame?.['type'] === 'res' && frame['id'] === CONNECT && !hello) welcome(frame)
    else if (!hello) fumble('the other side does not speak the protocol', true)
    else if (frame?.['type'] === 'res') o.answer(frame as unknown as Answer)
    else if (frame?.['type'] === 'event' && typeof frame['event'] === 'string') {
      o.event({ event: frame['event'], payload: frame['payload'], seq: typeof frame['seq'] === 'number' ? frame['seq'] : undefined })
    }
  })
  function gone(code: number, reason: string): void {
    closed.resolve()
    end(clientError('NEXUS_CLIENT_REFUSED', { code, reason: reason || 'no reason given' }), !hello && (code === 1002 || code === 1008))
  }
  socket.addEventListener('close', ({ code, reason }) => gone(code, reason))
  // The close event that should follow has more to say, but some runtimes never send it.
  socket.addEventListener('error', () => { setTimeout(gone, 100, 1006, 'the connection failed') })

  return {
    send(text) {
      if (over || !hello || socket.readyState !== OPEN) return false
      socket.send(text)
      return true
    },
    async close() {
      end(clientError('NEXUS_CLIENT_CLOSED'), true)
      socket.close(1000)
      const giveUp = setTimeout(() => { socket.terminate?.(); closed.resolve() }, 2000)
      await closed.promise
      clearTimeout(giveUp)
    },
  }
}

function parse(data: unknown): Json | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? value as Json : undefined
  } catch {
    // Not a frame; before the hello that ends the connection, after it the frame is skipped, as clients of the protocol do.
    return undefined
  }
}

/** The hello with defaults for what older gateways leave out, or what is wrong with it. */
function readHello(payload: unknown): Hello | string {
  if (typeof payload !== 'object' || payload === null || (payload as Json)['type'] !== 'hello-ok') return 'the answer is not a hello-ok'
  const hello = payload as Partial<Hello>
  if (hello.protocol !== 3 && hello.protocol !== 4) return 'the other side speaks another protocol'
  return {
    protocol: hello.protocol,
    server: hello.server ?? {},
    features: { methods: hello.features?.methods ?? [], events: hello.features?.events ?? [] },
    snapshot: hello.snapshot ?? {},
    auth: hello.auth ?? {},
    policy: { maxPayload: positive(hello.policy?.maxPayload, 26_214_400), tickIntervalMs: positive(hello.policy?.tickIntervalMs, 30_000) },
    ...(hello.resume ? { resume: hello.resume } : {}),
  }
}

const positive = (value: unknown, otherwise: number): number => (typeof value === 'number' && value > 0 ? value : otherwise)
