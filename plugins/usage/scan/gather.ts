/** Counts what stands in a transcript, in one pass over its bytes, in pieces of any size. */
import { col, latencyName, mostLatencyMs, quarterMs, toolName, width } from './columns.ts'
import { createLineReader, readLine } from './line.ts'
import { createTable } from './table.ts'
import type { Used } from './tokens.ts'
import { word } from './words.ts'

/** What the next piece of the same transcript has to know of those before it. Times are ms since the epoch, 0 for none. */
export interface ScanState {
  /** Of the header or the last change of model, for messages that name none. */
  readonly provider: string
  readonly model: string
  /** When a person last said something. */
  readonly askedAt: number
  readonly firstAt: number
  readonly lastAt: number
  /** What answered last. */
  readonly lastProvider: string
  readonly lastModel: string
}
export const freshState: ScanState = { provider: '', model: '', askedAt: 0, firstAt: 0, lastAt: 0, lastProvider: '', lastModel: '' }

/** What a stretch of whole lines comes to. `models` and `names` are what the second key of the rows and tallies counts into. */
export interface Step {
  /** By quarter of an hour UTC and model: the columns. */
  readonly rows: Float64Array<ArrayBuffer>
  /** By quarter and name of a tool or latency: how often. */
  readonly tallies: Float64Array<ArrayBuffer>
  readonly models: readonly (readonly [provider: string, model: string])[]
  readonly names: readonly string[]
  readonly unpriced: Float64Array<ArrayBuffer>
  /** Bytes of those lines. */
  readonly bytes: number
  readonly damaged: number
  readonly state: ScanState
}

export interface Scan {
  feed(bytes: Buffer): void
  /** Bytes taken in since the last `take`. */
  readonly fed: number
  /** What the whole lines since the last `take` come to. With `last` a rest without its newline counts if it is a whole entry, and waits if not. */
  take(last: boolean): Step
}

const newline = 0x0a
const longestLine = 64 << 20
const mostModels = 5_000
const mostNames = 20_000
const longestName = 200
const roles = { user: word('user'), assistant: word('assistant'), results: new Set([word('toolResult'), word('tool_result'), word('tool')]) }
const header = word('session')
const change = word('model_change')
const failures = new Set([word('error'), word('aborted'), word('timeout')])

