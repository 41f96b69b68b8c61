/** A model that needs no key and thinks nothing: it shows that everything around a model works. */
import * as v from 'valibot'
import { definePlugin } from 'nexus-gateway/sdk'
import { offerModels } from '../models/contract.ts'
import type { ModelSpec } from '../models/contract.ts'
import { createDemo } from './demo.ts'

const demoModel: ModelSpec = {
  provider: 'demo', id: 'demo', name: 'Demonstration (no real model)', demo: true,
  contextWindow: 32_000, maxOutput: 8_000, tools: true, price: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
}

export default definePlugin({
  id: 'provider-demo',
  config: v.strictObject({
    delayMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000), v.description('Milliseconds between two words.')), 15),
    verbatim: v.optional(v.pipe(v.boolean(), v.description('Repeats what tools say as a model is given it, with the marks around what comes from outside.')), false),
  }),
  setup(ctx) {
    offerModels(ctx, { id: demoModel.provider, models: () => [demoModel], stream: createDemo(ctx.clock, ctx.config) })
  },
})
