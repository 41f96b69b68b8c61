/** Asks the gateway for what the screens show; where transcripts are still being read, until they are. */
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { IndexReport, SessionsUsage, UsageCost } from '../../usage/contract.ts'
import type { CostStatus } from '../wire.ts'
import type { Breakdown } from './breakdown.ts'
import type { Trend } from './overview.ts'
import { progressTo, type Progress } from './progress.ts'
import { rangeOf, zoneOf, type Range } from './range.ts'
import { dayRows, groupRows, rowOf, sumOf, type Group } from './rows.ts'
import { addDays } from './time.ts'

const pauseMs = 250
/** How often nothing may have moved before the answer is taken as it is. */
const patience = 120
const mostSessions = 1_000

/** How it stands, or `undefined` where the plugin does not run. */
export async function statusOf(io: CommandIo): Promise<CostStatus | undefined> {
  return await known(io.call('cost.status')) as CostStatus | undefined
}

async function known<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'NEXUS_CALL_UNKNOWN_METHOD') return undefined
    throw error
  })
}

/** What is to be counted: the days, in which zone, of the gateway's sessions or of a folder's. */
export interface Scope {
  readonly timeZone: string
  /** `undefined`: all there are. */
  readonly range: Range | undefined
  readonly folder: string | undefined
  /** Files of the folder that could not be read. */
  readonly failed: number
}

export async function scopeOf(io: CommandIo, status: CostStatus | undefined, now: number): Promise<Scope> {
  const timeZone = zoneOf(io.options) ?? status?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const { folder, from, to, days } = io.options
  const all = typeof folder === 'string' && from === undefined && to === undefined && days === undefined
  const range = all ? undefined : rangeOf(io.options, timeZone, now)
  if (typeof folder !== 'string') return { timeZone, range, folder: undefined, failed: 0 }
  const indexed = await index(io, folder)
  return { timeZone, range, folder: indexed.folder, failed: indexed.files.failed }
}

/** With `--url` the folder is one of the other machine. */
async function index(io: CommandIo, folder: string): Promise<IndexReport> {
  const show = progressTo(io)
  const asked = io.options['url'] === undefined ? resolve(folder) : folder
  try {
    for (;;) {
      const report = await io.call('usage.index', { folder: asked, waitMs: pauseMs }) as IndexReport
      if (report.done) return report
      show({ ...report.bytes, files: report.files })
    }
  } finally {
    show(undefined)
  }
}

const paramsOf = ({ timeZone, range, folder }: Scope): object => ({
  mode: 'specific', timeZone, ...(range === undefined ? { range: 'all' } : { startDate: range.from, endDate: range.to }), ...(folder !== undefined && { from: folder }),
})

interface Pending { readonly pending?: { readonly files: number; readonly bytes: number } | undefined }

/** The answer when nothing is missing in it any more. */
async function call(io: CommandIo, method: 'usage.cost' | 'sessions.usage', params: object): Promise<unknown> {
  const show = progressTo(io)
  let [first, last, idle] = [0, Infinity, 0]
  try {
    for (;;) {
      const answer = await io.call(method, params) as Pending
      if (answer.pending === undefined || idle > patience) return answer
      const { bytes } = answer.pending
      first = Math.max(first, bytes)
      idle = bytes < last ? 0 : idle + 1
      last = bytes
      show({ done: first - bytes, total: first } satisfies Progress)
      await sleep(pauseMs, undefined, { signal: io.signal })
    }
  } finally {
    show(undefined)
  }
}

const daysUsed = async (io: CommandIo, scope: Scope): Promise<UsageCost> => await call(io, 'usage.cost', paramsOf(scope)) as UsageCost
/** The dearest of them. */
const sessionsUsed = async (io: CommandIo, scope: Scope, limit: number): Promise<SessionsUsage> => await call(io, 'sessions.usage', { ...paramsOf(scope), limit, sort: 'cost' }) as SessionsUsage

/** Of all there are: from the first day on which something was. */
function rangeIn({ daily }: UsageCost, { range, timeZone }: Scope, now: number): Range {
  if (range !== undefined) return range
  const used = daily.filter(({ totalTokens, totalCost }) => totalTokens > 0 || totalCost > 0)
  const [first, last] = [used[0], used.at(-1)]
  if (first === undefined || last === undefined) return rangeOf({}, timeZone, now)
  // A chart of one column says little.
  return { from: first.date === last.date ? addDays(last.date, -6) : first.date, to: last.date, timeZone }
}

/** `undefined` where nothing counts it. */
export async function trendOf(io: CommandIo, scope: Scope, now: number): Promise<Trend | undefined> {
  const days = await known(daysUsed(io, scope))
  if (days === undefined) return undefined
  const used = await sessionsUsed(io, scope, mostSessions)
  const range = rangeIn(days, scope, now)
  return { range, days: dayRows(days, range), models: groupRows('model', used), sessions: groupRows('session', used), total: rowOf('all', used.totals) }
}

export async function breakdownOf(io: CommandIo, by: Group, scope: Scope, now: number): Promise<Breakdown> {
  if (by === 'day') {
    const days = await daysUsed(io, scope)
    const range = rangeIn(days, scope, now)
    return { by, range, rows: dayRows(days, range), total: rowOf('all', days.totals), beyond: 0 }
  }
  const used = await sessionsUsed(io, scope, by === 'session' ? mostSessions : 1)
  const rows = groupRows(by, used)
  const { calls } = sumOf(rows, 'all')
  const range = scope.range ?? { from: used.startDate, to: used.endDate, timeZone: scope.timeZone }
  return { by, range, rows, total: { ...rowOf('all', by === 'tool' ? undefined : used.totals), calls }, beyond: by === 'session' ? Math.max(0, used.aggregates.sessionCount - rows.length) : 0 }
}
