/** The switch that ends everything that costs. It stands in the store, so that a restart changes nothing. */
import * as v from 'valibot'
import type { NexusError } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import { failCost } from './errors.ts'

const Kept = v.object({ at: v.number(), by: v.string(), reason: v.optional(v.string()) })
export type Stopped = v.InferOutput<typeof Kept>

export interface Switch {
  readonly stopped: Stopped | undefined
  /** Throws NEXUS_COST_STOPPED. */
  check(): void
  error(): NexusError
  /** At once; resolves when it is on disk. A write that fails rejects, and it is stopped all the same until this gateway ends. */
  stop(about: Stopped): Promise<void>
  resume(): Promise<void>
}

const key = 'stopped'

/** `iso` writes a time. Rejects with the store's errors: who cannot tell whether it is stopped does not begin. */
export async function openSwitch(store: Pick<StoreApi, 'documents'>, iso: (at: number) => string): Promise<Switch> {
  const documents = store.documents('cost/switch')
  const found = (await documents.get(key))?.value
  const kept = v.safeParse(Kept, found)
  let stopped: Stopped | undefined = found === undefined ? undefined : kept.success ? kept.output : { at: 0, by: 'unknown' }
  let last: Promise<unknown> = Promise.resolve()
  /** One after the other, so that the last one asked for is the one that stands. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work)
    last = done.catch(() => {})
    return done
  }
  let asked = 0
  const error = (): NexusError => failCost('NEXUS_COST_STOPPED', { since: iso(stopped?.at ?? 0) })

  return {
    get stopped() { return stopped },
    check() {
      if (stopped) throw error()
    },
    error,
    async stop(about) {
      asked++
      const standing = stopped ??= about
      await inTurn(() => documents.put(key, { ...standing }))
    },
    async resume() {
      const before = asked
      await inTurn(async () => {
        // Whoever has stopped it since wants it stopped.
        if (asked !== before) return
        await documents.delete(key)
        if (asked === before) stopped = undefined
      })
    },
  }
}
