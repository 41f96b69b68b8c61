/** Folders of transcripts from elsewhere: what is new in them is read by the thread. */
import { createHash } from 'node:crypto'
import type { Log } from 'nexus-gateway/sdk'
import { normalizeKey, sessionPartsOf } from '../../sessions/contract.ts'
import type { Book } from '../book/book.ts'
import type { FileAbout } from '../book/file.ts'
import { failUsage } from '../errors.ts'
import type { PriceOf } from '../prices.ts'
import type { FoundFile } from '../scan/folder.ts'
import type { IndexReport } from '../wire.ts'
import type { Ask, Work } from '../work.ts'

export interface ForeignEnv { readonly log: Log; readonly work: Work; prices(): Promise<PriceOf> }
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] }
export type Progress = Mutable<IndexReport>

/** After so many bytes another may have the thread, and what is done is kept. */
const shareBytes = 128 << 20
/** Rows that are not on disk yet. */
const mostUnwritten = 50_000

/** What the index of a folder goes by. */
export const indexName = (folder: string): string => `f-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`

/** The folder by its real path, and the transcripts in it. Rejects with NEXUS_USAGE_FOLDER. */
export async function listed(work: Work, folder: string): Promise<{ readonly folder: string; readonly files: readonly FoundFile[] }> {
  const held = await work.hold()
  try {
    return await held.ask({ ask: 'list', folder })
  } catch (error) {
    throw failUsage('NEXUS_USAGE_FOLDER', { reason: reasonOf(error) }, error)
  } finally {
    await held.release()
  }
}
const reasonOf = (error: unknown): string => ({ ENOENT: 'there is none of that name', ENOTDIR: 'it is no folder', EACCES: 'it may not be read' })[(error as Error).message] ?? 'its disk says no'

/** Counts what is new in these; what is not there any more is taken back. */
export async function readFolder({ log, work, prices }: ForeignEnv, files: readonly FoundFile[], book: Book, progress: Progress, signal: AbortSignal): Promise<void> {
  const priceOf = await prices()
  const there = new Set(files.map(({ name }) => name))
  const changed = files.filter((found) => !isKnown(book, found))
  progress.files.total = files.length
  progress.files.done = files.length - changed.length
  progress.bytes.total = changed.reduce((sum, found) => sum + toRead(book, found), 0)
  progress.sessions = new Set(files.map(({ agent, session }) => `${agent}/${session}`)).size
  for (const { name, mark } of [...book.files()]) if (mark && !there.has(name)) await book.drop(name)
  for (let at = 0; at < changed.length && !signal.aborted;) {
    const held = await work.hold()
    try {
      const limit = progress.bytes.done + shareBytes
      for (; at < changed.length && progress.bytes.done < limit && !signal.aborted; at++) await one(held.ask, changed[at] as FoundFile)
    } finally {
      await held.release()
    }
  }
  await book.flush()

  async function one(ask: Ask, found: FoundFile): Promise<void> {
    const before = progress.bytes.done
    const bytes = toRead(book, found)
    try {
      await read(ask, found)
      progress.files.done++
    } catch (error) {
      if (signal.aborted) return
      progress.files.failed++
      log.warn('a transcript could not be read; it is tried again next time', { reason: (error as Error).message })
    }
    progress.bytes.done = before + bytes
    if (book.unwritten > mostUnwritten) await book.flush()
  }

  async function read(ask: Ask, found: FoundFile): Promise<void> {
    const { mark, state } = await book.know(aboutOf(found))
    const { status } = await ask({ ask: 'open', path: found.path, mark, state })
    if (status === 'same') return
    let fresh = status === 'new' && mark !== undefined
    // The next stretch is read while this one is counted.
    let next = ask({ ask: 'next' })
    for (;;) {
      const { step, mark: now, last } = await next
      if (!last) {
        next = ask({ ask: 'next' })
        next.catch(() => {}) // it is waited for in its turn
      }
      await book.count(found.name, step, now, { fresh, priceOf })
      progress.bytes.done += step.bytes
      fresh = false
      if (last || signal.aborted) return
    }
  }
}

function isKnown(book: Book, { name, file }: FoundFile): boolean {
  const was = book.file(name)?.mark?.file
  return was !== undefined && was.size === file.size && was.mtimeMs === file.mtimeMs && was.ino === file.ino
}
/** As it seems before it is opened. */
function toRead(book: Book, { name, file }: FoundFile): number {
  const mark = book.file(name)?.mark
  return mark && file.size > mark.offset ? file.size - mark.offset : file.size
}

function aboutOf({ name, session, key, agent }: FoundFile): FileAbout {
  const whole = wholeKey(key, agent) ?? `agent:${agent}:${session}`
  const { agent: owner, channel = '' } = sessionPartsOf(whole)
  return { name, session, key: whole, agent: owner, channel }
}

function wholeKey(key: string | undefined, agent: string): string | undefined {
  try {
    return key === undefined ? undefined : normalizeKey(/^agent:/i.test(key) ? key : `agent:${agent}:${key}`)
  } catch {
    return undefined
  }
}
