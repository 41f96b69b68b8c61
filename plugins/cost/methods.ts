/** What the plugin's verbs do. */
import type { Cause } from 'nexus-gateway/sdk'
import { endAll } from './charge.ts'
import type { Running } from './charge.ts'
import type { LedgerApi, Settled, Spending } from './contract.ts'
import { failCost } from './errors.ts'
import type { LedgerEngine } from './ledger/ledger.ts'
import { hold, inNano, settle } from './spend.ts'
import type { Books } from './spend.ts'
import { settledOf, statusOf } from './status.ts'
import type { SettleParams } from './wire.ts'

/** For whoever spends otherwise than by models. `written`: once all that is on its way is on disk. */
export function ledgerOf(books: Books, written: () => Promise<LedgerEngine>): LedgerApi {
  return {
    async reserve(spending: Spending) {
      const { bounds } = await hold(books, { id: spending.id, spending, request: spending.id, want: { worst: inNano(spending.worst) } })
      return {
        id: spending.id,
        settle: ({ usd, tokens, estimated, price }) => settle(books, spending.id, { ...inNano({ usd, tokens }), at: books.clock.now(), ...(estimated && { estimated }), ...(price !== undefined && { price }) }, bounds),
      }
    },
    status: async () => statusOf(books, await written()),
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
  checkLabel(caller)
  await books.switch.resume()
  const stopped = books.switch.stopped !== undefined
  books.log.info(stopped ? 'it was stopped again meanwhile' : 'things may cost again', { by: caller.id })
  return { stopped, ended: 0 }
}

/** Only what a gateway that died has left: what runs settles itself. Throws NEXUS_COST_LABEL, NEXUS_COST_NOT_OPEN, NEXUS_COST_LEDGER. */
export async function settleByHand(books: Books, { id, usd, tokens }: SettleParams, { caller }: Pick<Cause, 'caller'>): Promise<Settled> {
  checkLabel(caller)
  const engine = await books.engine()
  if (!engine.open().some((one) => one.id === id && one.orphaned)) throw failCost('NEXUS_COST_NOT_OPEN')
  const charge = await engine.settle(id, { ...inNano({ usd, tokens }), at: books.clock.now(), price: 'by hand' }).catch((error: unknown) => {
    throw failCost('NEXUS_COST_LEDGER', { reason: 'it could not be written' }, error)
  })
  if (!charge) throw failCost('NEXUS_COST_NOT_OPEN')
  books.log.info('what was left open is settled by hand', { id, by: caller.id })
  await books.charged(charge)
  return settledOf(charge)
}

function checkLabel({ label }: Cause['caller']): void {
  if (label !== 'operator' && label !== 'device') throw failCost('NEXUS_COST_LABEL', { label })
}
