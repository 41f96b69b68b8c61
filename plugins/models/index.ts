/** The registry of models and the one way to ask them. */
import * as v from 'valibot'
import { definePlugin } from 'nexus-gateway/sdk'
import { models, modelsErrors, modelsListed, modelStream } from './contract.ts'
import type { ModelSpec } from './contract.ts'
import { createRegistry } from './registry.ts'
import { createStream } from './stream.ts'

export default definePlugin({
  ...models,
  errors: modelsErrors,
  config: v.strictObject({
    default: v.optional(v.pipe(v.string(), v.minLength(1), v.description('The model to use where none is named: provider/id or a bare id.'))),
  }),
  setup(ctx) {
    const registry = createRegistry(async () => ctx.invoke(modelsListed), ctx.config.default)
    const stream = createStream((request, emit) => ctx.invoke(modelStream, request, emit), ctx.clock)
    return {
      provides: { models: { ...registry, stream } },
      methods: { 'models.list': async () => ({ models: (await registry.list()).map(choiceOf) }) },
    }
  },
})

/** Only what the protocol's clients know. */
function choiceOf({ id, name, provider, contextWindow, reasoning }: ModelSpec) {
  return { id, name, provider, ...(contextWindow === undefined ? {} : { contextWindow }), ...(reasoning === undefined ? {} : { reasoning }) }
}
