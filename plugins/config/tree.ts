/** Settings as plain data: compared, changed at a path, merged. Nothing here changes its input. */
import { pathText, type KeyPath } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'

export type Table = Readonly<Record<string, unknown>>

export const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value)
export const has = (table: unknown, key: string): boolean => isTable(table) && Object.hasOwn(table, key)

/** Equal as settings: the order of keys does not matter. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (isTable(a)) return isTable(b) && Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
  return a === b || (Number.isNaN(a) && Number.isNaN(b))
}

/** The places where two trees differ, as deep as they can be told. A list that grew or shrank is one place. */
export function changes(before: unknown, after: unknown, path: KeyPath = []): KeyPath[] {
  if (isTable(before) && isTable(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) => (has(before, key) && has(after, key) ? changes(before[key], after[key], [...path, key]) : [[...path, key]]))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) return before.flatMap((item, i) => changes(item, after[i], [...path, i]))
  return same(before, after) ? [] : [path]
}

/** `path`, or for a table the places in it that hold no other table. */
export function within(tree: unknown, path: KeyPath): KeyPath[] {
  return isTable(tree) && Object.keys(tree).length > 0 ? Object.entries(tree).flatMap(([key, value]) => within(value, [...path, key])) : [path]
}

/** Every value in `tree` that holds no other, with its path. */
export function leaves(tree: unknown, path: KeyPath = []): { readonly path: KeyPath; readonly value: unknown }[] {
  const inner: [string | number, unknown][] = Array.isArray(tree) ? tree.map((item, i) => [i, item]) : isTable(tree) ? Object.entries(tree) : []
  return inner.length === 0 ? [{ path, value: tree }] : inner.flatMap(([key, value]) => leaves(value, [...path, key]))
}

/** Parents that are missing are made. Throws NEXUS_CONFIG_NO_PLACE. */
export function withValue(tree: unknown, path: KeyPath, value: unknown, whole: KeyPath = path): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(tree)) {
    if (typeof key !== 'number' || key > tree.length) throw fail('NEXUS_CONFIG_NO_PLACE', { path: pathText(whole) })
    return [...tree.slice(0, key), withValue(tree[key], rest, value, whole), ...tree.slice(key + 1)]
  }
  if (tree === undefined && key === 0) return [withValue(undefined, rest, value, whole)]
  if ((tree !== undefined && !isTable(tree)) || (tree === undefined && typeof key === 'number')) throw fail('NEXUS_CONFIG_NO_PLACE', { path: pathText(whole) })
  return { ...tree, [key]: withValue(has(tree, String(key)) ? tree![key] : undefined, rest, value, whole) }
}

/** The tree as it is if nothing stands at `path`. */
export function withoutValue(tree: unknown, path: KeyPath): unknown {
  const [key, ...rest] = path
  if (key === undefined) return undefined
  if (Array.isArray(tree)) {
    if (typeof key !== 'number' || key >= tree.length) return tree
    return rest.length === 0 ? tree.filter((_, i) => i !== key) : tree.map((item: unknown, i) => (i === key ? withoutValue(item, rest) : item))
  }
  if (!has(tree, String(key))) return tree
  const { [key]: inner, ...others } = tree as Table
  return rest.length === 0 ? others : { ...(tree as Table), [key]: withoutValue(inner, rest) }
}

/**
 * RFC 7396 with two differences, both the protocol's: entries of lists whose entries all have an `id` are merged by it,
 * and a list loses entries only if its path is in `replace`. At a path in `replace` the patch's value stands alone.
 * Throws NEXUS_CONFIG_SHRINKING_LIST.
 */
export function merged(tree: unknown, patch: unknown, replace: ReadonlySet<string>, path: KeyPath = []): unknown {
  if (path.length > 0 && replace.has(pathText(path))) return patch
  if (Array.isArray(patch) && Array.isArray(tree)) return mergedList(tree, patch, replace, path)
  if (!isTable(patch)) return patch
  const out = new Map(isTable(tree) ? Object.entries(tree) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) out.delete(key)
    else out.set(key, merged(out.get(key), value, replace, [...path, key]))
  }
  return Object.fromEntries(out)
}

function mergedList(list: readonly unknown[], patch: readonly unknown[], replace: ReadonlySet<string>, path: KeyPath): unknown {
  if ([...list, ...patch].every((entry) => idOf(entry) !== undefined)) {
    const fresh = patch.filter((entry) => !list.some((old) => idOf(old) === idOf(entry)))
    const kept = list.map((old, i) => {
      const entry = patch.find((one) => idOf(one) === idOf(old))
      return entry === undefined ? old : merged(old, entry, replace, [...path, i])
    })
    return [...kept, ...fresh]
  }
  if (patch.length < list.length) throw fail('NEXUS_CONFIG_SHRINKING_LIST', { path: pathText(path) })
  return patch
}

const idOf = (entry: unknown): string | undefined => (isTable(entry) && typeof entry['id'] === 'string' ? entry['id'] : undefined)

/** The paths that a merge patch takes away. */
export function removals(patch: unknown, path: KeyPath = []): KeyPath[] {
  if (patch === null) return [path]
  return isTable(patch) ? Object.entries(patch).flatMap(([key, value]) => removals(value, [...path, key])) : []
}
