/** What is wrong with the prices, or will be. Pure. */
import { referenceOf } from '../../models/contract.ts'
import type { ModelPrice, ModelSpec, PriceBook } from '../../models/contract.ts'
import { stepsOf } from './rows.ts'
import type { CheckResult, Finding } from './wire.ts'

/** A charge, as far as it is looked at here. */
export interface Used { readonly provider: string; readonly model: string; /** `none`: nobody knew the price. */ readonly price: string }

export interface Checked {
  readonly book: PriceBook
  /** Of every kind, those that may be used. */
  readonly specs: readonly ModelSpec[]
  /** The latest charges. */
  readonly used: readonly Used[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

const mostNamed = 20

export function checkPrices({ book, specs, used, now }: Checked): CheckResult {
  const priced = specs.filter(({ price }) => price !== undefined)
  const findings = [...refused(book), ...unpriced(specs, used), ...staleness(book, now), ...settled(book, specs, now), ...unknown(specs, book)]
  return {
    ok: findings.every(({ level }) => level === 'note'), ...(book.updated !== undefined && { updated: book.updated }),
    models: specs.length, priced: priced.length, charges: used.length, findings,
  }
}

const where = { settings: 'the settings', provider: 'what its provider says', catalogue: 'the price map' } as const

const refused = (book: PriceBook): Finding[] => book.faults().map(({ model, where: place, problem, fix }) => ({ kind: 'refused', level: 'error', ...(model !== '*' && { model }), text: `${problem}, in ${where[place]}`, fix }))

const give = (model: string): string => `Give its price in \`models.catalogue["${model}"].price\`.`

function unpriced(specs: readonly ModelSpec[], used: readonly Used[]): Finding[] {
  const now = new Map(specs.map((spec) => [referenceOf(spec), spec.price !== undefined]))
  const times = new Map<string, number>()
  for (const charge of used) if (charge.price === 'none') times.set(referenceOf({ provider: charge.provider, id: charge.model }), (times.get(referenceOf({ provider: charge.provider, id: charge.model })) ?? 0) + 1)
  return [...times].filter(([model]) => now.get(model) !== true).map(([model, count]) => ({ kind: 'unpriced', level: 'warning', model, text: `used ${count === 1 ? 'once' : `${count} times`} of late without a price: a budget of money refuses it, and no sum has it`, fix: give(model) }))
}

function staleness(book: PriceBook, now: number): Finding[] {
  if (!book.isStale(now)) return []
  return [{ kind: 'stale', level: 'warning', text: `the price map is of ${book.updated}: prices may have changed since`, fix: 'Update the gateway, or give the prices of the models you use in `models.catalogue`.' }]
}

/** What the settings say for nothing. */
function settled(book: PriceBook, specs: readonly ModelSpec[], now: number): Finding[] {
  const entries = book.entries()
  const ours = new Map(entries.filter((entry) => entry.where === 'catalogue').map((entry) => [entry.model, entry.prices]))
  const offered = new Set(specs.map(referenceOf))
  const providers = new Set(specs.map(({ provider }) => provider))
  return entries.filter((entry) => entry.where === 'settings').flatMap(({ model, prices }): Finding[] => {
    const known = ours.get(model)
    const latest = book.on(model, now)
    if (known && prices.length === 1 && prices[0]!.since === undefined && latest && alike(prices[0]!.price, known.at(-1)!.price)) return [{ kind: 'same', level: 'note', model, text: 'the settings say what the price map says, and will hide what it says later', fix: `Take \`models.catalogue["${model}"].price\` out.` }]
    // A provider that does not run offers nothing, and says nothing about its models.
    const provider = model.slice(0, model.indexOf('/'))
    if (model.endsWith('/*') || offered.has(model) || !providers.has(provider)) return []
    return [{ kind: 'unused', level: 'note', model, text: 'the settings have a price for it, and nobody offers it by that name', fix: 'See `nexus models list` for the names.' }]
  })
}

const alike = (a: ModelPrice, b: ModelPrice): boolean => JSON.stringify(stepsOf(a)) === JSON.stringify(stepsOf(b))

function unknown(specs: readonly ModelSpec[], book: PriceBook): Finding[] {
  const told = new Set(book.faults().map(({ model }) => model))
  const models = specs.filter((spec) => spec.price === undefined && !told.has(referenceOf(spec))).map(referenceOf)
  if (models.length === 0) return []
  const more = models.length > mostNamed ? ` and ${models.length - mostNamed} more` : ''
  return [{ kind: 'unknown', level: 'note', text: `${models.length === 1 ? 'one model that may be used has no price' : `${models.length} models that may be used have no price`}: ${models.slice(0, mostNamed).join(', ')}${more}`, fix: 'Give the prices in `models.catalogue`; `PROVIDER/*` stands for all of a provider, as { input: 0, output: 0 } for a server of your own.' }]
}
