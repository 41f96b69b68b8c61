/** The ledger's engine, opened when it is first needed and after the generation before has closed its own. */
import type { MaybePromise, NexusError } from 'nexus-gateway/sdk'
import { failCost } from './errors.ts'
import type { LedgerEngine, LedgerHost } from './ledger/ledger.ts'

export interface Opening {
  /** Itself once it is open. Rejects with NEXUS_COST_LEDGER; the next call tries again. */
  engine(): MaybePromise<LedgerEngine>
  /** Once it is open. */
  readonly now: LedgerEngine | undefined
  readonly failed: NexusError | undefined
  close(): Promise<void>
}

/** `after`: of two at once, each would not see what the other holds. */
export function createOpening(host: LedgerHost, after: Promise<unknown>, opened: (engine: LedgerEngine) => Promise<void>): Opening {
  let pending: Promise<LedgerEngine> | undefined
  let now: LedgerEngine | undefined
  let failed: NexusError | undefined
  let closed = false

  async function open(): Promise<LedgerEngine> {
    try {
      await after
      if (closed) throw failCost('NEXUS_COST_LEDGER', { reason: 'it is being closed' })
      const { openLedger } = await import('./ledger/ledger.ts')
      now = await openLedger(host)
      failed = undefined
    } catch (error) {
      pending = undefined
      failed = failCost('NEXUS_COST_LEDGER', { reason: 'it cannot be opened' }, error)
      host.log.error('the ledger cannot be opened: nothing that costs may begin', { error })
      throw failed
    }
    await opened(now).catch((error: unknown) => host.log.warn('the latest charges could not be read', { error }))
    return now
  }

  return {
    engine: () => now ?? (pending ??= open()),
    get now() { return now },
    get failed() { return failed },
    async close() {
      closed = true
      await (await pending?.catch(() => undefined))?.close()
    },
  }
}
