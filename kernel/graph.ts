/**
 * Who needs whom, worked out from manifests alone: order, missing services, duplicates, circles.
 * Pure; every fault of every plugin is found in one pass, and each is an error with its fix.
 */
import { fail, type NexusError } from './errors.ts'
import type { Manifest } from './manifest.ts'
import { topological } from './order.ts'

export interface Graph {
  /** Plugins that can run, in waves: each wave needs only what stands before it. */
  readonly waves: readonly (readonly string[])[]
  readonly faults: ReadonlyMap<string, readonly NexusError[]>
  /** service id → the plugin that provides it, among those that can run. */
  readonly providers: ReadonlyMap<string, string>
}

export interface GraphNode { readonly id: string; readonly manifest: Manifest; readonly place: string }

/**
 * `already` are plugins known not to run, for reasons other than the graph; `builtin` are services of the kernel
 * itself; `elsewhere` tells which wanted or installed plugin would provide a service.
 */
export function resolveGraph(nodes: readonly GraphNode[], already: ReadonlyMap<string, NexusError>, builtin: ReadonlySet<string>, elsewhere: (service: string) => string | undefined): Graph {
  const faults = new Map([...already].map(([id, error]) => [id, [error]]))
  const blame = (id: string, error: NexusError): void => { faults.set(id, [...(faults.get(id) ?? []), error]) }
  const sorted = [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const node of sorted) if (!faults.has(node.id)) findShadowed(node, blame)
  findDuplicates(sorted.filter((node) => !faults.has(node.id)), blame)

  let alive = sorted.filter((node) => !faults.has(node.id))
  for (;;) {
    const offered = providersOf(alive)
    const broken = new Set(alive.filter((node) => missing(node, offered, builtin, elsewhere, faults, blame)))
    const rest = alive.filter((node) => !broken.has(node))
    const providers = providersOf(rest)
    const byId = new Map(rest.map((node) => [node.id, node]))
    const { waves, cycle } = topological(byId.keys(), (id) => needsOf(byId.get(id), providers))
    if (!cycle && broken.size === 0) return { waves, faults, providers }
    for (const id of cycle?.slice(0, -1) ?? []) blame(id, fail('NEXUS_PLUGIN_CYCLE', { plugin: id, path: cycle?.join(' → ') }))
    alive = rest.filter((node) => !faults.has(node.id))
  }
}

/** Tells of some plugins every one that would notice a change of them: those that require them, optionally too, and theirs in turn. */
export function dependents(nodes: readonly GraphNode[], providers: ReadonlyMap<string, string> = providersOf(nodes)): (ids: Iterable<string>) => Set<string> {
  const users = new Map<string, string[]>()
  for (const node of nodes) for (const id of needsOf(node, providers)) if (!users.get(id)?.push(node.id)) users.set(id, [node.id])
  return (ids) => {
    const found = new Set(ids)
    // What is added meanwhile has its turn too.
    for (const id of found) for (const user of users.get(id) ?? []) found.add(user)
    return found
  }
}

function needsOf(node: GraphNode | undefined, providers: ReadonlyMap<string, string>): string[] {
  const needs: string[] = []
  for (const { service } of Object.values(node?.manifest.requires ?? {})) if (providers.has(service)) needs.push(providers.get(service)!)
  return needs
}

export function providersOf(nodes: readonly GraphNode[]): Map<string, string> {
  const providers = new Map<string, string>()
  for (const { id, manifest } of nodes) for (const service of manifest.provides) providers.set(service, id)
  return providers
}

function missing(node: GraphNode, offered: ReadonlyMap<string, string>, builtin: ReadonlySet<string>, elsewhere: (service: string) => string | undefined, faults: ReadonlyMap<string, unknown>, blame: (id: string, error: NexusError) => void): boolean {
  let broken = false
  for (const { service, optional } of Object.values(node.manifest.requires)) {
    if (optional || builtin.has(service) || offered.has(service)) continue
    broken = true
    const other = elsewhere(service)
    if (other !== undefined && faults.has(other)) blame(node.id, fail('NEXUS_PLUGIN_BLOCKED', { plugin: node.id, other }))
    else blame(node.id, fail('NEXUS_PLUGIN_MISSING_SERVICE', { plugin: node.id, service, hint: other === undefined ? `Add a plugin that provides ${service}, or leave ${node.id} out with "-${node.id}".` : `Add "${other}" to the list \`plugins\`.` }))
  }
  return broken
}

/** Two plugins must not hold one name; the later one in the order of ids is the one that cannot run. */
function findDuplicates(nodes: readonly GraphNode[], blame: (id: string, error: NexusError) => void): void {
  const kinds: readonly [kind: string, of: (manifest: Manifest) => readonly string[]][] = [
    ['service', ({ provides }) => provides], ['method', ({ methods }) => Object.keys(methods)], ['event', ({ events }) => Object.keys(events)],
    ['command', ({ commands }) => Object.keys(commands)], ['path', prefixesOf],
  ]
  const held = kinds.map(() => new Map<string, string>())
  for (const { id, manifest } of nodes) kinds.forEach(([kind, of], i) => {
    for (const name of of(manifest)) {
      const other = held[i]!.get(name)
      if (other === undefined) held[i]!.set(name, id)
      else blame(id, fail('NEXUS_PLUGIN_DUPLICATE_NAME', { plugin: id, other, kind, name }))
    }
  })
}

/** A path that the gateway answers itself, whatever plugins claim; its clients open WebSockets there and on `/`. */
export const rpcPath = '/rpc'

/** What stands on a path of the gateway's own would never be reached. A wider prefix is no fault: the rest of it is. */
function findShadowed({ id, manifest }: GraphNode, blame: (id: string, error: NexusError) => void): void {
  const { routes, upgrades } = manifest
  if (prefixesOf(manifest).length === 0) return
  const paths = [...prefixesOf(manifest), ...Object.keys(routes).map((key) => wholePath(manifest, key.slice(key.indexOf(' ') + 1)))]
  const sockets = Object.keys(upgrades).map((path) => wholePath(manifest, path))
  const path = [...paths, ...sockets].includes(rpcPath) ? rpcPath : sockets.find((socket) => socket === '/')
  if (path !== undefined) blame(id, fail('NEXUS_PLUGIN_PATH_TAKEN', { plugin: id, path }))
}

/** The path prefixes a plugin's routes and upgrades live under: what its manifest claims, or its id. */
export const prefixesOf = ({ id, paths, routes, upgrades }: Manifest): readonly string[] => (paths.length > 0 ? paths : Object.keys(routes).length + Object.keys(upgrades).length > 0 ? [`/${id}`] : [])

/** The whole path of a route or an upgrade. */
export const wholePath = ({ id, paths }: Manifest, path: string): string => (paths.length > 0 ? path : `/${id}${path === '/' ? '' : path}`)
