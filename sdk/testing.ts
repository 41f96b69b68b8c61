/**
 * The real kernel around the plugins under test, in memory: no files, no sockets, time that a test moves.
 * Closing it fails if a plugin has left anything behind, so every test of a plugin is also a test of its clean-up.
 */
import type { Command } from '../kernel/command.ts'
import type { ClientOf, Contract, EmitOptions, HookToken, MaybePromise, Plugin, ServiceToken } from '../kernel/contract.ts'
import { createKernel, type Kernel } from '../kernel/index.ts'
import { createLogger } from '../kernel/log.ts'
import type { Deadlines, Emitted } from '../kernel/parts.ts'
import { privateDir, statePaths, type Paths } from '../kernel/paths.ts'
import type { LogRecord } from '../kernel/points.ts'
import type { Caller, Label } from '../kernel/provenance.ts'
import type { ChangeReport, Inspection, StartReport } from '../kernel/report.ts'
import type { Tier } from '../kernel/source.ts'
import { realClock } from '../kernel/clock.ts'
import { createClient, type Client, type ClientOptions } from './client.ts'
import { runCommand, type CliOutcome } from './testing/cli.ts'
import { fakeClock, settled, type TestClock } from './testing/clock.ts'
import { createDoor, type Tokens } from './testing/door.ts'
import { examineWith, type Examination, type ExamineOptions } from './testing/examine.ts'
import { findLeaks, LeakError } from './testing/leaks.ts'
import { isDefinition, placed, type Tested } from './testing/places.ts'
import { driver, operator, probe, type Provided } from './testing/plugins.ts'
import { createRecorder } from './testing/recorder.ts'
import { editableSource, type EditableSource } from './testing/source.ts'

export type { CliOutcome } from './testing/cli.ts'
export { LeakError } from './testing/leaks.ts'
export type { TestClock } from './testing/clock.ts'
export type { Examination, ExamineOptions } from './testing/examine.ts'
export type { Tested } from './testing/places.ts'
export type { Emitted } from '../kernel/parts.ts'
export type { Tier } from '../kernel/source.ts'

export interface TestKernelOptions<T extends readonly unknown[]> {
  /** Definitions; places, such as `new URL('./index.ts', import.meta.url)`, which are loaded as a gateway loads them; ids of plugins that ship with it. */
  readonly plugins: readonly Tested[]
  /** Where plugins that are named by their place run. Default `trusted`: in this process. `isolated`: each in one of its own, where only timers of `ctx.scope` follow the clock. */
  readonly tier?: Tier
  /** Services in place of plugins that the test leaves out: `[[Store, fakeStore], [Clock, fakeClock]]`. */
  readonly provide?: Provided<T>
  /** Blocks of `nexus.json5` by plugin id. */
  readonly config?: Readonly<Record<string, unknown>>
  /**
   * A directory of the test's own as the state directory: what one kernel writes there the next one finds. The test
   * removes it. Default: a path that does not exist, so that nothing is written.
   */
  readonly stateDir?: string
  /** Default `fake`: it starts at 2026-01-01T00:00:00Z and moves only by `k.clock.advance(ms)`. */
  readonly clock?: 'fake' | 'real'
  /** What callers hold unless a call says otherwise. Default: every operator scope. */
  readonly scopes?: readonly string[]
  /** Real milliseconds, whatever the clock. */
  readonly deadlines?: Partial<Deadlines>
  /** Also fail on sockets, files, timers and the like that were not open before. Other tests in the process must be still. */
  readonly handles?: boolean
  /** Start even if some of the plugins fail; `k.started.failed` tells which. Default: a failure rejects. */
  readonly lenient?: boolean
}

export interface TestCallOptions {
  readonly scopes?: readonly string[]
  readonly caller?: Partial<Caller>
  readonly label?: Label
  readonly signal?: AbortSignal
}

