/** From what the kernel knows of a plugin to what is told of it. Pure. */
import { ConfigControl, Connections, KernelControl } from 'nexus-gateway/sdk'
import type { Inspection } from 'nexus-gateway/sdk'
import type { PluginInfo, PluginRow, PluginWhy } from '../contract.ts'

export function rowOf({ id, state, origin, version, why, faults, error }: Inspection): PluginRow {
  return { id, state, origin, why, faults, ...(version && { version }), ...faultOf(error) }
}

export function whyOf(plugin: Inspection): PluginWhy {
  const { place, tier, hash, generation, timings, dependents, inflight, owned } = plugin
  return { ...rowOf(plugin), place, tier, ...(hash !== undefined && { hash }), generation, phases: { ...timings }, dependents: [...dependents], inflight, owned: [...owned] }
}

export function infoOf(plugin: Inspection, all: readonly Inspection[]): PluginInfo {
  const { required, exclusive, provides, requires, owned } = plugin
  return { ...whyOf(plugin), required, exclusive, provides: [...provides], requires: requires.map((service) => requirement(service, all)), owns: byKind(owned) }
}

const faultOf = (error: Inspection['error']): Pick<PluginRow, 'error'> =>
  (error ? { error: { code: error.code, message: error.message, fix: error.fix } } : {})

const kernels: readonly string[] = [KernelControl, ConfigControl, Connections].map(({ id }) => id)

/** The kernel marks optional ones with a question mark. */
function requirement(named: string, all: readonly Inspection[]): PluginInfo['requires'][number] {
  const service = named.replace(/\?$/, '')
  const provider = kernels.includes(service) ? 'kernel' : all.find(({ state, provides }) => state === 'active' && provides.includes(service))?.id
  return { service, optional: named !== service, ...(provider && { provider }) }
}

const kinds: readonly string[] = ['method', 'route', 'upgrade', 'event', 'command', 'service', 'tap', 'interval', 'timeout', 'loop']

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
