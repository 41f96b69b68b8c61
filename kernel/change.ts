/**
 * Starting, loading, unloading, reloading and new settings are one operation: from the set that runs to the set that
 * is wanted. What ends up running depends on that set alone, never on the steps that led to it.
 *
 * New generations are loaded, checked and set up beside the old ones; then one synchronous swap; then the old ones
 * finish behind. Only where a plugin must own something alone is it stopped first, its callers waiting at the gate.
 */
import { asNexusError, fail, NexusError, reasonOf } from './errors.ts'
import type { Gate } from './gate.ts'
import type { Generation, Unit } from './generation.ts'
import { inheritance } from './hand-over.ts'
import { dependents, providersOf, resolveGraph, type Graph } from './graph.ts'
import type { Live, SwapPlan } from './live.ts'
import type { KernelParts } from './parts.ts'
import type { Manifest } from './manifest.ts'
import { controls, guarded, SecretStore } from './points.ts'
import type { ChangeReport } from './report.ts'
import type { Retirement } from './retire.ts'
import { load, setUp, type Loaded } from './setup.ts'
import type { Source } from './source.ts'

export interface Wanted { readonly source: Source; readonly why: string }
export interface Target {
  readonly plugins: ReadonlyMap<string, Wanted>
  readonly settings: Readonly<Record<string, unknown>>
  /** Plugins to be made anew even if nothing about them seems to have changed. */
  readonly touched: ReadonlySet<string>
  /** The start puts up with plugins that fail; a change of a running kernel is made whole or not at all. */
  readonly whole: boolean
  /** Plugins that must not run, for reasons found before. */
  readonly refused?: ReadonlyMap<string, NexusError>
  /** Manifests that were read for this change. */
  readonly read?: ReadonlyMap<Source, Manifest>
}

export interface ChangeHost {
  readonly parts: KernelParts
  readonly live: Live
  readonly gate: Gate
  readonly retirement: Retirement
  /** Services of the kernel itself and of its host. */
  readonly builtin: ReadonlySet<string>
  /** What was learnt of each wanted plugin by the last change. */
  units: ReadonlyMap<string, Unit>
  failed: ReadonlyMap<string, NexusError>
  nextNumber(): number
  checkSettings(unit: Unit, block: unknown): string[]
  elsewhere(service: string): string | undefined
}

interface Plan {
  readonly units: ReadonlyMap<string, Unit>
  readonly graph: Graph
  readonly failed: Map<string, NexusError>
  /** To be set up anew, and to be stopped. */
  readonly fresh: ReadonlySet<string>
  readonly gone: readonly Generation[]
}

export async function change(host: ChangeHost, target: Target): Promise<ChangeReport> {
  const plan = await makePlan(host, target)
  if (target.whole) refuse(host, target, plan)
  const loaded = await loadAll(host, target, plan)
  const replaced = [...plan.fresh].flatMap((id) => host.live.generations.get(id) ?? [])
  const leaving = [...replaced, ...plan.gone]
  const serial = plan.fresh.size > 0 && leaving.some((old) => old.manifest.exclusive)
  const staged = serial ? await swapSerially(host, target, plan, loaded, leaving) : await swapOver(host, target, plan, loaded, leaving)
  host.units = plan.units
  host.failed = plan.failed
  return {
    started: [...staged.keys()],
    stopped: plan.gone.map((old) => old.id),
    blocked: plan.gone.flatMap(({ id }) => (target.plugins.has(id) ? [id] : [])),
  }
}

// ── Plan: no plugin code runs, except where a plain file has no manifest ─────────────────────────

