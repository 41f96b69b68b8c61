/** One change after the other: what was checked is still so when it is written. */
import { fail } from './errors.ts'

const maxWaiting = 256

export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** More than 256 waiting get NEXUS_AUTH_BUSY. A failed change does not stop those behind it. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async (work) => {
    if (waiting >= maxWaiting) throw fail('NEXUS_AUTH_BUSY')
    waiting++
    const done = last.then(work).finally(() => { waiting-- })
    last = done.catch(() => {})
    return done
  }
}
