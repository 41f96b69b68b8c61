/** A transcript that a crash cut off, at every byte, or left with garbage behind it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storeOn, temporaryDir } from './store-harness.ts'
import { asked, said, sessionsIn, textsOf } from './sessions-harness.ts'

const clock = { now: () => 5 }
const together = 16

test('cut at every byte, a transcript opens and goes on, and every whole line is there', async () => {
  const first = await temporaryDir()
  const { sessions, store } = await sessionsIn(first, clock)
  const { log, id } = await sessions.open('main')
  await sessions.append('main', [asked('one'), { type: 'compaction', summary: 'ß', firstKeptEntryId: 'x', tokensBefore: 1 }, asked('zwö 🥚')])
  await sessions.close()
  await store.close()
  const whole = await readFile(join(first, `${log}.jsonl`))
  const cuts = [...Array(whole.length + 1).keys()]
  expect(cuts.length).toBeGreaterThan(500)
  for (let i = 0; i < cuts.length; i += together) await Promise.all(cuts.slice(i, i + together).map((cut) => goesOn(id, log, whole.subarray(0, cut))))
}, 120_000)

async function goesOn(id: string, log: string, present: Buffer): Promise<void> {
  const dir = await temporaryDir()
  const path = join(dir, `${log}.jsonl`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, present)
  const before = await storeOn(dir)
  await before.documents('sessions/main').put('agent:main:main', { id, createdAt: 5 })
  const { sessions, store } = await sessionsIn(dir, clock)
  const kept = present.toString().split('\n').slice(0, -1)
  expect((await sessions.entries('main')).map((e) => e.id)).toEqual(kept.slice(1).map((line) => (JSON.parse(line) as { id: string }).id))
  await sessions.append('main', [asked('next')])
  const text = await readFile(path, 'utf8')
  expect(text.startsWith(kept.map((line) => `${line}\n`).join(''))).toBe(true)
  const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string; id: string; parentId?: string | null })
  expect(lines[0]?.type).toBe('session')
  expect(lines.slice(1).map((l) => l.parentId)).toEqual([null, ...lines.slice(1, -1).map((l) => l.id)])
  await sessions.close()
  await store.close()
}

test('with anything behind its last line, a transcript opens and goes on', async () => {
  const dir = await temporaryDir()
  const clock = { now: () => 5 }
  const first = await sessionsIn(dir, clock)
  const { log } = await first.sessions.open('main')
  await first.sessions.append('main', [asked('one'), said('two')])
  await first.sessions.close()
  await first.store.close()
  const path = join(dir, `${log}.jsonl`)
  const whole = await readFile(path)
  await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(new Uint8Array(4096)), fc.constant(whole.subarray(10, 90)), fc.constant(new TextEncoder().encode('null\n{"type":5}\n{"type":"message","id":"m","message":{"role":"user","content":[null,{"type":"text"},7]}}\n[[['))), async (garbage) => {
    await writeFile(path, Buffer.concat([whole, garbage]))
    const { sessions, store } = await sessionsIn(dir, clock)
    const [next] = await sessions.append('main', [asked('next')])
    expect(next?.parentId).toMatch(/./)
    const texts = textsOf(await sessions.history('main'))
    expect([texts.slice(0, 2), texts.at(-1)]).toEqual([['one', 'two'], 'next'])
    await sessions.close()
    await store.close()
  }), { numRuns: 60 })
}, 60_000)