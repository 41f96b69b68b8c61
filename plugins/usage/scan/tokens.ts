/** Tokens and costs out of a usage object, whatever names its writer gave them. */

/** Tokens; costs in whole nano-dollars, `undefined` where nobody has counted them. */
export interface Used {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly total: number
  readonly cost: Costs | undefined
}
export interface Costs { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number; readonly total: number }

/** More than that in one answer is a fault, and would spoil sums. */
const most = 1e12
const mostNano = 1e15

export function usedOf(usage: unknown): Used | undefined {
  if (!isRecord(usage)) return undefined
  const details = first(usage, ['prompt_tokens_details', 'input_tokens_details'])
  const cached = isRecord(details) ? tokens(details, ['cached_tokens']) : undefined
  const read = tokens(usage, ['cacheRead', 'cacheReadTokens', 'cache_read', 'cache_read_input_tokens', 'cached_tokens'])
  const cacheRead = read ?? cached ?? 0
  const given = tokens(usage, ['input', 'inputTokens', 'input_tokens', 'promptTokens', 'prompt_tokens']) ?? 0
  // Where the cached ones are a detail of the input, they are in it.
  const input = read === undefined && cached !== undefined ? Math.max(0, given - cached) : given
  const output = tokens(usage, ['output', 'outputTokens', 'output_tokens', 'completionTokens', 'completion_tokens']) ?? 0
  const cacheWrite = tokens(usage, ['cacheWrite', 'cacheWriteTokens', 'cache_write', 'cache_creation_input_tokens']) ?? 0
  const total = tokens(usage, ['totalTokens', 'total', 'total_tokens']) || input + output + cacheRead + cacheWrite
  return { input, output, cacheRead, cacheWrite, total, cost: costsIn(usage['cost']) }
}

function costsIn(cost: unknown): Costs | undefined {
  const whole = nano(cost)
  if (whole !== undefined) return { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: whole }
  if (!isRecord(cost)) return undefined
  const [input, output, cacheRead, cacheWrite, total] = ['input', 'output', 'cacheRead', 'cacheWrite', 'total'].map((name) => nano(cost[name]))
  if (total === undefined && input === undefined && output === undefined) return undefined
  const parts = { input: input ?? 0, output: output ?? 0, cacheRead: cacheRead ?? 0, cacheWrite: cacheWrite ?? 0 }
  return { ...parts, total: total ?? parts.input + parts.output + parts.cacheRead + parts.cacheWrite }
}

/** US dollars in whole nano-dollars. */
export function nano(usd: unknown): number | undefined {
  return typeof usd === 'number' && usd >= 0 && usd * 1e9 <= mostNano ? Math.round(usd * 1e9) : undefined
}

function tokens(record: Readonly<Record<string, unknown>>, names: readonly string[]): number | undefined {
  const value = first(record, names)
  return typeof value === 'number' && value >= 0 && value <= most ? Math.round(value) : undefined
}

function first(record: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  for (const name of names) if (record[name] !== undefined && record[name] !== null) return record[name]
  return undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)
