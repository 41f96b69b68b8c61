import { resolve } from 'node:path'
import { command, commands, paintOf, type CommandIo } from 'nexus-gateway/sdk'
import { barOf, indexScreen } from './screen.ts'
import type { IndexReport } from './wire.ts'

const lookMs = 250

export default commands({
  'usage index': command({
    summary: 'Read what is new in a folder of transcripts from elsewhere, so that its usage and costs can be shown',
    args: ['<folder>'],
    examples: ['nexus usage index ~/.openclaw', 'nexus usage index ./transcripts --json'],
    offline: true,
    async run(io) {
      const folder = resolve(String(io.args['folder']))
      const started = Date.now()
      let report = await ask(io, folder)
      while (!report.done && !io.signal.aborted) {
        show(io, report)
        const last = report
        report = await ask(io, folder)
        // It was done between the two: then this look has found nothing new.
        if (report.done && report.bytes.total < last.bytes.total) report = { ...report, bytes: { total: last.bytes.total, done: last.bytes.total } }
      }
      show(io, undefined)
      io.print(indexScreen(report, Date.now() - started, paintOf(io)), report)
      return report.done && report.files.failed === 0 ? 0 : 1
    },
  }),
})

const ask = async (io: CommandIo, folder: string): Promise<IndexReport> => await io.call('usage.index', { folder, waitMs: lookMs }) as IndexReport

function show({ stderr, json }: CommandIo, report: IndexReport | undefined): void {
  if (json || !stderr.isTTY) return
  stderr.write(`\r\u001b[2K${report === undefined ? '' : barOf(report)}`)
}
