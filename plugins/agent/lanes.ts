/** One lane per session: runs of a session take turns in the order they came, sessions do not wait for each other. */

export interface Place {
  /** It was its turn when it came. */
  readonly first: boolean
  /** Resolves when it is this run's turn. */
  readonly turn: Promise<void>
  /** Gives the turn, or the place in the queue, to the next one. Calling it again does nothing. */
  leave(): void
}

export interface Lanes {
  /** A place at the end of the lane, taken at once; `undefined` if too many wait there already. */
  enter(key: string): Place | undefined
  readonly waiting: number
}

interface Waiter { start(): void }

export function createLanes(maxWaiting: number): Lanes {
  /** Only lanes in use; the first of each has the turn. */
  const lanes = new Map<string, Waiter[]>()
  let waiting = 0

  function leave(key: string, waiter: Waiter): void {
    const lane = lanes.get(key)
    const at = lane?.indexOf(waiter) ?? -1
    if (!lane || at < 0) return
    lane.splice(at, 1)
    if (lane.length === 0) {
      lanes.delete(key)
      return
    }
    waiting--
    if (at === 0) lane[0]?.start()
  }

  return {
    get waiting() { return waiting },
    enter(key) {
      const lane = lanes.get(key) ?? []
      if (lane.length > maxWaiting) return undefined
      let start = (): void => {}
      const turn = new Promise<void>((resolve) => { start = resolve })
      const waiter = { start }
      lane.push(waiter)
      lanes.set(key, lane)
      const first = lane.length === 1
      if (first) start()
      else waiting++
      return { first, turn, leave: () => leave(key, waiter) }
    },
  }
}
