import { join } from 'node:path'
import { definePlugin, KernelControl, kernelReady, NexusError, pluginLoaded, pluginUnloaded } from 'nexus-gateway/sdk'
import type { Inspection } from 'nexus-gateway/sdk'
import { plugins } from './contract.ts'
import { infoOf, rowOf, whyOf } from './inspect/describe.ts'
import { fail } from './errors.ts'
import { watchPlugins, type Target } from './watch.ts'

const checkFoldersMs = 2_000

export default definePlugin({
  ...plugins,
  requires: { kernel: KernelControl },
  capabilities: ['kernel:control'],
  safe: true,
  setup(ctx) {
    const { kernel } = ctx.deps
    const watch = ctx.scope.use(watchPlugins({
      targets: () => kernel.list().filter(({ origin }) => origin === 'path').map(targetOf),
      onChange: reloadChanged,
      onTrouble: (dir, error) => ctx.log.warn('changes in this folder will not be noticed', { dir, error }),
      after: soon,
      now: () => ctx.clock.now(),
    }), 'watch of plugin folders')

    // Not awaited by the start or by a change, which have nothing to gain from it.
    const syncSoon = (): void => soon(watch.sync, 0)
    for (const point of [pluginLoaded, pluginUnloaded] as const) ctx.tap(point, syncSoon)
    ctx.tap(kernelReady, syncSoon)
    if (kernel.phase() === 'ready') syncSoon()
    ctx.scope.interval(watch.check, checkFoldersMs)

    function soon(run: () => Promise<void>, ms: number): void {
      try {
        ctx.scope.timeout(run, ms)
      } catch (error) {
        // The file system may report a change while this plugin closes; then it is the next generation's to see.
        if (!(error instanceof NexusError && error.code === 'NEXUS_SCOPE_CLOSED')) throw error
      }
    }

    /** One by one: a mistake in one plugin is no reason to keep another one old. */
    async function reloadChanged(ids: readonly string[]): Promise<void> {
      for (const id of ids) {
        try {
          const { scheduled, started } = await kernel.reload([id], ctx.cause)
          ctx.log.info(`a plugin has changed on disk and ${scheduled ? 'will be' : 'was'} reloaded`, { plugin: id, started })
        } catch (error) {
          ctx.log.error('a plugin has changed on disk and was not replaced', { plugin: id, error })
        }
      }
    }

    function known(id: string): Inspection {
      const plugin = kernel.inspect(id)
      if (!plugin) throw fail('NEXUS_PLUGINS_UNKNOWN')
      return plugin
    }

    return {
      methods: {
        'plugins.list': () => ({ plugins: kernel.list().map(rowOf) }),
        'plugins.info': ({ id }) => infoOf(known(id), kernel.list()),
        'plugins.why': ({ id }) => whyOf(known(id)),
        'plugins.reload': async ({ id }, call) => {
          const { scheduled, started, stopped, blocked } = await kernel.reload([known(id).id], call)
          ctx.log.info(scheduled ? 'a reload was asked for' : 'a plugin was reloaded', { plugin: id, by: call.caller.id, started, stopped })
          return { ...(scheduled && { scheduled }), started: [...started], stopped: [...stopped], blocked: [...blocked] }
        },
      },
    }
  },
})

/** The files it was made of, and where it is described; before they are known, its place. */
function targetOf(plugin: Inspection): Target {
  const { files } = plugin
  return { id: plugin.id, paths: files.length > 0 ? [...files, join(plugin.place, 'package.json')] : [plugin.place] }
}
