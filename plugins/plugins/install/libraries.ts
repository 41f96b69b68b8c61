/** The libraries of plugins that ship with the gateway: fetched by the lock that ships with them, and put in place whole or not at all. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { folderForm, folderName, named, opener, sizeText, type LibraryLock } from '../libraries/lock.ts'
import { folderFor, whereabouts, type Place } from '../libraries/shelf.ts'
import { differing, fewOf } from '../libraries/verify.ts'
import { checkFiles, installDependencies, type Dependency } from './dependencies.ts'
import { privateDir, replaceFile, syncDir } from './disk.ts'
import { npmOf } from './npm.ts'
import { sealed } from './seal.ts'
import { checkTarballs } from './tarballs.ts'
import type { Tools } from './tools.ts'
import type { InstallFinding, InstallPhase, LibraryRow } from './verbs.ts'

export interface LibraryJob { readonly staging: string; readonly signal: AbortSignal; phase(name: InstallPhase): void }
type Finding = Omit<InstallFinding, 'repairable'> & { readonly remove?: string }

/** Of the folder below the state directory's `plugins`. */
const below = 'libraries'
const open = 'export default (specifier) => import(specifier)\n'

/** What ships with the plugin; nothing where it brings no libraries of its own, or does not ship with the gateway. */
export async function shippedLock(id: string, { shipped }: Pick<Tools, 'shipped'>): Promise<LibraryLock | undefined> {
  const dir = shipped()
  if (dir === undefined || !/^[a-z][a-z0-9-]*$/.test(id)) return undefined
  const text = await readFile(join(dir, id, 'libraries.json'), 'utf8').catch(() => undefined /* it needs none */)
  return text === undefined ? undefined : JSON.parse(text) as LibraryLock
}

/** `fetched` only while every file is what it was then. */
export async function atHand(lock: LibraryLock, dir: string): Promise<Place> {
  const place = await whereabouts(lock, dirname(dir))
  return place === 'fetched' && (await differing(folderFor(lock, dirname(dir)))).length > 0 ? undefined : place
}

/** Exact and compared with the hashes that ship; nobody's scripts are run. What is in the staging folder then is complete. */
export async function fetchLibraries(lock: LibraryLock, { staging, signal, phase }: LibraryJob, tools: Tools): Promise<void> {
  const npm = npmOf(tools.programs, signal)
  const [dir, folder] = [join(staging, 'fetching'), join(staging, 'libraries')]
  await Promise.all([dir, folder].map((path) => mkdir(path, { mode: 0o700 })))
  phase('fetching')
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, dependencies: lock.libraries }))
  await writeFile(join(dir, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, requires: true, packages: { '': { dependencies: lock.libraries }, ...lock.packages } }))
  await checkTarballs(join(staging, 'tarballs'), dependenciesOf(lock), { npm, before: undefined, signal })
  phase('installing')
  await installDependencies(dir, folder, npm)
  await rm(join(folder, 'node_modules', '.package-lock.json'), { force: true })
  await writeFile(join(folder, opener), open)
  await checkFiles(folder, { native: false })
  phase('hashing')
  const { text } = await sealed(folder)
  await writeFile(`${folder}.files.json`, text, { mode: 0o600, flush: true })
}

/** A name in the tree is that of the package: the lock has no aliases. */
const dependenciesOf = ({ packages }: LibraryLock): Dependency[] => Object.entries(packages).map(([place, { version, integrity, optional }]) => ({
  name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length), version, integrity, scripts: false, foreign: optional === true,
}))

/** Takes them from the staging folder: their list first, so that a folder is never without one. What was there under this name goes. */
export async function placeLibraries(lock: LibraryLock, staging: string, dir: string): Promise<void> {
  const to = join(dir, below, folderName(lock))
  await privateDir(dir)
  await privateDir(join(dir, below))
  await rm(to, { recursive: true, force: true })
  await replaceFile(`${to}.files.json`, await readFile(join(staging, 'libraries.files.json'), 'utf8'))
  await rename(join(staging, 'libraries'), to)
  await syncDir(join(dir, below))
}

