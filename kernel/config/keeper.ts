/**
 * Keeps the settings: what runs, what the file says, and the one way from the second to the first.
 *
 * An edit is checked whole beside what runs, then applied, then looked at; only then is it kept. If any of it fails,
 * the gateway goes on as before and tells why. A start with a file that is not valid uses the last one that was.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Kernel, KernelOptions } from '../kernel.ts'
import type { Loader } from '../loader.ts'
import { fail, reasonOf, type NexusError } from '../errors.ts'
import { configVerify, secretsChanged, SecretStore, ConfigControl, type ConfigControlApi, type ConfigView, type ConfigWrite, type ConfigWritten, type SecretStoreApi } from '../points.ts'
import type { Cause } from '../provenance.ts'
import type { ChangeReport } from '../report.ts'
import { sameSource } from '../source.ts'
import { within } from '../within.ts'
import { realFs, replaceFile } from './atomic.ts'
import { wholeSchema } from './check.ts'
import { failConfig } from './errors.ts'
import { faultText } from './fault.ts'
import { gather, type Gathered, type Wish } from './gather.ts'
import { addBackup, listBackups, pruneBackups, readBackup } from './history.ts'
import { readLastGood, saveLastGood } from './last-good.ts'
import { explain } from './locate.ts'
import { createSecrets } from './secrets.ts'
import type { GatewayConfig } from './tree.ts'
import { watchFiles } from './watch.ts'
import { writeConfig } from './write.ts'

const verifyMs = 5_000
const keptBackups = 5

export interface KeeperOptions extends Omit<Wish, 'safe'> {
  /** Refuse to start with settings that are not valid, whatever there is to fall back on. */
  readonly strict?: boolean
  /** Start without any settings rather than not at all. */
  readonly tolerant?: boolean
  /** Why this has to be a safe start. */
  readonly unsafe?: string | undefined
}
/** Opens the doors anew where the settings move them; gives the way back. */
export type Rebind = (next: GatewayConfig) => Promise<{ keep(): Promise<void>; undo(): Promise<void> } | undefined>

export interface Keeper {
  readonly control: ConfigControlApi
  readonly gateway: GatewayConfig
  readonly first: Gathered
  /** What a kernel must be made with. */
  readonly options: Pick<KernelOptions, 'plugins' | 'read' | 'settings' | 'installed' | 'services' | 'checkSettings' | 'bindSecrets'>
  /** The kernel has started: from now on edits are applied to it; with `watch` also those made by hand. */
  serve(kernel: Kernel, how: { readonly rebind?: Rebind; readonly watch: boolean }): Promise<void>
  /** Looks at the files now, as the watch does when one of them changes. */
  look(): Promise<void>
  close(): Promise<void>
}

