/**
 * From an emitted event to the sockets of those who may hear it: written as JSON once per generation, numbered per
 * connection, framed once per number. Handed out in turns, so that no fan-out holds the event loop; each connection gets
 * its events in the order they were emitted, and what has gathered meanwhile in one write.
 */
import type { Log } from '../contract.ts'
import type { Emitted } from '../parts.ts'
import type { Caller } from '../provenance.ts'
import type { Protocol } from './frames.ts'
import type { Limits } from './limits.ts'
import { mayHear, Places, Ring, type Body, type Cursor, type Entry, type ResumeRequest, type ResumeStatus } from './resume.ts'
import { numberedFrame, numberedParts } from './ws-frame.ts'

/** Whoever has a place in the stream. `supersede`: its client is back on another socket. */
interface Owner { supersede(): void }

/** The sending side of a connection, as far as events go. */
export interface Listener extends Owner {
  readonly cursor: Cursor
  readonly open: boolean
  /** Bytes written and not yet taken by the system. */
  readonly unread: number
  /** What is written in one tick leaves together. */
  write(frame: Buffer): void
  /** Runs once what is unread has been taken; there must be something. */
  whenRead(run: () => void): void
  close(code: number, reason: string): void
}

export interface Broadcast {
  publish(event: Emitted): void
  /** Finds or makes the client's place in the stream. Nothing is sent before `start`, and nothing is lost until then. */
  place(owner: Owner, caller: Caller, protocol: Protocol, wanted: ResumeRequest | undefined): { readonly cursor: Cursor; readonly status: ResumeStatus }
  start(listener: Listener): void
  /** The connection is gone; its place is kept for a while. */
  stop(cursor: Cursor): void
  /** Hands out everything that waits, at once. */
  flush(): void
  /** Lets go of what is too old for anyone to come back for. */
  expire(): void
}

/** One turn: 200 connections looked at, or 800 KiB written, is some 2 ms. */
const perTurn = 200
const costOf = (bytes: number): number => 1 + (bytes >> 12)
/** Larger texts are not copied into a frame of their own for every client. */
const sharedFrom = 16 * 1024
/** How much a replay writes before it waits for the client. */
const aheadOf = 1024 * 1024
/** What an entry costs the ring beyond its text. */
const overhead = 256

