/** Budgets, from the settings to the provider: what does not fit is not sent, and what was sent is counted once. */
import { describe, expect, test } from 'vitest'
import { Models } from '../../plugins/models/contract.ts'
import type { BudgetState } from '../../plugins/cost/contract.ts'
import { Ledger } from '../../plugins/cost/contract.ts'
import { cause, codeOf, costGateway, outcome, stateDir } from './cost-gateway.ts'

const day = 86_400_000
/** 800 tokens of answer and 1,000 of input: $0.009. */
const big = () => ({ input: 1_000, output: 800 })
const utc = { timeZone: 'UTC' }

describe('a budget of a day', () => {
  test('refuses the call that does not fit before it is sent, and says which, what is left and when it resets', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'day', usd: 0.01 }] })
    g.script = big
    expect(await outcome(g.ask())).toBe('ok')
    const error = await g.ask().catch((thrown: unknown) => thrown) as { message: string; data: object; status: number }
    expect(codeOf(error)).toBe('NEXUS_COST_EXCEEDED')
    expect(error.message).toMatch(/^the budget "global\/day" does not allow it: \$0\.001 left of \$0\.01, and it may come to \$0\.001\d*; it resets at 2026-01-02T00:00:00\+00:00 \(UTC\)$/)
    expect(error).toMatchObject({ status: 429, data: { retryAfterMs: day, details: { budget: { id: 'global/day', left: { usd: expect.closeTo(0.001, 9) as number }, resetsAt: Date.UTC(2026, 0, 2) } } } })
    expect(g.asked).toHaveLength(1)
    expect(await g.status()).toMatchObject({ open: { count: 0, orphaned: 0 }, today: { calls: 1, tokens: 1_800, usd: expect.closeTo(0.009, 9) as number } })
  })

  test('begins anew at its hour, and the month goes on', async () => {
    await using g = await costGateway({ ...utc, resetHour: 6, budgets: [{ per: 'day', usd: 0.01 }, { per: 'month', usd: 0.015 }] })
    g.script = big
    await g.ask()
    await g.k.clock.advance(6 * 3_600_000 - 1)
    expect(await outcome(g.ask())).toBe('NEXUS_COST_EXCEEDED')
    await g.k.clock.advance(1)
    expect(await outcome(g.ask())).toBe('ok')
    expect((await g.budget('global/day'))?.startedAt).toBe(Date.UTC(2026, 0, 1, 6))
    await g.k.clock.advance(day)
    expect(await outcome(g.ask())).toBe('ok')
    expect(await g.ask().catch((error: Error) => error.message)).toMatch(/"global\/month".*it resets at 2026-02-01T06:00:00\+00:00/)
  })

  test('is a transaction: of 40 at once as many are sent as fit, and not one more', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'day', usd: 0.011 }] }, { specs: [{ price: { input: 0, output: 10 }, maxOutput: 100 }] })
    g.script = () => ({ output: 100 })
    const all = await Promise.all(Array.from({ length: 40 }, () => outcome(g.ask())))
    expect(all.filter((one) => one === 'ok')).toHaveLength(11)
    expect(g.asked).toHaveLength(11)
    expect((await g.budget('global/day'))?.left).toEqual({ usd: 0 })
  })

  test('stands over a restart, with what was spent and what it has told', async () => {
    const dir = await stateDir()
    const settings = { ...utc, budgets: [{ per: 'day', usd: 0.01 }, { per: 'day', on: 'agent', tokens: 5_000 }] }
    {
      await using g = await costGateway(settings, { dir })
      g.script = big
      await g.ask({ agentId: 'coder' })
      expect(g.events('cost.warning')).toMatchObject([{ id: 'global/day', mark: 80 }])
    }
    await using g = await costGateway(settings, { dir })
    expect(await outcome(g.ask())).toBe('NEXUS_COST_EXCEEDED')
    g.script = () => ({ input: 1, output: 1 })
    expect(await g.budget('agent/day')).toMatchObject({ of: 'coder', spent: { tokens: 1_800 } })
    expect(g.events('cost.warning')).toEqual([])
  })
})

