/** A plugin that is not part of this package: a file, a folder or an installed package, in one of two tiers. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { Command } from './command.ts'
import type { MaybePromise, Plugin } from './contract.ts'
import { asNexusError, fail, reasonOf, type NexusError } from './errors.ts'
import type { CodeSession, IsolatedCode, Isolator } from './isolator.ts'
import type { Kept } from './kept.ts'
import { manifestOf, parseManifest, summaries, type Manifest } from './manifest.ts'
import type { GraphOptions } from './modules.ts'
import type { Source, Tier } from './source.ts'
import { within } from './within.ts'

/** What a loader's outside plugins have in common. */
export interface Road extends Pick<GraphOptions, 'cacheDir' | 'alias'> {
  shared(): Promise<GraphOptions['shared']>
  /** Rejects where no plugin brings one. */
  isolator(): Promise<Isolator>
  readonly kept: Kept
  readonly deadlineMs: number
}
/** What was agreed to when a plugin was installed. */
export interface Agreement {
  /** Changes with what was agreed to. */
  readonly stamp: string
  /** Why the manifest asks for more than that. */
  refusal(manifest: Manifest): NexusError | undefined
  /** Rejects with NEXUS_PLUGIN_TAMPERED where a file is not the one that was installed; gives the same check for what is read of a file later. */
  verify(): Promise<Check>
}
/** Throws if `text` is not what was installed as `file`, a real path. */
export type Check = (file: string, text: string) => void
export interface OutsideOptions { readonly place: string; readonly origin: 'path' | 'package'; readonly tier: Tier; /** Where it is known before its manifest is read. */ readonly id?: string; readonly agreement?: Agreement | undefined }
export type Module = Readonly<Record<string, unknown>>

export const outsideSource = (options: OutsideOptions, road: Road): Source => (options.tier === 'trusted' ? trustedSource(options, road) : isolatedSource(options, road))

/** Its code runs in this process. */
function trustedSource({ place, origin, agreement, ...known }: OutsideOptions, road: Road): Source {
  let id = known.id ?? basename(place, extname(place))
  let files = new Map<string, string>()
  let plugin: Plugin | undefined

  async function evaluated(found: Found, file: string, into: Map<string, string>): Promise<Module> {
    const check = await agreement?.verify()
    const { evaluate } = await import('./modules.ts')
    const graph = { ...road, root: found.root, shared: await road.shared(), files: into, ...(check && { check }) }
    return inTime(evaluate(join(found.root, file), graph), id, place, road.deadlineMs, found.root)
  }

  async function load(): Promise<Plugin> {
    const { unchanged } = await import('./modules.ts')
    if (plugin && await unchanged(files)) return plugin
    plugin = undefined
    files = new Map()
    const found = locate(place)
    plugin = pluginOf(await evaluated(found, found.entry, files), place)
    id = plugin.id
    return plugin
  }

  async function commands(): Promise<Readonly<Record<string, Command>>> {
    const found = locate(place)
    return found.cli ? commandsOf(await evaluated(found, found.cli, new Map())) : {}
  }

  async function manifest(): Promise<Manifest> {
    const found = locate(place, road.kept)
    const { given, whole } = givenBy(found, id)
    if (given) id = given.id
    if (whole) return agreed(whole, agreement)
    const { entry, cli, about } = found
    const derived = manifestOf(await load(), { entry, ...about, ...(cli && { cli }), commands: summaries(await commands()) })
    return agreed(sameId(derived, given, place), agreement)
  }

  return { get id() { return id }, origin, place, tier: 'trusted', stamp: agreement?.stamp, manifest, load, commands, files: () => [...files.keys()], hash: () => (files.size > 0 ? digestOf(files) : undefined) }
}

/** Its code runs elsewhere: here there is what its manifest says, and a definition that stands for it. */
function isolatedSource({ place, origin, agreement, ...known }: OutsideOptions, road: Road): Source {
  let id = known.id ?? basename(place, extname(place))
  let session: CodeSession | undefined
  /** As it was told last: nothing is read anew between that and the load. */
  let told: { readonly manifest: Manifest; readonly code: IsolatedCode; readonly isolator: Isolator } | undefined

  function codeOf({ root, entry, cli }: Found): IsolatedCode {
    const about = { id, place, root, entry, ...(cli && { cli }) }
    const started = async (begun: CodeSession) => {
      session = begun
      return agreement?.verify()
    }
    return { ...about, session: async () => (await import('./served.ts')).servedSession(about, road, started) }
  }

  async function look(): Promise<NonNullable<typeof told>> {
    told = undefined
    const [found, isolator] = [locate(place, road.kept), await road.isolator()]
    const { given, whole } = givenBy(found, id)
    if (given) id = given.id
    const derived = whole ?? { ...await road.kept.described(place, () => isolator.describe(codeOf(found)), () => session), ...found.about }
    id = derived.id
    if (derived.tier === 'trusted') throw fail('NEXUS_PLUGIN_NEEDS_TRUST', { plugin: id })
    const known = agreed(whole ?? sameId(derived, given, place), agreement)
    return told = { code: codeOf(found), isolator, manifest: { ...known, requires: { ...known.requires, ...isolator.requires } } }
  }

  const made = ({ code, isolator, manifest }: NonNullable<typeof told>): Plugin => isolator.standIn(code, manifest)
  const load = (): MaybePromise<Plugin> => (told ? made(told) : look().then(made))

  async function commands(): Promise<Readonly<Record<string, Command>>> {
    const { code, isolator, manifest } = told ?? await look()
    return isolator.commands(code, manifest)
  }

  return { get id() { return id }, origin, place, tier: 'isolated', stamp: agreement?.stamp, manifest: async () => (await look()).manifest, load, commands, files: () => session?.files() ?? [], hash: () => session?.hash() }
}

