/** What can be wrong with installed plugins, each with its remedy; what only lies about can be removed. */
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { NexusError } from 'nexus-gateway/sdk'
import { deadLock, removeTree } from './disk.ts'
import { changeLock, readLock, type Lock, type LockEntry } from './lockfile.ts'
import { askedBy, moreThan } from './grant.ts'
import { listFiles, sha512 } from './hashes.ts'
import { leftLibraries, libraryFindings } from './libraries.ts'
import { orphans, staleStagings } from './places.ts'
import { checkAdmission, policyOf } from './policy.ts'
import { presentManifest } from './present.ts'
import { firstPartyIds, type Tools } from './tools.ts'
import type { InstallFinding } from './verbs.ts'

type Found = Omit<InstallFinding, 'repairable'> & { readonly remove?: string }

const mostNamed = 5

/** `own`: staging folders in use. */
export async function doctor(fix: boolean, own: ReadonlySet<string>, tools: Tools): Promise<{ findings: InstallFinding[]; repaired: string[] }> {
  const found = await findings(own, tools)
  const repaired: string[] = []
  const left: Found[] = []
  for (const finding of found) {
    if (!fix || finding.remove === undefined || !await removed(finding.remove, tools)) left.push(finding)
    else repaired.push(finding.what)
  }
  return { findings: left.map(({ remove, ...finding }) => ({ ...finding, repairable: remove !== undefined })), repaired }
}

/** Looked at once more under the lock: what has become part of a plugin meanwhile stays. */
async function removed(path: string, tools: Tools): Promise<boolean> {
  const { dir } = tools
  let gone = false
  await changeLock(dir, async (lock) => {
    // A lock that nobody holds was broken to get here.
    gone = path === join(dir, 'lock.json.lock')
    if (gone) return lock
    gone = basename(path).startsWith('.staging-') || (await orphans(dir, lock)).includes(path) || (await leftLibraries(wantedBy(tools), tools)).includes(path)
    if (gone) await removeTree(path)
    return lock
  })
  return gone
}

async function findings(own: ReadonlySet<string>, tools: Tools): Promise<Found[]> {
  const { dir } = tools
  const stale = (await staleStagings(dir, own)).map((path): Found => ({ id: 'plugins.staging', level: 'note', what: `an interrupted install left ${basename(path)}`, fix: 'Run `nexus plugins doctor --fix`.', remove: path }))
  const dead = await deadLock(join(dir, 'lock.json'))
  if (dead !== undefined) stale.push({ id: 'plugins.staging', level: 'note', what: `an interrupted install left ${basename(dead)}`, fix: 'Run `nexus plugins doctor --fix`.', remove: dead })
  let lock: Lock
  try {
    lock = await readLock(dir)
  } catch (error) {
    if (!(error instanceof NexusError)) throw error
    return [{ id: 'plugins.lock', level: 'error', what: error.message, fix: error.fix }, ...stale]
  }
  const left = (await orphans(dir, lock)).map((path): Found => ({ id: 'plugins.orphan', level: 'note', what: `${basename(path)} belongs to no installed plugin`, fix: 'Run `nexus plugins doctor --fix`.', remove: path }))
  const entries = await Promise.all(Object.entries(lock).map(([id, entry]) => entryFindings(id, entry, tools)))
  return [...entries.flat(), ...await listFindings(lock, tools), ...await libraryFindings(wantedBy(tools), tools), ...left, ...stale]
}

