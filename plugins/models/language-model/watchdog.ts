/** Notices that nothing comes any more. */
import type { Clock } from 'nexus-gateway/sdk'

export interface Watchdog {
  /** Something came; the next piece has to come within the shorter time. */
  fed(): void
  stop(): void
}

/** Calls `starved` once: `firstMs` after the start without a first piece, or `nextMs` after the last one. */
export function watchdog(clock: Clock, firstMs: number, nextMs: number, starved: () => void): Watchdog {
  let timer = clock.setTimeout(starved, firstMs)
  return {
    fed() {
      clock.clearTimeout(timer)
      timer = clock.setTimeout(starved, nextMs)
    },
    stop: () => clock.clearTimeout(timer),
  }
}
