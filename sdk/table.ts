/** Columns of text for people, as wide as a terminal shows them, which is not how long a string is. */
import { plain, type Paint } from './terminal.ts'

// More are taken for wide than are: a line that is a column too short is better than one too long.
const wide = /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Extended_Pictographic}]/u
const none = /^[\p{Mn}\p{Me}]$/u

function columnsOf(character: string): number {
  // What makes a sign an emoji makes it wide.
  if (character === '\ufe0f') return 1
  return none.test(character) ? 0 : wide.test(character) ? 2 : 1
}

/** Columns that a text without colours takes on a terminal. */
export function widthOf(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** As much of the beginning as fits into `width` columns. */
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

/** Filled up to `width` columns; one that is longer stays. */
export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text

/**
 * The lines of a table: a dim head, and a line for each row, painted as `style` says by the row's place. Cells are made
 * `plain`; a column in which no row says anything is left out, but for the first.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint, style: (row: number) => Parameters<Paint>[0] | undefined = () => undefined): string[] {
  const clean = rows.map((row) => row.map(plain))
  const shown = head.map((_, i) => i).filter((i) => i === 0 || clean.some((row) => row[i]))
  const widths = head.map((title, i) => Math.max(widthOf(title), ...clean.map((row) => widthOf(row[i] ?? ''))))
  const line = (row: readonly string[]): string => shown.map((i) => padEnd(row[i] ?? '', widths[i] ?? 0)).join('  ').trimEnd()
  return [paint('dim', line(head)), ...clean.map((row, i) => {
    const painted = style(i)
    return painted === undefined ? line(row) : paint(painted, line(row))
  })]
}
