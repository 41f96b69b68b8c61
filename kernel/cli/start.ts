/** `nexus start`: from a command line to a gateway that serves, and down again without losing what was acknowledged. */
import { once } from 'node:events'
import module from 'node:module'
import { join, resolve } from 'node:path'
import type { CommandIo } from '../contract.ts'
import { catchFaults } from '../crash.ts'
import { fail } from '../errors.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Kernel } from '../kernel.ts'
import { acquireLock } from '../lock.ts'
import { createLogger, type Logger } from '../log.ts'
import { privateDir, statePaths, type Paths } from '../paths.ts'
import type { StartReport } from '../report.ts'
import { banner, readyLine } from './banner.ts'
import { packageJson } from './catalog.ts'
import { misused } from './errors.ts'
import { gather, type Gathered } from './gather.ts'
import { levelOf, textSink } from './log-text.ts'
import { styleOf } from './terminal.ts'

/** From the signal to the end 10 s at most: calls in flight have the first part of it, connections the rest. */
const DRAIN_MS = 7_500
const FAREWELL_MS = 2_000
/** A second signal means "at once"; a Ctrl-C that npm passes on as well is still the first. */
const SAME_SIGNAL_MS = 300
/** What log sinks get after a fault that ends the process. */
const FLUSH_MS = 200
const FAILED = 70

/** Resolves to the exit status once the gateway has ended. Throws NEXUS_START_*, NEXUS_CONFIG_*, and what a required plugin failed with. */
export async function start(io: CommandIo): Promise<number> {
  requireNode(process.versions.node)
  const flags = flagsOf(io)
  const paths = { ...statePaths(io.env), ...(flags.config !== undefined && { config: resolve(flags.config) }) }
  await prepare(paths)
  const code = Promise.all([import('../kernel.ts'), import('../gateway/gateway.ts')])
  const stopped = stopSignal()
  const lock = await acquireLock(paths)
  process.once('exit', lock.release)
  const log = createLogger()
  const lines = textSink(io.stderr, levelOf(io.env['NEXUS_LOG']) ?? 'info')
  if (io.json) log.addSink(lines)
  const gathered = await gather(paths, { list: flags.plugins, mustExist: flags.config !== undefined || Boolean(io.env['NEXUS_CONFIG']) })
  const where = { host: hostOf(flags.bind ?? gathered.gateway.bind), port: flags.port ?? gathered.gateway.port, socketPath: paths.socket }
  await tryPort(where)
  const [{ createKernel }, { createGateway }] = await code
  const kernel = createKernel({ ...gathered, paths, version: packageJson().version, log })
  watchFaults(kernel, gathered, log)
  try {
    const report = await kernel.start()
    const gateway = createGateway(kernel)
    kernel.connectionsFrom(gateway.connections)
    const { url = '', port = 0 } = await gateway.listen(where)
    lock.publish({ host: where.host, port })
    announce(io, { url, open: !isLoopback(where.host) }, kernel, gathered, report)
    // A person has just read in the banner which plugins failed.
    const told = report.failed.map(({ error }) => error.message)
    if (!io.json) log.addSink((record) => { if (!told.includes(record.message)) lines(record) })
    log.settle()
    await stopped
    return await shutDown(kernel, gateway, log)
  } catch (error) {
    if (!io.json) log.addSink(lines)
    await kernel.close()
    throw error
  }
}

/** Sees that the port can be had before any plugin is set up: a start that must fail should do nothing first. */
async function tryPort({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
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

async function shutDown(kernel: Kernel, gateway: Gateway, log: Logger): Promise<number> {
  gateway.drain()
  const { drained, errors } = await kernel.close({ deadlineMs: DRAIN_MS })
  if (!drained) log.warn('some calls were still running and were cut off')
  for (const error of errors) log.error(error.message, { code: error.code, fix: error.fix })
  await gateway.close({ deadlineMs: FAREWELL_MS })
  return drained && errors.length === 0 ? 0 : FAILED
}

function announce(io: CommandIo, at: { url: string; open: boolean }, kernel: Kernel, { faults, installed = [] }: Gathered, { active, failed }: StartReport): void {
  const commands = installed.filter(({ id }) => active.includes(id)).flatMap((manifest) => Object.keys(manifest.commands))
  const all = [...faults.map((error) => ({ id: String(error.data['plugin']), error })), ...failed]
  const ready = { ...at, version: kernel.version, paths: kernel.paths, active, failed: all, commands, ms: Math.round(performance.now()) }
  io.stdout.write(io.json ? readyLine(ready) : banner(ready, styleOf(1)))
}

function watchFaults(kernel: Kernel, { plugins }: Gathered, log: Logger): void {
  let ending = false
  catchFaults({
    places: () => [...kernel.list(), ...plugins.flatMap(({ source }) => source.files().map((place) => ({ id: source.id, place })))],
    onFault: kernel.fault,
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
  if ('enableCompileCache' in module) (module.enableCompileCache as (dir: string) => void)(join(cache, 'compile'))
}

export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) throw fail('NEXUS_START_NODE', { version })
}

interface Flags { readonly port: number | undefined; readonly bind: string | undefined; readonly plugins: string | undefined; readonly config: string | undefined }

function flagsOf({ options }: CommandIo): Flags {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined)
  const port = text('port')
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) throw misused('--port takes a number from 0 to 65535', 'See `nexus help start`.')
  return { port: port === undefined ? undefined : Number(port), bind: text('bind'), plugins: text('plugins'), config: text('config') }
}

const hostOf = (bind: string): string => (bind === 'loopback' ? '127.0.0.1' : bind === 'lan' ? '0.0.0.0' : bind)
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')
