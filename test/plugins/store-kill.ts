/**
 * Kills a writing process at random instants and looks whether the store has all that was acknowledged.
 * The suite runs a few rounds; `node test/plugins/store-kill.mjs 1000` runs as many as wanted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, writeSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openStore, type OpenStore } from '../../plugins/store/store.ts'

const nothing = (): void => {}
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const open = (dir: string): Promise<OpenStore> => openStore({ dir, clock: { now: () => Date.now() }, log: quiet })
const logs = ['one', 'sessions/main/two']

/** The process that gets killed: writes without end and notes in a file what was acknowledged. */
export async function child(dir: string, round: number): Promise<never> {
  const store = await open(dir)
  const notes = openSync(notesOf(dir, round), 'a')
  const acknowledge = (what: unknown): void => { writeSync(notes, `${JSON.stringify(what)}\n`) }
  const write = async (log: string, writer: number): Promise<never> => {
    for (let n = 0; ; n++) {
      const line = `${round}.${writer}.${n} ${'x'.repeat((n * 7919) % 3000)}`
      const { offset } = await store.log(log).append(line)
      acknowledge({ log, offset, line })
    }
  }
  const count = async (key: string): Promise<never> => {
    for (;;) {
      const before = (await store.documents<number>('counts').get(key))?.value ?? 0
      const revision = await store.documents<number>('counts').put(key, before + 1)
      acknowledge({ key, value: before + 1, revision })
    }
  }
  console.log('ready')
  return Promise.race([...logs.flatMap((log) => [1, 2, 3].map((writer) => write(log, writer))), count('a'), count('agent:main:main')])
}

interface Acknowledged { log?: string; offset?: number; line?: string; key?: string; value?: number; revision?: number }

export async function killLoop({ dir, times, seed }: { dir: string; times: number; seed: number }): Promise<{ acknowledged: number }> {
  const random = randomFrom(seed)
  const lines = new Map<string, Map<number, string>>(logs.map((log) => [log, new Map()]))
  const counts = new Map<string, { value: number; revision: number }>()
  let acknowledged = 0
  for (let round = 0; round < times; round++) {
    for (const a of await killed(dir, round, 5 + random() * 150)) {
      acknowledged++
      if (a.log) lines.get(a.log)?.set(a.offset as number, a.line as string)
      if (a.key) counts.set(a.key, { value: a.value as number, revision: a.revision as number })
    }
    await check(dir, lines, counts)
  }
  return { acknowledged }
}

async function killed(dir: string, round: number, afterMs: number): Promise<Acknowledged[]> {
  const script = fileURLToPath(new URL('store-kill.mjs', import.meta.url))
  const running = spawn(process.execPath, [script, 'child', dir, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.stdout.once('data', () => setTimeout(() => running.kill('SIGKILL'), afterMs))
  const [, signal] = await once(running, 'close') as [number | null, NodeJS.Signals | null]
  if (signal !== 'SIGKILL') throw new Error('the writing process ended by itself')
  const notes = (await readFile(notesOf(dir, round), 'utf8')).split('\n')
  await rm(notesOf(dir, round))
  return notes.map(parse).filter((a) => a !== undefined)
}

const notesOf = (dir: string, round: number): string => `${dir}.${round}.acknowledged`

/** The last note may be cut off by the kill. */
function parse(text: string): Acknowledged | undefined {
  try {
    return JSON.parse(text) as Acknowledged
  } catch {
    return undefined
  }
}

async function check(dir: string, lines: ReadonlyMap<string, Map<number, string>>, counts: ReadonlyMap<string, { value: number; revision: number }>): Promise<void> {
  const store = await open(dir)
  for (const [log, expected] of lines) {
    const found = new Map<number, string>()
    const last = new Map<string, number>()
    for await (const line of store.log(log).read()) {
      found.set(line.offset, line.text)
      const [, writer, n] = /^(\d+\.\d+)\.(\d+) x*$/.exec(line.text) ?? []
      if (writer === undefined) throw new Error(`partial line in ${log} at ${line.offset}`)
      if (Number(n) !== (last.get(writer) ?? -1) + 1) throw new Error(`lines of ${writer} out of order in ${log}`)
      last.set(writer, Number(n))
    }
    for (const [offset, line] of expected) if (found.get(offset) !== line) throw new Error(`acknowledged line lost from ${log} at ${offset}`)
  }
  for (const [key, { value, revision }] of counts) {
    const found = await store.documents<number>('counts').get(key)
    if (!found || found.value < value || found.revision < revision) throw new Error(`acknowledged document lost: ${key}`)
  }
  await store.close()
}

/** Lehmer's generator: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
