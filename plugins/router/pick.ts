/** Which model answers turns of a tier. Pure. */
import { kindOf, referenceOf, tiers } from '../models/contract.ts'
import type { ModelMessage, ModelSpec, Tier } from '../models/contract.ts'
import type { RouterConfig, Tiers } from './config.ts'

/** What a turn asks of a model, whatever its tier. */
export interface Need { readonly images: boolean; readonly tools: boolean; readonly tokens: number }

/** On the safe side: of text in Latin letters a token has about four. */
const charactersPerToken = 2
const tokensPerImage = 2_000
/** What the instructions, the tools and the answer may take. */
const roomTokens = 16_000
const usualWindow = 64_000

/** Of all that is to be shown: a model whose window is too small would have the conversation cut. */
export function needOf(messages: readonly ModelMessage[], hasTools: boolean): Need {
  let [characters, images] = [0, 0]
  for (const { content } of messages) {
    if (typeof content === 'string') characters += content.length
    else for (const part of content) {
      if (part.type === 'text') characters += part.text.length
      if (part.type === 'image') images++
    }
  }
  return { images: images > 0, tools: hasTools, tokens: Math.ceil(characters / charactersPerToken) + images * tokensPerImage + roomTokens }
}

/** Why a model cannot answer the turn; nothing if it can. */
export function lacks(spec: ModelSpec, need: Need): string | undefined {
  if (need.tools && spec.tools === false) return 'calls no tools'
  if (need.images && !spec.input?.includes('image')) return 'sees no images'
  if (need.tokens > (spec.contextWindow ?? usualWindow)) return 'cannot take so long a conversation'
  return undefined
}

/** The tiers that the settings name for models of a provider. */
export function tiersFor(settings: RouterConfig['tiers'], provider: string): Tiers {
  if (!settings) return {}
  const named = Object.values(settings).some((value) => typeof value === 'string')
  return named ? settings as Tiers : Object.hasOwn(settings, provider) ? (settings as Readonly<Record<string, Tiers>>)[provider] ?? {} : {}
}

/** One price to compare by: a turn reads about three tokens for each it writes. Of a model of unknown price, nothing. */
export const blended = ({ price }: ModelSpec): number | undefined => (price ? (3 * price.input + price.output) / 4 : undefined)

/** Shares of the price of the agent's own model, above which and up to which a model may cost. */
const bands: Readonly<Record<Exclude<Tier, 'capable'>, readonly [number, number]>> = { balanced: [0.25, 0.65], fast: [0, 0.25] }

/**
 * The model of a tier by price: always cheaper than the agent's own, of no smaller window, never another provider's.
 * Those that the catalogue has a short name for are the current ones and go first, then the dearest of the band.
 * Nothing where none is known.
 */
export function byPrice(tier: Tier, own: ModelSpec, models: readonly ModelSpec[], need: Need): ModelSpec | undefined {
  const price = blended(own)
  if (tier === 'capable' || price === undefined || price <= 0) return undefined
  const [above, upTo] = bands[tier]
  const fits = models.filter((model) => {
    const cost = blended(model)
    return model.provider === own.provider && kindOf(model) === 'chat' && !model.demo && (model.contextWindow ?? 0) >= (own.contextWindow ?? 0) && cost !== undefined && cost > 0 && cost > above * price && cost <= upTo * price && lacks(model, need) === undefined
  })
  const current = fits.filter(({ aliases = [] }) => aliases.length > 0)
  return (current.length > 0 ? current : fits).toSorted((a, b) => blended(b)! - blended(a)! || (referenceOf(a) < referenceOf(b) ? -1 : 1))[0]
}

/** A tier and those above it, in order. */
export const upwards = (tier: Tier): readonly Tier[] => tiers.slice(tiers.indexOf(tier))
