/** Columns of text and bars side by side, fitted to the width there is. Pure. */
import { headOf, padEnd, padStart, widthOf, type Paint } from 'nexus-gateway/sdk'
import type { Look } from './look.ts'
import { cut, label } from './text.ts'

type Style = Parameters<Paint>[0]

export interface Column {
  readonly head: string
  readonly right?: boolean
  /** What it needs, and what it can use. */
  readonly least: number
  readonly most: number
  /** Left out where there is no room, the highest first; 0 never is. */
  readonly drop: number
  cells(width: number): readonly string[]
  style?(row: number): Style | undefined
}
type Rest = Partial<Pick<Column, 'right' | 'drop' | 'style'>> & { /** Shortened down to so much. */ readonly least?: number }

/** Untrusted text is shown on one line; one without anything to say is no column. */
export function textColumn(head: string, texts: readonly string[], { ellipsis }: Look['glyphs'], { right = false, drop = 0, least, style }: Rest = {}): Column[] {
  const clean = texts.map(label)
  if (clean.every((text) => text === '')) return []
  const most = Math.max(widthOf(head), ...clean.map(widthOf))
  return [{ head, right, drop, most, least: Math.min(most, least ?? most), cells: (width) => clean.map((text) => cut(text, width, ellipsis)), ...(style && { style }) }]
}

const gap = '  '

export function table(columns: readonly Column[], { width, paint, glyphs: { ellipsis } }: Look, indent = 2): string[] {
  const room = width - indent
  const shown = fitting(columns, room)
  const widths = spread(shown, room)
  const all = shown.map((column, i) => column.cells(widths[i] ?? 0))
  const rows = Math.max(0, ...all.map((cells) => cells.length))
  const line = (cell: (column: number) => string, style: (column: number) => Style | undefined): string => {
    const last = shown.findLastIndex((_, i) => cell(i).trimEnd() !== '')
    return ' '.repeat(indent) + shown.slice(0, last + 1).map(({ right }, i) => {
      const fitted = headOf(cell(i), widths[i] ?? 0)
      const padded = right ? padStart(fitted, widths[i] ?? 0) : i === last ? fitted : padEnd(fitted, widths[i] ?? 0)
      const painted = style(i)
      return painted === undefined ? padded : paint(painted, padded)
    }).join(gap)
  }
  const head = shown.some((column) => column.head !== '') ? [line((i) => cut(shown[i]?.head ?? '', widths[i] ?? 0, ellipsis), () => 'dim')] : []
  return [...head, ...Array.from({ length: rows }, (_, row) => line((i) => all[i]?.[row] ?? '', (i) => shown[i]?.style?.(row)))]
}

const needed = (columns: readonly Column[]): number => columns.reduce((sum, { least }) => sum + least, 0) + gap.length * Math.max(0, columns.length - 1)

function fitting(columns: readonly Column[], room: number): readonly Column[] {
  if (needed(columns) <= room) return columns
  const next = Math.max(0, ...columns.map(({ drop }) => drop))
  return next === 0 ? columns : fitting(columns.filter(({ drop }) => drop !== next), room)
}

/** The room that is over goes to the first that can use it; where there is too little, the widest give. */
function spread(columns: readonly Column[], room: number): number[] {
  const widths = columns.map(({ least }) => least)
  let over = room - needed(columns)
  for (const [i, { least, most }] of columns.entries()) {
    const more = Math.min(Math.max(0, over), most - least)
    widths[i] = least + more
    over -= more
  }
  for (; over < 0 && Math.max(...widths) > 0; over++) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] ?? 1) - 1
  }
  return widths
}
