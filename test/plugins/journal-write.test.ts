/** What is acknowledged is on disk and in the chain, whatever fails; what grows too large is removed in a way that can be proven. */
import { appendFile, mkdir, readFile, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { JournalRecord } from '../../plugins/journal/contract.ts'
import { journalFiles } from '../../plugins/journal/files.ts'
import { lastRecords, recordAt } from '../../plugins/journal/read.ts'
import { verify } from '../../plugins/journal/verify.ts'
import { entry, faultyFs, folderOf, full, journalIn, segmentsIn, temporaryDir } from './journal-harness.ts'
import { killLoop } from './journal-kill.ts'

if (full) vi.setConfig({ testTimeout: 1_800_000 })

const filesIn = (dir: string) => journalFiles(join(dir, 'journal'))
const segment = (dir: string, first = 1): string => join(dir, 'journal', `${String(first).padStart(16, '0')}.jsonl`)
const all = (dir: string): Promise<JournalRecord[]> => lastRecords(filesIn(dir), 100_000)
const subjects = async (dir: string): Promise<(string | undefined)[]> => (await all(dir)).map(({ subject }) => subject)
const intact = { ok: true, faults: [] }

describe('a record', () => {
  test('is one line that says who did what, and nothing of the params', async () => {
    const dir = await temporaryDir()
    const journal = journalIn(dir)
    expect(await journal.record(entry('x', { code: 'NEXUS_X', ms: 1.6, of: 1, params: { path: '/home/ada/plan.txt' } }))).toBe(2)
    const text = (await readFile(segment(dir), 'utf8')).split('\n')
    expect(text[1]).not.toContain('ada')
    expect(JSON.parse(text[1]!)).toEqual({
      n: 2, time: expect.any(Number) as number, trace: 't-x', caller: { id: 'token:ops', role: 'operator', label: 'operator' }, path: ['plugins'], verb: 'plugins.reload', access: 'operator.admin',
      subject: 'x', params: expect.stringMatching(/^[0-9a-f]{64}$/) as string, decision: 'allow', outcome: 'pending', code: 'NEXUS_X', ms: 2, of: 1,
      prev: (JSON.parse(text[0]!) as JournalRecord).hash, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    })
  })

  test('is cut to size and keeps to its line', async () => {
    const dir = await temporaryDir()
    const journal = journalIn(dir)
    const long = `a\n\u0000"\\ü${'€'.repeat(100_000)}`
    await journal.record({ cause: { caller: { id: long, role: 'operator', scopes: new Set(), label: 'tool' }, trace: long, path: Array(1000).fill(long) as string[] }, verb: long, access: long, subject: long, code: long, decision: 'deny', outcome: 'refused' })
    expect((await stat(segment(dir))).size).toBeLessThan(16_384)
    expect(await verify(filesIn(dir))).toMatchObject({ ...intact, records: 2 })
    expect((await recordAt(filesIn(dir), 2)).intact).toBe(true)
    await expect(recordAt(filesIn(dir), 3)).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_NO_RECORD' })
  })

  test('stands in files that are nobody else\'s', async () => {
    const before = process.umask(0)
    try {
      const dir = await temporaryDir()
      await journalIn(dir, { segmentBytes: 500 }).record(entry('x'))
      expect((await stat(join(dir, 'journal'))).mode & 0o777).toBe(0o700)
      for (const name of await readdir(join(dir, 'journal'))) expect((await stat(join(dir, 'journal', name))).mode & 0o777, name).toBe(0o600)
    } finally { process.umask(before) }
  })
})

describe('many writers', () => {
  test('share one fsync of the log and one of the head', async () => {
    const dir = await temporaryDir()
    const fs = faultyFs()
    const journal = journalIn(dir, { fs })
    await journal.record(entry('first'))
    fs.calls.length = 0
    await Promise.all(Array.from({ length: 500 }, (_, i) => journal.record(entry(`${i}`))))
    expect(fs.calls.filter((call) => call.startsWith('datasync'))).toEqual(['datasync of 0000000000000001.jsonl', 'datasync of head'])
  })

  test('keep their order, and the chain has no gap, however they come', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1_000, max: 6_000 }),
      async (writers, segmentBytes) => {
        const dir = await temporaryDir()
        const journal = journalIn(dir, { segmentBytes })
        const acknowledged = new Map<number, string>()
        await Promise.all(writers.map(async (waits, w) => {
          for (const [i, ticks] of waits.entries()) {
            for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate)
            const subject = `${w}.${i}`
            acknowledged.set(await journal.record(entry(subject)), subject)
          }
        }))
        await journal.close()
        const records = (await all(dir)).filter(({ verb }) => verb !== 'journal.opened')
        expect(new Map(records.map(({ n, subject }) => [n, subject]))).toEqual(acknowledged)
        for (const [w, waits] of writers.entries()) expect(records.flatMap(({ subject }) => (subject!.startsWith(`${w}.`) ? [subject] : []))).toEqual(waits.map((_, i) => `${w}.${i}`))
        expect(await verify(filesIn(dir))).toMatchObject({ ...intact, pastHead: 0 })
      },
    ), { numRuns: 25, seed: 4 })
  })

  test('are refused when too many wait', async () => {
    const journal = journalIn(await temporaryDir(), { maxWaiting: 3 })
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, (_, i) => journal.record(entry(`${i}`))))
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as { code: string }).code))).toEqual(['ok', 'ok', 'ok', 'NEXUS_JOURNAL_BUSY', 'NEXUS_JOURNAL_BUSY'])
  })
})

