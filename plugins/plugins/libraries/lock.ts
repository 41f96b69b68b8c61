/** What a plugin that ships with the gateway needs of others, exactly: made by the build from the clone's lockfile, and shipped beside the plugin. Pure. */
import { createHash } from 'node:crypto'

/** As npm's lockfile has a package, without what is the clone's own; the registry is the user's. */
export interface LockedPackage {
  readonly version: string
  readonly integrity: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly hasInstallScript?: boolean
}
/** `libraries.json` beside the built plugin. */
export interface LibraryLock {
  readonly plugin: string
  /** Changes with whatever is to be fetched. */
  readonly digest: string
  /** On the disk, all of it. */
  readonly bytes: number
  /** Those that the plugin asks for itself, by name. */
  readonly libraries: Readonly<Record<string, string>>
  /** All of them, by place: `node_modules/a`, `node_modules/a/node_modules/b`. */
  readonly packages: Readonly<Record<string, LockedPackage>>
}
type Packages = Readonly<Record<string, Partial<LockedPackage>>>

const kept = ['version', 'integrity', 'dependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta', 'optional', 'os', 'cpu', 'hasInstallScript'] as const

/** `packages` of the clone's lockfile. Throws where it does not have a library, or has it without a hash. */
export function lockFor(plugin: string, libraries: Readonly<Record<string, string>>, packages: Packages): Omit<LibraryLock, 'bytes'> {
  const found = new Map<string, LockedPackage>()
  const wanted: [name: string, from: string, optional: boolean][] = Object.keys(libraries).map((name) => [name, '', false])
  for (let next = wanted.pop(); next; next = wanted.pop()) {
    const [name, from, optional] = next
    const place = placeFor(name, from, packages)
    if (place === undefined && optional) continue
    const { version, integrity } = packages[place ?? ''] ?? {}
    if (place === undefined || version === undefined || integrity === undefined) throw new Error(`the lockfile has no hash of ${name}, which ${plugin} needs`)
    if (found.has(place)) continue
    const one = Object.fromEntries(kept.flatMap((key) => (packages[place]![key] === undefined ? [] : [[key, packages[place]![key]]]))) as unknown as LockedPackage
    found.set(place, one)
    wanted.push(...needsOf(one).map(([needed, may]): [string, string, boolean] => [needed, place, may]))
  }
  const all = Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { plugin, digest: createHash('sha256').update(JSON.stringify([libraries, all])).digest('hex').slice(0, 12), libraries, packages: all }
}

function needsOf({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }: LockedPackage): [name: string, optional: boolean][] {
  const peers = Object.keys(peerDependencies).map((name): [string, boolean] => [name, peerDependenciesMeta[name]?.optional === true])
  return [...Object.keys(dependencies).map((name): [string, boolean] => [name, false]), ...Object.keys(optionalDependencies).map((name): [string, boolean] => [name, true]), ...peers]
}

/** Where Node finds `name` for what stands at `from`: the nearest folder above. */
function placeFor(name: string, from: string, packages: Packages): string | undefined {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (Object.hasOwn(packages, place)) return place
  return from === '' ? undefined : placeFor(name, from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1)), packages)
}

/** Of the folder below `plugins/libraries` of the state directory. */
export const folderName = ({ plugin, digest }: Pick<LibraryLock, 'plugin' | 'digest'>): string => `${plugin}-${digest}`
export const folderForm = /^([a-z][a-z0-9-]*)-[0-9a-f]{12}$/
/** Whoever imports it is given the function that imports from there. */
export const opener = 'open.mjs'

export const named = (libraries: LibraryLock['libraries']): string => Object.entries(libraries).map(([name, version]) => `${name} ${version}`).join(', ')
export const sizeText = (bytes: number): string => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`)
