/** The ledger of attempts at models: held before each, charged after it, and ended when everything is stopped. */
import type { NexusError } from 'nexus-gateway/sdk'
import type { Attempt, AttemptControl, AttemptOutcome } from '../models/contract.ts'
import { amountOf, rateOf, settlementOf } from './budgets/amounts.ts'
import { hold, settle } from './spend.ts'
import type { Books, Held } from './spend.ts'

/** What is under way. It goes from one generation of the plugin to the next. */
export type Running = Map<string, { readonly control: AttemptControl; held?: Held }>

/** Tap of `models.before`. Throws what `LedgerApi.reserve` rejects with. */
export async function before(books: Books, running: Running, attempt: Attempt, control: AttemptControl): Promise<void> {
  const { input, output } = attempt.estimate
  const one: { readonly control: AttemptControl; held?: Held } = { control }
  running.set(attempt.id, one)
  await hold(books, {
    id: attempt.id, spending: attempt, request: attempt.request,
    want: { input, output, rate: rateOf(attempt.spec.price, input) },
    granted(held) {
      one.held = held
      // Also where all of it fits: a model without a limit of its own must not answer more than is held.
      if (held.bounds.length > 0 && held.output > 0) control.limitOutput(held.output)
    },
  })
}

/** Tap of `models.after`. What it has not come to is free when this returns; resolves when that is on disk. */
export function after(books: Books, running: Running, attempt: Attempt, outcome: AttemptOutcome): Promise<void> {
  const held = running.get(attempt.id)?.held
  running.delete(attempt.id)
  const { input, output } = attempt.estimate
  const most = held ?? { ...amountOf(rateOf(attempt.spec.price, input), input, output), output }
  return settle(books, attempt.id, settlementOf(attempt, outcome, most, books.clock.now()), held?.bounds ?? [])
}

/** Ends all that is under way; how many there were. */
export function endAll(running: Running, error: NexusError): number {
  const all = [...running.values()]
  for (const { control } of all) control.stop(error)
  return all.length
}
