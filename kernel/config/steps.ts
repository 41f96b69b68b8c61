/** The steps of a migration, run one by one on a tree that remembers where things stood. */
import type { Step } from './migrate.ts'
import { aim, childOf, childrenOf, find, put, starts, strays, take, type Found, type Node } from './moves.ts'
import { pathText, type KeyPath } from './path.ts'

export interface Work {
  readonly root: Node
  /** What was taken out, by its path in the file. */
  readonly lost: Map<string, { readonly path: KeyPath; readonly why: string }>
}

export function run(work: Work, step: Step): void {
  if ('move' in step) {
    for (const found of movable(work, step.move, step.except)) {
      if (step.times === undefined || multiply(found.node, step.times)) move(work, found, aim(step.to, found.stars))
      else drop(work, found, 'it is not a number')
    }
  } else if ('drop' in step) {
    for (const pattern of [step.drop].flat()) for (const found of movable(work, pattern, step.except)) {
      if (!step.is || isOneOf(found.node, step.is)) drop(work, found, step.note)
    }
  } else if ('map' in step) {
    for (const { node } of find(work.root, step.map)) replace(node, step.values)
  } else if ('set' in step) {
    const last = step.set.lastIndexOf('*') + 1
    const each = last === 0 ? [[]] : find(work.root, step.set.slice(0, last)).map(({ stars }) => stars)
    for (const stars of each) put(work.root, aim(step.set, stars), { value: step.value })
  } else if ('list' in step) {
    for (const found of movable(work, step.list)) list(work, found, step)
  } else {
    for (const found of movable(work, step.pick)) pick(work, found, step)
  }
}

/** All but entries of lists, since taking one out would give the others new numbers, and includes. */
export function movable({ root }: Work, pattern: string, except: readonly string[] = []): Found[] {
  return find(root, pattern).filter(({ path, node }) => {
    const name = path.at(-1)
    return typeof name === 'string' && name !== '$include' && !except.includes(name) && !isInclude(node)
  })
}

/** A table that says nothing but which file to include. */
const isInclude = ({ value }: Node): boolean => value instanceof Map && value.size > 0 && [...value].every(([key, node]) => key === '$include' || isInclude(node))

export function drop(work: Work, found: Found, why: string): void {
  take(found)
  lose(work, found.node, why)
}

function lose({ lost }: Work, node: Node, why: string): void {
  const { from: whole } = node
  for (const { from } of strays(node)) {
    // The whole tells of its parts, but not of those that came to it from elsewhere.
    if (from === whole || !whole || !starts(from, whole)) lost.set(pathText(from), { path: from, why })
  }
}

function move(work: Work, found: Found, to: KeyPath, node = found.node): void {
  take(found)
  if (!put(work.root, to, node)) lose(work, node, `its new place, "${pathText(to)}", is taken or cannot be`)
}

function multiply(node: Node, times: number): boolean {
  // To 15 digits: 1.001 s are 1001 ms and not 1000.9999999999999.
  const product = typeof node.value === 'number' ? Number((node.value * times).toPrecision(15)) : Number.NaN
  if (!Number.isFinite(product)) return false
  node.value = product
  return true
}

function replace(node: Node, values: Extract<Step, { map: string }>['values']): void {
  const name = String(node.value)
  if (!isTable(node) && !Array.isArray(node.value) && Object.hasOwn(values, name)) node.value = values[name]!
}

function list(work: Work, table: Found, { to, key }: Extract<Step, { list: string }>): void {
  if (!isTable(table.node)) return
  take(table)
  const made: Node = { value: [] }
  const target = find(work.root, to)[0]?.node ?? (put(work.root, aim(to, []), made) ? made : undefined)
  const entries = target?.value
  for (const [name, node] of childrenOf(table.node)) {
    if (!isTable(node) || !Array.isArray(entries)) lose(work, node, `it cannot be an entry of "${to}"`)
    else if (entries.some((entry) => childOf(entry, key)?.value === name)) lose(work, node, `"${to}" has an entry of this name`)
    else entries.push(named(node, key, name))
  }
}

function pick(work: Work, table: Found, { to, key, where, prefer }: Extract<Step, { pick: string }>): void {
  const text = prefer === undefined ? undefined : find(work.root, prefer)[0]?.node.value
  const first = String(text).split('/', 1)[0]
  const fit = movable({ ...work, root: table.node }, '*').filter(({ node }) => isTable(node) && (!where || isOneOf(childOf(node, where.key), where.is)))
  const one = fit.find(({ path }) => path[0] === first) ?? fit[0]
  if (!one) return
  const found: Found = { path: [...table.path, ...one.path], holders: [...table.holders, ...one.holders], node: one.node, stars: [] }
  move(work, found, aim(to, []), named(one.node, key, one.path[0]!))
}

/** The table with its name as first field; a field of this name that it has stays. */
const named = (node: Node, key: string, name: string | number): Node => ({ ...node, value: new Map<string, Node>([[key, { ...(node.from && { from: node.from }), value: name }], ...(node.value as Map<string, Node>)]) })

const isTable = (node: Node): boolean => node.value instanceof Map
const isOneOf = (node: Node | undefined, values: readonly unknown[]): boolean => values.includes(node?.value)
