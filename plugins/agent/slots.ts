/** How many runs are under way at once, over all sessions; the others wait in the order they came. */

export interface Slots {
  /** Resolves to what gives the slot back, which may be called twice; rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>
  readonly waiting: number
}

export function createSlots(most: number): Slots {
  const waiting = new Set<() => void>()
  let taken = 0

  function give(): () => void {
    taken++
    let given = false
    return () => {
      if (given) return
      given = true
      taken--
      const [next] = waiting
      next?.()
    }
  }

  return {
    get waiting() { return waiting.size },
    enter(signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error)
      if (taken < most) return Promise.resolve(give())
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(start)
          signal.removeEventListener('abort', gone)
        }
        const start = (): void => {
          leave()
          resolve(give())
        }
        const gone = (): void => {
          leave()
          reject(signal.reason as Error)
        }
        waiting.add(start)
        signal.addEventListener('abort', gone, { once: true })
      })
    },
  }
}
