/** Shapes of `cost.prices` and `cost.check`. Prices are US dollars per million tokens, days `YYYY-MM-DD`, times ms since the epoch. */
import * as v from 'valibot'

const text = v.string()
const short = v.pipe(v.string(), v.minLength(1), v.maxLength(300))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const dollars = v.pipe(v.number(), v.minValue(0))
const day = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/))

const Steps = v.strictObject({
  /** Holds for a whole request whose input is larger; 0 for the usual price. */
  above: count,
  input: dollars, output: dollars, cacheRead: v.optional(dollars), cacheWrite: v.optional(dollars),
})
export type Step = v.InferOutput<typeof Steps>

/** `model` is part of a name, or a whole `provider/id`, which is also found where nobody offers it; `on` a day, today if left out. */
export const PricesParams = v.optional(v.strictObject({ model: v.optional(short), on: v.optional(day) }), {})
export const PriceRow = v.strictObject({
  /** `provider/id`. */
  model: text,
  name: v.optional(text),
  /** Nothing in it: the price is not known. The usual price first, then those for long contexts. */
  steps: v.array(Steps),
  by: v.optional(v.picklist(['settings', 'provider', 'catalogue'])),
  /** The entry it stands under, where that is another name of the model. */
  as: v.optional(text),
  /** The first day it holds, where that is known. */
  since: v.optional(day),
  /** Days of the other prices it has had or is to have. */
  others: v.optional(v.array(text)),
})
export type PriceRow = v.InferOutput<typeof PriceRow>
export const PricesResult = v.strictObject({
  /** Of our own map; left out where that cannot be read. */
  updated: v.optional(day),
  stale: v.boolean(),
  models: v.array(PriceRow),
})
export type PricesResult = v.InferOutput<typeof PricesResult>

/**
 * `refused` a price that is none, `unpriced` a model that was used without a price, `stale` an old map, `same` settings
 * that say what the map says, `unused` settings for a model that nobody offers, `unknown` models that may be used and
 * have no price.
 */
export const findings = ['refused', 'unpriced', 'stale', 'same', 'unused', 'unknown'] as const
export const Finding = v.strictObject({
  kind: v.picklist(findings),
  /** What an `error` says leaves a model without a price; a `warning` may make figures wrong; a `note` costs nothing. */
  level: v.picklist(['error', 'warning', 'note']),
  model: v.optional(text),
  text,
  fix: text,
})
export type Finding = v.InferOutput<typeof Finding>
export const CheckParams = v.optional(v.strictObject({}), {})
export const CheckResult = v.strictObject({
  /** No errors and no warnings. */
  ok: v.boolean(),
  updated: v.optional(day),
  /** Models that may be used, and how many of them have a price. */
  models: count, priced: count,
  /** The latest charges that were looked at. */
  charges: count,
  findings: v.array(Finding),
})
export type CheckResult = v.InferOutput<typeof CheckResult>
