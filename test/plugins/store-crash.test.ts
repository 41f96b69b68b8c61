/** What is acknowledged survives: tails cut at every byte, failing calls one by one, a full disk, SIGKILL. */
import { appendFile, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AppendLog, StoreApi } from '../../plugins/store/contract.ts'
import { faultyFs, recordingLog, storeOn, temporaryDir } from './store-harness.ts'
import { killLoop } from './store-kill.ts'

async function lines(log: AppendLog): Promise<string[]> {
  const all: string[] = []
  for await (const line of log.read()) all.push(line.text)
  return all
}
const code = (error: unknown): string | undefined => (error as { code?: string }).code

describe('a torn tail', () => {
  test('cut at any byte, every whole line is there, no partial one, and the next append begins a line', async () => {
    const dir = await temporaryDir()
    const written = ['{"type":"session"}', '', '{"a":"ü😀"}', '{"b":2}']
    const bytes = Buffer.from(written.map((l) => `${l}\n`).join(''))
    const path = join(dir, 'l.jsonl')
    for (let cut = 0; cut <= bytes.length; cut++) {
      await writeFile(path, bytes.subarray(0, cut))
      await writeFile(`${path}.torn`, '')
      const store = await storeOn(dir)
      const whole = bytes.subarray(0, cut).toString().split('\n').slice(0, -1)
      expect(await lines(store.log('l'))).toEqual(whole)
      await store.log('l').append('next')
      await store.close()
      expect(await readFile(path, 'utf8')).toBe([...whole, 'next', ''].join('\n'))
      const end = bytes.lastIndexOf('\n', cut - 1) + 1
      const torn = cut === 0 ? Buffer.alloc(0) : bytes.subarray(end, cut)
      expect(await readFile(`${path}.torn`)).toEqual(torn.length > 0 ? Buffer.concat([torn, Buffer.from('\n')]) : torn)
    }
  })

  test('a tail of many chunks is cut off and kept, and said so', async () => {
    const dir = await temporaryDir()
    const log = recordingLog()
    await writeFile(join(dir, 'l.jsonl'), `whole\n${'x'.repeat(3_000_000)}`)
    const store = await storeOn(dir, { log })
    expect(await lines(store.log('l'))).toEqual(['whole'])
    expect((await readFile(join(dir, 'l.jsonl.torn'))).length).toBe(3_000_001)
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { log: 'l', bytes: 3_000_000, keptIn: 'l.jsonl.torn' } }])
    expect(store.metrics().repairs).toBe(1)
  })

  test('it is hidden from readers also while the disk refuses the repair, and repaired once it does not', async () => {
    const dir = await temporaryDir()
    await writeFile(join(dir, 'l.jsonl'), 'whole\ntor')
    const fs = faultyFs()
    fs.fault = (call) => (call === 'truncate' || call === 'writeFile' ? 'EROFS' : undefined)
    const store = await storeOn(dir, { fs })
    expect([await lines(store.log('l')), await store.log('l').size()]).toEqual([['whole'], 6])
    await expect(store.log('l').append('x')).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE', retryable: true, message: expect.stringContaining('EROFS') as string })
    fs.fault = () => undefined
    await store.log('l').append('next')
    expect(await readFile(join(dir, 'l.jsonl'), 'utf8')).toBe('whole\nnext\n')
    expect(await readFile(join(dir, 'l.jsonl.torn'), 'utf8')).toBe('tor\n')
  })

  test('what another program appended in whole lines is part of the log', async () => {
    const dir = await temporaryDir()
    await storeOn(dir).then(async (store) => { await store.log('l').append('a'); await store.close() })
    await appendFile(join(dir, 'l.jsonl'), 'b\n')
    expect(await lines((await storeOn(dir)).log('l'))).toEqual(['a', 'b'])
  })
})

/** A bit of everything. What resolved is noted in `acknowledged`, in order. */
async function scenario(store: StoreApi, acknowledged: { lines: Map<string, string[]>; documents: Map<string, number | undefined>; unsure: Set<string>; tokens: number[] }): Promise<string[]> {
  const failures: string[] = []
  const attempt = async (work: Promise<unknown>, done: () => void, failed: () => void = () => {}): Promise<void> => {
    try {
      await work
      done()
    } catch (error) {
      failures.push(String(code(error)))
      failed()
    }
  }
  const append = (log: string, line: string): Promise<void> => attempt(store.log(log).append(line), () => acknowledged.lines.set(log, [...(acknowledged.lines.get(log) ?? []), line]))
  const put = (key: string, value: number): Promise<void> => attempt(store.documents('d').put(key, value),
    () => { acknowledged.documents.set(key, value); acknowledged.unsure.delete(key) }, () => acknowledged.unsure.add(key))
  const remove = (key: string): Promise<void> => attempt(store.documents('d').delete(key),
    () => { acknowledged.documents.delete(key); acknowledged.unsure.delete(key) }, () => acknowledged.unsure.add(key))

  await Promise.all([append('one', 'a1'), append('one', 'a2'), append('deep/two', 'b1'), put('k', 1), put('l', 1)])
  await Promise.all([append('one', 'a3 longer than the ones before'), append('deep/two', 'b2'), put('k', 2), remove('l')])
  await append('one', 'a4')
  await attempt(store.lease('x', { ttlMs: 1000 }).then((lease) => { acknowledged.tokens.push(lease.token); return lease.release() }), () => {})
  await Promise.all([append('one', 'a5'), append('one', 'a6'), put('m', 1)])
  return failures
}

