/** The journal as people read it. */
import { plain } from 'nexus-gateway/sdk'
import type { Paint } from 'nexus-gateway/sdk'
import type { JournalRecord, JournalReport } from './contract.ts'

const time = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

export function recordLine(record: JournalRecord, paint: Paint): string {
  const { n, caller, verb, subject, outcome, code, of } = record
  const how = outcome === 'ok' ? paint('green', outcome) : outcome === 'pending' ? paint('dim', outcome) : paint('red', outcome)
  const what = plain(subject === undefined ? verb : `${verb} ${subject}`)
  return [paint('dim', `${String(n).padStart(6)}  ${time(record.time)}`), how, what, `${paint('dim', 'by')} ${plain(caller.id)} (${plain(caller.label)})`, plain(code ?? ''), of === undefined ? '' : paint('dim', `of ${of}`)].filter(Boolean).join('  ')
}

export function recordScreen(record: JournalRecord, intact: boolean, paint: Paint): string {
  const rows = Object.entries(record).map(([name, value]) => `${paint('dim', name.padEnd(9))} ${plain(typeof value === 'string' ? value : name === 'time' ? `${time(Number(value))} UTC` : JSON.stringify(value))}`)
  return [...rows, intact ? paint('green', 'Its hash is right.') : paint('red', 'It was altered: its hash is wrong.')].join('\n')
}

export function reportScreen(report: JournalReport, paint: Paint): string {
  const { ok, first, last, records, bytes, segments, pastHead, removedTo, exported, faults, faultCount } = report
  const told = [
    ok ? paint('green', 'The journal is intact.') : paint('red', `The journal is not intact: ${faultCount} ${faultCount === 1 ? 'fault' : 'faults'}.`),
    `${records} records, ${first} to ${last}, in ${segments} ${segments === 1 ? 'file' : 'files'} of ${bytes} bytes.`,
    ...(removedTo > 0 ? [`Records to ${removedTo} were removed by retention, and the journal says so.`] : []),
    ...(pastHead > 0 ? [`${pastHead} bytes stand behind the head: written, and acknowledged to nobody.`] : []),
    ...(exported === 'confirmed' ? ['The exported head is part of it.'] : exported === 'removed' ? ['The record of the exported head was removed by retention, so it proves nothing any more.'] : []),
    ...faults.map(({ kind, text, segment, offset }) => `${paint('red', kind)}  ${plain(text)}${segment === undefined ? '' : paint('dim', `  (${segment}${offset === undefined ? '' : ` at byte ${offset}`})`)}`),
    ...(faultCount > faults.length ? [`and ${faultCount - faults.length} more`] : []),
  ]
  return told.join('\n')
}