export function createBroadcast(limits: Limits, now: () => number, log: Log): Broadcast {
  const ring = new Ring(limits)
  const places = new Places(ring, limits)
  /** Who holds a place just now, by resume token: in the handshake or after it. */
  const holders = new Map<string, { readonly cursor: Cursor; readonly owner: Owner }>()
  /** Those who hear live events, by connection id. All of them have been offered everything before `pending`. */
  const listeners = new Map<string, Listener>()
  let pending = 0
  let round: { readonly audience: Iterator<Listener>; readonly end: number } | undefined
  let handing = false

  function publish(event: Emitted): void {
    const entry = entryOf(event)
    if (!entry) return
    // Who has not been offered the oldest events yet gets them now: memory stays bounded, at the expense of the loop.
    if (ring.firstAfter(entry.bytes) > pending) flush()
    const idle = pending === ring.next
    ring.push(entry)
    const end = ring.next
    if (idle && entry.to && entry.to.size <= perTurn) {
      for (const id of entry.to) offerAll(listeners.get(id))
      settle(end)
    } else if (!handing) handOut()
  }

  function entryOf({ name, access, payload, options }: Emitted): Entry | undefined {
    const { to, lossy = false, v3: older, stateVersion } = options
    if (places.count[3] + places.count[4] === 0) return undefined
    try {
      const v4 = places.count[4] > 0 || !older ? bodyOf(name, payload, stateVersion) : undefined
      const v3 = places.count[3] === 0 ? undefined : older ? bodyOf(name, older(), stateVersion) : v4
      const bytes = overhead + (v4?.head.length ?? 0) + (v3 && v3 !== v4 ? v3.head.length : 0)
      return { access, to: to && new Set(to), lossy, v3, v4, bytes, at: now() }
    } catch (error) {
      log.error('an event cannot be written as JSON and was not sent', { event: name, error })
      return undefined
    }
  }

  function handOut(): void {
    handing = true
    offer(perTurn)
    if (pending < ring.next) setImmediate(handOut)
    else handing = false
  }

  const flush = (): void => offer(Infinity)

  function offer(budget: number): void {
    // `round` is read anew each time: a write may close a socket, which may be logged, and that emitted.
    while (pending < ring.next && budget > 0) {
      round ??= { audience: listeners.values(), end: ring.next }
      const { done, value } = round.audience.next()
      if (done) settle(round.end)
      else budget -= costOf(offerAll(value))
    }
  }

  /** Everything before `end` has been offered to all. */
  function settle(end: number): void {
    for (; pending < end; pending++) {
      const entry = ring.at(pending)
      if (entry?.v3) entry.v3.frames = undefined
      if (entry?.v4) entry.v4.frames = undefined
    }
    round = undefined
  }

  /** Everything that a live listener has not been offered yet. Gives the number of bytes. */
  function offerAll(listener: Listener | undefined): number {
    if (!listener) return 0
    const { cursor } = listener
    cursor.next = Math.max(cursor.next, pending)
    let bytes = 0
    while (listener.open && cursor.next < ring.next) bytes += offerNext(listener, true)
    // Its socket is closing: what comes from now on is kept for its return.
    if (!listener.open) listeners.delete(cursor.id)
    return bytes
  }

  function offerNext(listener: Listener, share: boolean): number {
    const { cursor } = listener
    const entry = ring.at(cursor.next++)
    if (!entry || !mayHear(cursor, entry)) return 0
    // A skipped event has its number all the same: the gap tells the client.
    cursor.seq++
    if (listener.unread > limits.maxBufferedBytes) {
      if (!entry.lossy) listener.close(1008, 'slow consumer')
      return 0
    }
    const body = cursor.protocol === 3 ? entry.v3 : entry.v4
    if (body) send(listener, body, share)
    return entry.bytes
  }

  function send(listener: Listener, body: Body, share: boolean): void {
    const { seq } = listener.cursor
    if (body.head.length >= sharedFrom) {
      for (const part of numberedParts(body.head, seq)) listener.write(part)
      return
    }
    let frame = body.frames?.get(seq)
    if (!frame) {
      frame = numberedFrame(body.head, seq)
      if (share) remember(body, seq, frame)
    }
    listener.write(frame)
  }

  const holds = (cursor: Cursor): boolean => holders.get(cursor.token)?.cursor === cursor

  /** Sends what a client has missed, in turns and at its own pace, before it hears live events. */
  function replay(listener: Listener): void {
    const { cursor } = listener
    if (!holds(cursor) || !listener.open) return
    if (cursor.next < ring.first) return listener.close(1008, 'slow consumer')
    for (let budget = perTurn; budget > 0 && listener.open && cursor.next < pending;) budget -= costOf(offerNext(listener, false))
    if (listener.unread > aheadOf) listener.whenRead(() => replay(listener))
    else if (cursor.next < pending) setImmediate(replay, listener)
    else listeners.set(cursor.id, listener)
  }

  function stop(cursor: Cursor): void {
    // Once resumed elsewhere the place is another object under the same token.
    if (!holds(cursor)) return
    holders.delete(cursor.token)
    // Before `pending` the cursor can lag only behind what was not for it.
    if (listeners.delete(cursor.id)) cursor.next = Math.max(cursor.next, pending)
    places.leave(cursor, now())
  }

  return {
    publish, flush, stop,
    place(owner, caller, protocol, wanted) {
      const holder = wanted && holders.get(wanted.token)
      if (holder && holder.cursor.caller.id === caller.id) {
        // The client is back before its old socket was seen to be dead.
        holder.owner.supersede()
        stop(holder.cursor)
      }
      const old = wanted && places.resume(wanted, caller, protocol)
      const cursor = old ?? places.open(caller, protocol)
      holders.set(cursor.token, { cursor, owner })
      return { cursor, status: old ? 'replayed' : wanted ? 'reset' : 'fresh' }
    },
    start(listener) {
      const { cursor } = listener
      if (!holds(cursor)) return
      holders.set(cursor.token, { cursor, owner: listener })
      replay(listener)
    },
    expire() {
      places.expire(now())
      if (!handing) ring.dropOlderThan(now() - limits.resumeMs)
    },
  }
}

/** Those who came together have the same numbers and stand together, so only the last few frames are worth keeping. */
function remember(body: Body, seq: number, frame: Buffer): void {
  if (!body.frames || body.frames.size >= 16) body.frames = new Map()
  body.frames.set(seq, frame)
}

function bodyOf(name: string, payload: unknown, stateVersion: unknown): Body {
  const text = JSON.stringify(payload)
  const parts = [`"event":${JSON.stringify(name)}`, text && `"payload":${text}`, stateVersion && `"stateVersion":${JSON.stringify(stateVersion)}`]
  return { head: Buffer.from(`{"type":"event",${parts.filter(Boolean).join(',')},"seq":`), frames: undefined }
}
