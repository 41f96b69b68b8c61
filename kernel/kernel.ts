/** The kernel: phases, one queue of changes, and what transports are given. It knows no feature. */
import { join } from 'node:path'
import type { Origin } from './call.ts'
import { createAside } from './aside.ts'
import { affectedBy, change, type ChangeHost, type Wanted } from './change.ts'
import { changedKeys, identify, targetOf, touchedBy, type Changes } from './changes.ts'
import { realClock } from './clock.ts'
import type { Access, Clock, Connection, EmitOptions, HookToken, MaybePromise, RouteContext } from './contract.ts'
import { createDispatcher, type Verb } from './dispatch.ts'
import { fail, reasonOf, type NexusError } from './errors.ts'
import { createFaults } from './faults.ts'
import { createGate } from './gate.ts'
import type { EventEntry, Unit } from './generation.ts'
import type { Until } from './hooks.ts'
import { inspectAll, inspectOne } from './inspect.ts'
import { createLive } from './live.ts'
import type { Logger } from './log.ts'
import type { Manifest } from './manifest.ts'
import { Marker } from './marker.ts'
import { defaultDeadlines, type Deadlines, type Emitted, type KernelParts } from './parts.ts'
import type { Paths } from './paths.ts'
import {
  callAfter, callAuthorize, callBefore, configChanged, Connections, kernelBoot, kernelClose, KernelControl, kernelDrain, kernelReady, logWritten,
  pluginFailed, pluginFaulted, pluginLoaded, pluginUnloaded, type ConnectionsApi, type KernelControlApi,
} from './points.ts'
import { allows, type Caller, type Cause } from './provenance.ts'
import type { ChangeReport, CloseReport, Inspection, Phase, StartReport } from './report.ts'
import { createQuarantine, type Quarantine } from './quarantine.ts'
import { createRetirement } from './retire.ts'
import type { Source } from './source.ts'
import type { EventTable } from './tables/events.ts'
import type { MethodTable } from './tables/methods.ts'
import type { RouteTable } from './tables/routes.ts'
import { within } from './within.ts'

export interface KernelOptions {
  readonly plugins: readonly Wanted[]
  /** Manifests that were read just now, to start with. */
  readonly read?: ReadonlyMap<Source, Manifest>
  /** Each plugin's block of `nexus.json5`, by id. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly paths: Paths
  readonly version: string
  readonly log: Logger
  readonly clock?: Clock
  readonly deadlines?: Partial<Deadlines>
  /** Check results and event payloads against their schemas: for tests. */
  readonly checkPayloads?: boolean
  /** Faults of a block by the manifest's schema, before any code runs. */
  checkSettings?(manifest: Manifest, block: unknown): string[]
  /** Puts a `Secret` in place of every reference to one, before the plugin's own schema sees the block. */
  bindSecrets?: KernelParts['bindSecrets']
  /** Manifests of plugins that are installed but not wanted, for hints and for the order of taps. */
  readonly installed?: readonly Manifest[]
  readonly quarantine?: Quarantine
  readonly marker?: Marker
  /** Services of the host, such as `config/1`; plugins need the capability that `controls` names. */
  readonly services?: ReadonlyMap<string, unknown>
}

export interface Kernel {
  readonly phase: Phase
  readonly version: string
  readonly startedAt: number
  readonly clock: Clock
  readonly log: Logger
  readonly paths: Paths
  readonly methods: MethodTable
  readonly events: EventTable
  readonly routes: RouteTable
  start(): Promise<StartReport>
  apply(changes: Changes, cause?: Cause): Promise<ChangeReport>
  inspect(id: string): Inspection | undefined
  list(): Inspection[]
  /** Refuses new calls, lets those under way end, closes every plugin. Always within `deadlineMs` (10 s). */
  close(options?: { readonly deadlineMs?: number }): Promise<CloseReport>
  /** Throws or rejects with a NexusError, nothing else. */
  dispatch(method: string, params: unknown, origin: Origin): MaybePromise<unknown>
  dispatchRoute(verb: Verb, c: RouteContext, origin: Origin): MaybePromise<Response>
  invoke<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, ...args: A): MaybePromise<F>
  /** As `invoke`; gives up on a tap that has not answered when the signal aborts, and then no drain waits for it either. */
  ask<A extends readonly unknown[], R, F>(until: Until, token: HookToken<A, R, F>, ...args: A): MaybePromise<F>
  /** While what decides who gets in is swapped: those who come have to wait for this. */
  readonly held: Promise<void> | undefined
  used(token: HookToken<never, never, never> | HookToken<readonly [never], never, never> | { readonly id: string }): boolean
  emit(name: 'tick' | 'shutdown', payload: unknown, options?: EmitOptions): void
  subscribe(listener: (event: Emitted) => void): () => void
  visible(access: Access, caller: Caller): boolean
  /** A transport tells how to list its connections and how to end them. */
  connectionsFrom(door: ConnectionsApi & { list(): readonly Connection[] }): void
  /** An error nobody caught, traced to a plugin. */
  fault(plugin: string, where: string, error: unknown): void
}

