/** One transcript: appended to in order, read from its end, along the branch that its last entry stands on. */
import type { AppendLog } from '../store/contract.ts'
import type { NewEntry, PageOptions, SessionEntry, SessionHeader, StoredEntry } from './contract.ts'
import { createBranch } from './branch.ts'
import { makeEntry, newId, readLine, type ReadLine } from './entries.ts'
import type { Tail, TailLine } from './tail.ts'

/** `id` if the entry was promised one already. */
export type Written = NewEntry & { readonly id?: string }

export interface Transcript {
  append(entries: readonly Written[]): Promise<SessionEntry[]>
  /** The newest entries that `wanted` admits, newest last. */
  page<E extends SessionEntry>(options: PageOptions, wanted: (entry: SessionEntry) => entry is E): Promise<(E & { readonly position: number })[]>
  /** Entries from the byte `from` on, oldest first. */
  since(from: number): AsyncIterable<StoredEntry>
  size(): Promise<number>
  /** Whether an entry with this id is among the last `within`. */
  has(id: string, within: number): Promise<boolean>
  /** Whether something is being written. */
  readonly busy: boolean
}

export interface TranscriptEnv {
  readonly log: AppendLog
  readonly tail: Tail
  readonly now: () => number
  readonly header: () => SessionHeader
  /** A line was found that is no entry and should be one. */
  readonly damaged: () => void
}

const maxPage = 1000
const defaultPage = 200
/** Entries looked at together. */
const searched = 500
const pageBytes = 4 * 1024 * 1024
const defaultBytes = 64 * 1024 * 1024

export function createTranscript({ log, tail, now, header, damaged }: TranscriptEnv): Transcript {
  let last: Promise<unknown> = Promise.resolve()
  let writers = 0
  /** The entry that the next one follows; not known before the first append. */
  let leaf: { readonly id: string | null; readonly empty: boolean } | undefined

  /** The lines before the byte `end`, newest last: some where there are any, and no more than `count`. */
  async function linesBefore(end: number, count: number): Promise<readonly TailLine[]> {
    const known = tail.before(end, count)
    if (known.length > 0) return known
    const found = await log.lastLines(count, { before: end, maxBytes: pageBytes })
    tail.seen(found)
    return found.map(({ offset, end: to, text }) => {
      const read = readLine(text, offset)
      if (read.damaged) damaged()
      return { offset, bytes: to - offset, read }
    })
  }

  async function findLeaf(): Promise<NonNullable<typeof leaf>> {
    const size = await log.size()
    for (let before = size; before > 0;) {
      const lines = await linesBefore(before, 16)
      const last = lines.map(({ read }) => read).findLast(({ entry }) => entry !== undefined)
      if (last) return { id: last.id, empty: false }
      before = lines[0]?.offset ?? 0
    }
    return { id: null, empty: size === 0 }
  }

  async function write(entries: readonly Written[]): Promise<SessionEntry[]> {
    const after = leaf ??= await findLeaf()
    let parentId = after.id
    const made = entries.map(({ id = newId(), ...entry }) => {
      const one = makeEntry(entry as NewEntry, id, parentId, now())
      parentId = id
      return one
    })
    const lines = [...(after.empty ? [header()] : []), ...made].map((line) => JSON.stringify(line))
    const { offset } = await log.append(lines)
    tail.wrote(lines, offset)
    leaf = { id: parentId, empty: false }
    return made
  }

  /** The line that the one at `position` goes on from. */
  async function parentOf(position: number): Promise<ReadLine['parentId']> {
    for await (const line of log.read({ from: position, limit: 1 })) return readLine(line.text, line.offset).parentId
    return undefined
  }

  async function page<E extends SessionEntry>({ limit = defaultPage, before, maxBytes = defaultBytes }: PageOptions, wanted: (entry: SessionEntry) => entry is E): Promise<(E & { readonly position: number })[]> {
    const count = Math.min(Math.max(1, Math.floor(limit)), maxPage)
    const found: (E & { position: number })[] = [] // newest first
    const start = before ?? await log.size()
    const branch = createBranch(before === undefined ? undefined : await parentOf(before), start)
    let left = maxBytes
    const enough = (): boolean => found.length >= count || (left <= 0 && found.length > 0)
    for (let end = start; end > 0 && !branch.begun && !enough();) {
      const lines = await linesBefore(end, Math.max(32, count - found.length))
      end = lines[0]?.offset ?? 0
      for (const { read, offset, bytes } of lines.toReversed()) {
        if (enough() || branch.begun) break
        if (!branch.holds(read, offset) || !read.entry || !wanted(read.entry)) continue
        found.push({ ...read.entry, position: offset })
        left -= bytes
      }
      end = branch.from(end)
    }
    return found.reverse()
  }

  return {
    append(entries) {
      if (entries.length === 0) return Promise.resolve([])
      writers++
      const mine = last.then(() => write(entries)).finally(() => { writers-- })
      last = mine.catch(() => {}) // its caller is told; those behind it follow what was there before
      return mine
    },
    page,
    async has(id, within) {
      let before: number | undefined
      for (let seen = 0; seen < within;) {
        const entries = await page({ limit: searched, ...(before !== undefined && { before }) }, (_): _ is SessionEntry => true)
        if (entries.some((entry) => entry.id === id)) return true
        seen += entries.length
        before = entries[0]?.position
        if (!before) return false // the beginning
      }
      return false
    },
    async* since(from) {
      for await (const line of log.read({ from })) {
        const { entry, damaged: isDamaged } = readLine(line.text, line.offset)
        if (isDamaged) damaged()
        if (entry) yield { ...entry, position: line.offset }
      }
    },
    size: () => log.size(),
    get busy() { return writers > 0 },
  }
}
