/** What the schema of all settings says of a key: whether it is secret, and whether an agent may write it. */
import { pathText, type JsonSchema, type KeyPath } from 'nexus-gateway/sdk'

/** One reading of the schema at a place; where it says `anyOf` there are several. */
export interface Way {
  readonly schema: JsonSchema
  readonly secret: boolean
  /** By the nearest mark on the way there; a secret is never writable. */
  readonly writable: boolean
  /** The schema takes any key here and knows nothing of this one. */
  readonly open: boolean
}
type Marked = JsonSchema & { readonly agentWritable?: boolean }

/** Not plugins' blocks: how the gateway is reached, what code it runs, where values come from. */
export const kernelKeys = ['gateway', 'plugins', 'pluginPolicy', 'env', 'meta', '$schema', '$include'] as const

export function waysOf(schema: JsonSchema, from: Pick<Way, 'secret' | 'writable'> = { secret: false, writable: false }, open = false): Way[] {
  const { agentWritable = from.writable } = schema as Marked
  const secret = from.secret || schema.secret === true
  const here: Way = { schema, secret, writable: agentWritable && !secret, open }
  if (!schema.anyOf) return [here]
  const about = { ...(schema.description !== undefined && { description: schema.description }), ...(schema.default !== undefined && { default: schema.default }) }
  return schema.anyOf.flatMap((branch) => waysOf({ ...about, ...branch }, here))
}

/** None if no schema knows the key: that is a fault, and nothing is known of what stands there. */
export function stepInto(ways: readonly Way[], key: string | number): Way[] {
  return ways.flatMap((way) => {
    const { type, properties, additionalProperties = true, items } = way.schema
    if (typeof key === 'number') return type === undefined || type === 'array' ? waysOf(items ?? {}, way, items === undefined) : []
    if (properties && Object.hasOwn(properties, key)) return waysOf(properties[key]!, way)
    if (additionalProperties === false || (type !== undefined && type !== 'object')) return []
    return additionalProperties === true ? waysOf({}, way, true) : waysOf(additionalProperties, way)
  })
}

export const waysTo = (schema: JsonSchema, path: KeyPath): Way[] => path.reduce<Way[]>(stepInto, waysOf(schema))

/** The names that could stand after `path`. */
export function keysAfter(schema: JsonSchema, path: KeyPath): string[] {
  return [...new Set(waysTo(schema, path).flatMap((way) => Object.keys(way.schema.properties ?? {})))]
}

/** Only an explicit yes from every reading of the schema counts. */
export function isAgentWritable(schema: JsonSchema, path: KeyPath): boolean {
  const [top] = path
  if (typeof top !== 'string' || (kernelKeys as readonly string[]).includes(top)) return false
  if (path.some((key) => typeof key === 'string' && key.startsWith('$'))) return false
  const ways = waysTo(schema, path)
  return ways.length > 0 && ways.every(({ writable }) => writable)
}

export interface UiHint { readonly help?: string; readonly sensitive?: true; readonly agentWritable?: true }

/** By key path, `*` for any key of a table and `[]` for an entry of a list. Only where there is something to say. */
export function hintsOf(schema: JsonSchema): Record<string, UiHint> {
  const hints = new Map<string, UiHint>()
  const look = (ways: readonly Way[], path: readonly string[], depth: number): void => {
    if (depth > 32) return
    const help = ways.map((way) => way.schema.description).find((text) => text !== undefined)
    const hint: UiHint = {
      ...(help !== undefined && { help }),
      ...(ways.some(({ secret }) => secret) && { sensitive: true }),
      ...(ways.length > 0 && ways.every(({ writable }) => writable) && { agentWritable: true }),
    }
    if (path.length > 0 && Object.keys(hint).length > 0) hints.set(path.join(''), hint)
    const names = new Set(ways.flatMap((way) => Object.keys(way.schema.properties ?? {})))
    for (const name of names) look(ways.flatMap((way) => (way.schema.properties && Object.hasOwn(way.schema.properties, name) ? waysOf(way.schema.properties[name]!, way) : [])), [...path, after(path, name)], depth + 1)
    const rest = ways.flatMap((way) => (typeof way.schema.additionalProperties === 'object' ? waysOf(way.schema.additionalProperties, way) : []))
    if (rest.length > 0) look(rest, [...path, path.length > 0 ? '.*' : '*'], depth + 1)
    const items = ways.flatMap((way) => (way.schema.items ? waysOf(way.schema.items, way) : []))
    if (items.length > 0) look(items, [...path, '[]'], depth + 1)
  }
  look(waysOf(schema), [], 0)
  return Object.fromEntries(hints)
}

const after = (path: readonly string[], name: string): string => {
  const text = pathText([name])
  return path.length === 0 || text.startsWith('[') ? text : `.${text}`
}
