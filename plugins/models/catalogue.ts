/** Completes what a provider says of its models: the operator's word first, then the provider's, then the built-in catalogue. */
import catalogue from './catalogue.json' with { type: 'json' }
import type { ModelNotes } from './config.ts'
import { createPrices } from './prices/book.ts'
import type { PriceBook, PriceFault, Priced } from './prices/book.ts'
import { referenceOf } from './spec.ts'
import type { ModelSpec } from './spec.ts'

const builtIn: Readonly<Record<string, unknown>> = catalogue

/** The prices of the settings and of our own map; `told` hears of each that is refused. */
export const pricesOf = (overrides: Readonly<Record<string, ModelNotes>>, told?: (fault: PriceFault) => void): PriceBook => createPrices(overrides, builtIn as Readonly<Record<string, Partial<ModelSpec>>>, told)

/** What is wrong with the prices of the settings, in words. */
export const pricesRefused = (prices: PriceBook): string[] => prices.faults().filter(({ where }) => where === 'settings').map(({ model, problem, fix }) => `${model}: ${problem}. ${fix}`)

/** What is wrong with them and was not before; nothing where nothing is: who mends one of two is not to be told of the other. */
export function newlyRefused(prices: PriceBook, inherited: unknown): string | undefined {
  const { refused } = (inherited ?? {}) as { readonly refused?: readonly string[] }
  const all = pricesRefused(prices).filter((one) => !refused?.includes(one))
  return all.length === 0 ? undefined : all.join(' ')
}

/** `overrides` by `provider/id`; `now` in ms, without it the latest prices hold. A price is taken whole from one place: parts of two price lists are no price. */
export function createCatalogue(overrides: Readonly<Record<string, ModelNotes>>, prices = pricesOf(overrides), now: () => number = () => Infinity): (spec: ModelSpec) => ModelSpec {
  const done = new WeakMap<ModelSpec, { readonly version: number; readonly whole: ModelSpec }>()
  return (spec) => {
    const at = now()
    const version = prices.version(at)
    const known = done.get(spec)
    if (known?.version === version) return known.whole
    const reference = referenceOf(spec)
    const whole = priced(completed(spec, own(overrides, reference), own(builtIn, reference) as Partial<ModelSpec> | undefined), spec, prices.on(reference, at, spec.price), prices)
    done.set(spec, { version, whole })
    return whole
  }
}

/** In place of `allKnown(provider)` the models it stands for. */
export function expanded(spec: ModelSpec): readonly ModelSpec[] {
  if (spec.id !== '*') return [spec]
  const prefix = `${spec.provider}/`
  return Object.keys(builtIn).filter((reference) => reference.startsWith(prefix)).map((reference) => ({ ...spec, id: reference.slice(prefix.length), name: reference.slice(prefix.length) }))
}

function own<T>(of: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined
}

/** A provider that knows no name for a model says its id; then the catalogue's is better. */
function completed(spec: ModelSpec, operator: ModelNotes | undefined, known: Partial<ModelSpec> | undefined): ModelSpec {
  if (!operator && !known) return spec
  const { price: _, ...said } = defined(spec.name === spec.id ? { ...spec, name: undefined } : spec)
  const { price: __, ...settled } = operator ?? {}
  const aliases = [...new Set([...settled.aliases ?? [], ...spec.aliases ?? [], ...known?.aliases ?? []])]
  return { name: spec.name, ...known, ...said, ...defined(settled), ...(aliases.length > 0 && { aliases }), provider: spec.provider, id: spec.id }
}

function priced(whole: ModelSpec, spec: ModelSpec, found: Priced | undefined, { updated }: PriceBook): ModelSpec {
  if (!found) return spec.price === undefined ? whole : defined({ ...whole, price: undefined }) as ModelSpec
  const as = found.of === referenceOf(spec) ? '' : ` as ${found.of}`
  return { ...whole, price: found.price, pricedBy: found.by, pricedFrom: `${found.by}${found.by === 'catalogue' ? ` ${found.since ?? updated ?? ''}`.trimEnd() : ''}${as}` }
}

const defined = (record: object): Partial<ModelSpec> => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
