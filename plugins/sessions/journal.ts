/**
 * Small records that come and go, as a log that is written anew when most of it is outdated: what is
 * read at a start is bounded by what is alive, not by what ever was.
 */
import type { Log } from 'nexus-gateway/sdk'
import type { AppendLog, StoreApi } from '../store/contract.ts'

export interface Journal<R> {
  /** Calls `apply` for every record on disk, oldest first. To be called once, before anything else. */
  load(apply: (record: R) => void): Promise<void>
  /** Resolves once the records are on disk; `applied` is called right then, before a rewrite could miss them. */
  append(records: readonly R[], applied: () => void): Promise<void>
  /** Waits for a rewrite under way. */
  settle(): Promise<void>
}

export interface JournalEnv<R> {
  readonly store: StoreApi
  readonly name: string
  readonly log: Log
  /** What a rewrite keeps, and how many that are. */
  readonly live: () => Iterable<R>
  readonly liveCount: () => number
  /** Outdated records to bear before a rewrite. */
  readonly slack?: number
}

const chunk = 500

export function createJournal<R>({ store, name, log, live, liveCount, slack = 1000 }: JournalEnv<R>): Journal<R> {
  const generations = store.documents<{ readonly generation: number }>('sessions')
  const logOf = (n: number): AppendLog => store.log(`sessions/_${name}/${n}`)
  let generation = 0
  let lines = 0
  let retryAt = 0
  /** Which generation stands on disk is not known; nothing is appended until it is. */
  let unsure = false
  let settling: Promise<void> | undefined
  let rewriting: Promise<void> | undefined
  const appending = new Set<Promise<void>>()

  /** After a put that failed the old or the new document stands, and a start would read only what is in the one that does. */
  async function point(to: number): Promise<void> {
    unsure = true
    await generations.put(name, { generation: to })
    unsure = false
  }

  async function rewrite(): Promise<void> {
    await Promise.allSettled(appending)
    const next = logOf(generation + 1)
    await next.remove() // of a rewrite that was cut off
    let written = 0
    for (const records of chunks(live())) {
      await next.append(records.map((record) => JSON.stringify(record)))
      written += records.length
    }
    await point(generation + 1).catch(async (error: unknown) => {
      unsure = ((await generations.get(name))?.value.generation ?? 0) !== generation
      throw error
    })
    const old = logOf(generation)
    generation++
    lines = written
    await old.remove()
  }

  function rewriteIfDue(): void {
    if (rewriting || lines <= 2 * liveCount() + slack || lines < retryAt) return
    rewriting = rewrite()
      .catch((error: unknown) => {
        retryAt = lines + slack
        log.warn('could not shorten a journal', { journal: name, reason: String(error) })
      })
      .finally(() => { rewriting = undefined })
  }

  return {
    async load(apply) {
      generation = (await generations.get(name))?.value.generation ?? 0
      if (generation > 0) await logOf(generation - 1).remove()
      for await (const { text } of logOf(generation).read()) {
        lines++
        const record = parse<R>(text)
        if (record === undefined) log.warn('skipped a damaged line of a journal', { journal: name })
        else apply(record)
      }
    },
    async append(records, applied) {
      while (rewriting) await rewriting
      if (unsure) await (settling ??= point(generation).finally(() => { settling = undefined }))
      const mine = logOf(generation).append(records.map((record) => JSON.stringify(record))).then(() => {
        lines += records.length
        applied()
      })
      appending.add(mine)
      try {
        await mine
      } finally { appending.delete(mine) }
      rewriteIfDue()
    },
    async settle() { await rewriting },
  }
}

function* chunks<R>(all: Iterable<R>): Generator<R[]> {
  let some: R[] = []
  for (const one of all) {
    some.push(one)
    if (some.length === chunk) {
      yield some
      some = []
    }
  }
  if (some.length > 0) yield some
}

function parse<R>(text: string): R | undefined {
  try {
    return JSON.parse(text) as R
  } catch {
    return undefined // the caller says so in the log
  }
}
