/**
 * What a writer sends, brought back to what is meant: the sentinel stands for the secret that is there, and the value
 * that a `${VAR}` has now stands for the `${VAR}`.
 */
import { pathText, type KeyPath } from 'nexus-gateway/sdk'
import { sentinel } from './contract.ts'
import { fail } from './errors.ts'
import { has, isTable, same, type Table } from './tree.ts'

export interface Known {
  /** The file's own tree. */
  readonly raw: Table
  /** With includes and variables. */
  readonly merged: Table
  /** With defaults too, and without secrets: what the writer may have been shown. */
  readonly shown: Table
}
/**
 * `text`: what stands there is meant to stand in the file.
 * `patch`: a sentinel for a secret of another file changes nothing.
 * `tree`: so does any value that an included file or a default gives already.
 */
export type Meaning = 'text' | 'patch' | 'tree'

interface At { readonly raw: unknown; readonly merged: unknown; readonly shown: unknown; readonly path: KeyPath; readonly meaning: Meaning }
const nothing = Symbol('nothing')
/** Names by which entries of a list know each other again. */
const names = ['id', 'name', 'key'] as const
/** Never taken out by being left out: what a writer was shown of the settings does not hold them. */
const hidden = ['$include', '$schema', 'env', 'meta']

/** Throws NEXUS_CONFIG_SENTINEL. */
export function settle(given: Table, known: Known, meaning: Meaning): Table {
  return settled(given, { ...known, path: [], meaning }) as Table
}

function settled(given: unknown, at: At): unknown {
  if (given === sentinel) return secretAt(at)
  if (typeof at.raw === 'string' && at.raw.includes('${') && at.raw !== given && (same(given, at.merged) || same(given, at.shown))) return at.raw
  if (Array.isArray(given)) return given.map((entry, i) => settled(entry, inList(entry, i, given.length, at)))
  if (!isTable(given)) return given
  const table = settledTable(given, at)
  const emptied = Object.keys(table).length === 0 && Object.keys(given).length > 0
  return emptied && at.meaning !== 'text' && at.raw === undefined && at.path.length > 0 ? nothing : table
}

function secretAt({ raw, shown, path, meaning }: At): unknown {
  if (raw !== undefined) return raw
  if (meaning !== 'text' && shown !== undefined) return nothing
  throw fail('NEXUS_CONFIG_SENTINEL', { path: pathText(path) })
}

function settledTable(given: Table, at: At): Table {
  const { raw, meaning } = at
  const entries = Object.entries(given).flatMap(([key, value]): [string, unknown][] => {
    const inner: At = { ...at, raw: pick(raw, key), merged: pick(at.merged, key), shown: pick(at.shown, key), path: [...at.path, key] }
    if (meaning === 'tree' && inner.raw === undefined && same(value, inner.shown)) return []
    const result = settled(value, inner)
    return result === nothing ? [] : [[key, result]]
  })
  const kept = meaning === 'tree' && isTable(raw) ? hidden.filter((key) => has(raw, key) && !has(given, key) && (at.path.length === 0 || key === '$include')).map((key): [string, unknown] => [key, raw[key]]) : []
  return Object.fromEntries([...entries, ...kept])
}

const pick = (tree: unknown, key: string): unknown => (has(tree, key) ? (tree as Table)[key] : undefined)

/** The entry that stands for the same thing now, so that no entry is ever given the secret of another one. */
function inList(entry: unknown, i: number, count: number, at: At): At {
  const list = Array.isArray(at.raw) ? at.raw : []
  const path = [...at.path, i]
  const index = counterpart(entry, i, list, count)
  const beside = (tree: unknown): unknown => (Array.isArray(tree) && tree.length === list.length ? (tree as unknown[])[index] : undefined)
  return { ...at, raw: list[index], merged: beside(at.merged), shown: beside(at.shown), path }
}

function counterpart(entry: unknown, i: number, list: readonly unknown[], count: number): number {
  const name = names.find((key) => isTable(entry) && typeof entry[key] === 'string' && entry[key] !== sentinel)
  if (name !== undefined) {
    const same = list.flatMap((old, j) => (pick(old, name) === (entry as Table)[name] ? [j] : []))
    if (same.length > 0 || list.some((old) => pick(old, name) !== undefined)) return same.length === 1 ? same[0]! : same.includes(i) && count === list.length ? i : -1
  }
  const like = list.flatMap((old, j) => (looksLike(entry, old) ? [j] : []))
  if (like.length === 1) return like[0]!
  return count === list.length && (like.length === 0 || like.includes(i)) ? i : -1
}

/** Equal, taking the sentinel for whatever it stands for. */
function looksLike(given: unknown, old: unknown): boolean {
  if (given === sentinel) return old !== undefined
  if (isTable(given)) return isTable(old) && Object.keys(given).length === Object.keys(old).length && Object.entries(given).every(([key, value]) => has(old, key) && looksLike(value, old[key]))
  return Array.isArray(given) ? Array.isArray(old) && given.length === old.length && given.every((value, i) => looksLike(value, old[i])) : same(given, old)
}

/** Comments whose secrets were taken out, with the secrets again: each is taken from the comment that it was made of. */
export function settleComments(given: readonly string[], before: readonly string[], redact: (comment: string) => string): string[] {
  const known = before.map((comment) => ({ comment, shown: redact(comment) })).filter(({ shown }) => shown.includes(sentinel))
  return given.map((comment) => {
    const i = comment.includes(sentinel) ? known.findIndex(({ shown }) => shown === comment) : -1
    return i < 0 ? comment : known.splice(i, 1)[0]!.comment
  })
}
