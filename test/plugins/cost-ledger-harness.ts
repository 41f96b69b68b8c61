/** A store in memory that can fail, stop in the middle of an append, and be opened again on what was on disk; and short words for the ledger. */
import type { Log } from 'nexus-gateway/sdk'
import type { AppendLog, Documents, LogLine, StoreApi } from '../../plugins/store/contract.ts'
import { LedgerRefused, openLedger, type Hold, type LedgerEngine, type LedgerHost, type Refusal } from '../../plugins/cost/ledger/ledger.ts'

export interface FakeStore {
  readonly store: Pick<StoreApi, 'log' | 'documents'>
  /** Whole lines that are on disk. */
  readonly logs: Map<string, string>
  readonly documents: Map<string, string>
  /** The next so many appends, or documents, are refused. */
  failAppends: number
  failDocuments: number
  /** Bytes read from logs since it was made. */
  read: number
  appends: number
  /** Stops for ever; what was being appended leaves this share of its lines. Gives the store of the next start. */
  crash(share: number): FakeStore
}

const refused = (): Error => Object.assign(new Error('ENOSPC: injected'), { code: 'NEXUS_STORE_WRITE' })

export function fakeStore(logs = new Map<string, string>(), documents = new Map<string, string>()): FakeStore {
  const under = new Map<string, string[]>()
  const sizes = new Map<string, number>() // of logs that were appended to here
  let dead = false
  const fake: FakeStore = {
    logs, documents, failAppends: 0, failDocuments: 0, read: 0, appends: 0,
    store: { log, documents: collection },
    crash(share) {
      dead = true
      for (const [name, lines] of under) for (const line of lines.slice(0, Math.round(lines.length * share))) logs.set(name, `${logs.get(name) ?? ''}${line}\n`)
      return fakeStore(new Map(logs), new Map(documents))
    },
  }
  const disk = (): Promise<void> => new Promise((resolve) => { setImmediate(() => { if (!dead) resolve() }) })

  function log(name: string): AppendLog {
    const bytes = (): Buffer => Buffer.from(logs.get(name) ?? '')
    const linesFrom = (from: number): LogLine[] => {
      const lines: LogLine[] = []
      const all = bytes()
      for (let offset = from, at = all.indexOf(10, from); at !== -1; offset = at + 1, at = all.indexOf(10, offset)) lines.push({ offset, end: at + 1, text: all.toString('utf8', offset, at) })
      fake.read += all.length - from
      return lines
    }
    return {
      name,
      async append(line) {
        const lines = typeof line === 'string' ? [line] : [...line]
        if (under.has(name)) throw new Error('one append at a time was the promise of the writer')
        under.set(name, lines)
        await disk()
        under.delete(name)
        fake.appends++
        if (fake.failAppends > 0) {
          fake.failAppends--
          throw refused()
        }
        const offset = sizes.get(name) ?? bytes().length
        const text = `${lines.join('\n')}\n`
        logs.set(name, `${logs.get(name) ?? ''}${text}`)
        sizes.set(name, offset + Buffer.byteLength(text))
        return { offset, end: sizes.get(name)! }
      },
      async* read({ from = 0 } = {}) { yield* linesFrom(from) },
      lastLines: async (count, { before = Infinity } = {}) => linesFrom(0).filter(({ end }) => end <= before).slice(-count),
      readBytes: async (from, max = 65_536) => bytes().subarray(from, from + max),
      size: async () => bytes().length,
      remove: async () => logs.delete(name),
    }
  }

  function collection<T>(name: string): Documents<T> {
    return {
      get: async (key) => {
        const text = documents.get(`${name}/${key}`)
        if (text === 'damaged') throw Object.assign(new Error('damaged'), { code: 'NEXUS_STORE_DAMAGED' })
        return text === undefined ? undefined : { value: JSON.parse(text) as T, revision: 1 }
      },
      async put(key, value) {
        const text = JSON.stringify(value)
        await disk()
        if (fake.failDocuments > 0) {
          fake.failDocuments--
          throw refused()
        }
        documents.set(`${name}/${key}`, text)
        return 1
      },
      delete: async (key) => documents.delete(`${name}/${key}`),
      keys: async () => [...documents.keys()],
    }
  }
  return fake
}

const nothing = (): void => {}
export const quiet: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
export const start = Date.UTC(2026, 2, 1)
export const day = 86_400_000

export interface Time { now(): number; at: number }
export const timeAt = (at = start): Time => {
  const time = { at, now: () => time.at }
  return time
}

export const open = (from: FakeStore | LedgerHost['store'], host: Partial<LedgerHost> = {}): Promise<LedgerEngine> =>
  openLedger({ store: 'store' in from ? from.store : from, clock: timeAt(), log: quiet, ...host })

export const about = { provider: 'demo', model: 'm1', runId: 'run-1', sessionKey: 'agent:main:main' }
/** Held in one counter, with a limit of money unless it says otherwise. */
export const within = (nano: number | undefined, counter = 'global/day||2026-03-01'): Hold => ({ counter, expiresAt: start + day, limit: nano === undefined ? {} : { nano } })

export function reserve(engine: LedgerEngine, id: string, nano: number | undefined, holds: readonly Hold[], tokens = 0): Promise<void> {
  return engine.reserve({ id, at: start, about, worst: { nano, tokens }, holds })
}
export const settle = (engine: LedgerEngine, id: string, nano: number | undefined, tokens = 0) => engine.settle(id, { nano, tokens, at: start, price: 'settings' })

/** Why it was refused; throws when it was not. */
export function refusalOf(work: () => Promise<unknown>): Refusal {
  try {
    void work().catch(nothing)
  } catch (error) {
    if (error instanceof LedgerRefused) return error.refusal
    throw error
  }
  throw new Error('it was not refused')
}
