/** Who was let in over which socket, so that what a credential has let in can be ended with it. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Caller } from '../provenance.ts'

export interface Admissions {
  /** With a WebSocket that is what is closed, otherwise the socket. */
  note(socket: Socket, caller: Caller, ws?: WebSocket): void
  end(match: (caller: Caller) => boolean, reason: string): void
}

/** For a client that does not answer a close. */
const farewellMs = 500

export function createAdmissions(): Admissions {
  const admitted = new Map<Socket, { readonly caller: Caller; readonly ws: WebSocket | undefined }>()

  function forget(this: Socket): void {
    admitted.delete(this)
  }

  function sweep(match: (caller: Caller) => boolean, reason: string): void {
    for (const [socket, { caller, ws }] of admitted) if (match(caller)) dismiss(socket, ws, reason)
  }

  return {
    note(socket, caller, ws) {
      const known = admitted.get(socket)
      if (socket.destroyed || (known && known.caller === caller && known.ws === ws)) return
      admitted.set(socket, { caller, ws })
      if (!known) socket.once('close', forget)
    },
    end(match, reason) {
      sweep(match, reason)
      // Whoever was found good in this very tick is noted at its end.
      setImmediate(sweep, match, reason)
    },
  }
}

function dismiss(socket: Socket, ws: WebSocket | undefined, reason: string): void {
  if (!ws) return void socket.destroy()
  ws.close(4401, reason)
  setTimeout(() => ws.terminate(), farewellMs).unref()
}
