/** Load and setup of one plugin: from a source to a generation that is ready to serve but does not yet. */
import type { Call, Plugin } from './contract.ts'
import { asNexusError, fail, reasonOf } from './errors.ts'
import { createContext } from './context.ts'
import { prefixesOf, wholePath } from './graph.ts'
import type { Accept, Generation, RouteEntry, RouteGroup, Unit } from './generation.ts'
import type { Verb } from './dispatch.ts'
import type { Tap } from './hooks.ts'
import { manifestFaults } from './manifest.ts'
import type { KernelParts } from './parts.ts'
import { PluginScope } from './scope.ts'
import type { ServiceTable } from './tables/services.ts'
import { check } from './validate.ts'
import { isPromise, within } from './within.ts'

export interface Loaded { readonly unit: Unit; readonly plugin: Plugin; readonly loadMs: number }

export async function load(kernel: KernelParts, unit: Unit): Promise<Loaded> {
  const started = performance.now()
  const { id, place } = unit
  const late = (): never => { throw fail('NEXUS_PLUGIN_LOAD_TIMEOUT', { plugin: id, seconds: kernel.deadlines.load / 1000, place }) }
  try {
    const loading = unit.source.load()
    const plugin = isPromise(loading) ? await within(loading, kernel.deadlines.load, late) : loading
    // What stands for a plugin elsewhere is made of its manifest.
    const faults = unit.source.tier === 'isolated' ? [] : manifestFaults(unit.declared, plugin)
    if (faults.length > 0) throw fail('NEXUS_PLUGIN_MANIFEST_DIFFERS', { plugin: id, faults: faults.join('; ') })
    return { unit, plugin, loadMs: performance.now() - started }
  } catch (error) {
    throw asNexusError(error, 'NEXUS_PLUGIN_LOAD_FAILED', { plugin: id, place, reason: reasonOf(error) })
  }
}

export interface SetupOptions {
  readonly number: number
  readonly settings: unknown
  readonly services: ServiceTable
  readonly uses: ReadonlySet<number>
  readonly serving: (generation: number) => boolean
  /** What the generation before has left. */
  readonly inherited: unknown
}

/** Runs `setup`. If it fails, what it had started is closed before this rejects. */
export async function setUp(kernel: KernelParts, { unit, plugin, loadMs }: Loaded, options: SetupOptions): Promise<Generation> {
  const started = performance.now()
  const { id } = unit
  const config = settingsOf(plugin, kernel.bindSecrets ? kernel.bindSecrets(options.settings, options.services) : options.settings)
  const foreign = unit.source.origin !== 'builtin' && unit.source.tier === 'trusted'
  const scope = new PluginScope(id, options.number, kernel.clock, kernel.onFault, kernel.marker, kernel.marker.number(options.number, foreign ? unit : undefined))
  const taps: Tap[] = []
  const deps: Record<string, unknown> = {}
  for (const name in unit.declared.requires) deps[name] = options.services.get(unit.declared.requires[name]!.service)
  const ctx = createContext(kernel, { unit, plugin, scope, config, deps, taps, inherited: options.inherited, serving: () => options.serving(options.number) })
  const late = (): never => { throw fail('NEXUS_PLUGIN_SETUP_TIMEOUT', { plugin: id, seconds: kernel.deadlines.setup / 1000 }) }
  try {
    const returning = scope.run(plugin.setup, ctx) as unknown
    const made = partsOf(plugin, isPromise(returning) ? await within(returning, kernel.deadlines.setup, late) : returning)
    return {
      ...unit, number: options.number, plugin, scope, taps, settings: options.settings, uses: options.uses,
      services: made.services,
      methods: Object.entries(made.methods).map(([name, run]) => methodVerb(plugin, scope, name, run)),
      events: Object.entries(unit.manifest.events).map(([name, access]) => ({ name, plugin: id, access })),
      routes: routeGroup(unit, scope, made),
      handOver: made.handOver,
      timings: { loadMs, setupMs: performance.now() - started },
    }
  } catch (error) {
    const report = await scope.close({ drainMs: 0, disposeMs: kernel.deadlines.dispose })
    for (const fault of report.errors) kernel.onFault(id, 'setup', fault)
    throw asNexusError(error, 'NEXUS_PLUGIN_SETUP_FAILED', { plugin: id, reason: reasonOf(error) })
  }
}

