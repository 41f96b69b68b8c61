/** What has been used and what it cost. Nothing is read or loaded until somebody asks, or a run has ended. */
import { definePlugin, optional } from 'nexus-gateway/sdk'
import { runEnded } from '../agent/contract.ts'
import { Models } from '../models/contract.ts'
import { Sessions } from '../sessions/contract.ts'
import { Store } from '../store/contract.ts'
import { UsageConfig } from './config.ts'
import { usage, usageErrors, type UsageApi } from './contract.ts'
import type { Engine } from './engine.ts'
import { usageSources } from './windows/contract.ts'
import { createUsageStatus } from './windows/status.ts'

/** Runs that end together are counted together. */
const afterRunMs = 2_000
const flushMs = 15_000

export default definePlugin({
  ...usage,
  errors: usageErrors,
  config: UsageConfig,
  exclusive: true,
  requires: { store: Store, sessions: Sessions, models: optional(Models) },
  setup(ctx) {
    const { scope, clock, log } = ctx
    let loaded: Promise<Engine> | undefined
    let due = false
    let flushing = false
    const engine = (): Promise<Engine> => (loaded ??= import('./engine.ts').then(({ createEngine }) => {
      const { store, sessions, models } = ctx.deps
      const made = createEngine({ store, sessions, models, clock, log, timeZone: ctx.config.timeZone, signal: scope.signal })
      scope.defer(() => made.close(), 'the index')
      return made
    }))
    const failed = (error: unknown): void => log.warn('the index of what was used lags behind', { reason: String(error) })

    /** The index can be made again, so it is written in its own time. */
    function flushLater(): void {
      if (flushing || scope.signal.aborted) return
      flushing = true
      scope.timeout(async () => {
        flushing = false
        await (await loaded)?.flush().catch(failed)
      }, flushMs)
    }
    async function count(): Promise<void> {
      due = false
      await (await engine()).sync().catch(failed)
      flushLater()
    }
    ctx.tap(runEnded, () => {
      if (due || scope.signal.aborted) return
      due = true
      scope.timeout(count, afterRunMs)
    })

    const asked = <K extends keyof UsageApi>(name: K) => async (params: Parameters<UsageApi[K]>[0]): Promise<Awaited<ReturnType<UsageApi[K]>>> => {
      const ask = (await engine())[name] as (params: unknown) => Promise<Awaited<ReturnType<UsageApi[K]>>>
      const answer = await ask(params)
      flushLater()
      return answer
    }
    const limits = createUsageStatus({ sources: async () => ctx.invoke(usageSources), clock, log, signal: scope.signal })
    const api: UsageApi = { cost: asked('cost'), sessions: asked('sessions'), timeseries: asked('timeseries'), logs: asked('logs'), index: asked('index') }
    return {
      provides: { usage: api },
      methods: {
        'usage.status': (_, call) => limits(call),
        'usage.cost': (params) => api.cost(params), 'sessions.usage': (params) => api.sessions(params), 'sessions.usage.timeseries': (params) => api.timeseries(params),
        'sessions.usage.logs': (params) => api.logs(params), 'usage.index': (params) => api.index(params),
      },
    }
  },
})
