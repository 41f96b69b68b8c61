/** Reads a usage object where it stands: the usual names without making an object of it, any others as `usedOf` does. */
import { type Costs, nano, type Used, usedOf } from './tokens.ts'
import { firstKey, nextKey, none, number, peek, skip, type Walk } from './walk.ts'
import { word } from './words.ts'

const [input, output, cacheRead, cacheWrite, totalTokens, total, cost] = [word('input'), word('output'), word('cacheRead'), word('cacheWrite'), word('totalTokens'), word('total'), word('cost')]
const brace = 0x7b
const most = 1e12

/** What was read so far; -1 where there is nothing. Reused from object to object. */
export interface UsageReader {
  readonly walk: Walk
  usual: boolean
  readonly tokens: { input: number; output: number; cacheRead: number; cacheWrite: number; total: number }
  readonly costs: { input: number; output: number; cacheRead: number; cacheWrite: number; total: number }
}
const nothing = () => ({ input: -1, output: -1, cacheRead: -1, cacheWrite: -1, total: -1 })
export const createUsageReader = (walk: Walk): UsageReader => ({ walk, usual: true, tokens: nothing(), costs: nothing() })

/** Past the object that begins here. */
export function readUsage(reader: UsageReader): Used | undefined {
  const { walk } = reader
  reader.usual = true
  clear(reader.tokens)
  clear(reader.costs)
  const start = walk.at
  for (let key = firstKey(walk); key !== none; key = nextKey(walk)) token(reader, key)
  if (walk.at > walk.end) return undefined
  return reader.usual ? used(reader) : unusual(walk, start)
}

function clear(sums: UsageReader['tokens']): void {
  sums.input = sums.output = sums.cacheRead = sums.cacheWrite = sums.total = -1
}

function token(reader: UsageReader, key: number): void {
  const { walk, tokens } = reader
  switch (key) {
    case input: tokens.input = count(reader); break
    case output: tokens.output = count(reader); break
    case cacheRead: tokens.cacheRead = count(reader); break
    case cacheWrite: tokens.cacheWrite = count(reader); break
    case totalTokens: tokens.total = count(reader); break
    case cost:
      if (peek(walk) !== brace) return other(reader)
      clear(reader.costs)
      for (let part = firstKey(walk); part !== none; part = nextKey(walk)) money(reader, part)
      break
    default: other(reader)
  }
}

function money(reader: UsageReader, key: number): void {
  const { costs } = reader
  switch (key) {
    case input: costs.input = nanos(reader); break
    case output: costs.output = nanos(reader); break
    case cacheRead: costs.cacheRead = nanos(reader); break
    case cacheWrite: costs.cacheWrite = nanos(reader); break
    case total: costs.total = nanos(reader); break
    default: other(reader)
  }
}

function other(reader: UsageReader): void {
  reader.usual = false
  skip(reader.walk)
}
function count(reader: UsageReader): number {
  const value = number(reader.walk)
  if (value >= 0 && value <= most) return Math.round(value)
  reader.usual = false
  return 0
}
function nanos(reader: UsageReader): number {
  const usd = number(reader.walk, true)
  const value = nano(usd)
  // Where a digit that was left out might decide which way it is rounded, all of them are read.
  if (value !== undefined && Math.abs(usd * 1e9 - value) < 0.499) return value
  reader.usual = false
  return 0
}

/** As `usedOf` would, of the usual names. */
function used({ tokens, costs }: UsageReader): Used {
  const [read, write] = [Math.max(0, tokens.cacheRead), Math.max(0, tokens.cacheWrite)]
  const [given, made] = [Math.max(0, tokens.input), Math.max(0, tokens.output)]
  return { input: given, output: made, cacheRead: read, cacheWrite: write, total: tokens.total > 0 ? tokens.total : given + made + read + write, cost: costOf(costs) }
}
function costOf(costs: UsageReader['costs']): Costs | undefined {
  if (costs.total < 0 && costs.input < 0 && costs.output < 0) return undefined
  const [given, made, read, write] = [Math.max(0, costs.input), Math.max(0, costs.output), Math.max(0, costs.cacheRead), Math.max(0, costs.cacheWrite)]
  return { input: given, output: made, cacheRead: read, cacheWrite: write, total: costs.total < 0 ? given + made + read + write : costs.total }
}

function unusual(walk: Walk, start: number): Used | undefined {
  try {
    return usedOf(JSON.parse(walk.bytes.toString('utf8', start, walk.at)))
  } catch {
    walk.at = walk.end + 1
    return undefined
  }
}
