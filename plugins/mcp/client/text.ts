/** What a server says, made fit for a list of tools or a log line. Pure. */
import { neutral } from '../../external-content/contract.ts'

/** Control characters but tab and line feed; what changes the direction of text or cannot be seen. */
const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu

/** At most `most` characters; no marks of the wrapper for external content, which a description could otherwise pretend to end. */
export function cleaned(text: unknown, most: number): string {
  if (typeof text !== 'string') return ''
  const seen = neutral(text.slice(0, 2 * most).replace(/\r\n?/g, '\n').replace(hidden, (one) => (one === '\n' || one === '\t' ? one : '')))
  return seen.length <= most ? seen : `${seen.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

export const line = (text: unknown, most: number): string => cleaned(text, most).replace(/\s+/g, ' ').trim()
