/** What the ledger knows after it was opened again, whatever happened to it. */
import { cp, mkdtemp, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { about, day, fakeStore, open, quiet, refusalOf, reserve, settle, start, timeAt, within } from './cost-ledger-harness.ts'
import { recordingLog, storeOn } from './store-harness.ts'

const counter = 'global/day||2026-03-01'

test('after a crash what was open counts as spent at its worst, is listed, and is freed by nothing but its settling', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  await reserve(engine, 'x', 60, [within(100)])
  await reserve(engine, 'y', 30, [within(100)])
  await settle(engine, 'y', 10)
  const next = await open(disk.crash(0))
  expect(next.counter(counter)).toMatchObject({ spentNano: 10, heldNano: 60, calls: 1 })
  expect(next.open()).toEqual([{ id: 'x', at: start, about, worst: { nano: 60, tokens: 0 }, orphaned: true }])
  expect(refusalOf(() => reserve(next, 'z', 31, [within(100)]))).toMatchObject({ kind: 'full' })
  expect(await settle(next, 'x', 20)).toMatchObject({ id: 'x', nano: 20 })
  expect(next.counter(counter)).toMatchObject({ spentNano: 30, heldNano: 0 })
  expect(next.open()).toEqual([])
})

test('a charge is made once, also over restarts', async () => {
  let disk = fakeStore()
  const engine = await open(disk)
  await reserve(engine, 'x', 60, [within(100)])
  await settle(engine, 'x', 50)
  for (let n = 0; n < 3; n++) {
    disk = disk.crash(1)
    const next = await open(disk)
    expect(await settle(next, 'x', 50)).toBeUndefined()
    expect(refusalOf(() => reserve(next, 'x', 1, [within(100)]))).toEqual({ kind: 'twice' })
    expect(next.counter(counter)).toMatchObject({ spentNano: 50, heldNano: 0, calls: 1 })
  }
})

test('a start reads what was written since the checkpoint, and not what was before', async () => {
  const disk = fakeStore()
  const engine = await open(disk, { limits: { linesPerCheckpoint: 100 } })
  for (let n = 0; n < 1_000; n++) {
    await reserve(engine, `x${n}`, 10, [within(undefined), within(undefined, `run|${n % 7}`)])
    if (n % 10 !== 0) await settle(engine, `x${n}`, 4)
  }
  const after = disk.crash(0)
  const whole = Buffer.byteLength(after.logs.get('ledger/2026-03')!)
  const next = await open(after)
  expect(after.read).toBeLessThan(whole / 10)
  expect(next.counter(counter)).toEqual({ spentNano: 3_600, spentTokens: 0, heldNano: 1_000, heldTokens: 0, calls: 900, unpriced: 0 })
  expect(next.open()).toHaveLength(100)
})

test('a checkpoint that is too large for one document is read from several, and one that was not finished is not read', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  await Promise.all(Array.from({ length: 3_000 }, (_, n) => reserve(engine, `x${n}`, 1, [within(undefined), within(undefined, `${'k'.repeat(400)}${n}`)])))
  await engine.close()
  expect([...disk.documents.keys()]).toContain('ledger/checkpoint-b-1')
  const next = await open(disk, { limits: { orphans: 5_000 } })
  expect(next.open()).toHaveLength(3_000)
  expect(next.counter(counter).heldNano).toBe(3_000)
  for (let n = 0; n < 1_500; n++) void settle(next, `x${n}`, 1)
  await settle(next, 'x1500', 1)
  disk.failDocuments = 1
  await next.close()
  const last = await open(disk, { limits: { orphans: 5_000 } })
  expect(last.counter(counter)).toMatchObject({ spentNano: 1_501, heldNano: 1_499 })
})

test.each(['damaged', '{"version":2}', '[]', '{"version":1,"counters":[["a",-1,0,0,0,null,0]],"open":[],"done":[],"slot":"a","parts":0,"position":{"log":"ledger/2026-03","end":0,"past":[]}}'])('a checkpoint that cannot be used (%s) is made again from the logs', async (text) => {
  const disk = fakeStore()
  const engine = await open(disk)
  await reserve(engine, 'x', 60, [within(100)])
  await reserve(engine, 'y', 30, [within(100)])
  await settle(engine, 'y', 10)
  await engine.close()
  disk.documents.set('ledger/checkpoint', text)
  const log = recordingLog()
  const next = await open(disk, { log, clock: timeAt(start + 40 * day) })
  expect(next.counter(counter)).toMatchObject({ spentNano: 10, heldNano: 60, calls: 1 })
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
})

test('sums larger than any amount are read back', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  for (const id of ['a', 'b']) await reserve(engine, id, 1, [within(undefined)]).then(() => settle(engine, id, Number.MAX_SAFE_INTEGER))
  await engine.close()
  const log = recordingLog()
  expect((await open(disk, { log })).counter(counter).spentNano).toBe(2 * Number.MAX_SAFE_INTEGER)
  expect(log.lines).toEqual([])
})

