import { join } from 'node:path'
import * as v from 'valibot'
import { callAfter, callAuthorize, callBefore, definePlugin } from 'nexus-gateway/sdk'
import { healthChecked } from '../health/contract.ts'
import { toolAfter, toolBefore } from '../tools/contract.ts'
import { createWatch } from './calls.ts'
import { journal, type JournalReport } from './contract.ts'
import { journalErrors } from './errors.ts'
import { journalFiles } from './files.ts'
import { createJournal } from './journal.ts'
import { takeLock } from './lock.ts'
import { exportHead, lastRecords } from './read.ts'
import { verify } from './verify.ts'

const MiB = 1024 * 1024
const byteCount = (fallback: number, description: string) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(64 * 1024), v.description(description)), fallback)

export default definePlugin({
  ...journal,
  config: v.strictObject({
    segmentBytes: byteCount(16 * MiB, 'Size at which a file of the journal is followed by another.'),
    maxBytes: byteCount(1024 * MiB, 'Size of the whole journal above which the oldest files are removed; two are always kept.'),
  }),
  errors: journalErrors,
  capabilities: ['tap:call.authorize', 'tap:call.before', 'tap:call.after'],
  required: true,
  safe: true,
  setup(ctx) {
    const dir = join(ctx.paths.state, 'journal')
    const files = journalFiles(dir)
    const now = (): number => ctx.clock.now()
    const writer = createJournal({ ...ctx.config, dir, now, log: ctx.log, self: ctx.cause, acquire: () => takeLock(dir, ctx.scope.signal) })
    const watch = createWatch(writer.record, now, ctx.log)
    let found: readonly string[] = []

    ctx.tap(callAuthorize, watch.authorize)
    ctx.tap(callBefore, watch.before)
    ctx.tap(callAfter, watch.after)
    ctx.tap(toolBefore, watch.toolBefore)
    ctx.tap(toolAfter, watch.toolAfter)
    ctx.tap(healthChecked, () => ({ degraded: [...writer.faults(), ...found] }))
    ctx.scope.defer(writer.close, 'journal')
    // Not awaited by setup: a former generation may still hold the files, and closes only when this one has taken over.
    ctx.scope.spawn('check of the newest segment', async (signal) => {
      if (await writer.open()) heed(await verify(files, { newestOnly: true, signal }))
    })

    /** What is put aside is known to the writer. */
    function heed(report: JournalReport): JournalReport {
      const faults = report.faults.filter(({ kind }) => kind !== 'set-aside' && kind !== 'absent')
      found = faults.length === 0 ? [] : [`the journal was tampered with or is damaged: ${faults[0]?.text}; see \`nexus journal verify\``]
      if (faults.length > 0) ctx.log.error('the journal was tampered with or is damaged', { faults: report.faultCount, first: faults[0]?.text })
      return report
    }

    return {
      provides: { journal: { record: writer.record } },
      methods: {
        'journal.tail': async ({ limit }) => ({ records: await lastRecords(files, limit) }),
        'journal.verify': async ({ head }, call) => {
          const report = await verify(files, { signal: call.signal, ...(head && { exported: head }) })
          if (!head) heed(report)
          return report
        },
        'journal.export': () => exportHead(files, dir),
      },
    }
  },
})
