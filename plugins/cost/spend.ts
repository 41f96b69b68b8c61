/** Holding the worst case in every budget that bounds it, and putting what it came to in its place. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock, Log, MaybePromise } from 'nexus-gateway/sdk'
import { amountOf, leastOutput, outputIn } from './budgets/amounts.ts'
import type { Rate, Room } from './budgets/amounts.ts'
import { agentBudgets } from './budgets/budget.ts'
import type { Budget } from './budgets/budget.ts'
import type { Calendar } from './budgets/calendar.ts'
import type { Family } from './budgets/family.ts'
import { boundsOf, holdOf, sumCounters } from './budgets/rules.ts'
import type { Bound } from './budgets/rules.ts'
import { refusalOf, stateOf } from './budgets/standing.ts'
import { nanoOf } from './budgets/text.ts'
import type { AgentsBound, Spending } from './contract.ts'
import { failCost } from './errors.ts'
import type { About, Amount, Charge, LedgerEngine, Refusal, Settlement } from './ledger/ledger.ts'
import type { Switch } from './stop.ts'
import type { Told } from './told.ts'

export interface Books {
  readonly budgets: readonly Budget[]
  readonly marks: readonly number[]
  readonly unpriced: 'deny' | 'allow'
  readonly calendar: Calendar
  readonly family: Family
  readonly told: Told
  readonly switch: Switch
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** Opened when it is first needed, and itself from then on; rejects with NEXUS_COST_LEDGER. */
  engine(): MaybePromise<LedgerEngine>
  /** Throws what stands in the way of asking the agents. */
  agents(about: Pick<Spending, 'sessionKey' | 'agentId'>): Promise<readonly AgentsBound[]>
  /** After a charge is on disk. */
  charged(charge: Charge): void | Promise<void>
  /** Runs a little later, if the gateway is still there. */
  later(run: () => Promise<void>, ms: number): void
}

/** Something that is about to cost: a fixed worst case, or an answer whose length is ours to bound. */
export type Want =
  | { readonly worst: Amount }
  | { readonly input: number; readonly output: number; readonly rate: Rate | undefined }

export interface Wish {
  readonly id: string
  readonly spending: Pick<Spending, 'cause' | 'runId' | 'sessionKey' | 'agentId' | 'provider' | 'model'>
  /** What stands for a run where there is none. */
  readonly request: string
  readonly want: Want
  /** Told before anything is held: of what bounds it, and of how long the answer may be. */
  readonly granted?: (held: Held) => void
}

export interface Held extends Amount {
  readonly bounds: readonly Bound[]
  /** Tokens of answer that are held. */
  readonly output: number
}

/** Resolves once the hold is on disk. Throws the errors of `LedgerApi.reserve`. */
export async function hold(books: Books, { id, spending, request, want, granted }: Wish): Promise<Held> {
  books.switch.check()
  const [engine, above] = await Promise.all([books.engine(), books.agents(spending)])
  const at = books.clock.now()
  const { bounds, who } = boundsOf(books.budgets, books.calendar, {
    spending, at,
    runs: spending.runId === undefined ? [{ runId: request }] : books.family.above(spending.runId) as [{ runId: string }],
    agents: above.map((one) => ({ id: one.id, budgets: agentBudgets(one.id, one.budget) })),
  })
  // From here to the reservation nothing is awaited: what is seen of the counters is what it is held against.
  books.switch.check()
  const { money, amount, output } = sized(books, engine, bounds, spending, want)
  const held: Held = { ...amount, bounds, output }
  granted?.(held)
  for (const bound of bounds) books.told.before(bound, engine.counter(bound.counter))
  const { sessionKey, agentId, runId, provider, model } = spending
  const about: About = { provider, model, ...(runId !== undefined && { runId }), ...(sessionKey !== undefined && { sessionKey }), ...(agentId !== undefined && { agentId }), ...(who.channel[0] !== undefined && { channel: who.channel[0] }), ...(who.user[0] !== undefined && { user: who.user[0] }) }
  await reserved(books, engine, bounds, () => engine.reserve({ id, at, about, worst: amount, holds: [...bounds.map((bound) => holdOf(bound, money)), ...sumCounters(books.calendar, at)] }))
  return held
}

interface Sized { readonly money: boolean; readonly amount: Amount; readonly output: number }

