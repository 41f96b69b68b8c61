/** Where a value of the settings comes from: found by walking the sources, so that reading them keeps no record of it. */
import type { ConfigSource } from './include.ts'
import type { Override } from './overrides.ts'
import type { KeyPath } from './path.ts'
import { isMergeable, isTable } from './table.ts'

export interface Origin {
  readonly source: ConfigSource
  /** In the tree of the source, as far as it goes: lists of several files are one behind the other. */
  readonly path: KeyPath
  /** Whether all of the path is there. */
  readonly found: boolean
}
interface Node { readonly source: ConfigSource; readonly path: KeyPath; readonly value: unknown }

/** The source whose value `merge` takes. Nothing without sources. */
export function originOf(sources: readonly ConfigSource[], path: KeyPath): Origin | undefined {
  let nodes = effective(sources.map((source) => ({ source, path: [], value: source.tree })))
  for (const key of path) {
    const next = effective(below(nodes, key))
    if (next.length === 0) return originAt(nodes, false)
    nodes = next
  }
  return originAt(nodes, true)
}

function originAt(nodes: readonly Node[], found: boolean): Origin | undefined {
  const last = nodes.at(-1)
  return last && { source: last.source, path: last.path, found }
}

const kindOf = (value: unknown) => (Array.isArray(value) ? 'list' : isMergeable(value) ? 'table' : 'value')

/** Those that are merged into one: the last, and before it all of its kind up to the first of another. */
function effective(nodes: readonly Node[]): readonly Node[] {
  const last = nodes.at(-1)
  if (!last) return []
  const kind = kindOf(last.value)
  if (kind === 'value') return [last]
  return nodes.slice(nodes.findLastIndex(({ value }) => kindOf(value) !== kind) + 1)
}

function below(nodes: readonly Node[], key: string | number): Node[] {
  if (typeof key === 'number' && nodes.every(({ value }) => Array.isArray(value))) return entry(nodes, key)
  return nodes.filter(({ value }) => isTable(value) && Object.hasOwn(value, key)).map(({ source, path, value }) => ({ source, path: [...path, key], value: (value as Record<string, unknown>)[key] }))
}

function entry(lists: readonly Node[], index: number): Node[] {
  let rest = index
  for (const { source, path, value } of lists) {
    const list = value as readonly unknown[]
    if (rest < list.length) return [{ source, path: [...path, rest], value: list[rest] }]
    rest -= list.length
  }
  return []
}

interface Overridden { readonly overrides: readonly Override[] }

/** The last override that gave the value, or the table or list that it is part of. */
export const overrideOf = ({ overrides }: Overridden, path: KeyPath): Override | undefined => overrides.findLast((one) => common(one.path, path) === one.path.length)

/** For what no file has: the override that made the table which it is, or which it is missing in. */
export function overrideNear({ overrides }: Overridden, path: KeyPath, { path: known }: Origin): Override | undefined {
  const near = overrides.map((one) => ({ one, depth: common(one.path, path) })).reduce((best, next) => (next.depth > best.depth ? next : best), { one: undefined as Override | undefined, depth: known.length })
  return near.one
}

function common(a: KeyPath, b: KeyPath): number {
  const i = a.findIndex((key, at) => key !== b[at])
  return i < 0 ? a.length : i
}
