/** What stands in a transcript by the plainest means there is: every line parsed whole. And transcripts to hold it against. */
import fc from 'fast-check'
import { col, columns, isLatency, unpricedWidth, width, type Column } from '../../plugins/usage/scan/columns.ts'
import { createScan, freshState, type ScanState, type Step } from '../../plugins/usage/scan/gather.ts'
import { createTable } from '../../plugins/usage/scan/table.ts'
import { usedOf } from '../../plugins/usage/scan/tokens.ts'

export type Sums = Record<string, number>

/** By quarter, model and column, what is not 0; tools by quarter and name; and those without a price. */
export function plainly(text: string): Sums {
  const sums: Sums = {}
  const add = (quarter: number, model: string, column: Column, by: number): void => { if (by !== 0) sums[`${quarter} ${model} ${column}`] = (sums[`${quarter} ${model} ${column}`] ?? 0) + by }
  let [provider, model, askedAt, lastAt] = ['', '', 0, 0]
  for (const line of text.split('\n')) {
    // oxlint-disable-next-line no-explicit-any -- whatever stands there
    let entry: Record<string, any>
    // oxlint-disable-next-line no-explicit-any
    try { entry = JSON.parse(line) as Record<string, any> } catch { continue }
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) continue
    if (entry['type'] === 'session' || entry['type'] === 'model_change') {
      if (typeof entry['provider'] === 'string') provider = entry['provider']
      const named = entry['modelId'] ?? entry['model']
      if (typeof named === 'string') model = named
    }
    const message = entry['message']
    if (typeof message !== 'object' || message === null || Array.isArray(message)) continue
    const { role } = message
    const isResult = ['toolResult', 'tool_result', 'tool'].includes(role)
    if (role !== 'user' && role !== 'assistant' && !isResult) continue
    const times = [entry['timestamp'], message.timestamp].map((at) => (typeof at === 'string' ? Date.parse(at) : at as number))
    const at = times.find((one) => one > 0 && one < 8.64e15) ?? lastAt
    lastAt = Math.max(lastAt, at)
    const quarter = Math.floor(at / 900_000)
    // oxlint-disable-next-line no-explicit-any
    const parts = (Array.isArray(message.content) ? message.content : []).filter((part: any) => typeof part === 'object' && part !== null && !Array.isArray(part)) as any[]
    const results = parts.filter((part) => ['tool_result', 'toolResult', 'tool_result_error'].includes(part.type))
    const calls = parts.filter((part) => ['toolCall', 'tool_call', 'tool_use', 'toolcall'].includes(part.type))
    if (role === 'assistant') add(quarter, '/', 'assistant', 1)
    else if (isResult) add(quarter, '/', 'toolResults', 1)
    else if (results.length === 0) { add(quarter, '/', 'user', 1); askedAt = at }
    add(quarter, '/', 'toolResults', results.length)
    add(quarter, '/', 'errors', results.filter((part) => part.type === 'tool_result_error' || part.is_error === true || part.isError === true).length + (isResult && message.isError === true ? 1 : 0) + (role === 'assistant' && ['error', 'aborted', 'timeout'].includes(message.stopReason) ? 1 : 0))
    add(quarter, '/', 'toolCalls', calls.length)
    for (const { name } of calls) { const key = `${quarter} tool ${typeof name === 'string' ? name : 'unknown'}`; sums[key] = (sums[key] ?? 0) + 1 }
    if (role === 'assistant') {
      const ms = typeof message.durationMs === 'number' && message.durationMs >= 0 ? message.durationMs as number : askedAt > 0 ? Math.max(0, at - askedAt) : NaN
      if (ms <= 12 * 3_600_000) { add(quarter, '/', 'latencyCount', 1); add(quarter, '/', 'latencyMs', Math.round(ms)) }
    }
    const tokens = usedOf(object(message.usage) ?? object(entry['usage']))
    if (!tokens || (tokens.total === 0 && !tokens.cost?.total)) continue
    const of = `${text0(message.provider) ?? text0(entry['provider']) ?? provider}/${text0(message.model) ?? text0(entry['modelId'] ?? entry['model']) ?? model}`
    const { input, output, cacheRead, cacheWrite, total, cost } = tokens
    for (const [column, by] of Object.entries({ count: 1, input, output, cacheRead, cacheWrite, total, cost: cost?.total ?? 0, costInput: cost?.input ?? 0, costOutput: cost?.output ?? 0, costCacheRead: cost?.cacheRead ?? 0, costCacheWrite: cost?.cacheWrite ?? 0, missing: cost ? 0 : 1 })) add(quarter, of, column as Column, by)
  }
  return sums
}
const object = (value: unknown): unknown => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined)
const text0 = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The same from what was scanned. */
export function sumsOf(steps: readonly Step[]): Sums {
  const sums: Sums = {}
  const add = (key: string, by: number): void => { if (by !== 0) sums[key] = (sums[key] ?? 0) + by }
  for (const { rows, tallies, models, names, unpriced } of steps) {
    createTable(width, rows).each((data, at) => columns.forEach((name, i) => add(`${data[at]} ${models[data[at + 1]!]!.join('/')} ${name}`, data[at + 2 + i]!)))
    createTable(1, tallies).each((data, at) => { const name = names[data[at + 1]!]!; if (!isLatency(name)) add(`${data[at]} tool ${name.slice(1)}`, data[at + 2]!) })
    for (let at = 0; at < unpriced.length; at += unpricedWidth) add(`${unpriced[at]} ${models[unpriced[at + 1]!]!.join('/')} missing`, 1)
  }
  return sums
}

