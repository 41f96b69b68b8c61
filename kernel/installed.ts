/** The plugins that `nexus plugins add` has installed, as the lockfile in their folder tells; what was agreed to, and whether it still is that. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { isTable } from './config/table.ts'
import { fail, reasonOf } from './errors.ts'
import type { Manifest } from './manifest.ts'
import type { Agreement, Check } from './outside.ts'

export interface Installed extends Agreement {
  readonly id: string
  /** Absolute: its folder, or for a linked plugin the author's folder or file. */
  readonly place: string
  readonly linked: boolean
}

const mostNamed = 5
const atOnce = 16
interface Grant { readonly capabilities: readonly string[]; readonly tier: string; readonly requires: readonly string[]; readonly taps: readonly string[]; readonly methods: Readonly<Record<string, string>>; readonly routes?: Readonly<Record<string, string>> }
type Entry = { readonly source: string; readonly dir: string; readonly files?: string; readonly grant: Grant }

/** By id; `dir` is `plugins` of the state directory. Nothing installed is an empty map; a lockfile that cannot be used is NEXUS_PLUGIN_BAD_LOCK. */
export async function readInstalled(dir: string): Promise<ReadonlyMap<string, Installed>> {
  const file = join(dir, 'lock.json')
  const entries = Object.entries(await readLock(file))
  return new Map(entries.map(([id, entry]) => [id, {
    id,
    place: entry.source === 'link' ? entry.dir : join(dir, entry.dir),
    linked: entry.source === 'link',
    stamp: JSON.stringify([entry.dir, entry.files, entry.grant]),
    refusal: (manifest) => refusal(id, entry.grant, manifest),
    verify: () => verify(id, join(dir, entry.dir), entry),
  }]))
}

async function readLock(file: string): Promise<Readonly<Record<string, Entry>>> {
  const bad = (reason: string, cause?: unknown): Error => fail('NEXUS_PLUGIN_BAD_LOCK', { file, reason }, cause)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw bad(reasonOf(error), error)
  })
  if (text === undefined) return {}
  let lock: unknown
  try {
    lock = JSON.parse(text)
  } catch (error) {
    throw bad('it is not JSON', error)
  }
  if (!isTable(lock) || lock['version'] !== 1 || !isTable(lock['plugins'])) throw bad('it is of another version')
  const wrong = Object.entries(lock['plugins']).find(([id, entry]) => !/^[a-z][a-z0-9-]*$/.test(id) || !isEntry(entry))
  if (wrong) throw bad(`the entry ${/^[a-z][a-z0-9-]{0,80}$/.test(wrong[0]) ? `"${wrong[0]}" ` : ''}is not what it should be`)
  return lock['plugins'] as Readonly<Record<string, Entry>>
}

// By hand: this is read at every start, and a library takes longer to warm up than the rest takes in all.
const isText = (x: unknown): x is string => typeof x === 'string'
const isTexts = (x: unknown): boolean => Array.isArray(x) && x.every(isText)
const isScopes = (x: unknown): boolean => isTable(x) && Object.values(x).every(isText)
const isHash = (x: unknown): boolean => isText(x) && /^sha512-[A-Za-z0-9+/]{86}==$/.test(x)

function isEntry(x: unknown): boolean {
  if (!isTable(x) || !isTable(x['grant'])) return false
  const { source, dir, files, grant: { capabilities, tier, requires, taps, methods, routes = {} } } = x as { [key: string]: unknown; grant: Record<string, unknown> }
  const placed = source === 'link' ? isText(dir) && isAbsolute(dir) : ['npm', 'tarball', 'git', 'folder', 'file'].includes(source as string) && isText(dir) && /^[a-z0-9][a-z0-9-]*$/.test(dir) && isHash(files)
  return placed && isTexts(capabilities) && (tier === 'isolated' || tier === 'trusted') && isTexts(requires) && isTexts(taps) && isScopes(methods) && isScopes(routes)
}

// ── What was agreed to ──────────────────────────────────────────────────────────────────────────

