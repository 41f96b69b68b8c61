/**
 * The race for a budget: 200 calls at once on a budget worth ten, with failures before and after the provider has served,
 * clocks that jump by days and months, and SIGKILL at random instants, over and over on one state directory. Never does
 * the provider serve more than a budget is worth, and after every restart the ledger knows at least what it has served:
 * the difference is what it lists as open, and what it says that nobody has counted. The suite plays a few runs;
 * `node test/system/cost-kill.mjs 1000 SEED` as many as wanted.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { rolldown } from 'rolldown'
import { budget, seeded, worst, type Looked, type Order, type Went } from './cost-kill-child.ts'
import type { Served } from './cost-kill-provider.ts'

export interface KillReport { runs: number; kills: number; atStart: number; served: number; refused: number; orphaned: number; proven: number; estimated: number; /** The most that was served of one budget worth exactly ten. */ most: number; checks: number }
export interface KillOptions { readonly times: number; readonly seed: number; readonly tell?: (line: string) => void }

const root = join(import.meta.dirname, '../..')
const calls = 200
/** Long enough for a history with checkpoints and months, short enough to be read at each check. */
const runsPerState = 100

export async function killLedger({ times, seed, tell = () => {} }: KillOptions): Promise<KillReport> {
  const dir = mkdtempSync(join(tmpdir(), 'nexus-cost-kill-'))
  const script = await bundle(dir)
  const provider = spawn(process.execPath, [script, 'provider', String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const world = createWorld(script, dir, Number(await firstLine(provider)), seed)
  try {
    for (let run = 0; run < times; run++) {
      await world.play(run)
      if (run % 50 === 49) tell(`${run + 1} of ${times} runs, ${world.report.kills} kills`)
    }
    return world.report
  } finally {
    await world.end()
    provider.kill()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** One plain file: a process that lives for 50 ms must not spend 200 on its own code. */
async function bundle(dir: string): Promise<string> {
  const file = join(dir, 'cost-kill.mjs')
  const made = await rolldown({ input: join(root, 'test/system/cost-kill-main.ts'), platform: 'node', logLevel: 'silent', resolve: { alias: { 'nexus-gateway/sdk': join(root, 'sdk/index.ts') } } })
  await made.write({ file, codeSplitting: false })
  return file
}

interface Child { readonly process: ChildProcess; /** Ids whose charge was promised. */ readonly charged: Set<string>; ask<T>(order: Order): Promise<T>; kill(): Promise<void> }

function createWorld(script: string, dir: string, port: number, seed: number) {
  const random = seeded(seed)
  const report: KillReport = { runs: 0, kills: 0, atStart: 0, served: 0, refused: 0, orphaned: 0, proven: 0, estimated: 0, most: 0, checks: 0 }
  let child: Child | undefined
  let span = 60 // milliseconds that 200 calls take, about

  const spawned = (): Child => childOf(spawn(process.execPath, [script, 'child', String(port)], { stdio: ['pipe', 'pipe', 'inherit'] }))
  let state = ''
  let spare = spawned() // touches nothing until it is told to open

  function start(): Child {
    const next = spare
    spare = spawned()
    return next
  }

  async function opened(): Promise<Child> {
    if (random() < 1 / 7) await killAtStart()
    const next = start()
    await next.ask({ do: 'open', state })
    return next
  }

  /** Killed while it reads what the kill before has left. */
  async function killAtStart(): Promise<void> {
    const early = start()
    void early.ask({ do: 'open', state }).catch(() => {})
    await sleep(random() * 120)
    await early.kill()
    report.atStart++
  }

  async function play(run: number): Promise<void> {
    if (run % runsPerState === 0) {
      await child?.kill()
      child = undefined
      state = join(dir, `state-${run}`)
    }
    const charged = new Set<string>()
    const kills = random() < 0.6 ? 1 : 2
    const days = [0, 0, 0, 1, -1, 45, -45, 400]
    const jump = (): number => days[Math.floor(random() * days.length)]!
    for (let life = 0; life <= kills; life++) {
      child ??= await opened()
      const before = await check(run, child, charged)
      const going = child.ask<Went>({ do: 'go', run, life, calls, seed: Math.floor(random() * 1e9), jumps: [jump(), jump()], again: before.open.map(({ id }) => id) })
      if (life < kills) {
        const end = going.catch(() => {})
        await Promise.race([sleep(random() * span), end])
        await child.kill()
        for (const id of child.charged) charged.add(id)
        child = undefined
        report.kills++
      } else {
        const { refused, ms } = await going
        report.refused += refused
        span = span * 0.8 + ms * 0.2
        for (const id of child.charged) charged.add(id)
        child.charged.clear()
      }
    }
    const last = await check(run, child!, charged)
    if (random() < 0.7) await prove(run, child!, last, charged)
    report.runs++
    report.served += last.served.length
    report.estimated += last.charges.filter(({ estimated }) => estimated).length
  }

  /** What was left open is settled by what the provider says: then both books are the same. */
  async function prove(run: number, on: Child, { open, served }: Checked, charged: ReadonlySet<string>): Promise<void> {
    const cost = new Map(served.map(({ id, cost }) => [id, cost]))
    await on.ask({ do: 'prove', settled: open.map(({ id }) => ({ id, nano: cost.get(id) ?? 0 })) })
    report.proven += open.length
    const after = await check(run, on, charged)
    if (after.open.length > 0) throw new Error(`run ${run}: what was proved is open still`)
  }

  interface Checked extends Looked { readonly served: readonly Served[] }

  async function check(run: number, on: Child, charged: ReadonlySet<string>): Promise<Checked> {
    // A killed process has let go of the provider when its successor is asked; a living one waits for nothing.
    const served = await (await fetch(`http://127.0.0.1:${port}/quiet?run=${run}`, { headers: { connection: 'close' } })).json() as Served[]
    const looked = await on.ask<Looked>({ do: 'look', run })
    compare(run, served, looked, charged)
    report.checks++
    report.orphaned = Math.max(report.orphaned, looked.orphaned)
    for (const period of new Set(served.map((one) => one.period))) if (run % 2 === 0) report.most = Math.max(report.most, served.filter((one) => one.period === period).length)
    return { ...looked, served }
  }

  return { report, play, end: async () => { await Promise.all([child?.kill(), spare.kill()]) } }
}

/** The ledger's book against the provider's. */
function compare(run: number, served: readonly Served[], { open, charges, counters }: Looked, charged: ReadonlySet<string>): void {
  const wrong = (what: string): never => { throw new Error(`run ${run}: ${what}`) }
  const cost = new Map(served.map(({ id, cost }) => [id, cost]))
  const [charge, held] = [new Map(charges.map((one) => [one.id, one])), new Map(open.map((one) => [one.id, one]))]
  if (cost.size !== served.length) wrong('the provider was asked twice with one id')
  if (charge.size !== charges.length) wrong('something was charged twice')
  for (const id of charged) if (!charge.has(id)) wrong(`the charge of ${id} was promised and is lost`)
  for (const id of cost.keys()) if (charge.has(id) === held.has(id)) wrong(`${id} was served, and is ${held.has(id) ? 'open and charged' : 'neither open nor charged'}`)
  for (const { id, nano, estimated } of charges) {
    if (estimated ? nano !== worst : nano !== (cost.get(id) ?? 0)) wrong(`${id} cost ${cost.get(id) ?? 0} and was charged ${nano}`)
  }
  const periods = new Set([...served.map(({ period }) => period), ...Object.keys(counters)])
  for (const period of periods) {
    const mine = served.filter((one) => one.period === period)
    const total = sum(mine.map(({ cost }) => cost))
    if (total > budget || (run % 2 === 0 && mine.length > 10)) wrong(`${mine.length} were dispatched on a budget worth ten`)
    const { spentNano, heldNano } = counters[period] ?? { spentNano: 0, heldNano: 0 }
    if (spentNano + heldNano < total) wrong(`the ledger has ${spentNano} and holds ${heldNano}, and the provider has served ${total}`)
    if (spentNano + heldNano > budget) wrong('more is spent and held than the budget is worth')
    const of = <T extends { readonly about: { readonly sessionKey?: string } }>(list: readonly T[]): T[] => list.filter(({ about }) => about.sessionKey === period)
    const difference = sum(of(open).map(({ id }) => worst - (cost.get(id) ?? 0))) + sum(of(charges).filter(({ estimated }) => estimated).map(({ id }) => worst - (cost.get(id) ?? 0)))
    if (spentNano + heldNano - total !== difference) wrong(`the books differ by ${spentNano + heldNano - total}, and what is open or uncounted by ${difference}`)
  }
}

const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0)

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: stdout! })) return line
  throw new Error('a process ended before it was ready')
}

/** One order at a time; what is asked of a process that is killed rejects. */
function childOf(process: ChildProcess): Child {
  const charged = new Set<string>()
  let answer: { resolve: (value: never) => void; reject: (error: Error) => void } | undefined
  let gone = false
  createInterface({ input: process.stdout! }).on('line', (line) => {
    const said = parsed(line)
    if (Array.isArray(said)) charged.add(String(said[1]))
    else if (said !== 'ready' && said !== undefined) {
      answer?.resolve(said as never)
      answer = undefined
    }
  })
  process.stdin!.on('error', () => {})
  const closed = once(process, 'close').then(() => {
    gone = true
    answer?.reject(new Error('the process ended'))
  })
  return {
    process, charged,
    ask: (order) => new Promise((resolve, reject) => {
      if (gone) return reject(new Error('the process ended'))
      answer = { resolve, reject }
      process.stdin!.write(`${JSON.stringify(order)}\n`)
    }),
    async kill() {
      process.kill('SIGKILL')
      await closed
    },
  }
}

/** The last line may be cut off by the kill. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
