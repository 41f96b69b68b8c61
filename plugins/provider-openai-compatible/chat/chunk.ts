/** One event of an answer, checked for just what is used of it. Servers add to it what they like. */
import { usageOf } from '../../models/contract.ts'
import type { ModelUsage } from '../../models/contract.ts'
import type { CallPiece } from './calls.ts'

export interface Chunk {
  readonly text: string
  readonly thinking: string
  readonly calls: readonly CallPiece[]
  readonly finish: string | undefined
  readonly usage: ModelUsage | undefined
}

/** What an event holds in place of a piece of the answer. */
export interface Said { readonly error: unknown }

type Fields = Readonly<Record<string, unknown>>
const none: readonly never[] = []

/** `undefined` for what is no such event. */
export function chunkOf(data: string): Chunk | Said | undefined {
  const event = parsed(data)
  if (event === undefined) return undefined
  if (isThere(event['error'])) return { error: event['error'] }
  const { choices } = event
  if (isThere(choices) && !Array.isArray(choices)) return undefined
  const usage = isThere(event['usage']) ? usageIn(event['usage']) : undefined
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  if (choice === undefined) return { text: '', thinking: '', calls: none, finish: undefined, usage }
  if (!isFields(choice)) return undefined
  const { delta, finish_reason: finish } = choice
  if (isThere(finish) && typeof finish !== 'string') return undefined
  if (isThere(delta) && !isFields(delta)) return undefined
  const said = isThere(delta) ? deltaOf(delta as Fields) : nothing
  return said && { ...said, finish: typeof finish === 'string' ? finish : undefined, usage }
}

const nothing: Pick<Chunk, 'text' | 'thinking' | 'calls'> = { text: '', thinking: '', calls: none }

function deltaOf({ content, reasoning_content, reasoning, tool_calls: pieces }: Fields): Pick<Chunk, 'text' | 'thinking' | 'calls'> | undefined {
  const thought = reasoning_content ?? reasoning ?? ''
  if (typeof thought !== 'string') return undefined
  if (isThere(pieces) && !Array.isArray(pieces)) return undefined
  const calls = Array.isArray(pieces) && pieces.length > 0 ? callsIn(pieces) : none
  if (calls === undefined) return undefined
  if (typeof content === 'string' || !isThere(content)) return { text: typeof content === 'string' ? content : '', thinking: thought, calls }
  return Array.isArray(content) ? { ...contentIn(content), calls } : undefined

  /** Mistral writes its thinking among the parts of the content. */
  function contentIn(parts: readonly unknown[]): Pick<Chunk, 'text' | 'thinking'> {
    const fields = parts.filter(isFields)
    const thoughts = fields.flatMap((part) => (part['type'] === 'thinking' && Array.isArray(part['thinking']) ? part['thinking'].filter(isFields) : []))
    return { text: textIn(fields), thinking: (thought as string) + textIn(thoughts) }
  }
}

const textIn = (parts: readonly Fields[]): string => parts.map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : '')).join('')

function callsIn(pieces: readonly unknown[]): readonly CallPiece[] | undefined {
  const calls: CallPiece[] = []
  for (const piece of pieces) {
    if (!isFields(piece)) return undefined
    const { index, id, function: made } = piece
    if (isThere(made) && !isFields(made)) return undefined
    const { name, arguments: args } = isThere(made) ? made as Fields : {}
    if (isThere(index) && typeof index !== 'number') return undefined
    // Some servers send arguments as the object itself.
    const written = isFields(args) ? JSON.stringify(args) : args ?? ''
    if (typeof written !== 'string') return undefined
    calls.push({ index: typeof index === 'number' ? index : undefined, id: wordIn(id), name: wordIn(name), arguments: written })
  }
  return calls
}

const wordIn = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')

/** Counted tokens. `prompt_tokens` holds the cached ones, `completion_tokens` those that were thought. */
function usageIn(usage: unknown): ModelUsage | undefined {
  if (!isFields(usage)) return undefined
  const details = fieldsIn(usage['prompt_tokens_details'])
  const prompt = countIn(usage['prompt_tokens']) ?? 0
  const cacheRead = Math.min(prompt, countIn(details['cached_tokens']) ?? countIn(usage['prompt_cache_hit_tokens']) ?? 0)
  const cacheWrite = Math.min(prompt - cacheRead, countIn(details['cache_write_tokens']) ?? 0)
  const reasoning = countIn(fieldsIn(usage['completion_tokens_details'])['reasoning_tokens'])
  const reported = costIn(usage)
  return usageOf({
    input: prompt - cacheRead - cacheWrite, output: countIn(usage['completion_tokens']) ?? 0, cacheRead, cacheWrite,
    ...(reasoning !== undefined && reasoning > 0 && { reasoning }), ...(reported !== undefined && { reported }),
  })
}

/** US dollars as OpenRouter counts them. With a key of the user's own for the vendor, the vendor's part stands elsewhere. */
function costIn({ cost, is_byok: own, cost_details: details }: Fields): number | undefined {
  const charged = countIn(cost)
  if (own !== true || charged === undefined) return charged
  const upstream = countIn(fieldsIn(details)['upstream_inference_cost'])
  return upstream === undefined ? undefined : charged + upstream
}

const countIn = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined)
const fieldsIn = (value: unknown): Fields => (isFields(value) ? value : {})
const isThere = (value: unknown): boolean => value !== undefined && value !== null
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(data: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return isFields(value) ? value : undefined
  } catch {
    return undefined // no JSON: the caller says so
  }
}
