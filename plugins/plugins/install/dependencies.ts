/** A plugin's libraries: resolved and fetched by npm for a package.json of our making, so that nothing of the plugin's own steers npm. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { fail } from '../errors.ts'
import { walk } from './hashes.ts'
import type { Npm } from './npm.ts'
import type { PackageJson } from './package.ts'
import { isPackageName, isRange } from './spec.ts'

/** One place in the tree: a package can be in several. */
export interface Dependency {
  readonly name: string
  readonly version: string
  readonly scripts: boolean
  /** As the registry gives it; none for what lies in the tarball of another one. */
  readonly integrity: string | undefined
  /** For another kind of machine: npm leaves it out. */
  readonly foreign: boolean
}

/** What the host gives every plugin. */
const shared: readonly string[] = ['nexus-gateway', 'valibot', 'hono']
const most = { files: 100_000, bytes: 1024 * 1024 * 1024 } as const
const specs = v.optional(v.record(v.string(), v.string()), {})
const machines = v.optional(v.union([v.string(), v.array(v.string())]))
const Lock = v.object({
  packages: v.record(v.string(), v.object({
    name: v.optional(v.string()), version: v.optional(v.string()), resolved: v.optional(v.string()), integrity: v.optional(v.string()),
    link: v.optional(v.boolean()), inBundle: v.optional(v.boolean()), hasInstallScript: v.optional(v.boolean()),
    optional: v.optional(v.boolean()), os: machines, cpu: machines,
    dependencies: specs, optionalDependencies: specs, peerDependencies: specs,
  })),
})
type Locked = v.InferOutput<typeof Lock>['packages']

/** What npm shall resolve for it; nothing if it needs no library. Throws NEXUS_PLUGINS_DEPENDENCY for one that is not named by version. */
export function wantedOf({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: PackageJson): { dependencies: Record<string, string>; optionalDependencies: Record<string, string> } | undefined {
  const peers = Object.entries(peerDependencies).filter(([name]) => !shared.includes(name) && peerDependenciesMeta[name]?.optional !== true)
  const own = Object.entries(dependencies).filter(([name]) => name !== 'nexus-gateway' && !Object.hasOwn(optionalDependencies, name))
  const wanted = { dependencies: Object.fromEntries([...peers, ...own]), optionalDependencies: { ...optionalDependencies } }
  checkSpecs('', wanted)
  return Object.keys(wanted.dependencies).length + Object.keys(wanted.optionalDependencies).length > 0 ? wanted : undefined
}

/** Resolves them in `dir`; fetches nothing. Throws NEXUS_PLUGINS_DEPENDENCY for one that comes from anywhere but the registry. */
export async function resolveDependencies(dir: string, wanted: NonNullable<ReturnType<typeof wantedOf>>, npm: Npm, before?: Date): Promise<Dependency[]> {
  await mkdir(dir, { mode: 0o700 })
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, ...wanted }))
  await npm.lock(dir, before)
  const { success, output } = v.safeParse(Lock, JSON.parse(await readFile(join(dir, 'package-lock.json'), 'utf8')))
  if (!success) throw fail('NEXUS_PLUGINS_PROGRAM', { program: 'npm', reason: 'its lockfile is of an unknown form' })
  return lockedOf(output.packages)
}

function lockedOf(packages: Locked): Dependency[] {
  const all = Object.entries(packages).filter(([place]) => place !== '').map(([place, found]) => ({ name: found.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length), found }))
  // Who wants it is told rather than what came of it.
  for (const { name, found } of all) checkSpecs(name, found)
  return all.map(({ name, found }) => {
    const fromRegistry = /^https?:\/\//.test(found.resolved ?? '') && found.integrity !== undefined
    if (found.link || found.version === undefined || !(fromRegistry || found.inBundle)) throw fail('NEXUS_PLUGINS_DEPENDENCY', { name })
    const foreign = found.optional === true && !(isFor(found.os, process.platform) && isFor(found.cpu, process.arch))
    return { name, version: found.version, scripts: found.hasInstallScript === true, integrity: found.integrity, foreign }
  })
}

/** By npm's own rule. */
function isFor(machine: string | readonly string[] = 'any', here: string): boolean {
  const list = [machine].flat()
  if (list.length === 1 && list[0] === 'any') return true
  return !list.includes(`!${here}`) && (list.includes(here) || list.every((one) => one.startsWith('!')))
}

/** A range, or `npm:other@range`; everything else leads away from the registry. */
function checkSpecs(of: string, groups: { readonly dependencies: Readonly<Record<string, string>>; readonly optionalDependencies: Readonly<Record<string, string>>; readonly peerDependencies?: Readonly<Record<string, string>> }): void {
  const all = [groups.dependencies, groups.optionalDependencies, groups.peerDependencies ?? {}].flatMap((group) => Object.entries(group))
  for (const [name, spec] of all) {
    const alias = /^npm:(@?[^@]+)(?:@(.*))?$/.exec(spec)
    const good = alias ? isPackageName(alias[1]!) && isRange(alias[2] ?? '') : isRange(spec)
    if (!isPackageName(name.toLowerCase()) || !good) throw fail('NEXUS_PLUGINS_DEPENDENCY', { name: (isPackageName(name) ? name : 'one with an odd name') + (of && ` of ${of}`) })
  }
}

/** Fetches what was resolved in `dir` into `node_modules` of the plugin; what the plugin brought along under the same name goes. */
export async function installDependencies(dir: string, plugin: string, npm: Npm): Promise<void> {
  await npm.install(dir)
  const from = join(dir, 'node_modules')
  if (!await stat(from).catch(() => undefined)) return // nothing but optional ones, none of them for this machine
  const into = join(plugin, 'node_modules')
  await mkdir(into, { recursive: true, mode: 0o700 })
  for (const name of await readdir(from)) {
    if (!name.startsWith('@')) await take(join(from, name), join(into, name))
    else {
      await mkdir(join(into, name), { recursive: true, mode: 0o700 })
      for (const one of await readdir(join(from, name))) await take(join(from, name, one), join(into, name, one))
    }
  }
}

async function take(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true })
  await rename(from, to)
}

/** Throws NEXUS_PLUGINS_NATIVE unless `native` was declared; NEXUS_PLUGINS_TOO_LARGE, NEXUS_PLUGINS_ODD_FILE. */
export async function checkFiles(plugin: string, { native }: { readonly native: boolean }, limits: { readonly files: number; readonly bytes: number } = most): Promise<{ readonly bytes: number }> {
  const names = await walk(plugin)
  if (names.length > limits.files) throw fail('NEXUS_PLUGINS_TOO_LARGE', { what: `${names.length} files` })
  const built = native ? undefined : names.find((name) => /\.node$|(^|\/)binding\.gyp$/i.test(name))
  if (built !== undefined) throw fail('NEXUS_PLUGINS_NATIVE', { what: built })
  let bytes = 0
  for (const name of names) bytes += (await stat(join(plugin, name))).size
  if (bytes > limits.bytes) throw fail('NEXUS_PLUGINS_TOO_LARGE', { what: `${Math.round(bytes / 1024 / 1024)} MB` })
  return { bytes }
}
