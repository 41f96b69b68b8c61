/** Names as bytes: which of those that matter here stands somewhere, without making a text of it. */

export const known = [
  'type', 'message', 'timestamp', 'provider', 'model', 'modelId', 'usage', 'role', 'content', 'stopReason', 'durationMs', 'isError', 'is_error', 'name', 'toolName',
  'session', 'model_change', 'user', 'assistant', 'toolResult', 'tool_result', 'tool', 'toolCall', 'tool_call', 'tool_use', 'toolcall', 'toolUse', 'tool_result_error', 'error', 'aborted', 'timeout',
  'input', 'output', 'cacheRead', 'cacheWrite', 'totalTokens', 'total', 'cost',
] as const
export type Word = (typeof known)[number]

/** The place of a word among the known ones, for comparing numbers. */
export const word = (name: Word): number => known.indexOf(name)

const slot = (length: number, first: number): number => (length & 31) * 256 + first

/** Gives the place of the known word between two bytes, or -1. */
export function createRecognize(): (bytes: Uint8Array, from: number, to: number) => number {
  const slots: { readonly at: number; readonly bytes: Uint8Array }[][] = []
  known.forEach((name, at) => {
    const bytes = new TextEncoder().encode(name)
    ;(slots[slot(bytes.length, bytes[0] as number)] ??= []).push({ at, bytes })
  })
  return (bytes, from, to) => {
    const length = to - from
    const candidates = length > 0 ? slots[slot(length, bytes[from] as number)] : undefined
    if (candidates === undefined) return -1
    for (const one of candidates) if (one.bytes.length === length && isSame(one.bytes, bytes, from)) return one.at
    return -1
  }
}

/** Gives the text between two bytes of a JSON text, the same one for the same bytes; the same few names come again and again. */
export function createTexts(): (bytes: Buffer, from: number, to: number) => string {
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
