/**
 * The settings as files, environment and flags say them, before any plugin is looked at. No plugin code runs here,
 * and nothing in the content throws: `.env` → JSON5 → migrations → `$include` → the block `env` → `${NAME}` → overrides.
 */
import { reservedKeys } from '../manifest.ts'
import { digest } from './atomic.ts'
import { readDotenv } from './dotenv.ts'
import { environment } from './environment.ts'
import type { ConfigFault } from './fault.ts'
import { readSources, type ConfigSource, type Sources } from './include.ts'
import type { Migration } from './migrate.ts'
import { override, overrideTexts, type Override } from './overrides.ts'
import { checkOwn, type GatewayConfig } from './own.ts'
import { pathText } from './path.ts'
import { anchored } from './plugins.ts'
import type { PluginPolicy } from './policy.ts'
import type { RawConfig } from './read.ts'
import { isTable, merge, type Table } from './table.ts'

export type { GatewayConfig } from './own.ts'

export interface TreeInput {
  /** Absolute. */
  readonly file: string
  /** A candidate for the file's content, instead of what is on disk. */
  readonly text?: string
  /** Without it a file that is not there has no settings. */
  readonly mustExist?: boolean
  readonly env: NodeJS.ProcessEnv
  /** `.env` of the state directory. */
  readonly dotenv?: string
  /** `--set key=value`. */
  readonly set?: readonly string[]
  /** Of the kernel and of the manifests, in order. */
  readonly migrations?: readonly Migration[]
  /** Of this gateway; a file that a newer one has written is pointed out. */
  readonly version?: string
  /** What `included` once was, instead of any file. */
  readonly tree?: { readonly merged: RawConfig }
}
export interface Tree {
  readonly file: string
  readonly exists: boolean
  readonly text: string
  /** SHA-256 of the file's bytes, hex; empty if there is no file that can be read. */
  readonly hash: string
  /** The file's own tree after migrations. */
  readonly raw: RawConfig
  /** All files, one over the other: what is kept as the last known good. */
  readonly included: RawConfig
  /** After the environment and the overrides. */
  readonly merged: RawConfig
  readonly env: Readonly<Record<string, string>>
  /** All that was read or looked for. */
  readonly files: readonly string[]
  readonly gateway: GatewayConfig
  /** Edits of the default set; paths are absolute. */
  readonly plugins: readonly string[]
  readonly policy: PluginPolicy
  /** By plugin id; not checked yet, and without defaults: `checkTree` gives those that plugins are set up with. */
  readonly blocks: Readonly<Record<string, unknown>>
  readonly faults: readonly ConfigFault[]
  readonly notes: readonly string[]
  /** Whether every file could be read: if not, what is missing may stand in the one that could not. */
  readonly whole: boolean
  /** In the order in which they are laid over each other. */
  readonly sources: readonly ConfigSource[]
  readonly overrides: readonly Override[]
  /** By the path as a text: what the environment or a flag gave for the whole value. */
  readonly texts: ReadonlyMap<string, string>
}

const maxFaults = 100

/** Reads files, and asks the login shell if the settings want that. Never rejects for what it finds. */
export async function readTree(input: TreeInput): Promise<Tree> {
  const [found, dotenv] = await Promise.all([input.tree ? keptSources(input.file, input.tree.merged) : readSources(input), readDotenv(input.dotenv)])
  const included = found.sources.map(({ tree }) => tree).reduce<Table>((under, over) => merge(under, over) as Table, {})
  const inner = await environment(included, dotenv.values, input.env)
  const outer = override(inner.tree, { ...dotenv.values, ...input.env }, input.set)
  const merged = typedPaths(outer.tree, outer.overrides)
  const texts = new Map([...inner.texts, ...overrideTexts(outer.overrides)])
  const { own, blocks } = divided(merged)
  const { gateway, plugins, policy, faults } = checkOwn(own, { text: (path) => texts.get(pathText(path)) })
  const { main, sources, files, whole } = found
  return {
    file: input.file, exists: main.exists, text: main.text, hash: main.bytes ? digest(main.bytes) : '',
    raw: main.raw, included, merged, env: inner.env, files: input.dotenv === undefined ? files : [...files, input.dotenv],
    gateway, plugins, policy, blocks, whole, sources, overrides: outer.overrides, texts,
    faults: withoutEchoes([...found.faults, ...dotenv.faults, ...inner.faults, ...outer.faults], faults).slice(0, maxFaults),
    notes: [...found.notes, ...newerNote(merged, input), ...inner.notes],
  }
}

async function keptSources(file: string, tree: RawConfig): Promise<Sources> {
  return { sources: [{ file, text: '', at: [], tree, moves: [] }], main: { exists: false, text: '', raw: tree }, files: [file], faults: [], notes: [], whole: true }
}

/** The kernel's keys and the plugins' blocks. */
export function divided(tree: Table): { readonly own: Table; readonly blocks: Table } {
  const entries = Object.entries(tree)
  return {
    own: Object.fromEntries(entries.filter(([key]) => reservedKeys.includes(key))),
    blocks: Object.fromEntries(entries.filter(([key]) => !reservedKeys.includes(key))),
  }
}

/** Paths in a list that was given by flag or variable are from where that was typed. */
function typedPaths(tree: Table, overrides: readonly Override[]): Table {
  const { plugins } = tree
  if (!Array.isArray(plugins) || !overrides.some(({ path }) => path[0] === 'plugins')) return tree
  return { ...tree, plugins: plugins.map((edit: unknown) => (typeof edit === 'string' ? anchored([edit], process.cwd())[0] : edit)) }
}

/** What is wrong with a value has been said once a variable in it is missing, or once it was refused where it stood. */
export function withoutEchoes(said: readonly ConfigFault[], more: readonly ConfigFault[]): ConfigFault[] {
  const known = said.map(({ path }) => path).filter((path) => path.length > 0)
  return [...said, ...more.filter(({ path }) => !known.some((one) => one.every((key, i) => path[i] === key)))]
}

function newerNote({ meta }: Table, { file, version }: TreeInput): string[] {
  const touched = isTable(meta) ? meta['lastTouchedVersion'] : undefined
  if (version === undefined || typeof touched !== 'string' || !isNewer(touched, version)) return []
  return [`${file} was last written by a newer version than this gateway's ${version}: it may say things that this one does not know`]
}

function isNewer(a: string, b: string): boolean {
  const [x, y] = [a, b].map((version) => (/^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number))
  const i = x!.findIndex((part, at) => part !== y![at])
  return y!.length > 0 && i >= 0 && x![i]! > y![i]!
}
