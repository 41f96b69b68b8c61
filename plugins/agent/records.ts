/** Records of runs, kept in the store: two logs of bounded size, the older of which is given up when the newer is full. */
import type { Clock } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import type { RunRecord } from './timeline.ts'

const maxBytes = 16 * 1024 * 1024
const maxRecent = 200
const pageLines = 200
/** Milliseconds between two writes: nobody waits for a record, and a write for each run costs as much as the rest of what is kept of it. */
const gatherMs = 100
/** Records that may wait for a write. */
const maxTogether = 2_000
/** Lines looked through for one run: a bound on what a request reads. */
const maxLines = 20_000

export interface Records {
  /** Never rejects: a run is not the worse for a record that could not be written. */
  keep(record: RunRecord): Promise<void>
  /** Has what waits written at once; resolves when all that was kept so far is on disk, or never will be. */
  written(): Promise<void>
  find(runId: string): Promise<RunRecord | undefined>
  /** Newest first. */
  list(limit: number, wanted: (record: RunRecord) => boolean): Promise<RunRecord[]>
}

export function createRecords(store: StoreApi | undefined, clock: Clock, problem: (error: unknown) => void): Records {
  /** Also what there is while the disk is slow, and all there is without a store. */
  const recent: RunRecord[] = []
  const numbers = store?.documents<{ readonly log: number }>('agent')
  let number: Promise<number> | undefined
  /** What goes to disk together with the next write. */
  let waiting: string[] = []
  let next: Promise<void> | undefined
  let timer: unknown
  let wroteAt = -Infinity
  let go = (): void => {}
  let turn: Promise<void> = Promise.resolve()

  const logOf = (n: number) => store!.log(`agent/runs/${n}`)
  const current = (): Promise<number> => (number ??= numbers!.get('runs').then((found) => found?.value.log ?? 1))

  async function write(lines: readonly string[]): Promise<void> {
    const n = await current()
    const { end } = await logOf(n).append(lines)
    if (end < maxBytes) return
    await numbers!.put('runs', { log: n + 1 })
    number = Promise.resolve(n + 1)
    await logOf(n - 1).remove()
  }

  /** One write at a time. The first goes at once; those that follow closely wait for each other. */
  function scheduled(): Promise<void> {
    const begun = new Promise<void>((resolve) => { go = resolve })
    const wait = wroteAt + gatherMs - clock.now()
    if (wait > 0) timer = clock.setTimeout(go, wait)
    else go()
    const written = Promise.all([turn, begun]).then(() => {
      clock.clearTimeout(timer)
      const lines = waiting
      waiting = []
      next = undefined
      wroteAt = clock.now()
      return write(lines)
    }).catch(problem)
    turn = written
    return written
  }

  /** Newest first, from memory and then from the logs. */
  async function* all(): AsyncGenerator<RunRecord> {
    const seen = new Set<string>()
    for (const record of recent.toReversed()) {
      seen.add(record.runId)
      yield record
    }
    if (!store) return
    const n = await current()
    let left = maxLines
    for (const log of n > 1 ? [logOf(n), logOf(n - 1)] : [logOf(n)]) {
      let before: number | undefined
      while (left > 0) {
        const lines = await log.lastLines(pageLines, before === undefined ? {} : { before })
        if (lines.length === 0) break
        left -= lines.length
        before = lines[0]!.offset
        for (const { text } of lines.toReversed()) {
          const record = parsed(text)
          if (record && !seen.has(record.runId)) yield record
        }
        if (before === 0) break
      }
    }
  }

  return {
    async written() {
      go()
      await turn
    },
    keep(record) {
      recent.push(record)
      if (recent.length > maxRecent) recent.shift()
      if (!store) return Promise.resolve()
      if (waiting.length >= maxTogether) {
        problem(new Error('more runs end than can be written down'))
        return Promise.resolve()
      }
      waiting.push(JSON.stringify(record))
      return next ??= scheduled()
    },
    async find(runId) {
      for await (const record of all()) if (record.runId === runId) return record
      return undefined
    },
    async list(limit, wanted) {
      const found: RunRecord[] = []
      for await (const record of all()) {
        if (wanted(record)) found.push(record)
        if (found.length >= limit) break
      }
      return found
    },
  }
}

function parsed(text: string): RunRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && typeof (value as RunRecord).runId === 'string' ? value as RunRecord : undefined
  } catch {
    return undefined // a line that was cut off
  }
}
