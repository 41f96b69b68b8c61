/** Columns that stand: one for each day, with a scale and dates. Pure. */
import { widthOf, type Paint } from 'nexus-gateway/sdk'
import type { Glyphs } from './look.ts'
import { shortDay } from './time.ts'

/** `unknown`: there is more that has no price. */
export interface Point { readonly day: string; readonly value: number; readonly unknown?: boolean }
export interface ChartLook { readonly width: number; readonly height: number; readonly glyphs: Glyphs; readonly paint: Paint; text(value: number): string }
export interface Chart { readonly lines: readonly string[]; /** How many days one column stands for. */ readonly daysEach: number }

const widestColumn = 4
const heads = [1, 2, 3, 4, 5, 6, 8, 10]

/** The next number above that is easily read, as its half is. */
export function scaleTop(most: number): number {
  if (!(most > 0)) return 1
  const power = Math.floor(Math.log10(most))
  const of = (head: number): number => (power < 0 ? head / 10 ** -power : head * 10 ** power)
  return of(heads.find((head) => of(head) >= most) ?? 10)
}

export function columnChart(points: readonly Point[], look: ChartLook): Chart {
  const rows = Math.max(2, look.height - look.height % 2)
  const { columns, daysEach, scale, top } = fitted(points, rows, look, Math.max(1, Math.ceil(points.length / look.width)))
  const pitch = Math.max(1, Math.min(widestColumn, Math.floor((look.width - scale.width - 2) / Math.max(1, columns.length))))
  const lines = Array.from({ length: rows }, (_, row) => lineOf(row, rows, columns, { top, pitch, scale, look }))
  return { lines: [...lines, floorOf(columns, pitch, scale, look), ...datesOf(columns, pitch, scale.width + 2, look)], daysEach }
}

interface Fitted { readonly columns: readonly Point[]; readonly daysEach: number; readonly scale: Scale; readonly top: number }

/** As few days to a column as fit beside the scale, whose width depends on what they come to. */
function fitted(points: readonly Point[], rows: number, look: ChartLook, daysEach: number): Fitted {
  const columns = grouped(points, daysEach)
  const top = scaleTop(Math.max(0, ...columns.map(({ value }) => value)))
  const scale = scaleOf(top, rows, look)
  const isTooWide = scale.width + 2 + columns.length > look.width && columns.length > 1
  return isTooWide ? fitted(points, rows, look, daysEach + 1) : { columns, daysEach, scale, top }
}

function grouped(points: readonly Point[], size: number): Point[] {
  if (size === 1) return [...points]
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const some = points.slice(i * size, (i + 1) * size)
    return { day: some[0]?.day ?? '', value: some.reduce((sum, { value }) => sum + value, 0), unknown: some.some(({ unknown }) => unknown === true) }
  })
}

interface Scale { readonly width: number; readonly at: ReadonlyMap<number, string> }

/** Labels at the upper edges of the first row and of the one in the middle. */
function scaleOf(top: number, rows: number, { text }: ChartLook): Scale {
  const at = new Map([[0, text(top)], [rows / 2, text(top / 2)], [rows, text(0)]])
  return { at, width: Math.max(...[...at.values()].map(widthOf)) }
}

interface Drawing { readonly top: number; readonly pitch: number; readonly scale: Scale; readonly look: ChartLook }

function lineOf(row: number, rows: number, columns: readonly Point[], { top, pitch, scale, look: { glyphs, paint } }: Drawing): string {
  const mark = scale.at.get(row)
  const cells = columns.map(({ value }) => barCell(cellOf(value / top * rows - (rows - 1 - row), row === rows - 1 && value > 0, glyphs.levels), pitch)).join('').trimEnd()
  return `${paint('dim', `${(mark ?? '').padStart(scale.width)} ${mark === undefined ? glyphs.side : glyphs.tick}`)}${cells === '' ? '' : paint('cyan', cells)}`
}

/** `height`: of what is to be drawn above the lower edge of the cell, in cells. */
function cellOf(height: number, shows: boolean, levels: readonly string[]): string {
  const most = levels.length - 1
  const level = Math.min(most, Math.max(shows ? 1 : 0, Math.round(height * most)))
  return levels[level] ?? ' '
}

const barCell = (cell: string, pitch: number): string => cell.repeat(Math.max(1, pitch - 1)).padEnd(pitch)

function floorOf(columns: readonly Point[], pitch: number, scale: Scale, { glyphs, paint, text }: ChartLook): string {
  const floor = columns.map(({ unknown }) => (unknown === true ? paint('yellow', '?') + paint('dim', glyphs.floor.repeat(pitch - 1)) : paint('dim', glyphs.floor.repeat(pitch)))).join('')
  return `${paint('dim', `${text(0).padStart(scale.width)} ${glyphs.corner}`)}${floor}`
}

const steps = [1, 2, 7, 14, 28]
const widestDate = 8

/** As many dates as there is room for, weeks apart where days have columns of their own, the last one always; the month stands where it is new. */
function datesOf(columns: readonly Point[], pitch: number, left: number, { width, paint }: ChartLook): string[] {
  const step = steps.find((some) => some * pitch >= widestDate) ?? widestDate
  let line = ''
  let month = ''
  for (const [i, { day }] of columns.entries()) {
    if ((columns.length - 1 - i) % step !== 0) continue
    const text = day.slice(0, 7) === month ? String(Number(day.slice(8))) : shortDay(day)
    const at = Math.min(left + i * pitch, width - text.length)
    if (line !== '' && at <= line.length) continue
    line = line.padEnd(at) + text
    month = day.slice(0, 7)
  }
  return line === '' ? [] : [paint('dim', line)]
}
