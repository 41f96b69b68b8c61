/** The one way to a plugin's code: first-party plugins are built and go through jiti's native loader, all others through the whole of jiti. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createJiti } from 'jiti/native'
import { isPath, type Selection } from './config/plugins.ts'
import { isDenied, isTrusted, type PluginPolicy } from './config/policy.ts'
import { nearest } from './config/suggest.ts'
import { fail, type NexusError } from './errors.ts'
import type { Installed } from './installed.ts'
import type { Isolator } from './isolator.ts'
import { keepManifests } from './kept.ts'
import type { Manifest } from './manifest.ts'
import { commandsOf, idAt, inTime, outsideSource, pluginOf, type Module, type OutsideOptions, type Road } from './outside.ts'
import { packageDir } from './paths.ts'
import type { Source, Tier } from './source.ts'

export interface LoaderOptions {
  /** Holds transformed code, mode 0700. */
  readonly cacheDir: string
  /** The built first-party plugins with their `manifests.json`; by default those of this package. */
  readonly builtinDir?: string
  /** How long a plugin's modules may take. Milliseconds, 15 000. */
  readonly deadlineMs?: number
  /** Stands before every plugin from outside, from the first look at it. */
  guard?(source: Source): Source
}
/** What is known of the first-party plugins without running any: one file, written by the build. */
export interface Catalog {
  /** The default set. */
  readonly defaults: readonly string[]
  readonly manifests: Readonly<Record<string, Manifest>>
}
export interface Loader extends Catalog {
  builtin(id: string): Source | undefined
  /** A file or a folder. */
  path(place: string, tier?: Tier): Source
  /** A package under `node_modules` of `fromDir` or a folder above it. */
  package(name: string, fromDir: string, tier?: (id: string) => Tier): Promise<Source | undefined>
  /** What is to be known of a file or folder before it is wanted. */
  describe(place: string, policy: PluginPolicy): Promise<Manifest>
  /** Every selected plugin, and a fault for each name that is none or that the policy keeps out. */
  find(selection: Selection, where: Where): Promise<{ sources: Source[]; faults: NexusError[] }>
  /** Keeps what was found out of manifests for the process after. Never rejects. */
  save(): Promise<void>
}
export interface Where {
  /** Where packages are looked for. */
  readonly dirs: readonly string[]
  /** What `nexus plugins add` has installed. */
  readonly installed: ReadonlyMap<string, Installed>
  readonly policy: PluginPolicy
}

