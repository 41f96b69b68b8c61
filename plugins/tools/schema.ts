/**
 * A valibot schema as the JSON Schema a model is shown. Only what says the same on both sides is taken;
 * anything else is refused when the tool is offered, so that no model is told less than the truth.
 */
import type { NexusError, Schema } from 'nexus-gateway/sdk'

export type JsonSchema = Readonly<Record<string, unknown>>
type Refuse = (reason: string) => NexusError
type Rule = Readonly<Record<string, unknown>>

/** The schema of a tool's arguments. `refuse` makes the error for what cannot be expressed. */
export function toJsonSchema(schema: Schema, refuse: Refuse): JsonSchema {
  const made = convert(schema, 'params', refuse)
  if (made.type !== 'object' || made.additionalProperties !== false) throw refuse('params must be a v.strictObject({ … })')
  return made
}

function convert(schema: Schema, place: string, refuse: Refuse): JsonSchema {
  const piped = (schema as { pipe?: readonly [Schema, ...Rule[]] }).pipe
  if (!piped) return plain(schema, place, refuse)
  const [root, ...rules] = piped
  const made = convert(root, place, refuse)
  return Object.assign({}, made, ...rules.map((rule) => ruled(rule, made.type, place, refuse))) as JsonSchema
}

/** A schema without its pipe. Property names are those of valibot's schema objects. */
function plain(schema: Schema, place: string, refuse: Refuse): JsonSchema {
  const s = schema as Schema & Rule
  switch (s.type) {
    case 'string': case 'number': case 'boolean': return { type: s.type }
    case 'null': return { type: 'null' }
    case 'unknown': return {}
    case 'literal': return { const: jsonValue(s.literal, place, refuse) }
    case 'picklist': return enumOf(s.options as unknown[], place, refuse)
    case 'array': return { type: 'array', items: convert(s.item as Schema, `${place}[]`, refuse) }
    case 'record': return { type: 'object', additionalProperties: convert(s.value as Schema, `${place}.*`, refuse) }
    case 'strict_object': return objectOf(s.entries as Record<string, Schema>, place, refuse)
    case 'union': case 'variant': return { anyOf: (s.options as Schema[]).map((option) => convert(option, place, refuse)) }
    case 'nullable': return { anyOf: [convert(s.wrapped as Schema, place, refuse), { type: 'null' }] }
    case 'optional': return withDefault(s, place, refuse)
    default: throw refuse(`${place} is a v.${s.type}, which JSON Schema cannot say`)
  }
}

function enumOf(options: readonly unknown[], place: string, refuse: Refuse): JsonSchema {
  const values = options.map((option) => jsonValue(option, place, refuse))
  return { ...(values.every((value) => typeof value === 'string') ? { type: 'string' } : {}), enum: values }
}

function objectOf(entries: Readonly<Record<string, Schema>>, place: string, refuse: Refuse): JsonSchema {
  const names = Object.keys(entries)
  const properties = Object.fromEntries(names.map((name) => [name, convert(entries[name]!, `${place}.${name}`, refuse)]))
  const required = names.filter((name) => !isOptional(entries[name]!))
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false }
}

/** Also where it stands first in a pipe, whose type is that of its first schema. */
const isOptional = (schema: Schema): boolean => schema.type === 'optional'

function withDefault(s: Rule, place: string, refuse: Refuse): JsonSchema {
  const made = convert(s.wrapped as Schema, place, refuse)
  if (s.default === undefined) return made
  if (typeof s.default === 'function') throw refuse(`${place} has a default that is a function`)
  return { ...made, default: jsonValue(s.default, place, refuse) }
}

/** One step of a pipe. */
function ruled(rule: Rule, type: unknown, place: string, refuse: Refuse): JsonSchema {
  const bound = type === 'array' ? 'Items' : 'Length'
  switch (rule.type) {
    case 'description': return { description: rule.description }
    case 'title': return { title: rule.title }
    case 'integer': return { type: 'integer' }
    case 'min_value': return { minimum: rule.requirement }
    case 'max_value': return { maximum: rule.requirement }
    case 'min_length': return { [`min${bound}`]: rule.requirement }
    case 'max_length': return { [`max${bound}`]: rule.requirement }
    case 'non_empty': return { [`min${bound}`]: 1 }
    case 'regex': return { pattern: patternOf(rule.requirement as RegExp, place, refuse) }
    case 'check': return checked(rule, place, refuse)
    default: throw refuse(`${place} uses v.${String(rule.type)}, which JSON Schema cannot say`)
  }
}

/** Invisible to the model, which learns of it from the fault; so the fault needs a text of the author's. */
function checked(rule: Rule, place: string, refuse: Refuse): JsonSchema {
  if (typeof rule.message !== 'string') throw refuse(`${place} has a v.check without a message`)
  return {}
}

function patternOf(pattern: RegExp, place: string, refuse: Refuse): string {
  if (pattern.flags.replace(/[gu]/g, '') !== '') throw refuse(`${place} has a pattern with flags`)
  return pattern.source
}

function jsonValue(value: unknown, place: string, refuse: Refuse): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map((item) => jsonValue(item, place, refuse))
  if (typeof value !== 'object') throw refuse(`${place} has a value that is not JSON`)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonValue(item, place, refuse)]))
}
