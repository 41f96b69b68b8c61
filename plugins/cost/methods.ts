/** What the plugin's verbs do. */
import type { Cause } from 'nexus-gateway/sdk'
import { endAll } from './charge.ts'
import type { Running } from './charge.ts'
import type { LedgerApi, Spending } from './contract.ts'
import { failCost } from './errors.ts'
import { hold, inNano, settle } from './spend.ts'
import type { Books } from './spend.ts'
import { statusOf } from './status.ts'

/** For whoever spends otherwise than by models. */
export function ledgerOf(books: Books): LedgerApi {
  return {
    async reserve(spending: Spending) {
      const { bounds } = await hold(books, { id: spending.id, spending, request: spending.id, want: { worst: inNano(spending.worst) } })
      return {
        id: spending.id,
        settle: ({ usd, tokens, estimated, price }) => settle(books, spending.id, { ...inNano({ usd, tokens }), at: books.clock.now(), ...(estimated && { estimated }), ...(price !== undefined && { price }) }, bounds),
      }
    },
    status: async () => statusOf(books, await books.engine()),
  }
}

/** It is stopped at once, and answered when that is on disk. */
export async function stopAll(books: Books, running: Running, reason: string | undefined, { caller }: Pick<Cause, 'caller'>): Promise<{ stopped: boolean; ended: number }> {
  const kept = books.switch.stop({ at: books.clock.now(), by: caller.id, ...(reason !== undefined && { reason }) })
  const ended = endAll(running, books.switch.error())
  books.log.warn('everything that costs is stopped', { by: caller.id, ended })
  await kept
  return { stopped: true, ended }
}

/** What a model, a channel or a schedule asks for may be what it was stopped for. Throws NEXUS_COST_LABEL. */
export async function resumeAll(books: Books, { caller }: Pick<Cause, 'caller'>): Promise<{ stopped: boolean; ended: number }> {
  if (caller.label !== 'operator' && caller.label !== 'device') throw failCost('NEXUS_COST_LABEL', { label: caller.label })
  await books.switch.resume()
  const stopped = books.switch.stopped !== undefined
  books.log.info(stopped ? 'it was stopped again meanwhile' : 'things may cost again', { by: caller.id })
  return { stopped, ended: 0 }
}