function sized(books: Books, engine: LedgerEngine, bounds: readonly Bound[], { provider, model }: Wish['spending'], want: Want): Sized {
  const most = 'worst' in want ? want.worst : amountOf(want.rate, want.input, want.output)
  const ofMoney = bounds.find(({ budget }) => !budget.warnOnly && budget.usd !== undefined)
  if (most.nano === undefined && ofMoney && books.unpriced === 'deny') throw failCost('NEXUS_COST_UNPRICED', { model: `${provider}/${model}`, budget: ofMoney.budget.id })
  // What is free may run however little is left.
  const money = most.nano !== undefined && most.nano > 0
  if ('worst' in want) return { money, amount: most, output: 0 }
  const { rate, input } = want
  const least = Math.min(leastOutput, want.output)
  const fits = bounds.map((bound) => ({ bound, output: outputIn(roomOf(engine, bound, money), rate, input) }))
  const tightest = fits.reduce<(typeof fits)[number] | undefined>((a, b) => (a && a.output <= b.output ? a : b), undefined)
  if (tightest && tightest.output < least) {
    const room = roomOf(engine, tightest.bound, money)
    const byMoney = outputIn({ nano: room.nano }, rate, input) < least
    const needed = amountOf(rate, input, least)
    throw exceeded(books, engine, tightest.bound, byMoney ? 'nano' : 'tokens', byMoney ? needed.nano ?? 0 : needed.tokens)
  }
  const output = Math.min(want.output, tightest?.output ?? Infinity)
  return { money, amount: amountOf(rate, input, output), output }
}

function roomOf(engine: LedgerEngine, bound: Bound, money: boolean): Room {
  const { limit: { nano, tokens } } = holdOf(bound, money)
  const { spentNano, heldNano, spentTokens, heldTokens } = engine.counter(bound.counter)
  return { ...(nano !== undefined && { nano: nano - spentNano - heldNano }), ...(tokens !== undefined && { tokens: tokens - spentTokens - heldTokens }) }
}

async function reserved(books: Books, engine: LedgerEngine, bounds: readonly Bound[], reserve: () => Promise<void>): Promise<void> {
  try {
    await reserve()
  } catch (error) {
    const refusal = refusalIn(error)
    if (!refusal) throw error instanceof NexusError ? error : failCost('NEXUS_COST_LEDGER', { reason: 'it could not be written' }, error)
    const bound = 'counter' in refusal ? bounds.find(({ counter }) => counter === refusal.counter) : undefined
    if (bound && refusal.kind === 'full') throw exceeded(books, engine, bound, refusal.bound, refusal.worst)
    throw failCost('NEXUS_COST_LEDGER', { reason: reasons[refusal.kind] }, error)
  }
}

const reasons: Readonly<Record<Refusal['kind'], string>> = {
  full: 'a counter is full', unpriced: 'nobody knows the price', twice: 'it was held or charged before', busy: 'too much is open at once', closed: 'it is being closed', invalid: 'too many budgets bound it, or an amount is none',
}

/** By its form: the engine is loaded when it is first needed. */
function refusalIn(error: unknown): Refusal | undefined {
  return error instanceof Error && error.name === 'LedgerRefused' ? (error as Error & { refusal: Refusal }).refusal : undefined
}

function exceeded(books: Books, engine: LedgerEngine, bound: Bound, by: 'nano' | 'tokens', worst: number): NexusError {
  const counter = engine.counter(bound.counter)
  const now = books.clock.now()
  const state = stateOf(bound, counter, books.calendar, books.marks, now)
  books.told.refused(bound, counter)
  const { id, on, of, per, limit, left, resetsAt, timeZone } = state
  return failCost('NEXUS_COST_EXCEEDED', {
    ...refusalOf(state, by, worst, books.calendar),
    ...(resetsAt !== null && { retryAfterMs: Math.max(0, resetsAt - now) }),
    details: { budget: { id, on, ...(of !== undefined && { of }), per, limit, left, resetsAt, timeZone } },
  })
}

/** How long a charge that could not be written waits for the next try; after the last it counts as held. */
const tries = [500, 5_000, 30_000, 120_000]

/** Resolves once it is on disk, or once it is clear that this takes a while. What it frees is free when this returns, once the ledger is open. */
export function settle(books: Books, id: string, settlement: Settlement, bounds: readonly Bound[], nth = 0): Promise<void> {
  const engine = books.engine()
  if (engine instanceof Promise) return engine.then((open) => settled(books, open, id, settlement, bounds, nth))
  return settled(books, engine, id, settlement, bounds, nth)
}

async function settled(books: Books, engine: LedgerEngine, id: string, settlement: Settlement, bounds: readonly Bound[], nth: number): Promise<void> {
  let charge: Charge | undefined
  try {
    charge = await engine.settle(id, settlement)
  } catch (error) {
    const wait = tries[nth]
    books.log.error(wait === undefined ? 'a charge could not be written: it counts as held' : 'a charge could not be written, it is tried again', { id, error })
    if (wait !== undefined) books.later(() => settle(books, id, settlement, bounds, nth + 1), wait)
    return
  }
  if (!charge) return
  for (const bound of bounds) books.told.after(bound, engine.counter(bound.counter))
  await books.charged(charge)
}

/** US dollars at the edge, nano-dollars within. */
export const inNano = ({ usd, tokens }: { readonly usd: number | undefined; readonly tokens: number }): Amount => ({ nano: usd === undefined ? undefined : nanoOf(usd), tokens })
