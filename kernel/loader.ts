/** The one way to a plugin's code. First-party plugins are built and go through jiti's native loader; all others get a module graph of their own. */
import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createJiti } from 'jiti/native'
import { isPath, type Selection } from './config/plugins.ts'
import { didYouMean } from './config/suggest.ts'
import type { Command, Plugin } from './contract.ts'
import { asNexusError, fail, NexusError, reasonOf } from './errors.ts'
import { manifestOf, parseManifest, summaries, type Manifest } from './manifest.ts'
import { packageDir } from './paths.ts'
import type { Source } from './source.ts'
import { within } from './within.ts'

export interface LoaderOptions {
  /** Holds transformed code, mode 0700. */
  readonly cacheDir: string
  /** The built first-party plugins with their `manifests.json`; by default those of this package. */
  readonly builtinDir?: string
  readonly deadlineMs?: number
}
export interface Catalog {
  readonly defaults: readonly string[]
  readonly manifests: Readonly<Record<string, Manifest>>
}
export interface Loader extends Catalog {
  builtin(id: string): Source | undefined
  /** A file or a folder. */
  path(place: string): Source
  /** A package under `node_modules` of `fromDir` or a folder above it. */
  package(name: string, fromDir: string): Promise<Source | undefined>
  /** Every selected plugin, and a fault for each name that is none. */
  find(selection: Selection, fromDirs: readonly string[]): Promise<{ sources: Source[]; faults: NexusError[] }>
}
type Module = Readonly<Record<string, unknown>>

/** What is known of the first-party plugins without running any: one file, written by the build. */
export async function readCatalog(dir = join(packageDir(), 'dist', 'plugins')): Promise<Catalog> {
  return JSON.parse(await readFile(join(dir, 'manifests.json'), 'utf8')) as Catalog
}

export async function createLoader(options: LoaderOptions): Promise<Loader> {
  const dir = options.builtinDir ?? join(packageDir(), 'dist', 'plugins')
  const catalog = await readCatalog(dir)
  const ids = Object.keys(catalog.manifests)
  const deadlineMs = options.deadlineMs ?? 15_000
  const native = createJiti(import.meta.url)
  const alias = Object.fromEntries(ids.map((id) => [`nexus-gateway/plugins/${id}`, join(dir, id, 'contract.js')]))
  let shared: Promise<Readonly<Record<string, object>>> | undefined

  function inTime<T>(work: Promise<T>, plugin: string, place: string): Promise<T> {
    return within(work, deadlineMs, (): T => { throw fail('NEXUS_PLUGIN_LOAD_TIMEOUT', { plugin, place, seconds: deadlineMs / 1_000 }) })
  }

  async function importBuilt(file: string): Promise<Module> {
    const url = pathToFileURL(file).href
    try {
      return await native.import<Module>(url)
    } catch (error) {
      // For a file that lacks one of its own imports jiti tries other suffixes, and then blames the file.
      if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') await import(url)
      throw error
    }
  }

  function builtin(id: string): Source | undefined {
    const manifest = Object.hasOwn(catalog.manifests, id) ? catalog.manifests[id] : undefined
    if (!manifest) return undefined
    const place = join(dir, id)
    const module = (file: string) => inTime(importBuilt(join(place, file)), id, place).catch((error: unknown) => { throw loadFault(error, id, place) })
    return {
      id, origin: 'builtin', place,
      manifest: () => manifest,
      load: async () => pluginOf(await module(manifest.entry), place),
      commands: async () => (manifest.cli ? commandsOf(await module(manifest.cli)) : {}),
      files: () => [],
    }
  }

  function outside(place: string, origin: 'path' | 'package'): Source {
    let id = basename(place, extname(place))
    let files = new Map<string, string>()
    let plugin: Plugin | undefined

    async function module(found: Found, file: string, into: Map<string, string>): Promise<Module> {
      const { evaluate } = await import('./modules.ts')
      const graph = { root: found.root, cacheDir: join(options.cacheDir, 'jiti'), shared: await (shared ??= sharedModules()), alias, files: into }
      return inTime(evaluate(join(found.root, file), graph), id, place).catch((error: unknown) => { throw loadFault(error, id, place, found.root) })
    }
    async function load(): Promise<Plugin> {
      const { unchanged } = await import('./modules.ts')
      if (plugin && await unchanged(files)) return plugin
      plugin = undefined
      files = new Map()
      const found = await locate(place)
      plugin = pluginOf(await module(found, found.entry, files), place)
      id = plugin.id
      return plugin
    }
    async function commands(found: Found): Promise<Readonly<Record<string, Command>>> {
      return found.cli ? commandsOf(await module(found, found.cli, new Map())) : {}
    }
    async function manifest(): Promise<Manifest> {
      const found = await locate(place)
      const given = found.nexus === undefined ? undefined : parseManifest(found.nexus, join(found.root, 'package.json'), id)
      const extra = { entry: found.entry, ...found.about, ...(found.cli && { cli: found.cli }) }
      if (given) id = given.id
      if (given && !found.stub) return { ...found.about, ...given }
      const derived = manifestOf(await load(), { ...extra, commands: summaries(await commands(found)) })
      if (given && given.id !== derived.id) throw fail('NEXUS_PLUGIN_MANIFEST_DIFFERS', { plugin: derived.id, faults: `id is ${derived.id}, the manifest says ${given.id}` })
      return parseManifest(derived, place, derived.id)
    }
    return { get id() { return id }, origin, place, manifest, load, commands: async () => commands(await locate(place)), files: () => [...files.keys()] }
  }

  async function packaged(name: string, fromDir: string): Promise<Source | undefined> {
    for (let at = fromDir; ; at = dirname(at)) {
      const place = join(at, 'node_modules', name)
      if (await stat(join(place, 'package.json')).catch(() => undefined)) return outside(place, 'package')
      if (dirname(at) === at) return undefined
    }
  }

  async function named(entry: string, fromDirs: readonly string[]): Promise<Source | undefined> {
    if (isPath(entry)) return outside(entry, 'path')
    const known = builtin(entry)
    if (known || !/^(@[\w.-]+\/)?[\w-][\w.-]*$/.test(entry)) return known
    for (const from of fromDirs) {
      const source = await packaged(entry, from)
      if (source) return source
    }
    return undefined
  }

  const unknown = (plugin: string, known: readonly string[]) => fail('NEXUS_PLUGIN_NOT_FOUND', { plugin, where: '', hint: didYouMean(plugin, known, '') })

  async function find(selection: Selection, fromDirs: readonly string[]): Promise<{ sources: Source[]; faults: NexusError[] }> {
    const faults: NexusError[] = []
    let sources: Source[] = []
    for (const entry of selection.entries) {
      const source = await named(entry, fromDirs)
      if (source) sources.push(source)
      else faults.push(unknown(entry, ids))
    }
    const strangers = selection.without.filter((name) => !ids.includes(name) && !isPath(name))
    if (strangers.length === 0) return { sources, faults }
    // Only now are the ids of outside plugins wanted; one that cannot tell its own is reported when it is started.
    await Promise.all(sources.map(async (source) => source.manifest()).map((m) => m.catch(() => undefined)))
    for (const name of strangers) {
      if (sources.some((source) => source.id === name)) sources = sources.filter((source) => source.id !== name)
      else faults.push(unknown(name, [...ids, ...sources.map((source) => source.id)]))
    }
    return { sources, faults }
  }

  return { ...catalog, builtin, path: (place) => outside(place, 'path'), package: packaged, find }
}

