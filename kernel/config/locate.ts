/** File, line and column of what is wrong, and of where a value comes from. The one place that parses with positions, and only when asked. */
import type { DocumentNode, ValueNode } from '@humanwhocodes/momoa'
import type { ConfigOrigin } from '../points.ts'
import { variablesIn } from './environment.ts'
import type { ConfigFault, Place } from './fault.ts'
import type { ConfigSource } from './include.ts'
import { originOf, overrideNear, overrideOf } from './origin.ts'
import { cameFrom } from './moves.ts'
import { valueAt, type KeyPath } from './path.ts'
import type { RawConfig } from './read.ts'
import { lineOf } from './scan.ts'
import type { Tree } from './tree.ts'

type Parse = (text: string) => DocumentNode | undefined

async function parser(): Promise<Parse> {
  const { parse } = await import('@humanwhocodes/momoa')
  return (text) => {
    try {
      return parse(text, { mode: 'json5' })
    } catch {
      // Some JSON5 it does not take, such as `null` for a key: then there is no line to be told.
      return undefined
    }
  }
}

/** Each fault with its file, line and column, as far as they can be had. */
export async function placed(tree: Tree, faults: readonly ConfigFault[]): Promise<readonly ConfigFault[]> {
  if (faults.every(({ place }) => place)) return faults
  const places = placesOf(await parser())
  return faults.map((fault) => {
    if (fault.place) return fault
    const at = fault.file === undefined ? standsAt(tree, fault.path) : wasReadAt(tree, fault.file, fault.path)
    if (typeof at === 'string') return { ...fault, file: at }
    const place = at && places(at.source, at.path)
    return place ? { ...fault, place } : at ? { ...fault, file: at.source.file } : fault
  })
}

interface Spot { readonly source: ConfigSource; /** In the file. */ readonly path: KeyPath }

/** The flag or variable that gave the value, or its spot in a file. */
function standsAt(tree: Tree, path: KeyPath): Spot | string | undefined {
  const origin = originOf(tree.sources, path)
  const given = overrideOf(tree, path) ?? (origin && !origin.found ? overrideNear(tree, path, origin) : undefined)
  return given?.name ?? (origin && spotOf(origin.source, origin.path))
}

/** Faults that were found while a file was read have the paths that it has. */
function wasReadAt({ sources }: Tree, file: string, path: KeyPath): Spot | undefined {
  const source = path.length > 0 ? sources.findLast((one) => one.file === file && one.at.every((key, i) => path[i] === key)) : undefined
  return source && { source, path: path.slice(source.at.length) }
}

const spotOf = (source: ConfigSource, path: KeyPath): Spot => ({ source, path: cameFrom(path, source.moves).slice(source.at.length) })

function placesOf(parse: Parse): (source: ConfigSource, path: KeyPath) => Place | undefined {
  const documents = new Map<string, DocumentNode | undefined>()
  return ({ file, text }, path) => {
    if (!documents.has(text)) documents.set(text, text === '' ? undefined : parse(text))
    const document = documents.get(text)
    return document && { file, ...lineOf(text, offsetOf(document.body, path)) }
  }
}

/** Of the key, or of the entry of a list; of the innermost that is there, if not all of the path is. */
function offsetOf(body: ValueNode, path: KeyPath): number {
  let node = body
  let offset = body.loc.start.offset
  for (const key of path) {
    if (node.type === 'Object') {
      const member = node.members.findLast(({ name }) => nameOf(name) === key)
      if (!member) break
      offset = member.name.loc.start.offset
      node = member.value
    } else if (node.type === 'Array' && typeof key === 'number' && node.elements[key]) {
      node = node.elements[key].value
      offset = node.loc.start.offset
    } else break
  }
  return offset
}

type Name = { readonly type: 'Identifier'; readonly name: string } | { readonly type: 'String'; readonly value: string }
const nameOf = (name: Name): string => (name.type === 'Identifier' ? name.name : name.value)

/** Keys that stand in one table twice, of which the reader of JSON5 keeps the last in silence. */
export async function duplicates(text: string, file: string): Promise<ConfigFault[]> {
  const document = (await parser())(text)
  if (!document) return [{ path: [], what: 'a key stands in one object twice', file }]
  const faults: ConfigFault[] = []
  const visit = (node: ValueNode, path: KeyPath): void => {
    if (node.type === 'Array') return node.elements.forEach(({ value }, i) => visit(value, [...path, i]))
    if (node.type !== 'Object') return
    const seen = new Map<string, number>()
    for (const { name, value } of node.members) {
      const [key, { offset }] = [nameOf(name), name.loc.start]
      const first = seen.get(key)
      if (first === undefined) seen.set(key, offset)
      else faults.push({ path: [...path, key], what: `stands here again: it is in line ${lineOf(text, first).line} already`, place: { file, ...lineOf(text, offset) } })
      visit(value, [...path, key])
    }
  }
  visit(document.body, [])
  return faults
}

/** Where the value at `path` comes from. `resolved` tells a default from nothing at all. */
export async function explain(tree: Tree, path: KeyPath, resolved?: RawConfig): Promise<ConfigOrigin> {
  const origin = originOf(tree.sources, path)
  const given = overrideOf(tree, path) ?? (origin && !origin.found && valueAt(tree.merged, path) !== undefined ? overrideNear(tree, path, origin) : undefined)
  if (given) return { layer: 'override', variables: [], name: given.name }
  const variable = outerVariable(tree, path)
  if (variable !== undefined) return { layer: 'env', variables: [variable], name: variable }
  if (!origin?.found) return { layer: resolved && valueAt(resolved, path) !== undefined ? 'default' : 'none', variables: [] }
  const { source } = origin
  const value = valueAt(source.tree, origin.path)
  const place = placesOf(await parser())(source, spotOf(source, origin.path).path)
  return {
    layer: source.at.length === 0 && source.file === tree.file ? 'file' : 'include',
    variables: typeof value === 'string' ? [...new Set(variablesIn(value))] : [],
    ...(place && { place }),
  }
}

/** A variable that the process or `.env` has and not the block `env`, whatever that says. */
function outerVariable({ env, merged }: Tree, path: KeyPath): string | undefined {
  const [block, name] = path
  if (path.length !== 2 || block !== 'env' || typeof name !== 'string' || !Object.hasOwn(env, name)) return undefined
  return env[name] === valueAt(merged, path) ? undefined : name
}