async function makePlan(host: ChangeHost, target: Target): Promise<Plan> {
  const { live } = host
  const failed = new Map(target.refused)
  const units = new Map<string, Unit>()
  await Promise.all([...target.plugins].map(async ([id, { source, why }]) => {
    const known = host.units.get(id)
    if (known && known.source === source && !target.touched.has(id)) return units.set(id, known)
    try {
      const declared = target.read?.get(source) ?? await source.manifest()
      return units.set(id, { id, source, why, place: source.place, declared, manifest: withNeeds(declared, target.settings[id]) })
    } catch (error) {
      return failed.set(id, asNexusError(error, 'NEXUS_PLUGIN_LOAD_FAILED', { plugin: id, place: source.place, reason: reasonOf(error) }))
    }
  }))
  for (const unit of units.values()) {
    const capability = capabilityMissing(unit.manifest)
    if (capability !== undefined) failed.set(unit.id, fail('NEXUS_PLUGIN_CAPABILITY', { plugin: unit.id, capability }))
    const faults = host.checkSettings(unit, target.settings[unit.id])
    if (faults.length > 0) failed.set(unit.id, fail('NEXUS_PLUGIN_CONFIG', { plugin: unit.id, faults: faults.join('; ') }))
  }

  const nodes = [...units.values()]
  const everyProvider = providersOf(nodes)
  const changed = [
    ...target.touched,
    ...nodes.filter((unit) => host.units.get(unit.id) !== unit).map((unit) => unit.id),
    ...[...host.units.keys()].filter((id) => !units.has(id)),
  ]
  const affected = new Set([...dependents(nodes)(changed), ...dependents([...host.units.values()])(changed)])
  // What failed by itself before is tried again only if something it stands on has changed.
  for (const [id, error] of host.failed) if (units.has(id) && !affected.has(id) && !graphFault(error)) failed.set(id, error)

  const graph = resolveGraph(nodes, failed, host.builtin, (service) => everyProvider.get(service) ?? host.elsewhere(service))
  for (const [id, [error]] of graph.faults) if (error) failed.set(id, error)
  const runs = new Set(graph.waves.flat())
  const fresh = new Set([...runs].filter((id) => !live.generations.has(id) || affected.has(id)))
  for (const id of dependents(nodes, graph.providers)(fresh)) if (runs.has(id)) fresh.add(id)
  return { units, graph, failed, fresh, gone: [...live.generations.values()].filter(({ id }) => !runs.has(id)) }
}

function capabilityMissing({ requires, capabilities }: Manifest): string | undefined {
  for (const { service } of Object.values(requires)) if (controls[service] !== undefined && !capabilities.includes(controls[service])) return controls[service]
  return undefined
}

/** A plugin whose settings refer to stored secrets needs the store. */
function withNeeds(manifest: Manifest, block: unknown): Manifest {
  if (block === undefined || manifest.provides.includes(SecretStore.id) || !JSON.stringify(block).includes('"$secret":"store:')) return manifest
  return { ...manifest, requires: { ...manifest.requires, '{ $secret }': { service: SecretStore.id, optional: false } } }
}

/** Faults of the graph are found anew each time; they are nobody's state. */
const graphFault = (error: NexusError): boolean =>
  ['NEXUS_PLUGIN_MISSING_SERVICE', 'NEXUS_PLUGIN_BLOCKED', 'NEXUS_PLUGIN_CYCLE', 'NEXUS_PLUGIN_DUPLICATE_NAME'].includes(error.code)

/** A change of a running kernel is refused if what it asks for cannot run, or if a required plugin would stop. */
function refuse(host: ChangeHost, target: Target, plan: Plan): void {
  for (const id of target.plugins.keys()) {
    const error = plan.failed.get(id)
    if (error && (target.touched.has(id) || !(host.units.has(id) || host.failed.has(id)))) throw error
  }
  const required = plan.gone.find((old) => old.manifest.required)
  if (required) throw plan.failed.get(required.id) ?? fail('NEXUS_PLUGIN_REQUIRED', { plugin: required.id })
}

// ── Load ────────────────────────────────────────────────────────────────────────────────────────