export interface TestKernel extends AsyncDisposable {
  readonly kernel: Kernel
  readonly started: StartReport
  readonly clock: TestClock
  /** Every event emitted so far. */
  readonly events: readonly Emitted[]
  readonly logs: readonly LogRecord[]
  /** The payload of the next event of this name, counted from the call. */
  nextEvent(name: string): Promise<unknown>
  /** A method by the road of every call. Always a promise; rejects with a NexusError. */
  call(method: string, params?: unknown, options?: TestCallOptions): Promise<unknown>
  /** The same, typed by a contract. */
  use<C extends Contract>(contract: C): ClientOf<C>
  /** An HTTP request to a real gateway around this kernel, as the same caller; an `authorization` header of the test's own takes its place. */
  request(path: string, init?: RequestInit & TestCallOptions): Promise<Response>
  /** A client on a real WebSocket to it; it lives in real time. Closed with the kernel. */
  connect(options?: TestCallOptions & Partial<ClientOptions>): Promise<Client>
  /** Where that gateway is, and a token for it: for clients of other makes. */
  url(): Promise<string>
  token(options?: TestCallOptions): string
  /** Runs one of these commands; `code` is what the process would exit with. */
  cli(commands: Readonly<Record<string, Command>>, line: string, options?: TestCallOptions): Promise<CliOutcome>
  /** A service as a dependent gets it. Use it at once: a reload of its plugin makes another. */
  service<T>(token: ServiceToken<T>): Promise<T>
  invoke<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, ...args: A): MaybePromise<F>
  emit(name: 'tick' | 'shutdown', payload: unknown, options?: EmitOptions): void
  load(plugin: Plugin): Promise<ChangeReport>
  unload(...ids: string[]): Promise<ChangeReport>
  /** With a definition, the plugin's code has changed; without one, it is set up again as it is. */
  reload(id: string, plugin?: Plugin): Promise<ChangeReport>
  /** New blocks by plugin id. */
  configure(config: Readonly<Record<string, unknown>>): Promise<ChangeReport>
  inspect(id: string): Inspection | undefined
  /** Lets everything that needs neither time nor I/O happen. */
  settled(): Promise<void>
  /** @throws LeakError naming everything that was left behind */
  close(): Promise<void>
}

const testDeadlines: Deadlines = { load: 5_000, setup: 2_000, drain: 1_000, dispose: 500 }
/** Reading and transforming files takes its time where others work too. */
const placeDeadlines: Deadlines = { ...testDeadlines, load: 20_000, setup: 10_000, dispose: 2_000 }
/** All of closing. A disposer has a share of it, and that of a process is its end. */
const closeMs = 5_000
const placeCloseMs = 20_000

