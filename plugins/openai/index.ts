/** Agents for whatever speaks OpenAI's API. */
import { definePlugin, NexusError, optional } from 'nexus-gateway/sdk'
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import { Agent } from '../agent/contract.ts'
import { Models } from '../models/contract.ts'
import { Fetch } from '../outbound/contract.ts'
import { Store } from '../store/contract.ts'
import { openai, openaiErrors } from './contract.ts'
import { errorResponse, failOpenai } from './errors.ts'
import { json } from './json.ts'
import { modelObjects } from './models.ts'
import type { ModelObject } from './models.ts'
import type { Parts } from './parts.ts'
import { createKept } from './responses/kept.ts'

export default definePlugin({
  ...openai,
  errors: openaiErrors,
  requires: { agent: Agent, models: Models, store: optional(Store), fetch: optional(Fetch) },
  setup(ctx) {
    const { clock, log, deps: { agent, models, store, fetch }, scope: { signal: closing } } = ctx
    const created = Math.floor(clock.now() / 1000)
    const parts: Parts = { agent, models, fetch, kept: createKept(store), clock, log, closing }
    const listed = async ({ caller }: Call): Promise<ModelObject[]> => modelObjects(agent.agents(), await models.list('embedding'), caller, created)
    return {
      routes: {
        'GET /v1/models': told(async (_, call) => json({ object: 'list', data: await listed(call) })),
        'GET /v1/models/:id': told(async (c, call) => {
          const found = (await listed(call)).find(({ id }) => id === c.req.param('id'))
          if (!found) throw failOpenai('NEXUS_OPENAI_MODEL', { param: 'model' })
          return json(found)
        }),
        // Loaded by the first request that is for them: a start has no use for them.
        'POST /v1/chat/completions': async (c, call) => (await import('./chat/completions.ts')).complete(parts, c, call),
        'POST /v1/responses': async (c, call) => (await import('./responses/create.ts')).create(parts, c, call),
        'GET /v1/responses/:id': told(async (c, call) => (await import('./responses/kept-routes.ts')).read(parts, c, call)),
        'GET /v1/responses/:id/input_items': told(async (c, call) => (await import('./responses/kept-routes.ts')).readInput(parts, c, call)),
        'DELETE /v1/responses/:id': told(async (c, call) => (await import('./responses/kept-routes.ts')).remove(parts, c, call)),
        'POST /v1/embeddings': told(async (c, call) => (await import('./embeddings.ts')).embed(parts, c, call)),
      },
    }
  },
})

/** Of what begins no run, so that it may be sent again. */
const told = (answer: (c: RouteContext, call: Call) => Promise<Response>) => (c: RouteContext, call: Call): Promise<Response> =>
  answer(c, call).catch((error: unknown) => {
    if (!(error instanceof NexusError)) throw error
    return errorResponse(error, false)
  })
