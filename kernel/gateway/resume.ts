/**
 * What a client that comes back needs: the last events, each kept once for everybody, and where each client stands among
 * them. A place is two numbers, the last `seq` sent and the ring's index after it. Which events lie between two numbers
 * follows from who may hear them, so a client is served again by the same rule as before, or told that it must load anew.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Access } from '../contract.ts'
import { allows, type Caller } from '../provenance.ts'
import type { Protocol } from './frames.ts'
import type { Limits } from './limits.ts'

/** The text of an event up to its number, and the frames made of it while it is being handed out. */
export interface Body {
  readonly head: Buffer
  frames: Map<number, Buffer> | undefined
}

export interface Entry {
  readonly access: Access
  readonly to: ReadonlySet<string> | undefined
  readonly lossy: boolean
  /** One body per generation; missing if there was nobody of that generation. */
  readonly v3: Body | undefined
  readonly v4: Body | undefined
  readonly bytes: number
  readonly at: number
}

/** An entry keeps its index for ever; the oldest go when there are too many, too many bytes, or when they are too old. */
export class Ring {
  readonly #entries = new Map<number, Entry>()
  readonly #limits: Pick<Limits, 'ringEvents' | 'ringBytes'>
  #bytes = 0
  /** Index of the oldest entry kept, and of the next one to come. */
  first = 0
  next = 0

  constructor(limits: Pick<Limits, 'ringEvents' | 'ringBytes'>) {
    this.#limits = limits
  }

  at(index: number): Entry | undefined { return this.#entries.get(index) }

  /** What `first` will be once something of this size has been added. */
  firstAfter(bytes: number): number {
    const { ringEvents, ringBytes } = this.#limits
    let { first } = this
    for (let left = this.#bytes + bytes; first < this.next && (left > ringBytes || this.next - first >= ringEvents); first++) {
      left -= this.at(first)?.bytes ?? 0
    }
    return first
  }

  push(entry: Entry): void {
    this.#dropTo(this.firstAfter(entry.bytes))
    this.#entries.set(this.next++, entry)
    this.#bytes += entry.bytes
  }

  dropOlderThan(time: number): void {
    let { first } = this
    while ((this.at(first)?.at ?? time) < time) first++
    this.#dropTo(first)
  }

  #dropTo(first: number): void {
    for (; this.first < first; this.first++) {
      this.#bytes -= this.at(this.first)?.bytes ?? 0
      this.#entries.delete(this.first)
    }
  }
}

/** A client's place in the stream of events. */
export interface Cursor {
  /** The connection's id. It outlives the socket: events meant for it find whoever resumes it. */
  readonly id: string
  /** Good for a resume only together with the same credential, scopes and protocol. */
  readonly token: string
  readonly caller: Caller
  readonly protocol: Protocol
  seq: number
  next: number
}
export interface ResumeRequest { readonly token: string; readonly seq: number }
export type ResumeStatus = 'fresh' | 'replayed' | 'reset'

export const mayHear = (cursor: Cursor, entry: Entry): boolean =>
  (entry.to === undefined || entry.to.has(cursor.id)) && allows(cursor.caller, entry.access)

/** The places of all clients that are there, or may come back. */
export class Places {
  readonly #ring: Ring
  readonly #limits: Pick<Limits, 'resumeMs' | 'rememberedConnections'>
  readonly #left = new Map<string, { readonly cursor: Cursor; readonly until: number }>()
  /** How many there are of each generation. */
  readonly count = { 3: 0, 4: 0 }

  constructor(ring: Ring, limits: Pick<Limits, 'resumeMs' | 'rememberedConnections'>) {
    this.#ring = ring
    this.#limits = limits
  }

  open(caller: Caller, protocol: Protocol): Cursor {
    this.count[protocol]++
    return { id: randomUUID(), token: randomBytes(16).toString('base64url'), caller, protocol, seq: 0, next: this.#ring.next }
  }

  /** The client's own place, set back to the event it saw last; nothing if that cannot be done without loss. */
  resume({ token, seq }: ResumeRequest, caller: Caller, protocol: Protocol): Cursor | undefined {
    const cursor = this.#left.get(token)?.cursor
    if (!cursor || cursor.protocol !== protocol || !sameRights(cursor.caller, caller)) return undefined
    const next = this.#indexAfter(cursor, seq)
    if (next === undefined) return undefined
    this.#left.delete(token)
    return { ...cursor, seq, next }
  }

  /** Keeps the place for a while; the longest kept make room. */
  leave(cursor: Cursor, now: number): void {
    this.#left.set(cursor.token, { cursor, until: now + this.#limits.resumeMs })
    if (this.#left.size > this.#limits.rememberedConnections) this.#forgetFirst()
  }

  expire(now: number): void {
    for (const { until } of this.#left.values()) {
      if (until > now) return
      this.#forgetFirst()
    }
  }

  #forgetFirst(): void {
    for (const [token, { cursor }] of this.#left) {
      this.#left.delete(token)
      this.count[cursor.protocol]--
      return
    }
  }

  #indexAfter(cursor: Cursor, seq: number): number | undefined {
    let { next } = cursor
    if (seq > cursor.seq || next < this.#ring.first) return undefined
    for (let back = cursor.seq - seq; back > 0;) {
      const entry = this.#ring.at(--next)
      if (!entry) return undefined
      if (mayHear(cursor, entry)) back--
    }
    return next
  }
}

function sameRights(a: Caller, b: Caller): boolean {
  return a.id === b.id && a.role === b.role && a.scopes.size === b.scopes.size && [...a.scopes].every((scope) => b.scopes.has(scope))
}
