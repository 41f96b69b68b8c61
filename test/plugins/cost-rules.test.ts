/** Which budgets bound what, and what an attempt may and can have come to. Pure. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { amountOf, outputIn, rateOf, settlementOf } from '../../plugins/cost/budgets/amounts.ts'
import { agentBudgets, budgetsOf, tokenBudgets } from '../../plugins/cost/budgets/budget.ts'
import { createCalendar } from '../../plugins/cost/budgets/calendar.ts'
import { createFamily } from '../../plugins/cost/budgets/family.ts'
import { boundsOf } from '../../plugins/cost/budgets/rules.ts'
import type { Subject } from '../../plugins/cost/budgets/rules.ts'
import { money, tokensText } from '../../plugins/cost/budgets/text.ts'
import type { BudgetSettings } from '../../plugins/cost/config.ts'
import { costOf, usageOf } from '../../plugins/models/contract.ts'
import type { Attempt, AttemptOutcome, ModelPrice } from '../../plugins/models/contract.ts'
import { cause } from './cost-gateway.ts'

const calendar = createCalendar({ timeZone: 'UTC' })
const at = Date.UTC(2026, 0, 31, 12)
const settings = (...given: Partial<BudgetSettings>[]) => budgetsOf(given.map((one) => ({ on: 'global', per: 'day', usd: 1, warnOnly: false, ...one })))
const countersOf = (budgets: ReturnType<typeof settings>, subject: Partial<Subject> = {}): string[] =>
  boundsOf(budgets, calendar, { spending: { cause: cause() }, runs: [{ runId: 'r1' }], agents: [], at, ...subject }).bounds.map(({ counter }) => counter)

describe('budgets of the settings', () => {
  test('are called by what they bound where nobody names them', () => {
    expect(settings({}, { on: 'agent', per: 'month' }, { on: 'agent', of: 'coder' }, { id: 'mine' }).map(({ id }) => id)).toEqual(['global/day', 'agent/month', 'agent:coder/day', 'mine'])
  })
  test.each<[string, Partial<BudgetSettings>[]]>([['neither', [{ usd: undefined }]], ['global', [{ of: 'x' }]], ['same', [{}, {}]]])('that are none are refused (%s)', (_, given) => {
    expect(() => settings(...given)).toThrow(expect.objectContaining({ code: 'NEXUS_COST_BUDGET' }))
  })
  test('a session may be named as people name it', () => {
    expect(countersOf(settings({ on: 'session', of: 'main' }), { spending: { cause: cause(), sessionKey: 'agent:main:main' } })).toEqual(['session:agent:main:main/day|agent:main:main|2026-01-31'])
  })
})

describe('what bounds a spending', () => {
  const spending = { cause: cause({ id: 'token:ci' }, ['cron', 'agent']), sessionKey: 'agent:coder:telegram:group:42', agentId: 'coder' }
  test('each axis counts by its own value, by day and month', () => {
    const axes = ['global', 'agent', 'session', 'user', 'channel', 'token', 'plugin', 'job'] as const
    expect(countersOf(settings(...axes.map((on) => ({ on }))), { spending })).toEqual([
      'global/day||2026-01-31', 'agent/day|coder|2026-01-31', 'session/day|agent:coder:telegram:group:42|2026-01-31', 'user/day|token:ci|2026-01-31',
      'channel/day|telegram|2026-01-31', 'token/day|ci|2026-01-31', 'plugin/day|cron|2026-01-31', 'plugin/day|agent|2026-01-31',
    ])
    expect(countersOf(settings({ on: 'job', per: 'month' }), { spending: { cause: cause(), sessionKey: 'agent:main:cron:nightly' } })).toEqual(['job/month|nightly|2026-01'])
  })
  test('a plugin that acts for itself counts, and a person in a direct chat is who writes', () => {
    expect(countersOf(settings({ on: 'plugin' }), { spending: { cause: cause({ id: 'plugin:heartbeat', label: 'plugin' }) } })).toEqual(['plugin/day|heartbeat|2026-01-31'])
    const direct = { cause: cause({ id: 'plugin:telegram', label: 'channel' }), sessionKey: 'agent:main:telegram:direct:7' }
    expect(countersOf(settings({ on: 'user' }), { spending: direct })).toEqual(['user/day|telegram:7|2026-01-31'])
  })
  test('one that is named bounds nobody else', () => {
    expect(countersOf(settings({ on: 'agent', of: 'writer' }), { spending })).toEqual([])
    expect(countersOf(settings({ on: 'agent', of: 'coder' }), { spending })).toEqual(['agent:coder/day|coder|2026-01-31'])
  })
  test('a run counts for those that began it, each with its own agent and session', () => {
    const runs = [{ runId: 'child', agentId: 'helper', sessionKey: 'agent:helper:subagent:1', parentRunId: 'top' }, { runId: 'top', agentId: 'coder', sessionKey: 'agent:coder:main' }]
    const child = { spending: { cause: cause(), sessionKey: 'agent:helper:subagent:1', agentId: 'helper' }, runs }
    expect(countersOf(settings({ per: 'run' }), child)).toEqual(['global/run||child', 'global/run||top'])
    expect(countersOf(settings({ per: 'run', on: 'agent' }), child)).toEqual(['agent/run|helper|child', 'agent/run|coder|top'])
    expect(countersOf(settings({ on: 'session' }), child)).toEqual(['session/day|agent:helper:subagent:1|2026-01-31', 'session/day|agent:coder:main|2026-01-31'])
  })
  test('an agent\'s own settings and those above it bind together; of two under one name the lesser counts', () => {
    const agents = [{ id: 'helper', budgets: agentBudgets('helper', { day: { usd: 5 } }) }, { id: 'coder', budgets: agentBudgets('coder', { day: { tokens: 9 }, run: { usd: 1 } }) }]
    const { bounds } = boundsOf(settings({ on: 'agent', of: 'helper', usd: 2 }), calendar, { spending: { cause: cause(), agentId: 'helper' }, runs: [{ runId: 'r' }], agents, at })
    expect(bounds.map(({ counter, budget: { usd, tokens } }) => [counter, usd, tokens])).toEqual([['agent:helper/day|helper|2026-01-31', 2, undefined], ['agent:coder/run|coder|r', 1, undefined], ['agent:coder/day|coder|2026-01-31', undefined, 9]])
  })
  test('what cannot be read bounds everything', () => {
    expect(() => agentBudgets('coder', { daily: { usd: 1 } })).toThrow(expect.objectContaining({ code: 'NEXUS_COST_AGENT_BUDGET' }))
    expect(() => countersOf([], { spending: { cause: cause({ bounds: { budget: '5' } }) } })).toThrow(expect.objectContaining({ code: 'NEXUS_COST_TOKEN_BUDGET' }))
  })
  test('a token\'s budget counts under the token it was given to, also for what that has made', () => {
    const bounds = { budget: '5usd/day,1000tokens/run', budgetOf: 'ci' }
    for (const id of ['token:ci', 'token:child', 'device:phone']) expect(countersOf([], { spending: { cause: cause({ id, bounds }) } })).toEqual(['token:ci/day|ci|2026-01-31', 'token:ci/run|ci|r1'])
  })
})

test.each([['5usd/day', 1], ['0.5usd/run', 1], ['100000tokens/month', 1], ['1usd/day,20usd/month', 2], ['5', 0], ['5eur/day', 0], ['-1usd/day', 0], ['1.5tokens/day', 0], ['5usd/week', 0], ['', 0], ['5usd/day,', 0], ['1e9usd/day', 0]])('the budget of a token %j', (text, count) => {
  expect(tokenBudgets('t', text)?.length ?? 0).toBe(count)
})

test('runs that nobody has told of stand alone, and a circle has an end', () => {
  const family = createFamily()
  family.begin({ runId: 'a', parentRunId: 'b', agentId: 'x', sessionKey: undefined })
  family.begin({ runId: 'b', parentRunId: 'a', agentId: 'y', sessionKey: undefined })
  expect(family.above('a').map(({ runId }) => runId)).toEqual(['a', 'b'])
  expect(family.above('who')).toEqual([{ runId: 'who' }])
  for (let i = 0; i < 20_001; i++) family.begin({ runId: `r${i}`, agentId: 'x', sessionKey: undefined })
  expect([family.isOpen('r20000'), family.isOpen('r0')]).toEqual([true, false])
})

// ── Amounts ─────────────────────────────────────────────────────────────────────────────────────

const cents = fc.double({ min: 0, max: 200, noNaN: true })
const optional = fc.option(cents, { nil: undefined })
const token = fc.record({ input: cents, output: cents, cacheRead: optional, cacheWrite: optional }).map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as unknown as ModelPrice)
const priceOf: fc.Arbitrary<ModelPrice> = fc.tuple(token, fc.option(fc.tuple(fc.integer({ min: 1, max: 300_000 }), token))).map(([base, above]) => (above ? { ...base, above: { ...above[1], tokens: above[0] } } : base))
const attempt = (price: ModelPrice | undefined, input: number, output: number, more: object = {}) => ({ id: 'a', estimate: { input, output }, spec: { provider: 'p', id: 'm', name: 'M', ...(price && { price }), ...more } }) as unknown as Attempt
const failed = (more: Partial<AttemptOutcome>): AttemptOutcome => ({ status: 'failed', characters: 0, durationMs: 100, ...more })

describe('what it comes to', () => {
  test('is never more than was held, for any usage within the estimate', () => {
    fc.assert(fc.property(priceOf, fc.tuple(fc.nat(200_000), fc.nat(200_000), fc.nat(200_000), fc.nat(100_000)), fc.nat(1_000), (price, [input, cacheRead, cacheWrite, output], slack) => {
      const usage = usageOf({ input, cacheRead, cacheWrite, output })
      const worst = amountOf(rateOf(price, input + cacheRead + cacheWrite + slack), input + cacheRead + cacheWrite + slack, output)
      expect((costOf(usage, price) ?? 0) * 1e9).toBeLessThanOrEqual(worst.nano! * (1 + 1e-9) + 1)
      expect(usage.totalTokens).toBeLessThanOrEqual(worst.tokens)
    }), { numRuns: 500 })
  })

  test('an answer that fits is the longest that does', () => {
    fc.assert(fc.property(priceOf, fc.nat(100_000), fc.nat(1_000_000_000), (price, input, nano) => {
      const rate = rateOf(price, input)!
      fc.pre(rate.output > 2)
      const output = outputIn({ nano }, rate, input)
      if (output < 0) {
        expect(amountOf(rate, input, 0).nano).toBeGreaterThan(nano)
        return
      }
      expect(amountOf(rate, input, output).nano).toBeLessThanOrEqual(nano + 1)
      expect(amountOf(rate, input, output + 2).nano).toBeGreaterThan(nano)
    }), { numRuns: 500 })
    expect(outputIn({ tokens: 100 }, undefined, 30)).toBe(70)
    expect(outputIn({ tokens: 100, nano: 50 }, { input: 1, output: 1 }, 30)).toBe(20)
  })

  const price = { input: 1, output: 10 }
  const held = { ...amountOf(rateOf(price, 1_000), 1_000, 5_000), output: 5_000 }
  test.each([
    ['a failure that came as an answer of the provider\'s', failed({ kind: 'server', httpStatus: 500 }), { nano: 0, tokens: 0 }],
    ['a refused credential', failed({ kind: 'auth' }), { nano: 0, tokens: 0 }],
    ['a refusal before anything was sent', failed({ status: 'refused' }), { nano: 0, tokens: 0, unsent: true }],
    ['no connection to anybody', failed({ kind: 'network', unsent: true } as never), { nano: 0, tokens: 0, unsent: true }],
    ['no answer in time', failed({ kind: 'timeout' }), { nano: 1_000_000 + 10_240_000, tokens: 2_024, estimated: true }],
    ['an answer that nobody can read', failed({ kind: 'format', httpStatus: 200 }), { nano: 1_000_000 + 10_240_000, tokens: 2_024, estimated: true }],
    ['one cut off in the middle', failed({ kind: 'network', characters: 500, firstMs: 3 }), { nano: 1_000_000 + 15_240_000, tokens: 2_524, estimated: true }],
    ['a failure after the first word, whatever its status', failed({ kind: 'server', httpStatus: 500, characters: 500, firstMs: 3 }), { nano: 1_000_000 + 15_240_000, tokens: 2_524, estimated: true }],
    ['more than was held', failed({ status: 'aborted', characters: 900_000, firstMs: 3 }), { nano: held.nano, tokens: held.tokens, estimated: true }],
    ['an answer that nobody has counted', failed({ status: 'ok', usage: usageOf({}), characters: 10, firstMs: 1 }), { nano: 1_000_000 + 10_340_000, tokens: 2_034, estimated: true }],
    ['what the provider has counted', failed({ status: 'ok', usage: usageOf({ input: 5, output: 2 }) }), { nano: 25_000, tokens: 7 }],
    ['what the provider says it costs', failed({ status: 'ok', usage: usageOf({ input: 5, output: 2, reported: 0.5 }) }), { nano: 500_000_000, tokens: 7, price: 'reported' }],
  ])('%s', (_, told, expected) => {
    expect(settlementOf(attempt(price, 1_000, 5_000), told, held, at)).toMatchObject(expected)
  })

  test('what a model may have thought before its first word counts, and an unknown price stays unknown', () => {
    expect(settlementOf(attempt(price, 1_000, 5_000, { reasoning: true }), failed({ status: 'aborted', durationMs: 10_000 }), held, at).tokens).toBe(1_000 + 1_024 + 3_000)
    expect(settlementOf(attempt(undefined, 10, 10), failed({ status: 'ok', usage: usageOf({ input: 5 }) }), { nano: undefined, tokens: 20, output: 10 }, at)).toMatchObject({ nano: undefined, tokens: 5, price: 'none' })
  })
})

test('amounts as people read them', () => {
  expect([0, 0.01, 0.001234, 1.005, 12, 0.000000001].map(money)).toEqual(['$0.00', '$0.01', '$0.00123', '$1.00', '$12.00', '$0.000000001'])
  expect(tokensText(1_234_567)).toBe('1,234,567 tokens')
})
