/** From settings and command line to the plugins that shall run. Only plugins without a manifest are looked into. */
import { dirname, join, sep } from 'node:path'
import type { Wanted } from '../change.ts'
import type { NexusError } from '../errors.ts'
import { readInstalled } from '../installed.ts'
import type { Loader } from '../loader.ts'
import type { Manifest } from '../manifest.ts'
import type { Paths } from '../paths.ts'
import type { ConfigView } from '../points.ts'
import type { Source } from '../source.ts'
import { checkTree } from './check.ts'
import { placed } from './locate.ts'
import { anchored, select, splitList } from './plugins.ts'
import { readTree, type Tree, type TreeInput } from './tree.ts'

export interface Gathered {
  readonly tree: Tree
  readonly view: ConfigView
  readonly plugins: readonly Wanted[]
  /** Manifests that were read of plugins from outside. */
  readonly read: ReadonlyMap<Source, Manifest>
  /** What they are set up with, by id: with defaults. */
  readonly settings: Readonly<Record<string, unknown>>
  /** One for each name in the list that is no plugin. */
  readonly missing: readonly NexusError[]
  /** Of the plugins that ship with the gateway and of those in the list. */
  readonly manifests: Readonly<Record<string, Manifest>>
}
export interface Wish extends Partial<Pick<TreeInput, 'set' | 'version' | 'mustExist'>>, Pick<TreeInput, 'env'> {
  readonly paths: Paths
  /** `--plugins`. */
  readonly list?: string | undefined
  /** Only first-party plugins that say they are safe. */
  readonly safe?: boolean
}
/** What is read instead of the file. */
export type Instead = Partial<Pick<TreeInput, 'text' | 'tree'>>

const modules = `${sep}node_modules${sep}`

export async function gather(loader: Loader, { paths, list = '', safe = false, ...input }: Wish, instead: Instead = {}): Promise<Gathered> {
  const migrations = Object.values(loader.manifests).flatMap((manifest) => manifest.migrations ?? [])
  const tree = await readTree({ ...input, ...instead, file: paths.config, dotenv: join(paths.state, '.env'), migrations })
  const typed = anchored(splitList(list), process.cwd())
  const configured = Object.keys(tree.blocks).filter((id) => loader.builtin(id))
  const installed = await readInstalled(join(paths.state, 'plugins'))
  const { sources, faults: missing } = await loader.find(select([...tree.plugins, ...typed], loader.defaults, configured), { dirs: [dirname(paths.config)], installed, policy: tree.policy })

  const outside = sources.filter(({ origin }) => origin !== 'builtin')
  const read = new Map<Source, Manifest>()
  // One that cannot be read is reported when it is to be started.
  await Promise.all(outside.map(async (source) => read.set(source, await source.manifest())).map((done) => done.catch(() => {})))
  const manifests: Record<string, Manifest> = { ...loader.manifests }
  for (const manifest of read.values()) manifests[manifest.id] = manifest
  const { resolved, blocks, faults, notes } = checkTree(tree, { manifests, complete: read.size === outside.length, enabled: sources.map(({ id }) => id), idle: installed })
  const all = [...tree.faults, ...faults]

  const lists = [['command line', new Set(typed)], ['config', new Set(tree.plugins)], ['default', new Set(loader.defaults)]] as const
  const why = ({ id, place }: Source): string => {
    const at = place.lastIndexOf(modules)
    const name = at < 0 ? id : place.slice(at + modules.length)
    return lists.find(([, list]) => list.has(id) || list.has(place) || list.has(name))?.[0] ?? 'settings'
  }
  const plugins = sources.filter(({ id, origin }) => !safe || (origin === 'builtin' && manifests[id]?.safe)).map((source) => ({ source, why: why(source) }))
  const { file, exists, hash, text, raw, merged, files } = tree
  return {
    tree, plugins, read, settings: blocks, missing, manifests,
    view: { file, exists, hash, text, raw, merged, resolved, files, faults: all.length > 0 ? await placed(tree, all) : [], notes: [...tree.notes, ...notes] },
  }
}
