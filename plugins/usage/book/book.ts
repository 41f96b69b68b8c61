/**
 * The index of many transcripts: how far each has been read, what each comes to, and sums by day of the zones that are
 * asked for. All of it can be made again from the transcripts, so it is written now and then, never on the way of an answer;
 * what is on disk is used only where its parts fit together.
 */
import type { PriceOf } from '../prices.ts'
import { freshState, type Step } from '../scan/gather.ts'
import type { Mark } from '../scan/mark.ts'
import { createZone, type Zone } from '../zone.ts'
import { createDays, type Days } from './days.ts'
import { byDay, costIn, decodeByDay, decodeDetail, type Detail, emptyDetail, encodeDetail, type KeptDetail, merge, priced } from './detail.ts'
import type { FileAbout, FileRecord } from './file.ts'
import { createGroups, type Groups } from './groups.ts'
import { createKept, format, listLength, type Head } from './kept.ts'
import { nextRecent, recentDays } from './recent.ts'
import type { StoreApi } from '../../store/contract.ts'

export interface Book {
  readonly groups: Groups
  readonly folder: string | undefined
  syncedAt: number
  files(): Iterable<FileRecord>
  file(name: string): FileRecord | undefined
  /** Names a transcript, or says anew whose it is; what it has come to then counts for that one. */
  know(about: FileAbout): Promise<FileRecord>
  /** Counts a stretch of it, up to `mark`. `fresh`: what was counted of it before is taken back. */
  count(name: string, step: Step, mark: Mark, options: { readonly fresh: boolean; readonly priceOf: PriceOf }): Promise<void>
  detail(file: FileRecord): Promise<Detail>
  /** The same by the days of a zone. */
  daily(file: FileRecord, zone: Zone): Promise<Detail>
  /** Takes back all that was counted of it: it is not there any more. */
  drop(name: string): Promise<void>
  /** The sums by day of that zone, made if nobody has asked for them before, with these days in memory. */
  days(zone: Zone, months: Iterable<number>): Promise<Days>
  /** Writes what has changed. */
  flush(): Promise<void>
  /** When nothing is being written. */
  idle(): Promise<void>
  /** Rows that wait to be written. */
  readonly unwritten: number
}

/** Zones whose days are kept up to date. */
const mostZones = 4
/** Rows of transcripts in memory that need not be there. */
const mostRows = 400_000
const yieldEvery = 16

