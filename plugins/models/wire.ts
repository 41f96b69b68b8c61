/** What the methods take and give. */
import * as v from 'valibot'
import { failureKinds } from './errors.ts'
import { tiers } from './route.ts'
import { mostDollars } from './prices/sound.ts'
import { modelKinds, priceSources, thinkingLevels } from './spec.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(512))
const dollars = v.pipe(v.number(), v.minValue(0), v.maxValue(mostDollars))
const kind = v.picklist(failureKinds)

const tokenPrice = { input: dollars, output: dollars, cacheRead: v.optional(dollars), cacheWrite: v.optional(dollars) }
const tier = { tokens: v.pipe(v.number(), v.integer(), v.minValue(1)), ...tokenPrice }
/** Three steps at most, written out: a schema of the manifest names no schema. */
export const Price = v.strictObject({ ...tokenPrice, above: v.optional(v.strictObject({ ...tier, above: v.optional(v.strictObject({ ...tier, above: v.optional(v.strictObject(tier)) })) })) })

const size = v.pipe(v.number(), v.integer(), v.minValue(1))
/** What an operator may say of a model, in the settings of `models` and of its provider. */
export const modelFacts = {
  name: v.optional(v.string()),
  contextWindow: v.optional(size),
  maxOutput: v.optional(size),
  tools: v.optional(v.boolean()),
  reasoning: v.optional(v.boolean()),
  thinking: v.optional(v.array(v.picklist(thinkingLevels))),
  input: v.optional(v.array(v.picklist(['text', 'image']))),
  price: v.optional(v.pipe(Price, v.description('US dollars per million tokens.'))),
  kind: v.optional(v.pipe(v.picklist(modelKinds), v.description('Whether it answers, or makes vectors of texts; told by its name where that is known.'))),
  dimensions: v.optional(v.pipe(size, v.description('Numbers in a vector of an embedding model.'))),
  maxValues: v.optional(v.pipe(size, v.description('Texts an embedding model takes at once, where that is less than 100.'))),
}

/** The protocol's `ModelChoice`; what follows `reasoning` is there only with `detail`. */
const ModelChoice = v.strictObject({
  id: v.string(),
  name: v.string(),
  provider: v.string(),
  contextWindow: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  reasoning: v.optional(v.boolean()),
  aliases: v.optional(v.array(v.string())),
  maxOutput: v.optional(count),
  tools: v.optional(v.boolean()),
  thinking: v.optional(v.array(v.picklist(thinkingLevels))),
  input: v.optional(v.array(v.picklist(['text', 'image']))),
  price: v.optional(Price),
  pricedBy: v.optional(v.picklist(priceSources)),
  /** As `ModelSpec.pricedFrom`. */
  pricedFrom: v.optional(v.string()),
  kind: v.optional(v.picklist(modelKinds)),
  dimensions: v.optional(count),
  /** The one that answers where none is named. */
  default: v.optional(v.boolean()),
})

/** `view` and `agentId` are of the newer protocol; every view is of the models that may be used, and of those that chat unless `kind` says otherwise. */
export const ModelsListParams = v.optional(v.strictObject({
  view: v.optional(v.picklist(['default', 'configured', 'all'])),
  agentId: v.optional(text),
  detail: v.optional(v.boolean()),
  kind: v.optional(v.picklist([...modelKinds, 'all'])),
}), {})
export const ModelsListResult = v.strictObject({ models: v.array(ModelChoice) })

/** `ready`; `cooling` while others are preferred; `open` while the breaker lets nothing through. */
const Standing = v.strictObject({
  id: v.optional(v.string()),
  kind: v.optional(v.picklist(['oauth', 'token', 'key'])),
  state: v.picklist(['ready', 'cooling', 'open']),
  /** Milliseconds since the epoch. */
  until: v.optional(count),
  reason: v.optional(kind),
  errors: count,
})
export const ModelsStatusResult = v.strictObject({
  default: v.optional(v.string()),
  /** The model that makes vectors of texts where none is named. */
  embedding: v.optional(v.string()),
  fallbacks: v.array(v.string()),
  providers: v.array(v.strictObject({ id: v.string(), models: count, accounts: v.array(Standing) })),
  /** Of the last `windowMs`: requests, tries beyond the first of each, and tries that the budget did not admit. */
  /** Of our own price map: its day, whether that is too long ago, and how many prices were refused; see `nexus cost check`. */
  prices: v.optional(v.strictObject({ updated: v.optional(v.string()), stale: v.boolean(), refused: count })),
  retry: v.strictObject({ windowMs: count, offered: count, extra: count, refused: count, ratio: v.number() }),
})
export type ModelsStatus = v.InferOutput<typeof ModelsStatusResult>

export const ModelsProbeParams = v.optional(v.strictObject({ model: v.optional(text), account: v.optional(text), timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(120_000)), 20_000) }), {})
export const ModelsProbeResult = v.strictObject({
  ok: v.boolean(),
  provider: v.string(),
  model: v.string(),
  account: v.optional(v.string()),
  /** Milliseconds until the first piece of the answer, and until its end. */
  firstMs: v.optional(count),
  durationMs: count,
  kind: v.optional(kind),
  status: v.optional(count),
  retryAfterMs: v.optional(count),
  message: v.optional(v.string()),
  fix: v.optional(v.string()),
})
export type ModelsProbe = v.InferOutput<typeof ModelsProbeResult>

const share = v.pipe(v.number(), v.minValue(0))
/** As `RouteDecision` of the contract. */
const Decision = v.strictObject({
  by: v.string(),
  tier: v.picklist(tiers),
  score: share,
  thresholds: v.strictObject({ balanced: share, capable: share }),
  features: v.array(v.strictObject({ name: v.string(), count: share, value: share, weight: share, points: share })),
})

/** `pinned` and `fallbacks` as in `RouteRequest`: what an agent's settings name is not asked for by name. */
export const ModelsRouteParams = v.strictObject({
  text: v.optional(v.pipe(v.string(), v.maxLength(100_000)), ''),
  model: v.optional(text),
  pinned: v.optional(v.boolean()),
  fallbacks: v.optional(v.pipe(v.array(text), v.maxLength(10))),
  agentId: v.optional(text),
  sessionKey: v.optional(text),
  thinking: v.optional(v.picklist(thinkingLevels)),
})
export const ModelsRouteResult = v.strictObject({
  model: v.string(),
  fallbacks: v.array(v.string()),
  tier: v.optional(v.picklist(tiers)),
  decision: v.optional(Decision),
  reasons: v.array(v.string()),
  /** What would be tried now, in order; `account` where the provider has several. */
  candidates: v.array(v.strictObject({ model: v.string(), account: v.optional(v.string()), state: v.picklist(['ready', 'cooling', 'open']) })),
})
export type ModelsRoute = v.InferOutput<typeof ModelsRouteResult>
export type ModelsList = v.InferOutput<typeof ModelsListResult>
