/** The journal: durable records per second beside a bare group commit, and how fast it is checked. */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJiti } from 'jiti'
import type { Cause, Log } from 'nexus-gateway/sdk'
import type { JournalEntry } from '../../plugins/journal/contract.ts'
import { root } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'

const writers = 200
const nothing = (): void => {}
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const cause: Cause = { caller: { id: 'token:ops', role: 'operator', scopes: new Set(), label: 'operator' }, trace: 'k3x9-1f', path: ['plugins'] }
const entry: JournalEntry = { cause, verb: 'plugins.reload', access: 'operator.admin', params: { ids: ['cost'] }, decision: 'allow', outcome: 'pending' }

/** Each writer waits for its record before it writes the next. */
async function perSecond(record: () => Promise<unknown>, ms: number): Promise<number> {
  const started = performance.now()
  let done = 0
  await Promise.all(Array.from({ length: writers }, async () => {
    for (; performance.now() - started < ms; done++) await record()
  }))
  return done / ((performance.now() - started) / 1000)
}

/** Lines of the same length, one write and one fdatasync for all that wait: no chain, no head, no digest. */
async function bareCommit(file: string): Promise<{ record(): Promise<void>; close(): Promise<void> }> {
  const handle = await open(file, 'a')
  const line = `${'x'.repeat(430)}\n`
  let waiting: (() => void)[] = []
  let busy = false
  async function work(): Promise<void> {
    busy = true
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await handle.write(line.repeat(group.length))
      await handle.datasync()
      for (const done of group) done()
    }
    busy = false
  }
  return {
    record: () => new Promise((resolve) => {
      waiting.push(resolve)
      if (!busy) void work()
    }),
    close: () => handle.close(),
  }
}

/** A plugin's own parts, as the loader gives them their SDK. */
async function parts() {
  const { import: load } = createJiti(import.meta.url, { alias: { 'nexus-gateway/sdk': join(root, 'sdk/index.ts') }, interopDefault: false })
  const of = (file: string): string => join(root, 'plugins/journal', file)
  return {
    ...await load(of('files.ts')) as typeof import('../../plugins/journal/files.ts'),
    ...await load(of('journal.ts')) as typeof import('../../plugins/journal/journal.ts'),
    ...await load(of('verify.ts')) as typeof import('../../plugins/journal/verify.ts'),
  }
}

export const journal: Scenario = async () => {
  const { createJournal, journalFiles, verify } = await parts()
  const dir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const writer = createJournal({ dir: join(dir, 'journal'), now: Date.now, log, self: cause, segmentBytes: 16 << 20, maxBytes: 1 << 30 })
    const bare = await bareCommit(join(dir, 'bare.jsonl'))
    const rates = await interleave(7, () => perSecond(() => writer.record(entry), 1_000), () => perSecond(bare.record, 1_000))
    await writer.close()
    await bare.close()
    const checks: number[] = []
    for (let i = 0; i < 5; i++) {
      const started = performance.now()
      const { ok, bytes } = await verify(journalFiles(join(dir, 'journal')))
      if (!ok) throw new Error('the journal that was measured is not intact')
      checks.push(bytes / 1e6 / ((performance.now() - started) / 1000))
    }
    return [
      { id: 'journal', what: `journal, durable records per second, ${writers} writers`, value: median(rates.a), unit: 'of them', target: 20_000, better: 'more', control: 'lines of that length, one fdatasync a group', figures: { controlPerSecond: median(rates.b), ratio: pairRatio(rates) } },
      { id: 'journal-verify', what: 'journal, checked per second', value: median(checks), unit: 'MB', target: 100, better: 'more', control: 'none', figures: {} },
    ]
  } finally {
    await rm(dir, { recursive: true })
  }
}
