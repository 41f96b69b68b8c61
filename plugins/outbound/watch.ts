/** The times of one request, and everything else that may end it, behind one signal whose reason is the error. */
import type { Clock } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'

export interface Watch {
  readonly signal: AbortSignal
  /** From now on this phase has so many milliseconds; it replaces the phase before. */
  wait(phase: string, ms: number): void
  /** It is not the other side that is waited for. */
  rest(): void
  /** `work`, or the reason of the abort as soon as there is one. */
  until<T>(work: T | Promise<T>): Promise<T>
  abort(): void
  /** Lets go of the timers and of the signals that were followed. */
  end(): void
}

export function createWatch(clock: Clock, totalMs: number, followed: readonly (AbortSignal | undefined)[]): Watch {
  const life = new AbortController()
  const late = (phase: string, ms: number): unknown => clock.setTimeout(() => life.abort(fail('NEXUS_OUTBOUND_TIMEOUT', { phase, ms })), ms)
  const abort = (): void => life.abort(fail('NEXUS_OUTBOUND_ABORTED'))
  const total = late('the whole request', totalMs)
  let timer: unknown

  for (const signal of followed) {
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  }

  function rest(): void {
    if (timer !== undefined) clock.clearTimeout(timer)
    timer = undefined
  }

  function until<T>(work: T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(life.signal.reason)
      if (life.signal.aborted) stop()
      else life.signal.addEventListener('abort', stop, { once: true })
      Promise.resolve(work).then(resolve, reject).finally(() => life.signal.removeEventListener('abort', stop))
    })
  }

  return {
    signal: life.signal, rest, until, abort,
    wait(phase, ms) {
      rest()
      timer = late(phase, ms)
    },
    end() {
      rest()
      clock.clearTimeout(total)
      for (const signal of followed) signal?.removeEventListener('abort', abort)
    },
  }
}
