/** What a text of settings tells before it is parsed: how deep it nests, how many members it has, where its lines are. */

export const maxDepth = 64

export interface Scan {
  /** Outside of texts and comments a colon stands in members only, so their number is that of the colons. */
  readonly members: number
  /** Where the nesting becomes too deep, if it does. */
  readonly deepAt?: number
}

/** Right for every text that parses; of another it says nothing that can be relied on, and ends. */
export function scan(text: string): Scan {
  let members = 0
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x3a: members++; break
      case 0x22: case 0x27: i = endOfText(text, i); break
      case 0x2f: i = endOfComment(text, i); break
      case 0x7b: case 0x5b:
        if (++depth > maxDepth) return { members, deepAt: i }
        break
      case 0x7d: case 0x5d: depth--; break
    }
  }
  return { members }
}

/** Of the text in quotes that begins at `start`: where its last quote is, or the text's end. */
function endOfText(text: string, start: number): number {
  const quote = text.charCodeAt(start)
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === quote) return i
    if (c === 0x5c) i++
  }
  return text.length
}

function endOfComment(text: string, start: number): number {
  const next = text[start + 1]
  if (next === '*') {
    const end = text.indexOf('*/', start + 2)
    return end < 0 ? text.length : end + 1
  }
  if (next !== '/') return start
  let i = start
  while (i + 1 < text.length && !isLineEnd(text.charCodeAt(i + 1))) i++
  return i
}

export const isLineEnd = (c: number): boolean => c === 0x0a || c === 0x0d || c === 0x2028 || c === 0x2029

/** Line and column of an offset, both from one, as editors count them: columns in UTF-16 units. */
export function lineOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/)
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
