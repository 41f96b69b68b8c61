/** One timer on a time of the clock. */
import type { Clock } from 'nexus-gateway/sdk'

export interface Alarm {
  /** In place of what was set before; `undefined` sets none. A time that is over rings at once, in a tick of its own. */
  set(at: number | undefined): void
  /** Nothing rings any more. */
  close(): void
}

/** The machine may sleep, or its clock be set: how long that may go unseen. It also keeps below what Node's timers can wait. */
const furthestMs = 60_000

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let timer: unknown
  let closed = false

  function set(at: number | undefined): void {
    clear()
    if (closed || at === undefined) return
    timer = clock.setTimeout(() => {
      timer = undefined
      if (clock.now() >= at) ring()
      else set(at)
    }, Math.min(Math.max(0, at - clock.now()), furthestMs))
  }

  function clear(): void {
    if (timer !== undefined) clock.clearTimeout(timer)
    timer = undefined
  }

  return { set, close() { closed = true; clear() } }
}
