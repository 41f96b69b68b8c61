import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countsOf, featureNames, mostLookedAt, scoreOf, tierOf, usualThresholds } from '../../plugins/router/contract.ts'
import type { Counts, Turn, Weights } from '../../plugins/router/contract.ts'
import { thinkingLevels, tiers } from '../../plugins/models/contract.ts'
import type { ModelMessage } from '../../plugins/models/contract.ts'
import { createSticky } from '../../plugins/router/sticky.ts'

const turn = (text: string, more: Partial<Turn> = {}): Turn => ({ messages: [{ role: 'user', content: text }], ...more })
const score = (one: Turn) => scoreOf(countsOf(one)).score
const tier = (one: Turn) => tierOf(score(one), usualThresholds)
const found = (one: Turn) => featureNames.filter((name) => countsOf(one)[name] > 0 && !['length', 'depth'].includes(name))

describe('a turn', () => {
  test.each<[string, (typeof tiers)[number]]>([
    ['hi', 'fast'], ['thanks, that was great!', 'fast'], ['why is the sky blue?', 'fast'], ['translate "good morning" into French', 'fast'], ['', 'fast'], ['你好', 'fast'],
    ['what time is it?', 'balanced'], ['send a mail to Bob', 'balanced'], ['look at https://example.org/a and tell me what it says', 'balanced'], ['read src/index.ts', 'balanced'],
    ['prove that there is no largest prime', 'balanced'], ['Explain why quicksort is faster than bubble sort and compare both with mergesort', 'balanced'], ['比较并解释这两个方案，然后设计一个新的', 'balanced'], ['Erkläre und vergleiche die beiden Verfahren und begründe die Wahl', 'balanced'],
    [`Debug this and explain the root cause, then refactor it:\n\`\`\`ts\n${'const a = list.map((x) => x * 2);\nfor (const b of a) { use(b); }\n'.repeat(12)}\`\`\``, 'capable'],
    ['Design the architecture of a rate limiter, compare three strategies and evaluate the trade-offs:\n1. a bucket\n2. a window\n3. a log\n4. a mix\n\nWhich is cheapest? Which survives a restart? What does each cost at 10^6 requests? Look at design.md first.', 'capable'],
  ])('%j is %s', (text, expected) => expect(`${tier(turn(text))}`, `${score(turn(text))} points`).toBe(expected))

  test.each<[string, Turn, string[]]>([
    ['code', turn('what does `x` do\n```\nx\n```'), ['code']], ['maths', turn('3 + 4 = ?'), ['maths', 'questions']], ['parts', turn('- one\n- two'), ['parts']],
    ['images', { messages: [{ role: 'user', content: [{ type: 'image', data: 'aGk=', mimeType: 'image/png' }] }] }, ['images']],
    ['thinking', turn('x', { thinking: 'max' }), ['thinking']], ['no thinking', turn('x', { thinking: 'off' }), []],
    ['a tool by its name', turn('use lookup_customer please', { tools: [{ name: 'lookup_customer', description: '', parameters: {} }] }), ['tools']],
    ['a word that is a short tool\'s name', turn('I read', { tools: [{ name: 'read', description: '', parameters: {} }] }), []],
  ])('is known by its %s', (_, one, names) => expect(found(one)).toEqual(names))

  test('that is a mere "yes" goes on with the tools that were just used', () => {
    const before: ModelMessage[] = [{ role: 'user', content: 'x' }, { role: 'assistant', content: [{ type: 'toolCall', id: 'c', name: 't', arguments: {} }] }, { role: 'toolResult', toolCallId: 'c', toolName: 't', content: 'y' }, { role: 'assistant', content: 'shall I?' }]
    expect(tier({ messages: [...before, { role: 'user', content: 'yes' }] })).toBe('balanced')
    expect(tier({ messages: [...before, ...Array.from({ length: 30 }, (): ModelMessage => ({ role: 'user', content: 'ok' }))] })).toBe('fast')
  })

  test('with the hardest thinking asked for is not simple', () => expect(tier(turn('hi', { thinking: 'max' }))).toBe('balanced'))
})

const words = fc.constantFrom('why', 'Explain', 'prove', 'file', 'today', '3 + 4', '2026', '?', '`x`', '```\ncode\n```', '- item', '1. item', 'const a = 1;', '}', 'https://a.b/c', './src/a.ts', 'hello', 'ünïcode', '为什么', '😀', '\n', '\t', '$$', '"', '\u0000')
const text = fc.oneof(fc.array(words, { maxLength: 40 }).map((list) => list.join(' ')), fc.string({ maxLength: 400 }), fc.string({ unit: 'binary', maxLength: 200 }))
const message: fc.Arbitrary<ModelMessage> = fc.oneof(
  text.map((content): ModelMessage => ({ role: 'user', content })), text.map((content): ModelMessage => ({ role: 'assistant', content })),
  text.map((content): ModelMessage => ({ role: 'toolResult', toolCallId: 'c', toolName: 't', content })),
  fc.array(fc.oneof(text.map((one) => ({ type: 'text' as const, text: one })), fc.constant({ type: 'image' as const, data: 'aGk=', mimeType: 'image/png' })), { maxLength: 4 }).map((content): ModelMessage => ({ role: 'user', content })),
)
const turns: fc.Arbitrary<Turn> = fc.record({ messages: fc.array(message, { maxLength: 30 }), thinking: fc.option(fc.constantFrom(...thinkingLevels), { nil: undefined }) })
const counts: fc.Arbitrary<Counts> = fc.record(Object.fromEntries(featureNames.map((name) => [name, fc.nat(name === 'length' ? 2_000_000 : 300)]))) as fc.Arbitrary<Counts>
const weights = fc.record(Object.fromEntries(featureNames.map((name) => [name, fc.nat(100)]))) as fc.Arbitrary<Weights>