describe('a disk that fails', () => {
  for (const [what, code, fails] of [
    ['is full', 'ENOSPC', (call: string) => /^write of \d/.test(call)],
    ['is read-only', 'EROFS', (call: string) => call.startsWith('write')],
    ['cannot flush the log', 'EIO', (call: string) => /^datasync of \d/.test(call)],
    ['cannot flush the head', 'EIO', (call: string) => call === 'datasync of head'],
    ['cannot write the head', 'EIO', (call: string) => call === 'write of head'],
  ] as const) {
    test(`that ${what} refuses records, loses none, and is gone on with once it does not`, async () => {
      const dir = await temporaryDir()
      const fs = faultyFs()
      const journal = journalIn(dir, { fs })
      await journal.record(entry('before'))
      fs.fault = (call) => (fails(call) ? code : undefined)
      for (let i = 0; i < 3; i++) await expect(journal.record(entry(`refused ${i}`))).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_UNWRITABLE', retryable: true, message: expect.stringContaining(code) as string })
      const many = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => journal.record(entry(`many ${i}`))))
      expect(many.every(({ status }) => status === 'rejected')).toBe(true)
      expect(journal.faults()).toEqual([`the journal cannot be written (${code}); nothing privileged is done`])
      expect(await subjects(dir)).toContain('before')
      expect(await verify(filesIn(dir))).toMatchObject(intact)
      fs.fault = () => undefined
      await journal.record(entry('after'))
      expect(journal.faults()).toEqual([])
      // Of what was refused at most the first may stand there: without a sure head nothing is added behind it.
      expect((await subjects(dir)).filter((subject) => subject !== 'refused 0').slice(1)).toEqual(['before', 'after'])
      await journal.close()
      expect(await verify(filesIn(dir))).toMatchObject({ ...intact, pastHead: 0 })
    })
  }

  test('at any single call is survived, also by the next start', async () => {
    const limits = { segmentBytes: 1_000, maxBytes: 2_000 }
    const run = async (failing: number): Promise<number> => {
      const dir = await temporaryDir()
      const fs = faultyFs()
      fs.fault = (_, index) => (index === failing ? 'EIO' : undefined)
      const journal = journalIn(dir, { fs, ...limits })
      const kept = new Map<number, string>()
      for (let i = 0; i < 8; i++) await journal.record(entry(`${i}`)).then((n) => kept.set(n, `${i}`), (error: unknown) => expect(error).toMatchObject({ code: 'NEXUS_JOURNAL_UNWRITABLE' }))
      await journal.close()
      expect(kept.size).toBeGreaterThanOrEqual(7)
      const next = journalIn(dir, limits)
      kept.set(await next.record(entry('next')), 'next')
      await next.close()
      expect(next.faults()).toEqual([])
      const report = await verify(filesIn(dir))
      expect(report, `call ${failing}: ${fs.calls[failing]}`).toMatchObject({ ...intact, pastHead: 0 })
      const found = new Map((await all(dir)).map(({ n, subject }) => [n, subject]))
      for (const [n, subject] of kept) if (n >= report.first) expect(found.get(n), `call ${failing}`).toBe(subject)
      expect(report.removedTo).toBe(report.first - 1)
      return fs.calls.length
    }
    const calls = await run(-1)
    expect(calls).toBeGreaterThan(60)
    for (let failing = 0; failing < calls; failing++) await run(failing)
  })
})

