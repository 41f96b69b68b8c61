/** What all sessions came to, by months: what a month came to is kept until something more of it is counted, so that a question about years adds up a few sums. */
import type { Book } from '../book/book.ts'
import type { Month } from '../book/days.ts'
import type { Groups } from '../book/groups.ts'
import type { SessionsUsage } from '../wire.ts'
import { daysOfMonth } from '../zone.ts'
import { addTo, createFold, got, type Fold, type Values, zeros } from './fold.ts'
import type { Range } from './range.ts'
import { costsOf, dailyLatencyOf, dailyOf, modelDaysOf } from './shapes.ts'

type Aggregates = SessionsUsage['aggregates']

/** Sums of some days, in the shapes that clients read where they are by day. */
export interface Part extends Pick<Aggregates, 'daily' | 'dailyLatency' | 'modelDaily' | 'costDaily'> {
  readonly total: Values
  readonly groups: ReadonlyMap<number, Values>
  readonly tools: ReadonlyMap<string, number>
  /** By name of the latency: how often. */
  readonly sizes: ReadonlyMap<string, number>
}

export interface MonthSums {
  /** `agent`: only of that one. */
  of(book: Book, range: Range, agent: string | undefined): Promise<Part>
}

/** Of one month: agents, and first and last days that cut it. */
const most = 16

export function createMonthSums(): MonthSums {
  const kept = new WeakMap<Month, { readonly changes: number; readonly parts: Map<string, Part> }>()
  return {
    async of(book, { zone, from, to, months }, agent) {
      const sums = await book.days(zone, months)
      const parts: Part[] = []
      for (const number of months) {
        const month = sums.month(number)
        if (month) parts.push(part(month, number))
      }
      return joined(parts)

      function part(month: Month, number: number): Part {
        const [first, last] = daysOfMonth(number)
        const days = [Math.max(from, first), Math.min(to, last)] as const
        let known = kept.get(month)
        if (known?.changes !== month.changes) kept.set(month, known = { changes: month.changes, parts: new Map() })
        const key = `${agent ?? '*'} ${days.join(' ')}`
        const found = known.parts.get(key)
        if (found) return found
        const made = partOf(foldMonth(month, days, agent, book.groups), book.groups)
        known.parts.set(key, made)
        for (const oldest of known.parts.keys()) if (known.parts.size > most) known.parts.delete(oldest)
        return made
      }
    },
  }
}

function foldMonth({ rows, tallies }: Month, [from, to]: readonly [number, number], agent: string | undefined, groups: Groups): Fold {
  const fold = createFold(groups)
  const { all, names } = groups
  rows.each((data, at) => {
    const [day, group] = [data[at] as number, data[at + 1] as number]
    if (day >= from && day <= to && (agent === undefined || all[group]?.agent === agent)) fold.row(day, group, data, at + 2)
  })
  tallies.each((data, at) => {
    const day = data[at] as number
    const of = names[data[at + 1] as number]
    if (of && day >= from && day <= to && (agent === undefined || of.agent === agent)) fold.tally(day, of.name, data[at + 2] as number)
  })
  return fold
}

export function partOf(fold: Fold, groups: Groups): Part {
  const sizes = new Map<string, number>()
  for (const some of fold.latencies.values()) count(sizes, some)
  return {
    total: fold.total, groups: fold.groups, tools: fold.tools, sizes,
    daily: dailyOf(fold), dailyLatency: dailyLatencyOf(fold), modelDaily: modelDaysOf(fold, groups), costDaily: costsOf(fold),
  }
}

/** One after the other, by time. */
function joined(parts: readonly Part[]): Part {
  const total = zeros()
  const groups = new Map<number, Values>()
  const tools = new Map<string, number>()
  const sizes = new Map<string, number>()
  for (const part of parts) {
    addTo(total, part.total)
    for (const [group, values] of part.groups) addTo(got(groups, group, zeros), values)
    count(tools, part.tools)
    count(sizes, part.sizes)
  }
  return {
    total, groups, tools, sizes, daily: parts.flatMap(({ daily }) => daily), dailyLatency: parts.flatMap(({ dailyLatency }) => dailyLatency),
    modelDaily: parts.flatMap(({ modelDaily }) => modelDaily), costDaily: parts.flatMap(({ costDaily }) => costDaily),
  }
}

function count(into: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [name, times] of from) into.set(name, (into.get(name) ?? 0) + times)
}
