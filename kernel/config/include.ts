/**
 * The settings' file and what it includes: `$include: "./file"` or a list of such, in any table that is not part of a list.
 *
 * Each file becomes one source, a tree from the root of the whole on, and the sources in their order laid over each other
 * are the settings. So a file's own keys win over those it includes, and where a value comes from can be looked up later.
 */
import { readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { ConfigFault } from './fault.ts'
import { migrate, type Migration } from './migrate.ts'
import type { Move } from './moves.ts'
import type { KeyPath } from './path.ts'
import { anchored } from './plugins.ts'
import { contentOf, limits, parseText, readContent, unreadableReason, type Content, type RawConfig } from './read.ts'
import { nearest } from './suggest.ts'
import { isTable, type Table } from './table.ts'

const maxLevels = 10
const maxFiles = 64

export interface ConfigSource {
  /** As it was named, absolute. */
  readonly file: string
  readonly text: string
  /** Where in the whole the file's content stands: not at the root if it is included further down. */
  readonly at: KeyPath
  /** From the root of the whole, migrated, without `$include`, and with the paths in `plugins` made absolute. */
  readonly tree: RawConfig
  /** Where what is not in its old place stood; paths from the root of the whole on. */
  readonly moves: readonly Move[]
}
export interface Sources {
  /** The least first. */
  readonly sources: readonly ConfigSource[]
  readonly main: { readonly exists: boolean; readonly text: string; /** If they could be read. */ readonly bytes?: Uint8Array; readonly raw: RawConfig }
  /** All that was read or looked for; also what symbolic links lead to. */
  readonly files: readonly string[]
  readonly faults: readonly ConfigFault[]
  readonly notes: readonly string[]
  /** Whether every file could be read: if not, a key that is missing may stand in the one that could not. */
  readonly whole: boolean
}
export interface SourcesInput {
  readonly file: string
  readonly text?: string
  readonly mustExist?: boolean
  readonly migrations?: readonly Migration[]
}

/** One file that was read, and what led to it. */
interface Opened {
  readonly file: string
  readonly content: { readonly text: string }
  readonly at: KeyPath
  /** The real paths of the files that include each other down to this one, this one last. */
  readonly chain: readonly string[]
}
interface Reading {
  readonly migrations: readonly Migration[]
  readonly roots: readonly string[]
  /** Real paths of directories. */
  readonly dirs: Map<string, Promise<string>>
  readonly sources: ConfigSource[]
  readonly files: Set<string>
  readonly faults: ConfigFault[]
  readonly notes: string[]
  included: number
  whole: boolean
}
interface Include {
  /** Of the table that includes. */
  readonly at: KeyPath
  /** Of the name itself. */
  readonly path: KeyPath
  readonly name: string
}

export async function readSources({ file, text, mustExist = false, migrations = [] }: SourcesInput): Promise<Sources> {
  // What is not there has no real path yet.
  const real = (path: string): Promise<string> => realpath(path).catch(() => path)
  const [content, self, dir] = await Promise.all([text === undefined ? readContent(file, limits.main, { follow: true }) : candidate(text), real(file), real(dirname(file))])
  const reading: Reading = { migrations, roots: [dir, dirname(self)], dirs: new Map(), sources: [], files: new Set([file, self]), faults: [], notes: [], included: 0, whole: true }
  if ('what' in content) {
    if (!content.missing || mustExist) reading.faults.push({ path: [], what: content.what, file })
    return { ...reading, whole: reading.faults.length === 0, main: { exists: !content.missing, text: '', raw: {} }, files: [...reading.files] }
  }
  const raw = await add(reading, { file, content, at: [], chain: [self] })
  return { ...reading, main: { exists: true, ...content, raw }, files: [...reading.files] }
}

function candidate(text: string): Content {
  const bytes = Buffer.from(text)
  return bytes.length > limits.main ? { what: 'the file is larger than 4 MiB' } : contentOf(bytes)
}

/** The file's tree after migrations, `$include` and all; its sources are added, those it includes first. A part of a file is in the shape of the whole. */
async function add(reading: Reading, { file, content: { text }, at, chain }: Opened, shape: readonly string[] = []): Promise<RawConfig> {
  const { tree, faults } = await parseText(text, file)
  reading.faults.push(...faults.map((fault) => (fault.path.length > 0 ? { ...fault, path: [...at, ...fault.path] } : fault)))
  if (!tree) {
    reading.whole = false
    return {}
  }
  const rooted = at.reduceRight<RawConfig>((inner, key) => ({ [key]: inner }), tree)
  const migrated = migrate(rooted, reading.migrations, shape)
  reading.notes.push(...migrated.notes.map((note) => `${file}: ${note}`))

  const includes = includesOf(reading, tree, file, at)
  const wanted = await Promise.all(withinLimit(reading, includes, file).map((include) => openInclude(reading, include, file, chain)))
  for (const next of wanted) {
    if ('content' in next) await add(reading, next, migrated.applied)
    else {
      reading.whole = false
      reading.faults.push(next)
    }
  }
  const own = includes.length > 0 ? withoutIncludes(migrated.raw) : migrated.raw
  reading.sources.push({ file, text, at, tree: withPluginPaths(own, dirname(file)), moves: migrated.moves })
  return migrated.raw
}

/** In the order in which they are laid over each other: those of a table before those further down in it. */
function includesOf(reading: Reading, tree: Table, file: string, root: KeyPath): Include[] {
  const includes: Include[] = []
  const visit = (value: unknown, at: KeyPath, inList: boolean): void => {
    if (Array.isArray(value)) return value.forEach((item, i) => visit(item, [...at, i], true))
    if (!isTable(value)) return
    if (Object.hasOwn(value, '$include')) {
      const given = value['$include']
      const names: readonly unknown[] = Array.isArray(given) ? given : [given]
      const path = [...at, '$include']
      if (inList) reading.faults.push({ path, what: 'cannot stand inside of a list', file })
      else if (!names.every(isName)) reading.faults.push({ path, what: 'must be the name of a file or a list of such names', file })
      else includes.push(...names.map((name, i) => ({ at, path: names === given ? [...path, i] : path, name })))
    }
    for (const [key, sub] of Object.entries(value)) if (key !== '$include') visit(sub, [...at, key], inList)
  }
  visit(tree, root, false)
  return includes
}

// Names are shown to people, so no name can hold what moves a terminal's cursor.
const isName = (name: unknown): name is string => typeof name === 'string' && /^[^\p{Cc}]{1,4096}$/u.test(name)

/** Those that may still be read; the first that may not is told. */
function withinLimit(reading: Reading, includes: readonly Include[], file: string): readonly Include[] {
  const left = Math.max(0, maxFiles - reading.included)
  const beyond = includes[left]
  if (beyond && reading.included <= maxFiles) reading.faults.push({ path: beyond.path, what: `is one include too many: there may be ${maxFiles}`, file })
  if (beyond) reading.whole = false
  reading.included += beyond ? left + 1 : includes.length
  return includes.slice(0, left)
}

/** Reads the file, or says why it may not be included. */
async function openInclude(reading: Reading, { at, path, name }: Include, from: string, chain: readonly string[]): Promise<Opened | ConfigFault> {
  const { roots, files } = reading
  const file = resolve(dirname(from), name)
  const refused = (what: string, meant?: string): ConfigFault => ({ path, what, file: from, ...(meant !== undefined && { meant }) })
  const shown = (one: string): string => relative(roots.find((root) => isInside(one, root)) ?? '/', one)
  const openReal = async (real: string): Promise<Opened | ConfigFault | undefined> => {
    if (!roots.some((root) => isInside(real, root))) return refused(`leads out of ${roots[0]}; files are included from there only`)
    if (chain.includes(real)) return refused(`makes a circle: ${[...chain.slice(chain.indexOf(real)), real].map(shown).join(' → ')}`)
    if (chain.length > maxLevels) return refused(`is nested too deep: files may include each other ${maxLevels} deep`)
    const content = await readContent(real, limits.include, { follow: false })
    files.add(real)
    if ('text' in content) return { file, at, content, chain: [...chain, real] }
    return content.isLink ? undefined : refused(`names ${file}: ${content.what}`, content.missing ? await nearFile(file, name) : undefined)
  }
  files.add(file)
  try {
    // Most files are no links, and then their directory's real path is enough.
    return await openReal(join(await realDir(reading, dirname(file)), basename(file))) ?? await openReal(await realpath(file)) ?? refused(`names ${file}: the file changes while it is read`)
  } catch (error) {
    return refused(`names ${file}: ${unreadableReason(error)}`)
  }
}

function realDir({ dirs }: Reading, dir: string): Promise<string> {
  const known = dirs.get(dir) ?? realpath(dir)
  dirs.set(dir, known)
  return known
}

const isInside = (file: string, root: string): boolean => file.startsWith(root.endsWith(sep) ? root : root + sep)

/** What the name of a file that is not there was meant to be. */
async function nearFile(file: string, name: string): Promise<string | undefined> {
  // A directory that cannot be listed has no names to offer.
  const names = await readdir(dirname(file)).catch(() => [])
  const best = nearest(basename(file), names.slice(0, 1_000), 2)
  return best && name.slice(0, name.length - basename(name).length) + best
}

/** A table that says nothing but what to include goes with it: what is included brings it. */
function withoutIncludes(tree: Table): Table {
  return Object.fromEntries(Object.entries(tree).flatMap(([key, value]): [string, unknown][] => {
    if (key === '$include') return []
    if (!isTable(value) || Object.keys(value).length === 0) return [[key, value]]
    const own = withoutIncludes(value)
    return Object.keys(own).length > 0 ? [[key, own]] : []
  }))
}

function withPluginPaths(tree: RawConfig, dir: string): RawConfig {
  const plugins = tree['plugins']
  if (!Array.isArray(plugins)) return tree
  return { ...tree, plugins: plugins.map((edit: unknown) => (typeof edit === 'string' ? anchored([edit], dir)[0] : edit)) }
}
