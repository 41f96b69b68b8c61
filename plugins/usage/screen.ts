/** `nexus usage index` as a person reads it. Pure. */
import { plain, type Paint } from 'nexus-gateway/sdk'
import type { IndexReport } from './wire.ts'

const barLength = 30

/** One line that grows. */
export function barOf({ files, bytes }: IndexReport): string {
  const part = bytes.total === 0 ? 1 : Math.min(1, bytes.done / bytes.total)
  const full = Math.round(part * barLength)
  return `[${'█'.repeat(full)}${'·'.repeat(barLength - full)}] ${String(Math.floor(part * 100)).padStart(3)} %  ${sizeText(bytes.done)} of ${sizeText(bytes.total)}, ${files.done} of ${files.total} files`
}

export function indexScreen({ folder, files, bytes, sessions, done }: IndexReport, ms: number, paint: Paint): string {
  const read = bytes.done === 0 ? 'nothing new' : `${sizeText(bytes.done)} read in ${(ms / 1000).toFixed(1)} s`
  return [
    `${done ? paint('green', '✓') : paint('yellow', '!')} ${plain(folder)}: ${files.total} transcripts of ${sessions} sessions, ${read}`,
    ...(files.failed > 0 ? [paint('yellow', `${files.failed} could not be read; they are tried again next time.`)] : []),
    ...(files.total === 0 ? [paint('yellow', 'There are no .jsonl files in it.')] : []),
  ].join('\n')
}

function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} KB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
