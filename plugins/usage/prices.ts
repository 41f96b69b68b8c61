/** What an answer came to whose transcript does not say. */
import { priceFor, type ModelPrice, type ModelsApi } from '../models/contract.ts'
import { nano, type Costs } from './scan/tokens.ts'

export interface Tokens { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number }
/** Nano-dollars; `undefined` when nobody knows the price. `at`: when it was, in ms since the epoch. */
export type PriceOf = (provider: string, model: string, at: number, tokens: Tokens) => Costs | undefined

/** What each was at the time; what only its provider says of a model is known as it is now. */
export async function readPrices(models: ModelsApi | undefined): Promise<PriceOf> {
  const said = new Map<string, ModelPrice>()
  for (const { provider, id, price, pricedBy } of await models?.list().catch(() => []) ?? []) if (price && pricedBy === 'provider') said.set(`${provider}/${id}`, price)
  return (provider, model, at, tokens) => {
    const reference = `${provider}/${model}`
    const found = models?.prices.on(reference, at, said.get(reference))
    return found && costsOf(tokens, found.price)
  }
}

function costsOf({ input, output, cacheRead, cacheWrite }: Tokens, given: ModelPrice): Costs | undefined {
  const price = priceFor(given, input + cacheRead + cacheWrite)
  const of = (tokens: number, perMillion: number): number | undefined => nano((tokens * perMillion) / 1e6)
  const costs = { input: of(input, price.input), output: of(output, price.output), cacheRead: of(cacheRead, price.cacheRead ?? price.input), cacheWrite: of(cacheWrite, price.cacheWrite ?? price.input) }
  const { input: a, output: b, cacheRead: c, cacheWrite: d } = costs
  return a === undefined || b === undefined || c === undefined || d === undefined ? undefined : { input: a, output: b, cacheRead: c, cacheWrite: d, total: a + b + c + d }
}
