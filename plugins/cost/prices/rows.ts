/** The prices of models as rows. Pure. */
import { referenceOf } from '../../models/contract.ts'
import type { ModelPrice, ModelSpec, PriceBook } from '../../models/contract.ts'
import type { PriceRow, Step } from './wire.ts'

const mostRows = 2_000

/** The usual price first, then each for longer contexts. */
export function stepsOf(price: ModelPrice, above = 0): Step[] {
  const { above: next, input, output, cacheRead, cacheWrite } = price
  return [{ above, input, output, ...(cacheRead !== undefined && { cacheRead }), ...(cacheWrite !== undefined && { cacheWrite }) }, ...(next ? stepsOf(next, next.tokens) : [])]
}

/** `specs` are the models that are offered; `model` is what to look for, `at` in ms; `past`: what providers say today does not count. */
export function rowsOf(book: PriceBook, specs: readonly ModelSpec[], at: number, model?: string, past = false): PriceRow[] {
  const offered = new Map(specs.map((spec) => [referenceOf(spec), spec]))
  const known = model === undefined ? [] : book.entries().map((entry) => entry.model)
  const wanted = model?.toLowerCase()
  const found = [...new Set([...offered.keys(), ...known])].filter((reference) => wanted === undefined || [reference, offered.get(reference)?.name ?? '', ...offered.get(reference)?.aliases ?? []].some((name) => name.toLowerCase().includes(wanted)))
  // A name that nobody offers may still have a price: that of the day of a snapshot, or of a whole provider.
  const whole = model !== undefined && model.includes('/') && !found.includes(model) && book.on(model, at) ? [model] : []
  return [...whole, ...found].slice(0, mostRows).map((reference) => rowOf(book, reference, offered.get(reference), at, past))
}

function rowOf(book: PriceBook, reference: string, spec: ModelSpec | undefined, at: number, past: boolean): PriceRow {
  const priced = book.on(reference, at, spec?.pricedBy === 'provider' && !past ? spec.price : undefined)
  const days = book.entries().find((entry) => entry.model === priced?.of && entry.where === priced.by)?.prices.map(({ since }) => since ?? 'always') ?? []
  const others = days.filter((day) => day !== (priced?.since ?? 'always'))
  return {
    model: reference, ...(spec && spec.name !== spec.id && { name: spec.name }), steps: priced ? stepsOf(priced.price) : [],
    ...(priced && { by: priced.by, ...(priced.of !== reference && { as: priced.of }), ...(priced.since !== undefined && { since: priced.since }) }),
    ...(others.length > 0 && { others }),
  }
}
