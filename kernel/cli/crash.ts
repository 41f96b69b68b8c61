/**
 * Faults that nobody caught. One that can be laid on a plugin is told to the kernel, and the rest runs on; one that
 * cannot leaves the process in an unknown state, so it has to end.
 */
import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NexusError } from '../errors.ts'

export interface PluginPlace { readonly id: string; readonly place: string }
export interface CrashOptions {
  /** The plugins that run and the files or folders their code came from. */
  places(): Iterable<PluginPlace>
  onFault(plugin: string, where: string, error: unknown): void
  onFatal(where: string, error: unknown): void
  /** Code of a plugin ends the process. */
  onExit?(plugin: PluginPlace): void
}

/** Depth to which `cause` is followed. */
const CAUSES = 8

/** Takes over `uncaughtException` and `unhandledRejection`; the result gives them back. */
export function catchFaults(options: CrashOptions): () => void {
  const on = (where: string) => (error: unknown): void => {
    // An error of ours left nothing half done: somebody only forgot to look at it.
    const plugin = ownerOf(error, options.places()) ?? (error instanceof NexusError ? 'kernel' : undefined)
    if (plugin === undefined) options.onFatal(where, error)
    else options.onFault(plugin, where, error)
  }
  const [thrown, rejected] = [on('an uncaught exception'), on('an unhandled rejection')]
  const exits = (): void => {
    const places = [...options.places()]
    const id = ownerOf(new Error('process.exit'), places)
    const plugin = places.find((one) => one.id === id)
    if (plugin) options.onExit?.(plugin)
  }
  process.on('uncaughtException', thrown).on('unhandledRejection', rejected).on('exit', exits)
  return () => void process.off('uncaughtException', thrown).off('unhandledRejection', rejected).off('exit', exits)
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
  const frames = [...(error.stack ?? '').matchAll(/^ +at (?:.* \()?(?:async )?(file:\/\/\S+?|\/.+?):\d+:\d+\)?$/gm)]
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
