/** Moves within settings: a tree whose parts know where they stood in the file, wherever they are taken. */
import type { KeyPath } from './path.ts'
import { isTable } from './table.ts'

type Scalar = string | number | boolean | null

export interface Node {
  /** Where it stood in the file; not there for what no file holds. */
  readonly from?: KeyPath
  value: Scalar | Node[] | Map<string, Node>
}
export interface Found {
  readonly path: KeyPath
  /** From the root down to what holds the node. */
  readonly holders: readonly Node[]
  readonly node: Node
  /** What the stars of the pattern stand for. */
  readonly stars: KeyPath
}
/** What stands at `to` stood at `from` in the file. */
export interface Move { readonly from: KeyPath; readonly to: KeyPath }

/** A copy; `raw` is a value as JSON has it. */
export function plant(raw: unknown, from: KeyPath = []): Node {
  if (Array.isArray(raw)) return { from, value: raw.map((item, i) => plant(item, [...from, i])) }
  if (isTable(raw)) return { from, value: new Map(Object.entries(raw).map(([key, item]) => [key, plant(item, [...from, key])])) }
  return { from, value: raw as Scalar }
}

export function harvest({ value }: Node): unknown {
  if (Array.isArray(value)) return value.map(harvest)
  // `fromEntries` defines keys where an assignment would reach a prototype.
  return value instanceof Map ? Object.fromEntries([...value].map(([key, node]) => [key, harvest(node)])) : value
}

export const childrenOf = ({ value }: Node): [string | number, Node][] => (Array.isArray(value) ? [...value.entries()] : value instanceof Map ? [...value] : [])

export function childOf({ value }: Node, key: string | number): Node | undefined {
  if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined
  return value instanceof Map ? value.get(key) : undefined
}

/** All that `a.b` or `a.*.b` names; a star stands for each key of a table and each entry of a list. */
export function find(root: Node, pattern: string): Found[] {
  let found: Found[] = [{ path: [], holders: [], node: root, stars: [] }]
  for (const name of pattern.split('.')) {
    found = found.flatMap((one) => below(one, name))
    if (found.length === 0) break
  }
  return found
}

function below({ path, holders, node, stars }: Found, name: string): Found[] {
  const down = (key: string | number, child: Node, star: KeyPath): Found => ({ path: [...path, key], holders: [...holders, node], node: child, stars: [...stars, ...star] })
  if (name === '*') return childrenOf(node).map(([key, child]) => down(key, child, [key]))
  const child = childOf(node, name)
  return child ? [down(name, child, [])] : []
}

/** The path that `pattern` names once its stars are filled in. */
export function aim(pattern: string, stars: KeyPath): KeyPath {
  const rest = [...stars]
  return pattern.split('.').map((name) => (name === '*' ? rest.shift() ?? name : name))
}

/** Takes a key out of its table, and with it the tables left empty. An entry of a list stays: the others would be renumbered. */
export function take({ path, holders }: Found): void {
  for (let i = holders.length - 1; i >= 0; i--) {
    const table = holders[i]!.value
    if (!(table instanceof Map)) return
    table.delete(path[i] as string)
    if (table.size > 0) return
  }
}

/** `false` if something stands there, or on the way there, or if no key can be called so. */
export function put(root: Node, path: KeyPath, node: Node): boolean {
  let at = root
  let depth = 0
  for (; depth < path.length - 1; depth++) {
    const next = childOf(at, path[depth]!)
    if (!next) break
    at = next
  }
  const [name, ...rest] = path.slice(depth)
  if (!(at.value instanceof Map) || !isKey(name) || !rest.every(isKey) || at.value.has(name)) return false
  at.value.set(name, rest.reduceRight<Node>((inner, key) => ({ value: new Map([[key as string, inner]]) }), node))
  return true
}

const isKey = (key: unknown): key is string => typeof key === 'string' && key !== '__proto__' && key !== 'constructor' && key !== 'prototype'

/** The parts of `node` that did not come along with what holds them, from the top down. */
export function strays(node: Node, to: KeyPath = [], expected: KeyPath | undefined = undefined): Move[] {
  const own = node.from && !same(node.from, expected) ? [{ from: node.from, to }] : []
  return [...own, ...childrenOf(node).flatMap(([key, child]) => strays(child, [...to, key], node.from && [...node.from, key]))]
}

export const starts = (long: KeyPath, short: KeyPath): boolean => short.every((key, i) => long[i] === key)
const same = (a: KeyPath, b: KeyPath | undefined): boolean => a.length === b?.length && starts(a, b)

/** Where in the file to look for what stands at `path` now. */
export function cameFrom(path: KeyPath, moves: readonly Move[]): KeyPath {
  const holders = moves.filter(({ to }) => starts(path, to)).sort((a, b) => b.to.length - a.to.length)
  if (holders[0]) return [...holders[0].from, ...path.slice(holders[0].to.length)]
  // A table that only the new shape has: its first part will do.
  return moves.find(({ to }) => starts(to, path))?.from ?? path
}