/** All that was ever fetched for a plugin. */
export async function dropLibraries(id: string, dir: string): Promise<boolean> {
  const own = (await entriesIn(dir)).filter((name) => pluginOf(name) === id)
  for (const name of own) await rm(join(dir, below, name), { recursive: true, force: true })
  return own.length > 0
}

/** What is told of them by `plugins.why` and `plugins.info`. */
export async function libraryRows(id: string, tools: Tools): Promise<{ libraries?: LibraryRow[] }> {
  const lock = await shippedLock(id, tools)
  if (!lock) return {}
  const place = await whereabouts(lock, dirname(tools.dir)) ?? 'missing'
  return { libraries: Object.entries(lock.libraries).map(([name, version]) => ({ name, version, place })) }
}

// ── What can be wrong ───────────────────────────────────────────────────────────────────────────

/** `wanted`: turned on, or having settings. */
export async function libraryFindings(wanted: (id: string) => boolean, tools: Tools): Promise<Finding[]> {
  const names = await entriesIn(tools.dir)
  const running = tools.kernel.list().filter(({ origin, id }) => origin === 'builtin' && wanted(id)).map(({ id }) => id)
  const faults = await Promise.all(running.map((id) => fault(id, tools)))
  const left = (await leftLibraries(wanted, tools, names)).map((path): Finding => ({ id: 'plugins.libraries', level: 'note', what: `libraries/${basename(path)} belongs to no plugin that is turned on`, fix: 'Run `nexus plugins doctor --fix`.', remove: path }))
  return [...faults.flat(), ...left]
}

async function fault(id: string, tools: Tools): Promise<Finding[]> {
  const lock = await shippedLock(id, tools)
  if (!lock) return []
  const place = await whereabouts(lock, dirname(tools.dir))
  const fix = `Run \`nexus plugins enable ${id}\`, which fetches what is missing.`
  if (place === undefined) return [{ id: 'plugins.library', level: 'error', what: `${id} needs ${named(lock.libraries)}, which is not here (${sizeText(lock.bytes)} with all that belongs to it)`, fix }]
  const differ = place === 'fetched' ? await differing(folderFor(lock, dirname(tools.dir))) : []
  return differ.length === 0 ? [] : [{ id: 'plugins.tampered', level: 'error', what: `the libraries of ${id} are not what was fetched: ${fewOf(differ)}`, fix: `${fix} Find out who changed it.` }]
}

/** What no plugin needs any more: of one that is turned off, or of an earlier release. */
export async function leftLibraries(wanted: (id: string) => boolean, tools: Tools, names?: readonly string[]): Promise<string[]> {
  const found = names ?? await entriesIn(tools.dir)
  const needed = new Set<string>()
  for (const id of new Set(found.flatMap((name) => pluginOf(name) ?? []))) {
    const lock = wanted(id) ? await shippedLock(id, tools) : undefined
    if (lock) needed.add(folderName(lock))
  }
  return found.filter((name) => !needed.has(name.replace(/\.files\.json$/, '')) || (name.endsWith('.files.json') && !found.includes(name.replace(/\.files\.json$/, '')))).map((name) => join(tools.dir, below, name))
}

/** Only names that a fetch has made, drafts of a list among them. */
async function entriesIn(dir: string): Promise<string[]> {
  const folder = join(dir, below)
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) return []
  return (await readdir(folder)).filter((name) => pluginOf(name) !== undefined || draft.test(name))
}

const draft = /^\.[a-z][a-z0-9-]*-[0-9a-f]{12}\.files\.json\.[0-9a-f]{12}\.tmp$/
const pluginOf = (name: string): string | undefined => folderForm.exec(name.replace(/\.files\.json$/, ''))?.[1]