test('a damaged line costs what it says and nothing else, and is reported', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  for (const id of ['a', 'b', 'c']) await reserve(engine, id, 10, [within(100)])
  for (const id of ['a', 'b']) await settle(engine, id, 4)
  const crashed = disk.crash(0)
  const lines = crashed.logs.get('ledger/2026-03')!.split('\n')
  lines[0] = lines[0]!.slice(0, 40) // the hold of a: its charge says where it counts
  lines[4] = lines[4]!.replace('"nano":4', '"nano":-4') // the charge of b: it stays held
  crashed.logs.set('ledger/2026-03', [...lines.slice(0, 4), '{"t":"later release"}', ...lines.slice(4)].join('\n'))
  const log = recordingLog()
  const next = await open(crashed, { log })
  expect(next.counter(counter)).toMatchObject({ spentNano: 4, heldNano: 20, calls: 1 })
  expect(next.open().map(({ id }) => id)).toEqual(['b', 'c'])
  expect(next.metrics().damaged).toBe(2)
  expect(log.lines.find(({ level }) => level === 'error')?.fields).toEqual({ log: 'ledger/2026-03', lines: 2 })
})

test('lines that stand in the log twice count once', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  for (const id of ['a', 'b']) await reserve(engine, id, 10, [within(100)])
  await settle(engine, 'a', 4)
  const crashed = disk.crash(0)
  const text = crashed.logs.get('ledger/2026-03')!
  crashed.logs.set('ledger/2026-03', text + text)
  const next = await open(crashed)
  expect(next.counter(counter)).toMatchObject({ spentNano: 4, heldNano: 10, calls: 1 })
  expect(next.open().map(({ id }) => id)).toEqual(['b'])
})

test('orphans beyond a bound are charged at their worst case, the oldest first, and never freed', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  for (let n = 0; n < 5; n++) await reserve(engine, `x${n}`, 10, [within(100)])
  const next = await open(disk.crash(0), { limits: { orphans: 3 } })
  expect(next.open().map(({ id }) => id)).toEqual(['x2', 'x3', 'x4'])
  expect(next.counter(counter)).toMatchObject({ spentNano: 20, heldNano: 30, calls: 2 })
  expect(await next.charges({ limit: 1 })).toMatchObject([{ id: 'x1', nano: 10, price: 'worst case', estimated: true }])
})

test('the log of another month is begun, forwards and backwards, and what is open comes along', async () => {
  let disk = fakeStore()
  const clock = timeAt(start)
  let engine = await open(disk, { clock })
  await reserve(engine, 'march', 10, [within(100)])
  for (const [n, to] of [31 * day, 400 * day, 0, NaN, 62 * day].entries()) {
    clock.at = start + to
    await reserve(engine, `m${n}`, 10, [within(100)])
    if (n % 2) await settle(engine, `m${n}`, 5)
    engine = await open(disk = disk.crash(0), { clock })
  }
  expect([...disk.logs.keys()]).toEqual(['ledger/2026-03', 'ledger/2026-04', 'ledger/2027-04', 'ledger/1970-01', 'ledger/2026-05'])
  expect(engine.counter(counter)).toMatchObject({ spentNano: 10, heldNano: 40 })
  expect(engine.open().map(({ id }) => id)).toEqual(['march', 'm0', 'm2', 'm4'])
  expect((await engine.charges({ limit: 10 })).map(({ id }) => id).sort()).toEqual(['m1', 'm3'])
})

test('a month whose checkpoint cannot be written is not begun, and nothing is lost', async () => {
  const disk = fakeStore()
  const clock = timeAt(start)
  const engine = await open(disk, { clock })
  await reserve(engine, 'x', 10, [within(100)])
  clock.at = start + 31 * day
  disk.failDocuments = 1
  await reserve(engine, 'y', 10, [within(100)])
  const next = await open(disk.crash(0), { clock })
  expect([...disk.logs.keys()]).toEqual(['ledger/2026-03'])
  expect(next.counter(counter).heldNano).toBe(20)
})

test('on files: cut at any byte, the log gives what its whole lines say', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-ledger-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const store = await storeOn(join(dir, 'whole'))
  const engine = await open(store)
  for (const id of ['a', 'b', 'c']) await reserve(engine, id, 10, [within(100)])
  await settle(engine, 'b', 25)
  await reserve(engine, 'd', 10, [within(100)])
  const text = await readFile(join(dir, 'whole/ledger/2026-03.jsonl'), 'utf8')
  const expected = [[0, 0], [0, 10], [0, 20], [0, 30], [25, 20], [25, 30]]
  for (let cut = 0; cut <= text.length; cut += 13) {
    await cp(join(dir, 'whole'), join(dir, `at-${cut}`), { recursive: true })
    await truncate(join(dir, `at-${cut}/ledger/2026-03.jsonl`), cut)
    const next = await open(await storeOn(join(dir, `at-${cut}`), { log: quiet }))
    const { spentNano, heldNano } = next.counter(counter)
    expect([spentNano, heldNano], `cut at ${cut}`).toEqual(expected[text.slice(0, cut).split('\n').length - 1])
  }
})

test('a log that somebody cut below its checkpoint keeps what the checkpoint knows, and says so', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  await reserve(engine, 'x', 10, [within(100)])
  await engine.close()
  disk.logs.set('ledger/2026-03', '')
  const log = recordingLog()
  const next = await open(disk, { log })
  expect(next.counter(counter).heldNano).toBe(10)
  expect(log.lines.some(({ level, message }) => level === 'error' && message.includes('shorter'))).toBe(true)
  await reserve(next, 'y', 10, [within(100)])
  expect((await open(disk.crash(0))).counter(counter).heldNano).toBe(20)
})
