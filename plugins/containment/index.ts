import * as v from 'valibot'
import { definePlugin, KernelControl, kernelReady, NexusError, pluginFaulted, pluginLoaded, pluginUnloaded } from 'nexus-gateway/sdk'
import type { Inspection } from 'nexus-gateway/sdk'
import { healthChecked } from '../health/contract.ts'
import { createBreaker } from './breaker.ts'
import { containment } from './contract.ts'
import { containmentErrors, fail } from './errors.ts'
import type { Blocked, WatchedPlugin } from './thread.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

const upTo = (most: number, description: string, least = 1) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), v.description(description))
const day = 86_400_000
const faults = upTo(1_000, 'Faults within the window after which a plugin from outside is unloaded.')
const windowMs = upTo(day, 'The window, in milliseconds.', 1_000)

export default definePlugin({
  ...containment,
  requires: { kernel: KernelControl },
  config: v.strictObject({
    faults: v.optional(faults, 20),
    windowMs: v.optional(windowMs, 60_000),
    plugins: v.optional(v.pipe(v.record(v.string(), v.strictObject({ faults: v.optional(faults), windowMs: v.optional(windowMs) })), v.description('Other bounds for single plugins, by id.')), {}),
    watchdog: v.optional(v.pipe(v.picklist(['outside', 'always', 'never']), v.description('When a thread looks out for a blocked event loop: while a plugin from outside runs inside the gateway\'s process, always, or never. It takes about 9 MB.')), 'outside'),
    warnMs: v.optional(upTo(day, 'Milliseconds the event loop is blocked until that is reported, with the plugin and its stack.', 50), 1_000),
    killMs: v.optional(upTo(day, 'Milliseconds the event loop is blocked until the gateway ends, to be started again without the plugin. 0: never.', 0), 10_000),
  }),
  errors: containmentErrors,
  capabilities: ['kernel:control', 'worker'],
  safe: true,
  setup(ctx) {
    const { config, deps: { kernel }, log } = ctx
    const breaker = createBreaker((id) => ({ faults: config.plugins[id]?.faults ?? config.faults, windowMs: config.plugins[id]?.windowMs ?? config.windowMs }), () => ctx.clock.now())
    const leaving = new Set<string>()
    let dog: Watchdog | undefined
    let looking = false

    ctx.tap(pluginFaulted, ({ id, where }) => count(id, where))
    ctx.tap(pluginLoaded, ({ id }) => changed(id))
    ctx.tap(pluginUnloaded, ({ id }) => changed(id))
    ctx.tap(kernelReady, lookSoon)
    ctx.tap(healthChecked, () => ({ degraded: held().map(({ id, reason }) => `plugin "${id}" is in quarantine: ${reason}; see \`nexus containment list\``) }))
    ctx.scope.defer(stopWatching, 'watchdog')
    if (kernel.phase() === 'ready') lookSoon()

    function changed(id: string): void {
      breaker.forget(id)
      lookSoon()
    }

    function count(id: string, where: string): void {
      const plugin = kernel.inspect(id)
      if (plugin?.state !== 'active' || id === ctx.id || leaving.has(id) || !breaker.count(id, where)) return
      const { faults: most, windowMs: window } = breaker.report().find((row) => row.id === id) ?? config
      const reason = `it failed ${most} times within ${window / 1_000} s, the last time in ${where}`
      breaker.forget(id)
      if (plugin.origin === 'builtin' || plugin.required) log.error(`plugin "${id}" fails again and again and is not unloaded, since ${plugin.required ? 'the gateway cannot do without it' : 'it ships with the gateway'}`, { plugin: id, reason })
      else unload(id, reason)
    }

    /** Not awaited by the fault: what is under way in the plugin has to end first, and that may be the very call that failed. */
    function unload(id: string, reason: string): void {
      leaving.add(id)
      ifOpen(() => ctx.scope.spawn(`quarantine of ${id}`, async () => {
        try {
          log.error(`plugin "${id}" goes into quarantine: ${reason}`, { plugin: id, fix: `Correct or update it, then: nexus containment release ${id}` })
          await kernel.hold(id, reason, ctx.cause)
          ctx.emit('plugin.quarantined', { id, reason, at: kernel.held()[id]?.at ?? ctx.clock.now() })
        } finally {
          leaving.delete(id)
        }
      }))
    }

    /** Soon, since plugins come and go in crowds, and each look asks about all of them. */
    function lookSoon(): void {
      if (looking || config.watchdog === 'never') return
      looking = true
      ifOpen(() => ctx.scope.timeout(look, 0))
    }

    async function look(): Promise<void> {
      looking = false
      const plugins = kernel.list().filter(({ state }) => state === 'active')
      const wanted = config.watchdog === 'always' || plugins.some(isForeign)
      if (!wanted) return stopWatching()
      dog ??= startWatchdog({ ...config, marker: kernel.marker.shared, file: kernel.marker.file, onBlocked: blocked, onTrouble: (error) => log.error('the watch over the event loop has ended', { error }) })
      dog?.tell(plugins.map(watched))
    }

    async function stopWatching(): Promise<void> {
      const old = dog
      dog = undefined
      await old?.[Symbol.asyncDispose]()
    }

    function blocked({ ms, id, stack }: Blocked): void {
      log.error(`the event loop was blocked for ${ms} ms${id === undefined ? '' : ` by plugin "${id}"`}`, { ms, ...(id !== undefined && { plugin: id }), ...(stack !== undefined && { stack }) })
      if (id !== undefined) count(id, 'a blocked event loop')
    }

    const held = () => Object.entries(kernel.held()).map(([id, { reason, at }]) => ({ id, reason, at }))

    return {
      methods: {
        'containment.list': () => ({ quarantined: held(), faults: breaker.report(), watching: dog !== undefined }),
        'containment.release': async ({ id }, call) => {
          if (!kernel.held()[id]) throw fail('NEXUS_CONTAINMENT_NOT_HELD')
          const { scheduled, started } = await kernel.reload([id], call)
          log.info('a plugin was let out of quarantine', { plugin: id, by: call.caller.id, started })
          return { ...(scheduled && { scheduled }), started: [...started] }
        },
      },
    }
  },
})

const isForeign = ({ origin, tier }: Inspection): boolean => (origin === 'path' || origin === 'package') && tier === 'trusted'

function watched(plugin: Inspection): WatchedPlugin {
  const { id, generation, place, files, origin, tier } = plugin
  const foreign = origin !== 'builtin' && tier === 'trusted'
  return { id, place, foreign, number: foreign ? -generation : generation, files: [place, ...files].filter((path) => path.startsWith('/')) }
}

/** A fault, or a plugin that goes, may come while this one closes: then there is nothing left to do about it. */
function ifOpen(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof NexusError && error.code === 'NEXUS_SCOPE_CLOSED')) throw error
  }
}
