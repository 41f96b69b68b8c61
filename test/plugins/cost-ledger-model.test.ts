/** Any order of holding, settling, failing writes, crashes in the middle of a write, restarts and clocks that jump: nothing exceeds, nothing is lost, nothing is charged twice. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Charge, Hold, LedgerEngine } from '../../plugins/cost/ledger/ledger.ts'
import { day, fakeStore, open, reserve, settle, start, timeAt, type FakeStore } from './cost-ledger-harness.ts'

type Step =
  | { readonly do: 'reserve'; readonly id: number; readonly nano: number; readonly of: readonly number[] }
  | { readonly do: 'settle'; readonly id: number; readonly nano: number; readonly unsent: boolean }
  | { readonly do: 'wait' } | { readonly do: 'close' }
  | { readonly do: 'fail'; readonly appends: number; readonly documents: number }
  | { readonly do: 'crash'; readonly share: number }
  | { readonly do: 'jump'; readonly days: number }

const ids = fc.nat(14)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('reserve' as const), id: ids, nano: fc.nat(60), of: fc.uniqueArray(fc.nat(2), { minLength: 1 }) }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('settle' as const), id: ids, nano: fc.nat(90), unsent: fc.integer({ min: 0, max: 5 }).map((n) => n === 0) }) },
  { weight: 4, arbitrary: fc.constant({ do: 'wait' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'close' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), appends: fc.nat(2), documents: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump' as const), days: fc.integer({ min: -80, max: 400 }) }) },
)

const limits = [100, 150, 200]
const holdsOf = (of: readonly number[]): Hold[] => of.map((n) => ({ counter: `c${n}`, expiresAt: start + day, limit: { nano: limits[n]! } }))

/** What has been promised about one id, and what may have happened without a promise. */
interface Known { readonly worst: number; readonly of: readonly number[]; held: boolean; asked: number[]; settled: number | 'unsent' | undefined; mayBeUnsent: boolean }

class World {
  disk: FakeStore = fakeStore()
  readonly clock = timeAt(start)
  engine!: LedgerEngine
  known = new Map<string, Known>()
  under: Promise<unknown>[] = []

  async start(): Promise<void> {
    this.engine = await open(this.disk, { clock: this.clock, limits: { linesPerCheckpoint: 5 } })
    await this.check()
  }

  reserve(id: string, nano: number, of: readonly number[]): void {
    try {
      const written = reserve(this.engine, id, nano, holdsOf(of))
      // At most what there was: this is the moment at which it was let through.
      for (const n of of) expect(this.sum(n), `c${n}`).toBeLessThanOrEqual(nano > 0 ? limits[n]! : Infinity)
      const mine: Known = { worst: nano, of, held: false, asked: [], settled: undefined, mayBeUnsent: false }
      this.known.set(id, mine)
      this.under.push(written.then(() => { mine.held = true }, () => { if (this.known.get(id) === mine) this.known.delete(id) }))
    } catch (error) {
      if (!(error as { refusal?: unknown }).refusal) throw error
    }
  }

  settle(id: string, nano: number, unsent: boolean): void {
    const mine = this.known.get(id)
    const settled: Promise<Charge | undefined> = unsent ? this.engine.settle(id, { nano: 0, tokens: 0, at: start, unsent }) : settle(this.engine, id, nano)
    if (mine && mine.settled === undefined) {
      if (unsent) mine.mayBeUnsent = true
      else mine.asked.push(nano)
    }
    this.under.push(settled.then((charge) => {
      if (charge && mine) mine.settled = charge.nano!
    }, () => {}))
  }

  sum(n: number): number {
    const { spentNano, heldNano } = this.engine.counter(`c${n}`)
    return spentNano + heldNano
  }

  /** Only what is durable: nothing is under way. */
  async check(): Promise<void> {
    const charges = await this.engine.charges({ limit: 1_000 })
    expect(new Set(charges.map(({ id }) => id)).size, 'charged twice').toBe(charges.length)
    const byId = new Map(charges.map((charge) => [charge.id, charge.nano!]))
    const open = new Map(this.engine.open().map(({ id, worst }) => [id, worst.nano!]))
    for (const [id, { worst, held, asked, settled, mayBeUnsent }] of this.known) {
      if (settled !== undefined) expect(byId.get(id), `${id} was charged`).toBe(settled)
      else if (open.has(id)) expect(open.get(id)).toBe(worst)
      else if (byId.has(id)) expect(asked).toContain(byId.get(id))
      else expect(!held || mayBeUnsent, `${id} was held and is lost`).toBe(true)
    }
    for (let n = 0; n < limits.length; n++) {
      let [spent, held] = [0, 0]
      for (const [id, { of }] of this.known) {
        if (!of.includes(n)) continue
        spent += byId.get(id) ?? 0
        held += open.get(id) ?? 0
      }
      const counter = this.engine.counter(`c${n}`)
      expect(counter.spentNano, `spent of c${n}`).toBe(spent)
      expect(counter.heldNano, `held of c${n}`).toBeGreaterThanOrEqual(held)
      // More than the worst case is only held of what was said to have cost more, and could not be written.
      if ([...this.known.values()].every(({ asked, worst }) => asked.every((nano) => nano <= worst))) expect(counter.heldNano).toBe(held)
    }
  }

  async wait(): Promise<void> {
    await Promise.all(this.under)
    this.under = []
    await this.check()
  }

  async do(step: Step): Promise<void> {
    if (step.do === 'reserve') this.reserve(`i${step.id}`, step.nano, step.of)
    else if (step.do === 'settle') this.settle(`i${step.id}`, step.nano, step.unsent)
    else if (step.do === 'wait') await this.wait()
    else if (step.do === 'jump') this.clock.at = start + step.days * day
    else if (step.do === 'fail') [this.disk.failAppends, this.disk.failDocuments] = [step.appends, step.documents]
    else if (step.do === 'crash') {
      this.under = []
      this.disk = this.disk.crash(step.share)
      await this.start()
    } else {
      await this.engine.close()
      await this.wait()
      await this.start()
    }
  }
}

test('whatever happens in whatever order', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
    const world = new World()
    await world.start()
    for (const step of steps) await world.do(step)
    await world.wait()
    world.disk = world.disk.crash(0)
    await world.start()
  }), { numRuns: process.env['NEXUS_TEST_FULL'] ? 5_000 : 200, ...(process.env['SEED'] !== undefined && { seed: Number(process.env['SEED']) }) })
}, 600_000)