export function createScan(given: ScanState): Scan {
  const reader = createLineReader()
  const { line } = reader
  const state = { ...given }
  const toolNames = new Map<string, string>()
  let held: Buffer[] = []
  let heldBytes = 0
  /** A line longer than any that is read: passed over up to its end. */
  let passing = false
  let fed = 0
  let sums = createSums()
  let bytes = 0
  let damaged = 0

  function entry(data: Buffer, from: number, to: number): boolean {
    if (to - from < 2) return true
    if (!readLine(reader, data, from, to)) return false
    if (line.type === header || line.type === change) {
      if (line.provider !== undefined) state.provider = line.provider
      if (line.model !== undefined) state.model = line.model
    }
    if (line.hasMessage) message()
    return true
  }

  function message(): void {
    const { role } = line
    const isResult = roles.results.has(role)
    if (role !== roles.user && role !== roles.assistant && !isResult) return
    const at = isTime(line.at) ? line.at : isTime(line.messageAt) ? line.messageAt : state.lastAt
    const quarter = Math.floor(at / quarterMs)
    if (at > 0) {
      state.firstAt = state.firstAt === 0 ? at : Math.min(state.firstAt, at)
      state.lastAt = Math.max(state.lastAt, at)
    }
    const row = sums.row(quarter, 0)
    if (role === roles.assistant) sums.bump(row, col.assistant, 1)
    else if (isResult) sums.bump(row, col.toolResults, 1)
    else if (line.results === 0) {
      sums.bump(row, col.user, 1)
      state.askedAt = at
    }
    if (line.results > 0) sums.bump(row, col.toolResults, line.results)
    const errors = line.failures + (isResult && line.isError ? 1 : 0) + (role === roles.assistant && failures.has(line.stopReason) ? 1 : 0)
    if (errors > 0) sums.bump(row, col.errors, errors)
    if (line.calls.length > 0) sums.bump(row, col.toolCalls, line.calls.length)
    for (const name of line.calls) sums.tally(quarter, nameOf(name))
    if (role === roles.assistant) waited(quarter, row, at)
    const used = line.messageUsage ?? line.usage
    // What the gateway itself put in has used nothing, and is no model's.
    if (used !== undefined && (used.total > 0 || (used.cost?.total ?? 0) > 0)) uses(used, quarter, at)
  }

  function nameOf(tool: string): string {
    let name = toolNames.get(tool)
    if (name === undefined) {
      name = toolName(tool.slice(0, longestName))
      if (toolNames.size < mostModels) toolNames.set(tool, name)
    }
    return name
  }

  function waited(quarter: number, row: number, at: number): void {
    const ms = line.durationMs >= 0 ? line.durationMs : state.askedAt > 0 ? Math.max(0, at - state.askedAt) : NaN
    if (!(ms <= mostLatencyMs)) return
    sums.bump(row, col.latencyCount, 1)
    sums.bump(row, col.latencyMs, Math.round(ms))
    sums.tally(quarter, latencyName(ms))
  }

  function uses({ input, output, cacheRead, cacheWrite, total, cost }: Used, quarter: number, at: number): void {
    state.lastProvider = line.messageProvider ?? line.provider ?? state.provider
    state.lastModel = line.messageModel ?? line.model ?? state.model
    const model = sums.model(state.lastProvider, state.lastModel)
    const row = sums.row(quarter, model)
    sums.bump(row, col.count, 1)
    sums.bump(row, col.input, input)
    sums.bump(row, col.output, output)
    sums.bump(row, col.cacheRead, cacheRead)
    sums.bump(row, col.cacheWrite, cacheWrite)
    sums.bump(row, col.total, total)
    if (cost === undefined) return sums.unpriced(quarter, model, at, input, output, cacheRead, cacheWrite)
    sums.bump(row, col.costInput, cost.input)
    sums.bump(row, col.costOutput, cost.output)
    sums.bump(row, col.costCacheRead, cost.cacheRead)
    sums.bump(row, col.costCacheWrite, cost.cacheWrite)
    sums.bump(row, col.cost, cost.total)
  }

  function join(data: Buffer, to: number): Buffer {
    held.push(data.subarray(0, to))
    const joined = held.length === 1 ? held[0] as Buffer : Buffer.concat(held)
    held = []
    heldBytes = 0
    return joined
  }

  function feed(data: Buffer): void {
    fed += data.length
    let from = 0
    let end = data.indexOf(newline)
    if (end >= 0 && (heldBytes > 0 || passing)) {
      const length = heldBytes + end + 1
      if (passing) damaged++
      else {
        const joined = join(data, end)
        if (!entry(joined, 0, joined.length)) damaged++
      }
      bytes += length
      held = []
      heldBytes = 0
      passing = false
      from = end + 1
      end = data.indexOf(newline, from)
    }
    for (; end >= 0; end = data.indexOf(newline, from)) {
      if (!entry(data, from, end)) damaged++
      bytes += end + 1 - from
      from = end + 1
    }
    if (from === data.length) return
    heldBytes += data.length - from
    passing ||= heldBytes > longestLine
    if (passing) held = []
    else held.push(Buffer.from(data.subarray(from))) // a copy: whoever feeds may use its buffer again
  }

  return {
    feed,
    get fed() { return fed },
    take(last) {
      if (last && heldBytes > 1 && !passing) {
        const rest = join(Buffer.alloc(0), 0)
        if (entry(rest, 0, rest.length)) bytes += rest.length
      }
      const step = { ...sums.done(), bytes, damaged, state: { ...state } }
      sums = createSums()
      bytes = damaged = fed = 0
      return step
    },
  }
}

const isTime = (at: number): boolean => at > 0 && at < 8.64e15

function createSums() {
  const rows = createTable(width)
  const tallies = createTable(1)
  const models: [string, string][] = [['', '']]
  const modelAt = new Map<string, number>([['\u0000', 0]])
  const names: string[] = []
  const nameAt = new Map<string, number>()
  let unpriced: number[] = []
  let last = { provider: '', model: '', at: 0 }

  function modelOf(provider: string, model: string): number {
    const key = `${provider}\u0000${model}`
    const found = modelAt.get(key)
    if (found !== undefined) return found
    if (models.length >= mostModels) return 0
    models.push([provider.slice(0, longestName), model.slice(0, longestName)])
    modelAt.set(key, models.length - 1)
    return models.length - 1
  }

  return {
    /** Where the row is; until the next is asked for. */
    row: rows.at,
    bump: rows.bump,
    model(provider: string, model: string): number {
      if (provider !== last.provider || model !== last.model) last = { provider, model, at: modelOf(provider, model) }
      return last.at
    },
    tally(quarter: number, name: string): void {
      let at = nameAt.get(name)
      if (at === undefined) {
        if (names.length >= mostNames) return
        at = names.push(name) - 1
        nameAt.set(name, at)
      }
      tallies.bump(tallies.at(quarter, at), 0, 1)
    },
    unpriced(...values: number[]): void { unpriced.push(...values) },
    done() {
      const all = Float64Array.from(unpriced)
      unpriced = []
      return { rows: rows.copy(), tallies: tallies.copy(), models, names, unpriced: all }
    },
  }
}
