import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { ExportedHead, type JournalRecord } from './contract.ts'
import { errno, fail } from './errors.ts'
import { journalFiles } from './files.ts'
import { exportHead, lastRecords, recordAt } from './read.ts'
import { recordLine, recordScreen, reportScreen } from './screen.ts'
import { verify } from './verify.ts'

const dir = { summary: 'The folder of the journal, if it is not that of this gateway', value: 'PATH' }

export default commands({
  'journal tail': command({
    summary: 'Show the newest records of who did what',
    options: { limit: { summary: 'How many', value: 'N', default: '20' }, dir },
    examples: ['nexus journal tail', 'nexus journal tail --limit 100 --json'],
    async run(io) {
      const limit = numberOf(io.options['limit'], 1000)
      const records = isRemote(io) ? (await io.call('journal.tail', { limit }) as { records: JournalRecord[] }).records : await lastRecords(journalFiles(dirOf(io)), limit)
      const paint = paintOf(io)
      io.print(records.length === 0 ? 'The journal is empty.' : records.map((record) => recordLine(record, paint)).join('\n'), { records })
    },
  }),
  'journal show': command({
    summary: 'Show one record; needs no gateway',
    args: ['<number>'],
    options: { dir },
    examples: ['nexus journal show 12', 'nexus journal show 12 --json'],
    async run(io) {
      const found = await recordAt(journalFiles(dirOf(io)), numberOf(io.args['number'], Number.MAX_SAFE_INTEGER))
      io.print(recordScreen(found.record, found.intact, paintOf(io)), found)
      return found.intact ? 0 : 1
    },
  }),
  'journal verify': command({
    summary: 'Check every record that is kept, by the files alone; exits 1 if anything was tampered with',
    options: { head: { summary: 'An exported head: also find out if the whole journal was rolled back', value: 'FILE' }, dir },
    examples: ['nexus journal verify', 'nexus journal verify --head head.json', 'nexus journal verify --dir /backup/journal --json'],
    async run(io) {
      const exported = await exportedHead(io.options['head'])
      const report = await verify(journalFiles(dirOf(io)), { signal: io.signal, ...(exported && { exported }) })
      io.print(reportScreen(report, paintOf(io)), report)
      return report.ok ? 0 : 1
    },
  }),
  'journal export': command({
    summary: 'Print the head of the journal, to be kept on another machine',
    options: { dir },
    examples: ['nexus journal export --json > head.json'],
    async run(io) {
      const head = isRemote(io) ? await io.call('journal.export') : await exportHead(journalFiles(dirOf(io)), dirOf(io))
      io.print(JSON.stringify(head), head)
    },
  }),
})

/** With `--url` another machine's journal is meant. */
const isRemote = (io: CommandIo): boolean => io.options['url'] !== undefined

const dirOf = (io: CommandIo): string => (typeof io.options['dir'] === 'string' ? resolve(io.options['dir']) : join(io.paths.state, 'journal'))

function numberOf(text: unknown, max: number): number {
  const number = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > max) throw fail('NEXUS_JOURNAL_NUMBER', { min: 1, max })
  return number
}

async function exportedHead(file: unknown): Promise<ExportedHead | undefined> {
  if (typeof file !== 'string') return undefined
  const text = await readFile(file, 'utf8').catch((error: unknown) => { throw fail('NEXUS_JOURNAL_READ', { dir: file, reason: errno(error) }, error) })
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), ExportedHead), text)
  if (!read.success) throw fail('NEXUS_JOURNAL_EXPORT')
  return read.output
}
