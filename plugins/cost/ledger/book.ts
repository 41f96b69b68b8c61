/** What the ledger knows: counters, what is open, and which ids were charged. Live or read from the log, the same steps lead to the same book. */
import { createCounters, type Counter, type CounterRow, type Counters, type Held, type Place } from './counters.ts'
import { holdText, parseLine, type HoldText, type Line } from './lines.ts'
import type { About, Amount, Charge } from './shapes.ts'

export interface Entry {
  readonly id: string
  readonly at: number
  readonly about: About
  readonly worst: Amount
  readonly text: HoldText
  readonly counters: readonly Counter[]
  /** The worst case, or what it came to while that is being written. */
  held: Held
  /** Its line is on disk. */
  durable: boolean
  orphaned: boolean
  /** While its charge is being written. */
  settling: Promise<unknown> | undefined
}

/** What is on disk of it, in a shape that goes there. */
export interface BookRows { readonly counters: readonly CounterRow[]; readonly open: readonly string[]; readonly done: readonly string[] }
type New = Pick<Entry, 'id' | 'at' | 'about' | 'worst'> & { readonly places: readonly Place[] }

export interface Book {
  readonly counters: Counters
  readonly open: ReadonlyMap<string, Entry>
  /** Whether the id is open or was charged of late. */
  knows(id: string): boolean
  hold(entry: New, durable: boolean): Entry
  /** As if it had never been held. */
  giveBack(entry: Entry): void
  /** Holds so much in place of what it held. */
  bind(entry: Entry, amount: Amount): void
  charge(entry: Entry, charge: Charge): void
  unsent(entry: Entry): void
  /** One line of the log, in its order; each takes effect once, however often it is read. */
  replay(line: Line): void
  rows(now: number): BookRows
  load(rows: BookRows): void
}

/** Ids that were charged, so that none of them is reserved again. */
const remembered = 4_096

export function createBook(): Book {
  const counters = createCounters()
  const open = new Map<string, Entry>()
  const done = new Set<string>() // oldest first

  function hold({ id, at, about, worst, places }: New, durable: boolean): Entry {
    const held = { nano: worst.nano ?? 0, tokens: worst.tokens }
    const entry: Entry = { id, at, about, worst, held, text: holdText(id, at, worst, places, about), counters: counters.at(places, at), orphaned: false, durable, settling: undefined }
    counters.hold(entry.counters, held)
    open.set(id, entry)
    return entry
  }

  function giveBack(entry: Entry): void {
    counters.release(entry.counters, entry.held)
    open.delete(entry.id)
  }

  function finish(id: string): void {
    done.add(id)
    if (done.size <= remembered) return
    for (const oldest of done) {
      done.delete(oldest)
      return
    }
  }

  function unsent(entry: Entry): void {
    giveBack(entry)
    finish(entry.id)
  }

  function charge(entry: Entry, charged: Amount & { readonly at: number }): void {
    unsent(entry)
    counters.charge(entry.counters, charged, charged.at)
  }

  function replay(line: Line): void {
    const entry = open.get(line.id)
    if (done.has(line.id)) return
    if (line.t === 'hold') {
      if (!entry) hold({ ...line, worst: { nano: line.nano, tokens: line.tokens } }, true)
    } else if (line.t === 'unsent') {
      if (entry) unsent(entry)
    } else if (entry) {
      charge(entry, line)
    } else {
      counters.charge(counters.at(line.places, line.at), line, line.at)
      finish(line.id)
    }
  }

  return {
    counters,
    open,
    knows: (id) => open.has(id) || done.has(id),
    hold,
    giveBack,
    bind(entry, { nano = 0, tokens }) {
      counters.release(entry.counters, entry.held)
      entry.held = { nano, tokens }
      counters.hold(entry.counters, entry.held)
    },
    charge,
    unsent,
    replay,
    rows(now) {
      counters.prune(now)
      return { counters: counters.rows(), open: [...open.values()].filter(({ durable }) => durable).map(({ text }) => text.text), done: [...done] }
    },
    load(rows) {
      for (const row of rows.counters) counters.load(row)
      for (const id of rows.done) finish(id)
      for (const text of rows.open) {
        const line = parseLine(text)
        if (line && line !== 'other') replay(line)
      }
    },
  }
}
