/** The gateway's own sessions: what is new in those that were active since the last look, read through the store. */
import type { Clock, Log } from 'nexus-gateway/sdk'
import { sessionPartsOf, type SessionsApi } from '../../sessions/contract.ts'
import type { AppendLog, StoreApi } from '../../store/contract.ts'
import type { Book } from '../book/book.ts'
import type { FileAbout } from '../book/file.ts'
import type { PriceOf } from '../prices.ts'
import { createScan, freshState, type ScanState, type Step } from '../scan/gather.ts'
import { fingerprint, headOf, type Mark, tailOf } from '../scan/mark.ts'
import type { Work } from '../work.ts'

export interface OwnEnv { readonly store: StoreApi; readonly sessions: SessionsApi; readonly clock: Clock; readonly log: Log; readonly work: Work }
export interface Pending { files: number; bytes: number }

/** What one log holds that has not been counted. */
interface Job { readonly about: FileAbout; readonly log: AppendLog; readonly from: number; readonly size: number; readonly fresh: boolean }

/** The list of sessions may be some seconds behind after a crash. */
const marginMs = 60_000
const pageLength = 500
const pieceBytes = 1 << 20
/** Up to here a look of its own is cheaper than a thread; it takes the loop less than a few ms. */
const fewBytes = 256 << 10

/** Counts all that is on disk now; `pending` says meanwhile what is left. */
export async function readOwn({ store, sessions, clock, log, work }: OwnEnv, book: Book, priceOf: PriceOf, pending: Pending, signal: AbortSignal): Promise<void> {
  const at = clock.now()
  const jobs = await jobsOf(store, sessions, book)
  pending.files = jobs.length
  pending.bytes = jobs.reduce((sum, { size, from }) => sum + size - from, 0)
  let whole = true
  for (const job of jobs) {
    if (signal.aborted) return
    await read(job).catch((error: unknown) => {
      whole = false
      log.warn('a transcript could not be counted; it is tried again', { log: job.log.name, reason: String(error) })
    })
    pending.files--
    pending.bytes -= job.size - job.from
  }
  if (whole) book.syncedAt = at

  async function read(job: Job): Promise<void> {
    const file = await book.know(job.about)
    const state = job.fresh ? freshState : file.state
    const steps = job.size - job.from <= fewBytes ? here(job, state) : there(job, state, work)
    let { from: offset, fresh } = job
    for await (const step of steps) {
      offset += step.bytes
      await book.count(job.about.name, step, await markAt(job.log, offset), { fresh, priceOf })
      fresh = false
      if (signal.aborted) return
    }
  }
}

async function jobsOf(store: StoreApi, sessions: SessionsApi, book: Book): Promise<Job[]> {
  const jobs: Job[] = []
  const since = book.syncedAt > 0 ? { since: book.syncedAt - marginMs } : {}
  const look = async (key: string, session: string, name: string): Promise<void> => {
    const { agent, channel = '' } = sessionPartsOf(key)
    const job = await jobOf(store.log(name), { name, session, key, agent, channel }, book.file(name)?.mark)
    if (job) jobs.push(job)
  }
  for (let offset = 0, total = 1; offset < total; offset += pageLength) {
    const page = await sessions.list({ ...since, limit: pageLength, offset })
    total = page.total
    for (const { key, id, log } of page.sessions) {
      // A key with another transcript: of those before it there may be something left.
      if (!book.file(log)) for (const old of await sessions.archives(key)) await look(key, old.sessionId, old.log)
      await look(key, id, log)
    }
  }
  return jobs
}

async function jobOf(log: AppendLog, about: FileAbout, mark: Mark | undefined): Promise<Job | undefined> {
  const size = await log.size()
  if (size === 0) return undefined // retention has deleted it: what it has cost it has cost
  const same = mark !== undefined && size >= mark.offset && await isSame(log, mark)
  if (same && size === mark.offset) return undefined
  return { about, log, size, from: same ? mark.offset : 0, fresh: mark !== undefined && !same }
}

async function isSame(log: AppendLog, { offset, head, tail }: Mark): Promise<boolean> {
  const now = await markAt(log, offset)
  return now.head === head && now.tail === tail
}

async function markAt(log: AppendLog, offset: number): Promise<Mark> {
  const [head, tail] = await Promise.all([headOf(offset), tailOf(offset)].map(async ([from, length]) => fingerprint(await exactly(log, from, length))))
  return { offset, head: head as string, tail: tail as string }
}
const exactly = async (log: AppendLog, from: number, length: number): Promise<Uint8Array> => (length === 0 ? new Uint8Array() : log.readBytes(from, length))

async function* pieces({ log, from, size }: Job): AsyncGenerator<Uint8Array> {
  for (let at = from; at < size;) {
    const bytes = await log.readBytes(at, Math.min(pieceBytes, size - at))
    if (bytes.length === 0) return // removed meanwhile
    at += bytes.length
    yield bytes
  }
}

async function* here(job: Job, state: ScanState): AsyncGenerator<Step> {
  const scan = createScan(state)
  for await (const bytes of pieces(job)) scan.feed(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  yield scan.take(true)
}

async function* there(job: Job, state: ScanState, work: Work): AsyncGenerator<Step> {
  const held = await work.hold()
  try {
    await held.ask({ ask: 'begin', state })
    let done = 0
    for await (const bytes of pieces(job)) {
      done += bytes.length
      yield (await held.ask({ ask: 'feed', bytes: new Uint8Array(bytes), last: job.from + done >= job.size })).step
    }
  } finally {
    await held.release()
  }
}