async function holds(store: StoreApi, acknowledged: Parameters<typeof scenario>[1]): Promise<void> {
  for (const [log, expected] of acknowledged.lines) expect(await lines(store.log(log))).toEqual(expected)
  for (const key of ['k', 'l', 'm']) {
    if (!acknowledged.unsure.has(key)) expect((await store.documents<number>('d').get(key))?.value).toBe(acknowledged.documents.get(key))
  }
}
const nothingYet = () => ({ lines: new Map<string, string[]>(), documents: new Map<string, number>(), unsure: new Set<string>(), tokens: [] as number[] })

describe('a failing disk', () => {
  test('whichever call fails, what was acknowledged is there and what was refused is not, now and after a crash', async () => {
    let failed = 0
    for (let n = 0; ; n++) {
      const dir = await temporaryDir()
      const fs = faultyFs()
      fs.fault = (_, index) => (index === n ? 'EIO' : undefined)
      const store = await storeOn(dir, { fs }).catch((error: unknown) => {
        expect(code(error)).toBe('EIO')
        return undefined
      })
      if (!store) { failed++; continue }
      const acknowledged = nothingYet()
      const failures = await scenario(store, acknowledged)
      if (failures.length > 0) failed++
      for (const failure of failures) expect(['NEXUS_STORE_WRITE', 'NEXUS_STORE_READ']).toContain(failure)
      const clean = fs.calls.length <= n
      fs.fault = () => undefined
      await holds(store, acknowledged)
      await holds(await storeOn(dir), acknowledged)
      await store.log('one').append('after')
      expect((await lines(store.log('one'))).at(-1)).toBe('after')
      if (clean) break
    }
    expect(failed).toBeGreaterThan(40)
  }, 120_000)

  test('a disk that is full for a while loses nothing, keeps reading, and recovers by itself', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(120), fc.integer({ min: 1, max: 40 }), async (from, length) => {
      const dir = await temporaryDir()
      const fs = faultyFs()
      fs.fault = (call, index) => (index >= from && index < from + length && /^(write|writeFile|mkdir|rename)$/.test(call) ? 'ENOSPC' : undefined)
      const store = await storeOn(dir, { fs })
      const acknowledged = nothingYet()
      await scenario(store, acknowledged)
      await holds(store, acknowledged)
      fs.fault = () => undefined
      expect(await scenario(store, acknowledged)).toEqual([])
      await holds(store, acknowledged)
      await holds(await storeOn(dir), acknowledged)
      expect(new Set(acknowledged.tokens).size).toBe(acknowledged.tokens.length)
    }), { numRuns: 30 })
  }, 60_000)

  test('no half line is left behind for a crash to find', async () => {
    const dir = await temporaryDir()
    const fs = faultyFs()
    const store = await storeOn(dir, { fs })
    await store.log('l').append('whole')
    fs.fault = (call) => (call === 'write' ? 'ENOSPC' : undefined)
    await expect(store.log('l').append('half of this is written')).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
    expect(await readFile(join(dir, 'l.jsonl'), 'utf8')).toBe('whole\n')
  })

  test.each(['the first since its log was opened', 'one of those after it'] as const)('a write that came to the file and not to the disk is not taken for durable later: %s', async (which) => {
    const dir = await temporaryDir()
    await storeOn(dir).then(async (store) => { await store.log('l').append('whole'); await store.close() })
    const fs = faultyFs()
    const store = await storeOn(dir, { fs })
    const there = which === 'one of those after it' ? ['whole', 'second'] : ['whole']
    if (there.length > 1) await store.log('l').append('second')
    // Where a write goes through to the disk it is the write that fails, with all of it in the file.
    fs.fault = (call) => (call === 'write' && there.length > 1 && process.platform === 'linux' ? 'late EIO' : call === 'datasync' || call === 'truncate' ? 'EIO' : undefined)
    await expect(store.log('l').append('doubtful and long')).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
    expect(await lines(store.log('l'))).toEqual(there)
    fs.fault = () => undefined
    await store.log('l').append('next')
    expect(await readFile(join(dir, 'l.jsonl'), 'utf8')).toBe([...there, 'next', ''].join('\n'))
  })

  test('what a process wrote that died before it could say so is made to last with the first append after it', async () => {
    const dir = await temporaryDir()
    await writeFile(join(dir, 'l.jsonl'), 'whole\n')
    const fs = faultyFs()
    const store = await storeOn(dir, { fs })
    for (const line of ['a', 'b']) await store.log('l').append(line)
    expect(fs.calls.filter((call) => call === 'datasync').length).toBe(process.platform === 'linux' ? 1 : 2)
  })

  test.skipIf(process.platform !== 'linux')('the system\'s own full device is reported as such', async () => {
    const dir = await temporaryDir()
    await symlink('/dev/full', join(dir, 'l.jsonl'))
    const store = await storeOn(dir)
    await expect(store.log('l').append('x')).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE', retryable: true, message: expect.stringContaining('ENOSPC') as string })
    expect(store.metrics().failures).toBe(1)
  })
})

test('a log that could not be repaired before a crash is repaired after it', async () => {
  const dir = await temporaryDir()
  await mkdir(dir, { recursive: true })
  const store = await storeOn(dir)
  await store.log('l').append(['one', 'two'])
  await store.close()
  await truncate(join(dir, 'l.jsonl'), 6)
  const fs = faultyFs()
  fs.fault = (call) => (call === 'truncate' ? 'EIO' : undefined)
  const broken = await storeOn(dir, { fs })
  expect(await lines(broken.log('l'))).toEqual(['one'])
  const mended = await storeOn(dir)
  await mended.log('l').append('three')
  expect(await readFile(join(dir, 'l.jsonl'), 'utf8')).toBe('one\nthree\n')
})

test('killed at any instant, over and over, the store has all it acknowledged', async () => {
  const report = await killLoop({ dir: await temporaryDir(), times: 4, seed: 1 })
  expect(report.acknowledged).toBeGreaterThan(100)
}, 120_000)
