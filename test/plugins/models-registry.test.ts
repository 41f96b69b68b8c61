import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearest } from 'nexus-gateway/sdk'
import type { ModelSpec } from '../../plugins/models/contract.ts'
import { createRegistry } from '../../plugins/models/registry.ts'

const spec = (provider: string, id: string, more: Partial<ModelSpec> = {}): ModelSpec => ({ provider, id, name: id, ...more })
const demo = spec('demo', 'demo', { demo: true })
const some = [demo, spec('local', 'llama'), spec('router', 'meta/llama'), spec('router', 'mini')]
const registry = (models: readonly ModelSpec[], preferred?: string) => createRegistry(async () => [models], preferred === undefined ? {} : { default: preferred })

describe('a reference', () => {
  test.each([
    ['local/llama', 'local', 'llama'], ['router/meta/llama', 'router', 'meta/llama'], ['meta/llama', 'router', 'meta/llama'], ['mini', 'router', 'mini'],
  ])('%s finds its model', async (reference, provider, id) => {
    expect(await registry(some).resolve(reference)).toMatchObject({ provider, id })
  })

  test('that nobody has is refused, with the nearest name and without its own', async () => {
    await expect(registry(some).resolve('local/lama')).rejects.toMatchObject({ code: 'NEXUS_MODELS_UNKNOWN', status: 404, message: 'no running provider has that model (did you mean local/llama?)' })
    const far: unknown = await registry(some).resolve('sk-secret-0123456789').catch((error: unknown) => error)
    expect(String(far)).not.toContain('sk-secret')
  })
})

describe('the default', () => {
  test('is the one the operator named', async () => {
    expect(await registry(some, 'mini').resolve()).toMatchObject({ id: 'mini' })
  })

  test('is never another one when the operator\'s is missing', async () => {
    await expect(registry(some, 'gone').resolve()).rejects.toThrow(/models\.default/)
  })

  test('is a real model while there is one, else the demonstration', async () => {
    expect(await registry(some).resolve()).toMatchObject({ provider: 'local' })
    expect(await registry([demo]).resolve()).toMatchObject({ provider: 'demo' })
  })

  test('is refused when there is no model at all', async () => {
    await expect(registry([]).resolve()).rejects.toMatchObject({ code: 'NEXUS_MODELS_NONE' })
    await expect(registry([]).resolve('x')).rejects.toMatchObject({ code: 'NEXUS_MODELS_NONE' })
  })
})

test('a model offered twice is listed once, as its first provider describes it', async () => {
  const twice = createRegistry(async () => [[spec('a', 'x', { name: 'first' })], [spec('a', 'x', { name: 'second' }), spec('a', 'y')]], {})
  expect((await twice.list()).map((model) => model.name)).toEqual(['first', 'y'])
})

describe('the nearest name', () => {
  test('forgives one letter in three', () => {
    expect(nearest('tme', ['read', 'time'])).toBe('time')
    expect(nearest('xxxx', ['read', 'time'])).toBeUndefined()
  })

  test('of a known name is the name itself, however long', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 40 }).map((name) => name.toLowerCase()), { minLength: 1, maxLength: 6 }), fc.nat(), (names, at) => {
      const name = names[at % names.length]!
      expect(nearest(name, names)).toBe(name)
    }))
  })
})

test('a list that changes, whole or in part, is seen at once', async () => {
  const one = [spec('a', 'x')]
  let answers: readonly (readonly ModelSpec[])[] = [one]
  const changing = createRegistry(async () => answers, {})
  const ids = async () => (await changing.list()).map((model) => model.id)
  expect(await ids()).toEqual(['x'])
  answers = [one, [spec('b', 'y')]]
  expect(await ids()).toEqual(['x', 'y'])
  answers = [[...one], [spec('b', 'z')]]
  expect(await ids()).toEqual(['x', 'z'])
  answers = [[spec('b', 'z')]]
  expect(await ids()).toEqual(['z'])
})
