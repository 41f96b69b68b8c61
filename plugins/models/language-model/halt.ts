/**
 * An end before its time. An `AbortSignal` with a listener costs as much as three pieces of an answer, and a request
 * would have several: this one is a list of functions, and a signal only for who asks for one.
 */
import type { MaybePromise } from 'nexus-gateway/sdk'

export interface Halt {
  readonly over: boolean
  /** Why it is over. */
  readonly reason: unknown
  readonly signal: AbortSignal
  /** Calls `end` when it is over, at once if it is. What is given back calls that off. */
  onEnd(end: () => void): () => void
  /** The first one counts. */
  end(reason: unknown): void
}

export interface Halts {
  /** Ends with `signal`, and with all of them. */
  begin(signal: AbortSignal): Halt & { done(): void }
  /** Ends those that are under way and those that come. */
  end(reason: unknown): void
}

export function createHalt(): Halt {
  const ends = new Set<() => void>()
  let controller: AbortController | undefined
  let over = false
  let reason: unknown
  return {
    get over() { return over },
    get reason() { return reason },
    get signal() {
      if (!controller) {
        controller = new AbortController()
        if (over) controller.abort(reason)
      }
      return controller.signal
    },
    onEnd(end) {
      if (over) end()
      else ends.add(end)
      return () => void ends.delete(end)
    },
    end(why) {
      if (over) return
      over = true
      reason = why
      for (const end of ends) end()
      ends.clear()
      controller?.abort(why)
    },
  }
}

export function createHalts(): Halts {
  const running = new Set<Halt>()
  const all = createHalt()
  return {
    begin(signal) {
      const halt = createHalt()
      const follow = (): void => halt.end(signal.reason)
      if (signal.aborted) follow()
      else signal.addEventListener('abort', follow, { once: true })
      if (all.over) halt.end(all.reason)
      running.add(halt)
      const done = (): void => {
        signal.removeEventListener('abort', follow)
        running.delete(halt)
      }
      return Object.assign(halt, { done })
    },
    end(reason) {
      all.end(reason)
      for (const halt of running) halt.end(reason)
    },
  }
}

/** `work`, or the reason of the end as soon as there is one. */
export function untilEnd<T>(halt: Pick<Halt, 'onEnd' | 'over' | 'reason'>, work: MaybePromise<T>): MaybePromise<T> {
  if (!(work instanceof Promise)) {
    if (halt.over) throw halt.reason
    return work
  }
  return new Promise((resolve, reject) => {
    const off = halt.onEnd(() => reject(halt.reason as Error))
    void work.then(resolve, reject).then(off)
  })
}
