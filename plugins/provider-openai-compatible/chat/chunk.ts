/** One event of an answer, checked for just what is used of it. Servers add to it what they like. */
import { usageOf } from '../../models/contract.ts'
import type { ModelUsage } from '../../models/contract.ts'
import type { CallPiece } from './calls.ts'

export interface Chunk {
  text: string
  thinking: string
  calls: readonly CallPiece[]
  finish: string | undefined
  usage: ModelUsage | undefined
  /** What stands there in place of a piece of the answer. */
  error: unknown
}

type Fields = Readonly<Record<string, unknown>>
const none: readonly never[] = []

/** `undefined` for what is no such event. One object for each, filled in: there are thousands of them in a second. */
export function chunkOf(data: string): Chunk | undefined {
  const event = parsed(data)
  if (event === undefined) return undefined
  const chunk: Chunk = { text: '', thinking: '', calls: none, finish: undefined, usage: undefined, error: undefined }
  const { choices, error, usage } = event
  if (isThere(error)) {
    chunk.error = error
    return chunk
  }
  if (isThere(usage)) chunk.usage = usageIn(usage)
  if (!isThere(choices)) return chunk
  if (!Array.isArray(choices)) return undefined
  return choices.length === 0 || intoChoice(choices[0], chunk) ? chunk : undefined
}

function intoChoice(choice: unknown, chunk: Chunk): boolean {
  if (!isFields(choice)) return false
  const { delta, finish_reason: finish } = choice
  if (typeof finish === 'string') chunk.finish = finish
  else if (isThere(finish)) return false
  return !isThere(delta) || (isFields(delta) && intoDelta(delta, chunk))
}

function intoDelta(delta: Fields, chunk: Chunk): boolean {
  const { content, tool_calls: pieces } = delta
  const thought = delta['reasoning_content'] ?? delta['reasoning']
  if (typeof thought === 'string') chunk.thinking = thought
  else if (isThere(thought)) return false
  if (typeof content === 'string') chunk.text = content
  else if (isThere(content) && !(Array.isArray(content) && intoParts(content, chunk))) return false
  if (!isThere(pieces)) return true
  const calls = Array.isArray(pieces) ? callsIn(pieces) : undefined
  if (calls === undefined) return false
  chunk.calls = calls
  return true
}

/** Mistral writes its thinking among the parts of the content. */
function intoParts(parts: readonly unknown[], chunk: Chunk): boolean {
  const fields = parts.filter(isFields)
  const thoughts = fields.flatMap((part) => (part['type'] === 'thinking' && Array.isArray(part['thinking']) ? part['thinking'].filter(isFields) : []))
  chunk.text = textIn(fields)
  chunk.thinking += textIn(thoughts)
  return true
}

const textIn = (parts: readonly Fields[]): string => parts.map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : '')).join('')

function callsIn(pieces: readonly unknown[]): readonly CallPiece[] | undefined {
  const calls: CallPiece[] = []
  for (const piece of pieces) {
    if (!isFields(piece)) return undefined
    const { index, id, function: made } = piece
    if (isThere(made) && !isFields(made)) return undefined
    const { name, arguments: args } = isFields(made) ? made : {}
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
