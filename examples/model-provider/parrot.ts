import { definePlugin } from 'nexus-gateway/sdk'
import { offerModels, providerFailure, usageOf } from 'nexus-gateway/plugins/models'
import * as v from 'valibot'

export default definePlugin({
  id: 'parrot',
  // A provider is handed a function to emit parts through, token by token: that does not cross to another process.
  tier: 'trusted',
  config: v.strictObject({ loud: v.optional(v.boolean(), false) }),
  setup(ctx) {
    offerModels(ctx, {
      id: 'parrot',
      models: () => [{ provider: 'parrot', id: 'grey', name: 'Grey parrot', contextWindow: 1_000, price: { input: 0, output: 0 } }],
      async stream({ messages, provider, model, signal }, emit) {
        const last = messages.findLast(({ role }) => role === 'user')?.content ?? ''
        const said = typeof last === 'string' ? last : last.map((part) => (part.type === 'text' ? part.text : '')).join(' ')
        if (said === '') throw providerFailure(provider, 'format')
        const words = (ctx.config.loud ? said.toUpperCase() : said).split(' ')
        for (const [i, word] of words.entries()) {
          if (signal.aborted) return { stopReason: 'aborted', usage: usageOf({ input: words.length, output: i }), provider, model }
          emit({ type: 'text', delta: i === 0 ? word : ` ${word}` })
        }
        return { stopReason: 'stop', usage: usageOf({ input: words.length, output: words.length }), provider, model }
      },
    })
  },
})