async function entryFindings(id: string, entry: LockEntry, tools: Tools): Promise<Found[]> {
  const { control } = tools
  const all: Found[] = []
  try {
    checkAdmission(policyOf(control.current()), id, entry.name)
  } catch {
    all.push({ id: 'plugins.denied', level: 'warning', what: `${id} is installed, and \`pluginPolicy\` keeps it out`, fix: `Run \`nexus plugins remove ${id}\`, or change \`pluginPolicy\`.` })
  }
  const broken = entry.source === 'link' ? await linkFault(id, entry.dir) : await folderFault(id, entry, tools.dir)
  if (broken) return [...all, broken]
  const more = await presentManifest(entry, tools).then((manifest) => moreThan(entry.grant, askedBy(manifest, entry.grant.tier)), () => undefined /* what is wrong with it is said where it is started */)
  if (more) all.push({ id: 'plugins.wider', level: 'warning', what: `${id} asks for more than it was granted`, fix: `Look at it with \`nexus plugins grants ${id}\`; agree with --accept.` })
  if (!turnedOn(control.current().merged['plugins'], id)) all.push({ id: 'plugins.off', level: 'note', what: `${id} is installed and not turned on`, fix: `Run \`nexus plugins enable ${id}\`, or \`nexus plugins remove ${id}\`.` })
  return all
}

async function linkFault(id: string, place: string): Promise<Found | undefined> {
  return await stat(place).catch(() => undefined) ? undefined : { id: 'plugins.link', level: 'error', what: `${id} is linked to ${place}, where nothing is`, fix: `Put it there, or run \`nexus plugins remove ${id}\`.` }
}

async function folderFault(id: string, entry: Exclude<LockEntry, { source: 'link' }>, dir: string): Promise<Found | undefined> {
  const again = `Run \`nexus plugins add ${entry.spec}\`, and find out who changed it.`
  const folder = join(dir, entry.dir)
  if (!await stat(folder).catch(() => undefined)) return { id: 'plugins.missing', level: 'error', what: `the files of ${id} are gone`, fix: again }
  const list = await readFile(`${folder}.files.json`, 'utf8').catch(() => '')
  const tampered = (what: string): Found => ({ id: 'plugins.tampered', level: 'error', what: `${id} is not what was installed: ${what}`, fix: again })
  if (sha512(list) !== entry.files) return tampered('the list of its files')
  const wanted = JSON.parse(list) as Record<string, string>
  try {
    const { files } = await listFiles(folder)
    const differ = [...new Set([...Object.keys(wanted), ...Object.keys(files)])].filter((name) => wanted[name] !== files[name])
    return differ.length > 0 ? tampered(differ.slice(0, mostNamed).join(', ') + (differ.length > mostNamed ? ` and ${differ.length - mostNamed} more` : '')) : undefined
  } catch (error) {
    return tampered(error instanceof NexusError ? error.message : 'it cannot be read')
  }
}

/** Also what a safe start leaves out. */
export function wantedBy({ kernel, control }: Pick<Tools, 'kernel' | 'control'>): (id: string) => boolean {
  const { merged } = control.current()
  const list = texts(merged['plugins'])
  return (id) => kernel.inspect(id) !== undefined || (!list.includes(`-${id}`) && (list.includes(id) || Object.hasOwn(merged, id)))
}

const texts = (list: unknown): string[] => (Array.isArray(list) ? list.filter((entry): entry is string => typeof entry === 'string') : [])
const turnedOn = (list: unknown, id: string): boolean => texts(list).includes(id)

/** Names in the list that stand for nothing. */
async function listFindings(lock: Lock, tools: Tools): Promise<Found[]> {
  const { merged, file } = tools.control.current()
  const known = [...firstPartyIds(tools), ...Object.keys(lock), ...tools.kernel.list().map(({ id }) => id)]
  const names = texts(merged['plugins']).filter((entry) => /^[a-z@]/.test(entry) && !known.includes(entry))
  const strange = await Promise.all(names.map(async (name) => (await stat(join(dirname(file), 'node_modules', name)).catch(() => undefined) ? [] : [name])))
  return strange.flat().map((name) => ({ id: 'plugins.unlisted', level: 'error', what: `the list \`plugins\` names "${name}", which is not installed`, fix: `Run \`nexus plugins add\` for it, or take it out with \`nexus plugins disable ${name}\`.` }))
}