describe('a score', () => {
  test('is from 0 to 100, and the same for the same turn', () => {
    fc.assert(fc.property(turns, (one) => {
      const first = scoreOf(countsOf(one))
      expect(first.score).toBeGreaterThanOrEqual(0)
      expect(first.score).toBeLessThanOrEqual(100)
      expect(scoreOf(countsOf(structuredClone(one)))).toEqual(first)
    }))
  })

  test('never falls with more of anything, whatever the weights', () => {
    fc.assert(fc.property(counts, counts, weights, (a, b, w) => {
      const more = Object.fromEntries(featureNames.map((name) => [name, a[name] + b[name]])) as Counts
      const [less, grown] = [scoreOf(a, w), scoreOf(more, w)]
      expect(grown.score).toBeGreaterThanOrEqual(less.score)
      for (const [i, { points }] of less.features.entries()) expect(grown.features[i]!.points).toBeGreaterThanOrEqual(points)
    }))
  })

  test('never falls when more is said', () => {
    fc.assert(fc.property(text, text, (one, more) => {
      const [before, after] = [countsOf(turn(one)), countsOf(turn(`${one}\n\n${more}`))]
      for (const name of featureNames) expect([name, after[name] >= before[name]]).toEqual([name, true])
    }))
  })

  test('adds up from what is shown, and no feature gives more than its weight', () => {
    fc.assert(fc.property(turns, weights, (one, w) => {
      const { score: sum, features } = scoreOf(countsOf(one), w)
      expect(features.map(({ name }) => name)).toEqual(featureNames)
      expect(sum).toBe(Math.min(100, Math.round(features.reduce((all, { points }) => all + points, 0) * 10) / 10))
      for (const { value, weight, points } of features) {
        expect(value >= 0 && value <= 1 && points <= weight).toBe(true)
        expect(Math.abs(points - value * weight)).toBeLessThanOrEqual(0.051 + 0.005 * weight)
      }
    }))
  })

  test('of a megabyte is that of its beginning, its end and its length: what lies between is not looked at', () => {
    const { head, tail } = mostLookedAt
    const middle = (one: string) => `${'a '.repeat(head / 2)}${one}${' b'.repeat(tail / 2)}`
    const size = 1024 * 1024
    const plain = countsOf(turn(middle('x'.repeat(size))))
    for (const one of ['why prove ', '```\n', '? ', '- a\n', 'https://a.b/c ', '3 + 4 ', '`', '-a', '{ '])
      expect(countsOf(turn(middle(one.repeat(Math.ceil(size / one.length)).slice(0, size))))).toEqual(plain)
    // Each would take a careless pattern minutes, also where it is looked at.
    for (const one of ['`', 'a-', ' ', '\n', '.', '/', '1+', '0', '\t{', '```\n', 'https://']) expect(scoreOf(countsOf(turn(one.repeat(size / one.length)))).score).toBeLessThanOrEqual(100)
  })
})

describe('a session', () => {
  const settings = { minutes: 5, margin: 10 }
  const minute = 60_000

  test('keeps its tier for five minutes unless a turn is clearly simpler, and rises at once', () => {
    const sticky = createSticky(settings, usualThresholds)
    expect(sticky.tier('s', 50, 0)).toBe('balanced')
    sticky.took('s', 'capable', 0)
    expect([sticky.tier('s', 46, minute), sticky.tier('s', 44.9, minute), sticky.tier('s', 15, minute), sticky.tier('s', 14.9, minute)]).toEqual(['capable', 'balanced', 'balanced', 'fast'])
    expect([sticky.tier('s', 46, 5 * minute), sticky.tier('other', 46, minute), sticky.tier(undefined, 46, minute)]).toEqual(['balanced', 'balanced', 'balanced'])
    sticky.took('s', 'fast', minute)
    expect([sticky.tier('s', 24.9, minute), sticky.tier('s', 25, minute)]).toEqual(['fast', 'balanced'])
  })

  test('is never below the tier of its turn, nor above what it was and the turn is', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.nat(8 * minute)), { maxLength: 30 }), (played) => {
      const sticky = createSticky(settings, usualThresholds)
      let [now, last] = [0, 'fast' as (typeof tiers)[number]]
      for (const [points, wait] of played) {
        now += wait
        const own = tierOf(points, usualThresholds)
        const got = sticky.tier('s', points, now)
        expect(tiers.indexOf(got)).toBeGreaterThanOrEqual(tiers.indexOf(own))
        expect(tiers.indexOf(got)).toBeLessThanOrEqual(Math.max(tiers.indexOf(own), tiers.indexOf(last)))
        sticky.took('s', got, now)
        last = got
      }
    }))
  })

  test('is one of 5,000 that are remembered at most', () => {
    const sticky = createSticky(settings, usualThresholds)
    for (let i = 0; i < 6_000; i++) sticky.took(`s${i}`, 'capable', 0)
    expect(sticky.size).toBe(5_000)
    expect([sticky.tier('s0', 50, 1), sticky.tier('s5999', 50, 1)]).toEqual(['balanced', 'capable'])
  })
})
