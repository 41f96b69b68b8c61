/** Counted tokens, and what they cost. */
import type { ModelPrice, ModelSpec, TokenPrice } from './spec.ts'

/** Tokens. `input` counts neither those read from nor those written to a cache; `totalTokens` is the sum of the four. */
export interface ModelUsage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly totalTokens: number
  /** Those of `output` that were thought and not said, where the provider tells. */
  readonly reasoning?: number
  /** US dollars, as the provider itself counted them; goes before every price that is known here. */
  readonly reported?: number
}

/** Completes counted tokens to a whole usage. */
export function usageOf(counted: Partial<Omit<ModelUsage, 'totalTokens'>>): ModelUsage {
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0, reasoning, reported } = counted
  return {
    input, output, cacheRead, cacheWrite, totalTokens: input + output + cacheRead + cacheWrite,
    ...(reasoning !== undefined && { reasoning }), ...(reported !== undefined && { reported }),
  }
}

/** What two usages come to. A part that only one of them tells is no sum, so it is left out: a reported price of a half is no price of the whole. */
export function sumOf(a: ModelUsage, b: ModelUsage): ModelUsage {
  if (a.totalTokens === 0) return b
  if (b.totalTokens === 0) return a
  return usageOf({
    input: a.input + b.input, output: a.output + b.output, cacheRead: a.cacheRead + b.cacheRead, cacheWrite: a.cacheWrite + b.cacheWrite,
    ...(a.reasoning !== undefined && b.reasoning !== undefined && { reasoning: a.reasoning + b.reasoning }),
    ...(a.reported !== undefined && b.reported !== undefined && { reported: a.reported + b.reported }),
  })
}

/** The prices that hold for a request with so many tokens of input, cached ones included. */
export function priceFor({ above, ...price }: ModelPrice, inputTokens: number): TokenPrice {
  if (above === undefined || inputTokens <= above.tokens) return price
  const { tokens, ...long } = above
  return priceFor(long, inputTokens)
}

/** US dollars. */
export interface Costs { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number; readonly total: number }

/** By kind of token; `undefined` when no price is known. A cache whose price is not known costs what input does, and never less. */
export function costsOf(usage: Omit<ModelUsage, 'totalTokens'>, price: ModelPrice | undefined): Costs | undefined {
  if (price === undefined) return undefined
  const { input: perInput, output: perOutput, cacheRead: perRead = perInput, cacheWrite: perWrite = perInput } = priceFor(price, usage.input + usage.cacheRead + usage.cacheWrite)
  const [input, output, cacheRead, cacheWrite] = [usage.input * perInput / 1e6, usage.output * perOutput / 1e6, usage.cacheRead * perRead / 1e6, usage.cacheWrite * perWrite / 1e6]
  return { input, output, cacheRead, cacheWrite, total: input + output + cacheRead + cacheWrite }
}

/** US dollars; `undefined` when no price is known. */
export const costOf = (usage: ModelUsage, price: ModelPrice | undefined): number | undefined => costsOf(usage, price)?.total

/** US dollars of a request, by what the provider has counted, else by the model's price; and which price that was. */
export function chargeOf(usage: ModelUsage, { price, pricedFrom }: Pick<ModelSpec, 'price' | 'pricedFrom'>): { readonly usd: number | undefined; readonly price: string } {
  if (usage.reported !== undefined && Number.isFinite(usage.reported) && usage.reported >= 0) return { usd: usage.reported, price: 'reported' }
  const usd = costOf(usage, price)
  return { usd, price: usd === undefined ? 'none' : pricedFrom ?? 'provider' }
}
