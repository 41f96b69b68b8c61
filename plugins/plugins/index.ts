import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigControl, definePlugin, KernelControl, kernelReady, NexusError, optional, pluginLoaded, pluginUnloaded } from 'nexus-gateway/sdk'
import type { Inspection } from 'nexus-gateway/sdk'
import { doctorChecks } from '../config/contract.ts'
import { authorErrors } from './author/errors.ts'
import { plugins, Scanner } from './contract.ts'
import { installChecks, installHandlers, installService } from './install/service.ts'
import { infoOf, rowOf, whyOf } from './inspect/describe.ts'
import { fail, pluginsErrors } from './errors.ts'
import { watchPlugins, type Target } from './watch.ts'

const checkFoldersMs = 2_000

export default definePlugin({
  ...plugins,
  requires: { kernel: KernelControl, control: optional(ConfigControl), scanner: optional(Scanner) },
  capabilities: ['kernel:control', 'kernel:config'],
  safe: true,
  errors: { ...pluginsErrors, ...authorErrors },
  setup(ctx) {
    const { kernel, control, scanner } = ctx.deps
    const installs = installService({
      kernel, control, scanner,
      state: ctx.paths.state, clock: ctx.clock, log: ctx.log,
      // npm and git are the user's own, with the user's settings.
      env: () => process.env,
      call: (of, name, params, options) => ctx.call(of as never, name as never, params, options),
      onOpen: (close) => ctx.scope.defer(close, 'installs'),
      emit: ({ ticket, phase, state }) => ctx.emit('plugins.progress', { ticket, phase, state }),
    })
    if (control) ctx.tap(doctorChecks, () => installChecks(installs))

    const watch = ctx.scope.use(watchPlugins({
      targets: () => kernel.list().filter(({ origin }) => origin === 'path').map(targetOf),
      onChange: reloadChanged,
      onTrouble: (dir, error) => ctx.log.warn('changes in this folder will not be noticed', { dir, error }),
      after: soon,
      now: () => ctx.clock.now(),
    }), 'watch of plugin folders')

    // Not awaited by the start or by a change, which have nothing to gain from it; once for all plugins that come together.
    let syncing = false
    function syncSoon(): void {
      if (syncing) return
      syncing = true
      soon(() => {
        syncing = false
        return watch.sync()
      }, 0)
    }
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

    /** One by one: a mistake in one plugin is no reason to keep another one old. Gives those that only had too little time. */
    async function reloadChanged(ids: readonly string[]): Promise<readonly string[]> {
      const again: string[] = []
      for (const id of ids) {
        try {
          const { scheduled, started } = await kernel.reload([id], ctx.cause)
          ctx.log.info(`a plugin has changed on disk and ${scheduled ? 'will be' : 'was'} reloaded`, { plugin: id, started })
        } catch (error) {
          ctx.log.error('a plugin has changed on disk and was not replaced', { plugin: id, error })
          if (isPassing(error)) again.push(id)
        }
      }
      return again
    }

    function known(id: string): Inspection {
      const plugin = kernel.inspect(id)
      if (!plugin) throw fail('NEXUS_PLUGINS_UNKNOWN')
      return plugin
    }

    const librariesOf = async (id: string) => (control ? (await installs()).libraries(id) : {})

    return {
      methods: {
        'plugins.list': () => ({ plugins: kernel.list().map(rowOf) }),
        'plugins.info': async ({ id }) => ({ ...infoOf(known(id), kernel.list()), ...await librariesOf(id) }),
        'plugins.why': async ({ id }) => ({ ...whyOf(known(id)), ...await librariesOf(id) }),
        'plugins.reload': async ({ id }, call) => {
          const { scheduled, started, stopped, blocked } = await kernel.reload([known(id).id], call)
          ctx.log.info(scheduled ? 'a reload was asked for' : 'a plugin was reloaded', { plugin: id, by: call.caller.id, started, stopped })
          return { ...(scheduled && { scheduled }), started: [...started], stopped: [...stopped], blocked: [...blocked] }
        },
        ...installHandlers(installs),
      },
    }
  },
})

/** The files it was made of, and where it is described; before they are known, its place. */
function targetOf(plugin: Inspection): Target {
  const { id, files, hash, place } = plugin
  return { id, paths: files.length > 0 ? [...files, join(place, 'package.json')] : [place], stale: async () => hash !== undefined && await hashOf(files) !== hash }
}

/** As the kernel tells it of what it has read; nothing where a file is gone. */
async function hashOf(files: readonly string[]): Promise<string | undefined> {
  const sha256 = (text: string, as: 'hex' | 'base64url' = 'base64url'): string => createHash('sha256').update(text).digest(as)
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8'))).catch(() => undefined)
  return texts && sha256(texts.map((text) => sha256(text)).sort().join('\n'), 'hex').slice(0, 12)
}

/** Of the machine's making, or of another plugin's, and not of what stands in the files. */
const isPassing = (error: unknown): boolean => error instanceof NexusError && (error.retryable === true || error.code.endsWith('_TIMEOUT'))
