/** Models behind any server that speaks OpenAI's chat completions. */
import { definePlugin } from 'nexus-gateway/sdk'
import { offerServer } from '../models/contract.ts'
import { createClient } from './client.ts'
import { config, errors, placeOf } from './config.ts'

export default definePlugin({
  id: 'provider-openai-compatible',
  config,
  errors,
  setup(ctx) {
    const { baseUrl, name } = placeOf(ctx.config)
    const client = createClient(name, baseUrl, ctx.clock)
    ctx.scope.defer(client.close)
    offerServer(ctx, { id: name, settings: ctx.config, listUrl: baseUrl, stream: client.stream, embed: client.embed })
  },
})