function settingsOf(plugin: Plugin, block: unknown): unknown {
  if (!plugin.config) {
    if (block === undefined || Object.keys(block as object).length === 0) return undefined
    throw fail('NEXUS_PLUGIN_CONFIG', { plugin: plugin.id, faults: 'it has no settings' })
  }
  const checked = check(plugin.config, block ?? {})
  if (!checked.ok) throw fail('NEXUS_PLUGIN_CONFIG', { plugin: plugin.id, faults: checked.faults })
  return checked.value
}

type Table = Readonly<Record<string, unknown>>
type Handler = (...args: readonly unknown[]) => unknown
type Handlers = Readonly<Record<string, Handler>>
interface Made { readonly services: ReadonlyMap<string, unknown>; readonly methods: Handlers; readonly routes: Handlers; readonly upgrades: Handlers; readonly handOver: (() => unknown) | undefined }

/** Declared is returned and returned is declared: checked here, since the compiler cannot see the second half. */
function partsOf(plugin: Plugin, returned: unknown): Made {
  const made = (returned ?? {}) as Readonly<Record<string, Table | undefined>>
  const both = (kind: string, declared: Table | undefined, given: Table | undefined, fits: (value: unknown) => boolean): void => {
    for (const name of Object.keys(given ?? {})) if (!Object.hasOwn(declared ?? {}, name)) throw fail('NEXUS_PLUGIN_UNDECLARED', { plugin: plugin.id, kind, name })
    for (const name of Object.keys(declared ?? {})) if (!Object.hasOwn(given ?? {}, name) || !fits(given?.[name])) throw fail('NEXUS_PLUGIN_NOT_IMPLEMENTED', { plugin: plugin.id, kind, name })
  }
  const isFunction = (value: unknown): boolean => typeof value === 'function'
  const provides = (plugin.provides ?? {}) as Readonly<Record<string, { id: string }>>
  both('service', provides, made['provides'], (value) => value !== undefined)
  both('method', plugin.methods as Table, made['methods'], isFunction)
  both('route', plugin.routes as Table, made['routes'], isFunction)
  both('upgrade', plugin.upgrades as Table, made['upgrades'], isFunction)
  const handlers = (kind: string): Handlers => (made[kind] ?? {}) as Handlers
  return {
    services: new Map(Object.entries(provides).map(([name, { id }]) => [id, made['provides']?.[name]])),
    methods: handlers('methods'),
    routes: handlers('routes'),
    upgrades: handlers('upgrades'),
    handOver: (returned as { handOver?: () => unknown } | undefined)?.handOver,
  }
}

type Declared = Pick<Verb, 'params' | 'result' | 'limit'> & { readonly scope: Verb['access'] }

function methodVerb(plugin: Plugin, owner: PluginScope, name: string, run: Handler): Verb {
  const { scope: access, params, result, limit } = (plugin.methods as Readonly<Record<string, Declared>>)[name] as Declared
  return { kind: 'method', name, plugin: plugin.id, access, owner, run, ...(params && { params }), ...(result && { result }), ...(limit && { limit }) }
}

function routeGroup({ id, manifest }: Unit, owner: PluginScope, made: Made): RouteGroup | undefined {
  const prefixes = prefixesOf(manifest)
  if (prefixes.length === 0) return undefined
  const entry = (method: string, given: string, access: Verb['access'] = 'operator.admin', run: Handler): RouteEntry => {
    const path = wholePath(manifest, given)
    if (!prefixes.some((prefix) => path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))) {
      throw fail('NEXUS_PLUGIN_UNDECLARED', { plugin: id, kind: 'path', name: path })
    }
    return { method, path, verb: { kind: 'route', name: `${method} ${path}`, plugin: id, access, owner, run } }
  }
  const routes = Object.entries(made.routes).map(([key, run]) => {
    const [method = '', path = ''] = key.split(' ', 2)
    return entry(method, path, manifest.routes[key], run)
  })
  const upgrades = Object.entries(made.upgrades).map(([path, run]) =>
    entry('UPGRADE', path, manifest.upgrades[path], (accept, call) => run((accept as Accept)(call as Call), call)))
  return { plugin: id, generation: owner.generation, prefixes, routes, upgrades: new Map(upgrades.map(({ path, verb }) => [path, verb])) }
}