/** @throws the NexusError of the first plugin that does not start */
export async function testKernel<const T extends readonly unknown[] = []>(options: TestKernelOptions<T>): Promise<TestKernel> {
  const handles = options.handles ? process.getActiveResourcesInfo() : undefined
  const clock = options.clock === 'real' ? undefined : fakeClock()
  const paths = await pathsIn(options.stateDir)
  const recorder = createRecorder()
  const log = createLogger({ level: 'debug', now: (clock ?? realClock).now })
  log.addSink(recorder.log)
  const definitions = options.plugins.filter(isDefinition)
  const outside = await placed(options.plugins, options.tier ?? 'trusted', options.stateDir === undefined ? undefined : paths.cache)
  // One that cannot tell is reported by the start.
  const declared = await Promise.all(outside.map(async (source) => source.manifest()).map((known) => known.catch(() => ({}))))
  const sources = new Map<string, EditableSource>()
  const wanted = (plugin: Plugin) => {
    const source = editableSource(plugin)
    sources.set(plugin.id, source)
    return { source, why: 'test' }
  }
  const tokens: Tokens = new Map()
  const kernel = createKernel({
    plugins: [...[driver([...definitions, ...declared], options.provide ?? [], tokens), ...definitions].map(wanted), ...outside.map((source) => ({ source, why: 'test' }))],
    ...(options.config ? { settings: options.config } : {}),
    paths, log, version: 'test', clock: clock ?? realClock, deadlines: { ...(outside.length > 0 ? placeDeadlines : testDeadlines), ...options.deadlines }, checkPayloads: true,
  })
  kernel.subscribe(recorder.event)
  const started = await kernel.start()
  const door = createDoor(kernel, tokens)
  const clients = new Set<Client>()
  const calls = new Set<string>()
  let closing: Promise<void> | undefined
  let probes = 0
  let numbered = 0

  const callerOf = (o: TestCallOptions): Caller => ({ ...operator(o.scopes ?? options.scopes, o.label), ...o.caller })

  async function call(method: string, params?: unknown, o: TestCallOptions = {}): Promise<unknown> {
    const caller = callerOf(o)
    const running = `${method} (call ${++numbered})`
    calls.add(running)
    try {
      return await kernel.dispatch(method, params, { caller, transport: 'kernel', signal: o.signal })
    } finally {
      calls.delete(running)
    }
  }

  async function request(path: string, init: RequestInit & TestCallOptions = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${door.tokenFor(callerOf(init))}`)
    return fetch(`${await door.url()}${path}`, { ...init, headers })
  }

  async function connect(o: TestCallOptions & Partial<ClientOptions> = {}): Promise<Client> {
    const caller = callerOf(o)
    const client = createClient({ url: await door.url(), token: door.tokenFor(caller), scopes: [...caller.scopes], ...o })
    clients.add(client)
    await client.ready()
    return client
  }

  async function close(): Promise<void> {
    for (const client of clients) await client.close()
    await door.close()
    const report = await driven(kernel.close({ deadlineMs: outside.length > 0 ? placeCloseMs : closeMs }), clock)
    await settled()
    const leaks = findLeaks({ kernel, report, logs: recorder.logs, clock, calls, handles })
    if (leaks.length > 0) throw new LeakError(leaks)
  }

  const k: TestKernel = {
    kernel, started, call, request, connect,
    url: door.url,
    token: (o = {}) => door.tokenFor(callerOf(o)),
    clock: clock ?? movable(),
    events: recorder.events,
    logs: recorder.logs,
    nextEvent: recorder.next,
    use(contract) {
      const names = Object.keys((contract.methods ?? {}) as object)
      return { call: Object.fromEntries(names.map((name) => [name, (params?: unknown) => call(name, params)])), on: recorder.on } as never
    },
    async service<T>(token: ServiceToken<T>) {
      let found: T | undefined
      await kernel.apply({ load: [wanted(probe(`test-probe-${++probes}`, token, (value) => { found = value }))] })
      return found as T
    },
    cli: (commands, line, o = {}) => runCommand(commands, line, { call: (method, params) => call(method, params, o), connect: (closed) => connect({ ...o, reconnect: false, onState: (state) => { if (state === 'closed') closed() } }), paths }),
    invoke: kernel.invoke,
    emit: kernel.emit,
    load: (plugin) => kernel.apply({ load: [wanted(plugin)] }),
    unload: (...ids) => kernel.apply({ unload: ids }),
    reload(id, plugin) {
      if (plugin) sources.get(id)?.edit(plugin)
      return kernel.apply({ reload: [id] })
    },
    configure: (settings) => kernel.apply({ settings }),
    inspect: kernel.inspect,
    settled,
    close: () => closing ??= close(),
    [Symbol.asyncDispose]: () => k.close(),
  }
  const [failed] = started.failed
  if (failed && !options.lenient) {
    await kernel.close()
    throw failed.error
  }
  return k
}

/** What `nexus plugins check` finds out by running the plugin in `folder`, an absolute path. */
export const examine = (folder: string, options: ExamineOptions): Promise<Examination> => examineWith(testKernel, folder, options)

/** As a start makes them; without a directory they lead nowhere. */
async function pathsIn(stateDir: string | undefined): Promise<Paths> {
  const paths = statePaths({ NEXUS_STATE_DIR: stateDir ?? '/nowhere' })
  if (stateDir !== undefined) await Promise.all([paths.state, paths.cache].map(privateDir))
  return paths
}

/** Waits for `work` while fake time passes, or what waits for it in a disposer could never end. */
async function driven<T>(work: Promise<T>, clock: TestClock | undefined): Promise<T> {
  let done = false
  const end = (): void => { done = true }
  work.then(end, end)
  await settled()
  while (clock && !done) {
    await new Promise((resolve) => { setTimeout(resolve, 1) })
    if (!done) await clock.advance(100)
  }
  return work
}

/** The real clock: advancing it means waiting. */
function movable(): TestClock {
  return { ...realClock, pending: () => [], advance: (ms) => new Promise((resolve) => { setTimeout(resolve, ms) }) }
}
