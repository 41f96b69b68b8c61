/** Listeners without sockets, and the events they were sent. */
import type { EmitOptions } from '../../../kernel/contract.ts'
import { createBroadcast, type Broadcast, type Listener } from '../../../kernel/gateway/broadcast.ts'
import { defaultLimits, type Limits } from '../../../kernel/gateway/limits.ts'
import type { Cursor } from '../../../kernel/gateway/resume.ts'
import { createLogger } from '../../../kernel/log.ts'
import type { Access } from '../../../kernel/contract.ts'

export interface Heard { readonly event: string; readonly payload: unknown; readonly seq: number }

export class FakeListener implements Listener {
  readonly cursor: Cursor
  readonly texts: string[] = []
  readonly closes: [code: number, reason: string][] = []
  readonly writes: number[] = []
  open = true
  unread = 0
  #rest: Buffer = Buffer.alloc(0)
  #inTick = false

  constructor(cursor: Cursor) { this.cursor = cursor }

  /** As a connection does: what is written in one tick leaves together. */
  write(frame: Buffer): void {
    if (!this.#inTick) {
      this.#inTick = true
      this.writes.push(0)
      process.nextTick(() => { this.#inTick = false })
    }
    this.writes[this.writes.length - 1]! += frame.length
    this.#take(Buffer.concat([this.#rest, frame]))
  }
  close(code: number, reason: string): void {
    this.open = false
    this.closes.push([code, reason])
  }
  whenRead(run: () => void): void { setImmediate(() => { this.unread = 0; run() }) }
  supersede(): void { this.close(1001, 'resumed elsewhere') }

  /** Every frame that is whole: a large one comes in parts. */
  #take(bytes: Buffer): void {
    for (;;) {
      const short = bytes[1] ?? 0
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      const length = bytes.length < head ? Infinity : head === 2 ? short : head === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
      if (bytes.length < head + length || bytes.length === 0) break
      this.texts.push(bytes.toString('utf8', head, head + length))
      bytes = bytes.subarray(head + length)
    }
    this.#rest = bytes
  }

  get heard(): Heard[] { return this.texts.map((text) => JSON.parse(text) as Heard) }
}

export function stage(limits: Partial<Limits> = {}) {
  const clock = { now: 0 }
  const log = createLogger()
  const broadcast: Broadcast = createBroadcast({ ...defaultLimits, ...limits }, () => clock.now, log)
  const who = (scopes: readonly string[], id = 'me') => ({ id, role: 'operator' as const, scopes: new Set(scopes), label: 'operator' as const })
  return {
    broadcast, clock, log,
    emit: (name: string, access: Access, payload: unknown, options: EmitOptions = {}) => broadcast.publish({ name, access, payload, options }),
    /** Comes in, or back, as the gateway would have it. */
    join(scopes: readonly string[], options: { protocol?: 3 | 4; resume?: { token: string; seq: number }; id?: string } = {}) {
      const holder: { listener?: FakeListener; superseded: boolean } = { superseded: false }
      const { cursor, status } = broadcast.place({ supersede: () => { holder.superseded = true; holder.listener?.supersede() } }, who(scopes, options.id), options.protocol ?? 4, options.resume)
      const listener = new FakeListener(cursor)
      holder.listener = listener
      return { listener, status, start: () => { broadcast.start(listener); return listener } }
    },
  }
}

export const turns = async (n = 1): Promise<void> => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve))
}
