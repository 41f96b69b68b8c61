/** One life of a plugin: what `setup` made of its definition. A reload makes a new one. */
import type { Access, Call, Plugin, PluginSocket } from './contract.ts'
import type { Verb } from './dispatch.ts'
import type { Tap } from './hooks.ts'
import type { Manifest } from './manifest.ts'
import type { Timings } from './report.ts'
import type { PluginScope } from './scope.ts'
import type { Source } from './source.ts'

/** A plugin that should run, as far as it is known without running it. */
export interface Unit {
  readonly id: string
  readonly source: Source
  readonly why: string
  readonly place: string
  /** What the plugin declares, and what its settings make it need. */
  readonly manifest: Manifest
  readonly declared: Manifest
}

/** What a transport gives to the verb of an upgrade: it finishes the handshake, which nothing has answered so far. */
export type Accept = (call: Call) => PluginSocket
export interface RouteEntry { readonly method: string; readonly path: string; readonly verb: Verb }
/** The routes of one generation; a transport may hang what it builds from them on this object. */
export interface RouteGroup {
  readonly plugin: string
  readonly generation: number
  readonly prefixes: readonly string[]
  readonly routes: readonly RouteEntry[]
  /** By whole path. */
  readonly upgrades: ReadonlyMap<string, Verb>
}
export interface EventEntry { readonly name: string; readonly plugin: string; readonly access: Access }

export interface Generation extends Unit {
  readonly number: number
  readonly plugin: Plugin
  readonly scope: PluginScope
  readonly settings: unknown
  readonly services: ReadonlyMap<string, unknown>
  /** Numbers of the generations whose services it was given. */
  readonly uses: ReadonlySet<number>
  readonly methods: readonly Verb[]
  readonly events: readonly EventEntry[]
  readonly routes: RouteGroup | undefined
  /** Grows if the plugin taps a hook after setup. */
  readonly taps: Tap[]
  readonly handOver: (() => unknown) | undefined
  readonly timings: Timings
}

/** Everything it has in the kernel, one label each. */
export function ownedBy(generation: Generation): string[] {
  const { services, methods, events, routes, manifest, taps, scope } = generation
  const owned: string[] = []
  for (const id of services.keys()) owned.push(`service ${id}`)
  for (const { name } of methods) owned.push(`method ${name}`)
  for (const { name } of events) owned.push(`event ${name}`)
  for (const { verb } of routes?.routes ?? []) owned.push(`route ${verb.name}`)
  for (const path of routes?.upgrades.keys() ?? []) owned.push(`upgrade ${path}`)
  for (const name in manifest.commands) owned.push(`command ${name}`)
  for (const { token } of taps) owned.push(`tap ${token.id}`)
  owned.push(...scope.owned())
  return owned
}
