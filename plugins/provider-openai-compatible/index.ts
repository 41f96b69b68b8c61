/** Models behind any server that speaks OpenAI's chat completions. */
import type { LanguageModelV3 } from '@ai-sdk/provider'
import { definePlugin } from 'nexus-gateway/sdk'
import { secretsHeld } from '../logs/contract.ts'
import { offerModels } from '../models/contract.ts'
import { createCatalogue } from './catalogue.ts'
import { config } from './config.ts'
import type { Config } from './config.ts'
import { credentialsOf } from './credentials.ts'
import { streamFrom } from './stream.ts'

export default definePlugin({
  id: 'provider-openai-compatible',
  config,
  setup(ctx) {
    const { name, timeoutMs, stallMs } = ctx.config
    const credentials = credentialsOf(ctx.config)
    const server = { provider: name, model: modelsOf(ctx.config), timeoutMs, stallMs, credentials, clock: ctx.clock, log: ctx.log }
    ctx.tap(secretsHeld, credentials.known)
    offerModels(ctx, {
      id: name,
      models: createCatalogue(ctx.config, credentials, ctx.clock, ctx.log, ctx.scope.signal),
      stream: (request, emit) => streamFrom(server, request, emit),
    })
  },
})

const mostKept = 64

/**
 * The SDK and its validator take longer to load than the gateway; they wait for the first question. A model of the
 * SDK is kept, because it builds its validator anew each time it is made: a quarter of the cost of a short answer.
 */
function modelsOf({ name, baseUrl }: Config): (id: string) => Promise<LanguageModelV3> {
  const kept = new Map<string, LanguageModelV3>()
  let provider: Promise<(id: string) => LanguageModelV3> | undefined
  const load = async (): Promise<(id: string) => LanguageModelV3> => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    const made = createOpenAICompatible({ name, baseURL: baseUrl, includeUsage: true })
    return (id) => made.chatModel(id)
  }
  return async (id) => {
    provider ??= load()
    const model = kept.get(id) ?? (await provider)(id)
    if (kept.size >= mostKept) kept.clear()
    kept.set(id, model)
    return model
  }
}
