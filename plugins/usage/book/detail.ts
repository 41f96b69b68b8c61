/** What one transcript comes to, by quarter of an hour: the finest there is, of which every sum is made. */
import { unpricedWidth, width, col } from '../scan/columns.ts'
import type { Step } from '../scan/gather.ts'
import { createTable, decodeTable, encodeTable, type Table } from '../scan/table.ts'
import type { PriceOf } from '../prices.ts'
import type { Zone } from '../zone.ts'

export interface Detail {
  /** Second keys: places in `models` and `names`. */
  readonly rows: Table
  readonly tallies: Table
  readonly models: (readonly [provider: string, model: string])[]
  readonly names: string[]
}
interface KeptTables { readonly rows: string; readonly tallies: string }
export interface KeptDetail extends KeptTables {
  readonly version: number
  readonly models: Detail['models']
  readonly names: string[]
  /** By the name of a zone: the same by day, which is all that most questions need and much less to read. */
  readonly days?: Readonly<Record<string, KeptTables>>
}

export const emptyDetail = (): Detail => ({ rows: createTable(width), tallies: createTable(1), models: [], names: [] })

export function encodeDetail(detail: Detail, version: number, zones: readonly Zone[]): Required<KeptDetail> {
  const { models, names } = detail
  return { version, ...encoded(detail), models, names, days: Object.fromEntries(zones.map((zone) => [zone.name, encoded(byDay(detail, zone))])) }
}
const encoded = ({ rows, tallies }: Detail): KeptTables => ({ rows: encodeTable(rows), tallies: encodeTable(tallies) })

export const decodeDetail = ({ models, names, ...tables }: KeptDetail): Detail => ({ ...decoded(tables), models, names })
const decoded = ({ rows, tallies }: KeptTables) => ({ rows: decodeTable(width, rows), tallies: decodeTable(1, tallies) })

/** With the day in the place of the quarter. */
export function byDay({ rows, tallies, models, names }: Detail, zone: Zone): Detail {
  const summed = (table: Table): Table => {
    const made = createTable(table.width)
    table.each((data, at) => made.add(zone.dayOf(data[at] as number), data[at + 1] as number, data, at + 2))
    return made
  }
  return { rows: summed(rows), tallies: summed(tallies), models, names }
}
export function decodeByDay(kept: KeptDetail, zone: Zone): Detail {
  const days = kept.days?.[zone.name]
  return days ? { ...decoded(days), models: kept.models, names: kept.names } : byDay(decodeDetail(kept), zone)
}

/** What was counted just now, with what it came to where its transcript does not say. */
export function priced({ rows, tallies, models, names, unpriced }: Step, priceOf: PriceOf): Detail {
  const table = createTable(width, rows)
  for (let at = 0; at + unpricedWidth <= unpriced.length; at += unpricedWidth) {
    const [quarter, model, when, input, output, cacheRead, cacheWrite] = unpriced.subarray(at, at + unpricedWidth) as unknown as [number, number, number, number, number, number, number]
    const [provider, id] = models[model] as readonly [string, string]
    const cost = priceOf(provider, id, when, { input, output, cacheRead, cacheWrite })
    const row = table.at(quarter, model)
    if (cost === undefined) {
      table.bump(row, col.missing, 1)
      continue
    }
    table.bump(row, col.costInput, cost.input)
    table.bump(row, col.costOutput, cost.output)
    table.bump(row, col.costCacheRead, cost.cacheRead)
    table.bump(row, col.costCacheWrite, cost.cacheWrite)
    table.bump(row, col.cost, cost.total)
  }
  return { rows: table, tallies: createTable(1, tallies), models: [...models], names: [...names] }
}

/** Nano-dollars. */
export function costIn({ rows }: Detail): number {
  let sum = 0
  rows.each((data, at) => { sum += data[at + 2 + col.cost] as number })
  return sum
}

export function merge(into: Detail, from: Detail): void {
  const models = places(into.models, from.models, (model) => model.join('\u0000'))
  const names = places(into.names, from.names, (name) => name)
  from.rows.each((data, at) => into.rows.add(data[at] as number, models[data[at + 1] as number] as number, data, at + 2))
  from.tallies.each((data, at) => into.tallies.add(data[at] as number, names[data[at + 1] as number] as number, data, at + 2))
}

/** Where each of `some` stands in `all`, which gets those it lacks. */
function places<T>(all: T[], some: readonly T[], keyOf: (one: T) => string): number[] {
  const known = new Map(all.map((one, i) => [keyOf(one), i]))
  return some.map((one) => {
    const key = keyOf(one)
    const found = known.get(key)
    if (found !== undefined) return found
    known.set(key, all.length)
    return all.push(one) - 1
  })
}
