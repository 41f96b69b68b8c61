/** Archives are kept by age and size, sessions by use; and nothing that is open, recent or in use is ever touched. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { faultyFs } from './store-harness.ts'
import { asked, cause, said, start, textsOf, user, type SessionsUnderTest } from './sessions-harness.ts'

const day = 86_400_000
const all = { archiveDays: 0, archiveBytes: 0, unusedDays: 0 }
const transcripts = async ({ dir }: SessionsUnderTest): Promise<string[]> => (await readdir(join(dir, 'sessions/main'))).filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -6)).sort()

async function archive(under: SessionsUnderTest, key: string, text = 'x'): Promise<string> {
  await under.sessions.append(key, [asked(text)])
  return (await under.sessions.reset(key, { reason: 'new' })).archived!.sessionId
}

describe('archives', () => {
  test('go by age, the oldest first, over months and restarts', async () => {
    const under = await start()
    const ids: string[] = []
    for (let i = 0; i < 8; i++) {
      ids.push(await archive(under, `s${i % 2}`))
      under.time += 20 * day
    }
    expect(await under.sessions.retention.run(all)).toEqual({ archived: 0, deleted: 0 })
    expect(await under.sessions.retention.run({ ...all, archiveDays: 90 })).toEqual({ archived: 0, deleted: 4 }) // 160, 140, 120 and 100 days old
    expect(await transcripts(under)).toEqual([...ids.slice(4)].sort())
    expect((await under.sessions.archives('s0')).map((a) => a.sessionId)).toEqual([ids[6], ids[4]])
    expect(await under.sessions.archived('s0', ids[0]!)).toEqual([])
    under.time += 40 * day
    await under.restart()
    expect((await under.sessions.retention.run({ ...all, archiveDays: 90 })).deleted).toBe(2)
    expect((await readdir(join(under.dir, 'sessions/_archives'))).sort()).toEqual(['2026-06.jsonl', '2026-07.jsonl'])
    expect(await under.sessions.find('s0')).toBeDefined()
  })

  test('go by size, the oldest first, never within their first hour', async () => {
    const under = await start()
    const ids = [] as string[]
    for (let i = 0; i < 5; i++) ids.push(await archive(under, 'a', 'x'.repeat(10_000)))
    const rules = { ...all, archiveBytes: 25_000 }
    expect((await under.sessions.retention.run(rules)).deleted).toBe(0)
    under.time += 2 * 3_600_000
    expect((await under.sessions.retention.run(rules)).deleted).toBe(3)
    expect(await transcripts(under)).toEqual(ids.slice(3).sort())
    under.time += day
    ids.push(await archive(under, 'a', 'x'.repeat(10_000)))
    await under.crash()
    expect((await under.sessions.retention.run(rules)).deleted).toBe(1)
    expect(await transcripts(under)).toEqual(ids.slice(4).sort())
  })

  test('that are kept for good stay, and so does what a key still leads to', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    await under.sessions.append('kept', [asked('one')])
    const { archived } = await under.sessions.remove('kept', { keep: true })
    await under.sessions.append('used', [asked('two')])
    // Archived, and then the disk failed: the key still leads to it.
    let writes = 0
    fs.fault = (call) => (call === 'rename' && ++writes > 2 ? 'ENOSPC' : undefined)
    await expect(under.sessions.reset('used', { reason: 'new' })).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
    fs.fault = () => undefined
    expect(await under.sessions.archives('used')).toHaveLength(1)
    under.time += 1000 * day
    expect(await under.sessions.retention.run({ ...all, archiveDays: 1, archiveBytes: 1 })).toEqual({ archived: 0, deleted: 0 })
    expect(textsOf(await under.sessions.history('used'))).toEqual(['two'])
    expect(await under.sessions.archived('kept', archived!.sessionId)).toHaveLength(1)
  })

  test('count from the reset that was done, not from one before it that failed', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    await under.sessions.append('a', [asked('one')])
    const { log } = (await under.sessions.find('a'))!
    let writes = 0
    fs.fault = (call) => (call === 'rename' && ++writes > 2 ? 'ENOSPC' : undefined)
    await expect(under.sessions.reset('a', { reason: 'new' })).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
    fs.fault = () => undefined
    under.time += 89 * day
    await under.sessions.reset('a', { reason: 'new' })
    under.time += 2 * day
    expect(await under.sessions.retention.run({ ...all, archiveDays: 90 })).toEqual({ archived: 0, deleted: 0 })
    expect(await under.store.log(log).size()).toBeGreaterThan(0)
    under.time += 89 * day
    expect(await under.sessions.retention.run({ ...all, archiveDays: 90 })).toEqual({ archived: 0, deleted: 1 })
    expect(await under.store.log(log).size()).toBe(0)
  })

  test('a crash at any call of a pass loses no more than the pass would have deleted, and the next one makes it good', async () => {
    const rules = { ...all, archiveDays: 90 }
    const dies = async (n: number): Promise<boolean> => {
      const under = await start()
      await archive(under, 'a')
      under.time += 100 * day
      const young = await archive(under, 'a')
      await under.sessions.append('a', [said('now')])
      const fs = faultyFs()
      await under.restart({ fs })
      const from = fs.calls.length
      fs.fault = (_, index) => (index >= from + n ? 'EIO' : undefined)
      await under.sessions.retention.run(rules).catch(() => {})
      const complete = fs.calls.length <= from + n
      fs.fault = () => 'EIO'
      await under.crash({ fs: faultyFs() })
      await under.sessions.retention.run(rules)
      expect(await transcripts(under)).toEqual([young, (await under.sessions.find('a'))!.id].sort())
      expect((await under.sessions.archives('a')).map((a) => a.sessionId)).toEqual([young])
      expect(await under.sessions.retention.run(rules)).toEqual({ archived: 0, deleted: 0 })
      return complete
    }
    for (let n = 0; ; n += 8) if ((await Promise.all([...Array(8).keys()].map((i) => dies(n + i)))).includes(true)) break
  }, 60_000)

  test('whatever is archived and whenever: what stands is what the rules keep', async () => {
    const step = fc.record({ days: fc.integer({ min: 0, max: 40 }), size: fc.integer({ min: 1, max: 3000 }), run: fc.boolean() })
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1000, max: 9000 }), async (steps, archiveDays, archiveBytes) => {
      const under = await start()
      const model: { id: string; at: number; bytes: number }[] = []
      const prune = async (): Promise<void> => {
        await under.sessions.retention.run({ archiveDays, archiveBytes, unusedDays: 0 })
        const total = () => model.reduce((sum, { bytes }) => sum + bytes, 0)
        while (model[0] && under.time - model[0].at >= 3_600_000 && (under.time - model[0].at > archiveDays * day || total() > archiveBytes)) model.shift()
        const present = new Set((await under.sessions.archives('a')).map((one) => one.sessionId))
        expect([...present].sort()).toEqual(model.map(({ id }) => id).sort())
      }
      for (const { days, size, run } of steps) {
        await under.sessions.append('a', [asked('x'.repeat(size))])
        const { archived } = await under.sessions.reset('a', { reason: 'new' })
        model.push({ id: archived!.sessionId, at: under.time, bytes: archived!.bytes })
        under.time += days * day + 1
        if (run) await prune()
      }
      await prune()
    }), { numRuns: 10 })
  }, 60_000)
})

describe('sessions that nobody uses', () => {
  test('are archived when asked for; main ones, open ones and recent ones stay', async () => {
    const under = await start()
    for (const key of ['main', 'agent:work:main', 'old', 'open']) await under.sessions.append(key, [asked('hi')])
    await under.sessions.accept('open', { message: user('q'), cause: cause() })
    under.time += 40 * day
    await under.sessions.append('recent', [asked('hi')])
    expect(await under.sessions.retention.run(all)).toEqual({ archived: 0, deleted: 0 })
    expect(await under.sessions.retention.run({ ...all, unusedDays: 30, archiveDays: 1 })).toEqual({ archived: 1, deleted: 0 })
    expect((await under.sessions.list()).sessions.map((s) => s.key).sort()).toEqual(['agent:main:main', 'agent:main:open', 'agent:main:recent', 'agent:work:main'])
    expect(await under.sessions.archives('old')).toMatchObject([{ reason: 'unused' }])
  })

  test('that were taken in count from then', async () => {
    const under = await start()
    const header = '{"type":"session","version":3,"id":"s1","timestamp":"2025-02-20T10:00:00.000Z","cwd":"/"}'
    const done = { createdAt: 1, updatedAt: 2, settings: {} }
    await under.sessions.imports.take({ key: 'agent:main:old', sessionId: 's1', piece: 0, lines: [header], open: false, replace: false, done })
    expect(await under.sessions.retention.run({ ...all, unusedDays: 30 })).toEqual({ archived: 0, deleted: 0 })
    under.time += 31 * day
    expect(await under.sessions.retention.run({ ...all, unusedDays: 30 })).toEqual({ archived: 1, deleted: 0 })
  })
})
