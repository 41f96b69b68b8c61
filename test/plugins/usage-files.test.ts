/** Whatever is done to the files of a folder between two looks, the index says what is in them now. */
import { appendFile, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoreApi } from '../../plugins/store/contract.ts'
import type { Engine } from '../../plugins/usage/engine.ts'
import { storeOn, temporaryDir } from './store-harness.ts'
import { plainly } from './usage-harness.ts'
import { answered, asked, engineInDir, engineOn } from './usage-engine.ts'

const start = Date.parse('2026-05-01T00:00:00Z')
const line = (i: number, model = 'm') => answered({ at: start + i * 400_000, provider: 'p', model, input: 1 + (i % 50), output: 7, cost: 0.25 })
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i)).join('')
const tokensIn = (text: string) => Object.entries(plainly(text)).filter(([key]) => key.endsWith(' total')).reduce((sum, [, n]) => sum + n, 0)

async function tokens(engine: Engine, folder: string): Promise<number> {
  const report = await engine.index({ folder })
  expect(report).toMatchObject({ done: true, files: { failed: 0 } })
  const { totals } = await engine.cost({ from: report.folder, startDate: '2026-04-01', endDate: '2026-12-31' })
  const { aggregates, sessions } = await engine.sessions({ from: report.folder, startDate: '2026-04-01', endDate: '2026-12-31', timeZone: 'Europe/Berlin' })
  // Each session too, whatever was told of it before.
  expect(sessions.reduce((sum, { usage }) => sum + (usage?.totalTokens ?? 0), 0)).toBe(totals.totalTokens)
  expect(aggregates.byModel.reduce((sum, { totals: own }) => sum + own.totalTokens, 0)).toBe(totals.totalTokens)
  return totals.totalTokens
}
async function folderWith(text: string, thread = false) {
  const folder = await temporaryDir()
  const file = join(folder, 'a.jsonl')
  await writeFile(file, text)
  return { folder, file, ...await engineInDir({ thread }) }
}

describe('a file', () => {
  test('that grew is read from where it was left, a torn line once it is whole', async () => {
    const { folder, file, engine } = await folderWith(lines(0, 20))
    expect(await tokens(engine, folder)).toBe(tokensIn(lines(0, 20)))
    await appendFile(file, lines(20, 22) + line(22).slice(0, 100))
    const report = await engine.index({ folder })
    expect(report.bytes.total).toBe(Buffer.byteLength(lines(20, 22)) + 100)
    expect(await tokens(engine, folder)).toBe(tokensIn(lines(0, 22)))
    await appendFile(file, line(22).slice(100))
    expect(await tokens(engine, folder)).toBe(tokensIn(lines(0, 23)))
    expect((await engine.index({ folder })).bytes.total).toBe(0)
  })

  test.each([
    ['rewritten at its beginning and longer', async (file: string) => writeFile(file, lines(5, 60))],
    ['rewritten before where it was left, and longer', async (file: string) => { const text = await readFile(file, 'utf8'); await writeFile(file, `${text.slice(0, -line(39).length)}${line(39, 'n')}${lines(40, 45)}`) }],
    ['replaced by another of its size', async (file: string) => { await writeFile(file, (await readFile(file, 'utf8')).replaceAll('"input":1,', '"input":9,').replaceAll('"totalTokens":8,', '"totalTokens":16,')); await utimes(file, 1, 1) }],
    ['replaced by another file that begins alike', async (file: string) => { await writeFile(`${file}.new`, `${lines(0, 30)}${lines(50, 70)}`); await rename(`${file}.new`, file) }],
    ['cut at a line', async (file: string) => truncate(file, Buffer.byteLength(lines(0, 11)))],
    ['cut within a line', async (file: string) => truncate(file, Buffer.byteLength(lines(0, 11)) + 50)],
    ['emptied', async (file: string) => truncate(file, 0)],
    ['cut and grown again', async (file: string) => { await truncate(file, Buffer.byteLength(lines(0, 7))); await appendFile(file, lines(100, 150)) }],
  ])('%s counts for what is in it now, also after a restart', async (_, change) => {
    const { folder, file, engine, again } = await folderWith(lines(0, 40))
    expect(await tokens(engine, folder)).toBe(tokensIn(lines(0, 40)))
    await change(file)
    const now = tokensIn(await readFile(file, 'utf8'))
    expect(now).not.toBe(tokensIn(lines(0, 40)))
    expect(await tokens(engine, folder)).toBe(now)
    expect(await tokens(await again(), folder)).toBe(now)
  })

  test('that is gone or has another name is not counted twice', async () => {
    const { folder, file, engine } = await folderWith(lines(0, 10))
    await writeFile(join(folder, 'b.jsonl'), lines(10, 20))
    expect(await tokens(engine, folder)).toBe(tokensIn(lines(0, 20)))
    await rename(file, join(folder, 'a.jsonl.reset.2026-05-09T10-00-00'))
    expect(await tokens(engine, folder)).toBe(tokensIn(lines(0, 20)))
    await rm(join(folder, 'b.jsonl'))
    expect(await tokens(engine, folder)).toBe(tokensIn(lines(0, 10)))
  })

  test('written while it is read counts each line once', async () => {
    const { folder, file, engine } = await folderWith(asked(start), true)
    let written = 0
    let going = true
    const writing = (async () => {
      for (; going && written < 3_000; written += 10) {
        const text = lines(written, written + 10)
        await appendFile(file, text.slice(0, 777))
        await appendFile(file, text.slice(777))
      }
    })()
    for (let i = 0; i < 6; i++) expect(await tokens(engine, folder)).toBeLessThanOrEqual(tokensIn(lines(0, 3_010)))
    going = false
    await writing
    expect(await tokens(engine, folder)).toBe(tokensIn(await readFile(file, 'utf8')))
  })
})

