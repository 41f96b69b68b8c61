/** `nexus start`: from a command line to a gateway that serves, and down again without losing what was acknowledged. */
import { once } from 'node:events'
import module from 'node:module'
import { join, resolve } from 'node:path'
import type { CommandIo } from '../command.ts'
import { clearBoots, noteBoot } from '../config/boots.ts'
import type { Gathered } from '../config/gather.ts'
import { createKeeper, type Keeper } from '../config/keeper.ts'
import { catchFaults } from './crash.ts'
import { fail, NexusError } from '../errors.ts'
import { createGateway, type Gateway } from '../gateway/gateway.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import { createLoader } from '../loader.ts'
import { acquireLock, type Lock } from './lock.ts'
import { createLogger, type Logger } from '../log.ts'
import { Marker } from '../marker.ts'
import { privateDir, statePaths, type Paths } from '../paths.ts'
import { createQuarantine } from '../quarantine.ts'
import { banner, readyLine, type Ready } from './banner.ts'
import { packageJson } from './catalog.ts'
import { createDoors, type Where } from './doors.ts'
import { misused } from './errors.ts'
import { levelOf, textSink } from './log-text.ts'
import { styleOf } from './terminal.ts'
import { guardOf, type Wary } from './wary.ts'

/** From the signal to the end 10 s at most: calls in flight have the first part of it, connections the rest. */
const DRAIN_MS = 7_500
const FAREWELL_MS = 2_000
/** A second signal means "at once"; a Ctrl-C that npm passes on as well is still the first. */
const SAME_SIGNAL_MS = 300
/** What log sinks get after a fault that ends the process. */
const FLUSH_MS = 200
const FAILED = 70
/** Starts within a minute that did not end as they should, until one is a safe one. */
const CRASHES = 3

/** Resolves to the exit status once the gateway has ended. Throws NEXUS_START_*, NEXUS_CONFIG_*, and what a required plugin failed with. */
export async function start(io: CommandIo): Promise<number> {
  const flags = flagsOf(io)
  const paths = { ...statePaths(io.env), ...(flags.config !== undefined && { config: resolve(flags.config) }) }
  await prepare(paths)
  const stopped = stopSignal()
  const lock = await acquireLock(paths)
  process.once('exit', lock.release)
  const { boots, wary } = await afterwards(paths)
  try {
    const status = await serve(io, { flags, paths, lock, stopped, unsafe: boots.unsafe, wary })
    await boots.clear()
    return status
  } catch (error) {
    // A start that said what is wrong with its surroundings did not crash.
    if (error instanceof NexusError && /^NEXUS_(START|CONFIG)_/.test(error.code)) await boots.clear()
    throw error
  }
}

interface Place { readonly flags: Flags; readonly paths: Paths; readonly lock: Lock; readonly stopped: Promise<void>; readonly unsafe: string | undefined; readonly wary: Wary }

async function serve(io: CommandIo, { flags, paths, lock, stopped, unsafe, wary }: Place): Promise<number> {
  const { version } = packageJson()
  const log = createLogger()
  const show = showing(io, log)
  const mustExist = flags.config !== undefined || Boolean(io.env['NEXUS_CONFIG'])
  const keeper = await createKeeper(await createLoader({ cacheDir: paths.cache, guard: guardOf(wary) }), { paths, version, env: io.env, mustExist, ...flags, unsafe })
  const doors = createDoors(flags, paths, log)
  const where = await doors.where(keeper.gateway)
  await tryPort(where)

  const kernel = createKernel({ ...keeper.options, ...wary, paths, version, log })
  watchFaults(kernel, keeper.first, log, wary)
  if (wary.marker.last.reason) log.error('the process before did not end as it should', { reason: wary.marker.last.reason, plugin: wary.marker.last.id })
  try {
    const { active, failed } = await kernel.start()
    wary.marker.started()
    const gateway = createGateway(kernel)
    const listening = await gateway.listen(where)
    lock.publish({ host: where.host, port: listening.port ?? 0 })
    await keeper.serve(kernel, { watch: true, rebind: doors.follow(gateway, lock, keeper.gateway, where) })
    show.ready(readyOf(kernel, keeper, { active, failed, url: listening.url ?? '', pin: where.tls?.pin, open: !isLoopback(where.host) }))
    await stopped
    doors.close()
    await keeper.close()
    return await shutDown(kernel, gateway, log)
  } catch (error) {
    show.lines()
    doors.close()
    await keeper.close()
    await kernel.close()
    throw error
  }
}

/** What the process before has left: how often it crashed, and the plugin from outside whose code ran then. */
async function afterwards({ state }: Paths): Promise<{ readonly boots: Boots; readonly wary: Wary }> {
  const fileOf = (name: string): string => join(state, 'config', name)
  const { crashes } = await noteBoot(fileOf('boots.json'), Date.now())
  const unsafe = crashes < CRASHES ? undefined : `${crashes} starts within a minute ended in a crash, so only what is needed to look into it runs`
  const quarantine = createQuarantine(fileOf('quarantine.json'))
  const marker = new Marker({ file: fileOf('running') })
  const { id, place = '', reason = 'the gateway ended without warning while its code ran' } = marker.last
  if (id !== undefined) quarantine.hold(id, { place, reason, at: Date.now() })
  const clear = (): Promise<void> => {
    marker.close()
    return clearBoots(fileOf('boots.json'))
  }
  return { boots: { unsafe, clear }, wary: { marker, quarantine, safe: unsafe !== undefined } }
}

