/** Everybody who has said hello and is still there; the tick that tells them we live, the ping that tells us they do. */
import type { WebSocket } from 'ws'
import type { Connection } from '../contract.ts'
import type { Kernel } from '../kernel.ts'
import { connectionClosed, connectionOpened } from '../points.ts'
import type { Broadcast } from './broadcast.ts'
import type { Peer } from './connection.ts'
import type { Limits } from './limits.ts'

export interface Peers {
  list(): readonly Connection[]
  admit(peer: Peer, ws: WebSocket): void
  depart(peer: Peer): void
  /** Asks everybody to go; resolves when they have. */
  dismiss(code: number, reason: string): Promise<void>
  /** Ends what is left, and the heartbeat. */
  end(): void
}

export function createPeers(kernel: Kernel, limits: Limits, broadcast: Broadcast): Peers {
  const { clock } = kernel
  const peers = new Map<string, Peer>()
  let emptied = (): void => {}
  let timer = clock.setTimeout(beat, limits.tickIntervalMs)

  function beat(): void {
    kernel.emit('tick', { ts: clock.now() }, { lossy: true })
    broadcast.expire()
    inTurns(peers.values(), (peer) => { if (peer.open) peer.ping() })
    timer = clock.setTimeout(reap, limits.pongMs)
  }

  function reap(): void {
    inTurns(peers.values(), (peer) => { if (peer.silent) peer.terminate() })
    timer = clock.setTimeout(beat, limits.tickIntervalMs - limits.pongMs)
  }

  return {
    list: () => [...peers.values()].map((peer) => peer.connection),
    admit(peer, ws) {
      peers.set(peer.connection.id, peer)
      ws.on('message', (data, binary) => peer.receive(data as Buffer, binary))
      ws.on('pong', () => { peer.silent = false })
      ws.on('close', () => peer.gone())
      void kernel.invoke(connectionOpened, peer.connection)
      broadcast.start(peer)
    },
    depart(peer) {
      peers.delete(peer.connection.id)
      broadcast.stop(peer.cursor)
      void kernel.invoke(connectionClosed, peer.connection)
      if (peers.size === 0) emptied()
    },
    dismiss(code, reason) {
      inTurns(peers.values(), (peer) => peer.close(code, reason))
      return peers.size === 0 ? Promise.resolve() : new Promise((resolve) => { emptied = resolve })
    },
    end() {
      clock.clearTimeout(timer)
      for (const peer of peers.values()) {
        peer.terminate()
        peer.gone()
      }
    },
  }
}

/** In turns of 200, so that the event loop is free in between. */
function inTurns<T>(items: Iterator<T>, each: (item: T) => void): void {
  for (let i = 0; i < 200; i++) {
    const { done, value } = items.next()
    if (done) return
    each(value)
  }
  setImmediate(inTurns<T>, items, each)
}