/** `usual`: the zone that most questions are asked in, beside those that are found out. */
export async function openBook(store: StoreApi, name: string, folder?: string, usual?: Zone): Promise<Book> {
  const kept = createKept(store, name)
  const groups = createGroups()
  const head = await kept.head()
  const files: FileRecord[] = (await Promise.all(Array.from({ length: Math.ceil((head?.files ?? 0) / listLength) }, (_, i) => kept.list(i)))).flat()
  const byName = new Map(files.map((file) => [file.name, file]))
  const details = new Map<number, Detail>() // least recently used first
  const zones = new Map<string, Days>() // least recently used first
  const dirty = new Set<number>()
  let recent = head === undefined ? {} : await kept.recent()
  let changed = false
  let unwritten = 0
  let last: Promise<unknown> = Promise.resolve()
  let onDisk: Head | undefined = head

  /** One after the other: a change, a new zone, a writing. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }

  function set(file: FileRecord): FileRecord {
    files[file.at] = file
    byName.set(file.name, file)
    dirty.add(file.at)
    changed = true
    return file
  }

  async function detailOf({ at, mark }: FileRecord): Promise<Detail> {
    let detail = details.get(at)
    if (!detail) {
      const read = mark ? await kept.detail(at) : undefined
      detail = details.get(at) ?? (read ? decodeDetail(read) : emptyDetail())
    }
    details.delete(at)
    details.set(at, detail)
    return detail
  }
  async function dailyOf(file: FileRecord, zone: Zone): Promise<Detail> {
    const days = recentDays(recent, file, zone)
    if (days) return days
    const read = file.mark && !details.has(file.at) ? await kept.detail(file.at) : undefined
    // What was counted meanwhile is in memory.
    return read && !details.has(file.at) ? decodeByDay(read, zone) : byDay(await detailOf(file), zone)
  }
  function forget(): void {
    let rows = 0
    for (const { rows: own, tallies } of details.values()) rows += own.size + tallies.size
    for (const [at, detail] of details) {
      if (rows <= mostRows) return
      if (dirty.has(at)) continue
      details.delete(at)
      rows -= detail.rows.size + detail.tallies.size
    }
  }

  async function spread(file: FileAbout, detail: Detail, sign: 1 | -1): Promise<void> {
    for (const days of zones.values()) {
      await days.ensure(days.monthsOf(detail))
      days.spread(file, detail, sign)
    }
  }

  const daysOf = (zone: Zone, known: readonly number[]): Days => createDays(zone, groups, known, (month) => kept.month(zone.name, month))

  async function build(zone: Zone): Promise<Days> {
    const days = daysOf(zone, [])
    for (const [i, file] of files.entries()) {
      const detail = await detailOf(file)
      await days.ensure(days.monthsOf(detail))
      days.spread(file, detail, 1)
      forget()
      if (i % yieldEvery === 0) await pause()
    }
    changed = true
    return days
  }

  /** After a crash between two parts: what does not fit is counted again, and the sums are made anew. */
  async function mend(): Promise<void> {
    for (const file of files) {
      if (!file.mark || (await kept.detail(file.at))?.version === file.version) continue
      const { mark: _, ...rest } = file
      set({ ...rest, state: freshState, cost: 0 })
      details.set(file.at, emptyDetail())
    }
    zones.clear()
    recent = {}
    changed = true
  }

  // Lists that are missing or shorter than they should be leave gaps: then nothing of it is trusted.
  if (files.length !== (head?.files ?? 0) || files.some((file, i) => file.at !== i)) {
    files.length = 0
    byName.clear()
    recent = {}
    onDisk = undefined
  } else if (head?.writing) await mend()
  else for (const [name, months] of Object.entries(head?.zones ?? {})) zones.set(name, daysOf(createZone(name), months))

  async function write(): Promise<void> {
    if (!changed && book.syncedAt === onDisk?.syncedAt) return
    const now: Head = {
      format, writing: false, files: files.length, syncedAt: book.syncedAt, ...(folder !== undefined && { folder }),
      zones: Object.fromEntries([...zones].map(([zone, { known }]) => [zone, [...known]])),
    }
    if (!changed) return put(now)
    await put({ ...now, writing: true })
    const asked = new Map([...(usual ? [usual] : []), ...[...zones.values()].map(({ zone }) => zone)].map((zone) => [zone.name, zone]))
    const written = new Map<number, Required<KeptDetail>>()
    for (const at of dirty) {
      const { version } = files[at] as FileRecord
      const detail = encodeDetail(await detailOf(files[at] as FileRecord), version, [...asked.values()])
      await kept.putDetail(at, detail)
      written.set(at, { ...detail, rows: '', tallies: '' })
    }
    recent = nextRecent(files, recent, written)
    await kept.putRecent(recent)
    for (const list of new Set([...dirty].map((at) => Math.floor(at / listLength)))) await kept.putList(list, files.slice(list * listLength, (list + 1) * listLength))
    for (const [zone, days] of zones) for (const month of days.dirty) await kept.putMonth(zone, month, days.encode(month))
    await put(now)
    dirty.clear()
    for (const days of zones.values()) days.dirty.clear()
    changed = false
    unwritten = 0
    forget()
  }
  async function put(next: Head): Promise<void> {
    await kept.putHead(next)
    onDisk = next
  }

  const book: Book = {
    groups, folder: head?.folder ?? folder, syncedAt: head?.writing ? 0 : onDisk?.syncedAt ?? 0,
    files: () => files,
    file: (of) => byName.get(of),
    get unwritten() { return unwritten },
    know: (about) => alone(async () => {
      const known = byName.get(about.name)
      if (!known) return set({ ...about, at: files.length, version: 0, state: freshState, cost: 0 })
      if (known.key === about.key && known.agent === about.agent && known.channel === about.channel) return known
      const detail = await detailOf(known)
      await spread(known, detail, -1)
      await spread(about, detail, 1)
      return set({ ...known, ...about, version: known.version + 1 })
    }),
    count: (of, step, mark, { fresh, priceOf }) => alone(async () => {
      const file = byName.get(of) as FileRecord
      const detail = await detailOf(file)
      const added = priced(step, priceOf)
      if (fresh) {
        await spread(file, detail, -1)
        details.set(file.at, emptyDetail())
      }
      merge(await detailOf({ ...file, mark }), added)
      await spread(file, added, 1)
      const before = fresh || !file.mark ? 0 : file.cost
      set({ ...file, mark, state: step.state, version: file.version + 1, ...(before !== undefined && { cost: before + costIn(added) }) })
      unwritten += added.rows.size
    }),
    drop: (of) => alone(async () => {
      const file = byName.get(of)
      if (!file?.mark) return
      await spread(file, await detailOf(file), -1)
      const { mark: _, ...rest } = file
      set({ ...rest, state: freshState, cost: 0, version: file.version + 1 })
      details.set(file.at, emptyDetail())
    }),
    detail: detailOf, daily: dailyOf,
    async days(zone, months) {
      const found = zones.get(zone.name) ?? await alone(async () => {
        const days = zones.get(zone.name) ?? await build(zone)
        zones.set(zone.name, days)
        for (const old of zones.keys()) if (zones.size > mostZones) zones.delete(old)
        return days
      })
      zones.delete(zone.name)
      zones.set(zone.name, found)
      await found.ensure(months)
      return found
    },
    flush: () => alone(write),
    idle: () => alone(async () => {}),
  }
  return book
}

const pause = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })
