/** Starts that did not end cleanly are counted for a minute, and counting them never keeps a gateway from starting. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearBoots, noteBoot } from '../../kernel/config/boots.ts'
import { failing, steppedFs } from '../fixtures/stepped-fs.ts'

let root: string
let file: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nexus-boots-'))
  file = join(root, 'config', 'boots.json')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const now = 1_700_000_000_000

test('each start is told how many before it crashed', async () => {
  for (let crashes = 0; crashes < 4; crashes++) expect(await noteBoot(file, now + crashes)).toEqual({ crashes })
  await clearBoots(file)
  await clearBoots(file)
  expect(await noteBoot(file, now + 10)).toEqual({ crashes: 0 })
  expect(readdirSync(dirname(file))).toEqual(['boots.json'])
})

test('a start counts for one minute, from the time it was made', async () => {
  await noteBoot(file, now)
  await noteBoot(file, now + 30_000)
  expect(await noteBoot(file, now + 59_999)).toEqual({ crashes: 2 })
  expect(await noteBoot(file, now + 60_000)).toEqual({ crashes: 2 })
  expect(await noteBoot(file, now + 120_000)).toEqual({ crashes: 0 })
})

test('starts of a time to come, before the clock was set back, do not count', async () => {
  await noteBoot(file, now + 3_600_000)
  expect(await noteBoot(file, now)).toEqual({ crashes: 0 })
  expect(await noteBoot(file, now + 1)).toEqual({ crashes: 1 })
})

test('whatever the order of starts and clean ends, it is so', async () => {
  const events = fc.array(fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 40_000 }) }, { weight: 1, arbitrary: fc.constant('end' as const) }), { maxLength: 15 })
  await fc.assert(fc.asyncProperty(events, async (list) => {
    await clearBoots(file)
    let [time, starts]: [number, number[]] = [now, []]
    for (const event of list) {
      if (event === 'end') {
        starts = []
        await clearBoots(file)
        continue
      }
      time += event
      expect(await noteBoot(file, time)).toEqual({ crashes: starts.filter((start) => time - start < 60_000).length })
      starts.push(time)
    }
  }), { numRuns: 60 })
})

test('the list stays small, however fast it crashes', async () => {
  for (let n = 0; n < 60; n++) await noteBoot(file, now + n)
  expect(statSync(file).size).toBeLessThan(1_024)
  expect(await noteBoot(file, now + 60)).toEqual({ crashes: 19 })
})

test('a damaged list is none', async () => {
  mkdirSync(dirname(file))
  const texts = fc.oneof(fc.string(), fc.constantFrom('', 'null', '{}', '7', '[', '["x",null,{}]', `[${now}`, '\0\0', `[${`${now},`.repeat(100_000)}${now}]`))
  await fc.assert(fc.asyncProperty(texts, async (text) => {
    writeFileSync(file, text)
    expect(await noteBoot(file, now)).toEqual({ crashes: 0 })
    expect(readFileSync(file, 'utf8')).toBe(`[${now}]\n`)
  }), { numRuns: 60 })
})

test('a disk that refuses it is told of, and the crashes before are counted all the same', async () => {
  await noteBoot(file, now)
  const full = steppedFs((call) => { if (call === 'writeFile') throw failing('ENOSPC') })
  expect(await noteBoot(file, now + 1, full)).toEqual({ crashes: 1, unnoted: failing('ENOSPC') })
  expect(readdirSync(dirname(file))).toEqual(['boots.json'])
  const closed = steppedFs(() => { throw failing('EACCES') })
  expect(await noteBoot(file, now + 1, closed)).toEqual({ crashes: 0, unnoted: failing('EACCES') })
  await expect(clearBoots(file, closed)).rejects.toThrow('EACCES')
})

test('it is private', async () => {
  const before = process.umask(0)
  await noteBoot(file, now).finally(() => process.umask(before))
  expect([file, dirname(file)].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o700])
})
