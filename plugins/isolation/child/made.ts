/** What `setup` has returned, next to what the plugin declares: each declared thing is there, and nothing else. */
import type { Plugin } from 'nexus-gateway/sdk'
import { fail } from './definition.ts'

type Run = (...args: readonly unknown[]) => unknown
type Runs = Readonly<Record<string, Run>>
export interface Made {
  readonly methods: Runs
  readonly routes: Runs
  /** By the id of the service. */
  readonly services: ReadonlyMap<string, Runs>
  readonly handOver: (() => unknown) | undefined
}
type Table = Readonly<Record<string, unknown>>

export function madeBy(plugin: Plugin, returned: unknown): Made {
  const given = (returned ?? {}) as Readonly<Record<string, Table | undefined>>
  const both = (kind: string, declared: Table = {}, made: Table = {}, fits: (value: unknown) => boolean): Table => {
    for (const name of Object.keys(made)) if (!Object.hasOwn(declared, name)) throw fail('NEXUS_PLUGIN_UNDECLARED', { plugin: plugin.id, kind, name })
    for (const name of Object.keys(declared)) if (!Object.hasOwn(made, name) || !fits(made[name])) throw fail('NEXUS_PLUGIN_NOT_IMPLEMENTED', { plugin: plugin.id, kind, name })
    return made
  }
  const isFunction = (value: unknown): boolean => typeof value === 'function'
  const provides = (plugin.provides ?? {}) as Readonly<Record<string, { readonly id: string }>>
  const services = both('service', provides, given['provides'], (value) => value !== undefined)
  return {
    methods: both('method', plugin.methods as Table, given['methods'], isFunction) as Runs,
    routes: both('route', plugin.routes as Table, given['routes'], isFunction) as Runs,
    services: new Map(Object.entries(provides).map(([name, { id }]) => [id, services[name] as Runs])),
    handOver: (returned as { handOver?: () => unknown } | undefined)?.handOver,
  }
}
