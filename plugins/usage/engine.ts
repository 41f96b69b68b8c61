/** Everything that is done when somebody asks: the books, what feeds them, and the answers. Loaded with the first question. */
import { realpath } from 'node:fs/promises'
import type { Clock, Log } from 'nexus-gateway/sdk'
import type { ModelsApi } from '../models/contract.ts'
import { normalizeKey, type SessionsApi } from '../sessions/contract.ts'
import type { StoreApi } from '../store/contract.ts'
import { costOfDays } from './answer/cost.ts'
import { createMonthSums } from './answer/months.ts'
import { rangeOf } from './answer/range.ts'
import { filesOf, logsOf, timeseriesOf } from './answer/series.ts'
import { usageOfSessions } from './answer/sessions.ts'
import { createSessionSums } from './answer/sums.ts'
import { openBook, type Book } from './book/book.ts'
import { createKept } from './book/kept.ts'
import type { UsageApi } from './contract.ts'
import { failUsage } from './errors.ts'
import { readPrices } from './prices.ts'
import { indexName, listed, type Progress, readFolder } from './source/foreign.ts'
import { readOwn, type Pending } from './source/own.ts'
import { createWork, type Work } from './work.ts'
import { createZone, type Zone } from './zone.ts'

export interface EngineEnv {
  readonly store: StoreApi
  readonly sessions: SessionsApi
  readonly models: ModelsApi | undefined
  readonly clock: Clock
  readonly log: Log
  readonly timeZone: string | undefined
  readonly signal: AbortSignal
  /** For tests. */
  readonly work?: Work
}
export interface Engine extends UsageApi {
  /** Counts what is new in the gateway's own sessions. */
  sync(): Promise<void>
  flush(): Promise<void>
  close(): Promise<void>
}

/** An answer waits so long for what is still to be counted. */
const patienceMs = 1_000
const mostFolders = 4
/** Rows that would take long to count again. */
const worthWriting = 2_000
const mostRunning = 2
const mostZones = 16

interface Job { readonly progress: Progress; readonly done: Promise<void> }

