import type { Command } from './command.ts'
import type { MaybePromise, Plugin } from './contract.ts'
import { manifestOf, type Manifest } from './manifest.ts'

/** `trusted` runs in the gateway's process, which is no sandbox; `isolated` in one of its own, see `Isolator`. */
export type Tier = 'trusted' | 'isolated'

/** Where a plugin comes from, before and after any of its code has run. */
export interface Source {
  /** The manifest's id. Before `manifest()` has succeeded, the best guess from the place, fit for a report. */
  readonly id: string
  readonly origin: 'builtin' | 'path' | 'package' | 'memory'
  /** A file or folder, for people. */
  readonly place: string
  readonly tier: Tier
  /** Changes with what was agreed to when it was installed. */
  readonly stamp?: string | undefined
  /** Reads no plugin code where there is a whole manifest. Throws NEXUS_PLUGIN_BAD_MANIFEST, NEXUS_PLUGIN_API_LEVEL, NEXUS_PLUGIN_NOT_FOUND, and what `load` throws. */
  manifest(): MaybePromise<Manifest>
  /**
   * The definition: unchanged content gives the same object, changed content one of a new module graph.
   * Throws NEXUS_PLUGIN_LOAD_FAILED, NEXUS_PLUGIN_LOAD_TIMEOUT, NEXUS_PLUGIN_NOT_A_PLUGIN.
   */
  load(): MaybePromise<Plugin>
  /** The default export of the plugin's `cli.ts`; nothing when it has none. */
  commands(): Promise<Readonly<Record<string, Command>>>
  /** The files the last load read, also when it failed, for whoever watches them. */
  files(): readonly string[]
  /** Of the content that `load` found, short; nothing for code that only a restart can change. */
  hash(): string | undefined
}

/** A plugin that is already in memory, as tests and embedders have it. */
export function memorySource(plugin: Plugin): Source {
  return {
    id: plugin.id, origin: 'memory', place: `memory:${plugin.id}`, tier: 'trusted',
    manifest: () => manifestOf(plugin), load: async () => plugin, commands: async () => ({}), files: () => [], hash: () => undefined,
  }
}

/** Whether two sources would come to the same: then the one that knows what it has loaded is kept. */
export const sameSource = (a: Source, b: Source): boolean => a === b || (a.place === b.place && a.tier === b.tier && a.stamp === b.stamp)
