/** Which runs there are and which began them: what a run spends, it spends for those above it too. */

export interface RunMember { readonly runId: string; readonly parentRunId?: string; readonly agentId: string; readonly sessionKey: string | undefined }

export interface Family {
  begin(run: RunMember): void
  end(runId: string): void
  /** The run and those above it, nearest first. One that nobody has told of stands alone. */
  above(runId: string): readonly Partial<RunMember>[]
  isOpen(runId: string): boolean
}

/** Ended ones are kept as long as there is room: what they began may go on. */
const most = 20_000
const deepest = 16

export function createFamily(): Family {
  const runs = new Map<string, { readonly run: RunMember; open: boolean }>()
  return {
    begin(run) {
      runs.delete(run.runId)
      runs.set(run.runId, { run, open: true })
      if (runs.size <= most) return
      const oldest = runs.keys().next().value
      if (oldest !== undefined) runs.delete(oldest)
    },
    end(runId) {
      const known = runs.get(runId)
      if (known) known.open = false
    },
    above(runId) {
      const chain: Partial<RunMember>[] = []
      for (let id: string | undefined = runId; id !== undefined && chain.length < deepest && !chain.some((one) => one.runId === id);) {
        const run: RunMember | undefined = runs.get(id)?.run
        chain.push(run ?? { runId: id })
        id = run?.parentRunId
      }
      return chain
    },
    isOpen: (runId) => runs.get(runId)?.open ?? false,
  }
}