describe('at the next start', () => {
  async function written(count: number): Promise<string> {
    const dir = await temporaryDir()
    const journal = journalIn(dir)
    for (let i = 0; i < count; i++) await journal.record(entry(`${i}`))
    await journal.close()
    return dir
  }

  test('what stands behind the head is cut off, said so, and nothing else changes', async () => {
    for (const behind of ['{"n":4,"torn', 'no record\n', '\n\n', `${'x'.repeat(300_000)}\n`]) {
      const dir = await written(2)
      const before = await readFile(segment(dir))
      await appendFile(segment(dir), behind)
      await writeFile(segment(dir, 4), behind)
      expect(await verify(filesIn(dir))).toMatchObject({ ok: true, pastHead: 2 * behind.length })
      const journal = journalIn(dir)
      await journal.record(entry('next'))
      expect((await readFile(segment(dir))).subarray(0, before.length)).toEqual(before)
      expect((await all(dir)).slice(3).map(({ verb, subject }) => [verb, subject])).toEqual([['journal.repaired', `${2 * behind.length} bytes behind the head were cut off`], ['plugins.reload', 'next']])
      expect(await verify(filesIn(dir))).toMatchObject({ ...intact, pastHead: 0, segments: 1 })
      expect(journal.faults()).toEqual([])
    }
  })

  test('a whole record that somebody put behind the head does not become part of it', async () => {
    const dir = await written(2)
    const [folder, other] = [await folderOf(dir), await folderOf(await written(3))]
    await appendFile(segment(dir), other.get(segmentsIn(other)[0]!)!.subarray(folder.get(segmentsIn(folder)[0]!)!.length))
    await journalIn(dir).record(entry('next'))
    expect(await subjects(dir)).toEqual([expect.any(String), '0', '1', expect.stringContaining('were cut off'), 'next'])
  })

  const damages: [string, (dir: string) => Promise<unknown>, string][] = [
    ['is shorter than its head', (dir) => stat(segment(dir)).then(({ size }) => truncate(segment(dir), size - 1)), 'it ends before record 4, which was acknowledged'],
    ['has another end', async (dir) => writeFile(segment(dir), (await readFile(segment(dir), 'utf8')).replace('"subject":"2"', '"subject":"X"')), 'record 4 is not the one that was acknowledged'],
    ['has lost its log', (dir) => rm(segment(dir)), 'record 4 is missing, and it was acknowledged'],
    ['has lost its head', (dir) => rm(join(dir, 'journal', 'head')), 'its head is missing or not genuine'],
    ['has a changed head', async (dir) => writeFile(join(dir, 'journal', 'head'), (await readFile(join(dir, 'journal', 'head'), 'latin1')).replace('"n":4', '"n":3')), 'its head is missing or not genuine'],
    ['has lost its key', (dir) => rm(join(dir, 'journal', 'key')), 'its key is missing or damaged'],
    ['has a link in place of its key', async (dir) => { await rm(join(dir, 'journal', 'key')); await symlink('/dev/zero', join(dir, 'journal', 'key')) }, 'its key is missing or damaged'],
  ]
  test.each(damages)('a journal that %s is put aside as it is, and that is told until somebody sees to it', async (_, damage, why) => {
    const dir = await written(3)
    await damage(dir)
    const before = (await readdir(join(dir, 'journal'))).sort()
    const journal = journalIn(dir)
    await journal.record(entry('next'))
    const [aside] = (await readdir(join(dir, 'journal'))).filter((name) => name.startsWith('broken-')) as [string]
    expect((await readdir(join(dir, 'journal', aside))).sort()).toEqual(before)
    expect((await all(dir)).map(({ verb, subject }) => [verb, subject])).toEqual([['journal.opened', expect.any(String)], ['journal.broken', `the journal before this one was put aside in ${aside}: ${why}`], ['plugins.reload', 'next']])
    expect(journal.faults()).toEqual([`the journal was found damaged and put aside in journal/${aside}`])
    await journal.close()
    const again = journalIn(dir)
    await again.open()
    expect(again.faults()).toEqual([`the journal was found damaged and put aside in journal/${aside}`])
    expect(await verify(filesIn(dir))).toMatchObject({ ok: false, faults: [{ kind: 'set-aside' }] })
  })

  test('a journal whose making was cut short is made anew', async () => {
    const dir = await temporaryDir()
    await mkdir(join(dir, 'journal'))
    await writeFile(join(dir, 'journal', 'head'), 'half')
    await writeFile(join(dir, 'journal', 'key.new'), 'half')
    const journal = journalIn(dir)
    await journal.record(entry('x'))
    expect(journal.faults()).toEqual([])
    expect(await verify(filesIn(dir))).toMatchObject({ ...intact, records: 2 })
  })

  test('it begins with the state directory missing, and refuses once it is closed', async () => {
    const dir = join(await temporaryDir(), 'not', 'there')
    const journal = journalIn(dir)
    expect(await journal.record(entry('x'))).toBe(2)
    await journal.close()
    await expect(journal.record(entry('y'))).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_UNWRITABLE' })
  })
})

