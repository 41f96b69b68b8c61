/** Writers of the settings that are killed at any instant, or race, leave the old file or the new one, whole. */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { digest } from '../../kernel/config/atomic.ts'
import { listBackups, readBackup } from '../../kernel/config/history.ts'
import { writeConfig } from '../../kernel/config/write.ts'
import { textOf, versionOf } from '../fixtures/config-versions.ts'

let made: string
let writer: string
let dir: string
let file: string
let history: string
const children: ChildProcess[] = []

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'nexus-kill-'))
  writer = join(made, 'writer.mjs')
  // One file of plain JavaScript: it is started hundreds of times.
  await build({ input: join(import.meta.dirname, '../fixtures/config-writer.ts'), platform: 'node', output: { file: writer }, logLevel: 'warn' })
})
afterAll(() => rmSync(made, { recursive: true, force: true }))
beforeEach(() => {
  dir = join(made, 'state')
  mkdirSync(dir)
  file = join(dir, 'nexus.json5')
  history = join(dir, 'config', 'history')
  writeFileSync(file, textOf(0))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dir, { recursive: true })
})

const version = (): number => versionOf(readFileSync(file, 'utf8'))
const leftovers = (): string[] => readdirSync(dir, { recursive: true }).map(String).filter((name) => /\.(tmp|lock)$/.test(name))
/** Every backup is whole, and was once the file; a later one never stands before an earlier one. */
async function checkHistory(): Promise<void> {
  const backups = await listBackups(history)
  const versions = await Promise.all(backups.map(async ({ id }) => versionOf(await readBackup(history, id))))
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => b - a))
}
/** A living writer is not kept waiting by dead ones, and clears up after them. */
async function checkRecovery(): Promise<void> {
  const now = version()
  await writeConfig(file, textOf(now + 1), { baseHash: digest(Buffer.from(textOf(now))), force: true, history })
  expect([version(), leftovers()]).toEqual([now + 1, []])
  expect((await listBackups(history)).length).toBeLessThanOrEqual(5)
  await checkHistory()
}

/** 60 kills in the suite, 500 with NEXUS_TEST_FULL=1. */
const kills = process.env.NEXUS_TEST_FULL ? 500 : 60

test(`killed ${kills} times at random instants, the file is the last that was acknowledged or the one after it`, async () => {
  const random = randomFrom(20_260_419)
  let [between, cut, acknowledged] = [0, 0, 0]
  for (let round = 0; round < kills; round++) {
    const notes = join(made, 'notes')
    const before = version()
    const child = spawn(process.execPath, [writer, 'loop', file, history, notes], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'close')
    let writes = Math.floor(random() * 3)
    const delay = random() * 40
    child.stdout.on('data', (dots: Buffer) => {
      if (writes >= 0 && (writes -= dots.length) < 0) setTimeout(() => child.kill('SIGKILL'), delay)
    })
    expect((await ended)[1], 'the writer ended by itself').toBe('SIGKILL')
    const done = readFileSync(notes, 'utf8').split('\n').filter((line) => line !== '').map(Number)
    const last = done.at(-1) ?? before
    expect(done).toEqual(done.map((_, i) => before + 1 + i))
    expect([last, last + 1]).toContain(version())
    if (version() === last + 1) between++
    if (leftovers().length > 0) cut++
    acknowledged += done.length
    await checkHistory()
  }
  await checkRecovery()
  // Otherwise no kill came in the midst of a write, and this test has shown nothing.
  expect(cut).toBeGreaterThan(kills / 4)
  expect(acknowledged).toBeGreaterThan(kills / 4)
  console.log(`${kills} kills: ${cut} in the midst of a write, ${between} of them after the file was replaced; ${acknowledged} writes acknowledged`)
}, 600_000)

test('killed before each of its calls to the disk, the file is the old or the new one, and the next write goes through', async () => {
  const seen = new Set<number>()
  for (let at = 0; ; at++) {
    await checkRecovery()
    const before = version()
    const [, signal] = await once(spawn(process.execPath, [writer, 'die', file, history, String(at)], { stdio: 'inherit' }), 'close') as [number | null, string | null]
    expect([before, before + 1]).toContain(version())
    seen.add(version() - before)
    await checkHistory()
    if (signal === null) {
      expect(at).toBeGreaterThan(25)
      break
    }
  }
  expect(seen).toEqual(new Set([0, 1]))
}, 120_000)

test('of two processes with one hash exactly one wins, every time', async () => {
  const racers = await Promise.all([0, 1].map(async () => {
    const child = fork(writer, ['race', file, history], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    children.push(child)
    expect(await once(child, 'message')).toEqual(['up', undefined])
    return child
  }))
  const wins = [0, 0]
  for (let round = 0; round < 60; round++) {
    const baseHash = digest(readFileSync(file))
    const texts = racers.map((_, who) => `{ round: ${round}, who: ${who} }`)
    const answers = await Promise.all(racers.map(async (child, who) => {
      const answer = once(child, 'message')
      child.send({ text: texts[who], baseHash })
      return (await answer)[0] as string
    }))
    expect([...answers].sort(), `round ${round}`).toEqual(['NEXUS_CONFIG_CONFLICT', 'won'])
    const winner = answers.indexOf('won')
    expect(readFileSync(file, 'utf8')).toBe(texts[winner])
    wins[winner]!++
  }
  expect(Math.min(...wins), `wins: ${wins}`).toBeGreaterThan(0)
  expect(leftovers()).toEqual([])
}, 120_000)

/** Lehmer's generator: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
