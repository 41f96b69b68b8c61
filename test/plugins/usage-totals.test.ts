/** Totals of generated transcripts are those of whoever generated them, in every zone, over days on which the clock is changed. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { numbers } from '../bench/usage-files.ts'
import { temporaryDir } from './store-harness.ts'
import { answered, asked, engineInDir, type Said, sessionFile, write } from './usage-engine.ts'

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Chatham', 'Africa/Cairo']
const models = [['anthropic', 'claude-opus-4-6'], ['openai', 'gpt-5.2'], ['ollama', 'qwen3']] as const
const [first, last] = [Date.parse('2026-03-01T00:00:00Z'), Date.parse('2026-11-10T00:00:00Z')]

interface Record extends Said { readonly agent: string; readonly session: string }
function generated(): Record[] {
  const next = numbers(11)
  const records: Record[] = []
  for (let session = 0; session < 24; session++) {
    const agent = ['main', 'coder', 'support'][session % 3] as string
    for (let at = first + next(40) * 86_400_000; at < last; at += 1_000 * (600 + next(400_000))) {
      const [provider, model] = models[next(3)] as (typeof models)[number]
      records.push({ agent, session: `s${session}`, at, provider, model, input: next(5_000), output: 1 + next(900), cost: next(2_000_000) / 1e7 })
    }
  }
  return records
}
const dayIn = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (at: number): string => format.format(at)
}
function summed<K extends string>(records: readonly Record[], keyOf: (record: Record) => K): Map<K, { tokens: number; cost: number; count: number }> {
  const sums = new Map<K, { tokens: number; cost: number; count: number }>()
  for (const record of records) {
    const key = keyOf(record)
    const sum = sums.get(key) ?? { tokens: 0, cost: 0, count: 0 }
    sums.set(key, { tokens: sum.tokens + record.input + record.output, cost: sum.cost + (record.cost ?? 0), count: sum.count + 1 })
  }
  return sums
}

async function indexed(records: readonly Record[]) {
  const folder = await temporaryDir()
  for (const session of new Set(records.map((record) => record.session))) {
    const own = records.filter((record) => record.session === session)
    await write(sessionFile(folder, own[0]!.agent, session), own.map((record) => asked(record.at - 1_500) + answered(record)).join(''))
  }
  const under = await engineInDir({ now: () => last })
  const report = await under.engine.index({ folder })
  expect(report).toMatchObject({ done: true, files: { total: 24, done: 24, failed: 0 }, sessions: 24 })
  return { ...under, from: report.folder }
}

test('by day of every zone, by model, agent and session, now and after a restart', async () => {
  const records = generated()
  expect(records.length).toBeGreaterThan(1_500)
  const { engine, from, again } = await indexed(records)
  const range = { startDate: '2026-02-27', endDate: '2026-11-12', from }
  for (const one of [engine, await again()]) {
    for (const timeZone of zones) {
      const { daily, totals, days } = await one.cost({ ...range, timeZone })
      expect(days).toBe(259)
      const expected = summed(records, ({ at }) => dayIn(timeZone)(at))
      const of = (date: string) => expected.get(date) ?? { tokens: 0, cost: 0 }
      expect(daily.map(({ date, totalTokens }) => [date, totalTokens])).toEqual(daily.map(({ date }) => [date, of(date).tokens]))
      expect(Math.max(...daily.map(({ date, totalCost }) => Math.abs(totalCost - of(date).cost)))).toBeLessThan(0.00005)
      expect(totals.totalTokens).toBe(records.reduce((sum, { input, output }) => sum + input + output, 0))
    }
    const { aggregates, sessions } = await one.sessions({ ...range, timeZone: 'Europe/Berlin', limit: 100 })
    const [byModel, byAgent, bySession, byDay] = [summed(records, ({ provider, model }) => `${provider}/${model}`), summed(records, ({ agent }) => agent), summed(records, ({ session }) => session), summed(records, ({ at, model }) => `${dayIn('Europe/Berlin')(at)} ${model}`)]
    expect(aggregates.byModel.map(({ provider, model, count, totals }) => [`${provider}/${model}`, count, totals.totalTokens]).sort()).toEqual([...byModel].map(([name, { count, tokens }]) => [name, count, tokens]).sort())
    expect(aggregates.byAgent.map(({ agentId, totals }) => [agentId, totals.totalTokens]).sort()).toEqual([...byAgent].map(([name, { tokens }]) => [name, tokens]).sort())
    for (const { agentId, totals } of aggregates.byAgent) expect(totals.totalCost).toBeCloseTo(byAgent.get(agentId)!.cost, 4)
    expect(sessions.map(({ sessionId, usage }) => [sessionId, usage!.totalTokens]).sort()).toEqual([...bySession].map(([name, { tokens }]) => [name, tokens]).sort())
    for (const { sessionId, usage } of sessions) expect(usage!.totalCost).toBeCloseTo(bySession.get(sessionId!)!.cost, 4)
    expect(aggregates.modelDaily.map(({ date, model, tokens }) => [`${date} ${model}`, tokens]).sort()).toEqual([...byDay].map(([name, { tokens }]) => [name, tokens]).sort())
    expect(aggregates.messages).toMatchObject({ user: records.length, assistant: records.length, toolCalls: records.length })
    expect(aggregates.tools).toEqual({ totalCalls: records.length, uniqueTools: 1, tools: [{ name: 'exec', count: records.length }] })
    expect(aggregates.latency).toMatchObject({ count: records.length, avgMs: 1_500 })
    expect(aggregates.latency!.p95Ms).toBeGreaterThan(1_425)
    expect(aggregates.latency!.p95Ms).toBeLessThan(1_575)
  }
}, 120_000)

test('of one agent, of one session, of few days, by an offset', async () => {
  const records = generated()
  const { engine, from } = await indexed(records)
  const some = records.filter(({ agent, at }) => agent === 'coder' && new Date(at + 5.75 * 3_600_000).toISOString().slice(0, 10) === '2026-05-04')
  const day = { startDate: '2026-05-04', endDate: '2026-05-04', from }
  const tokens = some.reduce((sum, { input, output }) => sum + input + output, 0)
  expect(tokens).toBeGreaterThan(0)
  expect((await engine.cost({ ...day, mode: 'specific', utcOffset: '+05:45', agentId: 'Coder' })).totals.totalTokens).toBe(tokens)
  const { sessions, totals, aggregates } = await engine.sessions({ ...day, utcOffset: '+05:45', agentId: 'coder' })
  expect(totals.totalTokens).toBe(tokens)
  expect(aggregates.byAgent.map(({ agentId }) => agentId)).toEqual(['coder'])
  expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual([...new Set(some.map(({ session }) => session))].sort())
  const own = records.filter(({ session }) => session === 's4')
  const one = await engine.sessions({ key: 's4', range: 'all', from })
  expect(one.totals.totalTokens).toBe(own.reduce((sum, { input, output }) => sum + input + output, 0))
  expect(one.startDate).toBe(new Date(Math.min(...records.map(({ at }) => at)) - 1_500).toISOString().slice(0, 10))
  const { points } = await engine.timeseries({ key: 's4', from })
  expect(points.length).toBeLessThanOrEqual(200)
  expect(points.at(-1)!.cumulativeTokens).toBe(one.totals.totalTokens)
  expect(points.at(-1)!.cumulativeCost).toBeCloseTo(one.totals.totalCost, 6)
  const { logs } = await engine.logs({ key: 's4', from, limit: 3 })
  expect(logs.map(({ role, tokens: used }) => [role, used])).toEqual([['assistant', own.at(-2)!.input + own.at(-2)!.output], ['user', undefined], ['assistant', own.at(-1)!.input + own.at(-1)!.output]])
}, 120_000)

test('what nobody knows the price of is counted as missing, with its tokens', async () => {
  const folder = await temporaryDir()
  const at = Date.parse('2026-05-30T10:00:00Z')
  await write(join(folder, 'x.jsonl'), [0, 1, 2].map((i) => answered({ at: at + i, provider: i === 0 ? 'here' : 'elsewhere', model: 'm', input: 1_000_000, output: 0 })).join(''))
  const known = { input: 3, output: 4 }
  const priced = { list: async () => [{ provider: 'here', id: 'm', name: 'm', price: known, pricedBy: 'provider' }], prices: { on: (_: string, __: number, said?: object) => said && { price: said } } }
  const { engine } = await engineInDir({ models: priced as never })
  const { folder: from } = await engine.index({ folder })
  expect((await engine.cost({ from })).totals).toMatchObject({ totalTokens: 3_000_000, totalCost: 3, inputCost: 3, missingCostEntries: 2 })
})
