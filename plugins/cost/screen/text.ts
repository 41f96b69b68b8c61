/** Text from elsewhere in a number of columns of a terminal. Pure. */
import { headOf, plain, widthOf } from 'nexus-gateway/sdk'

/** What no name needs and a terminal may obey: halves of characters, invisible ones, directions that `plain` does not know. */
const invisible = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu
/** One line that can neither move the cursor nor be read in another order. */
export const label = (text: string): string => plain(text).replace(invisible, ' ')

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
    used += widthOf(character)
    if (used > width) break
    tail = character + tail
  }
  return tail
}

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
