/** One line of a transcript: what of it counts. */
import type { Used } from './tokens.ts'
import { createUsageReader } from './usage.ts'
import { createWalk } from './walk.ts'
import { createRecognize, createTexts, word } from './words.ts'

/** What a line says; reused from line to line, so it is to be used up at once. Times are ms since the epoch, NaN where there is none. */
export interface Line {
  /** A place among the known words, -1 for any other or none. */
  type: number
  role: number
  stopReason: number
  at: number
  messageAt: number
  durationMs: number
  isError: boolean
  provider: string | undefined
  model: string | undefined
  messageProvider: string | undefined
  messageModel: string | undefined
  usage: Used | undefined
  messageUsage: Used | undefined
  hasMessage: boolean
  /** Names of the tools it calls. */
  readonly calls: string[]
  /** Results of tools that stand among the parts of a message, and how many of them are failures. */
  results: number
  failures: number
}

const keys = {
  type: word('type'), message: word('message'), timestamp: word('timestamp'), provider: word('provider'), model: word('model'), modelId: word('modelId'), usage: word('usage'),
  role: word('role'), content: word('content'), stopReason: word('stopReason'), durationMs: word('durationMs'), isError: word('isError'), is_error: word('is_error'), name: word('name'),
}
const calling = new Set([word('toolCall'), word('tool_call'), word('tool_use'), word('toolcall')])
const resulting = new Set([word('tool_result'), word('toolResult'), word('tool_result_error')])
const failed = word('tool_result_error')
const brace = 0x7b
const bracket = 0x5b
const letterT = 0x74

export interface LineReader {
  readonly line: Line
  /** Whether there is a whole entry between the two bytes; then `line` says what is in it. */
  read(bytes: Buffer, from: number, to: number): boolean
}

export function createLineReader(): LineReader {
  const walk = createWalk()
  const usage = createUsageReader(walk)
  const recognize = createRecognize()
  const textOf = createTexts()
  const line: Line = {
    type: -1, role: -1, stopReason: -1, at: NaN, messageAt: NaN, durationMs: NaN, isError: false, provider: undefined, model: undefined, messageProvider: undefined, messageModel: undefined,
    usage: undefined, messageUsage: undefined, hasMessage: false, calls: [], results: 0, failures: 0,
  }
  let bytes: Buffer
  let partType = -1
  let partName: string | undefined
  let partFailed = false

  function reset(): void {
    line.type = -1
    line.at = NaN
    line.provider = line.model = line.usage = undefined
    resetMessage()
  }
  /** Of two messages in one line the last one counts, as it does for whoever parses it. */
  function resetMessage(): void {
    line.role = line.stopReason = -1
    line.messageAt = line.durationMs = NaN
    line.isError = line.hasMessage = false
    line.messageProvider = line.messageModel = line.messageUsage = undefined
    resetParts()
  }
  function resetParts(): void {
    line.calls.length = line.results = line.failures = 0
  }

  let broken = false
  let leaping = true
  const isText = (): boolean => walk.peek() === 0x22
  const wordHere = (): number => (isText() && walk.text() ? recognize(bytes, walk.from, walk.to) : walk.skip() ? -1 : -2)
  /** `undefined` for what is no text. */
  function textHere(): string | undefined {
    if (!isText()) return walk.skip() ? undefined : (broken = true, undefined)
    return walk.text() ? textOf(bytes, walk.from, walk.to) : (broken = true, undefined)
  }

  function numberHere(): number {
    const value = walk.number()
    if (value === undefined) broken = true
    return value ?? NaN
  }
  function timeHere(): number {
    if (!isText()) return numberHere()
    if (!walk.text()) return (broken = true, NaN)
    return timeOf(bytes, walk.from, walk.to)
  }
  function usageHere(): Used | undefined {
    if (walk.peek() !== brace) return walk.skip() ? undefined : (broken = true, undefined)
    const used = usage.read(bytes)
    if (used === 'broken') broken = true
    return used === 'broken' ? undefined : used
  }

  const onPart = (key: number): boolean => {
    if (key === keys.type) {
      partType = wordHere()
      return partType !== -2
    }
    if (key === keys.name) {
      partName = textHere()
      return !broken
    }
    if (key === keys.isError || key === keys.is_error) partFailed ||= walk.peek() === letterT
    return walk.skip()
  }
  function part(): boolean {
    if (walk.peek() !== brace) return walk.skip()
    partType = -1
    partName = undefined
    partFailed = false
    if (!walk.object(onPart)) return false
    if (calling.has(partType)) line.calls.push(partName ?? 'unknown')
    else if (resulting.has(partType)) {
      line.results++
      if (partFailed || partType === failed) line.failures++
    }
    return true
  }

  const onMessage = (key: number): boolean => {
    switch (key) {
      case keys.role: line.role = wordHere(); return line.role !== -2
      case keys.content:
        resetParts()
        return walk.peek() === bracket ? (leaping && walk.leap()) || walk.array(part) : walk.skip()
      case keys.usage: line.messageUsage = usageHere(); return !broken
      case keys.provider: line.messageProvider = textHere(); return !broken
      case keys.model: line.messageModel = textHere(); return !broken
      case keys.stopReason: line.stopReason = wordHere(); return line.stopReason !== -2
      case keys.timestamp: line.messageAt = timeHere(); return !broken
      case keys.durationMs: line.durationMs = isText() ? (walk.skip(), NaN) : numberHere(); return !broken
      case keys.isError: line.isError = walk.peek() === letterT; return walk.skip()
      default: return walk.skip()
    }
  }

  const onEntry = (key: number): boolean => {
    switch (key) {
      case keys.type: line.type = wordHere(); return line.type !== -2
      case keys.message:
        resetMessage()
        if (walk.peek() !== brace) return walk.skip()
        line.hasMessage = true
        return walk.object(onMessage)
      case keys.timestamp: line.at = timeHere(); return !broken
      case keys.provider: line.provider = textHere(); return !broken
      case keys.model: case keys.modelId: line.model = textHere(); return !broken
      case keys.usage: line.usage = usageHere(); return !broken
      default: return walk.skip()
    }
  }

  return {
    line,
    read(given, from, to) {
      const once = (leap: boolean): boolean => {
        reset()
        broken = false
        leaping = leap
        walk.on(given, from, to)
        return walk.object(onEntry) && walk.ended()
      }
      bytes = given
      // What was leapt over is looked at if the line makes no sense without it.
      return once(true) || once(false)
    },
  }
}

/** ISO 8601 as JSON has it, quickly; any other form as `Date` reads it. */
export function timeOf(bytes: Buffer, from: number, to: number): number {
  if (to - from === 24 && bytes[to - 1] === 0x5a && bytes[from + 10] === 0x54 && bytes[from + 19] === 0x2e) {
    const digits = (at: number, count: number): number => {
      let value = 0
      for (let i = from + at; i < from + at + count; i++) {
        const digit = (bytes[i] as number) - 0x30
        if (digit < 0 || digit > 9) return NaN
        value = value * 10 + digit
      }
      return value
    }
    const [year, month, day, hour, minute, second] = [digits(0, 4), digits(5, 2), digits(8, 2), digits(11, 2), digits(14, 2), digits(17, 2)]
    if (year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60) return Date.UTC(year, month - 1, day, hour, minute, second, digits(20, 3))
  }
  return to - from > 40 ? NaN : Date.parse(bytes.toString('latin1', from, to))
}
