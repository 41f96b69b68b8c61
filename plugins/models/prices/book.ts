/** What models cost and have cost, by the settings, by what providers say and by our own map, each entry checked before it counts. */
import { partsOf, plainReference, withoutDay } from './names.ts'
import map from './prices.json' with { type: 'json' }
import { dayOf, holding, problemOf, soundPrices } from './sound.ts'
import type { DatedPrice } from './sound.ts'
import type { ModelPrice, ModelSpec, PriceSource } from '../spec.ts'

export interface Priced {
  readonly price: ModelPrice
  readonly by: PriceSource
  /** The entry it was found under, as `openai/gpt-5` for `openai/gpt-5-2026-08-07`. */
  readonly of: string
  /** The first day it holds, as 2026-05-01; left out where that is not known. */
  readonly since?: string
}

/** A price that was refused: its model counts as unpriced. */
export interface PriceFault { readonly model: string; readonly where: PriceSource; readonly problem: string; readonly fix: string }

/** One model of the map or of the settings with all its prices, the earliest first. */
export interface PriceEntry { readonly model: string; readonly where: Exclude<PriceSource, 'provider'>; readonly prices: readonly { readonly since?: string; readonly price: ModelPrice }[] }

export interface PriceBook {
  /** The day of the map, as 2026-05-01; `undefined` when there is none that can be read. */
  readonly updated: string | undefined
  /** Whether the map is older than 180 days. */
  isStale(at: number): boolean
  /** What `provider/id` cost at a time in ms, by the settings and the map; `said` is the provider's own word of it. */
  on(reference: string, at: number, said?: ModelPrice): Priced | undefined
  /** What was refused, at most 1,000. */
  faults(): readonly PriceFault[]
  entries(): readonly PriceEntry[]
  /** Changes when a price that has a date begins to hold. */
  version(at: number): number
}

/** What there is to know of prices, with the models of every kind that may be used. */
export interface PricedModels { readonly book: PriceBook; readonly specs: readonly ModelSpec[] }

/** As much of a model's notes as is read here; `price` has not been checked. */
export interface PriceNotes { readonly price?: unknown; readonly aliases?: readonly string[] | undefined }

export const staleDays = 180
const dayMs = 86_400_000
const mostFaults = 1_000

const fixes: Readonly<Record<PriceSource, (model: string) => string>> = {
  settings: (model) => `Give dollars per million tokens in \`models.catalogue["${model}"].price\`, as { input: 1.25, output: 10 }, or take it out.`,
  provider: (model) => `Give the right price in \`models.catalogue["${model}"].price\`.`,
  catalogue: (model) => `Give the right price in \`models.catalogue["${model}"].price\`, and update the gateway.`,
}

type Table = ReadonlyMap<string, readonly DatedPrice[] | 'refused'>
interface Shelf { readonly by: 'settings' | 'catalogue'; readonly table: Table; readonly aliases: ReadonlyMap<string, string | 'several'> }

/**
 * `settings` and `known` by `provider/id`; `source` is the map. Nothing of it has been checked. Never throws; `told`
 * hears of each fault once.
 */
export function createPrices(settings: Readonly<Record<string, PriceNotes>>, known: Readonly<Record<string, PriceNotes>> = {}, told: (fault: PriceFault) => void = () => {}, source: unknown = map): PriceBook {
  const faults = new Map<string, PriceFault>()
  const fault = (model: string, where: PriceSource, problem: string): void => {
    const key = `${where} ${model}`
    if (faults.has(key) || faults.size >= mostFaults) return
    const one = { model, where, problem, fix: fixes[where](model) }
    faults.set(key, one)
    told(one)
  }
  const { updated, models } = mapOf(source, fault)
  const own = shelf('settings', Object.entries(settings).filter(([, { price }]) => price !== undefined).map(([model, { price }]) => [model, price] as const), settings, fault)
  const built = shelf('catalogue', Object.entries(models), known, fault)
  const starts = [...own.table.values(), ...built.table.values()].flatMap((prices) => (prices === 'refused' ? [] : prices.map(({ from }) => from))).filter(Number.isFinite).toSorted((a, b) => a - b)

  const on: PriceBook['on'] = (name, at, said) => {
    const reference = plainReference(name)
    const sound = said === undefined ? undefined : problemOf(said)
    if (sound !== undefined) fault(reference, 'provider', sound)
    const inTurn: readonly (() => Priced | 'refused' | undefined)[] = [
      () => look(own, reference, at),
      () => (sound !== undefined ? 'refused' : said && { price: said, by: 'provider', of: reference }),
      () => look(built, reference, at),
      ...[own, built].map((one) => () => look(one, one.aliases.get(reference), at)),
      ...[own, built].map((one) => () => look(one, withoutDay(reference), at)),
      () => look(own, `${partsOf(reference).provider}/*`, at),
    ]
    for (const next of inTurn) {
      const found = next()
      if (found !== undefined) return found === 'refused' ? undefined : found
    }
    return undefined
  }

  return {
    updated, on,
    isStale: (at) => updated !== undefined && at - dayOf(updated)! > staleDays * dayMs,
    faults: () => [...faults.values()],
    entries: () => [own, built].flatMap(({ by, table }) => [...table].flatMap(([model, prices]) => (prices === 'refused' ? [] : [{ model, where: by, prices: prices.map(({ price, since }) => ({ price, ...(since !== undefined && { since }) })) }]))),
    version: (at) => starts.filter((start) => start <= at).length,
  }
}

/** A refused entry is no entry to be passed over: what it was to say is not known, and another's word is not it. */
function look({ by, table }: Shelf, reference: string | undefined, at: number): Priced | 'refused' | undefined {
  const prices = reference === undefined ? undefined : table.get(reference)
  if (prices === undefined || prices === 'refused') return prices
  const held = holding(prices, at)
  return held && { price: held.price, by, of: reference!, ...(held.since !== undefined && { since: held.since }) }
}

function shelf(by: Shelf['by'], entries: readonly (readonly [model: string, price: unknown])[], notes: Readonly<Record<string, PriceNotes>>, fault: (model: string, where: PriceSource, problem: string) => void): Shelf {
  const table = new Map<string, readonly DatedPrice[] | 'refused'>()
  const aliases = new Map<string, string | 'several'>()
  for (const [model, price] of entries) {
    const sound = soundPrices(price)
    if (typeof sound === 'string') fault(model, by, sound)
    table.set(model, typeof sound === 'string' ? 'refused' : sound)
  }
  for (const [model, { aliases: names = [] }] of Object.entries(notes)) {
    const { provider } = partsOf(model)
    // A name of two models is a name of none.
    for (const name of names) aliases.set(`${provider}/${name}`, aliases.has(`${provider}/${name}`) ? 'several' : model)
  }
  return { by, table, aliases }
}

/** A map that cannot be read is one without prices. */
function mapOf(source: unknown, fault: (model: string, where: PriceSource, problem: string) => void): { readonly updated: string | undefined; readonly models: Readonly<Record<string, unknown>> } {
  const { updated, models } = (typeof source === 'object' && source !== null ? source : {}) as { readonly updated?: unknown; readonly models?: unknown }
  const readable = typeof models === 'object' && models !== null && !Array.isArray(models)
  if (!readable) fault('*', 'catalogue', 'the price map cannot be read')
  if (dayOf(updated) === undefined) fault('*', 'catalogue', 'the price map has no date')
  return { updated: dayOf(updated) === undefined ? undefined : updated as string, models: readable ? models as Readonly<Record<string, unknown>> : {} }
}
