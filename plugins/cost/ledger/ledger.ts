/** The ledger: what may be spent is held before, what was spent is charged after, and both are on disk before anybody goes on. */
import { createCheckpoints, type Checkpoints } from './checkpoint.ts'
import { listCharges } from './charges.ts'
import type { Book, Entry } from './book.ts'
import { aboutOf, chargeText, isTime, unsentText } from './lines.ts'
import { monthLog } from './months.ts'
import { recover, type Recovered } from './recover.ts'
import { actualOf, checked } from './requests.ts'
import { LedgerRefused, type Amount, type Charge, type Hold, type LedgerEngine, type LedgerHost, type Limits, type OpenHold, type ReserveRequest, type Settlement } from './shapes.ts'
import { createWriter, type Position } from './writer.ts'

export { LedgerRefused } from './shapes.ts'
export type * from './shapes.ts'

const defaults: Limits = { linesPerCheckpoint: 8_192, open: 10_000, counters: 60_000, orphans: 1_000 }

/** Rejects when the disk cannot be read. Only one may be open on a store. */
export async function openLedger(host: LedgerHost): Promise<LedgerEngine> {
  const checkpoints = createCheckpoints(host.store)
  const recovered = await recover(host, checkpoints)
  for (const entry of recovered.book.open.values()) entry.orphaned = true
  if (recovered.book.open.size > 0) host.log.warn('reservations were left open by a gateway that ended: they count as spent until somebody settles them', { reservations: recovered.book.open.size })
  const engine = createEngine(host, checkpoints, recovered)
  await engine.begin()
  return engine
}

function createEngine(host: LedgerHost, checkpoints: Checkpoints, { book, position, lines, damaged, unsaved }: Recovered): LedgerEngine & { begin(): Promise<void> } {
  const { store, clock, log } = host
  const limits: Limits = { ...defaults, ...host.limits }
  const saver = createSaver(host, checkpoints, book, limits.linesPerCheckpoint)
  const writer = createWriter({ store, start: position, next: saver.next, written: saver.written })
  const holding = new WeakMap<Entry, Promise<void>>()
  let closed = false

  function reserve(request: ReserveRequest): Promise<void> {
    if (closed) throw new LedgerRefused({ kind: 'closed' })
    const worst = checked(request)
    if (book.knows(request.id)) throw new LedgerRefused({ kind: 'twice' })
    if (book.open.size >= limits.open || isCrowded(request.holds)) throw new LedgerRefused({ kind: 'busy' })
    const refusal = book.counters.refusal(request.holds, worst)
    if (refusal) throw new LedgerRefused(refusal)
    // Held in the same turn in which it was found to fit: nobody can come between.
    const entry = book.hold({ id: request.id, at: timeOf(request.at), about: aboutOf(request.about), worst, places: request.holds }, false)
    const held = new Promise<void>((resolve, reject) => {
      writer.add(entry.text.text, () => {
        entry.durable = true
        resolve()
      }, (error) => {
        book.giveBack(entry)
        reject(error)
      })
    })
    holding.set(entry, held)
    return held
  }

  /** What ended is dropped with each checkpoint; whoever is refused makes none. Counters that are there go on. */
  function isCrowded(holds: readonly Hold[]): boolean {
    const { counters } = book
    const crowded = (): boolean => counters.size + holds.length > limits.counters && counters.size + holds.filter(({ counter }) => !counters.has(counter)).length > limits.counters
    if (crowded()) counters.prune(clock.now())
    return crowded()
  }

  async function settle(id: string, settlement: Settlement): Promise<Charge | undefined> {
    const entry = book.open.get(id)
    if (!entry) return undefined
    if (entry.settling) return entry.settling.then(() => undefined)
    if (closed) throw new LedgerRefused({ kind: 'closed' })
    const settling = entry.durable ? writeSettled(entry, settlement) : holding.get(entry)!.then(() => writeSettled(entry, settlement), () => undefined)
    entry.settling = settling
    return settling
  }

  /** What it came to is held at once in place of the worst case: whatever is let through for that has its line behind this one. What cannot be written binds as before. */
  function writeSettled(entry: Entry, settlement: Settlement): Promise<Charge | undefined> {
    const at = timeOf(settlement.at)
    const charge = settlement.unsent ? undefined : chargeFor(entry, settlement, at)
    const { worst } = entry
    book.bind(entry, charge ?? nothing)
    return new Promise((resolve, reject) => {
      writer.add(charge ? chargeText(charge, entry.text) : unsentText(entry.id, at), () => {
        if (charge) book.charge(entry, charge)
        else book.unsent(entry)
        resolve(charge)
      }, (error) => {
        entry.settling = undefined
        book.bind(entry, { nano: Math.max(worst.nano ?? 0, charge?.nano ?? 0), tokens: Math.max(worst.tokens, charge?.tokens ?? 0) })
        reject(error)
      })
    })
  }

  const timeOf = (at: number): number => (isTime(at) ? at : clock.now())

  return {
    reserve,
    settle,
    counter: (key) => book.counters.get(key),
    open: () => [...book.open.values()].map(openOf),
    charges: (query) => listCharges(store, writer.position, query),
    metrics: () => ({ open: book.open.size, orphaned: [...book.open.values()].filter(({ orphaned }) => orphaned).length, counters: book.counters.size, waiting: writer.waiting, damaged }),
    async begin() {
      const late = [...book.open.values()].slice(0, -limits.orphans)
      const settled = await Promise.allSettled(late.map(({ id, worst }) => settle(id, { ...worst, at: clock.now(), price: 'worst case', estimated: true })))
      if (late.length > 0) log.warn('the oldest of the reservations that were left open are charged at their worst case', { reservations: settled.filter(({ status }) => status === 'fulfilled').length })
      if (unsaved || lines >= limits.linesPerCheckpoint / 8) await saver.save(writer.position)
      else saver.read(lines)
    },
    async close() {
      closed = true
      await writer.idle()
      await saver.rest(writer.position)
    },
  }
}