/** `unsafe`: it has ended three times within a minute without being asked, and starts with as little as possible. */
interface Boots { readonly unsafe: string | undefined; clear(): Promise<void> }

async function shutDown(kernel: Kernel, gateway: Gateway, log: Logger): Promise<number> {
  gateway.drain()
  const { drained, errors } = await kernel.close({ deadlineMs: DRAIN_MS })
  if (!drained) log.warn('some calls were still running and were cut off')
  for (const error of errors) log.error(error.message, { code: error.code, fix: error.fix })
  await gateway.close({ deadlineMs: FAREWELL_MS })
  return drained && errors.length === 0 ? 0 : FAILED
}

/** The log goes to standard error; for a person only from the banner on, which has named the plugins that failed. */
function showing(io: CommandIo, log: Logger): { lines(): void; ready(what: Ready): void } {
  const sink = textSink(io.stderr, levelOf(io.env['NEXUS_LOG']) ?? 'info')
  if (io.json) log.addSink(sink)
  return {
    lines() { if (!io.json) log.addSink(sink) },
    ready(what) {
      io.stdout.write(io.json ? readyLine(what) : banner(what, styleOf(1)))
      const told = new Set(what.failed.map(({ error }) => error.message))
      if (!io.json) log.addSink((record) => { if (!told.has(record.message)) sink(record) })
      log.settle()
    },
  }
}

function readyOf({ version, paths }: Kernel, { first, control }: Keeper, is: Pick<Ready, 'active' | 'failed' | 'url' | 'pin' | 'open'>): Ready {
  const nameless = first.missing.map((error) => ({ id: String(error.data['plugin']), error }))
  const commands = is.active.flatMap((id) => Object.keys(first.manifests[id]?.commands ?? {}))
  const held = is.failed.filter(({ error }) => error.code === 'NEXUS_PLUGIN_QUARANTINED').map(({ error }) => error.message)
  const { mode, reasons } = control.mode()
  return { ...is, mode: mode === 'normal' && held.length > 0 ? 'degraded' : mode, reasons: [...reasons, ...held], failed: [...nameless, ...is.failed], version, paths, commands, ms: Math.round(performance.now()) }
}

function watchFaults(kernel: Kernel, { plugins }: Pick<Gathered, 'plugins'>, log: Logger, { marker }: Wary): void {
  let ending = false
  // A plugin's frame often stands below ten of its libraries'.
  Error.stackTraceLimit = 30
  catchFaults({
    places: () => [...kernel.list(), ...plugins.flatMap(({ source }) => source.files().map((place) => ({ id: source.id, place })))],
    onFault: kernel.fault,
    onExit({ id, place }) {
      if (kernel.inspect(id)?.origin !== 'builtin') marker.blame({ id, place, reason: 'its code ended the gateway' })
    },
    onFatal(where, error) {
      log.error(`${where} that belongs to no plugin: the gateway ends`, { error })
      if (!ending) setTimeout(() => process.exit(FAILED), FLUSH_MS)
      ending = true
    },
  })
}

/** Resolves at the first signal to stop; a later one ends the process on the spot. */
function stopSignal(): Promise<void> {
  let first: number | undefined
  return new Promise((done) => {
    for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15]] as const) {
      process.on(signal, () => {
        if (first !== undefined && performance.now() - first > SAME_SIGNAL_MS) process.exit(128 + number)
        first ??= performance.now()
        done()
      })
    }
  })
}

/** The state directory, private; and, where Node has it, a cache of compiled code in it. */
async function prepare({ state, cache }: Paths): Promise<void> {
  try {
    await privateDir(state)
    await privateDir(cache)
  } catch (error) {
    throw fail('NEXUS_START_STATE', { dir: state }, error)
  }
  // Node writes that cache itself, and plugins' libraries write what they like: nothing of it is for others to read.
  process.umask(0o077)
  if ('enableCompileCache' in module) (module.enableCompileCache as (dir: string) => void)(join(cache, 'compile'))
}

/** Sees that the port can be had before any plugin is set up: a start that must fail does nothing first. */
async function tryPort({ host, port }: Where): Promise<void> {
  if (port === 0) return
  const { createServer } = await import('node:net')
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code: reason = 'unknown' } = error as NodeJS.ErrnoException
    throw reason === 'EADDRINUSE' ? fail('NEXUS_START_PORT', { host, port }, error) : fail('NEXUS_START_BIND', { host, port, reason }, error)
  }
  server.close()
  await once(server, 'close')
}

interface Flags { readonly config: string | undefined; readonly list: string | undefined; readonly bind: string | undefined; readonly port: number | undefined; readonly set: readonly string[]; readonly strict: boolean }

function flagsOf({ options }: CommandIo): Flags {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined)
  const port = text('port')
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) throw misused('--port takes a number from 0 to 65535', 'See `nexus help start`.')
  return {
    config: text('config'), list: text('plugins'), bind: text('bind'), port: port === undefined ? undefined : Number(port),
    set: text('set')?.split('\n') ?? [], strict: options['strict'] === true,
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')