/** Throws NEXUS_CONFIG_INVALID with every fault if there are no settings to start with. */
export async function createKeeper(loader: Loader, { strict, tolerant, unsafe, ...wish }: KeeperOptions): Promise<Keeper> {
  const options: Wish = { ...wish, safe: unsafe !== undefined }
  const dir = join(wish.paths.state, 'config')
  const history = join(dir, 'history')
  const { config: file } = options.paths
  let disk = await gather(loader, options)
  let { live, reasons } = await startFrom(disk)
  let applied = live
  let kernel: Kernel | undefined
  let rebind: Rebind | undefined
  let watching: Disposable | undefined
  let unsubscribe = (): void => {}
  let queue: Promise<unknown> = Promise.resolve()

  const control: ConfigControlApi = {
    current: () => viewOf(live, disk),
    mode: () => ({ mode: options.safe ? 'safe' : reasons.length > 0 ? 'degraded' : 'normal', reasons: [...unsafe === undefined ? [] : [unsafe], ...reasons] }),
    check: async (text) => (await gather(loader, options, text === undefined ? {} : { text })).view,
    write: (text, how, cause) => enqueue(() => write(text, how, cause)),
    history: () => listBackups(history),
    backup: (id) => readBackup(history, id),
    explain: (path) => explain(live.tree, path, live.view.resolved),
    schema: () => wholeSchema(live.manifests),
    describe: async (place) => loader.describe(place, live.tree.policy),
  }
  const secrets = createSecrets({ env: () => live.tree.env, dir: join(file, '..'), onNote: (note) => kernel?.log.warn(note) })

  /** One change of the settings after the other, whatever becomes of the one before. */
  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work)
    queue = done.catch(() => {})
    return done
  }

  async function startFrom(found: Gathered): Promise<{ live: Gathered; reasons: readonly string[] }> {
    const { faults } = found.view
    // Whoever names a file means that one, not what another one said.
    if (options.mustExist && !found.view.exists) throw fail('NEXUS_CONFIG_UNREADABLE', { file, reason: 'there is no such file' })
    const empty = isEmpty(found)
    if (faults.length === 0 && (!empty || strict)) return { live: found, reasons: [] }
    const lines = faults.map(faultText)
    if (strict) throw invalid(file, found)
    const good = await readLastGood(dir)
    if (faults.length === 0 && Object.keys(good?.merged ?? {}).length === 0) return { live: found, reasons: [] }
    const state = empty ? lostText(found) : `${file} is not valid`
    if (good) return { live: await gather(loader, options, { tree: good }), reasons: [`${state}, so the last settings that were valid are in use`, ...lines] }
    // A fault in the block of a plugin is that plugin's alone: it does not run, the rest does.
    const whole = faults.some(({ path }) => typeof path[0] !== 'string' || !found.manifests[path[0]])
    if (whole && !tolerant) throw invalid(file, found)
    return { live: whole ? await gather(loader, options, { tree: { merged: {} } }) : found, reasons: lines }
  }

  /** Makes `next` what runs, or throws and leaves everything as it was. */
  async function adopt(next: Gathered, settled?: (error?: unknown) => void, cause?: Cause): Promise<ChangeReport> {
    if (next.view.faults.length > 0) throw invalid(file, next)
    const stranger = next.missing.find(({ message }) => !live.missing.some((known) => known.message === message))
    if (stranger) throw stranger
    const before = live
    applied = next
    const moved = rebind && !isDeepStrictEqual(next.tree.gateway, before.tree.gateway) ? await rebind(next.tree.gateway) : undefined
    const report: ChangeReport = isSame(next, before) || !kernel ? { started: [], stopped: [], blocked: [] } : await kernel.apply({
      whole: { plugins: next.plugins, settings: next.settings },
      verify,
      settled: (error) => {
        if (error !== undefined) live = before
        else void enqueue(() => commit(next))
        settled?.(error)
      },
    }, cause).catch(async (error: unknown) => {
      await moved?.undo()
      throw error
    })
    live = next
    reasons = []
    tellEnabled(next, before)
    await moved?.keep()
    return report
  }

  /** Turned on by nothing but its settings: that may come as a surprise. */
  function tellEnabled({ plugins }: Gathered, before?: Gathered): void {
    for (const { source, why } of plugins) if (why === 'settings' && !before?.plugins.some((one) => one.source === source)) kernel?.log.info(`plugin "${source.id}" has settings and is turned on`)
  }

  /** Kept to fall back on: as data, and as it was written; and what was learnt of plugins. That it cannot be kept takes nothing back. */
  async function commit({ tree, view }: Gathered): Promise<void> {
    try {
      await saveLastGood(dir, tree.included, view.hash)
      await addBackup(history, Buffer.from(view.text))
      await pruneBackups(history, keptBackups, realFs)
      await loader.save()
    } catch (error) {
      kernel?.log.warn('the settings in use could not be kept to fall back on', { reason: reasonOf(error) })
    }
  }

  async function verify(started: readonly string[]): Promise<void> {
    if (!kernel) return
    const answers = await within(Promise.resolve(kernel.invoke(configVerify, started)), verifyMs, () => [`no verdict within ${verifyMs / 1_000} s`])
    const faulty = started.flatMap((id) => ((kernel?.inspect(id)?.faults ?? 0) > 0 ? [`plugin "${id}" failed as soon as it ran`] : []))
    const all = [...answers, ...faulty]
    if (all.length > 0) throw failConfig('NEXUS_CONFIG_UNHEALTHY', { reasons: all.join('; ') })
  }

  async function write(text: string, how: ConfigWrite, cause: Cause): Promise<ConfigWritten> {
    const next = await gather(loader, options, { text })
    if (next.view.faults.length > 0) throw invalid(file, next)
    const before = disk
    const { hash } = await writeConfig(file, text, { ...how, history })
    const undo = async (error: unknown): Promise<void> => {
      kernel?.log.warn('an edit of the settings was taken back', { file, reason: reasonOf(error) })
      disk = before
      if (before.view.exists) await writeConfig(file, before.view.text, { baseHash: hash, force: true, history })
      else await rm(file, { force: true })
    }
    disk = await gather(loader, options)
    try {
      const report = await adopt(disk, (error) => { if (error !== undefined) void enqueue(() => undo(error)) }, cause)
      return { hash, report, restart: restartKeys(before, disk) }
    } catch (error) {
      await undo(error)
      throw error
    }
  }

  /** An edit by hand. What cannot be used is kept aside, and said until the file is mended. */
  async function look(): Promise<void> {
    const began = performance.now()
    const next = await gather(loader, options)
    const edited = next.view.hash !== disk.view.hash || !isSame(next, disk)
    disk = next
    if (!edited) return
    try {
      if (isEmpty(next) && Object.keys(live.tree.included).length > 0) throw failConfig('NEXUS_CONFIG_LOST', { state: lostText(next) })
      const { started, stopped } = await adopt(next)
      kernel?.log.info('the settings were edited and are in use', { file, started, stopped, ms: Math.round((performance.now() - began) * 10) / 10 })
    } catch (error) {
      const lines = next.view.faults.length > 0 ? next.view.faults.map(faultText) : [reasonOf(error)]
      reasons = [`${file} was edited and is not in use: the settings from before are`, ...lines]
      for (const line of lines) kernel?.log.warn(line)
      if (next.view.exists) await replaceFile(`${file}.rejected`, Buffer.from(next.view.text), { fs: realFs })
    }
  }

  function restartKeys(before: Gathered, after: Gathered): string[] {
    return rebind ? [] : (['port', 'bind'] as const).flatMap((key) => (before.tree.gateway[key] === after.tree.gateway[key] ? [] : `gateway.${key}`))
  }

  return {
    control, first: live, gateway: live.tree.gateway,
    options: {
      plugins: live.plugins,
      read: live.read,
      settings: live.settings,
      installed: Object.values(loader.manifests),
      services: new Map([[ConfigControl.id, control]]),
      checkSettings: ({ id }) => applied.view.faults.filter(({ path }) => path[0] === id).map(faultText),
      bindSecrets: (block, services) => secrets.bind(block, services.get(SecretStore.id) as SecretStoreApi | undefined),
    },
    async serve(running, { rebind: doors, watch }) {
      kernel = running
      rebind = doors
      unsubscribe = running.subscribe(({ name, payload }) => { if (name === secretsChanged) secrets.forget((payload as { names: readonly string[] }).names) })
      for (const note of live.view.notes) running.log.info(note)
      tellEnabled(live)
      for (const reason of reasons) running.log.warn(reason)
      if (disk === live && live.view.faults.length === 0) await commit(live)
      if (watch) watching = watchFiles(() => [...new Set([...disk.view.files, ...live.view.files])], () => void enqueue(look).catch((error: unknown) => running.log.error('the settings could not be looked at', { error })), { log: running.log })
    },
    look: () => enqueue(look),
    async close() {
      watching?.[Symbol.dispose]()
      unsubscribe()
      await queue
      await loader.save()
      secrets.close()
    },
  }
}

/** No file, or none to speak of: what an accident leaves behind, and nobody's wish. */
const isEmpty = ({ view }: Gathered): boolean => view.text.trim() === ''
const lostText = ({ view }: Gathered): string => (view.exists ? `${view.file} is empty` : `${view.file} is gone`)

/** One fault stands behind the file's name, several below it. */
function invalid(file: string, { view }: Gathered): NexusError {
  const lines = view.faults.map(faultText)
  return fail('NEXUS_CONFIG_INVALID', { file, faults: lines.length === 1 ? lines[0] : ['', ...lines].join('\n  ') })
}

const isSame = (a: Gathered, b: Gathered): boolean =>
  isDeepStrictEqual(a.settings, b.settings) && a.plugins.length === b.plugins.length && a.plugins.every(({ source }, i) => sameSource(source, b.plugins[i]!.source)) && isDeepStrictEqual(a.tree.gateway, b.tree.gateway) && isDeepStrictEqual(a.tree.env, b.tree.env)

/** What runs, and of the file what a writer has to know. */
function viewOf({ view: live }: Gathered, { view: disk }: Gathered): ConfigView {
  const { hash, text, exists, raw, faults, files } = disk
  return { ...live, hash, text, exists, raw, faults, files }
}
