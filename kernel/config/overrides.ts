/** What is set for one start only: `NEXUS__gateway__port=8080` in the environment, and over it `--set gateway.port=8080`. */
import JSON5 from 'json5'
import type { ConfigFault } from './fault.ts'
import { parsePath, pathText, type KeyPath } from './path.ts'
import { inspect } from './read.ts'
import { maxDepth, scan } from './scan.ts'
import { isTable, type Table } from './table.ts'

export interface Override {
  readonly path: KeyPath
  readonly value: unknown
  /** As it was given, before it was taken for JSON5. */
  readonly text: string
  /** The flag or variable. */
  readonly name: string
}
export interface Overridden {
  readonly tree: Table
  /** Those that took effect, in order; numbers stand where lists do. */
  readonly overrides: readonly Override[]
  readonly faults: readonly ConfigFault[]
}

const prefix = 'NEXUS__'
const flag = '--set'
/** A key ends at the first equals sign outside of its brackets. */
const pair = /^((?:[^=[]|\[(?:\d+|"(?:[^"\\]|\\.)*")\])*)=([^]*)$/

export function override(tree: Table, env: NodeJS.ProcessEnv, set: readonly string[] = []): Overridden {
  const faults: ConfigFault[] = []
  const overrides: Override[] = []
  let at: unknown = tree
  for (const wish of [...fromVariables(env, faults), ...fromFlags(set, faults)]) {
    const refuse = (what: string): void => { faults.push({ path: wish.path, what, file: wish.name }) }
    const reason = refusal(wish)
    if (reason !== undefined) {
      refuse(reason)
      continue
    }
    const put = putAt(at, wish.path, wish.value)
    if ('what' in put) refuse(put.what)
    else {
      at = put.tree
      overrides.push({ ...wish, path: put.path })
    }
  }
  return { tree: at as Table, overrides, faults }
}

function fromVariables(env: NodeJS.ProcessEnv, faults: ConfigFault[]): Override[] {
  return Object.keys(env).filter((name) => name.startsWith(prefix)).sort().flatMap((name) => {
    const path = name.slice(prefix.length).split('__')
    if (!path.includes('')) return [overrideOf(path, env[name] ?? '', name)]
    faults.push({ path: [], what: 'names no key: write it like NEXUS__gateway__port', file: name })
    return []
  })
}

function fromFlags(set: readonly string[], faults: ConfigFault[]): Override[] {
  return set.flatMap((text) => {
    const [, key = '', value = ''] = pair.exec(text) ?? []
    try {
      const path = parsePath(key.trim())
      if (path.length > 0) return [overrideOf(path, value, flag)]
    } catch {
      // Said below; not with the text, which may be a secret.
    }
    faults.push({ path: [], what: 'needs a key and a value, like gateway.port=8080', file: flag })
    return []
  })
}

const overrideOf = (path: KeyPath, text: string, name: string): Override => ({ path, text, name, value: valueOf(text) })

/** JSON5 where it is that, and otherwise the text. */
export function valueOf(text: string): unknown {
  try {
    const value: unknown = JSON5.parse(text)
    return typeof value === 'number' && !Number.isFinite(value) ? text : value
  } catch {
    return text
  }
}

function refusal({ path, value, text }: Override): string | undefined {
  if (path[0] === 'env') return 'cannot be set here: set the variable itself'
  if (path.includes('$include') || text.includes('$include')) return 'cannot be set here: files are included by files only'
  if (path.length > maxDepth || scan(text).deepAt !== undefined) return 'is nested too deep'
  const rooted = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  return inspect(rooted).faults[0]?.what
}

/** A copy of the tree with the value in its place, and the path with numbers where there are lists. */
function putAt(tree: unknown, path: KeyPath, value: unknown): { readonly tree: unknown; readonly path: KeyPath } | { readonly what: string } {
  const [key, ...rest] = path
  if (key === undefined) return { tree: value, path }
  if (Array.isArray(tree)) {
    const index = typeof key === 'number' ? key : /^\d{1,9}$/.test(key) ? Number(key) : NaN
    if (!(index <= tree.length)) return { what: `cannot be set: there is a list, and it has ${tree.length} entries, counted from 0` }
    const below = putAt(tree[index], rest, value)
    return 'what' in below ? below : { tree: [...(tree as unknown[]).slice(0, index), below.tree, ...(tree as unknown[]).slice(index + 1)], path: [index, ...below.path] }
  }
  if (tree !== undefined && !isTable(tree)) return { what: 'cannot be set: what it is to be part of is neither an object nor a list' }
  if (typeof key === 'number') {
    if (tree) return { what: 'cannot be set: there is an object, and not a list' }
    return key === 0 ? putAt([], path, value) : { what: 'cannot be set: there is no list yet, and its first entry is 0' }
  }
  const below = putAt(tree?.[key], rest, value)
  return 'what' in below ? below : { tree: { ...tree, [key]: below.tree }, path: [key, ...below.path] }
}

/** By the path as a text: what was given, for where a schema wants a text that looks like something else. */
export const overrideTexts = (overrides: readonly Override[]): [string, string][] => overrides.map(({ path, text }) => [pathText(path), text])
