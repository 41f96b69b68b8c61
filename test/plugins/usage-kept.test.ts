/** What is kept from one question to the next, and from one start to the next, is what would be counted anew. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StoreApi } from '../../plugins/store/contract.ts'
import type { SessionsUsage } from '../../plugins/usage/contract.ts'
import type { Engine } from '../../plugins/usage/engine.ts'
import { numbers } from '../bench/usage-files.ts'
import type { NewEntry } from '../../plugins/sessions/contract.ts'
import { start } from './sessions-harness.ts'
import { storeOn, temporaryDir } from './store-harness.ts'
import { answered, engineInDir, engineOn, write } from './usage-engine.ts'

const day = 86_400_000
const begin = Date.parse('2026-02-10T00:00:00Z')
interface Spent { readonly session: string; readonly at: number; readonly cost: number }

/** Sessions of some days each, in no order of cost. */
async function folderOf(sessions: number): Promise<{ readonly folder: string; readonly spent: Spent[] }> {
  const folder = await temporaryDir()
  const next = numbers(5)
  const spent: Spent[] = []
  for (let i = 0; i < sessions; i++) {
    const first = begin + next(80) * day
    const own = Array.from({ length: 1 + next(6) }, (_, n) => ({ session: `s${i}`, at: first + n * day, cost: next(1_000) / 100 }))
    spent.push(...own)
    await write(join(folder, `s${i}.jsonl`), own.map(({ at, cost }) => answered({ at, provider: 'p', model: 'm', input: 5, output: 5, cost })).join(''))
  }
  return { folder, spent }
}

function dearest(spent: readonly Spent[], from: number, to: number): number[] {
  const sums = new Map<string, number>()
  for (const { session, at, cost } of spent) if (at >= from && at < to) sums.set(session, (sums.get(session) ?? 0) + cost)
  return [...sums.values()].sort((a, b) => b - a).slice(0, 5).map((usd) => Math.round(usd * 100))
}
const shown = ({ sessions }: SessionsUsage): number[] => sessions.map(({ usage }) => Math.round(usage!.totalCost * 100))

test('the dearest sessions of any days come first when they are asked for, also after a restart', async () => {
  const { folder, spent } = await folderOf(120)
  const { engine, again } = await engineInDir()
  const { folder: from } = await engine.index({ folder })
  const check = async (one: Engine): Promise<void> => {
    for (const [first, days] of [[0, 100], [30, 3], [20, 20], [50, 1], [84, 16]] as const) {
      const range = { startDate: new Date(begin + first * day).toISOString().slice(0, 10), endDate: new Date(begin + (first + days - 1) * day).toISOString().slice(0, 10) }
      expect([first, shown(await one.sessions({ from, ...range, sort: 'cost', limit: 5 }))]).toEqual([first, dearest(spent, begin + first * day, begin + (first + days) * day)])
    }
  }
  await check(engine)
  await check(await again())
  const { sessions } = await engine.sessions({ from, range: '1y', limit: 120 })
  expect(sessions.map(({ updatedAt }) => updatedAt)).toEqual(sessions.map(({ updatedAt }) => updatedAt).sort((a, b) => b! - a!))
})

/** Says which documents are read. */
function reading(store: StoreApi, keys: string[]): StoreApi {
  return { ...store, documents: <T>(collection: string) => {
    const all = store.documents<T>(collection)
    return { ...all, get: (key: string) => { keys.push(key); return all.get(key) } }
  } }
}

test('the first question after a restart reads no transcript\'s quarters', async () => {
  const { folder } = await folderOf(60)
  const dir = await temporaryDir()
  const store = await storeOn(dir)
  const before = engineOn(store)
  const { folder: from } = await before.index({ folder })
  await before.sessions({ from, range: '1y' })
  await before.index({ folder })
  const asked = await before.sessions({ from, range: '1y' })
  await store.close()
  const keys: string[] = []
  const after = engineOn(reading(await storeOn(dir), keys))
  expect(await after.sessions({ from, range: '1y' })).toEqual(asked)
  expect(keys).toContain('recent')
  expect(keys.filter((key) => key.startsWith('detail'))).toEqual([])
})

const said = (input: number): NewEntry => ({ type: 'message', message: { role: 'assistant', content: [{ type: 'text', text: 'so' }], provider: 'demo', model: 'demo-1', usage: { input, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: input, cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: input } }, stopReason: 'stop' } })

test('what is counted after a question, and after a writing, is in the next answer', async () => {
  const under = await start()
  const engine = engineOn(under.store, { sessions: under.sessions, now: () => under.time })
  const keys = ['main', 'agent:coder:telegram:direct:42'] as const
  let [all, main] = [0, 0]
  for (const [i, input] of [10, 100, 1_000, 10_000, 100_000].entries()) {
    await under.sessions.append(keys[i % 2]!, [said(input)])
    all += input
    if (i % 2 === 0) main += input
    for (const params of [{}, { sort: 'cost' as const }, { range: '1y' as const }]) {
      const { totals, sessions, aggregates } = await engine.sessions(params)
      expect(totals.totalTokens).toBe(all)
      expect(sessions.find(({ key }) => key === 'agent:main:main')?.usage!.totalTokens).toBe(main)
      expect(aggregates.daily.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(all)
    }
    expect((await engine.sessions({ agentId: 'main' })).totals.totalTokens).toBe(main)
    if (i < 4) await engine.flush()
  }
  const again = await under.restart()
  const { sessions, totals } = await engineOn(again.store, { sessions: again.sessions, now: () => under.time }).sessions({ sort: 'cost' })
  expect([totals.totalTokens, sessions[0]!.key, sessions[0]!.usage!.totalTokens]).toEqual([all, 'agent:main:main', main])
})
