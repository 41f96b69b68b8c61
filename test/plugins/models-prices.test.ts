/** The price map: whose price counts at which time, what is refused, and that no model ever has another's. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chargeOf, costOf, costsOf, priceFor, usageOf } from '../../plugins/models/contract.ts'
import type { ModelPrice, PriceFault } from '../../plugins/models/contract.ts'
import catalogue from '../../plugins/models/catalogue.json' with { type: 'json' }
import { createCatalogue } from '../../plugins/models/catalogue.ts'
import { createPrices, staleDays } from '../../plugins/models/prices/book.ts'
import type { PriceNotes } from '../../plugins/models/prices/book.ts'
import map from '../../plugins/models/prices/prices.json' with { type: 'json' }
import { mostDollars, soundPrices } from '../../plugins/models/prices/sound.ts'

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`)
const now = day('2026-11-23')
const notes = catalogue as Readonly<Record<string, PriceNotes & { readonly kind?: string }>>
const known = Object.keys(map.models)
const book = createPrices({}, notes)
const of = (models: Record<string, unknown>, settings: Record<string, PriceNotes> = {}, names: Record<string, PriceNotes> = {}) => {
  const told: PriceFault[] = []
  return { told, book: createPrices(settings, names, (fault) => void told.push(fault), { updated: '2026-11-22', models }) }
}

describe('our own map', () => {
  test('is of models that the catalogue knows, and knows every one of them', () => {
    expect(known.toSorted()).toEqual(Object.keys(catalogue).toSorted())
    expect(book.faults()).toEqual([])
    expect(book.isStale(now)).toBe(false)
  })

  test.each(book.entries().map(({ model, prices }) => ({ model, prices })))('has sound prices for $model', ({ model, prices }) => {
    for (const { price: { above, ...price } } of prices) {
      const free = /gemma/.test(model)
      expect(price.input > 0 || free).toBe(true)
      if (notes[model]?.kind === 'embedding') expect(price.output).toBe(0)
      else expect(price.output).toBeGreaterThanOrEqual(price.input)
      expect(price.cacheRead ?? 0).toBeLessThanOrEqual(price.input)
      if (price.cacheWrite !== undefined) expect(price.cacheWrite).toBeGreaterThanOrEqual(price.input)
      for (const [name, one] of Object.entries(price)) if (above) expect((above as unknown as Record<string, number>)[name]!).toBeGreaterThan(one)
      expect(Object.keys(above ?? { tokens: 0, ...price }).toSorted()).toEqual([...Object.keys(price), 'tokens'].toSorted())
    }
    const days = prices.map(({ since }) => since ?? '')
    expect(days).toEqual([...new Set(days)].toSorted())
  })

  test('charges what was charged at the time', () => {
    expect(book.on('openai/o3', day('2025-06-09'))).toMatchObject({ price: { input: 10, output: 40 }, by: 'catalogue' })
    expect(book.on('openai/o3', day('2025-06-10'))).toMatchObject({ price: { input: 2, output: 8 }, since: '2025-06-10' })
    expect(book.on('openai/o3', now)?.price.input).toBe(2)
  })

  test.each([[null], ['prices'], [[]], [{}], [{ updated: '2026-11-22' }], [{ updated: '2026-11-22', models: [] }]])('that is %j leaves every model unpriced and nothing broken', (source) => {
    const empty = createPrices({ 'a/m': { price: { input: 1, output: 2 } } }, notes, undefined, source)
    expect(known.map((model) => empty.on(model, now))).toEqual(known.map(() => undefined))
    expect(empty.on('a/m', now)?.price).toEqual({ input: 1, output: 2 })
    expect(empty.faults()).toContainEqual(expect.objectContaining({ model: '*', where: 'catalogue', problem: 'the price map cannot be read' }))
  })

  test('is stale after 180 days, and no sooner; one without a date is no newer for it', () => {
    expect(book.isStale(day(map.updated) + staleDays * 86_400_000)).toBe(false)
    expect(book.isStale(day(map.updated) + staleDays * 86_400_000 + 1)).toBe(true)
    const undated = createPrices({}, {}, undefined, { updated: 'lately', models: { 'a/m': { input: 1, output: 1 } } })
    expect([undated.updated, undated.isStale(now), undated.on('a/m', now)?.price.input]).toEqual([undefined, false, 1])
    expect(undated.faults().map(({ problem }) => problem)).toEqual(['the price map has no date'])
  })
})

describe('a price that is none', () => {
  const good = { input: 1, output: 2 }
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['negative', { input: -1, output: 2 }, /`input` of the price is negative/], ['NaN', { input: 1, output: Number.NaN }, /`output` of the price is no number/],
    ['infinite', { ...good, cacheRead: Infinity }, /`cacheRead` of the price is no number/], ['a text', { input: '1', output: 2 }, /`input` of the price is no number/],
    ['absurd', { input: 1, output: mostDollars + 1 }, /`output` of the price is above \$10000/], ['half', { input: 1 }, /`output` of the price is missing/],
    ['nothing', null, /no price/], ['a number', 3, /no object/], ['an empty list', [], /no price/], ['a typo', { ...good, cacheread: 1 }, /a part that no price has/],
    ['a tier of no size', { ...good, above: { tokens: 0, ...good } }, /whole number/], ['a bad tier', { ...good, above: { tokens: 5, input: 1, output: -1 } }, /`output` of `above` of the price is negative/],
    ['tiers that fall', { ...good, above: { tokens: 5, ...good, above: { tokens: 5, ...good } } }, /do not rise/], ['a day that is none', [{ from: '2026-02-30', ...good }], /no date/],
    ['a time', [{ from: '2026-02-01T10:00:00Z', ...good }], /no date/], ['one day twice', [{ from: '2026-02-01', ...good }, { from: '2026-02-01', ...good }], /same day/],
    ['one bad of a list', [good, { from: '2026-02-01', input: -1, output: 1 }], /`input` of price 2 is negative/],
  ]

  test.each(bad)('(%s) costs its model the price, says which and how to mend it, and touches no other', (_, price, problem) => {
    for (const where of ['settings', 'catalogue'] as const) {
      const { book: mixed, told } = where === 'settings' ? of({ 'a/m': good, 'a/n': good }, { 'a/m': { price } }) : of({ 'a/m': price, 'a/n': good })
      expect(mixed.on('a/m', now)).toBeUndefined()
      expect(mixed.on('a/n', now)?.price).toEqual(good)
      expect(told).toEqual([{ model: 'a/m', where, problem: expect.stringMatching(problem) as string, fix: expect.stringContaining('models.catalogue["a/m"].price') as string }])
      expect(mixed.faults()).toEqual(told)
    }
  })

  test('of a provider is refused too, and nobody else\'s is taken in its place', () => {
    const { book: mixed, told } = of({ 'a/m': good })
    expect(mixed.on('a/m', now, { input: -1, output: 1 })).toBeUndefined()
    expect(mixed.on('a/m', now, { input: 20_000, output: 1 })).toBeUndefined()
    expect(told).toMatchObject([{ model: 'a/m', where: 'provider' }])
    expect(createCatalogue({}, mixed)({ provider: 'a', id: 'm', name: 'm', price: { input: -1, output: 1 } })).toEqual({ provider: 'a', id: 'm', name: 'm' })
  })

  test('whatever it is, is refused and never thrown at, and what is accepted is sound', () => {
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.record({ input: fc.oneof(fc.double(), fc.anything()), output: fc.double(), above: fc.anything() }, { requiredKeys: [] }), fc.array(fc.record({ from: fc.oneof(fc.string(), fc.constant('2026-01-01')), input: fc.double(), output: fc.double() }))), (value) => {
      const sound = soundPrices(value)
      if (typeof sound === 'string') return
      for (const { price } of sound) for (const one of [price.input, price.output, price.cacheRead ?? 0, price.cacheWrite ?? 0]) expect(one >= 0 && one <= mostDollars).toBe(true)
    }), { numRuns: 2_000 })
  })
})

describe('whose price counts', () => {
  const [ours, theirs, mine] = [{ input: 1, output: 1 }, { input: 2, output: 2 }, { input: 3, output: 3 }]

  test('the operator\'s, then the provider\'s, then the map\'s; whole, of one of them', () => {
    expect(of({ 'a/m': { ...ours, cacheRead: 0.5 } }, { 'a/m': { price: mine } }).book.on('a/m', now, theirs)).toEqual({ price: mine, by: 'settings', of: 'a/m' })
    expect(of({ 'a/m': { ...ours, cacheRead: 0.5 } }).book.on('a/m', now, theirs)).toEqual({ price: theirs, by: 'provider', of: 'a/m' })
    expect(of({ 'a/m': ours }).book.on('a/m', now)).toEqual({ price: ours, by: 'catalogue', of: 'a/m' })
    expect(of({ 'a/m': ours }).book.on('a/x', now)).toBeUndefined()
  })

  test('an operator\'s that begins later leaves the days before to the others', () => {
    const { book: dated } = of({ 'a/m': ours }, { 'a/m': { price: [{ from: '2026-12-01', ...mine }] } })
    expect(dated.on('a/m', now)?.by).toBe('catalogue')
    expect(dated.on('a/m', day('2026-12-01'))).toEqual({ price: mine, by: 'settings', of: 'a/m', since: '2026-12-01' })
    expect([dated.version(now), dated.version(day('2026-12-01'))]).toEqual([0, 1])
  })

  test('at every time the latest that has begun, in whatever order they stand; none before the first', () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 12 })
    fc.assert(fc.property(days, fc.integer({ min: -10, max: 2_010 }), fc.integer({ min: 0, max: 86_399_999 }), (starts, at, ms) => {
      const price = starts.map((start) => ({ from: new Date(start * 86_400_000).toISOString().slice(0, 10), input: start, output: 1 }))
      const best = Math.max(...starts.filter((start) => start <= at))
      expect(of({ 'a/m': price }).book.on('a/m', at * 86_400_000 + ms)?.price.input).toBe(best === -Infinity ? undefined : best)
    }))
  })

  test('`provider/*` of the settings stands for what nobody else has a price for', () => {
    const { book: local } = of({ 'den/big': ours }, { 'den/*': { price: { input: 0, output: 0 } } })
    expect(local.on('den/qwen3:8b', now)?.price).toEqual({ input: 0, output: 0 })
    expect(local.on('den/big', now)?.price).toEqual(ours)
    expect(local.on('other/qwen3:8b', now)).toBeUndefined()
  })
})

describe('a renamed model', () => {
  test.each([
    ['openai/gpt-5-2026-08-07', 'openai/gpt-5'], ['anthropic/claude-opus-5-5-20260501', 'anthropic/claude-opus-5-5'], ['anthropic/claude-opus-5-5@20260501', 'anthropic/claude-opus-5-5'],
    ['google/models/gemini-2.5-pro', 'google/gemini-2.5-pro'], ['anthropic/opus', 'anthropic/claude-opus-5-5'], ['openai/gpt-4o-2024-05-13', 'openai/gpt-4o-2024-05-13'],
  ])('%s costs what %s does', (name, entry) => expect(book.on(name, now)).toMatchObject({ of: entry, by: 'catalogue' }))

  test.each([
    'openai/gpt-5-2026-13-07', 'openai/gpt-5-0613', 'openai/gpt-5-turbo', 'openai/gpt-5:free', 'openai/gpt-5:nitro', 'openai/gpt-5-1999-01-01', 'openai/models/gpt-5', 'proxy/gpt-5', 'openrouter/openai/gpt-5', 'openrouter/openai/gpt-5:free',
    'google/gemini-2.5-pro-001', 'google/gemini-2.5-pro-preview', 'openai/', 'openai/-2026-08-07', '/gpt-5', 'gpt-5', 'openai/toString', '__proto__/x', 'openai/opus', 'openai/gpt-5-2026-08-07-2026-08-08', 'openai/gpt-5-2026-08-07-mini', 'openai/gpt-5-20260807-mini', 'openai/gpt-520260807', 'openai/gpt-5:20260807',
  ])('%s has no price: what is left of a name without more than its day is another model', (name) => expect(book.on(name, now)).toBeUndefined())

  test('keeps the price of its own where it has one, and is told by which name it was found', () => {
    expect(book.on('openai/gpt-4o-2024-05-13', now)?.price.input).toBe(5)
    const complete = createCatalogue({ 'openai/gpt-4o': { price: { input: 9, output: 9 } } })
    expect(complete({ provider: 'openai', id: 'gpt-4o-2024-05-13', name: 'x' }).pricedFrom).toBe(`catalogue ${map.updated}`)
    expect(complete({ provider: 'openai', id: 'gpt-4o-2026-01-01', name: 'x' })).toMatchObject({ price: { input: 9 }, pricedBy: 'settings', pricedFrom: 'settings as openai/gpt-4o' })
    expect(createCatalogue({})({ provider: 'openai', id: 'o3', name: 'x' }).pricedFrom).toBe('catalogue 2025-06-10')
  })

  test('by an alias of two models has the price of neither', () => {
    const { book: twice } = of({ 'a/m': { input: 1, output: 1 }, 'a/n': { input: 2, output: 2 } }, {}, { 'a/m': { aliases: ['best'] }, 'a/n': { aliases: ['best'] } })
    expect(twice.on('a/best', now)).toBeUndefined()
  })

  test('never has the price of another model, whatever it is called', () => {
    const ending = fc.constantFrom('', '-mini', '-pro', '-nano', '-preview', '-latest', ':free', ':nitro', ':floor', '-001', '-0613', '-20260507', '-2026-05-07', '@20260507', '-20261399', '-2026-02-30', '-05-07', '-v1:0', '.1', '-1', '/x')
    const before = fc.constantFrom('', 'models/', 'openai/', 'openrouter/', '~', 'x')
    const name = fc.oneof(
      fc.tuple(fc.constantFrom(...known), before, ending, ending).map(([reference, first, one, two]) => reference.replace('/', `/${first}`) + one + two),
      fc.tuple(fc.constantFrom('openai', 'google', 'anthropic', 'proxy'), fc.constantFrom(...known.map((reference) => reference.split('/')[1]!), 'opus', 'gpt', 'gemini'), ending).map(([provider, id, end]) => `${provider}/${id}${end}`),
      fc.tuple(fc.constantFrom(...known), fc.nat(40)).map(([reference, length]) => reference.slice(0, length)), fc.string(),
    )
    fc.assert(fc.property(name, (reference) => {
      const found = book.on(reference, now)
      if (known.includes(reference)) return void expect(found?.of).toBe(reference)
      if (!found) return
      const asked = reference.replace(/^google\/models\//, 'google/')
      const provider = asked.split('/')[0]!
      const aliases = (notes[found.of]?.aliases ?? []).map((alias) => `${provider}/${alias}`)
      const isDay = /^(?:-20\d\d-\d\d-\d\d|[-@]20\d{6})$/.test(asked.slice(found.of.length)) && asked.startsWith(found.of)
      expect([reference, found.of.split('/')[0] === provider, asked === found.of || aliases.includes(asked) || isDay]).toEqual([reference, true, true])
    }), { numRuns: 5_000 })
  })
})

describe('a cost', () => {
  const price: ModelPrice = { input: 2, output: 10, cacheRead: 0.2, above: { tokens: 1_000, input: 4, output: 15, above: { tokens: 5_000, input: 6, output: 20, cacheRead: 0.6 } } }

  test('of a long context is at the prices of the longest that it goes beyond', () => {
    expect([1_000, 1_001, 5_000, 5_001].map((tokens) => priceFor(price, tokens).input)).toEqual([2, 4, 4, 6])
    expect(priceFor(price, 5_001)).toEqual({ input: 6, output: 20, cacheRead: 0.6 })
  })

  test('is the sum of its parts, and a cache without a price costs what input does', () => {
    expect(costsOf(usageOf({ input: 100, output: 50, cacheRead: 200, cacheWrite: 300 }), price)).toEqual({ input: 0.0002, output: 0.0005, cacheRead: 0.00004, cacheWrite: 0.0006, total: expect.closeTo(0.00134, 12) as number })
    expect(costsOf(usageOf({ input: 1 }), undefined)).toBeUndefined()
    expect(costsOf(usageOf({ cacheRead: 1e6, cacheWrite: 1e6 }), { input: 3, output: 9 })).toEqual({ input: 0, output: 0, cacheRead: 3, cacheWrite: 3, total: 6 })
    const tokens = fc.record({ input: fc.nat(9_000), output: fc.nat(9_000), cacheRead: fc.nat(9_000), cacheWrite: fc.nat(9_000) })
    fc.assert(fc.property(tokens, (counted) => {
      const { total, ...parts } = costsOf(usageOf(counted), price)!
      expect(total).toBeCloseTo(Object.values(parts).reduce((a, b) => a + b), 12)
      expect(total).toBe(costOf(usageOf(counted), price))
    }))
  })

  test('that the provider has counted itself goes before every price, and each says where it is from', () => {
    const model = { price: { input: 1, output: 1 }, pricedFrom: 'catalogue 2026-11-22' }
    expect(chargeOf(usageOf({ input: 1e6, reported: 0.25 }), model)).toEqual({ usd: 0.25, price: 'reported' })
    expect(chargeOf(usageOf({ input: 1e6, reported: 0 }), {})).toEqual({ usd: 0, price: 'reported' })
    expect(chargeOf(usageOf({ input: 1e6 }), model)).toEqual({ usd: 1, price: 'catalogue 2026-11-22' })
    expect(chargeOf(usageOf({ input: 1e6 }), {})).toEqual({ usd: undefined, price: 'none' })
    for (const reported of [-1, Number.NaN, Infinity]) expect(chargeOf(usageOf({ input: 1e6, reported }), model).price).toBe('catalogue 2026-11-22')
  })
})