describe('retention', () => {
  test('removes the oldest files, and the journal proves what it removed', async () => {
    const dir = await temporaryDir()
    const journal = journalIn(dir, { segmentBytes: 2_000, maxBytes: 8_000 })
    const hashes = new Map<number, string>()
    for (let i = 0; i < 60; i++) {
      await journal.record(entry(`${i}`))
      for (const { n, hash } of await lastRecords(filesIn(dir), 3)) hashes.set(n, hash)
    }
    await journal.close()
    const folder = await folderOf(dir)
    const report = await verify(filesIn(dir))
    expect(report).toMatchObject({ ...intact, segments: 4, last: report.head!.n })
    expect(report.first).toBeGreaterThan(30)
    expect(report.removedTo).toBe(report.first - 1)
    const anchor = (await all(dir)).findLast(({ verb }) => verb === 'journal.anchored')!.anchor!
    expect(anchor).toEqual({ to: report.removedTo, hash: hashes.get(report.removedTo) })
    expect(await verify(filesIn(dir), { exported: { ...report.head!, n: anchor.to, hash: anchor.hash } })).toMatchObject({ ok: true, exported: 'confirmed' })
    expect(await verify(filesIn(dir), { exported: { ...report.head!, n: 2, hash: hashes.get(2)! } })).toMatchObject({ ok: true, exported: 'removed' })

    const [oldest, second] = segmentsIn(folder) as [string, string]
    await rm(join(dir, 'journal', oldest))
    expect((await verify(filesIn(dir))).faults.map(({ kind }) => kind)).toEqual(['removed'])
    await writeFile(join(dir, 'journal', oldest), folder.get(oldest)!)
    await rm(join(dir, 'journal', second))
    expect((await verify(filesIn(dir))).faults.map(({ kind }) => kind)).toContain('segment')
  })

  test('that fails is told, and made up for', async () => {
    const dir = await temporaryDir()
    const fs = faultyFs()
    const journal = journalIn(dir, { fs, segmentBytes: 1_000, maxBytes: 2_000 })
    fs.fault = (call) => (call === 'unlink' ? 'EPERM' : undefined)
    for (let i = 0; i < 12; i++) await journal.record(entry(`${i}`))
    expect(journal.faults()).toEqual(['old records of the journal cannot be removed'])
    expect(await verify(filesIn(dir))).toMatchObject({ ...intact, first: 1 })
    fs.fault = () => undefined
    for (let i = 0; i < 6; i++) await journal.record(entry(`${i}`))
    await journal.close()
    expect(journal.faults()).toEqual([])
    expect(await verify(filesIn(dir))).toMatchObject({ ...intact, segments: 2 })
  })
})

test('a process that is killed at any instant has lost nothing that it was told is kept', async () => {
  const { acknowledged } = await killLoop({ dir: await temporaryDir(), times: full ? 200 : 8, seed: 11 })
  expect(acknowledged).toBeGreaterThan(100)
})
