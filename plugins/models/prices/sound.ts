/** Whether what stands for a price is one. Never throws and repeats no value: what is refused is told by name and place. Pure. */
import type { ModelPrice } from '../spec.ts'

/** Dearer than anything sold, per million tokens: a price per token or a slip of the keyboard. */
export const mostDollars = 10_000
const mostDates = 50
const mostTiers = 3

/** `from`: the first instant of its UTC day, in ms since the epoch; `-Infinity` where none is named. */
export interface DatedPrice { readonly from: number; readonly since?: string; readonly price: ModelPrice }

/** One price or a list of prices with dates, the earliest first; or what is wrong with it. */
export function soundPrices(value: unknown): readonly DatedPrice[] | string {
  if (value === undefined || value === null) return 'there is no price'
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0 || list.length > mostDates) return `there is no price, or more than ${mostDates}`
  const dated: DatedPrice[] = []
  for (const [i, one] of list.entries()) {
    const sound = datedPrice(one, Array.isArray(value) ? `price ${i + 1}` : 'the price')
    if (typeof sound === 'string') return sound
    dated.push(sound)
  }
  if (new Set(dated.map(({ from }) => from)).size < dated.length) return 'two prices hold from the same day'
  return dated.toSorted((a, b) => (a.from < b.from ? -1 : 1))
}

function datedPrice(value: unknown, where: string): DatedPrice | string {
  if (!isRecord(value)) return `${where} is no object`
  const { from, ...price } = value
  const at = from === undefined ? -Infinity : dayOf(from)
  if (at === undefined) return `\`from\` of ${where} is no date as 2026-05-01`
  const problem = problemOf(price, where)
  return problem ?? { from: at, ...(typeof from === 'string' && { since: from }), price: price as unknown as ModelPrice }
}

/** What is wrong with one price; `undefined`: nothing. */
export function problemOf(value: unknown, where = 'the price', tiers = 0): string | undefined {
  if (!isRecord(value)) return `${where} is no object`
  const { input, output, cacheRead, cacheWrite, above, ...rest } = value
  if (Object.keys(rest).length > 0) return `${where} has a part that no price has`
  for (const [name, one] of Object.entries({ input, output })) if (one === undefined) return `\`${name}\` of ${where} is missing`
  for (const [name, one] of Object.entries({ input, output, cacheRead, cacheWrite })) {
    if (one === undefined) continue
    if (typeof one !== 'number' || !Number.isFinite(one)) return `\`${name}\` of ${where} is no number`
    if (one < 0) return `\`${name}\` of ${where} is negative`
    if (one > mostDollars) return `\`${name}\` of ${where} is above $${mostDollars} per million tokens`
  }
  return above === undefined ? undefined : tierProblem(above, where, tiers + 1)
}

function tierProblem(above: unknown, where: string, tiers: number, least = 0): string | undefined {
  if (tiers > mostTiers) return `${where} has more than ${mostTiers} prices for long contexts`
  if (!isRecord(above)) return `\`above\` of ${where} is no object`
  const { tokens, ...price } = above
  if (typeof tokens !== 'number' || !Number.isInteger(tokens) || tokens < 1) return `\`above.tokens\` of ${where} is no whole number from 1`
  if (tokens <= least) return `the prices for long contexts of ${where} do not rise in \`tokens\``
  const { above: next, ...own } = price
  return problemOf(own, `\`above\` of ${where}`) ?? (next === undefined ? undefined : tierProblem(next, where, tiers + 1, tokens))
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first instant of a day written as 2026-05-01, in UTC; nothing for a day that is none. */
export function dayOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : at
}

/** The one that holds at that time; nothing before the first. */
export const holding = (prices: readonly DatedPrice[], at: number): DatedPrice | undefined => prices.findLast(({ from }) => from <= at)