function refusal(plugin: string, grant: Grant, manifest: Manifest): ReturnType<Agreement['refusal']> {
  const more = [
    ...(manifest.id === plugin ? [] : ['the id of another plugin']),
    ...(manifest.tier === 'trusted' && grant.tier !== 'trusted' ? ['to run inside the gateway\'s process'] : []),
    ...beyond('the capability', manifest.capabilities, grant.capabilities),
    ...beyond('to tap', manifest.taps, grant.taps),
    ...beyond('the service', Object.values(manifest.requires).map(({ service }) => service), grant.requires),
    ...changed('the method', manifest.methods, grant.methods),
    ...changed('the route', { ...manifest.routes, ...manifest.upgrades }, grant.routes ?? {}),
  ]
  return more.length > 0 ? fail('NEXUS_PLUGIN_NOT_GRANTED', { plugin, more: named(more) }) : undefined
}

const beyond = (what: string, asked: readonly string[], granted: readonly string[]): string[] =>
  asked.filter((one) => !granted.includes(one)).map((one) => `${what} ${one}`)
const changed = (what: string, asked: Readonly<Record<string, string>>, granted: Readonly<Record<string, string>>): string[] =>
  Object.entries(asked).filter(([name, scope]) => !Object.hasOwn(granted, name) || granted[name] !== scope).map(([name, scope]) => `${what} ${name} for ${scope}`)
const named = (all: readonly string[]): string => all.slice(0, mostNamed).join(', ') + (all.length > mostNamed ? ` and ${all.length - mostNamed} more` : '')

// ── What was installed ──────────────────────────────────────────────────────────────────────────

async function verify(plugin: string, dir: string, entry: Entry): Promise<Check> {
  // The author of a linked plugin changes it all the time: that is what it is linked for.
  if (entry.source === 'link') return () => {}
  const tampered = (faults: string, cause?: unknown): Error => fail('NEXUS_PLUGIN_TAMPERED', { plugin, faults }, cause)
  const list = await readFile(`${dir}.files.json`).catch((error: unknown) => { throw tampered('the list of its files cannot be read', error) })
  if (sha512(list) !== entry.files) throw tampered('the list of its files was changed')
  const wanted = new Map(Object.entries(JSON.parse(list.toString()) as Record<string, string>))
  const found = await walk(dir).catch((error: unknown) => { throw tampered('its folder cannot be read', error) })
  const names = new Set(found.map(({ name }) => name))
  const faults = [...wanted.keys()].filter((name) => !names.has(name)).map((name) => `${name} is missing`)
  for (let i = 0; i < found.length; i += atOnce) {
    const verdicts = await Promise.all(found.slice(i, i + atOnce).map(async ({ name, isFile }) => {
      if (!wanted.has(name)) return `${name} was added`
      return isFile && await hashOf(join(dir, name)) === wanted.get(name) ? [] : `${name} was changed`
    }))
    faults.push(...verdicts.flat())
  }
  if (faults.length > 0) throw tampered(named(faults.sort()))
  const root = await realpath(dir)
  return (file, text) => {
    const name = relative(root, file).replaceAll(sep, '/')
    if (wanted.get(name) !== sha512(Buffer.from(text))) throw tampered(`${name} was changed`)
  }
}

/** Everything but folders, by its path from `dir`, with `/`. */
async function walk(dir: string, below = ''): Promise<{ readonly name: string; readonly isFile: boolean }[]> {
  const entries = await readdir(join(dir, below), { withFileTypes: true })
  const found = await Promise.all(entries.map(async (entry) => {
    const name = below + entry.name
    return entry.isDirectory() ? walk(dir, `${name}/`) : [{ name, isFile: entry.isFile() }]
  }))
  return found.flat()
}

async function hashOf(file: string): Promise<string | undefined> {
  const hashing = createHash('sha512')
  try {
    for await (const part of createReadStream(file)) hashing.update(part as Buffer)
    return `sha512-${hashing.digest('base64')}`
  } catch {
    return undefined // what cannot be read is not what was installed
  }
}

const sha512 = (bytes: Buffer): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`
