/** The sessions service on a store: what the plugin provides, without the plugin. */
import type { Log, MaybePromise } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import { openActivity, type ActivityRecord } from './activity.ts'
import { openArchives } from './archives.ts'
import type { CompactionEntry, KeyRules, ListOptions, MessageEntry, SessionEntry, SessionInfo, SessionsApi, StoredMessage } from './contract.ts'
import { fail } from './errors.ts'
import { openIdempotency } from './idempotency.ts'
import { createImports, type Imports } from './import.ts'
import { normalizeKey, sessionKeyOf, sessionPartsOf } from './keys.ts'
import { createLifecycle, knownOf, type Changed } from './lifecycle.ts'
import { createSessions, logOf, type Session } from './open.ts'
import { maxPreviewKeys, previewItems } from './preview.ts'
import { recover } from './recovery.ts'
import type { ResetDue } from './reset-rules.ts'
import { findSession } from './resolve.ts'
import { createRetention, type Retention } from './retention.ts'
import { createRuns } from './runs.ts'
import { together } from './together.ts'
import type { Transcript, Written } from './transcript.ts'
import { guarded } from './writer.ts'

export interface SessionsOptions {
  readonly store: StoreApi
  readonly now: () => number
  readonly log: Log
  /** Said in the header of new transcripts. */
  readonly cwd: string
  readonly limits?: Partial<typeof defaults>
  readonly keys?: KeyRules
  /** Never, without it. */
  readonly due?: ResetDue
  readonly changed?: (change: Changed) => void
  /** Asked before anything is written; it throws where this process may not. */
  readonly allowed?: () => MaybePromise<void>
}
export interface OpenSessions extends SessionsApi {
  /** Entries from the beginning of a session, oldest first. */
  opening(key: string): AsyncIterable<SessionEntry>
  readonly imports: Imports
  readonly retention: Retention
  /** Writes what was put off. To be called every few seconds. */
  flush(): Promise<void>
  /** Waits until all is written. */
  close(): Promise<void>
}

const defaults = { maxOpenRuns: 10_000, maxKeys: 100_000, maxOpenSessions: 1000, maxIndexed: 10_000 }
const defaultList = 100
const maxList = 1000
/** How far back the first entry that a compaction keeps is looked for. */
const maxKept = 10_000
/** Of a transcript, for its last texts. */
const previewBytes = 4 * 1024 * 1024
/** Sessions that are read together for a list. */
const atOnce = 16
const never = (): undefined => undefined

