/** Sums in the shapes that clients read. */
import type { Groups } from '../book/groups.ts'
import { col, latencyOf } from '../scan/columns.ts'
import type { SessionsUsage, SessionUsage, Totals } from '../wire.ts'
import { dayText } from '../zone.ts'
import { addTo, got, type Fold, type Values, zeros } from './fold.ts'

type Aggregates = SessionsUsage['aggregates']

export const usd = (nano: number): number => nano / 1e9

export function totalsOf(values: Values): Totals {
  const of = (column: number): number => values[column] as number
  return {
    input: of(col.input), output: of(col.output), cacheRead: of(col.cacheRead), cacheWrite: of(col.cacheWrite), totalTokens: of(col.total),
    totalCost: usd(of(col.cost)), inputCost: usd(of(col.costInput)), outputCost: usd(of(col.costOutput)), cacheReadCost: usd(of(col.costCacheRead)), cacheWriteCost: usd(of(col.costCacheWrite)),
    missingCostEntries: of(col.missing),
  }
}

export function messagesOf(values: Values): Aggregates['messages'] {
  const [user, assistant] = [values[col.user] as number, values[col.assistant] as number]
  return { total: user + assistant, user, assistant, toolCalls: values[col.toolCalls] as number, toolResults: values[col.toolResults] as number, errors: values[col.errors] as number }
}

export function toolsOf({ tools }: Pick<Fold, 'tools'>): Aggregates['tools'] {
  const list = [...tools].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  return { totalCalls: list.reduce((sum, { count }) => sum + count, 0), uniqueTools: list.length, tools: list }
}

const byCost = <T extends { readonly totals: Totals }>(rows: T[]): T[] => rows.sort((a, b) => b.totals.totalCost - a.totals.totalCost || b.totals.totalTokens - a.totals.totalTokens)
const named = (provider: string, model?: string) => ({ ...(provider !== '' && { provider }), ...(model !== undefined && model !== '' && { model }) })

type Grouped = Pick<Fold, 'groups'>
/** Sums of groups that are alike in something. Those of no name are left out. */
function gathered<K>(fold: Grouped, keyOf: (group: number) => K | undefined): Map<K, Values> {
  const sums = new Map<K, Values>()
  for (const [group, values] of fold.groups) {
    const key = keyOf(group)
    if (key !== undefined) addTo(got(sums, key, zeros), values)
  }
  return sums
}

export function modelsOf(fold: Grouped, groups: Groups): Aggregates['byModel'] {
  const sums = gathered(fold, (group) => groups.modelOf[group])
  return byCost([...sums].filter(([, values]) => (values[col.count] as number) > 0).map(([at, values]) => ({ ...named(...groups.models[at] as readonly [string, string]), count: values[col.count] as number, totals: totalsOf(values) })))
}

export function providersOf(fold: Grouped, groups: Groups): Aggregates['byProvider'] {
  const sums = gathered(fold, (group) => groups.all[group]?.provider)
  return byCost([...sums].filter(([, values]) => (values[col.count] as number) > 0).map(([provider, values]) => ({ ...named(provider), count: values[col.count] as number, totals: totalsOf(values) })))
}

export const agentsOf = (fold: Grouped, groups: Groups): Aggregates['byAgent'] =>
  byCost([...gathered(fold, (group) => groups.all[group]?.agent)].map(([agentId, values]) => ({ agentId, totals: totalsOf(values) })))

export const channelsOf = (fold: Grouped, groups: Groups): Aggregates['byChannel'] =>
  byCost([...gathered(fold, (group) => groups.all[group]?.channel || undefined)].map(([channel, values]) => ({ channel, totals: totalsOf(values) })))

const sortedDays = <T>(days: ReadonlyMap<number, T>): [number, T][] => [...days].sort(([a], [b]) => a - b)

export function modelDaysOf({ modelDays }: Fold, groups: Groups): Aggregates['modelDaily'] {
  return sortedDays(modelDays).flatMap(([day, models]) => {
    const date = dayText(day)
    return [...models].map(([at, [tokens = 0, cost = 0, count = 0]]) => ({ date, ...named(...groups.models[at] as readonly [string, string]), tokens, cost: usd(cost), count })).sort((a, b) => b.cost - a.cost || b.tokens - a.tokens)
  })
}

/** `undefined` where there was none. */
export function latencyOfAll(counts: Iterable<ReadonlyMap<string, number>>, sums: Values): NonNullable<Aggregates['latency']> | undefined {
  const sizes = new Map<string, number>()
  for (const some of counts) for (const [name, times] of some) sizes.set(name, (sizes.get(name) ?? 0) + times)
  const sorted = [...sizes].map(([name, times]) => ({ ms: latencyOf(name), times })).filter(({ times }) => times > 0).sort((a, b) => a.ms - b.ms)
  const count = sums[col.latencyCount] as number
  if (sorted.length === 0 || count === 0) return undefined
  let left = Math.ceil(count * 0.95)
  const p95 = sorted.find(({ times }) => (left -= times) <= 0) ?? sorted.at(-1)
  const round = (ms: number): number => Math.round(ms)
  return { count, avgMs: (sums[col.latencyMs] as number) / count, p95Ms: round(p95?.ms ?? 0), minMs: round(sorted[0]?.ms ?? 0), maxMs: round(sorted.at(-1)?.ms ?? 0) }
}

export function dailyLatencyOf({ latencies, days }: Fold): Aggregates['dailyLatency'] {
  return sortedDays(latencies).flatMap(([day, counts]) => {
    const latency = latencyOfAll([counts], days.get(day) ?? zeros())
    return latency ? [{ date: dayText(day), ...latency }] : []
  })
}

export function dailyOf({ days }: Fold): Aggregates['daily'] {
  return sortedDays(days).map(([day, values]) => {
    const { total, toolCalls, errors } = messagesOf(values)
    return { date: dayText(day), tokens: values[col.total] as number, cost: usd(values[col.cost] as number), messages: total, toolCalls, errors }
  })
}

export const costsOf = ({ days }: Fold): Aggregates['costDaily'] => sortedDays(days).map(([day, values]) => ({ date: dayText(day), ...totalsOf(values) }))

export function usageOfSession(fold: Fold, groups: Groups): SessionUsage {
  const { days, total, latencies } = fold
  const latency = latencyOfAll(latencies.values(), total)
  const daily = sortedDays(days)
  return {
    activityDates: daily.map(([day]) => dayText(day)),
    dailyBreakdown: daily.map(([day, values]) => ({ date: dayText(day), tokens: values[col.total] as number, cost: usd(values[col.cost] as number) })),
    dailyMessageCounts: daily.map(([day, values]) => ({ date: dayText(day), ...messagesOf(values) })),
    dailyLatency: dailyLatencyOf(fold), dailyModelUsage: modelDaysOf(fold, groups),
    messageCounts: messagesOf(total), toolUsage: toolsOf(fold), modelUsage: modelsOf(fold, groups), ...(latency && { latency }),
    ...totalsOf(total),
  }
}
