/** Checks settings against the closed subset of JSON Schema that manifests carry, without any plugin's code. */
import { didYouMean } from './suggest.ts'

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
  /** The value is never shown: not in logs, not in `config` answers. */
  readonly secret?: boolean
  /** For people; checks nothing. */
  readonly description?: string
}
export interface Checked {
  /** The value with its defaults; meaningless when there are faults. */
  readonly value: unknown
  /** One line each: the key's path and what was expected, never what was found. */
  readonly faults: readonly string[]
}
type Table = Readonly<Record<string, unknown>>

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `where` names the value in faults, such as the id of the plugin whose block it is. */
export function checkConfig(value: unknown, schema: JsonSchema, where: string): Checked {
  const faults: string[] = []
  return { value: check(value, schema, where, faults), faults }
}

function check(given: unknown, schema: JsonSchema, where: string, faults: string[]): unknown {
  const value = given === undefined ? structuredClone(schema.default) : given
  if (schema.anyOf) return checkAny(value, schema.anyOf, where, faults)
  if (!fits(value, schema)) {
    faults.push(value === undefined ? `"${where}" is missing; it must be ${expected(schema)}` : `"${where}" must be ${expected(schema)}`)
    return value
  }
  if (Array.isArray(value)) return schema.items ? value.map((item, i) => check(item, schema.items!, `${where}[${i}]`, faults)) : value
  return isTable(value) ? checkTable(value, schema, where, faults) : value
}

function checkTable(table: Table, schema: JsonSchema, where: string, faults: string[]): Table {
  const known = schema.properties ?? {}
  const rest = schema.additionalProperties ?? true
  const entries: [string, unknown][] = []
  for (const [key, value] of Object.entries(table)) {
    if (Object.hasOwn(known, key) || value === undefined) continue
    const unset = Object.keys(known).filter((name) => !Object.hasOwn(table, name))
    if (rest === false) faults.push(`unknown key "${where}.${key}"${didYouMean(key, unset)}`)
    else entries.push([key, rest === true ? value : check(value, rest, `${where}.${key}`, faults)])
  }
  for (const [key, sub] of Object.entries(known)) {
    const value = Object.hasOwn(table, key) ? table[key] : undefined
    if (value === undefined && sub.default === undefined && !schema.required?.includes(key)) continue
    entries.push([key, check(value, sub, `${where}.${key}`, faults)])
  }
  return Object.fromEntries(entries)
}

/** The first branch without a fault; failing that, the faults of the one branch that the value seems meant for. */
function checkAny(value: unknown, branches: readonly JsonSchema[], where: string, faults: string[]): unknown {
  const tried = branches.map((branch) => ({ branch, ...checkConfig(value, branch, where) }))
  const right = tried.find((t) => t.faults.length === 0)
  if (right) return right.value
  const meant = tried.filter((t) => fits(value, t.branch) && isTable(value) && marks(value, t.branch))
  if (meant.length === 1) faults.push(...meant[0]!.faults)
  else faults.push(`"${where}" must be ${either(branches.map(expected))}`)
  return value
}

/** Whether every constant property of the branch, such as `type: 'file'`, is there. */
function marks(value: Table, branch: JsonSchema): boolean {
  return Object.entries(branch.properties ?? {}).every(([key, sub]) => sub.const === undefined || value[key] === sub.const)
}

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
