/** Names as bytes: which of those that matter here stands somewhere, without making a text of it. */

export const known = [
  'type', 'message', 'timestamp', 'provider', 'model', 'modelId', 'usage', 'role', 'content', 'stopReason', 'durationMs', 'isError', 'is_error', 'name', 'toolName',
  'session', 'model_change', 'user', 'assistant', 'toolResult', 'tool_result', 'tool', 'toolCall', 'tool_call', 'tool_use', 'toolcall', 'toolUse', 'tool_result_error', 'error', 'aborted', 'timeout',
  'input', 'output', 'cacheRead', 'cacheWrite', 'totalTokens', 'total', 'cost',
] as const
export type Word = (typeof known)[number]

/** The place of a word among the known ones, for comparing numbers. */
export const word = (name: Word): number => known.indexOf(name)

const longestKnown = Math.max(...known.map(({ length }) => length))
const slot = (length: number, first: number): number => length * 128 + first

// One array without gaps, and all words in one row of bytes: this is asked of every key there is.
const heads = new Int8Array((longestKnown + 1) * 128).fill(-1)
const others = new Int8Array(known.length)
const starts = new Uint16Array(known.length)
const letters = new TextEncoder().encode(known.join(''))
known.reduce((start, name, at) => {
  const own = slot(name.length, name.charCodeAt(0))
  others[at] = heads[own] as number
  heads[own] = at
  starts[at] = start
  return start + name.length
}, 0)

/** The place of the known word between two bytes, or -1. */
export function recognize(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from
  if (length < 1 || length > longestKnown) return -1
  const first = bytes[from] as number
  if (first >= 128) return -1
  for (let at = heads[slot(length, first)] as number; at >= 0; at = others[at] as number) {
    const start = starts[at] as number
    let i = 1
    while (i < length && letters[start + i] === bytes[from + i]) i++
    if (i === length) return at
  }
  return -1
}

/** Gives the text between two bytes of a JSON text, the same one for the same bytes; the same few names come again and again. */
export type Texts = (bytes: Buffer, from: number, to: number) => string
export function createTexts(): Texts {
  const slots = new Map<number, { readonly text: string; readonly bytes: Uint8Array }[]>()
  let kept = 0
  return (bytes, from, to) => {
    const length = to - from
    if (length === 0) return ''
    const at = length * 65_536 + (bytes[from] as number) * 256 + (bytes[to - 1] as number)
    const here = slots.get(at)
    if (here) for (const one of here) if (isSame(one.bytes, bytes, from)) return one.text
    const text = decoded(bytes, from, to)
    if (kept < mostKept && length <= longestKept) {
      kept++
      const entry = { text, bytes: Uint8Array.prototype.slice.call(bytes, from, to) }
      if (here) here.push(entry)
      else slots.set(at, [entry])
    }
    return text
  }
}
const mostKept = 1_000
const longestKept = 200

function isSame(word: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < word.length; i++) if (word[i] !== bytes[from + i]) return false
  return true
}

/** What stands between the quotes, with its escapes undone. */
export function decoded(bytes: Buffer, from: number, to: number): string {
  const raw = bytes.toString('utf8', from, to)
  if (!raw.includes('\\')) return raw
  try {
    return JSON.parse(`"${raw}"`) as string
  } catch {
    return raw
  }
}