test('marks are told once each, the highest of those passed at once, and anew in the next period', async () => {
  await using g = await costGateway({ ...utc, budgets: [{ per: 'day', tokens: 1_000, warnOnly: true }] })
  const marks = () => (g.events('cost.warning') as BudgetState[]).map(({ mark }) => mark)
  g.script = () => ({ input: 260 })
  for (const expected of [[], [50], [50], [50, 100], [50, 100]]) {
    await g.ask()
    expect(marks()).toEqual(expected)
  }
  await g.k.clock.advance(day)
  await Promise.all([g.ask(), g.ask(), g.ask(), g.ask()])
  expect(marks().slice(2).at(-1)).toBe(100)
  expect(new Set(marks().slice(2)).size).toBe(marks().length - 2)
})

test('a refusal is told by an event, once in a while however often it happens', async () => {
  await using g = await costGateway({ ...utc, budgets: [{ per: 'day', usd: 0 }] })
  for (let i = 0; i < 5; i++) expect(await outcome(g.ask())).toBe('NEXUS_COST_EXCEEDED')
  expect(g.events('cost.exceeded')).toMatchObject([{ id: 'global/day', left: { usd: 0 }, percent: 100 }])
  await g.k.clock.advance(60_000)
  await outcome(g.ask())
  expect(g.events('cost.exceeded')).toHaveLength(2)
})

describe('an answer is bounded by what is left', () => {
  test('a model that could answer more than fits is asked for what fits', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'day', usd: 0.05 }] })
    g.script = ({ maxOutputTokens = 0 }) => ({ input: 5, output: maxOutputTokens })
    await g.ask({ model: 'long' })
    const most = g.asked[0]?.maxOutputTokens ?? 0
    expect(most).toBeGreaterThan(4_900)
    expect(most).toBeLessThan(5_000)
    const { today: { usd } } = await g.status()
    expect(usd).toBeLessThanOrEqual(0.05)
    expect(usd).toBeGreaterThan(0.0499)
  })
  test('less than a useful answer is refused, unless less was asked for', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'day', usd: 0.01 }] })
    expect(await outcome(g.ask({ model: 'long' }))).toBe('NEXUS_COST_EXCEEDED')
    expect(await outcome(g.ask({ model: 'long', maxOutputTokens: 500 }))).toBe('ok')
    expect(g.asked.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([500])
  })
  test('a model without a limit of its own gets one wherever a budget applies, and none where none does', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'day', on: 'agent', of: 'coder', tokens: 1_000_000 }] })
    await g.ask({ model: 'endless', agentId: 'coder' })
    await g.ask({ model: 'endless', agentId: 'writer' })
    expect(g.asked.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([8_192, undefined])
  })
})

describe('prices', () => {
  test('one that nobody knows is refused under a budget of money; what is free runs whatever is left', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'day', usd: 0 }] })
    expect(await g.ask({ model: 'dark' }).catch((error: Error) => error.message)).toBe('the price of p/dark is not known, and the budget "global/day" is one of money')
    expect(await outcome(g.ask({ model: 'dark' }))).toBe('NEXUS_COST_UNPRICED')
    expect(await outcome(g.ask({ model: 'free' }))).toBe('ok')
    expect(g.settled).toMatchObject([{ model: 'free', usd: 0, tokens: 15 }])
  })
  test('without one of money, or where it is allowed, it runs and is counted as unpriced', async () => {
    await using g = await costGateway({ ...utc, unpriced: 'allow', budgets: [{ per: 'day', usd: 1 }, { per: 'day', id: 'tokens', tokens: 200 }] })
    expect(await outcome(g.ask({ model: 'dark' }))).toBe('ok')
    expect((await g.status()).today).toEqual({ usd: 0, tokens: 15, calls: 1, unpriced: 1 })
    expect(g.settled).toMatchObject([{ usd: null, tokens: 15, price: 'none' }])
    g.script = () => ({ input: 100 })
    await g.ask({ model: 'dark' })
    expect(await outcome(g.ask({ model: 'dark' }))).toBe('NEXUS_COST_EXCEEDED')
  })
  test('what the provider itself has counted goes before any price', async () => {
    await using g = await costGateway(utc)
    g.script = () => ({ input: 10, output: 5, reported: 0.25 })
    await g.ask()
    expect(g.settled).toMatchObject([{ usd: 0.25, price: 'reported' }])
  })
})

