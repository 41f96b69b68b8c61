/** Sums by what they were spent on, made of what the methods of `usage` answer. Pure. */
import type { Aggregates, CostDays, SessionsUsed, Totals } from './answers.ts'
import type { Range } from './range.ts'
import { daysOf } from './time.ts'

export const groups = ['day', 'model', 'provider', 'agent', 'session', 'channel', 'tool'] as const
export type Group = (typeof groups)[number]

/** One row of `nexus cost --by …`. Money is US dollars. */
export interface Row {
  /** A day, `provider/model`, the id of an agent, the key of a session, a channel, a tool. */
  readonly name: string
  /** What people call it, where that is something else. */
  readonly label?: string
  readonly usd: number
  readonly tokens: number
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Answers of models; of a tool how often it was called. `null`: not counted for this. */
  readonly calls: number | null
  /** Answers whose price is not known; their tokens are counted, their money is not. */
  readonly unpriced: number
}

const none = { usd: 0, tokens: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, calls: null, unpriced: 0 }

export function rowOf(name: string, totals: Totals | null | undefined, calls: number | null = null, label?: string): Row {
  if (!totals) return { name, ...(label !== undefined && { label }), ...none, calls }
  const { totalCost: usd, totalTokens: tokens, input, output, cacheRead, cacheWrite, missingCostEntries: unpriced } = totals
  return { name, ...(label !== undefined && { label }), usd, tokens, input, output, cacheRead, cacheWrite, calls, unpriced }
}

/** One for each day of the range, also for those on which nothing was. */
export function dayRows({ daily }: CostDays, { from, to }: Range): Row[] {
  const known = new Map(daily.map((day) => [day.date, day]))
  return daysOf(from, to).map((day) => rowOf(day, known.get(day)))
}

/** The dearest first; of those that cost nothing the one with most tokens. */
export function groupRows(by: Exclude<Group, 'day'>, { sessions, aggregates }: SessionsUsed): Row[] {
  const rows = by === 'session' ? sessions.map(({ key, label, usage }) => rowOf(key, usage, usage?.messageCounts.assistant ?? null, label)) : fromAggregates(by, aggregates)
  return rows.toSorted((a, b) => b.usd - a.usd || b.tokens - a.tokens || (b.calls ?? 0) - (a.calls ?? 0) || (a.name < b.name ? -1 : 1))
}

function fromAggregates(by: Exclude<Group, 'day' | 'session'>, { byModel, byProvider, byAgent, byChannel, tools }: Aggregates): Row[] {
  if (by === 'model') return byModel.map(({ provider, model, count, totals }) => rowOf([provider, model].filter(Boolean).join('/') || 'unknown', totals, count))
  if (by === 'provider') return byProvider.map(({ provider, count, totals }) => rowOf(provider || 'unknown', totals, count))
  if (by === 'agent') return byAgent.map(({ agentId, totals }) => rowOf(agentId, totals))
  if (by === 'channel') return byChannel.map(({ channel, totals }) => rowOf(channel, totals))
  return tools.tools.map(({ name, count }) => rowOf(name, undefined, count))
}

/** What bars are as long as. */
export type Measure = 'usd' | 'tokens' | 'calls'
export function measureOf(rows: readonly Row[]): Measure {
  return rows.some(({ usd }) => usd > 0) ? 'usd' : rows.some(({ tokens }) => tokens > 0) ? 'tokens' : 'calls'
}

/** The first of them, and one row for all others together. */
export function shortened(rows: readonly Row[], most: number): { readonly shown: readonly Row[]; readonly others: Row | undefined; readonly left: number } {
  const left = rows.slice(most)
  return { shown: rows.slice(0, most), others: left.length === 0 ? undefined : sumOf(left, 'others'), left: left.length }
}

export const sumOf = (rows: readonly Row[], name: string): Row => rows.reduce<Row>((sum, row) => ({
  name, usd: sum.usd + row.usd, tokens: sum.tokens + row.tokens, input: sum.input + row.input, output: sum.output + row.output,
  cacheRead: sum.cacheRead + row.cacheRead, cacheWrite: sum.cacheWrite + row.cacheWrite,
  calls: row.calls === null ? sum.calls : (sum.calls ?? 0) + row.calls, unpriced: sum.unpriced + row.unpriced,
}), { name, ...none })

export const csvHead = ['name', 'label', 'usd', 'tokens', 'input', 'output', 'cacheRead', 'cacheWrite', 'calls', 'unpriced'] as const
export const csvRow = (row: Row): (string | number | null | undefined)[] => csvHead.map((key) => row[key])
