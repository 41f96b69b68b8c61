/**
 * Arguments against a server's JSON Schema, as far as that can be told safely: what a schema says in `pattern`, `format`,
 * `not`, `if` or `unevaluated…` is for the server to check, for a pattern of a stranger may take for ever. Steps and
 * depth are bounded; beyond them the answer is no. Says where and what is expected, never what was received.
 */
import { malformed } from '../../models/contract.ts'
import type { CheckedArgs, JsonSchema } from '../../tools/contract.ts'

interface Walk { readonly root: JsonSchema; steps: number; readonly faults: string[] }

const mostSteps = 20_000
const deepest = 64
const mostFaults = 5

export function checkJson(schema: JsonSchema, args: unknown): CheckedArgs {
  const given = args ?? {}
  if (typeof given !== 'object' || Array.isArray(given) || malformed in given) return { faults: 'they are not a JSON object' }
  const walk: Walk = { root: schema, steps: mostSteps, faults: [] }
  try {
    // A copy: what is checked is what runs, and it is JSON.
    const copy = JSON.parse(JSON.stringify(given)) as Record<string, unknown>
    visit(walk, schema, copy, [], deepest)
    return walk.faults.length > 0 ? { faults: [...new Set(walk.faults)].slice(0, mostFaults).join('; ') } : { args: copy }
  } catch (error) {
    if (error instanceof RangeError) return { faults: 'they, or the schema, are too deep or too long to be checked' }
    if (error instanceof TypeError) return { faults: 'they are not JSON' }
    throw error
  }
}

type Path = readonly (string | number)[]

function visit(walk: Walk, schema: unknown, value: unknown, path: Path, depth: number): void {
  if (--walk.steps < 0 || depth === 0) throw new RangeError('too much')
  if (walk.faults.length >= mostFaults) return
  if (schema === false) return fault(walk, path, 'is not an argument of this tool')
  if (typeof schema !== 'object' || schema === null) return
  const rules = schema as Record<string, unknown>
  if (typeof rules['$ref'] === 'string') visit(walk, resolved(walk.root, rules['$ref']), value, path, depth - 1)
  if (!typed(rules['type'], value)) return fault(walk, path, `must be ${[rules['type']].flat().slice(0, 8).map(String).join(' or ')}`)
  if ('const' in rules && !same(rules['const'], value)) return fault(walk, path, 'must be the one value that the schema names')
  if (Array.isArray(rules['enum']) && !rules['enum'].some((one) => same(one, value))) return fault(walk, path, 'must be one of the values that the schema names')
  bounds(walk, rules, value, path)
  if (Array.isArray(value)) items(walk, rules, value, path, depth)
  else if (typeof value === 'object' && value !== null) members(walk, rules, value as Record<string, unknown>, path, depth)
  for (const part of listOf(rules['allOf'])) visit(walk, part, value, path, depth - 1)
  for (const key of ['anyOf', 'oneOf']) {
    const options = listOf(rules[key])
    if (options.length > 0 && !options.some((option) => passes(walk, option, value, path, depth))) fault(walk, path, 'fits none of the forms that the schema has for it')
  }
}

function passes(walk: Walk, schema: unknown, value: unknown, path: Path, depth: number): boolean {
  const own: Walk = { root: walk.root, steps: walk.steps, faults: [] }
  visit(own, schema, value, path, depth - 1)
  walk.steps = own.steps
  return own.faults.length === 0
}

function members(walk: Walk, rules: Record<string, unknown>, value: Record<string, unknown>, path: Path, depth: number): void {
  const properties = (typeof rules['properties'] === 'object' && rules['properties'] !== null ? rules['properties'] : {}) as Record<string, unknown>
  for (const name of listOf(rules['required'])) if (typeof name === 'string' && !Object.hasOwn(value, name)) fault(walk, [...path, name], 'is missing')
  const others = typeof rules['patternProperties'] === 'object' ? undefined : rules['additionalProperties']
  for (const [name, inner] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) visit(walk, properties[name], inner, [...path, name], depth - 1)
    else if (others !== undefined) visit(walk, others, inner, [...path, name], depth - 1)
  }
  const size = Object.keys(value).length
  within(walk, path, size, rules['minProperties'], rules['maxProperties'], 'members')
}

function items(walk: Walk, rules: Record<string, unknown>, value: readonly unknown[], path: Path, depth: number): void {
  const first = listOf(rules['prefixItems'])
  for (const [at, item] of value.entries()) {
    const schema = at < first.length ? first[at] : rules['items']
    if (schema !== undefined && !Array.isArray(schema)) visit(walk, schema, item, [...path, at], depth - 1)
  }
  within(walk, path, value.length, rules['minItems'], rules['maxItems'], 'items')
}

function bounds(walk: Walk, rules: Record<string, unknown>, value: unknown, path: Path): void {
  if (typeof value === 'string') within(walk, path, [...value.slice(0, 1_000_000)].length, rules['minLength'], rules['maxLength'], 'characters')
  if (typeof value !== 'number') return
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = rules as Record<string, unknown>
  if (typeof minimum === 'number' && value < minimum) fault(walk, path, `must be at least ${minimum}`)
  if (typeof maximum === 'number' && value > maximum) fault(walk, path, `must be at most ${maximum}`)
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) fault(walk, path, `must be more than ${exclusiveMinimum}`)
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) fault(walk, path, `must be less than ${exclusiveMaximum}`)
}

function within(walk: Walk, path: Path, size: number, least: unknown, most: unknown, what: string): void {
  if (typeof least === 'number' && size < least) fault(walk, path, `must have at least ${least} ${what}`)
  if (typeof most === 'number' && size > most) fault(walk, path, `must have at most ${most} ${what}`)
}

function typed(type: unknown, value: unknown): boolean {
  if (type === undefined) return true
  return [type].flat().some((one) => {
    switch (one) {
      case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value)
      case 'array': return Array.isArray(value)
      case 'null': return value === null
      case 'integer': return Number.isInteger(value)
      default: return typeof value === one // oxlint-disable-line valid-typeof
    }
  })
}

/** `#`, `#/a/b`: of this schema, by its own members only. What is not there lets nothing pass. */
function resolved(root: JsonSchema, ref: string): unknown {
  let at: unknown = root
  for (const part of ref.replace(/^#\/?/, '').split('/').filter((part) => part !== '')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && a !== null && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function fault(walk: Walk, path: Path, what: string): void {
  const place = path.length === 0 ? 'they' : `"${path.join('.').slice(0, 64).replace(/[^\x20-\x7e]/g, '?')}"`
  walk.faults.push(`${place} ${what}`)
}