const nothing: Amount = { nano: 0, tokens: 0 }
const openOf = ({ id, at, about, worst, orphaned }: Entry): OpenHold => ({ id, at, about, worst, orphaned })

function chargeFor(entry: Entry, settlement: Settlement, at: number): Charge {
  const { amount, estimated } = actualOf(entry.worst, settlement)
  return { id: entry.id, at, about: entry.about, ...amount, price: settlement.price ?? 'none', ...(estimated && { estimated: true as const }) }
}

interface Saver {
  next(position: Position): Promise<Position | undefined> | undefined
  written(lines: number, position: Position): void
  /** Lines that a start has read again. */
  read(lines: number): void
  /** A disk that cannot be written costs the next start time, and nothing else. */
  save(position: Position): Promise<boolean>
  /** What is not saved yet, if anything. */
  rest(position: Position): Promise<boolean>
}

/** Checkpoints: every so many lines, and before the log of another month is begun. */
function createSaver({ store, clock, log }: LedgerHost, checkpoints: Checkpoints, book: Book, linesPerCheckpoint: number): Saver {
  let since = 0
  let turn = Promise.resolve(true)
  let stayUntil = 0

  /** The book is read at once, since what is read must be what stands before the position. */
  function save(position: Position): Promise<boolean> {
    const rows = book.rows(clock.now())
    since = 0
    return turn = turn.then(() => checkpoints.write({ position, rows })).then(() => true, (error: unknown) => {
      log.warn('the checkpoint of the ledger could not be written; the next start reads more of its log', { reason: String(error) })
      return false
    })
  }

  /** A new log is begun once the checkpoint that names it is on disk: a start has no other way to it. */
  async function change(position: Position, to: string): Promise<Position | undefined> {
    const past = [...position.past.filter((name) => name !== to && name !== position.log), position.log].slice(-12)
    const changed = { log: to, end: await store.log(to).size(), past }
    if (await save(changed)) return changed
    return undefined
  }

  return {
    save,
    rest: (position) => (since > 0 ? save(position) : turn),
    read(lines) { since += lines },
    next(position) {
      const to = monthLog(clock.now())
      if (to === position.log || stayUntil-- > 0) return undefined
      return change(position, to).catch(() => undefined).then((changed) => {
        if (!changed) stayUntil = 256
        return changed
      })
    },
    written(lines, position) {
      since += lines
      if (since >= linesPerCheckpoint) void save(position)
    },
  }
}