describe('every attempt is held and charged by itself', () => {
  test('a failover: what the first provider refused costs nothing, what it cut off counts as what it can have been', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'day', usd: 1 }] }, { models: { fallbacks: ['p/other'] } })
    g.script = ({ model }) => (model === 'm' ? { fail: 'refusal', status: 400 } : { input: 10, output: 5 })
    expect(await outcome(g.ask({ fallbacks: ['p/other'] }))).toBe('NEXUS_MODELS_PROVIDER')
    g.script = ({ model }) => (model === 'm' ? { fail: 'format', status: 404 } : { input: 10, output: 5 })
    expect(await outcome(g.ask({ fallbacks: ['p/other'] }))).toBe('ok')
    expect(g.settled).toMatchObject([{ model: 'm', usd: 0, tokens: 0 }, { model: 'm', usd: 0, tokens: 0 }, { model: 'other', tokens: 15 }])
    g.script = () => 'cut'
    expect(await outcome(g.ask({ model: 'other' }))).toBe('NEXUS_MODELS_PROVIDER')
    expect(g.settled[3]).toMatchObject({ estimated: true })
    expect(g.settled[3]!.tokens).toBeGreaterThan(100)
    expect((await g.status()).open.count).toBe(0)
  })
  test('an answer that the provider did not count, and one that somebody stopped', async () => {
    await using g = await costGateway(utc)
    g.script = () => 'uncounted'
    await g.ask()
    const gone = new AbortController()
    g.script = () => 'hang'
    const work = g.ask({ signal: gone.signal })
    while (g.asked.length < 2) await g.k.settled()
    gone.abort()
    await work
    expect(g.settled).toMatchObject([{ estimated: true }, { estimated: true }])
  })
  test('one that was aborted before it was sent is no charge', async () => {
    await using g = await costGateway(utc)
    const gone = new AbortController()
    const work = g.ask({ signal: gone.signal })
    gone.abort()
    await work
    expect([g.asked.length, g.settled.length, (await g.status()).open.count]).toEqual([0, 0, 0])
  })
  test('vectors cost too', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'day', usd: 0.00001 }] })
    const api = await g.k.service(Models)
    const embed = (values: string[]) => api.embed({ values, signal: new AbortController().signal, cause: cause() })
    expect(await outcome(embed(['a']))).toBe('ok')
    await g.status()
    expect(g.settled).toMatchObject([{ model: 'vec', tokens: 1 }])
    expect(await outcome(embed(['a long text'.repeat(10)]))).toBe('NEXUS_COST_EXCEEDED')
  })
})

describe('each axis, for a run, a day and a month', () => {
  const subject = { agentId: 'coder', sessionKey: 'agent:coder:telegram:group:1', cause: cause({ id: 'token:ci' }, ['cron']) }
  const stranger = { agentId: 'writer', sessionKey: 'agent:writer:slack:group:2', cause: cause({ id: 'token:other' }, ['chat']) }
  const of = { global: undefined, agent: 'coder', session: 'agent:coder:telegram:group:1', user: 'token:ci', channel: 'telegram', token: 'ci', plugin: 'cron', job: 'nightly' } as const
  const cases = (['global', 'agent', 'session', 'user', 'channel', 'token', 'plugin', 'job'] as const).flatMap((on) => (['run', 'day', 'month'] as const).map((per) => [on, per] as const))
  test.each(cases)('%s by %s', async (on, per) => {
    await using g = await costGateway({ ...utc, budgets: [{ on, per, tokens: 150 }] })
    g.script = () => ({ input: 100 })
    const mine = { ...subject, ...(on === 'job' && { sessionKey: 'agent:coder:cron:nightly' }), runId: 'r1' }
    expect(await outcome(g.ask(mine))).toBe('ok')
    const refused = await g.ask(mine).catch((error: unknown) => error) as { data: { details: { budget: { of?: string } } } }
    expect(codeOf(refused)).toBe('NEXUS_COST_EXCEEDED')
    expect(refused.data.details.budget.of).toBe(of[on])
    if (on !== 'global') expect(await outcome(g.ask({ ...stranger, runId: 'r1' }))).toBe('ok')
    if (per === 'run') expect(await outcome(g.ask({ ...mine, runId: 'r2' }))).toBe('ok')
    else await g.k.clock.advance(per === 'day' ? day : 31 * day)
    if (per !== 'run') expect(await outcome(g.ask(mine))).toBe('ok')
  })
})

