/**
 * The writer. Records that wait at the same time share one write and one fsync of the log, then one of the head, and
 * only then is any of them acknowledged. Whatever fails, the log is never shorter than its head says.
 */
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cause, Log } from 'nexus-gateway/sdk'
import type { JournalEntry } from './contract.ts'
import { errno, fail } from './errors.ts'
import { openPrivate, readAt, realFs, segmentName, syncDir, writeAt, type Fs } from './files.ts'
import { slotOf, slotOffset, type Head } from './head.ts'
import { bodyOf, lineOf, linksOf, maxLineBytes, type Anchor } from './record.ts'
import { openFolder, type Opened } from './start.ts'

export interface JournalOptions {
  readonly dir: string
  readonly now: () => number
  readonly log: Log
  /** For the journal's own records. */
  readonly self: Cause
  /** A segment that has come to this size is followed by another. */
  readonly segmentBytes: number
  /** Of all segments; at least two are kept. */
  readonly maxBytes: number
  readonly maxWaiting?: number
  readonly fs?: Fs
  /** Waits until no other has the files; resolves to what lets go of them. */
  readonly acquire?: () => Promise<() => Promise<void>>
}

export interface OpenJournal {
  /** Resolves to the record's number once it is on disk and acknowledged. Rejects with NEXUS_JOURNAL_UNWRITABLE, NEXUS_JOURNAL_BUSY. */
  record(entry: JournalEntry): Promise<number>
  /** Opens the files now rather than with the first record. Whether that could be done; if not, the next record tries again. */
  open(): Promise<boolean>
  /** One line each, without anything that was recorded; empty if all is well. */
  faults(): readonly string[]
  readonly waiting: number
  /** Writes what waits, then refuses everything. */
  close(): Promise<void>
}

interface Waiting { readonly body: string; resolve(n: number): void; reject(error: Error): void }
interface Files { readonly opened: Opened; segment: FileHandle; /** Bytes of it that are known to be there. */ end: number; segments: number[] }

const maxBatchBytes = 1024 * 1024

