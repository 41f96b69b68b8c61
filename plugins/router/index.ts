/** Sends simple turns to quicker models and offers them fewer tools. */
import { definePlugin } from 'nexus-gateway/sdk'
import { modelRoute, Models } from '../models/contract.ts'
import { config } from './config.ts'
import { router } from './contract.ts'
import { createDecide } from './decide.ts'
import { failRouter, routerErrors } from './errors.ts'
import { createSticky } from './sticky.ts'

export default definePlugin({
  ...router,
  errors: routerErrors,
  config,
  requires: { models: Models },
  setup(ctx) {
    const { thresholds, sticky } = ctx.config
    if (thresholds.balanced > thresholds.capable) throw failRouter('NEXUS_ROUTER_THRESHOLDS')
    ctx.tap(modelRoute, createDecide({ config: ctx.config, models: ctx.deps.models, sticky: createSticky(sticky, thresholds), clock: ctx.clock }))
  },
})
