import { toJsonSchema as reference } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { checkArguments } from '../../plugins/tools/check.ts'
import { toJsonSchema } from '../../plugins/tools/schema.ts'
import { NexusError, type Schema } from 'nexus-gateway/sdk'

const refuse = (reason: string): NexusError => new NexusError('REFUSED', { text: reason, fix: '' })
const convert = (schema: Schema) => toJsonSchema(schema, refuse)

const rich = v.strictObject({
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(9), v.regex(/^\w+$/), v.description('Where.')),
  mode: v.optional(v.picklist(['read', 'write']), 'read'),
  lines: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99))),
  tags: v.optional(v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(3))),
  env: v.optional(v.record(v.string(), v.string())),
  deep: v.nullable(v.strictObject({ on: v.boolean(), kind: v.literal('x') })),
  either: v.union([v.string(), v.number()]),
})

describe('a schema of arguments', () => {
  test('says the same as valibot\'s own conversion', () => {
    const { $schema: _, ...expected } = reference(rich, { typeMode: 'input' }) as Record<string, unknown>
    expect(convert(rich)).toEqual(JSON.parse(JSON.stringify(expected), (key, value: unknown) => (key === 'propertyNames' ? undefined : value)))
  })

  test.each<[string, Schema, RegExp]>([
    ['a date', v.strictObject({ at: v.date() }), /params\.at is a v\.date/],
    ['an object that drops keys', v.object({}), /v\.object/],
    ['an object below that drops keys', v.strictObject({ a: v.array(v.object({})) }), /params\.a\[\] is a v\.object/],
    ['no object', v.string(), /must be a v\.strictObject/],
    ['a transformation', v.strictObject({ a: v.pipe(v.string(), v.transform(Number)) }), /params\.a uses v\.transform/],
    ['a check without a text', v.strictObject({ a: v.pipe(v.string(), v.check((x) => x !== '')) }), /without a message/],
    ['a pattern with flags', v.strictObject({ a: v.pipe(v.string(), v.regex(/a/i)) }), /flags/],
    ['a default made by a function', v.strictObject({ a: v.optional(v.string(), () => 'x') }), /function/],
    ['a value JSON does not know', v.strictObject({ a: v.literal(1n) }), /not JSON/],
  ])('is refused when it holds %s', (_, schema, message) => {
    expect(() => convert(schema)).toThrow(message)
  })
})

describe('arguments', () => {
  const ok = { path: 'a', deep: null, either: 1 }

  test('that fit come back with their defaults', () => {
    expect(checkArguments(rich, ok)).toEqual({ args: { ...ok, mode: 'read' } })
    expect(checkArguments(v.strictObject({}), undefined)).toEqual({ args: {} })
  })

  test.each<[unknown, string]>([
    [{ ...ok, path: 5 }, '"path" must be string'],
    [{ ...ok, deep: { on: true, kind: 'y' } }, '"deep.kind" must be "x"'],
    [{ deep: null, either: 1 }, '"path" is missing'],
    [{ ...ok, patch: 1 }, '"patch" is not an argument of this tool'],
    [{ ...ok, tags: [] }, '"tags" must be of length >=1'],
    ['text', 'they are not a JSON object'],
    [[], 'they are not a JSON object'],
    [{ $malformed: '{"a' }, 'they are not a JSON object'],
  ])('that do not fit are told apart: %j', (args, fault) => {
    expect(checkArguments(rich, args)).toEqual({ faults: fault })
  })

  test('are never repeated in a fault', () => {
    const secret = 'sk-very-secret'
    const told = JSON.stringify(checkArguments(rich, { path: secret, mode: secret, lines: secret, tags: secret, env: secret, deep: secret, either: { secret } }))
    expect(told).not.toContain(secret)
    expect(told).toContain('and 3 more')
  })
})