describe('agents, tokens and what they begin', () => {
  test('an agent\'s own budget, and those of the agents above it, bind its sub-agents', async () => {
    await using g = await costGateway(utc)
    g.bound = ({ sessionKey = '' }) => [...(sessionKey.includes('subagent') ? [{ id: 'helper', budget: undefined }] : []), { id: 'boss', budget: { day: { tokens: 250 } } }]
    g.script = () => ({ input: 100 })
    const child = { sessionKey: 'agent:helper:subagent:1', agentId: 'helper' }
    await g.ask({ sessionKey: 'agent:boss:main', agentId: 'boss' })
    await g.ask(child)
    expect(await g.ask(child).catch((error: Error) => error.message)).toMatch(/"agent:boss\/day".*50 tokens left of 250 tokens/)
  })
  test('a run\'s budget is spent by the runs that it has begun', async () => {
    await using g = await costGateway({ ...utc, budgets: [{ per: 'run', tokens: 250 }] })
    g.script = () => ({ input: 100 })
    await g.run('started', { runId: 'top' })
    await g.run('started', { runId: 'child', parentRunId: 'top' })
    await g.ask({ runId: 'top' })
    await g.ask({ runId: 'child' })
    expect(await outcome(g.ask({ runId: 'child' }))).toBe('NEXUS_COST_EXCEEDED')
    expect((await g.status()).budgets.map(({ spent }) => spent.tokens)).toEqual([200, 100])
    await g.run('ended', { runId: 'child' })
    expect((await g.status()).budgets).toHaveLength(1)
    expect(await g.ask({ runId: 'top' }).catch((error: Error) => error.message)).toMatch(/it is for this run alone$/)
  })
  test('settings of an agent that cannot be read let nothing pass', async () => {
    await using g = await costGateway(utc)
    g.bound = () => [{ id: 'coder', budget: { daily: 5 } }]
    expect(await outcome(g.ask({ agentId: 'coder' }))).toBe('NEXUS_COST_AGENT_BUDGET')
    g.bound = () => { throw new Error('no agents here') }
    expect(await outcome(g.ask({ agentId: 'coder' }))).toBe('NEXUS_HOOK_FAILED')
    expect(g.asked).toEqual([])
  })
  test('a token keeps to its own', async () => {
    await using g = await costGateway(utc)
    g.script = () => ({ input: 100 })
    const bound = (id: string) => ({ cause: cause({ id, bounds: { budget: '250tokens/day', budgetOf: 'ci' } }) })
    await g.ask(bound('token:ci'))
    await g.ask(bound('token:child'))
    expect(await g.ask(bound('token:ci')).catch((error: Error) => error.message)).toMatch(/"token:ci\/day"/)
    expect(await outcome(g.ask({ cause: cause({ id: 'token:bad', bounds: { budget: '5' } }) }))).toBe('NEXUS_COST_TOKEN_BUDGET')
    expect(await outcome(g.ask())).toBe('ok')
  })
})

test('whoever spends otherwise takes the service', async () => {
  await using g = await costGateway({ ...utc, budgets: [{ on: 'plugin', of: 'tts', per: 'day', usd: 0.5 }] })
  const ledger = await g.k.service(Ledger)
  const speech = (id: string, usd: number | undefined) => ledger.reserve({ id, cause: cause({}, ['tts']), provider: 'voice', model: 'one', worst: { usd, tokens: 0 } })
  const held = await speech('s1', 0.4)
  expect(await outcome(speech('s2', 0.2))).toBe('NEXUS_COST_EXCEEDED')
  expect(await outcome(speech('s3', undefined))).toBe('NEXUS_COST_UNPRICED')
  await held.settle({ usd: 0.1, tokens: 0, price: 'settings' })
  await held.settle({ usd: 0.3, tokens: 0 })
  expect(g.settled).toMatchObject([{ id: 's1', usd: 0.1, price: 'settings' }])
  expect(await outcome(speech('s1', 0.1))).toBe('NEXUS_COST_LEDGER')
  expect((await ledger.status()).today.usd).toBe(0.1)
})
