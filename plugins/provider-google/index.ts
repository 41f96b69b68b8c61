/** Google's Gemini models. */
import * as v from 'valibot'
import { definePlugin } from 'nexus-gateway/sdk'
import { languageModelSettings, noRedirect, offerLanguageModel, thinkingFor } from '../models/contract.ts'
import type { ModelRequest, ThinkingLevel } from '../models/contract.ts'

export default definePlugin({
  id: 'provider-google',
  config: v.strictObject({
    ...languageModelSettings,
    baseUrl: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/), v.description('Up to and with the version.')), 'https://generativelanguage.googleapis.com/v1beta'),
  }),
  setup(ctx) {
    const { baseUrl } = ctx.config
    offerLanguageModel(ctx, {
      id: 'google',
      settings: ctx.config,
      needsKey: true,
      carry: (value, kind) => (kind === 'key' ? { 'x-goog-api-key': value } : { authorization: `Bearer ${value}`, 'x-goog-api-key': undefined }),
      dialect: { metadata: 'google' },
      async load() {
        const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
        return createGoogleGenerativeAI({ baseURL: baseUrl, apiKey: 'sent with each request', fetch: noRedirect })
      },
      vectors: {
        async load() {
          const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
          const made = createGoogleGenerativeAI({ baseURL: baseUrl, apiKey: 'sent with each request', fetch: noRedirect })
          return (id) => made.embeddingModel(id)
        },
        dimensions: (outputDimensionality) => ({ google: { outputDimensionality } }),
      },
      shape: (options, request) => ({ ...options, providerOptions: { google: thinkingOptions(request) } }),
    })
  },
})

/** Tokens to think with, for Gemini 2.5, which is told how many. */
const budgets: Readonly<Record<ThinkingLevel, number>> = { off: 0, minimal: 512, low: 2_048, medium: 8_192, high: 24_576, max: 24_576 }

function thinkingOptions({ spec, thinking, model }: ModelRequest) {
  const level = spec && thinkingFor(spec, thinking)
  if (level === undefined) return {}
  if (model.startsWith('gemini-2.5')) return { thinkingConfig: { thinkingBudget: budgets[level], includeThoughts: level !== 'off' } }
  return { thinkingConfig: { thinkingLevel: level === 'max' ? 'high' : level === 'off' ? 'minimal' : level, includeThoughts: true } }
}
