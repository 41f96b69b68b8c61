/** The switch that ends everything that costs. It stands in the store, so that a restart changes nothing. */
import * as v from 'valibot'
import type { NexusError } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import { failCost } from './errors.ts'

const Kept = v.object({ at: v.number(), by: v.string(), reason: v.optional(v.string()) })
export type Stopped = v.InferOutput<typeof Kept>

/** Where it stands, shared by the generations of the plugin in a process: what the one that leaves is told, the next one knows. */
export interface Standing {
  stopped: Stopped | undefined
  /** How often it was asked for. */
  asked: number
  /** The latest write. They come one after the other, so that the last one asked for is the one that stands. */
  last: Promise<unknown>
}

export interface Switch {
  readonly standing: Standing
  readonly stopped: Stopped | undefined
  /** Throws NEXUS_COST_STOPPED. */
  check(): void
  error(): NexusError
  /** At once; resolves when it is on disk. A write that fails rejects, and it is stopped all the same until this gateway ends. */
  stop(about: Stopped): Promise<void>
  resume(): Promise<void>
}

const key = 'stopped'

/**
 * `iso` writes a time; `left` is where it stands for the generation before. Rejects with the store's errors: who cannot
 * tell whether it is stopped does not begin.
 */
export async function openSwitch(store: Pick<StoreApi, 'documents'>, iso: (at: number) => string, left?: Standing): Promise<Switch> {
  const documents = store.documents('cost/switch')
  const standing = left ?? { stopped: stoppedIn((await documents.get(key))?.value), asked: 0, last: Promise.resolve() }
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = standing.last.then(work, work)
    standing.last = done.catch(() => {})
    return done
  }
  const error = (): NexusError => failCost('NEXUS_COST_STOPPED', { since: iso(standing.stopped?.at ?? 0) })

  return {
    standing,
    get stopped() { return standing.stopped },
    check() {
      if (standing.stopped) throw error()
    },
    error,
    async stop(about) {
      standing.asked++
      const kept = standing.stopped ??= about
      await inTurn(() => documents.put(key, { ...kept }))
    },
    async resume() {
      const before = standing.asked
      await inTurn(async () => {
        // Whoever has stopped it since wants it stopped.
        if (standing.asked !== before) return
        await documents.delete(key)
        if (standing.asked === before) standing.stopped = undefined
      })
    },
  }
}

function stoppedIn(found: unknown): Stopped | undefined {
  const kept = v.safeParse(Kept, found)
  return found === undefined ? undefined : kept.success ? kept.output : { at: 0, by: 'unknown' }
}
