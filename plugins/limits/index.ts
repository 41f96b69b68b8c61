import * as v from 'valibot'
import { callAfter, callBefore, definePlugin, pluginLoaded, pluginUnloaded } from 'nexus-gateway/sdk'
import { healthChecked } from '../health/contract.ts'
import { createAttempts, mostGlobal } from './attempts.ts'
import { createCalls } from './calls.ts'
import { limits } from './contract.ts'
import { limitsErrors } from './errors.ts'
import { boundsOf, statusOf } from './status.ts'
import { steady } from './steady.ts'

const upTo = (most: number, description: string, least = 1) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), v.description(description))
const day = 86_400_000
const many = 1_000_000_000
const sweepMs = 60_000

export default definePlugin({
  ...limits,
  config: v.strictObject({
    attempts: v.optional(v.strictObject({
      perSource: v.optional(upTo(1_000, 'Wrong tries at secrets that one source has within the window.'), 10),
      global: v.optional(upTo(mostGlobal, 'Wrong tries that all sources on the network have together.'), 1_000),
      windowMs: v.optional(upTo(day, 'The window, in milliseconds.', 1_000), 60_000),
    }), {}),
    callsPerMinute: v.optional(upTo(many, 'Calls of all methods that one caller may make within a minute. Without it there is no such bound.')),
    methods: v.optional(v.record(v.string(), v.strictObject({
      calls: v.optional(upTo(many, 'Calls of this method that one caller may make within the window.')),
      windowMs: v.optional(upTo(day, 'The window, in milliseconds; a minute unless the method says otherwise.', 1_000)),
      concurrent: v.optional(upTo(many, 'Calls of this method that one caller may have under way at once.')),
    })), {}),
  }),
  errors: limitsErrors,
  capabilities: ['tap:call.before', 'tap:call.after'],
  required: true,
  safe: true,
  setup(ctx) {
    const { attempts: bounds, callsPerMinute } = ctx.config
    const now = steady(() => ctx.clock.now())
    const attempts = createAttempts(bounds, now, (source, refused) => ctx.log.warn('tries at secrets are refused: too many were wrong', { source, refused }))
    const calls = createCalls(ctx.config, now)

    ctx.tap(callBefore, calls.before)
    ctx.tap(callAfter, calls.after)
    ctx.tap(pluginLoaded, ({ id }) => calls.replaced(id))
    ctx.tap(pluginUnloaded, ({ id }) => calls.replaced(id))
    ctx.tap(healthChecked, () => (attempts.everybody().retryAfterMs > 0 ? { degraded: [`${bounds.global} wrong tries at secrets within ${bounds.windowMs / 1000} s: nobody on the network may try one until they are over; see \`nexus limits\``] } : undefined))
    ctx.scope.interval(() => {
      attempts.sweep()
      calls.sweep()
    }, sweepMs)

    return {
      provides: { attempts: { take: attempts.take } },
      methods: {
        'limits.status': () => statusOf(attempts.report(), calls.report(), boundsOf(bounds, callsPerMinute)),
      },
    }
  },
})
