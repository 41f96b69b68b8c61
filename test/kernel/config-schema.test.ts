import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultText } from '../../kernel/config/fault.ts'
import { checkConfig, type JsonSchema } from '../../kernel/config/schema.ts'
import { schemaFaults } from '../../kernel/config/subset.ts'
import { nearest } from '../../kernel/config/suggest.ts'

const strict = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({ type: 'object', properties, required, additionalProperties: false })
const faults = (value: unknown, schema: JsonSchema) => checkConfig(value, schema, ['cost']).faults.map(faultText)

describe('checking settings', () => {
  it('fills in defaults, in nested tables too, and leaves the schema\'s own untouched', () => {
    const schema = strict({ currency: { enum: ['USD', 'EUR'], default: 'USD' }, limits: { ...strict({ day: { type: 'number', default: 5 } }), default: {} }, tags: { type: 'array', items: { type: 'string' }, default: [] } })
    const { value } = checkConfig({}, schema, ['cost']) as { value: { tags: string[] } }
    expect(value).toEqual({ currency: 'USD', limits: { day: 5 }, tags: [] })
    value.tags.push('x')
    expect(checkConfig({}, schema, ['cost']).value).toEqual({ currency: 'USD', limits: { day: 5 }, tags: [] })
  })

  it.each<[string, unknown, JsonSchema, string[]]>([
    ['a key that is missing', {}, strict({ key: { type: 'string' } }, ['key']), ['"cost.key" is missing; it must be a string']],
    ['a key that is unknown, with the nearest that is not set', { currncy: 'USD', day: 1 }, strict({ currency: { type: 'string' }, day: { type: 'number' } }), ['"cost.currncy" is not a known key; did you mean "currency"?']],
    ['a value of the wrong type', { n: '5' }, strict({ n: { type: 'integer' } }), ['"cost.n" must be a whole number, without quotes']],
    ['a value out of bounds', { n: 0 }, strict({ n: { type: 'integer', minimum: 1, maximum: 9 } }), ['"cost.n" must be a whole number at least 1 and at most 9']],
    ['a number that is none', { n: Infinity }, strict({ n: { type: 'number' } }), ['"cost.n" must be a number']],
    ['a value on an open bound', { n: 0 }, strict({ n: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 } }), ['"cost.n" must be a number above 0 and below 1']],
    ['a word that is not in the list', { c: 'GBP' }, strict({ c: { type: 'string', enum: ['USD', 'EUR'] } }), ['"cost.c" must be "USD" or "EUR"']],
    ['a text that is too short', { t: '' }, strict({ t: { type: 'string', minLength: 1, maxLength: 3 } }), ['"cost.t" must be a string of at least 1 characters and of at most 3 characters']],
    ['a text that does not match', { t: 'a b' }, strict({ t: { type: 'string', pattern: '^\\w+$' } }), ['"cost.t" must be a string matching ^\\w+$']],
    ['an entry of a list', { l: ['a', 1] }, strict({ l: { type: 'array', items: { type: 'string' } } }), ['"cost.l[1]" must be a string, in quotes']],
    ['a list that is too long', { l: [1, 2] }, strict({ l: { type: 'array', maxItems: 1 } }), ['"cost.l" must be a list of at most 1 entries']],
    ['a value of a free key', { a: 1, b: 'x' }, { type: 'object', additionalProperties: { type: 'number' } }, ['"cost.b" must be a number']],
    ['a value that another type of quotes would not mend', { n: 'x', b: 'yes', s: {} }, strict({ n: { type: 'integer' }, b: { type: 'boolean' }, s: { type: 'string' } }), ['"cost.n" must be a whole number', '"cost.b" must be true or false', '"cost.s" must be a string']],
    ['a choice that is missing', {}, strict({ c: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, ['c']), ['"cost.c" is missing; it must be a string or null']],
    ['an unknown key beside the one that was meant', { day: 1, dya: 2 }, strict({ day: { type: 'number' } }), ['"cost.dya" is not a known key; did you mean "day"?']],
    ['a table that is a list', [], strict({}), ['"cost" must be an object']],
    ['several at once', { a: 1, b: 2, c: 3 }, strict({ a: { type: 'string' }, b: { const: 1 } }), ['"cost.c" is not a known key', '"cost.a" must be a string, in quotes', '"cost.b" must be 1']],
  ])('names %s', (_, value, schema, expected) => {
    expect(faults(value, schema)).toEqual(expected)
  })

  it('takes the first branch that fits, with its defaults', () => {
    const schema: JsonSchema = { anyOf: [{ type: 'string' }, strict({ kind: { const: 'file' }, mode: { type: 'integer', default: 384 } }, ['kind'])] }
    expect(checkConfig('x', schema, ['cost']).value).toBe('x')
    expect(checkConfig({ kind: 'file' }, schema, ['cost']).value).toEqual({ kind: 'file', mode: 384 })
    expect(checkConfig(null, { anyOf: [{ type: 'number' }, { type: 'null' }] }, ['cost'])).toEqual({ value: null, faults: [] })
  })

  it('names the fault of the branch that was meant, or all branches', () => {
    const schema: JsonSchema = { anyOf: [strict({ kind: { const: 'file' }, path: { type: 'string' } }, ['kind', 'path']), strict({ kind: { const: 'env' }, name: { type: 'string' } }, ['kind', 'name'])] }
    expect(faults({ kind: 'env', nam: 'X' }, schema)).toEqual(['"cost.nam" is not a known key; did you mean "name"?', '"cost.name" is missing; it must be a string'])
    expect(faults(5, { anyOf: [{ type: 'string' }, { type: 'null' }] })).toEqual(['"cost" must be a string or null'])
  })

  it('never repeats a value, whatever is wrong with it', () => {
    const secret = 'sk-8f2c91d0'
    const anywhere = fc.oneof(fc.constant(secret), fc.constant([secret]), fc.constant({ a: secret }), fc.constant({ key: [secret] }), fc.constant({ key: { deep: secret } }))
    const schema = fc.constantFrom<JsonSchema>(
      { type: 'number' }, { enum: ['a'] }, { const: 1 }, { type: 'string', maxLength: 2 }, { type: 'string', pattern: '^x$' }, { anyOf: [{ type: 'number' }, strict({ key: { type: 'number' } })] },
      strict({ key: { type: 'number' } }), { type: 'array', items: { type: 'boolean' } }, { type: 'object', additionalProperties: { type: 'integer' } },
    )
    fc.assert(fc.property(anywhere, schema, (value, s) => !faults(value, s).join().includes(secret)))
  })

  it('stops at a hundred faults', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key${i}`, i]))
    expect(checkConfig(many, strict({ a: { type: 'string' } }, ['a']), []).faults).toHaveLength(100)
  })

  it('gives back what it took when nothing has a default', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => { expect(checkConfig(value, {}, ['x'])).toEqual({ value, faults: [] }) }))
  })
})

describe('the subset of JSON Schema', () => {
  it('takes every word it knows', () => {
    const all: JsonSchema = {
      type: 'object', additionalProperties: { type: 'number', minimum: 0, maximum: 1, exclusiveMinimum: 0, exclusiveMaximum: 1 }, required: ['a'], description: 'All.', default: {},
      properties: { a: { type: 'string', minLength: 0, maxLength: 1, pattern: 'x', secret: true, path: true, agentWritable: false }, b: { anyOf: [{ const: null }, { enum: [1, 'x', true] }] }, c: { type: 'array', items: {}, minItems: 0, maxItems: 2 } },
    }
    expect(schemaFaults(all, 'p')).toEqual([])
  })

  it('refuses the rest, and says where', () => {
    expect(schemaFaults({ type: 'object', properties: { a: { $ref: '#' }, b: { items: { type: 'text' } } } }, 'p')).toEqual(['the schema of "p.a" uses "$ref", which is not supported', 'the schema of "p.b[]" has a bad "type"'])
    expect(schemaFaults({ anyOf: [{ pattern: '(' }], additionalProperties: { enum: [] } }, 'p')).toEqual(['the schema of "p.*" has a bad "enum"', 'the schema of "p" has a bad "pattern"'])
    expect(schemaFaults({ secret: 'yes', path: 1, agentWritable: 'no' }, 'p')).toEqual(['the schema of "p" has a bad "secret"', 'the schema of "p" has a bad "path"', 'the schema of "p" has a bad "agentWritable"'])
    expect(schemaFaults([], 'p')).toEqual(['the schema of "p" must be an object'])
    expect(schemaFaults({ constructor: 1 }, 'p')).toEqual(['the schema of "p" uses "constructor", which is not supported'])
    let deep: JsonSchema = {}
    for (let i = 0; i < 100; i++) deep = { items: deep }
    expect(schemaFaults(deep, 'p').join()).toContain('nested too deep')
  })
})

describe('a suggestion', () => {
  it.each([['crn', 'cron'], ['sesionKey', 'sessionKey'], ['CHAT', 'chat'], ['opneai', 'openai']])('for %s is %s', (word, meant) => {
    expect(nearest(word, ['cron', 'chat', 'openai', 'sessionKey', 'store'])).toBe(meant)
  })

  it('can be had for short words with two mistakes, but not where nothing is left of them', () => {
    expect(nearest('pt', ['port'])).toBeUndefined()
    expect(nearest('pt', ['port'], 2)).toBe('port')
    expect(nearest('xy', ['id'], 2)).toBeUndefined()
    expect(nearest('', ['id'], 2)).toBeUndefined()
  })

  it('is not made for something else entirely, nor for something endless', () => {
    expect(nearest('zzzzzzzz', ['cron', 'chat'])).toBeUndefined()
    expect(nearest('x'.repeat(100_000), ['cron'])).toBeUndefined()
    expect(nearest('', ['cron'])).toBeUndefined()
  })
})
