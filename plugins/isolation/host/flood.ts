/** How many of something may happen within a second. */
export interface Flood {
  /** False when it is one too many. */
  take(): boolean
  /** How many were too many since this was last asked. */
  refused(): number
}

export function createFlood(most: number): Flood {
  let since = performance.now()
  let count = 0
  let refused = 0
  return {
    take() {
      const now = performance.now()
      if (now - since >= 1_000) {
        since = now
        count = 0
      }
      if (++count <= most) return true
      refused++
      return false
    },
    refused() {
      const all = refused
      refused = 0
      return all
    },
  }
}
