/** Text from elsewhere in a number of columns of a terminal. Pure. */
import { plain } from 'nexus-gateway/sdk'

/** What no name needs and a terminal may obey: halves of characters, invisible ones, directions that `plain` does not know. */
const invisible = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu
/** One line that can neither move the cursor nor be read in another order. */
export const label = (text: string): string => plain(text).replace(invisible, ' ')

// More are taken for wide than are: a line that is a column too short is better than one too long.
const wide = /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Extended_Pictographic}]/u
const none = /^[\p{Mn}\p{Me}]$/u

function columnsOf(character: string): number {
  // What makes a sign an emoji makes it wide.
  if (character === '\ufe0f') return 1
  return none.test(character) ? 0 : wide.test(character) ? 2 : 1
}

/** Columns that a text without colours takes. */
export function widthOf(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** As much of the beginning as fits. */
export function headOf(text: string, width: number): string {
  let used = 0
  let head = ''
  for (const character of text) {
    used += columnsOf(character)
    if (used > width) return head
    head += character
  }
  return head
}

/** Shortened in its middle: the keys of sessions begin alike and end differently. */
export function cut(text: string, width: number, ellipsis: string): string {
  if (widthOf(text) <= width) return text
  const room = width - widthOf(ellipsis)
  if (room < 1) return headOf(text, width)
  const head = headOf(text, Math.ceil(room / 2))
  return `${head}${ellipsis}${tailOf(text, room - widthOf(head))}`
}

function tailOf(text: string, width: number): string {
  let used = 0
  let tail = ''
  for (const character of [...text].toReversed()) {
    used += columnsOf(character)
    if (used > width) break
    tail = character + tail
  }
  return tail
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text

/** Words on lines of at most `width` columns; a word that is longer than a line is cut. */
export function wrap(text: string, width: number, ellipsis: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const next = line === '' ? word : `${line} ${word}`
    if (widthOf(next) <= width) line = next
    else {
      if (line !== '') lines.push(line)
      line = cut(word, width, ellipsis)
    }
  }
  return line === '' ? lines : [...lines, line]
}