export function createJournal(options: JournalOptions): OpenJournal {
  const { dir, now, log, self, segmentBytes, maxBytes, maxWaiting = 20_000, fs = realFs } = options
  const keep = Math.max(2, Math.floor(maxBytes / segmentBytes))
  const queue: Waiting[] = []
  let files: Files | undefined
  let head: Head // of what the log holds; on disk too unless `ahead`
  let slot = 0 // where the next head goes
  let ahead = false // the log runs past the head on disk
  let torn = false // bytes may follow `files.end`
  let working: Promise<void> | undefined
  let trouble: string | undefined
  let due = true // retention is looked at
  let overdue = false // and could not be done
  let closed = false
  let release: (() => Promise<void>) | undefined

  const own = (verb: string, subject: string): JournalEntry => ({ cause: self, verb, subject, decision: 'allow', outcome: 'ok' })
  const bodyNow = (entry: JournalEntry, anchor?: Anchor): string => bodyOf(entry, now(), anchor)

  // ── Opening ───────────────────────────────────────────────────────────────────────────────────

  async function opened(): Promise<Files> {
    if (files) return files
    release ??= await options.acquire?.()
    const found = await openFolder(fs, dir, now())
    head = found.head
    slot = 1 - found.slot
    ahead = false
    torn = false
    files = { opened: found, segment: found.segment, end: head.end, segments: [...found.segments] }
    if (found.damage !== undefined) log.error('the journal was found damaged and put aside; a new one begins', { damage: found.damage, keptIn: found.aside.at(-1) })
    if (found.cut > 0) log.warn('cut off what stood behind the head of the journal, acknowledged to nobody', { bytes: found.cut })
    const first = [
      ...(head.n === 0 ? [own('journal.opened', head.journal)] : []),
      ...(found.damage === undefined ? [] : [own('journal.broken', `the journal before this one was put aside in ${found.aside.at(-1)}: ${found.damage}`)]),
      ...(found.cut > 0 ? [own('journal.repaired', `${found.cut} bytes behind the head were cut off`)] : []),
    ]
    if (first.length > 0) await commit(first.map((entry) => bodyNow(entry)))
    return files
  }

  // ── Writing ───────────────────────────────────────────────────────────────────────────────────

  /** One group after the other: whatever waits, up to a megabyte. */
  async function work(): Promise<void> {
    while (queue.length > 0) {
      let group: Waiting[] = []
      try {
        await ready()
        group = takeGroup() // only now, so that all who came meanwhile share the fsync
        const first = await commit(group.map(({ body }) => body))
        group.forEach(({ resolve }, i) => resolve(first + i))
        recovered()
      } catch (error) {
        refuse(group.length > 0 ? group : queue.splice(0), error)
      }
      if (due && files && files.segments.length > keep) await prune(files)
    }
  }

  function takeGroup(): Waiting[] {
    let bytes = 0
    let count = 0
    while (count < queue.length && (count === 0 || bytes < maxBatchBytes)) bytes += (queue[count++] as Waiting).body.length
    return queue.splice(0, count)
  }

  /** Whatever a failure left open is settled before anything is added to it. */
  async function ready(): Promise<void> {
    const now = await opened()
    if (torn) {
      await now.segment.truncate(now.end)
      await now.segment.datasync()
      torn = false
    }
    if (ahead) await writeHead()
    if (now.end >= segmentBytes) await rotate(now)
  }

  /** The number of the first. */
  async function commit(bodies: readonly string[]): Promise<number> {
    const to = files as Files
    const first = head.n + 1
    let prev = head.hash
    const lines = bodies.map((body, i) => {
      const made = lineOf(first + i, body, prev)
      prev = made.hash
      return made.line
    })
    const bytes = Buffer.from(lines.join(''))
    torn = true
    await writeAt(to.segment, bytes, to.end)
    await to.segment.datasync()
    if (to.end === 0) await syncDir(fs, dir) // the file may be new
    torn = false
    to.end += bytes.length
    head = { ...head, n: first + bodies.length - 1, hash: prev, segment: to.segments.at(-1) as number, end: to.end, time: now() }
    ahead = true
    await writeHead()
    return first
  }

  /** If it fails the same place is written again: the other one holds the last head that is sure. */
  async function writeHead(): Promise<void> {
    const { headFile, key } = (files as Files).opened
    await writeAt(headFile, slotOf(head, key), slotOffset(slot))
    await headFile.datasync()
    slot = 1 - slot
    ahead = false
  }

  function refuse(waiting: readonly Waiting[], error: unknown): void {
    if (trouble === undefined) log.error('the journal cannot be written; nothing privileged is done until it can', { reason: errno(error) })
    trouble = errno(error)
    const refusal = fail('NEXUS_JOURNAL_UNWRITABLE', { reason: trouble }, error)
    for (const { reject } of waiting) reject(refusal)
  }

  function recovered(): void {
    if (trouble !== undefined) log.warn('the journal is written again')
    trouble = undefined
  }

  // ── Segments ──────────────────────────────────────────────────────────────────────────────────

  async function rotate(now: Files): Promise<void> {
    const first = head.n + 1
    const next = await openPrivate(fs, join(dir, segmentName(first)), 'new')
    const old = now.segment
    now.segment = next
    now.end = 0
    now.segments.push(first)
    due = true
    await old.close()
  }

  /** First the journal says what it removes, and by which hash that can be known again; then it is removed. */
  async function prune(now: Files): Promise<void> {
    const gone = now.segments.slice(0, -keep)
    const firstKept = now.segments[gone.length] as number
    if (torn || ahead) return
    due = false
    try {
      const hash = await hashBefore(firstKept)
      await commit([bodyNow(own('journal.anchored', `records to ${firstKept - 1} were removed`), { to: firstKept - 1, hash })])
      for (const first of gone) {
        await fs.unlink(join(dir, segmentName(first))).catch((error: unknown) => { if (errno(error) !== 'ENOENT') throw error })
        now.segments.shift()
      }
      await syncDir(fs, dir)
      overdue = false
    } catch (error) {
      if (!overdue) log.error('old records of the journal could not be removed', { reason: errno(error) })
      overdue = true
    }
  }

  async function hashBefore(first: number): Promise<string> {
    const handle = await openPrivate(fs, join(dir, segmentName(first)), 'existing')
    try {
      const bytes = await readAt(handle, 0, maxLineBytes)
      const links = linksOf(bytes, 0, bytes.indexOf(0x0a))
      if (!links?.intact) throw Object.assign(new Error('damaged'), { code: 'a segment that is damaged' })
      return links.prev
    } finally { await handle.close() }
  }

  // ── For those who use it ──────────────────────────────────────────────────────────────────────

  /** Starts the work if none is under way. */
  function kick(): Promise<void> {
    return working ??= work().finally(() => {
      working = undefined
      if (queue.length > 0) void kick()
    })
  }

  return {
    async record(entry) {
      if (closed) throw fail('NEXUS_JOURNAL_UNWRITABLE', { reason: 'it is closed' })
      if (queue.length >= maxWaiting) throw fail('NEXUS_JOURNAL_BUSY', { limit: maxWaiting })
      const body = bodyNow(entry)
      return new Promise((resolve, reject) => {
        queue.push({ body, resolve, reject })
        void kick()
      })
    },
    async open() {
      while (working) await working
      if (files || closed) return files !== undefined
      working = opened().then(recovered, (error: unknown) => refuse([], error)).finally(() => {
        working = undefined
        if (queue.length > 0) void kick()
      })
      await working
      return files !== undefined
    },
    faults() {
      const aside = files?.opened.aside ?? []
      return [
        ...(trouble === undefined ? [] : [`the journal cannot be written (${trouble}); nothing privileged is done`]),
        ...aside.map((name) => `the journal was found damaged and put aside in journal/${name}`),
        ...(overdue ? ['old records of the journal cannot be removed'] : []),
      ]
    },
    get waiting() { return queue.length },
    async close() {
      closed = true
      while (working) await working
      const now = files
      files = undefined
      try {
        await now?.segment.close()
        await now?.opened.headFile.close()
      } finally { await release?.() }
    },
  }
}
