/** What waits to be written, in all, and the counters that health reports show. */
import { fail } from './errors.ts'

export interface Budget {
  readonly limit: number
  /** Runs the write with its bytes counted; refuses it with NEXUS_STORE_BUSY when too much waits already. */
  spend<T>(bytes: number, write: () => Promise<T>): Promise<T>
  close(): void
  /** Resolves when nothing is pending. */
  drained(): Promise<void>
  readonly counts: { pending: number; pendingBytes: number; commits: number; appends: number; failures: number; repairs: number }
}

export function createBudget(limit: number): Budget {
  const counts = { pending: 0, pendingBytes: 0, commits: 0, appends: 0, failures: 0, repairs: 0 }
  let closed = false
  const waiting: (() => void)[] = []

  return {
    limit,
    counts,
    async spend(bytes, write) {
      if (closed) throw fail('NEXUS_STORE_CLOSED')
      // One write may be larger than the rest of the budget, or a small budget would refuse it for ever.
      if (counts.pending > 0 && counts.pendingBytes + bytes > limit) throw fail('NEXUS_STORE_BUSY', { limit })
      counts.pending++
      counts.pendingBytes += bytes
      try {
        return await write()
      } finally {
        counts.pending--
        counts.pendingBytes -= bytes
        if (counts.pending === 0) for (const wake of waiting.splice(0)) wake()
      }
    },
    close() { closed = true },
    drained: () => (counts.pending === 0 ? Promise.resolve() : new Promise<void>((resolve) => { waiting.push(resolve) })),
  }
}
