/** One line of a transcript: what of it counts. */
import type { Used } from './tokens.ts'
import { createUsageReader, readUsage, type UsageReader } from './usage.ts'
import { createWalk, firstItem, firstKey, isWhole, nextItem, nextKey, none, number, peek, skip, text, unknown, type Walk, walkOn } from './walk.ts'
import { createTexts, recognize, type Texts, word } from './words.ts'

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

const [type, message, timestamp, provider, model, modelId, usage] = [word('type'), word('message'), word('timestamp'), word('provider'), word('model'), word('modelId'), word('usage')]
const [role, content, stopReason, durationMs, isError, is_error, name] = [word('role'), word('content'), word('stopReason'), word('durationMs'), word('isError'), word('is_error'), word('name')]
const calling = new Set([word('toolCall'), word('tool_call'), word('tool_use'), word('toolcall')])
const resulting = new Set([word('tool_result'), word('toolResult'), word('tool_result_error')])
const failed = word('tool_result_error')
const quote = 0x22
const brace = 0x7b
const bracket = 0x5b
const letterT = 0x74

export interface LineReader {
  readonly walk: Walk
  readonly usage: UsageReader
  readonly texts: Texts
  readonly line: Line
  /** The last date that was read, as the number it looks like, and when it began. */
  date: number
  dateMs: number
}

export function createLineReader(): LineReader {
  const walk = createWalk()
  const line: Line = {
    type: unknown, role: unknown, stopReason: unknown, at: NaN, messageAt: NaN, durationMs: NaN, isError: false, provider: undefined, model: undefined, messageProvider: undefined, messageModel: undefined,
    usage: undefined, messageUsage: undefined, hasMessage: false, calls: [], results: 0, failures: 0,
  }
  return { walk, usage: createUsageReader(walk), texts: createTexts(), line, date: 0, dateMs: 0 }
}

/** Whether there is a whole entry between the two bytes; then `line` says what is in it. */
export function readLine(reader: LineReader, bytes: Buffer, from: number, to: number): boolean {
  const { walk, line } = reader
  line.type = unknown
  line.at = NaN
  line.provider = line.model = line.usage = undefined
  resetMessage(line)
  walkOn(walk, bytes, from, to)
  for (let key = firstKey(walk); key !== none; key = nextKey(walk)) ofEntry(reader, key)
  return isWhole(walk)
}

/** Of two messages in one line the last one counts, as it does for whoever parses it. */
function resetMessage(line: Line): void {
  line.role = line.stopReason = unknown
  line.messageAt = line.durationMs = NaN
  line.isError = line.hasMessage = false
  line.messageProvider = line.messageModel = line.messageUsage = undefined
  resetParts(line)
}
function resetParts(line: Line): void {
  line.results = line.failures = 0
  if (line.calls.length > 0) line.calls.length = 0 // looked at first: setting it is dear
}

function ofEntry(reader: LineReader, key: number): void {
  const { walk, line } = reader
  switch (key) {
    case type: line.type = wordHere(walk); break
    case message:
      resetMessage(line)
      if (peek(walk) !== brace) return skip(walk)
      line.hasMessage = true
      for (let one = firstKey(walk); one !== none; one = nextKey(walk)) ofMessage(reader, one)
      break
    case timestamp: line.at = timeHere(reader); break
    case provider: line.provider = textHere(reader); break
    case model: case modelId: line.model = textHere(reader); break
    case usage: line.usage = usageHere(reader); break
    default: skip(walk)
  }
}

function ofMessage(reader: LineReader, key: number): void {
  const { walk, line } = reader
  switch (key) {
    case role: line.role = wordHere(walk); break
    case content:
      resetParts(line)
      if (peek(walk) !== bracket) return skip(walk)
      for (let more = firstItem(walk); more; more = nextItem(walk)) part(reader)
      break
    case usage: line.messageUsage = usageHere(reader); break
    case provider: line.messageProvider = textHere(reader); break
    case model: line.messageModel = textHere(reader); break
    case stopReason: line.stopReason = wordHere(walk); break
    case timestamp: line.messageAt = timeHere(reader); break
    case durationMs: line.durationMs = number(walk); break
    case isError: line.isError = isTrue(walk); break
    default: skip(walk)
  }
}

function part(reader: LineReader): void {
  const { walk, line } = reader
  if (peek(walk) !== brace) return skip(walk)
  let itsType = unknown
  let itsName: string | undefined
  let hasFailed = false
  for (let key = firstKey(walk); key !== none; key = nextKey(walk)) {
    switch (key) {
      case type: itsType = wordHere(walk); break
      case name: itsName = textHere(reader); break
      case isError: case is_error: hasFailed = isTrue(walk) || hasFailed; break
      default: skip(walk)
    }
  }
  if (calling.has(itsType)) line.calls.push(itsName ?? 'unknown')
  else if (resulting.has(itsType)) {
    line.results++
    if (hasFailed || itsType === failed) line.failures++
  }
}

function wordHere(walk: Walk): number {
  if (peek(walk) !== quote) return skip(walk), unknown
  text(walk)
  return recognize(walk.bytes, walk.from, walk.to)
}
/** `undefined` for what is no text. */
function textHere({ walk, texts }: LineReader): string | undefined {
  if (peek(walk) !== quote) return void skip(walk)
  text(walk)
  return texts(walk.bytes, walk.from, walk.to)
}
function isTrue(walk: Walk): boolean {
  const is = peek(walk) === letterT
  skip(walk)
  return is
}
function usageHere({ walk, usage: reader }: LineReader): Used | undefined {
  return peek(walk) === brace ? readUsage(reader) : void skip(walk)
}
function timeHere(reader: LineReader): number {
  const { walk } = reader
  if (peek(walk) !== quote) return number(walk)
  text(walk)
  return timeOf(reader, walk.from, walk.to)
}

/** ISO 8601 as JSON has it, quickly; any other form as `Date` reads it. */
function timeOf(reader: LineReader, from: number, to: number): number {
  const { bytes } = reader.walk
  if (isUsual(bytes, from, to)) {
    const [year, month, day] = [two(bytes, from) * 100 + two(bytes, from + 2), two(bytes, from + 5), two(bytes, from + 8)]
    const [hour, minute, second, ms] = [two(bytes, from + 11), two(bytes, from + 14), two(bytes, from + 17), ((bytes[from + 20] as number) - 0x30) * 100 + two(bytes, from + 21)]
    if (year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60) {
      const date = year * 10_000 + month * 100 + day
      if (date !== reader.date) {
        reader.date = date
        reader.dateMs = Date.UTC(year, month - 1, day)
      }
      return reader.dateMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms
    }
  }
  return to - from > 40 ? NaN : Date.parse(bytes.toString('latin1', from, to))
}

const form = Buffer.from('0000-00-00T00:00:00.000Z')
/** Digits where digits are, the marks between them where those are. */
function isUsual(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== form.length) return false
  for (let i = 0; i < form.length; i++) {
    const [byte, mark] = [bytes[from + i] as number, form[i] as number]
    if (mark === 0x30 ? byte < 0x30 || byte > 0x39 : byte !== mark) return false
  }
  return true
}
const two = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) - 0x30) * 10 + (bytes[at + 1] as number) - 0x30