export async function createLoader(options: LoaderOptions): Promise<Loader> {
  const { builtinDir = join(packageDir(), 'dist', 'plugins'), deadlineMs = 15_000, guard = (source) => source } = options
  const catalog = JSON.parse(await readFile(join(builtinDir, 'manifests.json'), 'utf8')) as Catalog
  const ids = Object.keys(catalog.manifests)
  let shared: ReturnType<Road['shared']> | undefined
  let isolator: ReturnType<Road['isolator']> | undefined
  const road: Road = {
    cacheDir: join(options.cacheDir, 'jiti'),
    alias: Object.fromEntries([
      ...ids.map((id) => [`nexus-gateway/plugins/${id}`, join(builtinDir, id, 'contract.js')]),
      ...['hosting', 'pack'].map((name) => [`nexus-gateway/sdk/${name}`, join(packageDir(), 'dist', 'sdk', `${name}.js`)]),
    ]),
    shared: () => (shared ??= sharedModules()),
    isolator: () => (isolator ??= importIsolator()),
    kept: keepManifests(join(options.cacheDir, 'manifests.json')),
    deadlineMs,
  }

  function builtin(id: string): Source | undefined {
    const manifest = Object.hasOwn(catalog.manifests, id) ? catalog.manifests[id] : undefined
    if (!manifest) return undefined
    const place = join(builtinDir, id)
    const built = (file: string) => inTime(importBuilt(join(place, file)), id, place, deadlineMs)
    return {
      id, origin: 'builtin', place, tier: 'trusted',
      manifest: () => manifest,
      load: async () => pluginOf(await built(manifest.entry), place),
      commands: async () => (manifest.cli ? commandsOf(await built(manifest.cli)) : {}),
      files: () => [],
      hash: () => undefined,
    }
  }

  async function importIsolator(): Promise<Isolator> {
    const brings = Object.values(catalog.manifests).find((manifest) => manifest.isolator !== undefined)
    if (!brings?.isolator) throw fail('NEXUS_PLUGIN_NO_ISOLATOR')
    const module = await inTime(importBuilt(join(builtinDir, brings.id, brings.isolator)), brings.id, builtinDir, deadlineMs)
    return module['default'] as Isolator
  }

  /** One source for one place and tier, for it knows what it has read and loaded. */
  const kept = new Map<string, Source>()
  function outside(options: OutsideOptions): Source {
    const key = JSON.stringify([options.place, options.tier, options.agreement?.stamp])
    const source = kept.get(key) ?? guard(outsideSource(options, road))
    kept.set(key, source)
    return source
  }
  const path = (place: string, tier: Tier = 'trusted'): Source => outside({ place, origin: 'path', tier })

  async function packaged(name: string, fromDir: string, tierOf: (id: string) => Tier = () => 'trusted'): Promise<Source | undefined> {
    const place = join(fromDir, 'node_modules', name)
    if (await stat(join(place, 'package.json')).catch(() => undefined)) return outside({ place, origin: 'package', tier: tierOf(await idAt(place)) })
    return dirname(fromDir) === fromDir ? undefined : packaged(name, dirname(fromDir), tierOf)
  }

  const tierIn = (policy: PluginPolicy) => (id: string): Tier => (isTrusted(policy, id) ? 'trusted' : 'isolated')
  async function named(entry: string, { dirs, installed, policy }: Where): Promise<Source | undefined> {
    const tierOf = tierIn(policy)
    if (isPath(entry)) return path(entry, tierOf(await idAt(entry)))
    const known = builtin(entry)
    if (known) return known
    const agreement = installed.get(entry)
    if (agreement) return outside({ id: entry, place: agreement.place, origin: agreement.linked ? 'path' : 'package', tier: tierOf(entry), agreement })
    if (!/^(@[\w.-]+\/)?[\w-][\w.-]*$/.test(entry)) return undefined
    const found = await Promise.all(dirs.map((from) => packaged(entry, from, tierOf)))
    return found.find((source) => source !== undefined)
  }

  async function find(selection: Selection, where: Where): Promise<{ sources: Source[]; faults: NexusError[] }> {
    const found = await Promise.all(selection.entries.map(async (entry) => ({ entry, source: await named(entry, where) })))
    const sources = found.flatMap(({ source }) => source ?? [])
    const strangers = selection.without.filter((name) => !ids.includes(name) && !isPath(name))
    // Only now are the ids of outside plugins wanted; one that cannot tell its own is reported when it is started.
    if (strangers.length > 0) await Promise.all(sources.map(async (source) => source.manifest()).map((manifest) => manifest.catch(() => undefined)))
    const enabled = sources.map(({ id }) => id)
    const unknown = [...found.filter(({ source }) => !source).map(({ entry }) => entry), ...strangers.filter((name) => !enabled.includes(name))]
    const left = sources.filter(({ id }) => !strangers.includes(id))
    const kept = left.filter(({ id, origin }) => origin === 'builtin' || !isDenied(where.policy, id))
    return {
      sources: kept,
      faults: [
        ...unknown.map((plugin) => notFound(plugin, [...ids, ...enabled], where.dirs)),
        ...left.flatMap((source) => (kept.includes(source) ? [] : [fail('NEXUS_PLUGIN_DENIED', { plugin: source.id })])),
      ],
    }
  }

  const describe: Loader['describe'] = async (place, policy) => path(place, tierIn(policy)(await idAt(place))).manifest()
  return { ...catalog, builtin, path, package: packaged, describe, find, save: road.kept.save }
}

function notFound(plugin: string, known: readonly string[], fromDirs: readonly string[]): NexusError {
  const meant = nearest(plugin, known)
  return fail('NEXUS_PLUGIN_NOT_FOUND', { plugin, where: `, neither in this release nor as a package from ${fromDirs.join(' or ')}`, hint: meant === undefined ? '' : ` Did you mean "${meant}"?` })
}

async function importBuilt(file: string): Promise<Module> {
  const url = pathToFileURL(file).href
  try {
    return await createJiti(import.meta.url).import<Module>(url)
  } catch (error) {
    // For a file that lacks one of its own imports jiti tries other suffixes, and then blames the file.
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') await import(url)
    throw error
  }
}

/** What plugins share with the host and each other; the SDK in the form this file is in, source or build. */
async function sharedModules(): Promise<Readonly<Record<string, object>>> {
  const [folder, suffix] = import.meta.url.endsWith('.ts') ? ['sdk', 'ts'] : ['dist/sdk', 'js']
  const sdk = (name: string): Promise<object> => import(pathToFileURL(join(packageDir(), folder, `${name}.${suffix}`)).href)
  // A name the bundler cannot see: with all its exports wanted, valibot would be read whole at every start.
  const unbundled = (name: string): Promise<object> => import(name)
  const [index, client, valibot, hono, streaming] = await Promise.all([sdk('index'), sdk('client'), unbundled('valibot'), import('hono'), import('hono/streaming')])
  return Object.assign(Object.create(null), { 'nexus-gateway/sdk': index, 'nexus-gateway/sdk/client': client, valibot, hono, 'hono/streaming': streaming })
}
