/** Sliding windows by key: bounded in number, those used least lately first out, and gone when nothing in them counts. */
import { addTo, createWindow, isOver, takeFrom, waitOf, type Bound, type Span, type Window } from './window.ts'

/** A list in the order of use. The order of a `Map` would do, but finding its first costs a walk over all that was removed. */
interface Entry { readonly key: string; readonly window: Window; older: Entry | undefined; newer: Entry | undefined }
export interface Taken { readonly entry: Entry; readonly span: Span }
export interface Row { readonly key: string; readonly bound: Bound; readonly used: number; readonly retryAfterMs: number }

export interface Table {
  readonly size: number
  /** Milliseconds until one more fits; 0 if it does now. Leaves no entry behind. */
  wait(key: string, bound: Bound, now: number): number
  take(key: string, bound: Bound, now: number): Taken
  /** Once for each that was taken. */
  giveBack(taken: Taken): void
  /** Drops what is over. */
  sweep(now: number): void
  rows(now: number): Row[]
}

export function createTable(most: number): Table {
  const entries = new Map<string, Entry>()
  let oldest: Entry | undefined
  let newest: Entry | undefined

  function append(entry: Entry): void {
    entry.older = newest
    entry.newer = undefined
    if (newest) newest.newer = entry
    else oldest = entry
    newest = entry
  }

  function unlink({ older, newer }: Entry): void {
    if (older) older.newer = newer
    else oldest = newer
    if (newer) newer.older = older
    else newest = older
  }

  function drop(entry: Entry): void {
    unlink(entry)
    entries.delete(entry.key)
  }

  function added(key: string, bound: Bound, now: number): Entry {
    while (oldest && (entries.size >= most || isOver(oldest.window, now))) drop(oldest)
    const entry: Entry = { key, window: createWindow(bound), older: undefined, newer: undefined }
    entries.set(key, entry)
    return entry
  }

  function sweep(now: number): void {
    for (const entry of entries.values()) if (isOver(entry.window, now)) drop(entry)
  }

  return {
    get size() { return entries.size },
    wait(key, bound, now) {
      const window = entries.get(key)?.window
      if (!window) return bound.most >= 1 ? 0 : bound.windowMs
      window.bound = bound
      return waitOf(window, now)
    },
    take(key, bound, now) {
      const known = entries.get(key)
      if (known) unlink(known)
      const entry = known ?? added(key, bound, now)
      append(entry)
      entry.window.bound = bound
      return { entry, span: addTo(entry.window, now) }
    },
    giveBack({ entry, span }) {
      takeFrom(entry.window, span)
      if (entry.window.used === 0 && entries.get(entry.key) === entry) drop(entry)
    },
    sweep,
    rows(now) {
      sweep(now)
      return [...entries.values()].map(({ key, window }) => {
        const retryAfterMs = waitOf(window, now)
        return { key, bound: window.bound, used: window.used, retryAfterMs }
      })
    },
  }
}
