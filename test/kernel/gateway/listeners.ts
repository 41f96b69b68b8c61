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
  #parts: Buffer[] = []
  #corked = 0

  constructor(cursor: Cursor) { this.cursor = cursor }

  cork(): void { this.#corked++ }
  write(frame: Buffer): void {
    this.#parts.push(frame)
    if (this.#corked === 0) this.#leave()
  }
  uncork(): void { if (--this.#corked === 0) this.#leave() }
  close(code: number, reason: string): void {
    this.open = false
    this.closes.push([code, reason])
  }
  whenRead(run: () => void): void { setImmediate(() => { this.unread = 0; run() }) }
  supersede(): void { this.close(1001, 'resumed elsewhere') }

  #leave(): void {
    let bytes = Buffer.concat(this.#parts.splice(0))
    if (bytes.length === 0) return
    this.writes.push(bytes.length)
    while (bytes.length > 0) {
      const short = bytes[1] as number
      const [start, length] = short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(2)] : [10, Number(bytes.readBigUInt64BE(2))]
      this.texts.push(bytes.toString('utf8', start, start + length))
      bytes = bytes.subarray(start + length)
    }
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
