import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../kernel/config/schema.ts'
import { definePlugin, type Schema } from '../../kernel/contract.ts'
import type { NexusError } from '../../kernel/errors.ts'
import { configSchema, pack } from '../../sdk/pack.ts'

const plugin = (config?: Schema) => definePlugin({ id: 'p', ...(config && { config }), setup: () => {} })
const schemaOf = (config: Schema) => configSchema(plugin(config))

describe('a plugin\'s config as JSON Schema', () => {
  it('keeps types, bounds, defaults, secrets and texts', () => {
    expect(schemaOf(v.strictObject({
      token: v.optional(v.pipe(v.string(), v.metadata({ secret: true }))),
      port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9)),
      name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4), v.regex(/^a/), v.description('A name.')), 'abc'),
      mode: v.picklist(['a', 'b']), on: v.optional(v.boolean(), false), only: v.literal(5), some: v.nullable(v.number()),
      hosts: v.optional(v.pipe(v.array(v.string()), v.maxLength(3)), []), prices: v.record(v.string(), v.number()),
      either: v.union([v.string(), v.number()]), way: v.variant('kind', [v.strictObject({ kind: v.literal('env') }), v.strictObject({ kind: v.literal('file'), path: v.string() })]),
    }))).toEqual({
      type: 'object', additionalProperties: false, required: ['port', 'mode', 'only', 'some', 'prices', 'either', 'way'],
      properties: {
        token: { type: 'string', secret: true },
        port: { type: 'integer', minimum: 1, maximum: 9 },
        name: { type: 'string', minLength: 1, maxLength: 4, pattern: '^a', description: 'A name.', default: 'abc' },
        mode: { type: 'string', enum: ['a', 'b'] }, on: { type: 'boolean', default: false }, only: { const: 5 }, some: { anyOf: [{ type: 'number' }, { type: 'null' }] },
        hosts: { type: 'array', items: { type: 'string' }, maxItems: 3, default: [] }, prices: { type: 'object', additionalProperties: { type: 'number' } },
        either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
        way: { anyOf: [
          { type: 'object', additionalProperties: false, required: ['kind'], properties: { kind: { const: 'env' } } },
          { type: 'object', additionalProperties: false, required: ['kind', 'path'], properties: { kind: { const: 'file' }, path: { type: 'string' } } },
        ] },
      },
    })
  })

  it('keeps properties that are called like words of the schema', () => {
    expect(schemaOf(v.strictObject({ type: v.string(), default: v.optional(v.string()), required: v.boolean() }))).toMatchObject({ properties: { type: { type: 'string' }, default: { type: 'string' }, required: { type: 'boolean' } }, required: ['type', 'required'] })
  })

  it('fills in what valibot fills in', () => {
    const config = v.strictObject({ a: v.optional(v.number(), 1), deep: v.optional(v.strictObject({ b: v.optional(v.string(), 'x') }), {}) })
    for (const given of [{}, { a: 2 }, { deep: {} }, { deep: { b: 'y' } }]) expect(checkConfig(given, schemaOf(config), ['p']).value).toEqual(v.parse(config, given))
  })

  it('of a plugin without one takes an empty block only', () => {
    expect(checkConfig({}, configSchema(plugin()), ['p']).faults).toEqual([])
    expect(checkConfig({ a: 1 }, configSchema(plugin()), ['p']).faults).toEqual([{ path: ['p', 'a'], what: 'is not a known key' }])
  })

  it('is refused beyond the subset, with every key', () => {
    const refused = v.strictObject({ a: v.strictObject({ b: v.date() }), c: v.pipe(v.string(), v.check((text) => text !== '')), d: v.pipe(v.string(), v.url()), e: v.optional(v.string()), f: v.array(v.bigint()) })
    try {
      schemaOf(refused)
      expect.unreachable()
    } catch (error) {
      expect((error as NexusError).code).toBe('NEXUS_PACK_CONFIG')
      expect((error as NexusError).message).toMatch(/^plugin "p": .*"p\.a\.b": .*"p\.c": .*"p\.f": /)
    }
    expect(() => schemaOf(v.strictObject({ d: v.pipe(v.string(), v.url()) }))).toThrow('the schema of "p.d" uses "format", which is not supported')
    expect(() => schemaOf(v.strictObject({ d: v.record(v.pipe(v.string(), v.minLength(1)), v.string()) }))).toThrow('uses "propertyNames"')
  })
})

it('a packed plugin names its commands and is checked like any manifest', () => {
  const manifest = pack(plugin(), { entry: 'index.js', cli: 'cli.js' }, { 'p go': { summary: 'Go', args: ['<x>'], run: () => 0 } })
  expect(manifest).toMatchObject({ id: 'p', entry: 'index.js', cli: 'cli.js', commands: { 'p go': { summary: 'Go', args: ['<x>'] } }, config: { type: 'object' } })
  expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest)
  expect(() => pack(plugin(), { entry: '../x' })).toThrow('a path inside')
})
