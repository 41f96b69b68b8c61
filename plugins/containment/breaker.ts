/** Counts faults per plugin in a window that slides. What is kept of each are the times that can still matter. */

export interface Bounds { readonly faults: number; readonly windowMs: number }
export interface Counted { readonly id: string; readonly faults: number; readonly most: number; readonly windowMs: number; readonly last: string; readonly at: number }
export interface Breaker {
  /** Counts one; true if it is the one too many. */
  count(id: string, where: string): boolean
  /** Its next generation starts anew. */
  forget(id: string): void
  /** Those that have failed within their window, most first. */
  report(): Counted[]
}
interface Entry { times: number[]; last: string }

export function createBreaker(boundsOf: (id: string) => Bounds, now: () => number): Breaker {
  const entries = new Map<string, Entry>()
  const recent = (id: string, { times }: Entry): number[] => {
    const from = now() - boundsOf(id).windowMs
    return times.filter((time) => time > from)
  }
  return {
    count(id, where) {
      const { faults } = boundsOf(id)
      const times = [...recent(id, entries.get(id) ?? { times: [], last: '' }), now()].slice(-faults)
      entries.set(id, { times, last: where })
      return times.length >= faults
    },
    forget: (id) => void entries.delete(id),
    report() {
      const rows = [...entries].map(([id, entry]) => {
        const { faults: most, windowMs } = boundsOf(id)
        return { id, faults: recent(id, entry).length, most, windowMs, last: entry.last, at: entry.times.at(-1) ?? 0 }
      })
      return rows.filter(({ faults }) => faults > 0).sort((a, b) => b.faults - a.faults || (a.id < b.id ? -1 : 1))
    },
  }
}
