/** Counted tokens, and what they cost. */
import type { ModelPrice, TokenPrice } from './spec.ts'

/** Tokens. `input` counts neither those read from nor those written to a cache; `totalTokens` is the sum of the four. */
export interface ModelUsage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly totalTokens: number
}

/** Completes counted tokens to a whole usage. */
export function usageOf(counted: { readonly input?: number; readonly output?: number; readonly cacheRead?: number; readonly cacheWrite?: number }): ModelUsage {
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = counted
  return { input, output, cacheRead, cacheWrite, totalTokens: input + output + cacheRead + cacheWrite }
}

/** The prices that hold for a request with so many tokens of input, cached ones included. */
export function priceFor({ above, ...price }: ModelPrice, inputTokens: number): TokenPrice {
  if (above === undefined || inputTokens <= above.tokens) return price
  const { tokens, ...long } = above
  return long
}

/** US dollars; `undefined` when no price is known. A cache whose price is not known costs what input does, and never less. */
export function costOf(usage: ModelUsage, price: ModelPrice | undefined): number | undefined {
  if (price === undefined) return undefined
  const { input, output, cacheRead = input, cacheWrite = input } = priceFor(price, usage.input + usage.cacheRead + usage.cacheWrite)
  return (usage.input * input + usage.output * output + usage.cacheRead * cacheRead + usage.cacheWrite * cacheWrite) / 1e6
}
