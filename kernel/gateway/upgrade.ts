/** The one `upgrade` handler of every listener. Whatever comes in, it never throws and never leaves a socket open. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { addressOf, hasTokenInUrl, headersOf, type ListenerKind } from './credentials.ts'
import { shakeHands, type Doorway } from './handshake.ts'
import { createWaitingRoom } from './waiting-room.ts'

export interface Upgrades {
  handle(req: IncomingMessage, socket: Duplex, head: Buffer, listener: ListenerKind): void
  /** Refuses newcomers and closes those still in the handshake. */
  close(): void
}

export function createUpgrades(door: Doorway): Upgrades {
  const { kernel: { clock, log }, limits } = door
  // Some of these options are newer than the types of `ws`. A message of 25 MiB fits in pieces of 4 KiB, or in network
  // packets; a million crumbs do not.
  const options = {
    noServer: true, clientTracking: false, perMessageDeflate: false,
    maxPayload: limits.maxPayload, maxFragments: 8192, maxBufferedChunks: 32_768, closeTimeout: 5_000,
  }
  const server = new WebSocketServer(options)
  // Each listener has its own, so that a flood from the network does not shut out the local socket.
  const rooms = { tcp: createWaitingRoom(limits, clock), unix: createWaitingRoom(limits, clock) }
  const guests = new Set<WebSocket>()

  const onError = (error: Error): void => log.debug('a client broke the protocol', { reason: error.message })

  function enter(req: IncomingMessage, socket: Socket, head: Buffer, listener: ListenerKind, leave: () => void): void {
    if (socket.destroyed) return leave()
    socket.once('close', leave)
    const [remote, headers] = [addressOf(socket), headersOf(req)]
    server.handleUpgrade(req, socket, head, (ws) => {
      guests.add(ws)
      ws.on('error', onError)
      void shakeHands(door, { ws, socket, headers, remote, listener }).finally(() => {
        guests.delete(ws)
        socket.off('close', leave)
        leave()
      })
    })
  }

  return {
    handle(req, duplex, head, listener) {
      const socket = duplex as Socket
      socket.on('error', destroy)
      try {
        if (hasTokenInUrl(req)) return refuse(socket, '400 Bad Request')
        rooms[listener].arrive({
          address: addressOf(socket),
          mayWait: head.length === 0,
          enter: (leave) => enter(req, socket, head, listener, leave),
          refuse: () => refuse(socket, '503 Service Unavailable'),
        })
      } catch (error) {
        log.error('an upgrade failed', { error })
        socket.destroy()
      }
    },
    close() {
      rooms.tcp.close()
      rooms.unix.close()
      for (const ws of guests) ws.close(1012, 'service restart')
    },
  }
}

// Shared, not a closure: what listens to a socket for as long as it lives must not hold on to the request.
function destroy(this: Socket): void {
  this.destroy()
}

function refuse(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n`)
  socket.destroySoon()
}