type AnyToken = HookToken<readonly unknown[], unknown, unknown>
const ownEvents: readonly EventEntry[] = ['tick', 'shutdown'].map((name) => ({ name, plugin: 'kernel', access: 'public' }))

export function createKernel(options: KernelOptions): Kernel {
  const { log, paths, version } = options
  const clock = options.clock ?? realClock
  const deadlines = { ...defaultDeadlines, ...options.deadlines }
  const startedAt = clock.now()
  const installed = options.installed ?? []
  const listeners = new Set<(event: Emitted) => void>()
  let phase: Phase = 'new'
  let wanted: ReadonlyMap<string, Wanted> = new Map()
  let settings = options.settings ?? {}
  let numbers = 0
  let door: ConnectionsApi & { list(): readonly Connection[] } = { list: () => [], end: () => {}, doors: () => [] }
  let queue: Promise<unknown> = Promise.resolve()
  /** What each of the changes that wait or are being made touches. */
  const queued = new Set<readonly string[]>()

  const { marker = new Marker(), quarantine = createQuarantine(join(paths.state, 'config', 'quarantine.json')) } = options
  const onFault = createFaults(log, (fault) => invoke(pluginFaulted, fault))
  const aside = createAside({ quarantine, apply, wanted: (id) => wanted.get(id), now: clock.now })
  const control: KernelControlApi = {
    version, startedAt,
    phase: () => phase,
    list: () => inspectAll(host, retirement.leaving).map(aside.shown),
    inspect: (id) => aside.shown(inspectOne(host, retirement.leaving, id)),
    reload: aside.reload,
    hold: aside.hold,
    held: quarantine.all,
    marker,
    unload: (ids, cause) => apply({ unload: ids }, cause),
    connections: () => door.list(),
    methods: () => live.methods,
  }
  const services = new Map<string, unknown>([[KernelControl.id, control], [Connections.id, { end: (match, reason) => door.end(match, reason), doors: () => door.doors() } satisfies ConnectionsApi], ...options.services ?? []])
  const live = createLive({ events: ownEvents, services }, (id) => wanted.has(id) || installed.some((manifest) => manifest.id === id))
  const gate = createGate()
  const point = (token: unknown) => live.point(token as AnyToken)
  const dispatcher = createDispatcher({
    methods: () => live.methods,
    points: { callAuthorize: point(callAuthorize), callBefore: point(callBefore), callAfter: point(callAfter) },
    gate,
    now: clock.now,
    draining: () => phase === 'draining' || phase === 'closed',
    checkResults: options.checkPayloads ?? false,
    hintFor(method) {
      const owner = installed.find((manifest) => method in manifest.methods)?.id
      return owner === undefined ? '' : ` Plugin "${owner}" has it and is not enabled.`
    },
  })
  const parts: KernelParts = {
    clock, log, paths, deadlines, dispatcher,
    checkPayloads: options.checkPayloads ?? false,
    ...(options.bindSecrets && { bindSecrets: options.bindSecrets }),
    onFault, marker,
    publish: (event) => { for (const listener of listeners) listener(event) },
    invoke: (token, args) => live.point(token).invoke(args),
    retap: (ids) => live.retap(ids),
  }
  const retirement = createRetirement(parts)
  const host: ChangeHost = {
    parts, live, gate, retirement,
    builtin: new Set(services.keys()),
    units: new Map(),
    failed: new Map(),
    nextNumber: () => ++numbers,
    checkSettings: (unit: Unit, block) => options.checkSettings?.(unit.manifest, block) ?? [],
    elsewhere: (service) => installed.find((manifest) => manifest.provides.includes(service))?.id,
  }

  function invoke<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, ...args: A): MaybePromise<F> {
    return point(token).invoke(args) as MaybePromise<F>
  }

  /** One change after the other, whatever becomes of the one before. */
  function enqueue<T>(touched: readonly string[], work: () => Promise<T>): Promise<T> {
    queued.add(touched)
    const done = queue.then(work).finally(() => queued.delete(touched))
    queue = done.catch(() => {})
    return done
  }

  async function start(): Promise<StartReport> {
    phase = 'starting'
    const { plugins, twice, read } = await identify(aside.free(options.plugins), new Set(options.read?.keys()))
    wanted = plugins
    await enqueue([], () => change(host, { plugins, settings, touched: new Set(), whole: false, refused: new Map([...aside.refused(), ...twice]), read: new Map([...options.read ?? [], ...read]) }))
    // Only now is anybody there to write down what was logged so far.
    log.addSink((record) => { if (point(logWritten).used) void invoke(logWritten, record) })
    for (const [id, error] of host.failed) {
      log.for(id).error(error.message, { code: error.code, fix: error.fix, error: error.cause })
      await invoke(pluginFailed, { id, error })
    }
    const required = [...host.failed].find(([id]) => host.units.get(id)?.manifest.required)
    if (required) {
      await close()
      throw required[1]
    }
    await invoke(kernelBoot)
    phase = 'ready'
    for (const { id, number } of live.generations.values()) await invoke(pluginLoaded, { id, generation: number })
    await invoke(kernelReady)
    log.info('ready', { version, active: live.generations.size, failed: host.failed.size })
    return { active: [...live.generations.keys()], failed: [...host.failed].map(([id, error]) => ({ id, error })) }
  }

  async function apply(changes: Changes, cause?: Cause): Promise<ChangeReport> {
    const touched = touchedBy(changes, { wanted, settings })
    const affected = affectedBy(host, [...queued, touched].flat())
    const done = enqueue(touched, () => applyNow(changes))
    done.then(() => changes.settled?.(), (error: unknown) => changes.settled?.(error))
    // From inside a call it, or one before it, would wait for that very call to end.
    if (!cause?.path.some((id) => affected.has(id))) return done
    done.catch((error: unknown) => log.error('a scheduled change of plugins failed', { reason: reasonOf(error), plugins: touched }))
    return { scheduled: true, started: [], stopped: [], blocked: [] }
  }

  async function applyNow(changes: Changes): Promise<ChangeReport> {
    if (phase !== 'ready') throw fail('NEXUS_CALL_DRAINING')
    const { plugins: added, twice, read } = await identify(changes.whole ? aside.free(changes.whole.plugins) : changes.load ?? [], new Set(changes.whole && [...wanted.values()].map(({ source }) => source)))
    for (const error of twice.values()) throw error
    const target = targetOf(changes, added, { wanted, settings, isRequired: (id) => host.units.get(id)?.manifest.required ?? false })
    const report = await change(host, { ...target, refused: aside.refused(), read })
    try {
      await changes.verify?.(report.started)
    } catch (error) {
      const back = [...target.touched, ...report.started].filter((id) => wanted.has(id))
      await change(host, { plugins: wanted, settings, touched: new Set(back), whole: false, refused: aside.refused() })
      throw error
    }
    const blocks = changedKeys(settings, target.settings)
    wanted = target.plugins
    settings = target.settings
    await tell(blocks, report)
    return report
  }

  async function tell(blocks: readonly string[], report: ChangeReport): Promise<void> {
    for (const id of report.stopped) await invoke(pluginUnloaded, { id, generation: 0 })
    for (const id of report.started) await invoke(pluginLoaded, { id, generation: live.generations.get(id)?.number ?? 0 })
    if (blocks.length > 0) await invoke(configChanged, blocks)
  }

  async function close({ deadlineMs = 10_000 } = {}): Promise<CloseReport> {
    if (phase === 'closed') return { drained: true, errors: [] }
    const until = performance.now() + deadlineMs
    const left = (): number => Math.max(0, until - performance.now())
    phase = 'draining'
    const late = (): NexusError[] => [fail('NEXUS_SCOPE_STUCK', { plugin: 'kernel', what: 'closing of plugins', seconds: deadlineMs / 1000 })]
    // A quarter of the time is for loops and disposers; the calls under way have the rest.
    const drained = await within((async () => {
      await queue
      await invoke(kernelDrain)
      return idle(() => left() - deadlineMs / 4)
    })(), left() * 0.75, () => false)
    const errors = await within((async () => {
      await invoke(kernelClose)
      // Many may have to be given up on one after the other: each gets a share, so that every disposer has its turn.
      const closed = await retirement.stop([...live.generations.values()], { drainMs: 0, disposeMs: Math.min(deadlines.dispose, deadlineMs / 32) })
      await retirement.gone()
      return closed
    })(), left(), late)
    live.swap(live.plan(new Map()))
    phase = 'closed'
    return { drained, errors }
  }

  /** Until no plugin has a call in flight: one that ends may have started another elsewhere. */
  async function idle(left: () => number): Promise<boolean> {
    const busy = () => [...live.generations.values(), ...retirement.leaving].filter(({ scope }) => scope.inflight > 0)
    while (busy().length > 0) {
      if (left() <= 0) return false
      await Promise.all(busy().map(({ scope }) => scope.idle(Math.max(1, left()))))
    }
    return true
  }

  return {
    get phase() { return phase },
    get held() { return gate.shutToAll ? gate.pass('kernel') : undefined },
    get methods() { return live.methods },
    get events() { return live.events },
    get routes() { return live.routes },
    version, startedAt, clock, log, paths,
    start, apply, close, invoke,
    inspect: control.inspect,
    list: control.list,
    dispatch: dispatcher.method,
    dispatchRoute: dispatcher.route,
    ask: (until, token, ...args) => point(token).invoke(args, until) as never,
    used: (token) => point(token).used,
    emit: (name, payload, emitOptions = {}) => parts.publish({ name, access: 'public', payload, options: emitOptions }),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    visible: (access, caller) => allows(caller, access),
    connectionsFrom(transport) { door = transport },
    fault: (plugin, where, error) => (live.generations.has(plugin) ? live.generations.get(plugin)!.scope.fault(where, error) : onFault(plugin, where, error)),
  }
}

export type { Changes, Source }