async function loadAll(host: ChangeHost, target: Target, plan: Plan): Promise<Map<string, Loaded>> {
  const loaded = new Map<string, Loaded>()
  await Promise.all([...plan.fresh].map(async (id) => {
    const running = host.live.generations.get(id)
    // Restarted only for what it stands on: the code that runs, whatever its file holds by now.
    if (running && !target.touched.has(id) && plan.units.get(id) === host.units.get(id)) return loaded.set(id, { unit: plan.units.get(id) as Unit, plugin: running.plugin, loadMs: running.timings.loadMs })
    try {
      return loaded.set(id, await load(host.parts, plan.units.get(id) as Unit))
    } catch (error) {
      return plan.failed.set(id, error as NexusError)
    }
  }))
  giveUpIf(host, target, plan)
  return loaded
}

/** A whole change fails with the first plugin it was about, or that ran before. */
function giveUpIf(host: ChangeHost, target: Target, plan: Plan): void {
  if (!target.whole) return
  for (const id of plan.fresh) {
    const error = plan.failed.get(id)
    if (error && (target.touched.has(id) || host.live.generations.has(id) || !(host.units.has(id) || host.failed.has(id)))) throw error
  }
}

// ── Set up ──────────────────────────────────────────────────────────────────────────────────────

/** Sets the loaded plugins up in waves, each with the services of those before it. */
async function stage(host: ChangeHost, target: Pick<Target, 'settings'>, plan: Plan, loaded: ReadonlyMap<string, Loaded>): Promise<Map<string, Generation>> {
  const { live, parts } = host
  const staged = new Map<string, Generation>()
  const kept = [...live.generations.values()].filter(({ id }) => !plan.fresh.has(id) && !plan.gone.some((old) => old.id === id))
  const services = new Map<string, unknown>([...host.builtin].map((id) => [id, live.services.get(id)]))
  const owners = new Map<string, number>()
  const offer = (generation: Generation): void => {
    for (const [service, value] of generation.services) {
      services.set(service, value)
      owners.set(service, generation.number)
    }
  }
  kept.forEach(offer)
  const serving = (number: number): boolean => [...live.generations.values()].some((generation) => generation.number === number)
  const setUpOne = async (id: string): Promise<void> => {
    const one = loaded.get(id)
    const needs = Object.values(one?.unit.manifest.requires ?? {}).find(({ service, optional }) => !optional && !services.has(service))
    if (!one) return
    try {
      if (needs) throw fail('NEXUS_PLUGIN_BLOCKED', { plugin: id, other: plan.graph.providers.get(needs.service) })
      const uses = new Set(Object.values(one.unit.manifest.requires).flatMap(({ service }) => owners.get(service) ?? []))
      const old = live.generations.get(id)
      const generation = await setUp(parts, one, { number: host.nextNumber(), settings: target.settings[id], services, uses, serving, inherited: old && await inheritance(parts, old) })
      staged.set(id, generation)
    } catch (error) {
      plan.failed.set(id, error as NexusError)
    }
  }
  for (const wave of plan.graph.waves) {
    await Promise.all(wave.map(setUpOne))
    for (const id of wave) {
      const made = staged.get(id)
      if (made) offer(made)
    }
  }
  return staged
}

function nextOf(host: ChangeHost, plan: Plan, staged: ReadonlyMap<string, Generation>): Map<string, Generation> {
  const next = new Map(host.live.generations)
  for (const id of plan.fresh) next.delete(id)
  for (const { id } of plan.gone) next.delete(id)
  for (const [id, generation] of staged) next.set(id, generation)
  return next
}

// ── Swap ────────────────────────────────────────────────────────────────────────────────────────

async function swapOver(host: ChangeHost, target: Target, plan: Plan, loaded: ReadonlyMap<string, Loaded>, leaving: readonly Generation[]): Promise<Map<string, Generation>> {
  const staged = await stage(host, target, plan, loaded)
  try {
    giveUpIf(host, target, plan)
    host.live.swap(await planned(host, target, plan, staged))
  } catch (error) {
    await host.retirement.discard([...staged.values()])
    throw replaceFailed(error as NexusError, leaving, 'keeps serving')
  }
  const retired = host.retirement.retire(leaving)
  // Unloading is done when all that is left of a plugin is gone; a replaced one finishes behind its successor.
  if (plan.gone.length > 0) {
    await retired
    await host.retirement.gone(plan.gone.map((old) => old.id))
  }
  return staged
}

