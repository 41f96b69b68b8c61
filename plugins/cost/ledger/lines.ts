/**
 * What stands in the log, one JSON object a line:
 *   {"t":"hold","id","at","nano","tokens","in":[[counter,expiresAt],…],"of":{provider,model,…}}
 *   {"t":"charge","id","at","nano","tokens","price","estimated","in":…,"of":…}
 *   {"t":"unsent","id","at"}
 * A charge repeats where it counts, so that it is counted even if the line of its hold is lost.
 */
import type { Place } from './counters.ts'
import type { About, Amount, Charge } from './shapes.ts'

interface Placed extends Amount { readonly id: string; readonly at: number; readonly places: readonly Place[]; readonly about: About }
export interface HoldLine extends Placed { readonly t: 'hold' }
export interface ChargeLine extends Placed { readonly t: 'charge'; readonly price: string; readonly estimated: boolean }
export interface UnsentLine { readonly t: 'unsent'; readonly id: string }
export type Line = HoldLine | ChargeLine | UnsentLine

/** A line and where its `"in":…` begins: what a charge takes over as it is. */
export interface HoldText { readonly text: string; readonly tail: number }

const amountText = ({ nano, tokens }: Amount): string => `"nano":${nano ?? null},"tokens":${tokens}`

export function holdText(id: string, at: number, worst: Amount, places: readonly Place[], about: About): HoldText {
  const head = `{"t":"hold","id":${JSON.stringify(id)},"at":${at},${amountText(worst)},`
  return { text: `${head}"in":${JSON.stringify(places.map(({ counter, expiresAt }) => [counter, expiresAt ?? null]))},"of":${JSON.stringify(about)}}`, tail: head.length }
}

export function chargeText(charge: Charge, { text, tail }: HoldText): string {
  const { id, at, price, estimated } = charge
  return `${chargeStart},"id":${JSON.stringify(id)},"at":${at},${amountText(charge)},"price":${JSON.stringify(price)},${estimated ? '"estimated":true,' : ''}${text.slice(tail)}`
}

export const unsentText = (id: string, at: number): string => `{"t":"unsent","id":${JSON.stringify(id)},"at":${at}}`

/** How every charge begins: a reader of many lines parses no others. */
export const chargeStart = '{"t":"charge"'

/** `undefined`: damaged. `'other'`: none of these, as a newer release may write. */
export function parseLine(text: string): Line | 'other' | undefined {
  const read = jsonOf(text)
  if (!isRecord(read) || typeof read['t'] !== 'string') return undefined
  const { t, id } = read
  if (t !== 'hold' && t !== 'charge' && t !== 'unsent') return 'other'
  if (typeof id !== 'string' || id === '') return undefined
  if (t === 'unsent') return { t, id }
  const placed = placedOf(id, read)
  if (!placed || t === 'hold') return placed && { t: 'hold', ...placed }
  return { t: 'charge', ...placed, price: typeof read['price'] === 'string' ? read['price'] : 'none', estimated: read['estimated'] === true }
}

/** Amounts and places are needed; who it was for is taken as far as it can be read. */
function placedOf(id: string, { at, nano, tokens, in: places, of }: Record<string, unknown>): Placed | undefined {
  if (!isTime(at) || !isAmount(tokens) || !(nano === null || isAmount(nano)) || !Array.isArray(places) || !places.every(isPlace)) return undefined
  return { id, at, nano: nano ?? undefined, tokens, about: aboutOf(of), places: places.map(([counter, expiresAt]) => ({ counter, expiresAt: expiresAt ?? undefined })) }
}

const aboutKeys = ['runId', 'sessionKey', 'agentId', 'channel', 'user'] as const
const longest = 1_024

/** Only what belongs there, and no text longer than 1,024 characters. */
export function aboutOf(read: unknown): About {
  const from = isRecord(read) ? read : {}
  const text = (key: string): string | undefined => (typeof from[key] === 'string' ? from[key].slice(0, longest) : undefined)
  const about: { -readonly [K in keyof About]: About[K] } = { provider: text('provider') ?? '', model: text('model') ?? '' }
  for (const key of aboutKeys) {
    const value = text(key)
    if (value !== undefined) about[key] = value
  }
  return about
}

export const isAmount = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
export const isTime = (value: unknown): value is number => Number.isFinite(value)
const isPlace = (value: unknown): value is [string, number | null] => Array.isArray(value) && typeof value[0] === 'string' && (value[1] === null || isTime(value[1]))
export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the caller counts it as damaged
  }
}
