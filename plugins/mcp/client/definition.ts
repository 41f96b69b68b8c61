/** A tool as a server tells of it, made into one that may be offered. Pure: what is too large, too deep or no schema is refused. */
import { createHash } from 'node:crypto'
import type { JsonSchema, ToolSpec } from '../../tools/contract.ts'
import type { ServerConfig } from '../config.ts'
import { fits, toolName } from './naming.ts'
import { cleaned } from './text.ts'

export interface Definition {
  /** As the server calls it. */
  readonly original: string
  readonly spec: ToolSpec
  readonly claims: Readonly<Record<string, boolean>> | undefined
  /** Changes with everything that is shown of it, and with what its arguments are checked against. */
  readonly fingerprint: string
}
export interface Left { readonly tool: string; readonly reason: string }
export interface Listing { readonly offered: readonly Definition[]; readonly left: readonly Left[] }

const descriptionChars = 4_000
const proseChars = 1_000
const schemaChars = 64_000
const deepest = 24
const mostNodes = 4_000
const mostLeft = 50

/** What of a listing is offered. A name that two of its tools would have is neither's. */
export function definitionsOf(server: string, config: ServerConfig, listed: readonly unknown[]): Listing {
  const left: Left[] = []
  const made = new Map<string, Definition | undefined>()
  const leave = (tool: unknown, reason: string): void => {
    if (left.length < mostLeft) left.push({ tool: cleaned(tool, 128) || '?', reason })
  }
  for (const one of listed) {
    const verdict = definitionOf(server, config, one)
    if (typeof verdict === 'string') leave((one as { name?: unknown } | null)?.name, verdict)
    else if (made.has(verdict.spec.name)) {
      made.set(verdict.spec.name, undefined)
      leave(verdict.original, 'another tool of this server has the same name')
    } else if (made.size >= config.maxTools) leave(verdict.original, `there are more than ${config.maxTools}`)
    else made.set(verdict.spec.name, verdict)
  }
  return { offered: [...made.values()].filter((one) => one !== undefined), left }
}

function definitionOf(server: string, config: ServerConfig, told: unknown): Definition | string {
  if (!isObject(told) || typeof told['name'] !== 'string') return 'it has no name'
  const { name: original, description, inputSchema, annotations } = told as { name: string; description?: unknown; inputSchema?: unknown; annotations?: unknown }
  if (original === '' || original.length > 256) return 'its name is empty or longer than 256 characters'
  if (config.include && !fits(config.include, original)) return 'the settings do not include it'
  if (fits(config.exclude, original)) return 'the settings exclude it'
  const parameters = schemaOf(inputSchema)
  if (typeof parameters === 'string') return parameters
  const { timeoutMs, approval, effect, tier } = config
  const spec: ToolSpec = {
    name: toolName(server, original), plugin: 'mcp', parameters, timeoutMs, group: config.group ?? `mcp:${server}`,
    description: cleaned(description, descriptionChars) || `The tool ${cleaned(original, 64)} of the MCP server ${server}.`,
    ...(approval && { approval }), ...(effect && { effect }), ...(tier && { tier }),
  }
  const claims = claimsOf(annotations)
  // All of what was told counts, also what was cut off: no change of it goes unseen.
  const fingerprint = createHash('sha256').update(JSON.stringify([original, spec, canonical({ description, annotations })])).digest('hex')
  return { original, spec, claims, fingerprint }
}

/** The schema of the arguments, its prose cleaned; or why it cannot be used. */
function schemaOf(given: unknown): JsonSchema | string {
  if (!isObject(given)) return 'it has no schema'
  const budget = { nodes: mostNodes }
  try {
    const made = tidied(given, deepest, budget) as Record<string, unknown>
    if (made['type'] !== 'object') return 'its schema is not that of an object'
    return JSON.stringify(made).length > schemaChars ? 'its schema is too large' : made
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

/** Throws a RangeError that says what is too much. */
function tidied(value: unknown, depth: number, budget: { nodes: number }): unknown {
  if (--budget.nodes < 0) throw new RangeError('its schema is too large')
  if (typeof value === 'string') {
    if (value.length > schemaChars) throw new RangeError('its schema is too large')
    return value
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) throw new RangeError('its schema is too deep')
  if (Array.isArray(value)) return value.map((item) => tidied(item, depth - 1, budget))
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (key.length > 256 || key !== cleaned(key, 256) || key === '__proto__') throw new RangeError('a name in its schema cannot be used')
    if (key === '$ref' && typeof inner === 'string' && !inner.startsWith('#')) throw new RangeError('its schema refers to another document')
    if (key === '$schema' || key === '$id' || key === '$comment') return []
    const prose = (key === 'description' || key === 'title') && typeof inner === 'string'
    return [[key, prose ? cleaned(inner, proseChars) : tidied(inner, depth - 1, budget)]]
  }))
}

function claimsOf(annotations: unknown): Readonly<Record<string, boolean>> | undefined {
  if (!isObject(annotations)) return undefined
  const known = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'].flatMap((name): [string, boolean][] => (typeof annotations[name] === 'boolean' ? [[name, annotations[name]]] : []))
  return known.length > 0 ? Object.fromEntries(known) : undefined
}

/** The same text for the same value, in whatever order its keys came. What goes too deep counts as its depth. */
function canonical(value: unknown, depth = deepest): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '…'
  if (Array.isArray(value)) return value.map((item) => canonical(item, depth - 1))
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner, depth - 1)])
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

export interface Difference { readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] }
/** Fingerprints by offered names. */
export type Prints = Readonly<Record<string, string>>

export const printsOf = (list: readonly Definition[]): Prints => Object.fromEntries(list.map(({ spec, fingerprint }) => [spec.name, fingerprint]))

/** By offered names; undefined where nothing differs. */
export function difference(before: Prints, after: Prints): Difference | undefined {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  const added = [...now.keys()].filter((name) => !old.has(name))
  const removed = [...old.keys()].filter((name) => !now.has(name))
  const changed = [...now].filter(([name, print]) => old.has(name) && old.get(name) !== print).map(([name]) => name)
  return added.length + removed.length + changed.length > 0 ? { added, removed, changed } : undefined
}
