/** Sums of many rows along every axis that is asked for, in one pass. */
import type { Groups } from '../book/groups.ts'
import { col, isLatency, width } from '../scan/columns.ts'

export type Values = Float64Array
export interface Fold {
  /** One row: `data[at…]` are its columns. */
  row(day: number, group: number, data: ArrayLike<number>, at: number): void
  tally(day: number, name: string, times: number): void
  readonly total: Values
  readonly days: ReadonlyMap<number, Values>
  readonly groups: ReadonlyMap<number, Values>
  /** By day and place of the model: tokens, nano-dollars, answers. */
  readonly modelDays: ReadonlyMap<number, ReadonlyMap<number, Values>>
  readonly tools: ReadonlyMap<string, number>
  /** By day and name of the latency: how often. */
  readonly latencies: ReadonlyMap<number, ReadonlyMap<string, number>>
}

export const zeros = (): Values => new Float64Array(width)

export function createFold({ modelOf }: Groups): Fold {
  const total = zeros()
  const days = new Map<number, Values>()
  const groups = new Map<number, Values>()
  const modelDays = new Map<number, Map<number, Values>>()
  const tools = new Map<string, number>()
  const latencies = new Map<number, Map<string, number>>()
  let last = -1
  let day = zeros()
  let models = new Map<number, Values>()

  function on(number: number): void {
    last = number
    day = got(days, number, zeros)
    models = got(modelDays, number, () => new Map<number, Values>())
  }

  return {
    total, days, groups, modelDays, tools, latencies,
    row(number, group, data, at) {
      if (number !== last) on(number)
      const own = got(groups, group, zeros)
      for (let i = 0; i < width; i++) {
        const value = data[at + i] as number
        if (value === 0) continue
        day[i] = (day[i] as number) + value
        own[i] = (own[i] as number) + value
        total[i] = (total[i] as number) + value
      }
      const count = data[at + col.count] as number
      if (count === 0) return
      const model = got(models, modelOf[group] as number, three)
      model[0] = (model[0] as number) + (data[at + col.total] as number)
      model[1] = (model[1] as number) + (data[at + col.cost] as number)
      model[2] = (model[2] as number) + count
    },
    tally(number, name, times) {
      if (times === 0) return
      if (!isLatency(name)) return void tools.set(name.slice(1), (tools.get(name.slice(1)) ?? 0) + times)
      const own = got(latencies, number, () => new Map<string, number>())
      own.set(name, (own.get(name) ?? 0) + times)
    },
  }
}
const three = (): Values => new Float64Array(3)

export function got<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, value = make())
  return value
}

export function addTo(into: Values, values: ArrayLike<number>, at = 0): void {
  for (let i = 0; i < width; i++) into[i] = (into[i] as number) + (values[at + i] as number)
}