export interface Scanned { readonly steps: Step[]; readonly bytes: number; readonly state: ScanState; readonly damaged: number }
/** In pieces of these sizes, over and over. */
export function scanned(text: string | Buffer, pieces: readonly number[] = [1 << 20], state: ScanState = freshState, takeEach = false): Scanned {
  const data = Buffer.from(text as string)
  const scan = createScan(state)
  const steps: Step[] = []
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = pieces[i % pieces.length]!
    scan.feed(data.subarray(at, at + size))
    if (takeEach) steps.push(scan.take(false))
    at += size
  }
  steps.push(scan.take(true))
  return { steps, bytes: steps.reduce((sum, { bytes }) => sum + bytes, 0), damaged: steps.reduce((sum, { damaged }) => sum + damaged, 0), state: steps.at(-1)!.state }
}

// ── Transcripts of every kind ───────────────────────────────────────────────────────────────────

const usageLike = fc.oneof(
  fc.record({ input: fc.nat(9999), output: fc.nat(9999), cacheRead: fc.nat(99), cacheWrite: fc.nat(99), totalTokens: fc.nat(99999), cost: fc.record({ input: fc.float({ min: 0, max: 1, noNaN: true }), output: fc.float({ min: 0, max: 1, noNaN: true }), total: fc.float({ min: 0, max: 9, noNaN: true }) }) }, { requiredKeys: ['input', 'output'] }),
  fc.record({ input_tokens: fc.nat(999), output_tokens: fc.nat(999), cache_read_input_tokens: fc.nat(99), cache_creation_input_tokens: fc.nat(99) }, { requiredKeys: ['input_tokens'] }),
  fc.record({ prompt_tokens: fc.nat(999), completion_tokens: fc.nat(999), total_tokens: fc.nat(9999), prompt_tokens_details: fc.record({ cached_tokens: fc.nat(99) }), cost: fc.float({ min: 0, max: 2, noNaN: true }) }, { requiredKeys: ['prompt_tokens'] }),
  fc.constantFrom(null, 'none', 7, [], {}, [{ input: 5 }]),
)
/** Texts that look like what is searched for. */
const awkward = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.constantFrom('"usage":{"input":5}', '\\"usage\\":{\\"input\\":9,\\"output\\":1}', '{"type":"message","message":{"role":"assistant","usage":{"input":1}}}', '\\', '\\\\"', '"'.repeat(70), '\\'.repeat(65), `${'x'.repeat(60)}"`, '\u2028\n\r\t', 'ä€😀'))
const name = fc.constantFrom('anthropic', 'openai', 'm1', 'claude-opus-4-6', 'a"b', 'ünï', '')
const time = fc.oneof(fc.integer({ min: 1_700_000_000_000, max: 1_700_900_000_000 }), fc.integer({ min: 1_700_000_000_000, max: 1_700_900_000_000 }).map((at) => new Date(at).toISOString()), fc.constantFrom('2026-02-30T10:00:00.000Z', '2026-02-28T23:59:59Z', 'never', -1, 0, null, '2026-01-31T23:59:60.000Z'))
const part = fc.oneof(
  fc.record({ type: fc.constant('text'), text: awkward, usage: usageLike }, { requiredKeys: ['type', 'text'] }),
  fc.record({ type: fc.constantFrom('toolCall', 'tool_use', 'toolcall', 'tool_call'), id: awkward, name: fc.oneof(name, fc.constant(3)), arguments: fc.jsonValue() }, { requiredKeys: ['type'] }),
  fc.record({ name, type: fc.constantFrom('tool_result', 'toolResult', 'tool_result_error'), content: fc.jsonValue(), is_error: fc.boolean(), isError: fc.boolean() }, { requiredKeys: ['type'] }),
  fc.record({ type: fc.constant('image'), data: fc.base64String(), mimeType: fc.constant('image/png') }),
  fc.constantFrom(null, 1, 'text', []),
)
const message = fc.record({
  role: fc.constantFrom('user', 'assistant', 'toolResult', 'tool', 'hookMessage', 5), content: fc.oneof(fc.array(part, { maxLength: 4 }), awkward), usage: usageLike, provider: fc.oneof(name, fc.constant(null)), model: name,
  stopReason: fc.constantFrom('stop', 'error', 'aborted', 'toolUse'), timestamp: time, durationMs: fc.oneof(fc.nat(100_000), fc.constant(-4), fc.constant(50_000_000)), isError: fc.boolean(), toolName: name, details: fc.jsonValue(),
}, { requiredKeys: ['role'] })
export const anEntry = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('message'), id: awkward, parentId: fc.constant(null), timestamp: time, message, usage: usageLike, provider: name, model: name }, { requiredKeys: ['type', 'message'] }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('model_change'), timestamp: time, provider: name, modelId: name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('session'), provider: name, modelId: name, id: awkward }, { requiredKeys: ['type'] }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('custom', 'compaction', 'participants'), data: fc.jsonValue(), message: fc.oneof(message, fc.jsonValue()) }) },
  { weight: 1, arbitrary: fc.jsonValue() },
)
/** JSON in the ways that writers have: spaces, escapes in keys, keys in another order. */
export const aLine = fc.tuple(anEntry, fc.nat(4)).map(([entry, how]) => {
  const text = JSON.stringify(entry)
  if (how === 1) return JSON.stringify(entry, null, 1).replaceAll('\n', ' ')
  if (how === 2) return text.replaceAll('"usage"', String.raw`"us\u0061ge"`).replaceAll('"role"', String.raw`"\u0072ole"`)
  if (how === 3) return ` \t${text} \r`
  if (how === 4 && typeof entry === 'object' && entry !== null && !Array.isArray(entry)) return JSON.stringify(Object.fromEntries(Object.entries(entry).reverse()))
  return text
})
export const columnOf = col
