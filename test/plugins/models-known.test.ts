import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costOf, priceFor, thinkingFor, thinkingLevels, usageOf } from '../../plugins/models/contract.ts'
import type { ModelSpec } from '../../plugins/models/contract.ts'
import catalogue from '../../plugins/models/catalogue.json' with { type: 'json' }
import { createCatalogue } from '../../plugins/models/catalogue.ts'
import { findModel, isAllowed } from '../../plugins/models/references.ts'
import { createRegistry } from '../../plugins/models/registry.ts'

const spec = (provider: string, id: string, more: Partial<ModelSpec> = {}): ModelSpec => ({ provider, id, name: id, ...more })

describe('the catalogue', () => {
  test('fills in what a provider does not say, and nothing it does', () => {
    const complete = createCatalogue({})
    const whole = complete(spec('openai', 'gpt-4o'))
    expect(whole).toMatchObject({ provider: 'openai', id: 'gpt-4o', contextWindow: 128_000, price: { input: 2.5, output: 10, cacheRead: 1.25 } })
    expect(whole.name).not.toBe('gpt-4o')
    expect(complete(spec('openai', 'gpt-4o', { name: 'Ours', contextWindow: 1, price: { input: 9, output: 9 } }))).toMatchObject({ name: 'Ours', contextWindow: 1, maxOutput: 16_384, price: { input: 9, output: 9 } })
    expect(complete(spec('openai', 'gpt-4o', { price: { input: 9, output: 9 } })).price).toEqual({ input: 9, output: 9 })
  })

  test('gives way to the operator, who knows better than both', () => {
    const complete = createCatalogue({ 'openai/gpt-4o': { price: { input: 1, output: 2 }, contextWindow: 5, aliases: ['mine'] } })
    expect(complete(spec('openai', 'gpt-4o', { contextWindow: 7, aliases: ['theirs'] }))).toMatchObject({ contextWindow: 5, price: { input: 1, output: 2 }, aliases: ['mine', 'theirs'] })
  })

  test('knows no price for a model of another provider, whatever its name', () => {
    const complete = createCatalogue({})
    for (const one of [spec('proxy', 'gpt-4o'), spec('router', 'openai/gpt-4o'), spec('__proto__', 'toString'), spec('openai', 'gpt-99')]) expect(complete(one)).toBe(one)
  })

  test('tells the size of every model, and no alias twice', () => {
    const entries = Object.entries(catalogue as Readonly<Record<string, Partial<ModelSpec>>>)
    expect(entries.length).toBeGreaterThan(50)
    expect(entries.filter(([, { kind }]) => kind === 'embedding').map(([reference]) => reference)).toEqual(['google/gemini-embedding-001', 'openai/text-embedding-3-small', 'openai/text-embedding-3-large', 'openai/text-embedding-ada-002'])
    for (const [reference, { contextWindow, maxOutput, kind, dimensions }] of entries) {
      expect([reference, contextWindow! > 0, kind === 'embedding' ? dimensions! > 0 : maxOutput! > 0]).toEqual([reference, true, true])
    }
    const aliases = entries.flatMap(([, entry]) => entry.aliases ?? [])
    expect(new Set(aliases).size).toBe(aliases.length)
    expect(aliases).toEqual(expect.arrayContaining(['opus', 'sonnet', 'gpt', 'gpt-mini', 'gemini', 'gemini-flash']))
  })
})

describe('a cost', () => {
  const price = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5, above: { tokens: 1_000, input: 4, output: 15, cacheRead: 0.4 } }

  test('is counted by kind of token', () => {
    expect(costOf(usageOf({ input: 500, output: 100, cacheRead: 200, cacheWrite: 300 }), price)).toBeCloseTo((500 * 2 + 100 * 10 + 200 * 0.2 + 300 * 2.5) / 1e6, 12)
  })

  test('of a long context is at its own prices, all of it, cached tokens counted in', () => {
    expect(costOf(usageOf({ input: 500, output: 100, cacheRead: 501 }), price)).toBeCloseTo((500 * 4 + 100 * 15 + 501 * 0.4) / 1e6, 12)
    expect(priceFor(price, 1_000).input).toBe(2)
    expect(priceFor(price, 1_001)).toEqual({ input: 4, output: 15, cacheRead: 0.4 })
  })

  test('that is not known stays unknown, and is never 0', () => {
    expect(costOf(usageOf({ input: 1 }), undefined)).toBeUndefined()
    expect(costOf(usageOf({ cacheRead: 1e6, cacheWrite: 1e6 }), { input: 3, output: 1 })).toBe(6)
  })

  test('never shrinks with more tokens', () => {
    const tokens = fc.record({ input: fc.nat(5_000), output: fc.nat(5_000), cacheRead: fc.nat(5_000), cacheWrite: fc.nat(5_000) })
    fc.assert(fc.property(tokens, tokens, (a, b) => {
      const more = usageOf({ input: a.input + b.input, output: a.output + b.output, cacheRead: a.cacheRead + b.cacheRead, cacheWrite: a.cacheWrite + b.cacheWrite })
      expect(costOf(more, price)!).toBeGreaterThanOrEqual(costOf(usageOf(a), price)! - 1e-12)
    }))
  })
})

