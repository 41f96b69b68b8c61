/**
 * Kills a writing process at random instants and looks whether the journal has all that was acknowledged, and is intact.
 * The suite runs a few rounds; `node test/plugins/journal-kill.mjs 1000` runs as many as wanted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, writeSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cause, Log } from 'nexus-gateway/sdk'
import { journalFiles } from '../../plugins/journal/files.ts'
import { createJournal } from '../../plugins/journal/journal.ts'
import { recordAt } from '../../plugins/journal/read.ts'
import { verify } from '../../plugins/journal/verify.ts'

const nothing = (): void => {}
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const cause: Cause = { caller: { id: 'writer', role: 'operator', scopes: new Set(), label: 'operator' }, trace: 'kill', path: [] }
const folder = (dir: string): string => join(dir, 'journal')
const notesOf = (dir: string, round: number): string => `${dir}.${round}.acknowledged`

/** The process that gets killed: writes without end and notes in a file what was acknowledged. */
export async function child(dir: string, round: number): Promise<never> {
  const journal = createJournal({ dir: folder(dir), now: Date.now, log, self: cause, segmentBytes: 64 * 1024, maxBytes: 1 << 30 })
  const notes = openSync(notesOf(dir, round), 'a')
  const write = async (writer: number): Promise<never> => {
    for (let i = 0; ; i++) {
      const subject = `${round}.${writer}.${i}`
      const n = await journal.record({ cause, verb: 'test.write', subject, decision: 'allow', outcome: 'pending' })
      writeSync(notes, `${n} ${subject}\n`)
    }
  }
  console.log('ready')
  return Promise.race(Array.from({ length: 8 }, (_, writer) => write(writer)))
}

export async function killLoop({ dir, times, seed }: { dir: string; times: number; seed: number }): Promise<{ acknowledged: number }> {
  let state = seed
  let acknowledged = 0
  for (let round = 0; round < times; round++) {
    state = (state * 48_271) % 2_147_483_647
    const notes = await killed(dir, round, 5 + (state / 2_147_483_647) * 150)
    acknowledged += notes.length
    await check(dir, notes)
  }
  return { acknowledged }
}

async function killed(dir: string, round: number, afterMs: number): Promise<[n: number, subject: string][]> {
  const script = fileURLToPath(new URL('journal-kill.mjs', import.meta.url))
  const running = spawn(process.execPath, [script, 'child', dir, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.stdout.once('data', () => setTimeout(() => running.kill('SIGKILL'), afterMs))
  const [, signal] = await once(running, 'close') as [number | null, NodeJS.Signals | null]
  if (signal !== 'SIGKILL') throw new Error('the writing process ended by itself')
  // The last note may be cut off by the kill.
  const notes = (await readFile(notesOf(dir, round), 'utf8')).split('\n').slice(0, -1)
  await rm(notesOf(dir, round))
  return notes.map((note) => [Number(note.split(' ')[0]), note.split(' ')[1] as string])
}

async function check(dir: string, notes: readonly [number, string][]): Promise<void> {
  const files = journalFiles(folder(dir))
  const report = await verify(files)
  // Killed before its first journal was made.
  if (report.faults[0]?.kind === 'absent' && notes.length === 0) return
  if (!report.ok || !report.head) throw new Error(`damaged by a kill: ${JSON.stringify(report)}`)
  const last = notes.reduce((most, [n]) => Math.max(most, n), 0)
  if (last > report.head.n) throw new Error(`acknowledged record ${last} stands behind the head ${report.head.n}`)
  for (const [n, subject] of [...notes.slice(0, 20), ...notes.slice(-20)]) if ((await recordAt(files, n)).record.subject !== subject) throw new Error(`acknowledged record ${n} is another`)
}
