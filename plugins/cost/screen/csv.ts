/** Tables for spreadsheets, as RFC 4180 has them. Pure. */

type Cell = string | number | boolean | null | undefined

// A spreadsheet takes what begins so for a formula and runs it; so does one that drops the spaces before.
const formula = /^\s*[=+\-@＝＋－＠|%]/u
// Line feeds and tabs are part of a cell; the rest would steer a terminal or turn the reading order.
// oxlint-disable-next-line no-control-regex
const steering = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cs}]/gu

/** Rows end with a line feed. Text that a spreadsheet would run gets an apostrophe in front, and so does text that has one there already, so that it can be taken away again. */
export const csv = (rows: readonly (readonly Cell[])[]): string => rows.map((row) => `${row.map(cell).join(',')}\n`).join('')

function cell(value: Cell): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') return number(value)
  const clean = value.replace(steering, ' ')
  const safe = formula.test(clean) || clean.startsWith('\'') || /^[\t\r\n]/.test(clean) ? `'${clean}` : clean
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Without an exponent: some programs take that for text. */
function number(value: number | boolean): string {
  const text = String(value)
  return typeof value === 'number' && text.includes('e-') ? value.toFixed(12).replace(/0+$/, '').replace(/\.$/, '') : text
}
