/** Checks settings against the closed subset of JSON Schema that manifests carry, without any plugin's code. */
import type { ConfigFault } from './fault.ts'
import type { KeyPath } from './path.ts'
import { isReference, sourceOf } from './secret-source.ts'
import { nearest } from './suggest.ts'
import { isTable, type Table } from './table.ts'

export { isTable } from './table.ts'

type Scalar = string | number | boolean | null
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly enum?: readonly Scalar[]
  readonly const?: Scalar
  readonly anyOf?: readonly JsonSchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly default?: unknown
  /** The value is never shown: not in logs, not in `config` answers. In its place may stand `{ $secret: "env:NAME" }`. */
  readonly secret?: boolean
  /** An agent may change it; checks nothing. */
  readonly agentWritable?: boolean
  /** A path: made absolute, from where the file is that it stands in. */
  readonly path?: boolean
  /** For people; checks nothing. */
  readonly description?: string
}
export interface Checked {
  /** The value with its defaults; meaningless when there are faults. */
  readonly value: unknown
  /** The key's path and what was expected, never what was found. At most a hundred. */
  readonly faults: readonly ConfigFault[]
}
/** What is known of the values beyond the values. */
export interface CheckOptions {
  /** The text that the environment or a flag gave for this value, if one did: it may be meant as a number or as a text. */
  readonly text?: (path: KeyPath) => string | undefined
  /** The absolute form of a path that stands there. */
  readonly resolve?: (value: string, path: KeyPath) => string
  /** Told of each secret that is written out. */
  readonly onLiteral?: (path: KeyPath) => void
}
interface Work extends CheckOptions { readonly faults: ConfigFault[] }

const maxFaults = 100

/** `path` is where the value stands, such as the id of the plugin whose block it is. */
export function checkConfig(value: unknown, schema: JsonSchema, path: KeyPath, options: CheckOptions = {}): Checked {
  const faults: ConfigFault[] = []
  return { value: check(value, schema, path, { ...options, faults }), faults }
}

function check(given: unknown, schema: JsonSchema, path: KeyPath, work: Work): unknown {
  const value = given === undefined ? structuredClone(schema.default) : given
  if (isReference(value)) return checkReference(value, schema, path, work)
  if (schema.secret && given !== undefined && typeof value !== 'object') work.onLiteral?.(path)
  if (schema.anyOf) return checkAny(value, schema.anyOf, path, work)
  if (!fits(value, schema)) {
    const meant = otherwise(value, schema, path, work)
    if (meant !== undefined) return meant
    fault(work, path, value === undefined ? `is missing; it must be ${expected(schema)}` : `must be ${expected(schema)}${hint(value, schema)}`)
    return value
  }
  if (Array.isArray(value)) return value.map((item, i) => check(item, schema.items ?? {}, [...path, i], work))
  if (isTable(value)) return checkTable(value, schema, path, work)
  return schema.path && typeof value === 'string' && work.resolve ? work.resolve(value, path) : value
}

function fault({ faults }: Work, path: KeyPath, what: string, meant?: string): void {
  if (faults.length < maxFaults) faults.push({ path, what, ...(meant !== undefined && { meant }) })
}

function checkTable(table: Table, schema: JsonSchema, path: KeyPath, work: Work): Table {
  const known = schema.properties ?? {}
  const rest = schema.additionalProperties ?? true
  const entries: [string, unknown][] = []
  for (const [key, value] of Object.entries(table)) {
    if (Object.hasOwn(known, key) || value === undefined) continue
    if (rest === false) unknownKey(key, table, known, path, work)
    else entries.push([key, check(value, rest === true ? {} : rest, [...path, key], work)])
  }
  for (const [key, sub] of Object.entries(known)) {
    const value = Object.hasOwn(table, key) ? table[key] : undefined
    if (value === undefined && sub.default === undefined && !schema.required?.includes(key)) continue
    entries.push([key, check(value, sub, [...path, key], work)])
  }
  return Object.fromEntries(entries)
}

function unknownKey(key: string, table: Table, known: Readonly<Record<string, JsonSchema>>, path: KeyPath, work: Work): void {
  if (work.faults.length >= maxFaults) return
  const names = Object.keys(known)
  const unset = names.filter((name) => !Object.hasOwn(table, name))
  fault(work, [...path, key], 'is not a known key', nearest(key, unset, 2) ?? nearest(key, names, 2))
}

function checkReference(value: Table & { readonly $secret: unknown }, schema: JsonSchema, path: KeyPath, work: Work): unknown {
  if (!takesSecret(schema)) fault(work, path, 'cannot be a reference to a secret: it is not marked as one')
  else if (!sourceOf(value)) fault(work, path, 'must be { $secret: "env:NAME" }, "file:path", "exec:command" or "store:name", and nothing beside it')
  return value
}

