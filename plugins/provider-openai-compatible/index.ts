/** Models behind any server that speaks OpenAI's chat completions. */
import { definePlugin, optional } from 'nexus-gateway/sdk'
import { offerServer } from '../models/contract.ts'
import { Fetch } from '../outbound/contract.ts'
import { usageSources } from '../usage/contract.ts'
import { createClient } from './client.ts'
import { config, errors, placeOf } from './config.ts'
import { freeModels } from './free.ts'
import { openRouterSources } from './usage.ts'

export default definePlugin({
  id: 'provider-openai-compatible',
  config,
  errors,
  requires: { web: optional(Fetch) },
  setup(ctx) {
    const { baseUrl, name } = placeOf(ctx.config)
    const { preset, apiKey, accounts } = ctx.config
    const price = freeModels(preset, baseUrl)
    const keys = [...accounts, ...(apiKey ? [{ id: 'default', apiKey }] : [])]
    if (preset === 'openrouter') ctx.tap(usageSources, () => openRouterSources({ name, baseUrl, keys, web: ctx.deps.web, clock: ctx.clock }))
    const client = createClient(name, baseUrl, ctx.clock)
    ctx.scope.defer(client.close)
    offerServer(ctx, { id: name, settings: ctx.config, listUrl: baseUrl, ...(price && { price }), stream: client.stream, embed: client.embed })
  },
})
