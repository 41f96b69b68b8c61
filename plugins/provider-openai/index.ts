/** OpenAI's models, through its Responses API. */
import * as v from 'valibot'
import { definePlugin, optional } from 'nexus-gateway/sdk'
import { languageModelSettings, noRedirect, offerLanguageModel, thinkingFor } from '../models/contract.ts'
import type { ModelRequest, ThinkingLevel } from '../models/contract.ts'
import { Fetch } from '../outbound/contract.ts'
import { offerUsage } from '../usage/contract.ts'
import { openAiSources, rateHeaders } from './usage.ts'

export default definePlugin({
  id: 'provider-openai',
  config: v.strictObject({
    ...languageModelSettings,
    baseUrl: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/), v.description('Up to and with the version.')), 'https://api.openai.com/v1'),
    api: v.optional(v.pipe(v.picklist(['responses', 'chat']), v.description('Which of OpenAI\'s APIs to speak.')), 'responses'),
    summaries: v.optional(v.pipe(v.boolean(), v.description('Ask for summaries of what it thinks; OpenAI gives them to verified organizations only.')), false),
  }),
  requires: { web: optional(Fetch) },
  setup(ctx) {
    const { baseUrl, api, summaries } = ctx.config
    const fetch = offerUsage(ctx, { settings: ctx.config, web: ctx.deps.web, headers: rateHeaders, fetch: noRedirect, sources: openAiSources })
    offerLanguageModel(ctx, {
      id: 'openai',
      settings: ctx.config,
      needsKey: true,
      dialect: { metadata: 'openai', toolImages: api === 'responses' },
      async load() {
        const { createOpenAI } = await import('@ai-sdk/openai')
        const made = createOpenAI({ baseURL: baseUrl, apiKey: 'sent with each request', fetch })
        return (id) => (api === 'chat' ? made.chat(id) : made.responses(id))
      },
      vectors: {
        async load() {
          const { createOpenAI } = await import('@ai-sdk/openai')
          const made = createOpenAI({ baseURL: baseUrl, apiKey: 'sent with each request', fetch })
          return (id) => made.embeddingModel(id)
        },
        dimensions: (dimensions) => ({ openai: { dimensions } }),
      },
      shape: (options, request) => ({ ...options, providerOptions: { openai: { store: false, ...effortFor(request), ...(summaries && { reasoningSummary: 'auto' }) } } }),
    })
  },
})

/** The models of before GPT-5.6 have `xhigh` for what those after them call `max`. */
const knowsMax = /^gpt-(5\.[6-9]|[6-9]|\d{2}|daybreak)/

function effortFor({ spec, thinking, model }: ModelRequest): { reasoningEffort?: string } {
  const level = spec && thinkingFor(spec, thinking)
  if (level === undefined) return {}
  const names: Partial<Record<ThinkingLevel, string>> = { off: 'none', max: knowsMax.test(model) ? 'max' : 'xhigh' }
  return { reasoningEffort: names[level] ?? level }
}