const takesSecret = (schema: JsonSchema): boolean => schema.secret === true || (schema.anyOf?.some(takesSecret) ?? false)

/** The first branch without a fault; failing that, the faults of the one branch that the value seems meant for. */
function checkAny(value: unknown, branches: readonly JsonSchema[], path: KeyPath, work: Work): unknown {
  const tried = branches.map((branch) => {
    const literals: KeyPath[] = []
    return { branch, literals, ...checkConfig(value, branch, path, { ...work, onLiteral: (at) => literals.push(at) }) }
  })
  const right = tried.find((t) => t.faults.length === 0)
  if (right) {
    for (const at of right.literals) work.onLiteral?.(at)
    return right.value
  }
  const meant = tried.filter((t) => fits(value, t.branch) && isTable(value) && marks(value, t.branch))
  if (meant.length === 1) for (const { path: at, what, meant: near } of meant[0]!.faults) fault(work, at, what, near)
  else fault(work, path, `${value === undefined ? 'is missing; it ' : ''}must be ${either(branches.map(expected))}`)
  return value
}

/** Whether every constant property of the branch, such as `type: 'file'`, is there. */
const marks = (value: Table, branch: JsonSchema): boolean => Object.entries(branch.properties ?? {}).every(([key, sub]) => sub.const === undefined || value[key] === sub.const)

function fits(value: unknown, s: JsonSchema): boolean {
  if (value === undefined || (s.type && !isOf(value, s.type))) return false
  if (s.const !== undefined && value !== s.const) return false
  if (s.enum && !s.enum.includes(value as Scalar)) return false
  if (typeof value === 'number') {
    return value >= (s.minimum ?? -Infinity) && value <= (s.maximum ?? Infinity) && value > (s.exclusiveMinimum ?? -Infinity) && value < (s.exclusiveMaximum ?? Infinity)
  }
  if (typeof value === 'string') return between(value.length, s.minLength, s.maxLength) && (s.pattern === undefined || new RegExp(s.pattern).test(value))
  return !Array.isArray(value) || between(value.length, s.minItems, s.maxItems)
}

function isOf(value: unknown, type: NonNullable<JsonSchema['type']>): boolean {
  if (type === 'object') return isTable(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'null') return value === null
  if (type === 'integer') return Number.isInteger(value)
  return type === 'number' ? Number.isFinite(value) : typeof value === type
}

const between = (n: number, min = 0, max = Infinity) => n >= min && n <= max

/** The environment gives texts only, and flags what looks like a number: either is taken as what the schema wants. */
function otherwise(value: unknown, schema: JsonSchema, path: KeyPath, { text }: Work): unknown {
  if (!text || typeof value === 'object') return undefined
  const given = text(path)
  return given === undefined ? undefined : [given, scalarOf(given)].find((one) => fits(one, schema))
}

function scalarOf(text: string): Scalar | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

function hint(value: unknown, schema: JsonSchema): string {
  if (typeof value === 'string') return fits(scalarOf(value), schema) ? ', without quotes' : ''
  return schema.type === 'string' && (typeof value === 'number' || typeof value === 'boolean') && fits(String(value), schema) ? ', in quotes' : ''
}

const nouns = { object: 'an object', array: 'a list', string: 'a string', number: 'a number', integer: 'a whole number', boolean: 'true or false', null: 'null' }

/** What a schema asks for, in words. */
function expected(s: JsonSchema): string {
  if (s.const !== undefined) return JSON.stringify(s.const)
  if (s.enum) return either(s.enum.map((one) => JSON.stringify(one)))
  if (s.anyOf) return either(s.anyOf.map(expected))
  const size = s.type === 'array' ? 'entries' : 'characters'
  const bounds = [
    s.minimum !== undefined && `at least ${s.minimum}`, s.maximum !== undefined && `at most ${s.maximum}`,
    s.exclusiveMinimum !== undefined && `above ${s.exclusiveMinimum}`, s.exclusiveMaximum !== undefined && `below ${s.exclusiveMaximum}`,
    (s.minLength ?? s.minItems) && `of at least ${s.minLength ?? s.minItems} ${size}`, (s.maxLength ?? s.maxItems) !== undefined && `of at most ${s.maxLength ?? s.maxItems} ${size}`,
    s.pattern !== undefined && `matching ${s.pattern}`,
  ].filter(Boolean)
  return [s.type ? nouns[s.type] : 'a value', bounds.join(' and ')].filter(Boolean).join(' ')
}

function either(options: readonly string[]): string {
  const all = [...new Set(options)]
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`
}