export async function openSessions({ store: whole, now, log, cwd, limits = {}, keys = {}, due = never, changed = never, allowed = never }: SessionsOptions): Promise<OpenSessions> {
  const { maxOpenRuns, maxKeys, maxOpenSessions, maxIndexed } = { ...defaults, ...limits }
  const store = guarded(whole, allowed)
  let damagedLines = 0
  const activity = openActivity({ store, log, maxSessions: maxIndexed })
  const archives = openArchives({ store, log, now })
  const idempotency = openIdempotency({ store, log, now, maxKeys })
  const sessions = createSessions({ store, now, cwd, activity, maxOpen: maxOpenSessions, damaged: () => { damagedLines++ }, created: ({ key, agent, id }) => changed({ key, agent, id, reason: 'create' }) })
  const runs = createRuns({ store, log, now, maxOpen: maxOpenRuns, idempotency, write })
  const lifecycle = createLifecycle({ sessions, runs, activity, archives, now, due, changed })

  function write(key: string, entries: readonly Written[]): Promise<SessionEntry[]> {
    return sessions.with(key, true, async ({ info, transcript }) => {
      const written = await transcript.append(entries)
      activity.touch(knownOf(info), now())
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

  async function list({ limit = defaultList, offset = 0, ...filter }: ListOptions = {}): ReturnType<SessionsApi['list']> {
    const wanted = (await activity.recent()).filter(wants(filter))
    const page = wanted.slice(offset, offset + Math.min(Math.max(1, limit), maxList))
    const infos = await together(page, atOnce, ({ key }) => sessions.info(key).catch(leaveOut))
    return { sessions: infos.filter((info) => info !== undefined).map(dated), total: wanted.length }
  }

  /** One damaged document is no reason to show none of the others. */
  function leaveOut(error: unknown): undefined {
    if ((error as { code?: unknown }).code !== 'NEXUS_STORE_DAMAGED') throw error
    log.error('left a session out of the list', { reason: String(error) })
  }

  async function compact(given: string, { sessionId, summary, firstKeptEntryId, tokensBefore, details }: Parameters<SessionsApi['compact']>[1]): Promise<CompactionEntry> {
    const key = normalizeKey(given)
    return sessions.with(key, false, async (session) => {
      if (!session) throw fail('NEXUS_SESSIONS_UNKNOWN')
      const { info, transcript } = session
      if (sessionId !== undefined && info.id !== sessionId) throw fail('NEXUS_SESSIONS_CHANGED')
      if (!await transcript.has(firstKeptEntryId, maxKept)) throw fail('NEXUS_SESSIONS_ENTRY', { limit: maxKept })
      const [entry] = await transcript.append([{ type: 'compaction', summary, firstKeptEntryId, tokensBefore, ...(details !== undefined && { details }) }])
      activity.touch(knownOf(info), now())
      changed({ key, agent: info.agent, id: info.id, reason: 'compact' })
      return entry as CompactionEntry
    })
  }

  async function preview(given: string, { limit, maxChars }: { readonly limit?: number; readonly maxChars?: number }): ReturnType<SessionsApi['preview']> {
    const key = normalizeKey(given)
    try {
      if (!await sessions.info(key)) return [{ key, status: 'missing', items: [] }]
      const items = previewItems(await history(key, { limit: limit ?? 12, maxBytes: previewBytes, queued: true }), limit, maxChars)
      return [{ key, status: items.length > 0 ? 'ok' : 'empty', items }]
    } catch (error) {
      log.error('could not read a session for its preview', { reason: String(error) })
      return [{ key, status: 'error', items: [] }]
    }
  }

  /** What another writes by now is its to remember. */
  const flush = (): Promise<void> => Promise.all([activity.flush(), runs.tidy()]).then(() => {}, (error: unknown) => {
    if ((error as { code?: unknown }).code !== 'NEXUS_SESSIONS_TAKEN') throw error
  })

  const found = await runs.load()
  const { interrupted, left } = await recover(found, {
    log,
    idOf: async (key) => (await sessions.info(key))?.id,
    use: (key, work) => sessions.with(key, true, ({ transcript }) => work(transcript)),
    former: (key, id) => sessions.transcript(logOf(key, id)),
  })
  runs.retire(found.filter((run) => !left.includes(run)))
  void runs.tidy() // what is reported now is not reported once more
  if (interrupted.length > 0) log.warn('runs were cut off by the last stop', { runs: interrupted.length })

  return {
    normalize: normalizeKey,
    keyOf: (parts, rules = keys) => sessionKeyOf(parts, rules),
    open: async (key) => sessions.with(normalizeKey(key), true, ({ info }) => dated(info)),
    find: async (key) => sessions.with(normalizeKey(key), false, (session) => session && dated(session.info)),
    list,
    append: async (key, entries) => write(normalizeKey(key), entries),
    settings: async (key) => sessions.with(normalizeKey(key), false, (session) => session?.info.settings ?? {}),
    patch: async (key, patch, expecting = {}) => dated(await lifecycle.patch(normalizeKey(key), patch, expecting)),
    async reset(key, { reason, ...expecting }) {
      const { info, archived } = await lifecycle.reset(normalizeKey(key), reason, expecting)
      return { session: dated(info), ...(archived && { archived }) }
    },
    remove: async (key, options = {}) => lifecycle.remove(normalizeKey(key), 'deleted', options),
    compact,
    preview: async (given, options = {}) => (await together(given.slice(0, maxPreviewKeys), atOnce, (key) => preview(key, options))).flat(),
    resolve: (query) => findSession(query, { recent: () => activity.recent(), info: async (key) => { const info = await sessions.info(key); return info && dated(info) } }),
    archives: async (key) => archives.of(normalizeKey(key)),
    async archived(key, sessionId, options = {}) {
      const one = (await archives.of(normalizeKey(key))).find((archive) => archive.sessionId === sessionId)
      return one ? sessions.transcript(one.log).page(options, isEntry) : []
    },
    history,
    entries: async (key, options = {}) => reading(key, (transcript) => transcript.page(options, isEntry)),
    async accept(given, request) {
      const key = normalizeKey(given)
      await lifecycle.resetIfDue(key, async () => request.idempotencyKey !== undefined && await runs.recall(key, request.idempotencyKey) !== undefined)
      return sessions.with(key, true, async ({ info, transcript }) => {
        const accepted = await runs.accept(dated(info), await transcript.size(), request)
        if (!accepted.known) activity.touch(knownOf(info), now())
        return accepted
      })
    },
    recall: async (key, idempotencyKey) => runs.recall(normalizeKey(key), idempotencyKey),
    startRun: (runId) => runs.start(runId),
    endRun: (runId, outcome, entries = []) => runs.end(runId, outcome, entries),
    interrupted: () => interrupted,
    metrics: () => ({ openRuns: runs.openCount, maxOpenRuns, keys: idempotency.size, maxKeys, openSessions: sessions.size, indexed: activity.size, damagedLines }),
    async* opening(key) {
      const log = await sessions.with(normalizeKey(key), false, (session) => session?.transcript)
      if (log) yield* log.since(0)
    },
    imports: createImports({ store, sessions, runs, activity, archives, lifecycle, changed, now }),
    retention: createRetention({ sessions, activity, archives, lifecycle, log, now }),
    flush,
    async close() {
      await runs.settle()
      await flush()
      await activity.settle()
      await idempotency.settle()
    },
  }
}

function wants({ agent, since = 0, search = '', label, spawnedBy, without = [] }: ListOptions): (record: ActivityRecord) => boolean {
  const part = search.toLowerCase()
  return (record) => record.at >= since
    && (agent === undefined || record.key.startsWith(`agent:${agent}:`))
    && (label === undefined || record.label === label)
    && (spawnedBy === undefined || record.spawnedBy === spawnedBy)
    && (record.key.toLowerCase().includes(part) || (record.label ?? '').toLowerCase().includes(part))
    && (without.length === 0 || !without.includes(sessionPartsOf(record.key).kind))
}

const isEntry = (_: SessionEntry): _ is SessionEntry => true
const isMessage = (entry: SessionEntry): entry is MessageEntry => entry.type === 'message'
