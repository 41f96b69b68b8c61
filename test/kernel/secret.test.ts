/** Nothing that is done with a secret by accident shows its value. */
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { definePlugin, secret, Secret } from 'nexus-gateway/sdk'
import { configSchema } from '../../sdk/pack.ts'

const value = 'sk-do-not-show-me-0123456789'
const held = (): Secret => new Secret('env:KEY', async () => value)
const everyKind: readonly (readonly [string, () => Promise<Secret>])[] = [
  ['never revealed', async () => held()],
  ['revealed', async () => { const one = held(); await one.reveal(); return one }],
  ['literal', async () => Secret.literal(value)],
]

describe.each(everyKind)('a secret that was %s', (_, make) => {
  test.each<readonly [string, (secret: Secret) => unknown]>([
    ['JSON', (one) => JSON.stringify({ config: { one, list: [one] } })],
    ['inspection', (one) => inspect({ one, list: [one] }, { depth: 9, showHidden: true, getters: true })],
    ['inspection without its own form', (one) => inspect(one, { customInspect: false, showHidden: true, depth: 9 })],
    ['console formats', (one) => format('%o %O %j', one, one, one)],
    ['a clone', (one) => JSON.stringify(structuredClone({ one })) + inspect(structuredClone({ one }), { showHidden: true })],
    ['a serialized form', (one) => serialize({ one }).toString('latin1')],
    ['a spread and its keys', (one) => inspect([{ ...one }, Object.entries(one), Reflect.ownKeys(one), Object.getOwnPropertyDescriptors(one)], { depth: 9, showHidden: true })],
    ['a cause of an error', (one) => inspect(new Error('x', { cause: one }), { depth: 9 })],
    ['its text', (one) => one.toString()],
  ])('is not shown by %s', async (_name, show) => {
    const text = String(show(await make()))
    expect(text).not.toContain(value)
    expect(text).toMatch(/\[secret\]|env:KEY|literal/)
  })

  test.each<readonly [string, (secret: never) => unknown]>([
    ['a template', (one) => `Bearer ${one}`], ['a sum', (one) => 'Bearer ' + one], ['String()', (one) => String(one)],
    ['an error message', (one) => new Error(one)], ['a list put together', (one) => [one].join(' ')], ['a URL', (one) => new URL(one)], ['a comparison', (one) => (one as string) < 'x'],
  ])('cannot be made part of %s, and the refusal does not show it', async (_name, use) => {
    const one = await make() as never
    expect(() => use(one)).toThrow(TypeError)
    expect(() => use(one)).toThrow('call reveal()')
  })
})

describe('a secret', () => {
  test('is not asked for before somebody wants it', () => {
    let asked = 0
    const one = new Secret('exec:pass', async () => `${++asked}`)
    JSON.stringify(one)
    inspect(one)
    expect(one.known()).toEqual([])
    expect(asked).toBe(0)
  })

  test('gives what its source gives now, and remembers the last few for whoever covers them', async () => {
    let n = 0
    const one = new Secret('env:KEY', async () => `value-${++n}`)
    for (let i = 1; i <= 6; i++) expect(await one.reveal()).toBe(`value-${i}`)
    expect(one.known()).toEqual(['value-6', 'value-5', 'value-4', 'value-3'])
    const same = held()
    await Promise.all([same.reveal(), same.reveal()])
    expect(same.known()).toEqual([value])
  })
})

describe('secret() in a schema', () => {
  const config = v.strictObject({ key: secret('Sent as a bearer token.'), maybe: v.optional(secret()), headers: v.optional(v.record(v.string(), secret()), {}) })

  test('takes a text or a secret and gives a secret', async () => {
    const given = held()
    const { key, headers } = v.parse(config, { key: given, headers: { 'x-key': value } })
    expect(key).toBe(given)
    expect(headers['x-key']).toBeInstanceOf(Secret)
    expect(headers['x-key']?.source).toBe('literal')
    expect(await headers['x-key']?.reveal()).toBe(value)
    expect(JSON.stringify(v.parse(config, { key: value }))).toBe('{"key":"[secret]","headers":{}}')
  })

  test.each([[''], [5], [null], [{ $secret: 'env:KEY' }], [['a']]])('takes nothing else: %j', (key) => {
    expect(v.is(config, { key })).toBe(false)
  })

  test('is a secret text in the schema that is written down', () => {
    const schema = configSchema(definePlugin({ id: 'p', config: v.strictObject({ ...config.entries, either: v.union([v.number(), v.string(), v.instance(Secret)]) }), setup: () => {} }))
    expect(schema.properties).toEqual({
      key: { type: 'string', minLength: 1, secret: true, description: 'Sent as a bearer token.' },
      maybe: { type: 'string', minLength: 1, secret: true },
      headers: { type: 'object', additionalProperties: { type: 'string', minLength: 1, secret: true }, default: {} },
      either: { anyOf: [{ type: 'number' }, { type: 'string' }] },
    })
    expect(schema.required).toEqual(['key', 'either'])
  })

  test('names what has no form beside a secret', () => {
    expect(() => configSchema(definePlugin({ id: 'p', config: v.strictObject({ key: secret(), when: v.date() }), setup: () => {} }))).toThrow('"p.when"')
  })
})
