/** What a config schema in a manifest may say; `check` in schema.ts relies on it. */
import { isTable } from './table.ts'

const isCount = (x: unknown) => Number.isInteger(x) && (x as number) >= 0
const isFlag = (x: unknown) => typeof x === 'boolean'
const isText = (x: unknown) => typeof x === 'string'
const isScalar = (x: unknown) => x === null || ['string', 'number', 'boolean'].includes(typeof x)
const isList = (of: (x: unknown) => boolean) => (x: unknown) => Array.isArray(x) && x.length > 0 && x.every(of)
const types: readonly unknown[] = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']

const words: Readonly<Record<string, (x: unknown) => boolean>> = {
  type: (x) => types.includes(x),
  properties: isTable,
  required: (x) => Array.isArray(x) && x.every(isText),
  additionalProperties: (x) => typeof x === 'boolean' || isTable(x),
  items: isTable,
  enum: isList(isScalar),
  const: isScalar,
  anyOf: isList(isTable),
  minimum: Number.isFinite,
  maximum: Number.isFinite,
  exclusiveMinimum: Number.isFinite,
  exclusiveMaximum: Number.isFinite,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  pattern: (x) => isText(x) && isPattern(x as string),
  default: (x) => x !== undefined,
  secret: isFlag,
  agentWritable: isFlag,
  path: isFlag,
  description: isText,
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp
  } catch {
    return false // a syntax error is the answer
  }
}

/** One line for each word that is not of the subset or has a value it cannot have. `where` is the key the schema is for. */
export function schemaFaults(schema: unknown, where: string, depth = 0): string[] {
  if (!isTable(schema)) return [`the schema of "${where}" must be an object`]
  if (depth > 32) return [`the schema of "${where}" is nested too deep`]
  const faults = Object.entries(schema).flatMap(([word, value]) => {
    if (!Object.hasOwn(words, word)) return [`the schema of "${where}" uses "${word}", which is not supported`]
    return words[word]!(value) ? [] : [`the schema of "${where}" has a bad "${word}"`]
  })
  const children: [string, unknown][] = isTable(schema['properties']) ? Object.entries(schema['properties']).map(([key, sub]) => [`${where}.${key}`, sub]) : []
  if (schema['items'] !== undefined) children.push([`${where}[]`, schema['items']])
  if (typeof schema['additionalProperties'] === 'object') children.push([`${where}.*`, schema['additionalProperties']])
  if (Array.isArray(schema['anyOf'])) for (const branch of schema['anyOf']) children.push([where, branch])
  return [...faults, ...children.flatMap(([key, sub]) => schemaFaults(sub, key, depth + 1))]
}
