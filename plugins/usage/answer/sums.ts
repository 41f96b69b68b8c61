/** What sessions came to, kept from one question to the next: it changes only with what is counted of them. */
import type { Book } from '../book/book.ts'
import type { FileRecord } from '../book/file.ts'
import { quarterMs } from '../scan/columns.ts'
import type { SessionUsage } from '../wire.ts'
import { foldFiles } from './sessions.ts'
import type { Range } from './range.ts'
import { usageOfSession } from './shapes.ts'

export interface SessionSums {
  /** `undefined`: nothing in these days. */
  of(book: Book, range: Range, files: readonly FileRecord[]): Promise<SessionUsage | undefined>
}

const most = 2_000

export function createSessionSums(): SessionSums {
  const kept = new Map<string, SessionUsage | undefined>() // least recently used first
  return {
    async of(book, range, files) {
      const key = keyOf(book, range, files)
      const sums = kept.has(key) ? kept.get(key) : await made(book, range, files)
      kept.delete(key)
      kept.set(key, sums)
      for (const oldest of kept.keys()) if (kept.size > most) kept.delete(oldest)
      return sums
    },
  }
}

async function made(book: Book, range: Range, files: readonly FileRecord[]): Promise<SessionUsage | undefined> {
  const fold = await foldFiles(book, range, files)
  return fold.days.size === 0 ? undefined : usageOfSession(fold, book.groups)
}

/** A session that lies within the days comes to the same whichever they are. */
function keyOf({ folder }: Book, { zone, from, to }: Range, files: readonly FileRecord[]): string {
  const dayOf = (at: number): number => zone.dayOf(Math.floor(at / quarterMs))
  const within = files.every(({ state }) => dayOf(state.firstAt) >= from && dayOf(state.lastAt) <= to)
  return JSON.stringify([folder, zone.name, within ? '' : [from, to], files.map(({ at, version }) => [at, version])])
}
