/** From an open socket to a client that is let in, or turned away with the protocol's error and close code. PROTOCOL 3 and 5. */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { asNexusError, fail, type NexusError } from '../errors.ts'
import type { Until } from '../hooks.ts'
import { connectionAuthenticate } from '../points.ts'
import { allows } from '../provenance.ts'
import type { Broadcast } from './broadcast.ts'
import { connectionOf, helloOk, negotiate, readConnect, roleOf, type ConnectParams } from './connect.ts'
import { Peer } from './connection.ts'
import { admitted, type Admission, type Headers, type ListenerKind } from './credentials.ts'
import type { Desk } from './desk.ts'
import { answerId, errorFrame, isRequest, jsonIn, okFrame, type Protocol } from './frames.ts'
import { textFrame } from './ws-frame.ts'

export interface Doorway extends Desk {
  readonly broadcast: Broadcast
  /** From here on the socket's messages are the peer's. */
  admit(peer: Peer, ws: WebSocket): void
  depart(peer: Peer): void
}

export interface Guest {
  readonly ws: WebSocket
  readonly socket: Socket
  readonly headers: Headers
  readonly secure: boolean
  readonly peer: string
  readonly remote: string
  readonly listener: ListenerKind
}

/** Resolves when the handshake is over, either way. */
export function shakeHands(door: Doorway, guest: Guest): Promise<void> {
  const { kernel: { clock }, limits } = door
  const { ws, socket } = guest
  const nonce = randomUUID()
  const early: [data: Buffer, binary: boolean][] = []
  let asked = false
  let unread = 0
  let over = (): void => {}
  const ended = new Promise<void>((resolve) => { over = resolve })
  let abort: AbortController | undefined
  /** Nobody waits for a guest who has gone, or whose time is up. */
  const until: Until = () => (abort ??= new AbortController()).signal
  const timer = clock.setTimeout(() => {
    ws.close()
    abort?.abort()
  }, limits.handshakeMs)

  function onMessage(data: Buffer, binary: boolean): void {
    unread = 0
    if (ws.readyState !== ws.OPEN) return
    if (data.length > limits.preauthPayload) return slam(guest, 1009, 'preauth payload too large')
    if (!asked) {
      asked = true
      void meet(door, guest, data, nonce, until).then((peer) => peer && handOver(peer))
    } else if (early.length < limits.preauthFrames) early.push([data, binary])
    else slam(guest, 1008, 'too many pending handshake frames')
  }

  // `ws` would gather a message up to its own, larger bound before it shows it.
  function onData(chunk: Buffer): void {
    unread += chunk.length
    if (unread > 2 * limits.preauthPayload) slam(guest, 1009, 'preauth payload too large')
  }

  function detach(): void {
    clock.clearTimeout(timer)
    abort?.abort()
    ws.off('message', onMessage)
    ws.off('close', detach)
    socket.off('data', onData)
    over()
  }

  function handOver(peer: Peer): void {
    detach()
    door.admit(peer, ws)
    for (const [data, binary] of early) peer.receive(data, binary)
  }

  ws.on('message', onMessage)
  ws.on('close', detach)
  socket.on('data', onData)
  socket.write(textFrame(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce, ts: clock.now() } })))
  return ended
}

/** Reads the first frame. Gives the peer once it has been told hello; nothing if it was turned away. */
async function meet(door: Doorway, guest: Guest, data: Buffer, nonce: string, until: Until): Promise<Peer | undefined> {
  const frame = jsonIn(data)
  let protocol: Protocol = 4
  try {
    if (!isRequest(frame) || frame.method !== 'connect') throw fail('NEXUS_CONNECT_FIRST')
    const params = readConnect(frame.params)
    protocol = negotiate(params)
    return await welcome(door, guest, frame.id, params, protocol, await identify(door, guest, params, nonce, until))
  } catch (thrown) {
    const error = asNexusError(thrown, 'NEXUS_CALL_FAILED', { verb: 'connect', plugin: 'kernel', trace: nonce })
    door.kernel.log.info('a client was turned away', { remote: guest.remote, code: error.code, detail: error.row.detail })
    turnAway(guest, answerId(frame), error, protocol)
    return undefined
  }
}

async function identify({ kernel, admissions }: Doorway, { ws, socket, headers, secure, peer, remote, listener }: Guest, params: ConnectParams, nonce: string, until: Until): Promise<Admission> {
  const { token, password } = params.auth ?? {}
  await kernel.held
  const admission = admitted(await kernel.ask(until, connectionAuthenticate, {
    transport: 'ws', listener, secure, peer, remote, headers, nonce, role: roleOf(params), connect: params,
    ...(token !== undefined && { token }),
    ...(password !== undefined && { password }),
  }))
  const { caller } = admission
  admissions.note(socket, caller, ws)
  // Asked ∩ held; none asked, none given.
  return { ...admission, caller: { ...caller, scopes: new Set(params.scopes?.filter((scope) => scope !== 'public' && allows(caller, scope))) } }
}

async function welcome(door: Doorway, { ws, socket, remote }: Guest, id: string, params: ConnectParams, protocol: Protocol, { caller, tell }: Admission): Promise<Peer | undefined> {
  const { kernel, limits, broadcast, depart } = door
  if (ws.readyState !== ws.OPEN) return undefined
  const place = broadcast.place({ supersede: () => ws.close(1001, 'resumed elsewhere') }, caller, protocol, params.resume)
  let peer: Peer | undefined
  try {
    const connection = connectionOf(place.cursor, params, remote, kernel.clock.now())
    const hello = okFrame(id, await helloOk(kernel, limits, connection, params, { ...place, tell }))
    if (ws.readyState === ws.OPEN) {
      socket.write(textFrame(hello))
      peer = new Peer({ kernel, limits, ws, socket, connection, cursor: place.cursor, depart })
    }
    return peer
  } finally {
    if (!peer) broadcast.stop(place.cursor)
  }
}

function turnAway({ ws, socket }: Guest, id: string | number, error: NexusError, protocol: Protocol): void {
  if (ws.readyState !== ws.OPEN) return
  socket.write(textFrame(errorFrame(id, error, protocol)))
  const code = error.code === 'NEXUS_CONNECT_PROTOCOL' ? 1002 : error.wire === 'UNAVAILABLE' ? 1011 : 1008
  ws.close(code, shortened(error.message))
}

/** A close reason has room for 123 bytes. */
function shortened(text: string): string {
  let end = 123
  while (Buffer.byteLength(text.slice(0, end)) > 123) end--
  return text.slice(0, end)
}

/** Closes on somebody who sends too much: what still comes in is thrown away unread. */
function slam({ ws, socket }: Guest, code: number, reason: string): void {
  ws.close(code, reason)
  socket.removeAllListeners('data')
  socket.resume()
  socket.end()
}
