/** The methods and the command, as clients of both generations and people meet them. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import sessions from '../../plugins/sessions/index.ts'
import { Sessions } from '../../plugins/sessions/contract.ts'
import store from '../../plugins/store/index.ts'
import cli from '../../plugins/usage/cli.ts'
import usage from '../../plugins/usage/index.ts'
import { barOf } from '../../plugins/usage/screen.ts'
import { said } from './sessions-harness.ts'
import { temporaryDir } from './store-harness.ts'
import { answered, sessionFile, write } from './usage-engine.ts'

async function kernel() {
  const k = await testKernel({ plugins: [store, sessions, usage], stateDir: await temporaryDir() })
  onTestFinished(() => k.close())
  return k
}
const none = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, totalCost: 0, inputCost: 0, outputCost: 0, cacheReadCost: 0, cacheWriteCost: 0, missingCostEntries: 0 }

test('with nothing to tell, the answers have every part that clients look for', async () => {
  const k = await kernel()
  const cost = await k.call('usage.cost', { days: 7, mode: 'utc' }) as { daily: { date: string }[] }
  expect(cost).toMatchObject({ days: 7, totals: none })
  expect(cost.daily).toHaveLength(7)
  expect(cost.daily[0]).toEqual({ date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string, ...none })
  const all = await k.call('sessions.usage', { limit: 10, includeContextWeight: true, groupBy: 'family', agentScope: 'all' }) as object
  expect(all).toMatchObject({
    sessions: [], totals: none, creatorOptions: [],
    aggregates: { sessionCount: 0, messages: { total: 0, user: 0, assistant: 0, toolCalls: 0, toolResults: 0, errors: 0 }, tools: { totalCalls: 0, uniqueTools: 0, tools: [] }, byModel: [], byProvider: [], byAgent: [], byChannel: [], byCreator: [], costDaily: [], dailyLatency: [], modelDaily: [], daily: [] },
  })
  expect(Object.keys(all)).toEqual(expect.arrayContaining(['updatedAt', 'startDate', 'endDate']))
})

test('what a session has used is told by the methods', async () => {
  const k = await kernel()
  const service = await k.service(Sessions)
  await service.append('main', [said('so')])
  expect(await k.call('usage.cost', {})).toMatchObject({ totals: { totalTokens: 3, missingCostEntries: 1 } })
  expect(await k.call('sessions.usage', { key: 'main' })).toMatchObject({ sessions: [{ key: 'agent:main:main', agentId: 'main', modelProvider: 'demo', model: 'demo-1', usage: { totalTokens: 3, messageCounts: { total: 1, assistant: 1 } } }] })
  expect(await k.call('sessions.usage.timeseries', { key: 'main' })).toMatchObject({ points: [{ totalTokens: 3, cumulativeTokens: 3 }] })
  expect(await k.call('sessions.usage.logs', { key: 'main', limit: 5 })).toMatchObject({ logs: [{ role: 'assistant', content: 'so', tokens: 3 }] })
  expect(await k.call('sessions.usage', { creatorKey: 'x' })).toMatchObject({ sessions: [], totals: none })
})

test.each([
  ['usage.cost', { startDate: '2026-02-30' }, 'NEXUS_USAGE_RANGE'],
  ['usage.cost', { startDate: '2026-02-03', endDate: '2026-02-01' }, 'NEXUS_USAGE_RANGE'],
  ['usage.cost', { startDate: '2000-01-01', endDate: '2026-02-01' }, 'NEXUS_USAGE_RANGE'],
  ['sessions.usage', { timeZone: 'Nowhere/Land' }, 'NEXUS_USAGE_ZONE'],
  ['sessions.usage', { utcOffset: '+05:07' }, 'NEXUS_USAGE_ZONE'],
  ['sessions.usage', { from: '/never/indexed' }, 'NEXUS_USAGE_NOT_INDEXED'],
  ['sessions.usage.logs', { key: 'nobody' }, 'NEXUS_USAGE_SESSION'],
  ['usage.index', { folder: '/there/is/none' }, 'NEXUS_USAGE_FOLDER'],
])('%s with %j is refused as %s', async (name, params, code) => {
  const k = await kernel()
  await expect(k.call(name, params)).rejects.toMatchObject({ code })
})

test('no more than two folders are indexed at once', async () => {
  const k = await kernel()
  const dir = await temporaryDir()
  const calls = []
  for (const name of ['a', 'b', 'c', 'd']) {
    await mkdir(join(dir, name))
    await writeFile(join(dir, name, 'x.jsonl'), answered({ at: 1_770_000_000_000, provider: 'p', model: 'm', input: 1, output: 1 }).repeat(3_000))
    calls.push(k.call('usage.index', { folder: join(dir, name), waitMs: 0 }))
  }
  const codes = (await Promise.allSettled(calls)).map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'ok'))
  expect(codes).toContain('ok')
  for (const code of codes) expect(['ok', 'NEXUS_USAGE_BUSY']).toContain(code)
})

test('a folder is indexed by the command, and known the second time', async () => {
  const k = await kernel()
  const dir = await temporaryDir()
  await write(sessionFile(dir, 'coder', 's1'), answered({ at: Date.parse('2025-12-30T10:00:00Z'), provider: 'p', model: 'm', input: 40, output: 2, cost: 0.5 }))
  await write(join(dir, 'agents/coder/sessions/sessions.json'), JSON.stringify({ 'agent:coder:telegram:group:-7': { sessionId: 's1' } }))
  const first = await k.cli(cli, `usage index ${dir} --json`)
  expect(first.code).toBe(0)
  expect(JSON.parse(first.stdout)).toMatchObject({ done: true, files: { total: 1, done: 1, failed: 0 }, sessions: 1 })
  const second = await k.cli(cli, `usage index ${dir}`)
  expect(second.stdout).toMatch(/1 transcripts of 1 sessions, nothing new/)
  expect(await k.call('sessions.usage', { from: dir })).toMatchObject({ totals: { totalTokens: 42, totalCost: 0.5 }, sessions: [{ key: 'agent:coder:telegram:group:-7', channel: 'telegram', chatType: 'group' }], aggregates: { byChannel: [{ channel: 'telegram', totals: { totalTokens: 42 } }] } })
  expect(await k.call('usage.cost', {})).toMatchObject({ totals: none })
})

test('the bar says how far it is', () => {
  expect(barOf({ folder: '/x', done: false, files: { total: 4, done: 1, failed: 0 }, bytes: { total: 300e6, done: 150e6 }, sessions: 4 })).toBe(`[${'█'.repeat(15)}${'·'.repeat(15)}]  50 %  150.0 MB of 300.0 MB, 1 of 4 files`)
})
