/** `sessions.usage.timeseries` and `.logs`: one session by time, and its last messages. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoreApi } from '../../store/contract.ts'
import type { Book } from '../book/book.ts'
import type { FileRecord } from '../book/file.ts'
import { failUsage } from '../errors.ts'
import { col, quarterMs } from '../scan/columns.ts'
import { usedOf } from '../scan/tokens.ts'
import type { Timeseries, UsageLogs } from '../wire.ts'
import { addTo, got, type Values, zeros } from './fold.ts'
import { usd } from './shapes.ts'

const mostPoints = 200
const usualLogs = 50
const logBytes = 1 << 20
const longest = 2_000

/** The transcripts of a key, or the one of an id, newest first. Throws NEXUS_USAGE_SESSION. */
export function filesOf(book: Book, key: string, agent: string | undefined): FileRecord[] {
  const found = [...book.files()].filter((file) => file.mark && (file.key === key || file.session === key || file.key === `agent:main:${key}`) && (agent === undefined || file.agent === agent))
  if (found.length === 0) throw failUsage('NEXUS_USAGE_SESSION')
  return found.sort((a, b) => b.state.lastAt - a.state.lastAt)
}

export async function timeseriesOf(book: Book, files: readonly FileRecord[]): Promise<Timeseries> {
  const quarters = new Map<number, Values>()
  for (const file of files) (await book.detail(file)).rows.each((data, at) => {
    if ((data[at + 2 + col.count] as number) > 0) addTo(got(quarters, data[at] as number, zeros), data, at + 2)
  })
  const sorted = [...quarters].sort(([a], [b]) => a - b)
  const together = Math.ceil(sorted.length / mostPoints)
  let [tokens, cost] = [0, 0]
  const points: Timeseries['points'] = []
  for (let from = 0; from < sorted.length; from += together) {
    const sum = zeros()
    const some = sorted.slice(from, from + together)
    for (const [, values] of some) addTo(sum, values)
    tokens += sum[col.total] as number
    cost += sum[col.cost] as number
    points.push({
      timestamp: (some[0]?.[0] ?? 0) * quarterMs, input: sum[col.input] as number, output: sum[col.output] as number, cacheRead: sum[col.cacheRead] as number, cacheWrite: sum[col.cacheWrite] as number,
      totalTokens: sum[col.total] as number, cost: usd(sum[col.cost] as number), cumulativeTokens: tokens, cumulativeCost: usd(cost),
    })
  }
  return { ...(files[0] && { sessionId: files[0].session }), points }
}

export async function logsOf(store: StoreApi, book: Book, [newest]: readonly FileRecord[], limit = usualLogs): Promise<UsageLogs> {
  const { name } = newest as FileRecord
  const lines = book.folder === undefined ? (await store.log(name).lastLines(limit * 2, { maxBytes: logBytes })).map(({ text }) => text) : await lastLines(join(book.folder, name))
  return { logs: lines.flatMap(logOf).slice(-limit) }
}

async function lastLines(path: string): Promise<string[]> {
  const handle = await open(path).catch(() => { throw failUsage('NEXUS_USAGE_SESSION') })
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(Math.min(size, logBytes))
    await handle.read(bytes, 0, bytes.length, size - bytes.length)
    const lines = bytes.toString('utf8').split('\n')
    return size > logBytes ? lines.slice(1) : lines
  } finally {
    await handle.close()
  }
}

const roles = new Map([['user', 'user'], ['assistant', 'assistant'], ['toolResult', 'toolResult'], ['tool', 'tool']] as const)

function logOf(line: string): UsageLogs['logs'] {
  try {
    const { timestamp, message, usage } = JSON.parse(line) as { timestamp?: unknown; message?: { role?: unknown; content?: unknown; timestamp?: unknown; usage?: unknown }; usage?: unknown }
    const role = roles.get(message?.role as 'user')
    if (role === undefined) return []
    const used = usedOf(message?.usage ?? usage)
    const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number(timestamp ?? message?.timestamp)
    return [{ timestamp: Number.isFinite(at) ? Math.trunc(at) : 0, role, content: textOf(message?.content).slice(0, longest), ...(used && { tokens: used.total, ...(used.cost && { cost: usd(used.cost.total) }) }) }]
  } catch {
    return []
  }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return (content as readonly ({ type?: unknown; text?: unknown; name?: unknown } | null)[]).map((part) => (typeof part?.text === 'string' ? part.text : part?.type === 'toolCall' ? `[${String(part.name)}]` : '')).filter(Boolean).join('\n')
}
