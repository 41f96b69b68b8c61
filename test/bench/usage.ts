/** The index of transcripts: how fast it reads, how soon it answers, and what the loop feels of it. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createJiti } from 'jiti'
import type { Log } from 'nexus-gateway/sdk'
import type { SessionsApi } from '../../plugins/sessions/contract.ts'
import type { Engine } from '../../plugins/usage/engine.ts'
import { root } from './processes.ts'
import type { Scenario } from './row.ts'
import { median } from './stats.ts'
import { numbers, writeTranscripts } from './usage-files.ts'

const nothing = (): void => {}
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const clock = { now: Date.now, setTimeout, clearTimeout: clearTimeout as (timer: unknown) => void }
const sessions = { list: async () => ({ sessions: [], total: 0 }), archives: async () => [] } as unknown as SessionsApi
const cpuMs = (since: NodeJS.CpuUsage): number => { const { user, system } = process.cpuUsage(since); return (user + system) / 1000 }

async function parts() {
  const { import: load } = createJiti(import.meta.url, { alias: { 'nexus-gateway/sdk': join(root, 'sdk/index.ts') }, interopDefault: false })
  return {
    ...await load(join(root, 'plugins/usage/engine.ts')) as typeof import('../../plugins/usage/engine.ts'),
    ...await load(join(root, 'plugins/usage/book/book.ts')) as typeof import('../../plugins/usage/book/book.ts'),
    ...await load(join(root, 'plugins/usage/scan/gather.ts')) as typeof import('../../plugins/usage/scan/gather.ts'),
    ...await load(join(root, 'plugins/usage/scan/file.ts')) as typeof import('../../plugins/usage/scan/file.ts'),
    ...await load(join(root, 'plugins/usage/scan/columns.ts')) as typeof import('../../plugins/usage/scan/columns.ts'),
    ...await load(join(root, 'plugins/usage/scan/table.ts')) as typeof import('../../plugins/usage/scan/table.ts'),
    ...await load(join(root, 'plugins/store/store.ts')) as typeof import('../../plugins/store/store.ts'),
  }
}
type Parts = Awaited<ReturnType<typeof parts>>

/** Finds usage objects by their name and parses nothing else. */
function control(path: string): void {
  const fd = openSync(path, 'r')
  const { size } = fstatSync(fd)
  const bytes = Buffer.allocUnsafe(size)
  readSync(fd, bytes, 0, size, 0)
  closeSync(fd)
  for (let at = bytes.indexOf('"usage":{'); at >= 0; at = bytes.indexOf('"usage":{', at + 9)) {
    let to = at + 8
    for (let depth = 0; to < size; to++) {
      if (bytes[to] === 0x7b) depth++
      else if (bytes[to] === 0x7d && --depth === 0) break
    }
    JSON.parse(bytes.toString('utf8', at + 8, to + 1))
  }
}

function scanRow(paths: readonly string[], { openFile, freshState }: Parts, bytes: number) {
  const mine = (path: string): void => {
    const file = openFile(path, undefined, freshState)
    while (!file.next().last);
    file.close()
  }
  const timed = (read: (path: string) => void): number => {
    const began = process.cpuUsage()
    for (const path of paths) read(path)
    return cpuMs(began)
  }
  timed(mine)
  timed(control)
  const pairs = Array.from({ length: 5 }, () => [timed(mine), timed(control)] as const)
  const [own, bare] = [median(pairs.map(([ms]) => ms)), median(pairs.map(([, ms]) => ms))]
  return { id: 'usage-scan', what: 'usage, first index of 300 MB', value: median(pairs.map(([a, b]) => b / a)), unit: '×' as const, target: 0.8, better: 'more' as const, control: 'indexOf that parses usage objects only, CPU time', figures: { mbPerSecond: bytes / 1e3 / own, controlMbPerSecond: bytes / 1e3 / bare } }
}

async function withStore<T>({ openStore }: Parts, dir: string, use: (store: Awaited<ReturnType<Parts['openStore']>>) => Promise<T>): Promise<T> {
  const store = await openStore({ dir, clock, log })
  try { return await use(store) } finally { await store.close() }
}

