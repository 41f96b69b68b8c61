/** What is counted for each model in each quarter of an hour. Costs are nano-dollars, times ms. */
export const columns = [
  'count', 'input', 'output', 'cacheRead', 'cacheWrite', 'total', 'costInput', 'costOutput', 'costCacheRead', 'costCacheWrite', 'cost', 'missing',
  'user', 'assistant', 'toolCalls', 'toolResults', 'errors', 'latencyCount', 'latencyMs',
] as const
export type Column = (typeof columns)[number]
export const width = columns.length
/** Each column's place. */
export const col = Object.fromEntries(columns.map((name, i) => [name, i])) as Readonly<Record<Column, number>>

export const quarterMs = 900_000
/** What stands for an answer that nobody knows the price of: quarter, model, time, input, output, cacheRead, cacheWrite. */
export const unpricedWidth = 7
export const mostLatencyMs = 12 * 3_600_000

const perOctave = 8
const latencyNames = Array.from({ length: Math.round(Math.log2(mostLatencyMs) * perOctave) + 2 }, (_, size) => `~${size}`)
/** Latencies are counted by size, eight sizes to a doubling. At most `mostLatencyMs`. */
export const latencyName = (ms: number): string => latencyNames[ms < 1 ? 0 : Math.round(Math.log2(ms) * perOctave) + 1] as string
/** The latency that a name stands for, within 4.5 %. */
export const latencyOf = (name: string): number => (name === '~0' ? 0 : 2 ** ((Number(name.slice(1)) - 1) / perOctave))
export const isLatency = (name: string): boolean => name.startsWith('~')
/** Names of tools, so that none of them is taken for a latency. */
export const toolName = (name: string): string => `.${name}`
