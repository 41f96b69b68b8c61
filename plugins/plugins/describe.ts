/** From what the kernel knows of a plugin to what is told of it. Pure. */
import type { Inspection } from 'nexus-gateway/sdk'
import type { PluginInfo, PluginRow, PluginWhy } from './contract.ts'

export function rowOf({ id, state, origin, version, why, faults, error }: Inspection): PluginRow {
  return { id, state, origin, why, faults, ...(version && { version }), ...faultOf(error) }
}

export function infoOf(plugin: Inspection, all: readonly Inspection[]): PluginInfo {
  const { id, state, origin, version, place, generation, required, exclusive, provides, dependents, owned } = plugin
  return {
    id, state, origin, place, generation, required, exclusive,
    ...(version && { version }),
    provides: [...provides],
    requires: plugin.requires.map((service) => requirement(service, all)),
    dependents: [...dependents],
    owns: byKind(owned),
  }
}

export function whyOf({ id, state, why, place, generation, timings, dependents, owned, inflight, faults, error }: Inspection): PluginWhy {
  return { id, state, why, place, generation, phases: { ...timings }, dependents: [...dependents], owned: [...owned], inflight, faults, ...faultOf(error) }
}

const faultOf = (error: Inspection['error']): Pick<PluginRow, 'error'> =>
  (error ? { error: { code: error.code, message: error.message, fix: error.fix } } : {})

/** The kernel marks optional ones with a question mark. */
function requirement(named: string, all: readonly Inspection[]): PluginInfo['requires'][number] {
  const service = named.replace(/\?$/, '')
  const provider = all.find(({ state, provides }) => state === 'active' && provides.includes(service))?.id
  return { service, optional: named !== service, ...(provider && { provider }) }
}

/** `method cost.summary` → `{ method: ['cost.summary'] }`. */
function byKind(owned: readonly string[]): PluginInfo['owns'] {
  const kinds = new Map<string, string[]>()
  for (const label of owned) {
    const [kind = '', ...name] = label.split(' ')
    kinds.set(kind, [...(kinds.get(kind) ?? []), name.join(' ')])
  }
  return Object.fromEntries(kinds)
}
