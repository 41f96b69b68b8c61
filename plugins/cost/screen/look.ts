/** What can be drawn where: width, colours, and the signs that the terminal knows. */
import { paintOf } from 'nexus-gateway/sdk'
import type { CommandIo, Paint } from 'nexus-gateway/sdk'

export interface Glyphs {
  /** Fill levels of one cell of a column, from nothing to all of it. */
  readonly levels: readonly string[]
  /** The end of a bar, from the narrowest to the whole cell. */
  readonly ends: readonly string[]
  readonly held: string
  readonly empty: string
  readonly tick: string
  readonly side: string
  readonly corner: string
  readonly floor: string
  readonly ellipsis: string
  readonly dot: string
  readonly dash: string
}

export const unicode: Glyphs = { levels: [...' ▁▂▃▄▅▆▇█'], ends: [...'▏▎▍▌▋▊▉█'], held: '▒', empty: '░', tick: '┤', side: '│', corner: '└', floor: '─', ellipsis: '…', dot: '·', dash: '–' }
export const ascii: Glyphs = { levels: [...' .:#'], ends: ['#'], held: '+', empty: '.', tick: '+', side: '|', corner: '+', floor: '-', ellipsis: '~', dot: '-', dash: '-' }

export interface Look {
  /** Columns of a line; no line is longer. */
  readonly width: number
  /** Lines of the screen. */
  readonly height: number
  readonly paint: Paint
  readonly glyphs: Glyphs
  /** Milliseconds since the epoch. */
  readonly now: number
}

const narrowest = 20
const usual = { columns: 100, rows: 24 }

export function lookOf(io: Pick<CommandIo, 'stdout' | 'env' | 'options'>, now: number): Look {
  const { stdout: { columns = usual.columns, rows = usual.rows }, env, options } = io
  return { width: Math.max(narrowest, columns), height: Math.max(1, rows), paint: paintOf(io), glyphs: options['ascii'] === true ? ascii : glyphsOf(env), now }
}

/** By the locale, as far as there is one; the console of Linux and terminals without a cursor have no blocks. */
export function glyphsOf(env: NodeJS.ProcessEnv): Glyphs {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  const spoken = locale === '' || /utf-?8/i.test(locale)
  return spoken && env['TERM'] !== 'linux' && env['TERM'] !== 'dumb' ? unicode : ascii
}
