/** `nexus sessions import`: every session of a folder, one after the other, each whole or not at all. */
import { stat } from 'node:fs/promises'
import { paintOf, plain, type CommandIo } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import { beganAt, foldersIn, piecesOf, readFolder, writerOf, type FoundSession } from './folder.ts'

export interface Imported {
  readonly key: string
  readonly sessionId: string
  /** `same`: it is here already. `other`: the key has another session, which `--replace` would archive. `found`: it would be imported. */
  readonly status: 'imported' | 'same' | 'other' | 'failed' | 'found'
  readonly lines?: number
  readonly reason?: string
}
export interface ImportReport { readonly folders: readonly string[]; readonly sessions: readonly Imported[]; readonly unusable: number; readonly left: number }

export async function importFolder(io: CommandIo, given: string): Promise<number> {
  const agent = typeof io.options['agent'] === 'string' ? io.options['agent'] : undefined
  const folders = await foldersIn(given)
  const report = { folders, sessions: [] as Imported[], unusable: 0, left: 0 }
  for (const folder of folders) {
    const { sessions, unusable, left } = await readFolder(folder, agent)
    report.unusable += unusable
    report.left += left
    for (const [i, one] of sessions.entries()) {
      if (io.signal.aborted) break
      progress(io, `${i + 1} of ${sessions.length}: ${one.key}`)
      report.sessions.push(await importOne(io, one))
    }
  }
  progress(io, undefined)
  io.print(reportText(report, paintOf(io)), report satisfies ImportReport)
  return io.signal.aborted || report.sessions.some(({ status }) => status === 'failed') ? 1 : 0
}

async function importOne(io: CommandIo, found: FoundSession): Promise<Imported> {
  const { key, sessionId } = found
  try {
    return { key, sessionId, ...await send(io, found) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { key, sessionId, status: 'failed', reason: code === 'ENOENT' ? 'its transcript is not there' : message }
  }
}

async function send(io: CommandIo, { key, sessionId, file, updatedAt, settings }: FoundSession): Promise<Pick<Imported, 'status' | 'lines'>> {
  const before = await stat(file)
  if (!before.isFile()) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'its transcript is no file' })
  const writer = await writerOf(file)
  if (writer !== undefined) throw fail('NEXUS_SESSIONS_IMPORT', { reason: `process ${writer || 'of another user'} is writing its transcript; stop that gateway first` })
  if (io.options['dry-run'] === true) return { status: 'found' }
  const replace = io.options['replace'] === true
  let lines = 0
  let piece = 0
  for await (const { lines: some, open } of piecesOf(file)) {
    const { status } = await io.call('sessions.import', { key, sessionId, piece, lines: some, open, replace }) as { status: 'more' | 'same' | 'other' }
    if (status !== 'more') return { status }
    piece++
    lines += some.length - (open ? 1 : 0)
  }
  const after = await stat(file)
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'its transcript changed while it was read; stop the other gateway first' })
  const done = { createdAt: await beganAt(file) ?? before.birthtimeMs, updatedAt: updatedAt ?? before.mtimeMs, settings }
  const { status } = await io.call('sessions.import', { key, sessionId, piece, lines: [], replace, done }) as { status: 'imported' | 'same' | 'other' }
  return { status, lines }
}

function progress({ stderr, json }: CommandIo, text: string | undefined): void {
  if (json || !stderr.isTTY) return
  stderr.write(`\r\u001b[2K${text === undefined ? '' : plain(text).slice(0, 100)}`)
}

function reportText({ sessions, unusable, left, folders }: ImportReport, paint: ReturnType<typeof paintOf>): string {
  const marks = { imported: paint('green', '✓'), found: paint('green', '✓'), same: paint('dim', '='), other: paint('yellow', '!'), failed: paint('red', '✗') }
  const says = ({ status, lines, reason }: Imported): string => ({
    imported: `${lines} lines`, found: 'would be imported', same: 'is here already', other: 'its key has a session of its own; --replace archives that', failed: reason ?? 'failed',
  })[status]
  const rows = sessions.map((one) => `${marks[one.status]} ${plain(one.key)}  ${paint('dim', plain(says(one)))}`)
  const count = (status: Imported['status']): number => sessions.filter((one) => one.status === status).length
  return [
    ...rows,
    `${count('imported') + count('found')} of ${sessions.length} sessions ${count('found') > 0 ? 'would be ' : ''}imported from ${folders.map(plain).join(', ')}`,
    ...(unusable > 0 ? [`${unusable} entries name no session that could be taken in`] : []),
    ...(left > 0 ? [`${left} transcripts that no session leads to were left where they are`] : []),
  ].join('\n')
}
