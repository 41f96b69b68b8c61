/** The settings that every provider behind the AI SDK has. */
import * as v from 'valibot'
import { secret } from 'nexus-gateway/sdk'
import { modelFacts } from '../wire.ts'

const ms = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000))

const model = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1), v.description('As the server calls it.')),
  ...modelFacts,
})

const account = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][\w.-]{0,63}$/), v.description('Its name in `nexus models status`.')),
  apiKey: secret('The key, or the token of that account.'),
  kind: v.optional(v.pipe(v.picklist(['oauth', 'token', 'key']), v.description('Accounts are used in the order oauth, token, key.')), 'key'),
})

/** To be spread into a provider's `config`. */
export const languageModelSettings = {
  apiKey: v.optional(secret('The key of the only account.')),
  accounts: v.optional(v.pipe(v.array(account), v.maxLength(50), v.description('Several keys: requests take turns, and one that fails rests.')), []),
  models: v.optional(v.pipe(v.array(model), v.description('The models to offer; without it all that are known.'))),
  headers: v.optional(v.pipe(v.record(v.string(), secret()), v.description('Sent with every request.')), {}),
  timeoutMs: v.optional(v.pipe(ms, v.description('Milliseconds until the answer begins.')), 300_000),
  stallMs: v.optional(v.pipe(ms, v.description('Milliseconds between two pieces of it.')), 180_000),
}

const all = v.strictObject(languageModelSettings)
export type LanguageModelSettings = v.InferOutput<typeof all>
export type ModelSettings = NonNullable<LanguageModelSettings['models']>[number]
