/** The settings against what the plugins' manifests and the kernel say of them. */
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { reservedKeys, type Manifest } from '../manifest.ts'
import { variablesIn } from './environment.ts'
import type { ConfigFault } from './fault.ts'
import { originOf, overrideOf } from './origin.ts'
import { checkOwn, includeSchema, ownSchema } from './own.ts'
import { pathText, valueAt, type KeyPath } from './path.ts'
import type { RawConfig } from './read.ts'
import { checkConfig, type CheckOptions, type JsonSchema } from './schema.ts'
import { nearest } from './suggest.ts'
import { divided, withoutEchoes, type Tree } from './tree.ts'

export interface Installed {
  /** By id, whether they run or not. */
  readonly manifests: Readonly<Record<string, Manifest>>
  /** `false`: some plugin cannot say its id yet, so a block that nobody knows may be its own. */
  readonly complete: boolean
  /** Those that are to run. With it, only their blocks are checked, and a block that is not there is checked as an empty one. */
  readonly enabled?: readonly string[]
  /** Ids of plugins that are installed and, where they have no manifest here, turned off: their blocks wait for them. */
  readonly idle?: { has(id: string): boolean }
}
export interface CheckedTree {
  /** `merged` with defaults and with absolute paths; each value as its schema wants it. */
  readonly resolved: RawConfig
  /** The blocks of that: what plugins are set up with. */
  readonly blocks: Readonly<Record<string, unknown>>
  /** Besides those of the tree. */
  readonly faults: readonly ConfigFault[]
  readonly notes: readonly string[]
}

export function checkTree(tree: Tree, { manifests, complete, enabled, idle }: Installed): CheckedTree {
  const literals: KeyPath[] = []
  const options: CheckOptions = {
    text: (path) => tree.texts.get(pathText(path)),
    resolve: (value, path) => resolve(baseOf(tree, path), value.replace(/^~(?=\/|$)/, homedir())),
    onLiteral: (path) => literals.push(path),
  }
  const { own, blocks } = divided(tree.merged)
  const absent = (enabled ?? []).filter((id) => manifests[id]?.config && !Object.hasOwn(blocks, id))
  const faults: ConfigFault[] = []
  const checked = [...Object.entries(blocks), ...absent.map((id) => [id, {}] as const)].map(([id, block]): [string, unknown] => {
    const manifest = Object.hasOwn(manifests, id) ? manifests[id] : undefined
    if (!manifest && complete && tree.whole && !idle?.has(id)) faults.push(strangerFault(id, Object.keys(manifests)))
    if (!manifest?.config || (enabled && !enabled.includes(id))) return [id, block]
    const { value, faults: found } = checkConfig(block, manifest.config, [id], options)
    faults.push(...found)
    return [id, value]
  })
  const resolved = { ...checkOwn(own, options).value, ...Object.fromEntries(checked) }
  const certain = tree.whole ? faults : faults.filter(({ path }) => valueAt(tree.merged, path) !== undefined)
  return {
    resolved,
    blocks: Object.fromEntries(checked),
    faults: withoutEchoes(tree.faults, certain).slice(tree.faults.length),
    notes: literals.filter((path) => path[0] !== 'env' && isWritten(tree, path)).map((path) => `"${pathText(path)}" is a secret written out; move it to a variable or a file and write { $secret: "env:NAME" } or { $secret: "file:path" }`),
  }
}

function strangerFault(id: string, ids: readonly string[]): ConfigFault {
  const meant = nearest(id, [...ids, ...reservedKeys], 2)
  return { path: [id], what: 'is no plugin in the list', ...(meant !== undefined && { meant }) }
}

/** Where relative paths begin: at the file that the value stands in, or where a flag was typed. */
const baseOf = (tree: Tree, path: KeyPath): string => (overrideOf(tree, path) ? process.cwd() : dirname(originOf(tree.sources, path)?.source.file ?? tree.file))

/** In a file, and not by way of a variable. */
function isWritten(tree: Tree, path: KeyPath): boolean {
  const value = valueAt(tree.included, path)
  return value !== undefined && !overrideOf(tree, path) && !(typeof value === 'string' && variablesIn(value).length > 0)
}

/** Of the whole file: the kernel's own keys and every plugin's block. */
export function wholeSchema(manifests: Readonly<Record<string, Manifest>>): JsonSchema {
  const blocks = Object.values(manifests).filter(({ id }) => !reservedKeys.includes(id)).map(({ id, config, description }) => [id, withReferences({ ...(description !== undefined && { description }), ...(config ?? { type: 'object' }) })] as const)
  return { ...ownSchema, properties: { ...ownSchema.properties, $include: includeSchema, ...Object.fromEntries(blocks) } }
}

const reference: JsonSchema = { type: 'object', properties: { $secret: { type: 'string', pattern: '^(env|file|exec|store):.+$' } }, required: ['$secret'], additionalProperties: false }

/** Editors know nothing of `secret`, so they are told of both forms. */
function withReferences(schema: JsonSchema): JsonSchema {
  const { secret, description, default: preset, ...rest } = schema
  if (secret) return { anyOf: [rest, reference], secret, ...(description !== undefined && { description }), ...(preset !== undefined && { default: preset }) }
  return {
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(Object.entries(schema.properties).map(([key, sub]) => [key, withReferences(sub)])) }),
    ...(typeof schema.additionalProperties === 'object' && { additionalProperties: withReferences(schema.additionalProperties) }),
    ...(schema.items && { items: withReferences(schema.items) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(withReferences) }),
  }
}
