/** Notices that nothing comes any more. */
import type { Clock } from 'nexus-gateway/sdk'

export interface Watchdog {
  /** Something came; the next piece has to come within the shorter time. */
  fed(): void
  stop(): void
}

/**
 * Calls `starved` once: `firstMs` after the start without a first piece, or `nextMs` after the last one. Pieces come
 * by the thousand, so one only leaves its time behind, and the timer that runs out looks whether it was too long ago.
 */
export function watchdog(clock: Clock, firstMs: number, nextMs: number, starved: () => void): Watchdog {
  let due = clock.now() + firstMs
  let timer: unknown
  let timerAt = 0
  const arm = (): void => {
    const now = clock.now()
    // No later than a piece that comes now would have it, which spares that one a timer of its own.
    timerAt = Math.min(due, now + nextMs)
    timer = clock.setTimeout(look, Math.max(1, timerAt - now))
  }
  const look = (): void => {
    if (clock.now() >= due) starved()
    else arm()
  }
  arm()
  return {
    fed() {
      due = clock.now() + nextMs
      if (due >= timerAt) return
      clock.clearTimeout(timer)
      arm()
    },
    stop: () => clock.clearTimeout(timer),
  }
}
