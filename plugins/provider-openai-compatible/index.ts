/** Models behind any server that speaks OpenAI's chat completions. */
import { definePlugin } from 'nexus-gateway/sdk'
import { noRedirect, offerLanguageModel, thinkingFor } from '../models/contract.ts'
import { config, errors, placeOf } from './config.ts'

export default definePlugin({
  id: 'provider-openai-compatible',
  config,
  errors,
  setup(ctx) {
    const { baseUrl, name } = placeOf(ctx.config)
    offerLanguageModel(ctx, {
      id: name,
      settings: ctx.config,
      listUrl: baseUrl,
      async load() {
        const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
        const made = createOpenAICompatible({ name, baseURL: baseUrl, includeUsage: true, fetch: noRedirect })
        return (id) => made.chatModel(id)
      },
      vectors: {
        async load() {
          const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
          const made = createOpenAICompatible({ name, baseURL: baseUrl, fetch: noRedirect })
          return (id) => made.embeddingModel(id)
        },
        dimensions: (dimensions) => ({ openaiCompatible: { dimensions } }),
      },
      shape(options, { spec, thinking }) {
        const level = spec && thinkingFor(spec, thinking)
        const reasoningEffort = level === 'off' ? 'none' : level === 'max' ? 'high' : level
        return reasoningEffort === undefined ? options : { ...options, providerOptions: { openaiCompatible: { reasoningEffort } } }
      },
    })
  },
})
