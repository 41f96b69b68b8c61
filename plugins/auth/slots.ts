/** Work that is dear (a process, a slow hash): so much at once, so much waiting, and no more. */

/** Gives `undefined` at once where there is no place left, even to wait. */
export type Slots = <T>(work: () => Promise<T>) => Promise<T> | undefined

export function createSlots({ most, waiting }: { readonly most: number; readonly waiting: number }): Slots {
  const queue: (() => void)[] = []
  let running = 0

  async function run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } finally {
      const next = queue.shift()
      // Whoever waited takes over the place, so that nobody slips in between.
      if (next) next()
      else running--
    }
  }

  return (work) => {
    if (running < most) {
      running++
      return run(work)
    }
    if (queue.length >= waiting) return undefined
    return new Promise<void>((go) => { queue.push(go) }).then(() => run(work))
  }
}
