/**
 * Tries at secrets, of each source and of all together. A try is taken before the secret is looked at and given back
 * if it was right, so those under way count too. A refused one leaves nothing behind.
 *
 * Nobody can push his own used-up entry out of the table by coming from many addresses. An entry needs a try that was
 * granted and not given back, and of those there are at most `global` in a window. An entry that is over may stand
 * behind a younger one for another window, so three windows hold all there are, and the one of the local socket:
 * `mostGlobal` keeps that below the size of the table, and nothing that counts is ever evicted.
 */
import type { Attempt, AttemptsApi } from './contract.ts'
import { createTable, type Row } from './table.ts'
import { addTo, bound, createWindow, takeFrom, waitOf } from './window.ts'

export interface AttemptBounds { readonly perSource: number; readonly global: number; readonly windowMs: number }
export interface Used { readonly used: number; readonly retryAfterMs: number }
export interface AttemptsReport { readonly sources: readonly Row[]; readonly everybody: Used; readonly most: number }
export interface AttemptsBook extends AttemptsApi {
  sweep(): void
  /** All but the local socket, together. */
  everybody(): Used
  report(): AttemptsReport
}

/** Has a budget of its own: a flood from the network must not keep out who sits at the machine. */
const local = 'unix'
const mostSources = 10_000
export const mostGlobal = 3_000

/** `now` never goes back, see steady.ts. `onRefused` is told once a window at most: of one source, and how many tries were refused since. */
export function createAttempts({ perSource, global, windowMs }: AttemptBounds, now: () => number, onRefused: (source: string, refused: number) => void): AttemptsBook {
  const each = bound(perSource, windowMs)
  const sources = createTable(mostSources)
  const everybody = createWindow(bound(global, windowMs))
  let toldAt = -Infinity
  let refused = 0

  function refuse(source: string, retryAfterMs: number, time: number): Attempt {
    refused++
    if (time - toldAt >= windowMs) {
      onRefused(source, refused)
      toldAt = time
      refused = 0
    }
    return { ok: false, retryAfterMs }
  }

  function ofEverybody(): Used {
    const retryAfterMs = waitOf(everybody, now())
    return { used: everybody.used, retryAfterMs }
  }

  return {
    take(source) {
      const time = now()
      const isLocal = source === local
      const wait = Math.max(sources.wait(source, each, time), isLocal ? 0 : waitOf(everybody, time))
      if (wait > 0) return refuse(source, wait, time)
      const taken = sources.take(source, each, time)
      const ofAll = isLocal ? undefined : addTo(everybody, time)
      let isOut = true
      return {
        ok: true,
        refund() {
          if (!isOut) return
          isOut = false
          sources.giveBack(taken)
          if (ofAll) takeFrom(everybody, ofAll)
        },
      }
    },
    sweep: () => sources.sweep(now()),
    everybody: ofEverybody,
    report: () => ({ sources: sources.rows(now()), everybody: ofEverybody(), most: mostSources }),
  }
}
