/** The plugin's block in `nexus.json5`. */
import * as v from 'valibot'
import { secret } from 'nexus-gateway/sdk'

const count = v.pipe(v.number(), v.integer(), v.minValue(1))
const price = v.pipe(v.number(), v.minValue(0))
const ms = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000))

const model = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1), v.description('As the server calls it.')),
  name: v.optional(v.string()),
  contextWindow: v.optional(count),
  maxOutput: v.optional(count),
  tools: v.optional(v.boolean()),
  reasoning: v.optional(v.boolean()),
  input: v.optional(v.array(v.picklist(['text', 'image']))),
  price: v.optional(v.pipe(v.strictObject({ input: price, output: price, cacheRead: v.optional(price), cacheWrite: v.optional(price) }), v.description('US dollars per million tokens.'))),
})

export const config = v.strictObject({
  baseUrl: v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/), v.description('Up to and with the version, such as http://localhost:11434/v1.')),
  apiKey: v.optional(secret('Sent as a bearer token.')),
  models: v.optional(v.pipe(v.array(model), v.description('Without it the server is asked for its list.'))),
  headers: v.optional(v.pipe(v.record(v.string(), secret()), v.description('Sent with every request.')), {}),
  name: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/), v.description('The provider\'s id in references such as NAME/model.')), 'openai-compatible'),
  timeoutMs: v.optional(v.pipe(ms, v.description('Milliseconds until the answer begins.')), 120_000),
  stallMs: v.optional(v.pipe(ms, v.description('Milliseconds between two pieces of it.')), 60_000),
})

export type Config = v.InferOutput<typeof config>