interface Found {
  /** The plugin's folder, symlinks resolved. */
  readonly root: string
  readonly entry: string
  readonly cli?: string
  /** `nexus` of its package.json. */
  readonly nexus?: unknown
  /** It says where the code is and leaves the rest to the definition. */
  readonly stub: boolean
  readonly about: { readonly version?: string; readonly description?: string }
}

async function locate(place: string): Promise<Found> {
  const real = await realpath(place).catch(() => undefined)
  if (real === undefined) throw fail('NEXUS_PLUGIN_NOT_FOUND', { plugin: place, where: '', hint: '' })
  if ((await stat(real)).isFile()) return { root: dirname(real), entry: basename(real), stub: true, about: {} }
  const { nexus, version, description } = await readPackage(join(real, 'package.json'))
  const { entry, cli } = (typeof nexus === 'object' && nexus !== null ? nexus : {}) as { entry?: unknown; cli?: unknown }
  return {
    root: real,
    entry: typeof entry === 'string' ? entry : await firstOf(real, ['index.ts', 'index.js', 'index.mjs']),
    ...(typeof cli === 'string' && { cli }),
    nexus,
    stub: nexus === undefined || Object.keys(nexus ?? {}).every((key) => ['api', 'id', 'entry', 'cli'].includes(key)),
    about: { ...(typeof version === 'string' && { version }), ...(typeof description === 'string' && { description }) },
  }
}

async function readPackage(file: string): Promise<Module> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  try {
    return JSON.parse(text) as Module
  } catch (error) {
    throw fail('NEXUS_PLUGIN_BAD_MANIFEST', { plugin: basename(dirname(file)), place: file, faults: 'the file is not JSON' }, error)
  }
}

async function firstOf(dir: string, names: readonly string[]): Promise<string> {
  for (const name of names) if (await stat(join(dir, name)).catch(() => undefined)) return name
  throw fail('NEXUS_PLUGIN_NOT_A_PLUGIN', { place: dir })
}

function pluginOf(module: Module, place: string): Plugin {
  const plugin = module['default'] as Plugin | undefined
  if (plugin?.$type !== 'nexus.plugin/1' || typeof plugin.setup !== 'function') throw fail('NEXUS_PLUGIN_NOT_A_PLUGIN', { place })
  return plugin
}

function commandsOf(module: Module): Readonly<Record<string, Command>> {
  return (module['default'] ?? {}) as Readonly<Record<string, Command>>
}

/** Names the line of the plugin's own code that threw, where the error does not say it. */
function loadFault(error: unknown, plugin: string, place: string, root = place): NexusError {
  const reason = reasonOf(error)
  const frame = error instanceof Error && !reason.includes(root) ? error.stack?.split('\n').find((line) => line.includes(root)) : undefined
  const at = frame?.match(/\(?([^\s()]+:\d+:\d+)\)?$/)?.[1]
  return asNexusError(error, 'NEXUS_PLUGIN_LOAD_FAILED', { plugin, place, reason: at ? `${reason} (${at})` : reason })
}

/** What plugins share with the host and each other; the SDK in the form this file is in, source or build. */
async function sharedModules(): Promise<Readonly<Record<string, object>>> {
  const source = import.meta.url.endsWith('.ts')
  const sdk = (name: string): Promise<object> => import(pathToFileURL(join(packageDir(), source ? 'sdk' : 'dist/sdk', `${name}.${source ? 'ts' : 'js'}`)).href)
  // A name the bundler cannot see: with all its exports wanted, valibot would be read whole at every start.
  const unbundled = (name: string): Promise<object> => import(name)
  const [index, client, valibot, hono, streaming] = await Promise.all([sdk('index'), sdk('client'), unbundled('valibot'), import('hono'), import('hono/streaming')])
  return Object.assign(Object.create(null), { 'nexus-gateway/sdk': index, 'nexus-gateway/sdk/client': client, valibot, hono, 'hono/streaming': streaming })
}
