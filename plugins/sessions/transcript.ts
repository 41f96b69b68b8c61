/** One transcript: appended to in order, read from its end. */
import type { AppendLog, LogLine } from '../store/contract.ts'
import type { NewEntry, PageOptions, SessionEntry, SessionHeader, StoredEntry } from './contract.ts'
import { makeEntry, newId, parseLine } from './entries.ts'

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

export function createTranscript({ log, now, header, damaged }: TranscriptEnv): Transcript {
  let last: Promise<unknown> = Promise.resolve()
  let writers = 0
  /** The entry that the next one follows; not known before the first append. */
  let leaf: { readonly id: string | null; readonly empty: boolean } | undefined

  function parse({ text, offset }: LogLine): StoredEntry | undefined {
    const entry = parseLine(text)
    if (entry === 'damaged') damaged()
    return typeof entry === 'string' ? undefined : { ...entry, position: offset }
  }

  async function findLeaf(): Promise<NonNullable<typeof leaf>> {
    const size = await log.size()
    for (let before = size; before > 0;) {
      const lines = await log.lastLines(16, { before, maxBytes: pageBytes })
      const entry = lines.map(parse).findLast((e) => e !== undefined)
      if (entry) return { id: entry.id, empty: false }
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
    await log.append([...(after.empty ? [header()] : []), ...made].map((line) => JSON.stringify(line)))
    leaf = { id: parentId, empty: false }
    return made
  }

  async function page<E extends SessionEntry>({ limit = defaultPage, before }: PageOptions, wanted: (entry: SessionEntry) => entry is E): Promise<(E & { readonly position: number })[]> {
    const count = Math.min(Math.max(1, Math.floor(limit)), maxPage)
    const found: (E & { position: number })[] = [] // newest first
    let end = before ?? await log.size()
    while (found.length < count && end > 0) {
      const lines = await log.lastLines(Math.max(32, count - found.length), { before: end, maxBytes: pageBytes })
      for (const line of lines.toReversed()) {
        const entry = found.length < count ? parse(line) : undefined
        if (entry && wanted(entry)) found.push(entry)
      }
      end = lines[0]?.offset ?? 0
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
        const entry = parse(line)
        if (entry) yield entry
      }
    },
    size: () => log.size(),
    get busy() { return writers > 0 },
  }
}
