/** Puts a run's text together into few pieces: the first at once, then at most one per interval. */
import type { Clock } from 'nexus-gateway/sdk'

export interface Pieces {
  add(delta: string): void
  /** Sends what waits, now. */
  flush(): void
  /** All text so far. */
  readonly text: string
  /** Pieces sent. */
  readonly count: number
}

export function createPieces(clock: Clock, intervalMs: number, send: (seq: number, delta: string, text: string) => void): Pieces {
  let text = ''
  /** The part of it that was not sent: cut out of `text` it would cost as much as all of that. */
  let fresh = ''
  let count = 0
  let sentAt = -Infinity
  let timer: unknown

  function flush(): void {
    if (timer !== undefined) clock.clearTimeout(timer)
    timer = undefined
    if (fresh === '') return
    const delta = fresh
    fresh = ''
    sentAt = clock.now()
    send(++count, delta, text)
  }

  return {
    get text() { return text },
    get count() { return count },
    flush,
    add(delta) {
      text += delta
      fresh += delta
      if (timer !== undefined) return
      const wait = sentAt + intervalMs - clock.now()
      if (wait <= 0) flush()
      else timer = clock.setTimeout(flush, wait)
    },
  }
}
