/** Anthropic's Claude models. */
import type { LanguageModelV3Prompt } from '@ai-sdk/provider'
import * as v from 'valibot'
import { definePlugin, optional } from 'nexus-gateway/sdk'
import { languageModelSettings, noRedirect, offerLanguageModel, thinkingFor } from '../models/contract.ts'
import type { Carry, ModelRequest, ThinkingLevel } from '../models/contract.ts'
import { Fetch } from '../outbound/contract.ts'
import { offerUsage } from '../usage/contract.ts'
import { anthropicSources, rateHeaders } from './usage.ts'

/** Where neither the request nor the catalogue has a limit; the API wants one. */
const usualOutput = 8_192

export default definePlugin({
  id: 'provider-anthropic',
  config: v.strictObject({
    ...languageModelSettings,
    baseUrl: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/), v.description('Up to and with the version.')), 'https://api.anthropic.com/v1'),
    caching: v.optional(v.pipe(v.boolean(), v.description('Let Anthropic cache the conversation for five minutes.')), true),
  }),
  requires: { web: optional(Fetch) },
  setup(ctx) {
    const { baseUrl, caching } = ctx.config
    const fetch = offerUsage(ctx, { settings: ctx.config, web: ctx.deps.web, headers: rateHeaders, fetch: noRedirect, sources: anthropicSources })
    offerLanguageModel(ctx, {
      id: 'anthropic',
      settings: ctx.config,
      needsKey: true,
      carry,
      dialect: { metadata: 'anthropic', toolImages: true },
      async load() {
        const { createAnthropic } = await import('@ai-sdk/anthropic')
        return createAnthropic({ baseURL: baseUrl, apiKey: 'sent with each request', fetch })
      },
      shape(options, request) {
        const most = options.maxOutputTokens ?? request.spec?.maxOutput ?? usualOutput
        const thoughts = thinkingOptions(request, most)
        return {
          ...options,
          prompt: caching ? marked(options.prompt) : options.prompt,
          // The library adds the thoughts to it; what was held for an answer holds for both.
          maxOutputTokens: most - (thoughts.thinking?.budgetTokens ?? 0),
          providerOptions: { anthropic: thoughts },
        }
      },
    })
  },
})

/** A key has a header of its own; a token of a subscription is a bearer token. */
const carry: Carry = (value, kind) => (kind === 'key' ? { 'x-api-key': value } : { authorization: `Bearer ${value}`, 'x-api-key': undefined, 'anthropic-beta': 'oauth-2025-04-20' })

const cached = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const

/** What comes before the last message will come again: the instructions, and the conversation so far. */
function marked(prompt: LanguageModelV3Prompt): LanguageModelV3Prompt {
  const system = prompt.findLastIndex((message) => message.role === 'system')
  return prompt.map((message, at) => (at === system || at === prompt.length - 1 ? { ...message, providerOptions: { ...message.providerOptions, ...cached } } : message))
}

/** Tokens to think with, for models that are told how many. */
const budgets: Readonly<Record<Exclude<ThinkingLevel, 'off'>, number>> = { minimal: 1_024, low: 2_048, medium: 8_192, high: 16_384, max: 32_000 }

/** Fewer the API does not take, and so many are left for what is said. */
const fewest = 1_024

function thinkingOptions({ spec, thinking, model }: ModelRequest, most: number): { thinking?: { type: string; budgetTokens?: number }; effort?: string } {
  const level = spec && thinkingFor(spec, thinking)
  if (level === undefined) return {}
  if (level === 'off') return { thinking: { type: 'disabled' } }
  if (!decidesItself(model)) {
    const budgetTokens = Math.min(budgets[level], most - fewest)
    return { thinking: budgetTokens < fewest ? { type: 'disabled' } : { type: 'enabled', budgetTokens } }
  }
  return { thinking: { type: 'adaptive' }, effort: level === 'minimal' ? 'low' : level }
}

/** From Claude 4.6 on a model is told how hard to think, and no number. */
function decidesItself(model: string): boolean {
  const [, major = '0', minor = '0'] = /^claude-[a-z]+-(\d+)(?:-(\d{1,2}))?(?:-|$)/.exec(model) ?? []
  return Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 6)
}
