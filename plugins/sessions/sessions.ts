/** The sessions service on a store: what the plugin provides, without the plugin. */
import type { Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import { openActivity } from './activity.ts'
import type { ListOptions, MessageEntry, SessionEntry, SessionInfo, SessionsApi, StoredMessage } from './contract.ts'
import { openIdempotency } from './idempotency.ts'
import { normalizeKey } from './keys.ts'
import { createSessions, type Session } from './open.ts'
import { recover } from './recovery.ts'
import { createRuns } from './runs.ts'
import type { Transcript, Written } from './transcript.ts'

export interface SessionsOptions {
  readonly store: StoreApi
  readonly now: () => number
  readonly log: Log
  /** Said in the header of new transcripts. */
  readonly cwd: string
  readonly limits?: Partial<typeof defaults>
}
export interface OpenSessions extends SessionsApi {
  /** Entries from the beginning of a session, oldest first. */
  opening(key: string): AsyncIterable<SessionEntry>
  /** Writes what was put off. To be called every few seconds. */
  flush(): Promise<void>
  /** Waits until all is written. */
  close(): Promise<void>
}

const defaults = { maxOpenRuns: 10_000, maxKeys: 100_000, maxOpenSessions: 1000, maxIndexed: 10_000 }
const defaultList = 100
const maxList = 1000

export async function openSessions({ store, now, log, cwd, limits = {} }: SessionsOptions): Promise<OpenSessions> {
  const { maxOpenRuns, maxKeys, maxOpenSessions, maxIndexed } = { ...defaults, ...limits }
  let damagedLines = 0
  const activity = openActivity({ store, log, maxSessions: maxIndexed })
  const idempotency = openIdempotency({ store, log, now, maxKeys })
  const sessions = createSessions({ store, now, cwd, activity, maxOpen: maxOpenSessions, damaged: () => { damagedLines++ } })
  const runs = createRuns({ store, log, now, maxOpen: maxOpenRuns, idempotency, write })

  function write(key: string, entries: readonly Written[]): Promise<SessionEntry[]> {
    return sessions.with(key, true, async ({ transcript }) => {
      const written = await transcript.append(entries)
      activity.touch(key, now())
      return written
    })
  }

  const dated = (info: Session['info']): SessionInfo => ({ ...info, updatedAt: activity.at(info.key) ?? info.createdAt })
  const reading = <T>(key: string, read: (transcript: Transcript) => Promise<T[]>): Promise<T[]> =>
    sessions.with(normalizeKey(key), false, (session) => (session ? read(session.transcript) : []))

  async function history(key: string, options: Parameters<SessionsApi['history']>[1] = {}): Promise<StoredMessage[]> {
    // Before the transcript is read: a message on its way from here to there is then found twice, never missed.
    const queued = options.queued && options.before === undefined ? runs.queued(normalizeKey(key)) : []
    const entries = await reading(key, (transcript) => transcript.page(options, isMessage))
    const written = new Set(entries.map((entry) => entry.id))
    return [
      ...entries.map(({ message, id, position }) => ({ ...message, id, position })),
      ...queued.filter(({ id }) => !written.has(id)),
    ]
  }

  async function list({ agent, since = 0, search = '', limit = defaultList, offset = 0 }: ListOptions = {}): ReturnType<SessionsApi['list']> {
    const part = search.toLowerCase()
    const wanted = (await activity.recent()).filter(({ key, at }) => at >= since && (agent === undefined || key.startsWith(`agent:${agent}:`)) && key.toLowerCase().includes(part))
    const page = wanted.slice(offset, offset + Math.min(Math.max(1, limit), maxList))
    const infos = await Promise.all(page.map(({ key }) => sessions.info(key).catch(leaveOut)))
    return { sessions: infos.filter((info) => info !== undefined).map(dated), total: wanted.length }
  }

  /** One damaged document is no reason to show none of the others. */
  function leaveOut(error: unknown): undefined {
    if ((error as { code?: unknown }).code !== 'NEXUS_STORE_DAMAGED') throw error
    log.error('left a session out of the list', { reason: String(error) })
  }

  const found = await runs.load()
  const { interrupted, left } = await recover(found, (key, work) => sessions.with(key, true, ({ transcript }) => work(transcript)), log)
  runs.retire(found.filter((run) => !left.includes(run)))
  if (interrupted.length > 0) log.warn('runs were cut off by the last stop', { runs: interrupted.length })

  return {
    normalize: normalizeKey,
    open: async (key) => sessions.with(normalizeKey(key), true, ({ info }) => dated(info)),
    find: async (key) => sessions.with(normalizeKey(key), false, (session) => session && dated(session.info)),
    list,
    append: async (key, entries) => write(normalizeKey(key), entries),
    history,
    entries: async (key, options = {}) => reading(key, (transcript) => transcript.page(options, isEntry)),
    accept: async (key, request) => sessions.with(normalizeKey(key), true, async ({ info, transcript }) => {
      const accepted = await runs.accept(dated(info), await transcript.size(), request)
      if (!accepted.known) activity.touch(info.key, now())
      return accepted
    }),
    recall: async (key, idempotencyKey) => runs.recall(normalizeKey(key), idempotencyKey),
    startRun: (runId) => runs.start(runId),
    endRun: (runId, outcome, entries = []) => runs.end(runId, outcome, entries),
    interrupted: () => interrupted,
    metrics: () => ({ openRuns: runs.openCount, maxOpenRuns, keys: idempotency.size, maxKeys, openSessions: sessions.size, indexed: activity.size, damagedLines }),
    async* opening(key) {
      const log = await sessions.with(normalizeKey(key), false, (session) => session?.transcript)
      if (log) yield* log.since(0)
    },
    flush: () => activity.flush(),
    async close() {
      await runs.settle()
      await activity.flush()
      await activity.settle()
      await idempotency.settle()
    },
  }
}

const isEntry = (_: SessionEntry): _ is SessionEntry => true
const isMessage = (entry: SessionEntry): entry is MessageEntry => entry.type === 'message'
