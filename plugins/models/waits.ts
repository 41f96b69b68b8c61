/** Waiting for what may not end, and for time that may be cut short. */
import type { Clock, MaybePromise } from 'nexus-gateway/sdk'

/** How long somebody may take to end after an abort before it is left behind. */
const graceMs = 1_000

/** Ends early, without an error, when the signal aborts. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = (): void => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = clock.setTimeout(wake, ms)
    signal.addEventListener('abort', wake, { once: true })
  })
}

/** What the work gives; or `late`, some time after an abort that it does not heed. */
export function orLate<T>(work: MaybePromise<T>, signal: AbortSignal, clock: Clock, late: () => T): Promise<T> {
  if (!(work instanceof Promise)) return Promise.resolve(work)
  return new Promise((resolve, reject) => {
    let timer: unknown
    const give = (): void => { timer = clock.setTimeout(() => resolve(late()), graceMs) }
    const end = (): void => {
      signal.removeEventListener('abort', give)
      if (timer !== undefined) clock.clearTimeout(timer)
    }
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
    work.then((value) => {
      end()
      resolve(value)
    }, (error: unknown) => {
      end()
      reject(error as Error)
    })
  })
}
