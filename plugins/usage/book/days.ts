/** Sums by day of one zone, kept by months of it, so that a question reads the months it is about and a day that grew costs its month. */
import { width } from '../scan/columns.ts'
import { createTable, decodeTable, encodeTable, type Table } from '../scan/table.ts'
import { monthOf, type Zone } from '../zone.ts'
import type { Detail } from './detail.ts'
import type { Group, Groups, Named } from './groups.ts'

/** First key: the day. Second: the group. `changes` grows with whatever is counted. */
export interface Month { readonly rows: Table; readonly tallies: Table; changes: number }
export interface KeptMonth { readonly groups: readonly Group[]; readonly names: readonly Named[]; readonly rows: string; readonly tallies: string }

export interface Days {
  readonly zone: Zone
  /** Those that there are, also if they are not in memory. */
  readonly known: Set<number>
  readonly dirty: Set<number>
  /** Puts them into memory. */
  ensure(months: Iterable<number>): Promise<void>
  month(month: number): Month | undefined
  /** `from…to` of its rows; what they need must be in memory. */
  spread(whose: { readonly agent: string; readonly channel: string }, detail: Detail, sign: 1 | -1): void
  monthsOf(detail: Detail): Set<number>
  encode(month: number): KeptMonth
}

export function createDays(zone: Zone, groups: Groups, known: Iterable<number>, read: (month: number) => Promise<KeptMonth | undefined>): Days {
  const months = new Map<number, Month>()
  const days: Days = {
    zone, known: new Set(known), dirty: new Set(),
    async ensure(wanted) {
      await Promise.all([...wanted].map(async (month) => {
        if (months.has(month)) return
        const kept = days.known.has(month) ? await read(month) : undefined
        if (!months.has(month)) months.set(month, kept ? decode(kept, groups) : { rows: createTable(width), tallies: createTable(1), changes: 0 })
      }))
    },
    month: (month) => months.get(month),
    monthsOf(detail) {
      const found = new Set<number>()
      const visit = (quarter: number): void => { found.add(monthOf(zone.dayOf(quarter))) }
      eachQuarter(detail, visit)
      return found
    },
    spread({ agent, channel }, { rows, tallies, models, names }, sign) {
      const groupOf = models.map(([provider, model]) => groups.of(agent, channel, provider, model))
      const nameOf = names.map((name) => groups.named(agent, name))
      const into = target()
      rows.each((data, at) => {
        const { day, month } = into(data[at] as number)
        month.rows.add(day, groupOf[data[at + 1] as number] as number, data, at + 2, sign)
      })
      tallies.each((data, at) => {
        const { day, month } = into(data[at] as number)
        month.tallies.add(day, nameOf[data[at + 1] as number] as number, data, at + 2, sign)
      })
    },
    encode: (month) => encode(months.get(month) as Month, groups),
  }

  /** The day of a quarter and where its sums stand; rows come in order of time, mostly. */
  function target(): (quarter: number) => { readonly day: number; readonly month: Month } {
    const last = { quarter: -1, day: -1, month: undefined as unknown as Month }
    return (quarter) => {
      if (quarter === last.quarter) return last
      const day = zone.dayOf(quarter)
      if (day !== last.day) {
        const number = monthOf(day)
        last.month = months.get(number) as Month
        last.month.changes++
        days.known.add(number)
        days.dirty.add(number)
      }
      last.quarter = quarter
      last.day = day
      return last
    }
  }
  return days
}

function eachQuarter({ rows, tallies }: Detail, visit: (quarter: number) => void): void {
  let last = -1
  const once = (data: Float64Array, at: number): void => {
    if (data[at] !== last) visit(last = data[at] as number)
  }
  rows.each(once)
  tallies.each(once)
}

/** With its own numbers for the groups it has: the whole's may be others next time. */
function encode({ rows, tallies }: Month, groups: Groups): KeptMonth {
  const own = <T>(table: Table, all: readonly T[]): { readonly list: T[]; readonly table: Table } => {
    const list: T[] = []
    const places = new Map<number, number>()
    const made = createTable(table.width)
    table.each((data, at) => {
      const group = data[at + 1] as number
      if (!places.has(group)) places.set(group, list.push(all[group] as T) - 1)
      made.add(data[at] as number, places.get(group) as number, data, at + 2)
    })
    return { list, table: made }
  }
  const [summed, counted] = [own(rows, groups.all), own(tallies, groups.names)]
  return { groups: summed.list, names: counted.list, rows: encodeTable(summed.table), tallies: encodeTable(counted.table) }
}

function decode(kept: KeptMonth, groups: Groups): Month {
  const groupOf = kept.groups.map(({ agent, channel, provider, model }) => groups.of(agent, channel, provider, model))
  const nameOf = kept.names.map(({ agent, name }) => groups.named(agent, name))
  return { rows: decodeTable(width, kept.rows, groupOf), tallies: decodeTable(1, kept.tallies, nameOf), changes: 0 }
}
