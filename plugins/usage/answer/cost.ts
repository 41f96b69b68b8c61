/** `usage.cost`: every day of a range, and all of it. */
import type { Book } from '../book/book.ts'
import type { UsageCost } from '../wire.ts'
import { dayText } from '../zone.ts'
import { addTo, got, type Values, zeros } from './fold.ts'
import type { Range } from './range.ts'
import { totalsOf } from './shapes.ts'

/** `agent`: only of that one. */
export async function costOfDays(book: Book, { zone, from, to, months }: Range, agent: string | undefined, now: number): Promise<UsageCost> {
  const sums = await book.days(zone, months)
  const days = new Map<number, Values>()
  for (const month of months) {
    sums.month(month)?.rows.each((data, at) => {
      const day = data[at] as number
      if (day < from || day > to || (agent !== undefined && book.groups.all[data[at + 1] as number]?.agent !== agent)) return
      addTo(got(days, day, zeros), data, at + 2)
    })
  }
  const total = zeros()
  for (const values of days.values()) addTo(total, values)
  const daily = Array.from({ length: to - from + 1 }, (_, i) => ({ date: dayText(from + i), ...totalsOf(days.get(from + i) ?? none) }))
  return { updatedAt: now, days: daily.length, daily, totals: totalsOf(total) }
}
const none = zeros()
