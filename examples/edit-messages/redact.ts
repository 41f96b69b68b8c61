import { runPrompt } from 'nexus-gateway/plugins/agent'
import { definePlugin } from 'nexus-gateway/sdk'
import * as v from 'valibot'

export default definePlugin({
  id: 'redact',
  config: v.strictObject({ mark: v.optional(v.pipe(v.string(), v.description('What stands for a number.')), '[card]') }),
  capabilities: ['tap:agent.runPrompt'],
  setup(ctx) {
    const card = /\b\d(?:[ -]?\d){12,18}\b/g
    const clean = <T extends { readonly type: string }>(part: T): T => ('text' in part && typeof part.text === 'string' ? { ...part, text: part.text.replace(card, ctx.config.mark) } : part)

    // A waterfall: what is returned is what the next tap, and in the end the model, is given.
    ctx.tap(runPrompt, (prompt) => ({
      ...prompt,
      messages: prompt.messages.map((message) => {
        if (message.role !== 'user') return message
        return { ...message, content: typeof message.content === 'string' ? message.content.replace(card, ctx.config.mark) : message.content.map(clean) }
      }),
    }))
  },
})
