/** The calls that a process works on, by number: it can name these as the cause of what it does, and no others. */
import type { Call, Cause } from 'nexus-gateway/sdk'

export interface Calls {
  enter(id: number, call: Call, onAbort: () => void): void
  /** Answered; what holds it longer still does. */
  leave(id: number): void
  find(id: number | undefined): Cause | undefined
  /** A cause that is no call of the plugin's, under a number of its own until it is let go of. */
  lend(cause: Cause): { readonly number: number; release(): void }
  /** It outlives its answer until let go of as often. */
  hold(id: number): void
  release(id: number): void
  /** The plugin looks at its signal, so from now on it is worth following. */
  heed(id: number): void
  /** The process is gone. */
  clear(): void
}

interface Entry { readonly call: Call; readonly onAbort: () => void; holds: number; readonly ends: (() => void)[]; unheed: (() => void) | undefined }

export function createCalls(): Calls {
  const entries = new Map<number, Entry>()
  /** By negative numbers, so that they are never those of calls. */
  const lent = new Map<number, Cause>()
  let numbers = 0

  function letGo(id: number, entry: Entry): void {
    if (--entry.holds > 0) return
    entries.delete(id)
    entry.unheed?.()
  }

  return {
    enter: (id, call, onAbort) => void entries.set(id, { call, onAbort, holds: 1, ends: [], unheed: undefined }),
    leave(id) {
      const entry = entries.get(id)
      if (entry) letGo(id, entry)
    },
    find: (id) => (id === undefined ? undefined : entries.get(id)?.call ?? lent.get(id)),
    lend(cause) {
      const number = --numbers
      lent.set(number, cause)
      return { number, release: () => void lent.delete(number) }
    },
    hold(id) {
      const entry = entries.get(id)
      if (!entry) return
      entry.holds++
      entry.call.waitUntil(new Promise<void>((resolve) => { entry.ends.push(resolve) }))
    },
    release(id) {
      const entry = entries.get(id)
      const end = entry?.ends.pop()
      if (!entry || !end) return
      end()
      letGo(id, entry)
    },
    heed(id) {
      const entry = entries.get(id)
      if (!entry || entry.unheed) return
      const { signal } = entry.call
      if (signal.aborted) return entry.onAbort()
      signal.addEventListener('abort', entry.onAbort, { once: true })
      entry.unheed = () => signal.removeEventListener('abort', entry.onAbort)
    },
    clear() {
      for (const entry of entries.values()) {
        entry.unheed?.()
        for (const end of entry.ends) end()
      }
      entries.clear()
      lent.clear()
    },
  }
}
