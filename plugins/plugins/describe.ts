/** From what the kernel knows of a plugin to what is told of it. Pure. */
import { KernelControl } from 'nexus-gateway/sdk'
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
  const provider = service === KernelControl.id ? 'kernel' : all.find(({ state, provides }) => state === 'active' && provides.includes(service))?.id
  return { service, optional: named !== service, ...(provider && { provider }) }
}

const kinds: readonly string[] = ['method', 'route', 'event', 'command', 'service', 'tap', 'interval', 'timeout', 'loop']

/** `method cost.summary` → `{ method: ['cost.summary'] }`; what authors have named themselves stands under `other`. */
function byKind(owned: readonly string[]): PluginInfo['owns'] {
  const sorted = new Map<string, string[]>()
  for (const label of owned) {
    const [first = '', ...rest] = label.split(' ')
    const [kind, name] = kinds.includes(first) ? [first, rest.join(' ')] : ['other', label]
    sorted.set(kind, [...(sorted.get(kind) ?? []), name])
  }
  return Object.fromEntries(sorted)
}