/** At the start, plugins whose taps cannot be put in order are left out, with those that need them; the rest runs. */
async function planned(host: ChangeHost, target: Target, plan: Plan, staged: Map<string, Generation>): Promise<SwapPlan> {
  for (;;) {
    try {
      return host.live.plan(nextOf(host, plan, staged))
    } catch (error) {
      const culprit = error instanceof NexusError ? String(error.data['plugin']) : ''
      if (target.whole || !staged.has(culprit)) throw error
      const out = [...dependents([...plan.units.values()], plan.graph.providers)([culprit])].flatMap((id) => staged.get(id) ?? [])
      for (const { id } of out) {
        plan.failed.set(id, id === culprit ? error as NexusError : fail('NEXUS_PLUGIN_BLOCKED', { plugin: id, other: culprit }))
        staged.delete(id)
      }
      await host.retirement.discard(out)
    }
  }
}

async function swapSerially(host: ChangeHost, target: Target, plan: Plan, loaded: ReadonlyMap<string, Loaded>, leaving: readonly Generation[]): Promise<Map<string, Generation>> {
  const { gate, live, retirement } = host
  const taps = [...leaving.flatMap((old) => old.taps)]
  gate.close(new Set([...plan.fresh, ...leaving.map((old) => old.id)]), taps.some((tap) => guarded(tap.token.id)))
  try {
    await retirement.stop(leaving)
    const staged = await stage(host, target, plan, loaded)
    try {
      giveUpIf(host, target, plan)
      live.swap(live.plan(nextOf(host, plan, staged)))
      return staged
    } catch (error) {
      await retirement.discard([...staged.values()])
      await restart(host, plan, leaving)
      throw replaceFailed(error as NexusError, leaving, 'was started again')
    }
  } finally {
    gate.open()
  }
}

/** The old definitions once more, in new scopes: the way back after a serial swap that failed. */
async function restart(host: ChangeHost, plan: Plan, stopped: readonly Generation[]): Promise<void> {
  const nodes = stopped.map((old) => ({ id: old.id, source: old.source, why: old.why, place: old.place, declared: old.declared, manifest: old.manifest }))
  const graph = resolveGraph([...[...host.live.generations.values()].filter(({ id }) => !stopped.some((old) => old.id === id)), ...nodes], new Map(), host.builtin, host.elsewhere)
  const back: Plan = { units: host.units, graph, failed: new Map(), fresh: new Set(stopped.map((old) => old.id)), gone: plan.gone.filter((old) => !stopped.includes(old)) }
  const loaded = new Map(stopped.map((old, i) => [old.id, { unit: nodes[i] as Unit, plugin: old.plugin, loadMs: 0 }]))
  const staged = await stage(host, { settings: Object.fromEntries(stopped.map((old) => [old.id, old.settings])) }, back, loaded)
  host.live.swap(host.live.plan(nextOf(host, back, staged)))
  host.failed = new Map([...host.failed, ...back.failed])
  for (const [id, error] of back.failed) host.parts.onFault(id, 'restart', error)
}

function replaceFailed(error: NexusError, leaving: readonly Generation[], old: string): NexusError {
  const plugin = String(error.data['plugin'] ?? '')
  if (!leaving.some(({ id }) => id === plugin)) return error
  return fail('NEXUS_PLUGIN_RELOAD_FAILED', { plugin, reason: reasonOf(error), old }, error)
}

/** Every plugin that a change of `ids` would restart or stop. */
export const affectedBy = (host: ChangeHost, ids: Iterable<string>): Set<string> => dependents([...host.units.values()])(ids)
