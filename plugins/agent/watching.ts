/** Which connections a run concerns: those that get its `tool` events, and the one that asked for it. */
import type { DisconnectPolicy } from './config.ts'

const maxPerRun = 64

export interface Watching {
  /** The run has begun; `end` forgets it. */
  begin(runId: string, watchers: readonly string[], asker: { readonly connectionId: string | undefined; readonly policy: DisconnectPolicy }): void
  add(runId: string, connectionId: string): boolean
  end(runId: string): void
  of(runId: string): Iterable<string>
  /** The connection is gone. Gives the runs that are to be stopped for that. */
  closed(connectionId: string): readonly string[]
}

export function createWatching(): Watching {
  /** One for each run that waits or runs, which are bounded. */
  const runs = new Map<string, { readonly watchers: Set<string>; readonly asker: string | undefined; readonly policy: DisconnectPolicy }>()
  return {
    begin(runId, watchers, { connectionId, policy }) { runs.set(runId, { watchers: new Set(watchers.slice(0, maxPerRun)), asker: connectionId, policy }) },
    add(runId, connectionId) {
      const watchers = runs.get(runId)?.watchers
      if (!watchers || (watchers.size >= maxPerRun && !watchers.has(connectionId))) return false
      watchers.add(connectionId)
      return true
    },
    end(runId) { runs.delete(runId) },
    of: (runId) => runs.get(runId)?.watchers ?? [],
    closed(connectionId) {
      // It stays a watcher: its id outlives the socket, and who comes back for what was missed gets these events too.
      return [...runs].filter(([, { asker, policy }]) => asker === connectionId && policy === 'abort').map(([runId]) => runId)
    },
  }
}