describe('a level of thinking', () => {
  test('is the nearest a model has, rather less than more', () => {
    expect(thinkingFor({ thinking: ['low', 'high'] }, 'medium')).toBe('low')
    expect(thinkingFor({ thinking: ['off', 'low', 'max'] }, 'high')).toBe('max')
    expect(thinkingFor({ reasoning: true }, 'off')).toBe('low')
    expect(thinkingFor({ reasoning: true }, undefined)).toBeUndefined()
    expect(thinkingFor({}, 'max')).toBeUndefined()
  })

  test('is one it has, and the wanted one where it has that', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.constantFrom(...thinkingLevels), { minLength: 1 }), fc.constantFrom(...thinkingLevels), (thinking, wanted) => {
      const level = thinkingFor({ thinking }, wanted)
      expect(thinking).toContain(level)
      if (thinking.includes(wanted)) expect(level).toBe(wanted)
    }))
  })
})

describe('a name', () => {
  const models = [spec('openai', 'gpt-4o', { aliases: ['gpt'] }), spec('local', 'gpt'), spec('router', 'openai/gpt-4o'), spec('anthropic', 'claude', { aliases: ['opus'] })]
  const find = (reference: string, aliases = {}) => {
    const found = findModel(models, reference, aliases)
    return found && `${found.provider}/${found.id}`
  }

  test.each([
    ['openai/gpt-4o', 'openai/gpt-4o'], ['gpt', 'local/gpt'], ['opus', 'anthropic/claude'], ['gpt-4o', 'openai/gpt-4o'], ['nobody', undefined],
  ])('%s means %s', (reference, meant) => expect(find(reference)).toBe(meant))

  test('of the operator\'s goes before bare ids, never before provider/id, and may name another', () => {
    const aliases = { gpt: 'best', best: 'opus', 'openai/gpt-4o': 'local/gpt' }
    expect(find('gpt', aliases)).toBe('anthropic/claude')
    expect(find('openai/gpt-4o', aliases)).toBe('openai/gpt-4o')
  })

  test('that means itself by way of others means nothing, and ends', () => {
    expect(find('a', { a: 'b', b: 'a' })).toBeUndefined()
    expect(find('toString', {})).toBeUndefined()
  })
})

describe('what is allowed', () => {
  const opus = spec('anthropic', 'claude', { aliases: ['opus'] })

  test.each<[readonly string[] | undefined, boolean]>([
    [undefined, true], [[], false], [['anthropic/*'], true], [['anthropic/claude'], true], [['claude'], true], [['opus'], true], [['best'], true], [['openai/*'], false], [['anthropic/cla'], false], [['*'], false], [['anthropi/*'], false],
  ])('by %j: %s', (allow, expected) => expect(isAllowed(opus, allow, { best: 'anthropic/claude' })).toBe(expected))

  test('is all that is listed, found and made the default', async () => {
    const models = [spec('a', 'x'), spec('b', 'y'), spec('b', 'z')]
    const registry = createRegistry(async () => [models], { allow: ['b/*'] })
    expect((await registry.list()).map((model) => model.id)).toEqual(['y', 'z'])
    expect((await registry.resolve()).id).toBe('y')
    await expect(registry.resolve('a/x')).rejects.toMatchObject({ code: 'NEXUS_MODELS_NOT_ALLOWED' })
    await expect(registry.spec('a', 'x')).rejects.toMatchObject({ code: 'NEXUS_MODELS_NOT_ALLOWED' })
    await expect(registry.spec('b', 'unlisted')).resolves.toMatchObject({ id: 'unlisted' })
    await expect(createRegistry(async () => [models], { allow: ['b/*'], default: 'a/x' }).resolve()).rejects.toThrow(/models\.default/)
    await expect(createRegistry(async () => [models], { allow: [] }).resolve()).rejects.toMatchObject({ code: 'NEXUS_MODELS_NONE' })
  })

  test('of one kind is never taken for the other, by no name and by no default', async () => {
    const models = [spec('a', 'vec', { kind: 'embedding', aliases: ['both'] }), spec('b', 'chat', { aliases: ['both'] }), spec('c', 'vec2', { kind: 'embedding' })]
    const registry = createRegistry(async () => [models], { embedding: 'vec2' })
    const id = (work: Promise<ModelSpec>) => work.then((found) => found.id)
    expect((await registry.list()).map((model) => model.id)).toEqual(['chat'])
    expect((await registry.list('embedding')).map((model) => model.id)).toEqual(['vec', 'vec2'])
    expect(await registry.list('all')).toHaveLength(3)
    expect([await id(registry.resolve()), await id(registry.resolve(undefined, 'embedding')), await id(registry.resolve('both')), await id(registry.resolve('both', 'embedding'))]).toEqual(['chat', 'vec2', 'chat', 'vec'])
    await expect(registry.resolve('a/vec')).rejects.toMatchObject({ code: 'NEXUS_MODELS_KIND', status: 400 })
    await expect(registry.resolve('chat', 'embedding')).rejects.toMatchObject({ code: 'NEXUS_MODELS_KIND' })
    await expect(createRegistry(async () => [models], { default: 'vec' }).resolve()).rejects.toThrow(/models\.default/)
    await expect(createRegistry(async () => [[models[1]!]], {}).resolve(undefined, 'embedding')).rejects.toMatchObject({ code: 'NEXUS_MODELS_NONE', message: expect.stringContaining('vectors') as string })
    expect(await id(createRegistry(async () => [[models[1]!]], { catalogue: { 'b/chat': { kind: 'embedding' } } }).resolve(undefined, 'embedding'))).toBe('chat')
  })

  test('names no model that is not, not even as a hint', async () => {
    const error: unknown = await createRegistry(async () => [[spec('a', 'secret-model'), spec('b', 'other')]], { allow: ['b/*'] }).resolve('secret-modal').catch((thrown: unknown) => thrown)
    expect(String(error)).not.toContain('secret-model')
  })
})
