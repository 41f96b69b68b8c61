/** Agents for whatever speaks OpenAI's API. */
import { definePlugin } from 'nexus-gateway/sdk'
import { Agent } from '../agent/contract.ts'
import { complete } from './completions.ts'
import { openai, openaiErrors } from './contract.ts'
import { errorResponse, failOpenai } from './errors.ts'
import { json } from './json.ts'
import { modelObjects } from './models.ts'

export default definePlugin({
  ...openai,
  errors: openaiErrors,
  requires: { agent: Agent },
  setup(ctx) {
    const { agent } = ctx.deps
    const models = modelObjects(agent.agents(), Math.floor(ctx.clock.now() / 1000))
    return {
      routes: {
        'GET /v1/models': () => json({ object: 'list', data: models }),
        'GET /v1/models/:id': (c) => {
          const found = models.find(({ id }) => id === c.req.param('id'))
          return found ? json(found) : errorResponse(failOpenai('NEXUS_OPENAI_MODEL', { param: 'model' }), false)
        },
        'POST /v1/chat/completions': (c, call) => complete({ agent, clock: ctx.clock, closing: ctx.scope.signal }, c, call),
      },
    }
  },
})
