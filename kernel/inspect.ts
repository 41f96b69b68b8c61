/** What the kernel tells of each plugin, as plain data. */
import type { ChangeHost } from './change.ts'
import { ownedBy, type Generation, type Unit } from './generation.ts'
import { dependents } from './graph.ts'
import type { Inspection } from './report.ts'

const none = { loadMs: 0, setupMs: 0 }

export function inspectAll(host: ChangeHost, leaving: ReadonlySet<Generation>): Inspection[] {
  const dependentsOf = dependents([...host.units.values()])
  const ids = new Set([...host.units.keys(), ...host.failed.keys(), ...[...leaving].map(({ id }) => id)])
  return [...ids].sort().map((id) => inspectOne(host, leaving, id, dependentsOf)).filter((plugin) => plugin !== undefined)
}

export function inspectOne(host: ChangeHost, leaving: ReadonlySet<Generation>, id: string, dependentsOf = dependents([...host.units.values()])): Inspection | undefined {
  const running = host.live.generations.get(id)
  const old = leaving.size > 0 ? [...leaving].filter((generation) => generation.id === id) : []
  const error = host.failed.get(id)
  const unit: Unit | undefined = host.units.get(id) ?? running ?? old[0]
  if (!unit && !error) return undefined
  const all = running ? [running, ...old] : old
  const shown = running ?? old[0]
  return {
    id,
    state: running ? 'active' : old.length > 0 ? 'closing' : error?.code === 'NEXUS_PLUGIN_BLOCKED' || error?.code === 'NEXUS_PLUGIN_MISSING_SERVICE' ? 'blocked' : 'failed',
    version: unit?.manifest.version,
    generation: shown?.number ?? 0,
    origin: unit?.source.origin ?? 'path',
    place: unit?.place ?? '',
    tier: unit?.source.tier ?? 'trusted',
    hash: unit?.source.hash(),
    files: unit?.source.files() ?? [],
    why: unit?.why ?? '',
    required: unit?.manifest.required ?? false,
    exclusive: unit?.manifest.exclusive ?? false,
    timings: shown?.timings ?? none,
    owned: all.length === 1 ? ownedBy(all[0]!) : all.flatMap(ownedBy),
    inflight: all.reduce((sum, { scope }) => sum + scope.inflight, 0),
    requires: Object.values(unit?.manifest.requires ?? {}).map(({ service, optional }) => (optional ? `${service}?` : service)),
    provides: unit?.manifest.provides ?? [],
    dependents: [...dependentsOf([id])].filter((other) => other !== id).sort(),
    error: running ? undefined : error,
    faults: all.reduce((sum, { scope }) => sum + scope.faults, 0),
  }
}
