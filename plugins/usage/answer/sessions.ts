/** `sessions.usage`: rows of sessions, and sums of all of them along every axis. */
import { sessionPartsOf } from '../../sessions/contract.ts'
import type { Book } from '../book/book.ts'
import type { FileRecord } from '../book/file.ts'
import { quarterMs } from '../scan/columns.ts'
import type { SessionsUsage, SessionsUsageParams } from '../wire.ts'
import { dayText } from '../zone.ts'
import { createFold, type Fold } from './fold.ts'
import { type MonthSums, partOf } from './months.ts'
import type { Range } from './range.ts'
import { agentsOf, channelsOf, latencyOfAll, messagesOf, modelsOf, providersOf, toolsOf, totalsOf, usd } from './shapes.ts'
import type { SessionSums } from './sums.ts'

type Row = SessionsUsage['sessions'][number]
/** What is one row: a transcript, or all of one key. Newest first. */
interface Family { readonly files: FileRecord[]; lastAt: number }
export interface SessionsQuery extends NonNullable<SessionsUsageParams> { /** By key. */ readonly labels?: ReadonlyMap<string, string> }

/** What is kept from one question to the next. */
export interface Sums { readonly sessions: SessionSums; readonly months: MonthSums }

const usualRows = 50
/** In nano-dollars; for one whose cost nobody has summed up. */
const mostCost = Number.MAX_SAFE_INTEGER

export async function usageOfSessions(book: Book, range: Range, query: SessionsQuery, now: number, { sessions: sums, months }: Sums): Promise<SessionsUsage> {
  const { zone, from, to } = range
  const families = query.creatorKey === undefined ? familiesOf(book, range, query) : []
  const all = query.creatorKey === undefined && query.key === undefined ? await months.of(book, range, query.agentId) : partOf(await foldFiles(book, range, families.flatMap(({ files }) => files)), book.groups)
  const count = query.limit ?? usualRows
  const rowFor = (family: Family): Promise<Row | undefined> => rowOf(book, range, family, query, sums)
  const rows = query.sort === 'cost' ? await dearest(families, count, rowFor) : await first(families, count, rowFor)
  const { groups } = book
  const latency = latencyOfAll([all.sizes], all.total)
  return {
    updatedAt: now, startDate: dayText(from), endDate: dayText(to), sessions: rows, totals: totalsOf(all.total),
    aggregates: {
      sessionCount: families.length, messages: messagesOf(all.total), tools: toolsOf(all),
      byModel: modelsOf(all, groups), byProvider: providersOf(all, groups), byAgent: agentsOf(all, groups), byChannel: channelsOf(all, groups), byCreator: [],
      ...(latency && { latency }), dailyLatency: all.dailyLatency, modelDaily: all.modelDaily, daily: all.daily, costDaily: all.costDaily,
    },
    creatorOptions: [],
  } satisfies SessionsUsage

  function familiesOf(of: Book, { from: first, to: last }: Range, { key, agentId, groupBy }: SessionsQuery): Family[] {
    const found = new Map<string, Family>()
    for (const file of of.files()) {
      if (!file.mark || file.state.lastAt === 0 || (key !== undefined && file.key !== key && file.session !== key) || (agentId !== undefined && file.agent !== agentId)) continue
      if (zone.dayOf(Math.floor(file.state.lastAt / quarterMs)) < first || zone.dayOf(Math.floor(file.state.firstAt / quarterMs)) > last) continue
      const name = groupBy === 'instance' ? file.name : file.key
      const family = found.get(name)
      if (family) family.files.push(file)
      else found.set(name, { files: [file], lastAt: 0 })
    }
    for (const family of found.values()) {
      family.files.sort((a, b) => b.state.lastAt - a.state.lastAt)
      family.lastAt = (family.files[0] as FileRecord).state.lastAt
    }
    return [...found.values()].sort((a, b) => b.lastAt - a.lastAt)
  }
}

type RowFor = (family: Family) => Promise<Row | undefined>

async function first(families: readonly Family[], count: number, rowFor: RowFor): Promise<Row[]> {
  const rows: Row[] = []
  for (const family of families) {
    if (rows.length >= count) break
    const row = await rowFor(family)
    if (row) rows.push(row)
  }
  return rows
}

/** In these days none has cost more than it has in all, so those that have cost little in all need not be looked at. */
async function dearest(families: readonly Family[], count: number, rowFor: RowFor): Promise<Row[]> {
  const inAll = families.map((family) => ({ family, cost: usd(family.files.reduce((sum, { cost = mostCost }) => sum + cost, 0)) })).sort((a, b) => b.cost - a.cost)
  const rows: Row[] = []
  for (const { family, cost } of inAll) {
    if (rows.length >= count && cost <= costOf(rows[count - 1] as Row)) break
    const row = await rowFor(family)
    if (!row) continue
    const place = rows.findIndex((other) => costOf(other) < costOf(row))
    rows.splice(place < 0 ? rows.length : place, 0, row)
    if (rows.length > count) rows.pop()
  }
  return rows
}
const costOf = ({ usage }: Row): number => usage?.totalCost ?? 0

async function rowOf(book: Book, range: Range, { files, lastAt }: Family, { labels, includeContextWeight }: SessionsQuery, sums: SessionSums): Promise<Row | undefined> {
  const [newest] = files as [FileRecord]
  const used = await sums.of(book, range, files)
  if (!used) return undefined
  const firstAt = Math.min(...files.map(({ state }) => state.firstAt))
  const { channel, kind } = sessionPartsOf(newest.key)
  const label = labels?.get(newest.key)
  const { lastProvider, lastModel } = newest.state
  return {
    key: newest.key, sessionId: newest.session, updatedAt: lastAt, agentId: newest.agent, chatType: kind === 'group' || kind === 'channel' ? kind : 'direct',
    ...(label !== undefined && { label }), ...(channel !== undefined && { channel }), ...(lastProvider !== '' && { modelProvider: lastProvider }), ...(lastModel !== '' && { model: lastModel }),
    usage: { sessionId: newest.session, sessionFile: newest.name, firstActivity: firstAt, lastActivity: lastAt, durationMs: Math.max(0, lastAt - firstAt), ...used },
    ...(includeContextWeight && { contextWeight: null }),
  }
}

export async function foldFiles(book: Book, { zone, from, to }: Range, files: readonly FileRecord[]): Promise<Fold> {
  const { groups } = book
  const fold = createFold(groups)
  for (const file of files) {
    const { rows, tallies, models, names } = await book.daily(file, zone)
    const groupOf = models.map(([provider, model]) => groups.of(file.agent, file.channel, provider, model))
    rows.each((data, at) => {
      const day = data[at] as number
      if (day >= from && day <= to) fold.row(day, groupOf[data[at + 1] as number] as number, data, at + 2)
    })
    tallies.each((data, at) => {
      const day = data[at] as number
      if (day >= from && day <= to) fold.tally(day, names[data[at + 1] as number] as string, data[at + 2] as number)
    })
  }
  return fold
}
