/** What is known of a model: its size, what it can do and what it costs. */

/** How long a model thinks before it answers, from not at all to as long as it can. */
export const thinkingLevels = ['off', 'minimal', 'low', 'medium', 'high', 'max'] as const
export type ThinkingLevel = (typeof thinkingLevels)[number]

/** US dollars per million tokens. A price that is not known is left out, never 0. */
export interface TokenPrice {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
}
/** `above`: the prices of a whole request whose input, cached tokens included, is larger than `tokens`; it may have an `above` of its own. */
export interface ModelPrice extends TokenPrice { readonly above?: ModelPrice & { readonly tokens: number } }

/** Who says what a model costs: the operator, its provider or our own map; in this order they are believed. */
export const priceSources = ['settings', 'provider', 'catalogue'] as const
export type PriceSource = (typeof priceSources)[number]

export const modelKinds = ['chat', 'embedding'] as const
export type ModelKind = (typeof modelKinds)[number]

export interface ModelSpec {
  /** The name the provider knows it by; may contain slashes. */
  readonly id: string
  /** Id of the provider, which together with `id` makes the reference `provider/id`. */
  readonly provider: string
  /** For people. */
  readonly name: string
  /** Other names that a reference may use; from the catalogue and the settings. */
  readonly aliases?: readonly string[]
  /** Tokens a request and its answer may have together. */
  readonly contextWindow?: number
  /** Tokens an answer may have. */
  readonly maxOutput?: number
  /** Whether it can call tools; not known counts as yes. */
  readonly tools?: boolean
  /** Whether it thinks before it answers. */
  readonly reasoning?: boolean
  /** The levels of thinking it can be asked for; not known with `reasoning` counts as low, medium and high. */
  readonly thinking?: readonly ThinkingLevel[]
  /** What a message may contain; not known counts as text only. */
  readonly input?: readonly ('text' | 'image')[]
  /** The one that holds today. */
  readonly price?: ModelPrice
  readonly pricedBy?: PriceSource
  /** The same for people and for the record: `settings`, `provider`, `catalogue 2026-05-01`, and `as NAME` where it stands under another name. */
  readonly pricedFrom?: string
  /** What it is asked for: an answer, or vectors of texts; left out it is `chat`. */
  readonly kind?: ModelKind
  /** Numbers in a vector of it, where none are asked for. */
  readonly dimensions?: number
  /** Texts it makes vectors of at once, where that is less than 100. */
  readonly maxValues?: number
  /** A stand-in: it becomes the default only while there is no other model. */
  readonly demo?: boolean
}

export const kindOf = ({ kind = 'chat' }: Pick<ModelSpec, 'kind'>): ModelKind => kind

export const referenceOf = ({ provider, id }: Pick<ModelSpec, 'provider' | 'id'>): string => `${provider}/${id}`

const usualThinking: readonly ThinkingLevel[] = ['low', 'medium', 'high']

/** The level to ask a model for: the wanted one, else the nearest it has, the lower of two; nothing for one that does not think. */
export function thinkingFor(spec: Pick<ModelSpec, 'reasoning' | 'thinking'>, wanted: ThinkingLevel | undefined): ThinkingLevel | undefined {
  const has = spec.thinking ?? (spec.reasoning ? usualThinking : [])
  if (wanted === undefined || has.length === 0) return undefined
  const at = thinkingLevels.indexOf(wanted)
  const distance = (level: ThinkingLevel): number => Math.abs(thinkingLevels.indexOf(level) - at)
  return has.toSorted((a, b) => distance(a) - distance(b) || thinkingLevels.indexOf(a) - thinkingLevels.indexOf(b))[0]
}

/** Stands in a provider's list for every model of its that the catalogue knows. */
export const allKnown = (provider: string): ModelSpec => ({ provider, id: '*', name: '*' })
