/** What somebody asks of a running kernel, and the target it amounts to. */
import { isDeepStrictEqual } from 'node:util'
import type { Target, Wanted } from './change.ts'
import { fail, type NexusError } from './errors.ts'
import type { Manifest } from './manifest.ts'
import { sameSource, type Source } from './source.ts'

type Blocks = Readonly<Record<string, unknown>>

export interface Changes {
  readonly load?: readonly Wanted[]
  readonly unload?: readonly string[]
  readonly reload?: readonly string[]
  /** New blocks by plugin id; `undefined` takes a block away. */
  readonly settings?: Blocks
  /** Instead of the above: all plugins and all blocks, as new settings have them. */
  readonly whole?: { readonly plugins: readonly Wanted[]; readonly settings: Blocks }
  /** Asked once the change serves, with the plugins it made anew; what it rejects with puts everything back as it was. */
  verify?(started: readonly string[]): Promise<void>
  /** Also called when the change was `scheduled`. */
  settled?(error?: unknown): void
}

interface Present { readonly wanted: ReadonlyMap<string, Wanted>; readonly settings: Blocks }

export const changedKeys = (before: Blocks, after: Blocks): string[] => Object.keys({ ...before, ...after }).filter((id) => !isDeepStrictEqual(before[id], after[id]))

/** Plugins that a change names, or whose settings or place it makes others. */
export function touchedBy({ load = [], unload = [], reload = [], settings = {}, whole }: Changes, now: Present): string[] {
  const ids = [...load.map(({ source }) => source.id), ...unload, ...reload, ...Object.keys(settings)]
  if (!whole) return ids
  const next = new Map(whole.plugins.map(({ source }) => [source.id, source]))
  const moved = [...new Set([...next.keys(), ...now.wanted.keys()])].filter((id) => {
    const [old, other] = [now.wanted.get(id)?.source, next.get(id)]
    return !old || !other || !sameSource(old, other)
  })
  return [...ids, ...moved, ...changedKeys(now.settings, whole.settings)]
}

/** `added` are the plugins to load, or all of a whole set, by id. Throws NEXUS_PLUGIN_NOT_RUNNING, NEXUS_PLUGIN_REQUIRED. */
export function targetOf(changes: Changes, added: ReadonlyMap<string, Wanted>, now: Present & { isRequired(id: string): boolean }): Target {
  const { unload = [], reload = [], whole } = changes
  const plugins = new Map(whole ? [] : now.wanted)
  for (const id of [...unload, ...reload]) if (!plugins.has(id)) throw fail('NEXUS_PLUGIN_NOT_RUNNING', { plugin: id })
  for (const id of unload) plugins.delete(id)
  for (const [id, plugin] of added) {
    const known = now.wanted.get(id)
    // A source that is there already knows what it has loaded.
    plugins.set(id, whole && known && sameSource(known.source, plugin.source) ? { ...plugin, source: known.source } : plugin)
  }
  const required = [...now.wanted.keys()].find((id) => !plugins.has(id) && now.isRequired(id))
  if (required !== undefined) throw fail('NEXUS_PLUGIN_REQUIRED', { plugin: required })
  const settings = whole?.settings ?? { ...now.settings, ...changes.settings }
  return { plugins, settings, touched: new Set(touchedBy(changes, now).filter((id) => plugins.has(id))), whole: true }
}

/** A source knows its id once it has shown its manifest; where two have one id, neither runs. */
export async function identify(list: readonly Wanted[], known: ReadonlySet<Source> = new Set()): Promise<{ plugins: Map<string, Wanted>; twice: Map<string, NexusError>; read: Map<Source, Manifest> }> {
  const read = new Map<Source, Manifest>()
  // A manifest that cannot be read is reported when the change reads it.
  await Promise.all(list.map(async ({ source }) => { if (!known.has(source)) read.set(source, await source.manifest()) }).map((done) => done.catch(() => {})))
  const plugins = new Map<string, Wanted>()
  const twice = new Map<string, NexusError>()
  for (const plugin of list) {
    const { id, place } = plugin.source
    const first = plugins.get(id)?.source.place
    if (first === undefined) plugins.set(id, plugin)
    else twice.set(id, fail('NEXUS_PLUGIN_DUPLICATE_ID', { plugin: id, first, second: place }))
  }
  return { plugins, twice, read }
}