/** The id that a plugin seems to have: what is trusted is told by it, before anything of it is run. */
export async function idAt(place: string): Promise<string> {
  const { nexus } = await Promise.resolve(place).then(readPackage).catch(() => undefined) ?? {}
  const id = (nexus as { id?: unknown } | undefined)?.id
  return typeof id === 'string' ? id : basename(place, extname(place))
}

/** What its package.json says: all of it, or no more than where the code is. */
function givenBy({ root, nexus, stub, about, kept }: Found, guess: string): { readonly given?: Manifest; readonly whole?: Manifest } {
  if (kept?.manifest) return { given: kept.manifest, whole: kept.manifest }
  if (nexus === undefined) return {}
  const given = parseManifest(nexus, join(root, 'package.json'), guess)
  if (stub) return { given }
  const whole = { ...about, ...given }
  kept?.keep(whole)
  return { given, whole }
}

function sameId(derived: Manifest, given: Manifest | undefined, place: string): Manifest {
  if (given && given.id !== derived.id) throw fail('NEXUS_PLUGIN_MANIFEST_DIFFERS', { plugin: derived.id, faults: `id is ${derived.id}, the manifest says ${given.id}` })
  return parseManifest(derived, place, derived.id)
}

function agreed(manifest: Manifest, agreement: Agreement | undefined): Manifest {
  const refusal = agreement?.refusal(manifest)
  if (refusal) throw refusal
  return manifest
}

/** Of a plugin's own files and what was in them, short. */
export const digestOf = (files: ReadonlyMap<string, string>): string => createHash('sha256').update([...files.values()].sort().join('\n')).digest('hex').slice(0, 12)

interface Found {
  /** The plugin's folder, symlinks resolved. */
  readonly root: string
  readonly entry: string
  readonly cli?: string
  /** `nexus` of its package.json. */
  readonly nexus?: unknown
  /** `nexus` says no more than where the code is: the rest is taken from the definition. */
  readonly stub: boolean
  readonly about: { readonly version?: string; readonly description?: string }
  /** What it said when it was last looked at. */
  readonly kept?: ReturnType<Kept['at']>
}

function locate(place: string, memory?: Kept): Found {
  if (!existsSync(place)) throw fail('NEXUS_PLUGIN_NOT_FOUND', { plugin: place, where: '', hint: '' })
  const real = realpathSync.native(place)
  const kept = memory?.at(join(real, 'package.json'))
  if (kept?.manifest) return { root: real, ...filesOf(kept.manifest), stub: false, about: {}, kept }
  const manifest = readPackage(real)
  if (!manifest) return { root: dirname(real), entry: basename(real), stub: true, about: {} }
  const { nexus, version, description } = manifest
  const { entry, cli } = (typeof nexus === 'object' && nexus !== null ? nexus : {}) as Module
  return {
    root: real,
    entry: typeof entry === 'string' ? entry : firstOf(real, ['index.ts', 'index.js', 'index.mjs']),
    ...(typeof cli === 'string' && { cli }),
    nexus,
    stub: Object.keys(nexus ?? {}).every((key) => ['api', 'id', 'entry', 'cli'].includes(key)),
    about: { ...(typeof version === 'string' && { version }), ...(typeof description === 'string' && { description }) },
    ...(kept && { kept }),
  }
}

const filesOf = ({ entry, cli }: Manifest): Pick<Found, 'entry' | 'cli'> => ({ entry, ...(cli !== undefined && { cli }) })

/** Of a folder; nothing of a file. At once: hundreds of small files take the thread pool ten times as long, and no request waits here. */
function readPackage(place: string): Module | undefined {
  const file = join(place, 'package.json')
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Module
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== undefined) return code === 'ENOTDIR' ? undefined : {}
    throw fail('NEXUS_PLUGIN_BAD_MANIFEST', { plugin: basename(place), place: file, faults: 'the file is not JSON' }, error)
  }
}

function firstOf(dir: string, names: readonly string[]): string {
  for (const name of names) if (existsSync(join(dir, name))) return name
  throw fail('NEXUS_PLUGIN_NOT_A_PLUGIN', { place: dir })
}

/** What `work` gives, or a fault with the plugin's name. A module may wait for ever, and one that exports `then` does. */
export async function inTime<T>(work: Promise<T>, plugin: string, place: string, ms: number, root = place): Promise<T> {
  try {
    return await within(work, ms, (): T => { throw fail('NEXUS_PLUGIN_LOAD_TIMEOUT', { plugin, place, seconds: ms / 1_000 }) })
  } catch (error) {
    throw loadFault(error, plugin, place, root)
  }
}

/** Names the line of the plugin's own code that threw, where the error does not say it. */
function loadFault(error: unknown, plugin: string, place: string, root: string): NexusError {
  const reason = reasonOf(error)
  const frame = error instanceof Error && !reason.includes(root) ? error.stack?.split('\n').find((line) => line.includes(root)) : undefined
  const at = frame?.match(/\(?([^\s()]+:\d+:\d+)\)?$/)?.[1]
  return asNexusError(error, 'NEXUS_PLUGIN_LOAD_FAILED', { plugin, place, reason: at ? `${reason} (${at})` : reason })
}

export function pluginOf(module: Module, place: string): Plugin {
  const plugin = module['default'] as Plugin | undefined
  if (plugin?.$type !== 'nexus.plugin/1' || typeof plugin.setup !== 'function') throw fail('NEXUS_PLUGIN_NOT_A_PLUGIN', { place })
  return plugin
}

export const commandsOf = (module: Module): Readonly<Record<string, Command>> => (module['default'] ?? {}) as Readonly<Record<string, Command>>
