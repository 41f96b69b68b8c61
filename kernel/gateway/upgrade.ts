/** The one `upgrade` handler of every listener. Whatever comes in, it never throws and never leaves a socket open. */
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { MaybePromise } from '../contract.ts'
import { asNexusError } from '../errors.ts'
import { httpRequest } from '../points.ts'
import { isPromise } from '../within.ts'
import { errorAnswer, type Answer } from './answer.ts'
import { addressOf, headersOf, infoOf, isSecure, pathOf, remoteOf, unfit, type ListenerKind } from './credentials.ts'
import { gatewayFail } from './errors.ts'
import { shakeHands, type Doorway } from './handshake.ts'
import { serveSocket } from './plugin-socket.ts'
import { groupAt } from './routes.ts'
import { createWaitingRoom } from './waiting-room.ts'

/** Made once: in a flood thousands get it in a second. */
const crowded = errorAnswer(gatewayFail('NEXUS_CONNECTION_CROWD', { retryAfterMs: 1_000 }))

export interface Upgrades {
  handle(req: IncomingMessage, socket: Duplex, head: Buffer, listener: ListenerKind): void
  /** Refuses newcomers and closes those still in the handshake. */
  close(): void
  /** Closes the sockets of plugins. */
  dismiss(): void
}

export function createUpgrades(door: Doorway): Upgrades {
  const { kernel, limits } = door
  const { clock, log } = kernel
  // Some of these options are newer than the types of `ws`. A message of 25 MiB fits in pieces of 4 KiB, or in network
  // packets; a million crumbs do not.
  const options = {
    noServer: true, clientTracking: false, perMessageDeflate: false,
    maxPayload: limits.maxPayload, maxFragments: 8192, maxBufferedChunks: 32_768, closeTimeout: 5_000,
  }
  const server = new WebSocketServer(options)
  // Each listener has its own, so that a flood from the network does not shut out the local socket.
  const rooms = { tcp: createWaitingRoom(limits, clock), unix: createWaitingRoom(limits, clock) }
  /** In the handshake of the protocol, and those of plugins. */
  const guests = new Set<WebSocket>()
  const owned = new Set<WebSocket>()

  const onError = (error: Error): void => log.debug('a client broke the protocol', { reason: error.message })

  /** Finishes the handshake of HTTP, at once; one that is none is answered and gives nothing. */
  function open(req: IncomingMessage, socket: Socket, head: Buffer): WebSocket | undefined {
    let made: WebSocket | undefined
    server.handleUpgrade(req, socket, head, (ws) => { made = ws.on('error', onError) })
    return made
  }

  function enter(req: IncomingMessage, socket: Socket, head: Buffer, listener: ListenerKind, remote: string, leave: () => void): void {
    if (socket.destroyed) return leave()
    socket.once('close', leave)
    const path = pathOf(req)
    const verb = groupAt(kernel, path)?.upgrades.get(path)
    if (verb) {
      const ended = (): void => {
        socket.off('close', leave)
        leave()
      }
      const opened = (): WebSocket | undefined => {
        const ws = open(req, socket, head)
        if (ws) owned.add(ws.on('close', () => owned.delete(ws)))
        ended()
        return ws
      }
      return void serveSocket(door, verb, { req, socket, listener, open: opened, refuse: (answer) => refuse(socket, answer) }).finally(ended)
    }
    const ws = open(req, socket, head)
    if (!ws) return
    guests.add(ws)
    void shakeHands(door, { ws, socket, listener, headers: headersOf(req), secure: isSecure(socket), peer: addressOf(socket), remote }).finally(() => {
      guests.delete(ws)
      socket.off('close', leave)
      leave()
    })
  }

  /** To the waiting room, unless it is refused at the door. */
  function admit(req: IncomingMessage, socket: Socket, head: Buffer, listener: ListenerKind): MaybePromise<void> {
    const fault = unfit(req)
    if (fault) throw fault
    const address = remoteOf(kernel, socket, headersOf(req))
    const arrive = (): void => rooms[listener].arrive({
      address,
      mayWait: head.length === 0,
      enter: (leave) => enter(req, socket, head, listener, address, leave),
      refuse: () => refuse(socket, crowded),
    })
    const asked = kernel.used(httpRequest) ? kernel.invoke(httpRequest, infoOf(req, pathOf(req), listener, address, true)) : undefined
    return isPromise(asked) ? asked.then(arrive) : arrive()
  }

  return {
    handle(req, duplex, head, listener) {
      const socket = duplex as Socket
      socket.on('error', destroy)
      const failed = (thrown: unknown): void => {
        const error = asNexusError(thrown, 'NEXUS_CALL_FAILED', { verb: 'an upgrade', plugin: 'kernel', trace: '-' })
        if (error !== thrown) log.error('an upgrade failed', { error: thrown })
        refuse(socket, errorAnswer(error))
      }
      try {
        const { held } = kernel
        const admitted = held ? held.then(() => admit(req, socket, head, listener)) : admit(req, socket, head, listener)
        if (isPromise(admitted)) admitted.catch(failed)
      } catch (error) {
        failed(error)
      }
    },
    close() {
      rooms.tcp.close()
      rooms.unix.close()
      for (const ws of guests) ws.close(1012, 'service restart')
    },
    dismiss() {
      for (const ws of owned) ws.close(1012, 'service restart')
    },
  }
}

// Shared, not a closure: what listens to a socket for as long as it lives must not hold on to the request.
function destroy(this: Socket): void {
  this.destroy()
}

function refuse(socket: Socket, { status, headers, body }: Answer): void {
  if (socket.writableEnded) return
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': Buffer.byteLength(body) }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
  socket.destroySoon()
}
