/** The one who writes: everything that waits goes into one append, and the next is begun when that one is on disk. */
import { setImmediate as immediate } from 'node:timers/promises'
import type { StoreApi } from '../../store/contract.ts'

/** A place in the log: everything before the byte `end` of `log` is on disk, and in the book. */
export interface Position { readonly log: string; readonly end: number; /** Logs of before, the latest last. */ readonly past: readonly string[] }

export interface Writer {
  /** Exactly one of the two is called, in the order of the lines. */
  add(text: string, done: () => void, failed: (error: unknown) => void): void
  readonly position: Position
  readonly waiting: number
  /** Once nothing waits. */
  idle(): Promise<void>
}

export interface WriterHost {
  readonly store: Pick<StoreApi, 'log'>
  readonly start: Position
  /** Where the next lines belong, when that is another log than this one: called when no line is under way. */
  readonly next: (position: Position) => Promise<Position | undefined> | undefined
  /** So many lines more are on disk. Nothing is under way until it returns. */
  readonly written: (lines: number, position: Position) => void
}

interface Item { readonly text: string; readonly done: () => void; readonly failed: (error: unknown) => void }

/** Lines in one append. */
const most = 2_000

export function createWriter({ store, start, next, written }: WriterHost): Writer {
  let position = start
  let waiting: Item[] = []
  let working: Promise<void> | undefined
  let under = 0

  async function work(): Promise<void> {
    for (let crowd = 0; ; ) {
      // Those who were told a moment ago ask again in a moment: together they need one append, not two.
      if (crowd > 1) await immediate()
      if (waiting.length === 0) break
      const moving = next(position)
      if (moving) position = await moving ?? position
      const batch = waiting.length <= most ? waiting : waiting.slice(0, most)
      waiting = waiting.slice(batch.length)
      crowd = under = batch.length
      await append(batch)
    }
    working = undefined
  }

  async function append(batch: readonly Item[]): Promise<void> {
    try {
      const { end } = await store.log(position.log).append(batch.map(({ text }) => text))
      position = { ...position, end }
      under = 0
    } catch (error) {
      under = 0
      for (const { failed } of batch) failed(error)
      return
    }
    for (const { done } of batch) done()
    written(batch.length, position)
  }

  return {
    add(text, done, failed) {
      waiting.push({ text, done, failed })
      working ??= work()
    },
    get position() { return position },
    get waiting() { return waiting.length + under },
    async idle() { while (working) await working },
  }
}
