/**
 * Faults that nobody caught. One that can be laid on a plugin is logged and told to the kernel, and the rest runs on;
 * one that cannot leaves the process in an unknown state, so it ends with exit status 70.
 */
import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NexusError, reasonOf } from './errors.ts'
import type { Log } from './contract.ts'

export interface PluginPlace { readonly id: string; readonly place: string }
export interface CrashOptions {
  readonly log: Log
  /** The plugins that run and the files or folders their code came from. */
  places(): Iterable<PluginPlace>
  onFault(plugin: string, error: unknown): void
  /** Ends the process; what it was doing is lost. */
  onFatal(error: unknown): void
}

/** Depth to which `cause` is followed. */
const CAUSES = 8

/** Takes over `uncaughtException` and `unhandledRejection`; the result gives them back. */
export function catchFaults(options: CrashOptions): () => void {
  const on = (kind: string) => (error: unknown): void => {
    const plugin = ownerOf(error, options.places())
    const fields = { kind, error: error instanceof Error ? error : new Error(reasonOf(error)) }
    if (plugin === undefined) {
      options.log.error('a fault that belongs to no plugin: the gateway ends', fields)
      return options.onFatal(error)
    }
    options.log.error(`plugin "${plugin}" threw where nobody catches`, { plugin, ...fields })
    options.onFault(plugin, error)
  }
  const [thrown, rejected] = [on('uncaughtException'), on('unhandledRejection')]
  process.on('uncaughtException', thrown).on('unhandledRejection', rejected)
  return () => void process.off('uncaughtException', thrown).off('unhandledRejection', rejected)
}

/** The plugin that an error names, or the one whose code stands highest in its stack or in that of one of its causes. */
export function ownerOf(error: unknown, places: Iterable<PluginPlace>): string | undefined {
  const known = [...places].flatMap(({ id, place }) => [{ id, place }, { id, place: realPath(place) }])
  for (let at = error, depth = 0; at instanceof Error && depth < CAUSES; at = at.cause, depth++) {
    const named = at instanceof NexusError ? at.data['plugin'] : undefined
    if (known.some(({ id }) => id === named)) return named as string
    for (const file of filesOf(at)) {
      const owners = known.filter(({ place }) => file === place || file.startsWith(place + sep))
      if (owners.length > 0) return owners.reduce((a, b) => (b.place.length > a.place.length ? b : a)).id
    }
  }
  return undefined
}

function filesOf(error: Error): string[] {
  const frames = [...(error.stack ?? '').matchAll(/(?:\(|at (?:async )?)(file:\/\/[^\s)]+|\/[^)]+?):\d+:\d+\)?$/gm)]
  return frames.map(([, place = '']) => (place.startsWith('file:') ? fileURLToPath(place) : place))
}

function realPath(place: string): string {
  try {
    return realpathSync(place)
  } catch {
    // Gone from the disk since it was loaded: its name is all there is.
    return place
  }
}
