/** How far the reading of transcripts is, on one line of standard error that is written anew. */
import { headOf, padEnd, widthOf, type CommandIo } from 'nexus-gateway/sdk'
import { bar } from './bar.ts'
import { glyphsOf, type Glyphs } from './look.ts'
import { count, percent } from './money.ts'

/** Bytes and files; of the files nothing is said where they are not known. */
export interface Progress { readonly done: number; readonly total: number; readonly files?: { readonly done: number; readonly total: number } }

const cells = 24

export function progressLine({ done, total, files }: Progress, width: number, glyphs: Glyphs): string {
  const part = total > 0 ? Math.min(1, done / total) : 0
  const line = `Reading transcripts ${padEnd(bar(part, cells, glyphs), cells).replaceAll(' ', glyphs.empty)} ${percent(Math.floor(part * 100))}  ${megabytes(done)} of ${megabytes(total)} MB`
  const told = files === undefined ? '' : `, ${count(files.done)} of ${count(files.total)} files`
  return headOf(widthOf(line + told) > width ? line : line + told, width)
}

const megabytes = (bytes: number): string => (bytes < 1e7 ? (bytes / 1e6).toFixed(1) : count(bytes / 1e6))

/** Nothing where nobody watches. `undefined` clears the line. */
export function progressTo({ stderr, json, env, options }: CommandIo): (progress: Progress | undefined) => void {
  if (json || !stderr.isTTY || env['TERM'] === 'dumb') return () => undefined
  const glyphs = options['ascii'] === true ? glyphsOf({ TERM: 'dumb' }) : glyphsOf(env)
  let shown = false
  return (progress) => {
    if (progress === undefined && !shown) return
    shown = progress !== undefined
    stderr.write(`\r\u001b[2K${progress === undefined ? '' : progressLine(progress, Math.max(1, (stderr.columns || 80) - 1), glyphs)}`)
  }
}
