/** The plugins that `nexus plugins add` has installed, as the lockfile in their folder tells. */
import type { Agreement } from './outside.ts'

export interface Installed extends Agreement {
  readonly id: string
  /** Absolute: its folder, or for a linked plugin the author's folder or file. */
  readonly place: string
  readonly linked: boolean
}

/** By id; `dir` is `plugins` of the state directory. Nothing installed is an empty map; a lockfile that cannot be used is NEXUS_PLUGIN_BAD_LOCK. */
export async function readInstalled(dir: string): Promise<ReadonlyMap<string, Installed>> {
  void dir
  return new Map()
}
