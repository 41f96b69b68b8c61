/** The process that is killed: the ledger on real files, and calls that go to the provider only after they were let through. */
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Charge, CounterState, LedgerEngine, OpenHold } from '../../plugins/cost/ledger/ledger.ts'
import { LedgerRefused, openLedger } from '../../plugins/cost/ledger/ledger.ts'
import { openStore } from '../../plugins/store/store.ts'

/** The most that one call may cost, and what a budget is worth, in nano-dollars. */
export const worst = 1_000_000
export const budget = 10 * worst

export interface Go { readonly do: 'go'; readonly run: number; readonly life: number; readonly calls: number; readonly seed: number; /** Days that the clock jumps, now and in the middle. */ readonly jumps: readonly [number, number]; /** Ids of this run that were let through before. */ readonly again: readonly string[] }
export type Order = Go
  | { readonly do: 'open'; readonly state: string }
  | { readonly do: 'look'; readonly run: number }
  | { readonly do: 'prove'; readonly settled: readonly { readonly id: string; readonly nano: number }[] }
  | { readonly do: 'close' }
export interface Looked { readonly open: readonly OpenHold[]; readonly charges: readonly Charge[]; readonly counters: Readonly<Record<string, CounterState>>; readonly orphaned: number }
export interface Went { readonly sent: number; readonly refused: number; readonly ms: number }

const nothing = (): void => {}
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const day = 86_400_000
const say = (what: unknown): void => { process.stdout.write(`${JSON.stringify(what)}\n`) }

/** Orders come as lines, answers go as lines; `["charged", id]` stands for a charge that was promised. */
export async function child(port: number): Promise<void> {
  const clock = { jump: 0, now: () => Date.now() + clock.jump * day }
  let engine!: LedgerEngine
  say('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line) as Order
    if (order.do === 'open') {
      const store = await openStore({ dir: order.state, clock, log: quiet })
      engine = await openLedger({ store, clock, log: quiet, limits: { linesPerCheckpoint: 400, orphans: 200 } })
      say({ opened: true })
    } else if (order.do === 'look') {
      say(await look(engine, order.run))
    } else if (order.do === 'prove') {
      for (const { id, nano } of order.settled) await engine.settle(id, { nano, tokens: 0, at: clock.now(), price: 'proof' })
      say({ proved: true })
    } else if (order.do === 'go') {
      say(await go({ engine, clock, port }, order))
    } else {
      await engine.close()
      return
    }
  }
}

async function look(engine: LedgerEngine, run: number): Promise<Looked> {
  const mine = (about: { runId?: string }): boolean => about.runId === `run-${run}`
  const all = engine.open()
  const open = all.filter(({ about }) => mine(about))
  const charges = await engine.charges({ limit: 1_000, runId: `run-${run}` })
  const periods = new Set([...open, ...charges].map(({ about }) => about.sessionKey!))
  return { open, charges, counters: Object.fromEntries([...periods].map((period) => [period, engine.counter(period)])), orphaned: all.filter(({ orphaned }) => orphaned).length }
}

interface Place { readonly engine: LedgerEngine; readonly clock: { jump: number; now(): number }; readonly port: number }

async function go({ engine, clock, port }: Place, { run, life, calls, seed, jumps, again }: Go): Promise<Went> {
  const random = seeded(seed)
  const agent = new Agent({ keepAlive: true, maxSockets: 40 })
  const started = performance.now()
  let [sent, refused, begun] = [0, 0, 0]
  clock.jump = jumps[0]

  function reserve(id: string, period: string): Promise<void> {
    return engine.reserve({
      id, at: clock.now(), about: { runId: `run-${run}`, sessionKey: period, provider: 'p', model: 'm' }, worst: { nano: worst, tokens: 100 },
      holds: [{ counter: period, expiresAt: clock.now() + day, limit: { nano: budget } }, { counter: 'total', expiresAt: undefined, limit: {} }],
    })
  }

  /** One that was held before is never held again. */
  function twice(id: string, period: string): void {
    try {
      void reserve(id, period)
    } catch (error) {
      if (error instanceof LedgerRefused && error.refusal.kind === 'twice') return
    }
    throw new Error(`${id} was held twice`)
  }

  async function call(n: number): Promise<void> {
    await sleep(random() * 8)
    if (++begun === calls / 2) clock.jump = jumps[1]
    for (let attempt = 0; attempt < 3; attempt++) {
      const id = `${run}.${life}.${n}.${attempt}`
      const period = `race|${run}|${Math.floor(clock.now() / day)}`
      try {
        await reserve(id, period)
      } catch (error) {
        if (!(error instanceof LedgerRefused) || error.refusal.kind !== 'full') throw error
        refused++
        await sleep(2 + random() * 10)
        continue
      }
      if (random() < 0.2) twice(id, period)
      sent++
      if (await dispatched(id, period)) return
    }
  }

  /** Whether it was served, or may have been: then nothing else is tried. */
  async function dispatched(id: string, period: string): Promise<boolean> {
    const cost = await ask(agent, port, id, period)
    const settled = { nano: cost ?? worst, tokens: 10, at: clock.now(), price: 'reported', estimated: cost === undefined }
    const charges = await Promise.all([engine.settle(id, settled), ...(random() < 0.3 ? [engine.settle(id, settled)] : [])])
    if (charges.filter((charge) => charge !== undefined).length !== 1) throw new Error(`${id} was charged ${charges.length} times, or not`)
    say(['charged', id])
    return cost !== 0
  }

  for (const id of again) twice(id, 'race')
  await Promise.all(Array.from({ length: calls }, (_, n) => call(n)))
  agent.destroy()
  return { sent, refused, ms: performance.now() - started }
}

/** What it cost; 0 when the provider says that it failed; `undefined` when nobody knows. */
function ask(agent: Agent, port: number, id: string, period: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port, agent, method: 'POST', path: `/?id=${id}&period=${encodeURIComponent(period)}` }, (response) => {
      let text = ''
      response.on('data', (piece: Buffer) => { text += piece.toString() })
      response.on('end', () => resolve(response.statusCode === 200 ? (JSON.parse(text) as { cost: number }).cost : 0))
      response.on('error', () => resolve(undefined))
    })
    asking.on('error', () => resolve(undefined))
    asking.end()
  })
}

/** Park and Miller's: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let now = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1
  for (let n = 0; n < 3; n++) now = (now * 48_271) % 2_147_483_647
  return () => {
    now = (now * 48_271) % 2_147_483_647
    return now / 2_147_483_647
  }
}
