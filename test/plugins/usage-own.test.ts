/** The gateway's own sessions are counted as they are written, with no file of theirs opened here. */
import { expect, test } from 'vitest'
import type { NewEntry } from '../../plugins/sessions/contract.ts'
import { asked, start } from './sessions-harness.ts'
import { engineOn } from './usage-engine.ts'

const said = (input: number, text = 'so'): NewEntry => ({ type: 'message', message: { role: 'assistant', content: [{ type: 'text', text }], provider: 'demo', model: 'demo-1', usage: { input, output: 1, cacheRead: 0, cacheWrite: 0, totalTokens: input + 1 }, stopReason: 'stop' } })

test('what was appended is in the next answer, by key, agent and channel', async () => {
  const under = await start()
  const engine = engineOn(under.store, { sessions: under.sessions, now: () => under.time })
  expect(await engine.cost({})).toMatchObject({ days: 30, totals: { totalTokens: 0 } })
  await under.sessions.append('main', [asked('hi'), said(10)])
  await under.sessions.append('agent:coder:telegram:direct:42', [said(100)])
  expect((await engine.cost({})).totals).toMatchObject({ totalTokens: 112, missingCostEntries: 2 })
  await under.sessions.append('main', [said(1_000)])
  const { sessions, aggregates, totals } = await engine.sessions({})
  expect(totals.totalTokens).toBe(1_113)
  expect(aggregates.byChannel.map(({ channel, totals: own }) => [channel, own.totalTokens])).toEqual([['telegram', 101]])
  expect(sessions.map(({ key, usage }) => [key, usage!.totalTokens])).toEqual(expect.arrayContaining([['agent:main:main', 1_012], ['agent:coder:telegram:direct:42', 101]]))
  expect((await engine.sessions({ key: 'main' })).totals.totalTokens).toBe(1_012)
  expect((await engine.logs({ key: 'main' })).logs.map(({ role, tokens }) => [role, tokens])).toEqual([['user', undefined], ['assistant', 11], ['assistant', 1_001]])
  await expect(engine.logs({ key: 'nobody' })).rejects.toMatchObject({ code: 'NEXUS_USAGE_SESSION' })
})

test('a session that is begun anew keeps what it has cost, also what nobody had counted before', async () => {
  const under = await start()
  const { sessions } = under
  const first = engineOn(under.store, { sessions, now: () => under.time })
  for (const input of [1, 20, 300]) {
    await sessions.append('main', [said(input)])
    await sessions.reset('main', { reason: 'new' })
  }
  await sessions.append('main', [said(4_000)])
  expect((await first.cost({})).totals.totalTokens).toBe(4_325)
  expect((await first.sessions({})).sessions).toHaveLength(1)
  expect((await first.sessions({ groupBy: 'instance' })).sessions).toHaveLength(4)
  await first.flush()
  await sessions.append('main', [said(50_000)])
  const again = await under.restart()
  const second = engineOn(again.store, { sessions: again.sessions, now: () => under.time })
  expect((await second.cost({})).totals.totalTokens).toBe(54_326)
})

test('a long transcript is read by the thread, which is gone afterwards', async () => {
  const under = await start()
  for (let i = 0; i < 20; i++) await under.sessions.append('main', [said(1, 'x'.repeat(60_000))])
  const engine = engineOn(under.store, { sessions: under.sessions, now: () => under.time, thread: true })
  const before = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length
  await engine.sync()
  expect((await engine.cost({})).totals.totalTokens).toBe(40)
  expect(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length).toBeLessThanOrEqual(before)
})

test('a transcript that changed behind its beginning is counted anew', async () => {
  const under = await start()
  const engine = engineOn(under.store, { sessions: under.sessions, now: () => under.time })
  const { log } = await under.sessions.open('main')
  const line = (input: number) => JSON.stringify({ type: 'message', id: 'a', timestamp: '2026-02-20T10:00:00.000Z', message: { role: 'assistant', content: [], provider: 'p', model: 'm', usage: { input, output: 0 } } })
  await under.store.log(log).append([line(1), line(2)])
  expect((await engine.cost({})).totals.totalTokens).toBe(3)
  await under.store.log(log).remove()
  await under.store.log(log).append([line(5), line(6), line(7)])
  under.time += 1_000
  await under.sessions.patch('main', { label: 'x' })
  expect((await engine.cost({})).totals.totalTokens).toBe(18)
})