/** 1,000 sessions of 1,000 answers each, over a year. */
async function fill(made: Parts, dir: string, folder: string): Promise<void> {
  const { openBook, freshState, createTable, width, col, quarterMs } = made
  const next = numbers(3)
  const end = Math.floor(Date.now() / quarterMs)
  await withStore(made, dir, async (store) => {
    const { indexName } = await import('../../plugins/usage/source/foreign.ts')
    const book = await openBook(store, indexName(folder), folder, { name: 'UTC', dayOf: (quarter) => Math.floor(quarter / 96) })
    for (let i = 0; i < 1_000; i++) {
      const name = `s${i}.jsonl`
      await book.know({ name, session: `s${i}`, key: `agent:a${i % 4}:telegram:direct:${i}`, agent: `a${i % 4}`, channel: ['', 'telegram', 'discord'][i % 3] as string })
      const rows = createTable(width)
      const tallies = createTable(1)
      const begin = end - 35_040 + next(34_000)
      for (let r = 0; r < 1_000; r++) {
        const quarter = begin + Math.floor(r / 3)
        const row = rows.at(quarter, next(6))
        for (const column of [col.count, col.input, col.output, col.total, col.cost, col.assistant, col.latencyCount, col.latencyMs]) rows.bump(row, column, column === col.count ? 1 : 1 + next(90_000))
        tallies.bump(tallies.at(quarter, next(40)), 0, 1)
      }
      const state = { ...freshState, firstAt: begin * quarterMs, lastAt: (begin + 334) * quarterMs }
      const models = Array.from({ length: 6 }, (_, m) => [`p${m % 3}`, `m${m}`] as const)
      const names = Array.from({ length: 40 }, (_, n) => (n < 10 ? `.tool${n}` : `~${n + 60}`))
      await book.count(name, { rows: rows.copy(), tallies: tallies.copy(), models, names, unpriced: new Float64Array(), bytes: 1, damaged: 0, state }, { offset: 1, head: '', tail: '' }, { fresh: false, priceOf: () => undefined })
    }
    for (const engine of [made.createEngine({ store, sessions, models: undefined, clock, log, timeZone: 'UTC', signal: new AbortController().signal })]) {
      await book.flush()
      await ask(engine, folder)
      await (engine as Engine).close()
    }
    const again = await openBook(store, indexName(folder), folder)
    await again.days({ name: 'UTC', dayOf: (quarter) => Math.floor(quarter / 96) }, [])
    await again.flush()
  })
}

const ask = async (engine: Engine, from: string): Promise<number[]> => {
  const times: number[] = []
  for (const question of [() => engine.cost({ from, mode: 'utc' }), () => engine.cost({ from, mode: 'utc', range: 'all' }), () => engine.sessions({ from, mode: 'utc' }), () => engine.sessions({ from, mode: 'utc', range: '1y', agentId: 'a1' }), () => engine.sessions({ from, mode: 'utc', range: 'all' })]) {
    const began = process.cpuUsage()
    await question()
    times.push(cpuMs(began))
  }
  return times
}

async function summaryRows(made: Parts, dir: string) {
  const folder = '/transcripts'
  await fill(made, dir, folder)
  const engineOn = (store: Parameters<Parts['createEngine']>[0]['store']) => made.createEngine({ store, sessions, models: undefined, clock, log, timeZone: 'UTC', signal: new AbortController().signal })
  const cold: number[] = []
  const warm: number[][] = []
  for (let i = 0; i < 5; i++) await withStore(made, dir, async (store) => {
    const engine = engineOn(store)
    const began = process.cpuUsage()
    await engine.sessions({ from: folder, mode: 'utc' })
    cold.push(cpuMs(began))
    await ask(engine, folder)
    for (let j = 0; j < 5; j++) warm.push(await ask(engine, folder))
    await engine.close()
  })
  const worst = Math.max(...[0, 1, 2, 3, 4].map((i) => median(warm.map((times) => times[i] as number))))
  const figures = Object.fromEntries(['cost30', 'costAll', 'sessions30', 'sessionsYearOfOne', 'sessionsAll'].map((name, i) => [name, median(warm.map((times) => times[i] as number))]))
  return [
    { id: 'usage-warm', what: 'usage, the dearest summary of 1,000,000 records, warm', value: worst, unit: 'ms' as const, target: 5, better: 'less' as const, control: 'none, CPU time', figures },
    { id: 'usage-cold', what: 'usage, first summary of 1,000,000 records after a restart', value: median(cold), unit: 'ms' as const, target: 50, better: 'less' as const, control: 'none, CPU time', figures: {} },
  ]
}

async function delayRow(made: Parts, dir: string, folder: string) {
  return withStore(made, dir, async (store) => {
    const engine = made.createEngine({ store, sessions, models: undefined, clock, log, timeZone: 'UTC', signal: new AbortController().signal })
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const began = performance.now()
    const { bytes } = await engine.index({ folder })
    delay.disable()
    await engine.close()
    return { id: 'usage-delay', what: 'usage, loop delay p99 while 1 GB is indexed', value: delay.percentile(99) / 1e6, unit: 'ms' as const, target: 20, better: 'less' as const, control: 'none', figures: { maxMs: delay.max / 1e6, mbPerSecond: bytes.done / 1e3 / (performance.now() - began) } }
  })
}

export const usage: Scenario = async () => {
  const made = await parts()
  const dir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const some = writeTranscripts(join(dir, 'some'), 300e6, 10e6)
    const scan = scanRow(some, made, 300e6)
    const summaries = await summaryRows(made, join(dir, 'summaries'))
    writeTranscripts(join(dir, 'many'), 1e9, 25e6)
    return [scan, ...summaries, await delayRow(made, join(dir, 'state'), join(dir, 'many'))]
  } finally {
    await rm(dir, { recursive: true })
  }
}
