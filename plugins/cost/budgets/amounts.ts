/** What an attempt may come to, what it can have come to at most, and how much of an answer fits. Pure; money in nano-dollars. */
import { chargeOf } from '../../models/contract.ts'
import type { Attempt, AttemptOutcome, ModelPrice, TokenPrice } from '../../models/contract.ts'
import type { Amount, Settlement } from '../ledger/ledger.ts'
import { nanoOf } from './text.ts'

/** Nano-dollars of one token, at the dearest it may be. */
export interface Rate { readonly input: number; readonly output: number }

/** `undefined`: nobody knows. A request that may be long enough for the prices of long ones counts at the dearer of the two. */
export function rateOf(price: ModelPrice | undefined, mostInput: number): Rate | undefined {
  if (price === undefined) return undefined
  const prices = tiersOf(price, mostInput)
  const dearest = (of: (one: TokenPrice) => number): number => Math.max(...prices.map(of)) * 1_000
  return { input: dearest(({ input, cacheRead = 0, cacheWrite = 0 }) => Math.max(input, cacheRead, cacheWrite)), output: dearest(({ output }) => output) }
}

function tiersOf(price: ModelPrice, mostInput: number): readonly TokenPrice[] {
  return price.above && mostInput > price.above.tokens ? [price, ...tiersOf(price.above, mostInput)] : [price]
}

export function amountOf(rate: Rate | undefined, input: number, output: number): Amount {
  return { nano: rate && Math.ceil(input * rate.input + output * rate.output), tokens: Math.ceil(input + output) }
}

/** What is left in one counter, in each thing it has a bound for. */
export interface Room { readonly nano?: number | undefined; readonly tokens?: number | undefined }

/** Tokens of an answer that fit beside so many of input; below 0 when not even these do. */
export function outputIn({ nano, tokens }: Room, rate: Rate | undefined, input: number): number {
  const byMoney = nano === undefined || !rate ? Infinity : perToken(nano - Math.ceil(input * rate.input), rate.output)
  const byTokens = tokens === undefined ? Infinity : tokens - input
  return Math.floor(Math.min(byMoney, byTokens))
}
const perToken = (left: number, price: number): number => (left < 0 ? -1 : price === 0 ? Infinity : left / price)

/** An answer of less is of little use. */
export const leastOutput = 1_024

// ── What it came to ─────────────────────────────────────────────────────────────────────────────

/** Beyond what has arrived: what was on its way, and calls of tools, which are not counted piece by piece. */
const onItsWay = 1_024
/** Tokens in a millisecond that a model can think at most before its first word; nobody sees these. */
const thoughtPerMs = 0.3
/** A provider that says so has not begun. */
const neverBegun: ReadonlySet<string | undefined> = new Set(['auth', 'rate_limit', 'billing', 'context_length'])
const isRefusal = (status: number | undefined): boolean => status !== undefined && (status < 200 || status >= 300)

/** `held`: what was reserved for it, with the tokens of answer that it was allowed. */
export function settlementOf(attempt: Attempt, outcome: AttemptOutcome, held: Amount & { readonly output: number }, at: number): Settlement {
  const { price } = attempt.spec
  const { status, usage, kind, characters, firstMs } = outcome
  if (status === 'refused' || isUnsent(outcome)) return { nano: 0, tokens: 0, at, unsent: true }
  // One that has answered without counting says nothing, which is not 0.
  if (usage && (usage.totalTokens > 0 || usage.reported !== undefined)) {
    const charge = chargeOf(usage, attempt.spec)
    return { nano: charge.usd === undefined ? undefined : nanoOf(charge.usd), tokens: usage.totalTokens, at, price: charge.price }
  }
  const silent = firstMs === undefined && characters === 0
  if (status === 'failed' && silent && (neverBegun.has(kind) || isRefusal(outcome.httpStatus))) return { nano: 0, tokens: 0, at, price: sourceOf(attempt) }
  const { input, output } = mostBilled(attempt, outcome, held.output)
  const most = amountOf(rateOf(price, attempt.estimate.input), input, output)
  const nano = held.nano === undefined || most.nano === undefined ? most.nano : Math.min(most.nano, held.nano)
  return { nano, tokens: Math.min(most.tokens, held.tokens), at, price: sourceOf(attempt), estimated: true }
}

/** Nobody has counted it: every character that came may have been a token. */
function mostBilled({ estimate, spec }: Attempt, { characters, firstMs, durationMs }: AttemptOutcome, mostOutput: number): { input: number; output: number } {
  const thought = spec.reasoning ? (firstMs ?? durationMs) * thoughtPerMs : 0
  return { input: estimate.input, output: Math.min(mostOutput, Math.ceil(characters + onItsWay + thought)) }
}

/** No connection was made. */
const isUnsent = (outcome: AttemptOutcome & { readonly unsent?: boolean }): boolean => outcome.unsent === true

const sourceOf = ({ spec: { price, pricedFrom = 'provider' } }: Pick<Attempt, 'spec'>): string => (price ? pricedFrom : 'none')
