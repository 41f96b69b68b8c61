/** Charges on their way to the disk: no answer waits for them. A drain does, and whoever asks how it all stands. */

export interface Aside {
  /** `work` never rejects. */
  run(work: Promise<void>): void
  /** What was on its way when this was called is there. */
  done(): Promise<unknown>
}

/** `hold` makes a drain of the plugin wait. There are no more of them than the ledger lets be open. */
export function createAside(hold: (work: Promise<void>) => void): Aside {
  const under = new Set<Promise<void>>()
  return {
    run(work) {
      under.add(work)
      hold(work)
      void work.then(() => { under.delete(work) })
    },
    done: () => Promise.all(under),
  }
}
