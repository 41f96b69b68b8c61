/** References to secrets: what they may say, what is kept when a source fails, and what a plugin gets to see of them. */
import { chmodSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import * as v from 'valibot'
import { definePlugin, Secret, secret } from 'nexus-gateway/sdk'
import { SecretStore } from '../../kernel/points.ts'
import { kernelOf } from './harness.ts'
import { failing, secretsHarness, value } from './secrets-harness.ts'

const h = secretsHarness()

describe('binding', () => {
  test('puts a secret in place of every reference, at any depth, and changes nothing else', async () => {
    const block = { a: { $secret: 'env:KEY' }, b: [{ c: { $secret: 'env:KEY' } }, 1, null], d: 'text', e: { f: undefined } }
    const before = structuredClone(block)
    const bound = h.secrets.bind(block) as { a: Secret; b: [{ c: Secret }] }
    expect(block).toEqual(before)
    expect(bound).toEqual({ a: bound.a, b: [{ c: bound.a }, 1, null], d: 'text', e: { f: undefined } })
    expect(bound.a).toBeInstanceOf(Secret)
    expect(await bound.b[0].c.reveal()).toBe(value)
    for (const plain of [undefined, null, 5, 'x']) expect(h.secrets.bind(plain)).toBe(plain)
    expect((h.secrets.bind(bound) as typeof bound).a).toBe(bound.a)
  })

  test('copies what has no references as it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (tree) => {
      fc.pre(!JSON.stringify(tree).includes('$secret'))
      expect(h.secrets.bind(tree)).toEqual(tree)
    }))
  })

  test('a bound block shows no value when it is cloned, printed or written as JSON', async () => {
    const bound = h.secrets.bind({ key: { $secret: 'env:KEY' } }) as { key: Secret }
    await bound.key.reveal()
    for (const text of [JSON.stringify(bound), inspect(bound, { depth: 9, showHidden: true }), inspect(structuredClone(bound))]) expect(text).not.toContain(value)
  })

  test.each([
    [value], ['vault:x'], ['env'], ['env:'], [`env:${value}`], [':x'], ['file:'], ['exec:'], ['store:'], ['store:../x'], ['store:a b'], ['constructor:x'], ['__proto__:x'],
    [5], [null], [['env:KEY']], [{ $secret: 'env:KEY' }], ['env:A\n'], ['file:a\0b'], [`store:${'x'.repeat(65)}`],
  ])('refuses %j with its place and without repeating it', ($secret) => {
    try {
      h.secrets.bind({ list: [{ key: { $secret } }] })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'NEXUS_SECRET_SOURCE', message: '"list[0].key" does not say where the secret is' })
      expect(inspect(error, { depth: 9 })).not.toContain(value)
    }
  })

  test('refuses a reference with something beside it', () => {
    expect(() => h.secrets.bind({ key: { $secret: 'env:KEY', default: 'x' } })).toThrow('"key" does not say')
  })

  test('reads nothing', async () => {
    const get = vi.fn(async () => value)
    h.secrets.bind({ a: { $secret: 'file:nowhere' }, b: { $secret: `exec:touch ${join(h.dir, 'ran')}` }, c: { $secret: 'store:x' } }, { get })
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    await expect(readFile(join(h.dir, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(get).not.toHaveBeenCalled()
  })

  test('keeps one secret for a reference over reloads, and a bounded number of them', async () => {
    const one = h.secretOf('env:KEY')
    expect(h.secretOf('env:KEY')).toBe(one)
    for (let i = 0; i < 1_000; i++) h.secretOf(`env:K${i}`)
    expect(h.secretOf('env:KEY')).not.toBe(one)
    expect(await one.reveal()).toBe(value)
  })
})

describe('a source that fails', () => {
  test('leaves the last good value in use, says so once, and is asked again after 30 s', async () => {
    await h.put('switch', '1')
    const one = h.secretOf(`exec:echo x >> runs; test "$(cat switch)" = 1 && echo ${value}-$(cat runs | wc -l)`)
    const runs = async () => (await readFile(join(h.dir, 'runs'), 'utf8')).length / 2
    expect(await one.reveal()).toBe(`${value}-1`)
    await h.put('switch', '0')
    h.time = 300_000
    expect(await one.reveal()).toBe(`${value}-1`)
    expect(await one.reveal()).toBe(`${value}-1`)
    expect(await runs()).toBe(2)
    h.time += 30_000
    expect(await one.reveal()).toBe(`${value}-1`)
    expect(await runs()).toBe(3)
    expect(h.notes).toEqual(['the secret exec:echo cannot be had: the command ended with status 1; the last value is used on'])
    await h.put('switch', '1')
    h.time += 30_000
    expect(await one.reveal()).toBe(`${value}-4`)
    await h.put('switch', '0')
    h.time += 300_000
    expect(await one.reveal()).toBe(`${value}-4`)
    expect(h.notes).toHaveLength(2)
  })

  test('and never gave anything is asked again by whoever wants it', async () => {
    const one = h.secretOf('file:key')
    await failing(one.reveal())
    await h.put('key', value)
    expect(await one.reveal()).toBe(value)
    expect(h.notes).toEqual([])
  })

  test('holds up no other', async () => {
    h.make({ timeoutMs: 400 })
    const slow = h.secretOf('store:slow', { get: () => new Promise(() => {}) }).reveal().catch(() => 'slow')
    expect(await Promise.race([slow, h.reveal('env:KEY')])).toBe(value)
    expect(await slow).toBe('slow')
  })

  test('for a variable: the last value, until it is back', async () => {
    const one = h.secretOf('env:KEY')
    await one.reveal()
    h.env = {}
    expect(await one.reveal()).toBe(value)
    expect(await one.reveal()).toBe(value)
    expect(h.notes).toHaveLength(1)
    h.env = { KEY: 'back' }
    expect(await one.reveal()).toBe('back')
  })

  test('for a file whose mode was changed', async () => {
    if (process.getuid?.() === 0) return // root reads everything
    await h.put('key', value)
    const one = h.secretOf('file:key')
    await one.reveal()
    chmodSync(join(h.dir, 'key'), 0)
    h.time = 10_000
    expect(await one.reveal()).toBe(value)
    expect(h.notes).toMatchObject([expect.stringContaining('EACCES')])
  })
})

describe('a kernel that binds secrets', () => {
  const user = (onConfig: (config: { key: Secret }) => void) => definePlugin({ id: 'user', config: v.strictObject({ key: secret() }), setup: (ctx) => onConfig(ctx.config) })

  test('gives a plugin secrets where its settings have references, before its schema sees them', async () => {
    let config: { key: Secret } | undefined
    const kernel = kernelOf([user((given) => { config = given })], { settings: { user: { key: { $secret: 'env:KEY' } } }, bindSecrets: (block) => h.secrets.bind(block) })
    await kernel.start()
    expect(await config?.key.reveal()).toBe(value)
    expect(inspect([kernel.inspect('user'), kernel.list()], { depth: 9 })).not.toContain(value)
    const first = config?.key
    await kernel.apply({ reload: ['user'] })
    expect(config?.key).toBe(first)
    await kernel.close()
  })

  test('has the store set up before whoever refers to it', async () => {
    const seen: string[] = []
    const store = definePlugin({ id: 'vault', provides: { store: SecretStore }, setup: () => ({ provides: { store: { get: async (name) => `${name} of the store` } } }) })
    const needs = definePlugin({ id: 'user', config: v.strictObject({ key: secret() }), async setup(ctx) { seen.push(await ctx.config.key.reveal()) } })
    const kernel = kernelOf([needs, store], { settings: { user: { key: { $secret: 'store:x' } } }, bindSecrets: (block, services) => h.secrets.bind(block, services.get(SecretStore.id) as never) })
    expect((await kernel.start()).failed).toEqual([])
    expect(seen).toEqual(['x of the store'])
    await kernel.close()
  })

  test('does not run a plugin whose settings name no source, and says where', async () => {
    const kernel = kernelOf([user(() => {})], { settings: { user: { key: { $secret: value } } }, bindSecrets: (block) => h.secrets.bind(block) })
    const { failed } = await kernel.start()
    expect(failed).toMatchObject([{ id: 'user', error: { code: 'NEXUS_SECRET_SOURCE' } }])
    expect(inspect([failed, kernel.list()], { depth: 9 })).not.toContain(value)
    await kernel.close()
  })
})