test('any row of changes ends in the sums of what is there', async () => {
  const step = fc.oneof(fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 1, max: 30 }), torn: fc.nat(200) }), fc.record({ do: fc.constant('cut' as const), at: fc.nat(20_000) }), fc.record({ do: fc.constant('rewrite' as const), n: fc.integer({ min: 1, max: 40 }) }), fc.record({ do: fc.constant('restart' as const) }))
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
    const { folder, file, engine, again } = await folderWith('')
    let one = engine
    let i = 0
    for (const change of steps) {
      if (change.do === 'append') await appendFile(file, lines(i, i += change.n) + (change.torn > 100 ? line(i).slice(0, change.torn) : ''))
      if (change.do === 'cut') await truncate(file, Math.min(change.at, (await readFile(file)).length))
      if (change.do === 'rewrite') await writeFile(file, lines(i + 500, (i += change.n) + 500))
      if (change.do === 'restart') one = await again()
      expect(await tokens(one, folder)).toBe(tokensIn(await readFile(file, 'utf8')))
    }
  }), { numRuns: 40 })
}, 120_000)

/** A store whose process dies with its nth write: that one and those after it never happen. */
function dying(store: StoreApi, after: number): StoreApi {
  let left = after
  return { ...store, documents: <T>(collection: string) => {
    const all = store.documents<T>(collection)
    return { ...all, put: async (key: string, value: T) => (left-- > 0 ? all.put(key, value) : Promise.reject(new Error('dead'))) }
  } }
}

test('killed between any two writes, the index is right at the next start', async () => {
  for (let writes = 0; writes < 18; writes++) {
    const folder = await temporaryDir()
    const dir = await temporaryDir()
    for (const name of ['a', 'b']) await writeFile(join(folder, `${name}.jsonl`), lines(0, 30))
    expect(await tokens(engineOn(await storeOn(dir)), folder)).toBe(2 * tokensIn(lines(0, 30)))
    await writeFile(join(folder, 'a.jsonl'), lines(200, 260))
    await appendFile(join(folder, 'b.jsonl'), lines(30, 50))
    await writeFile(join(folder, 'c.jsonl'), line(900))
    await engineOn(dying(await storeOn(dir), writes)).index({ folder }).catch((error: Error) => expect(error.message).toBe('dead'))
    const next = engineOn(await storeOn(dir))
    expect([writes, await tokens(next, folder)]).toEqual([writes, tokensIn(lines(200, 260)) + tokensIn(lines(0, 50)) + tokensIn(line(900))])
  }
}, 120_000)
