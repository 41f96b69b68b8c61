/** Reads a usage object where it stands: the usual names without making an object of it, any others as `usedOf` does. */
import { type Costs, nano, type Used, usedOf } from './tokens.ts'
import type { Walk } from './walk.ts'
import { word } from './words.ts'

const keys = { input: word('input'), output: word('output'), cacheRead: word('cacheRead'), cacheWrite: word('cacheWrite'), totalTokens: word('totalTokens'), total: word('total'), cost: word('cost') }
const brace = 0x7b
const most = 1e12

export interface UsageReader {
  /** Past the object that begins here. */
  read(bytes: Buffer): Used | undefined | 'broken'
}

export function createUsageReader(walk: Walk): UsageReader {
  let bytes: Buffer
  let usual = true
  let broken = false
  const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 }
  const costs = { input: -1, output: -1, cacheRead: -1, cacheWrite: -1, total: -1 }
  let priced = false

  function count(): number {
    const value = walk.number()
    if (value === undefined) broken = true
    if (!(value !== undefined && value >= 0 && value <= most)) usual = false
    return Math.round(value ?? 0)
  }
  function money(): number {
    const value = nano(walk.number())
    if (value === undefined) usual = false
    return value ?? 0
  }
  const skip = (): boolean => { usual = false; return walk.skip() }

  const onCost = (key: number): boolean => {
    switch (key) {
      case keys.input: costs.input = money(); return true
      case keys.output: costs.output = money(); return true
      case keys.cacheRead: costs.cacheRead = money(); return true
      case keys.cacheWrite: costs.cacheWrite = money(); return true
      case keys.total: costs.total = money(); return true
      default: return skip()
    }
  }
  const onUsage = (key: number): boolean => {
    switch (key) {
      case keys.input: tokens.input = count(); return !broken
      case keys.output: tokens.output = count(); return !broken
      case keys.cacheRead: tokens.cacheRead = count(); return !broken
      case keys.cacheWrite: tokens.cacheWrite = count(); return !broken
      case keys.totalTokens: tokens.total = count(); return !broken
      case keys.cost:
        if (walk.peek() !== brace) return skip()
        priced = true
        costs.input = costs.output = costs.cacheRead = costs.cacheWrite = costs.total = -1
        return walk.object(onCost)
      default: return skip()
    }
  }

  /** As `usedOf` would, of the usual names. */
  function used(): Used {
    const { input, output, cacheRead, cacheWrite, total } = tokens
    return { input, output, cacheRead, cacheWrite, total: total || input + output + cacheRead + cacheWrite, cost: priced ? cost() : undefined }
  }
  function cost(): Costs | undefined {
    if (costs.total < 0 && costs.input < 0 && costs.output < 0) return undefined
    const [input, output, cacheRead, cacheWrite] = [Math.max(0, costs.input), Math.max(0, costs.output), Math.max(0, costs.cacheRead), Math.max(0, costs.cacheWrite)]
    return { input, output, cacheRead, cacheWrite, total: costs.total < 0 ? input + output + cacheRead + cacheWrite : costs.total }
  }

  return {
    read(given) {
      bytes = given
      usual = true
      broken = priced = false
      tokens.input = tokens.output = tokens.cacheRead = tokens.cacheWrite = tokens.total = 0
      const start = walk.at
      if (!walk.object(onUsage)) return 'broken'
      if (usual) return used()
      try {
        return usedOf(JSON.parse(bytes.toString('utf8', start, walk.at)))
      } catch {
        return 'broken'
      }
    },
  }
}
