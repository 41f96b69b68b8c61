/** What servers told of their tools, kept over restarts, so that a change made meanwhile is noticed. */
import * as v from 'valibot'
import type { Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../../store/contract.ts'
import type { Prints } from './definition.ts'

const Kept = v.record(v.string(), v.string())

/** Without a store nothing is known from before. A store that fails costs the notice, not the server. */
export function remembered(store: StoreApi | undefined, server: string, log: Log): { recall(): Promise<Prints | undefined>; remember(prints: Prints): Promise<void> } {
  const documents = store?.documents<unknown>('mcp')
  const failed = (error: unknown): undefined => void log.warn('what an MCP server told of its tools could not be kept', { server, error })
  return {
    async recall() {
      const found = await documents?.get(server).catch(failed)
      const kept = v.safeParse(Kept, found?.value)
      return kept.success ? kept.output : undefined
    },
    async remember(prints) { await documents?.put(server, { ...prints }).catch(failed) },
  }
}
