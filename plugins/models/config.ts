/** The plugin's block in `nexus.json5`. */
import * as v from 'valibot'
import { modelFacts } from './wire.ts'

const reference = v.pipe(v.string(), v.minLength(1), v.maxLength(300))
const minutes = v.pipe(v.number(), v.minValue(0.01), v.maxValue(7 * 24 * 60))

/** A price is checked when it is read, and not here: one that is none costs its model the price and not the gateway its start. */
const known = v.strictObject({
  ...modelFacts,
  price: v.optional(v.pipe(v.unknown(), v.description('US dollars per million tokens, { input, output, cacheRead, cacheWrite, above: { tokens, … } }, or a list of such with `from`, the day from which each holds. See `nexus cost check`.'))),
  aliases: v.optional(v.array(reference)),
})

const cooldowns = v.strictObject({
  minutes: v.optional(v.pipe(v.array(minutes), v.minLength(1), v.maxLength(10), v.description('How long an account is left alone after the first, second … failure in a row.')), [1, 5, 25, 60]),
  billingHours: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(24), v.description('After the first refusal for lack of money; doubled with each further one.')), 5),
  billingMaxHours: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(7 * 24)), 24),
})

const retry = v.strictObject({
  ratio: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1), v.description('Tries beyond the first, as a share of the requests of the last minute.')), 0.1),
  spare: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100), v.description('As many a minute are admitted however few requests there are.')), 3),
  maxWaitMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(60_000), v.description('The longest time a request waits when a provider asks for it.')), 10_000),
})

export const config = v.strictObject({
  default: v.optional(v.pipe(reference, v.description('The model to use where none is named: provider/id, a bare id or an alias.'))),
  embedding: v.optional(v.pipe(reference, v.description('The model that makes vectors of texts where none is named.'))),
  fallbacks: v.optional(v.pipe(v.array(reference), v.maxLength(10), v.description('Models to try in turn when the first one fails before its first word.')), []),
  aliases: v.optional(v.pipe(v.record(v.string(), reference), v.description('Names of your own for models.')), {}),
  allow: v.optional(v.pipe(v.array(reference), v.description('The only models that may be used: provider/id, provider/* or an alias. Without it all may.'))),
  catalogue: v.optional(v.pipe(v.record(v.string(), known), v.description('What is known of models, by provider/id, prices also by provider/*; it goes before what providers and the built-in catalogue say.')), {}),
  cooldowns: v.optional(cooldowns, {}),
  retry: v.optional(retry, {}),
})

export type ModelsConfig = v.InferOutput<typeof config>
export type ModelNotes = v.InferOutput<typeof known>
