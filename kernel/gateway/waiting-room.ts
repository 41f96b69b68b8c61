/**
 * Bounds what strangers can hold. So many sockets may be in the handshake at once, per address and in all; more wait
 * for their turn, as when a thousand clients come back after a restart. Those beyond `waiting`, and those who have
 * waited for `handshakeMs`, are refused.
 */
import type { Clock } from '../contract.ts'
import type { Limits } from './limits.ts'

export interface Visitor {
  readonly address: string
  /** False for one that has sent more than its request: that would be kept meanwhile. */
  readonly mayWait: boolean
  /** It has its place until it calls `leave`. */
  enter(leave: () => void): void
  refuse(): void
}

export interface WaitingRoom {
  arrive(visitor: Visitor): void
  /** Refuses all who wait, and all who come. */
  close(): void
}

type Bounds = Pick<Limits, 'handshakes' | 'handshakesPerAddress' | 'handshakeMs' | 'waiting'>

export function createWaitingRoom(bounds: Bounds, clock: Clock): WaitingRoom {
  const inside = new Map<string, number>()
  /** In order of arrival, with the timer of each. */
  const waiting = new Map<Visitor, unknown>()
  let total = 0
  let closed = false

  const at = (address: string): number => inside.get(address) ?? 0
  const hasRoom = (address: string): boolean => total < bounds.handshakes && at(address) < bounds.handshakesPerAddress

  function admit(visitor: Visitor): void {
    const { address } = visitor
    let gone = false
    total++
    inside.set(address, at(address) + 1)
    visitor.enter(() => {
      if (gone) return
      gone = true
      total--
      inside.set(address, at(address) - 1)
      if (at(address) === 0) inside.delete(address)
      admitNext()
    })
  }

  function admitNext(): void {
    for (const visitor of waiting.keys()) if (hasRoom(visitor.address)) return admit(called(visitor))
  }

  function called(visitor: Visitor): Visitor {
    clock.clearTimeout(waiting.get(visitor))
    waiting.delete(visitor)
    return visitor
  }

  return {
    arrive(visitor) {
      if (closed) visitor.refuse()
      else if (hasRoom(visitor.address)) admit(visitor)
      else if (!visitor.mayWait || waiting.size >= bounds.waiting) visitor.refuse()
      else waiting.set(visitor, clock.setTimeout(() => called(visitor).refuse(), bounds.handshakeMs))
    },
    close() {
      closed = true
      for (const visitor of waiting.keys()) called(visitor).refuse()
    },
  }
}