export function createEngine({ store, sessions, models, clock, log, timeZone, signal, work = createWork() }: EngineEnv): Engine {
  const folders = new Map<string, Promise<Book>>() // least recently used first
  const jobs = new Map<string, Job>()
  const zones = new Map<string, Zone>()
  const sums = { sessions: createSessionSums(), months: createMonthSums() }
  const pending: Pending = { files: 0, bytes: 0 }
  const gateway = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  let opened: Promise<Book> | undefined
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  const own = (): Promise<Book> => (opened ??= openBook(store, 'own', undefined, usual()).catch((error: unknown) => {
    opened = undefined
    throw error
  }))
  const prices = () => readPrices(models)

  function zoneOf(name: string): Zone {
    let zone = zones.get(name)
    if (!zone) {
      zone = createZone(name)
      if (zones.size >= mostZones) zones.clear()
      zones.set(name, zone)
    }
    return zone
  }

  /** Whose days are asked for where nobody says whose; none where the config names none that there is. */
  function usual(): Zone | undefined {
    try { return zoneOf(gateway) } catch { return undefined }
  }

  /** What was on disk when it was called is counted when it resolves, so a look that is under way already is not enough. */
  function sync(): Promise<void> {
    if (!running) return running = look().finally(() => { running = undefined })
    return next ??= running.catch(() => {}).then(() => {
      next = undefined
      return sync()
    })
  }
  async function look(): Promise<void> {
    const book = await own()
    await readOwn({ store, sessions, clock, log, work }, book, await prices(), pending, signal)
    if (book.unwritten > worthWriting) await book.flush()
  }

  /** What is left out of an answer, if anything is. */
  async function settled(): Promise<{ readonly pending?: Pending }> {
    let timer: unknown
    const late = new Promise<void>((resolve) => { timer = clock.setTimeout(resolve, patienceMs) })
    await Promise.race([sync(), late])
    clock.clearTimeout(timer)
    return pending.files > 0 ? { pending: { ...pending } } : {}
  }

  async function bookOf(from: string | undefined): Promise<Book> {
    if (from === undefined) return own()
    const book = await folderOf(from) ?? await folderOf(await realpath(from).catch(() => from))
    if (!book) throw failUsage('NEXUS_USAGE_NOT_INDEXED')
    return book
  }
  async function folderOf(folder: string): Promise<Book | undefined> {
    const known = folders.get(folder)
    if (known) return remember(folder, known)
    const head = await createKept(store, indexName(folder)).head()
    return head?.folder === folder ? remember(folder, folders.get(folder) ?? openBook(store, indexName(folder), folder, usual())) : undefined
  }
  function remember(folder: string, book: Promise<Book>): Promise<Book> {
    folders.delete(folder)
    folders.set(folder, book)
    book.catch(() => folders.delete(folder))
    for (const old of folders.keys()) if (folders.size > mostFolders && !jobs.has(old)) folders.delete(old)
    return book
  }

  async function begin(given: string): Promise<Job> {
    const { folder, files } = await listed(work, given)
    const known = jobs.get(folder)
    if (known) return known
    if (jobs.size >= mostRunning) throw failUsage('NEXUS_USAGE_BUSY')
    const progress: Progress = { folder, done: false, files: { total: files.length, done: 0, failed: 0 }, bytes: { total: 0, done: 0 }, sessions: 0 }
    const book = remember(folder, folders.get(folder) ?? openBook(store, indexName(folder), folder, usual()))
    const done = book.then((open) => readFolder({ log, work, prices }, files, open, progress, signal)).then(() => { progress.done = !signal.aborted }).finally(() => { jobs.delete(folder) })
    const job = { progress, done }
    jobs.set(folder, job)
    done.catch((error: unknown) => log.warn('a folder of transcripts could not be indexed', { reason: String(error) }))
    return job
  }

  return {
    sync,
    async cost(params = {}) {
      const left = params.from === undefined ? await settled() : {}
      const book = await bookOf(params.from)
      const now = clock.now()
      return { ...await costOfDays(book, rangeOf(params, book, now, zoneOf, gateway), params.agentId?.toLowerCase(), now), ...left }
    },
    async sessions(params = {}) {
      const left = params.from === undefined ? await settled() : {}
      const book = await bookOf(params.from)
      const now = clock.now()
      const { key, agentId, ...rest } = params
      const query = { ...rest, ...(key !== undefined && { key: keyOf(book, key) }), ...(agentId !== undefined && { agentId: agentId.toLowerCase() }) }
      return { ...await usageOfSessions(book, rangeOf(params, book, now, zoneOf, gateway), query, now, sums), ...left }
    },
    async timeseries({ key, from, agentId }) {
      if (from === undefined) await settled()
      const book = await bookOf(from)
      return timeseriesOf(book, filesOf(book, keyOf(book, key), agentId?.toLowerCase()))
    },
    async logs({ key, from, agentId, limit }) {
      if (from === undefined) await settled()
      const book = await bookOf(from)
      return logsOf(store, book, filesOf(book, keyOf(book, key), agentId?.toLowerCase()), limit)
    },
    async index({ folder, waitMs }) {
      const { progress, done } = await begin(folder)
      if (waitMs === undefined) await done
      else {
        let timer: unknown
        await Promise.race([done, new Promise<void>((resolve) => { timer = clock.setTimeout(resolve, waitMs) })])
        clock.clearTimeout(timer)
      }
      return { ...progress, files: { ...progress.files }, bytes: { ...progress.bytes } }
    },
    async flush() {
      await (await opened)?.flush()
    },
    async close() {
      await work[Symbol.asyncDispose]()
      await Promise.allSettled([running, ...[...jobs.values()].map(({ done }) => done)])
      // What is not written is counted again; what is being written is waited for, so that nobody else writes meanwhile.
      await Promise.all([opened, ...folders.values()].map(async (book) => (await book?.catch(() => undefined))?.idle()))
    },
  }
}

/** A key in any form that clients send; an id of a session stays as it is. */
function keyOf(book: Book, key: string): string {
  for (const { session } of book.files()) if (session === key) return key
  return normalizeKey(key)
}
