/**
 * The durable inbox: a run is on disk from the moment it is accepted until its end is in the transcript.
 * `accepted` lines carry the message, so nothing else has to be written before the client is told `ok`.
 */
import { randomUUID } from 'node:crypto'
import type { Label, Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import type { Accepted, MessageEntry, NewEntry, RunOutcome, RunRequest, SessionEntry, SessionInfo, StoredMessage, UserMessage } from './contract.ts'
import { cutOff, isAnswer, marker, newId } from './entries.ts'
import { fail } from './errors.ts'
import type { Idempotency } from './idempotency.ts'
import { createJournal } from './journal.ts'
import type { Written } from './transcript.ts'

export interface RunRecord {
  readonly type: 'accepted'
  readonly runId: string
  readonly sessionKey: string
  readonly sessionId: string
  readonly agent: string
  /** Size of the transcript at acceptance: what the run wrote stands behind it. */
  readonly from: number
  readonly at: number
  readonly trace: string
  readonly label: Label
  readonly caller: string
  readonly idempotencyKey?: string
  readonly message?: { readonly id: string; readonly body: UserMessage }
}
interface EndRecord { readonly type: 'ended'; readonly runId: string }
type State = 'queued' | 'running' | 'ended'
/** `moved`: the transcript has the message, so it is no longer shown from here. `leaving`: the state it is in until its next one is on disk, by `moving`. */
interface OpenRun { readonly record: RunRecord; state: State; moved: boolean; leaving?: State | undefined; moving?: Promise<unknown> | undefined }

export interface Runs {
  accept(session: SessionInfo, from: number, request: RunRequest): Promise<Accepted>
  recall(sessionKey: string, idempotencyKey: string): Promise<Accepted | undefined>
  start(runId: string): Promise<MessageEntry | undefined>
  end(runId: string, outcome: RunOutcome, entries: readonly NewEntry[]): Promise<SessionEntry[]>
  /** Whether a run of the session waits or is under way; whether one is under way. */
  isOpen(sessionKey: string): boolean
  isRunning(sessionKey: string): boolean
  /** Messages that are not in the session's transcript yet, in order of acceptance. */
  queued(sessionKey: string): StoredMessage[]
  /** The runs found open, in order of acceptance. To be called once, before anything else. */
  load(): Promise<RunRecord[]>
  /** Runs whose end is in the transcript: they leave the inbox with the next `tidy`, or when there are some of them. */
  retire(runs: readonly RunRecord[]): void
  /** Takes those out of the inbox. To be called every few seconds, and before a transcript goes elsewhere. */
  tidy(): Promise<void>
  /** As `tidy`, and waits for all else that is written behind the answers. */
  settle(): Promise<void>
  readonly openCount: number
}

export interface RunsEnv {
  readonly store: StoreApi
  readonly log: Log
  readonly now: () => number
  readonly maxOpen: number
  readonly idempotency: Idempotency
  readonly write: (sessionKey: string, entries: readonly Written[]) => Promise<SessionEntry[]>
}

const maxIdLength = 256
/** Ended runs that leave the inbox together: a start has to look for the ends of so many. */
const together = 32
/** Interrupted runs kept for the next start to report. */
const maxReported = 1000

export function createRuns({ store, log, now, maxOpen, idempotency, write }: RunsEnv): Runs {
  const open = new Map<string, OpenRun>()
  const accepting = new Map<string, Promise<Accepted>>() // by idempotency key: the second of two at once waits for the first
  const reserved = new Set<string>() // run ids on their way into `open`
  const ended = new Map<string, RunRecord>() // in the transcript, and still to be taken out of the inbox
  const reportable = new Set<RunRecord>() // in the transcript as interrupted, and left in the inbox; oldest first
  let clearing: Promise<void> = Promise.resolve()
  const journal = createJournal<RunRecord | EndRecord>({ store, name: 'runs', log, live: records, liveCount: () => open.size })

  function* records(): Generator<RunRecord> {
    for (const { record } of open.values()) yield record
  }

  const known = (sessionKey: string, runId: string): Accepted => ({ runId, sessionKey, known: true, state: open.get(runId)?.state ?? 'ended' })

  // ── In ────────────────────────────────────────────────────────────────────────────────────────

  async function take(session: SessionInfo, from: number, { runId = randomUUID(), message, idempotencyKey, cause }: RunRequest): Promise<Accepted> {
    checkId('run id', runId)
    if (open.has(runId) || reserved.has(runId)) throw fail('NEXUS_SESSIONS_RUN_EXISTS')
    if (open.size + reserved.size - Math.min(ended.size, together) >= maxOpen) throw fail('NEXUS_SESSIONS_BUSY', { limit: maxOpen })
    const record: RunRecord = {
      type: 'accepted', runId, sessionKey: session.key, sessionId: session.id, agent: session.agent, from, at: now(),
      trace: cause.trace, label: cause.caller.label, caller: cause.caller.id,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(message && { message: { id: newId(), body: { ...message, timestamp: message.timestamp ?? now(), ...(idempotencyKey !== undefined && { idempotencyKey }) } } }),
    }
    reserved.add(runId)
    try {
      await journal.append([record], () => {
        open.set(runId, { record, state: 'queued', moved: false })
        rememberKey(record)
      })
    } finally { reserved.delete(runId) }
    return { runId, sessionKey: session.key, known: false, state: 'queued' }
  }

  function rememberKey({ sessionKey, idempotencyKey, runId, at }: RunRecord): void {
    if (idempotencyKey !== undefined) idempotency.remember({ session: sessionKey, key: idempotencyKey, runId, at })
  }

  async function accept(session: SessionInfo, from: number, request: RunRequest): Promise<Accepted> {
    const { idempotencyKey } = request
    if (idempotencyKey === undefined) return take(session, from, request)
    checkId('idempotency key', idempotencyKey)
    await idempotency.loaded
    const name = `${session.key}\n${idempotencyKey}`
    const first = accepting.get(name)
    if (first) return known(session.key, (await first).runId)
    const runId = idempotency.find(session.key, idempotencyKey)
    if (runId !== undefined) return known(session.key, runId)
    const mine = take(session, from, request)
    accepting.set(name, mine)
    try {
      return await mine
    } finally { accepting.delete(name) }
  }

  // ── Through ───────────────────────────────────────────────────────────────────────────────────

  function beginning({ runId, trace, label, message }: RunRecord): Written[] {
    return [
      marker({ runId, phase: 'start', trace, label }),
      ...(message ? [{ type: 'message' as const, message: message.body, id: message.id }] : []),
    ]
  }

  /** Moves a run on, and back if the transcript could not be written. */
  async function advance(run: OpenRun, to: State, entries: readonly Written[]): Promise<SessionEntry[]> {
    const before = run.state
    run.state = to
    run.leaving = before
    try {
      const moving = write(run.record.sessionKey, entries)
      run.moving = moving
      const written = await moving
      run.moved = true
      return written
    } catch (error) {
      run.state = before
      throw error
    } finally { Object.assign(run, { leaving: undefined, moving: undefined }) }
  }

  async function start(runId: string): Promise<MessageEntry | undefined> {
    const run = open.get(runId)
    if (run?.state !== 'queued') throw fail('NEXUS_SESSIONS_RUN_UNKNOWN', { state: 'queued' })
    const written = await advance(run, 'running', beginning(run.record))
    return written.find((entry): entry is MessageEntry => entry.type === 'message')
  }

  // ── Out ───────────────────────────────────────────────────────────────────────────────────────

  async function end(runId: string, outcome: RunOutcome, entries: readonly NewEntry[]): Promise<SessionEntry[]> {
    const run = open.get(runId)
    await run?.moving?.catch(() => {}) // stopped while it starts: what its start has written is not written again
    if (!run || run.state === 'ended') throw fail('NEXUS_SESSIONS_RUN_UNKNOWN', { state: 'open' })
    const { record, moved, state } = run
    const interrupted = outcome.status === 'interrupted'
    const started = state === 'running'
    const unsaid = interrupted && !entries.some(isAnswer) ? [cutOff(started)] : []
    const written = await advance(run, 'ended', [...(moved ? [] : beginning(record)), ...entries, ...unsaid, endOf(record, outcome, started)])
    if (interrupted) leave(record)
    else retire([record])
    return written
  }

  /** What is in the inbox at a start was cut off, and is reported then; the marker keeps it from being marked again. */
  function leave(record: RunRecord): void {
    reportable.add(record)
    const [oldest] = reportable
    if (reportable.size <= maxReported || !oldest) return
    reportable.delete(oldest)
    retire([oldest])
  }

  function retire(runs: readonly RunRecord[]): void {
    for (const record of runs) {
      const run = open.get(record.runId)
      if (run) Object.assign(run, { state: 'ended', moved: true })
      ended.set(record.runId, record)
    }
    if (ended.size >= together) void tidy()
  }

  const tidy = (): Promise<void> => (clearing = clearing.then(clear))

  /** Should it fail, the next end tries again, and a start finds the end in the transcript. */
  async function clear(): Promise<void> {
    const batch = [...ended.values()]
    if (batch.length === 0) return
    try {
      await close(batch)
      for (const { runId } of batch) ended.delete(runId)
    } catch (error) {
      log.warn('could not take ended runs out of the inbox', { runs: batch.length, reason: String(error) })
    }
  }

  async function close(runs: readonly RunRecord[]): Promise<void> {
    // The keys first: once the run is gone, this is all that remembers them.
    await idempotency.keep(runs.flatMap(({ sessionKey, idempotencyKey, runId, at }) => (idempotencyKey === undefined ? [] : [{ session: sessionKey, key: idempotencyKey, runId, at }])))
    await journal.append(runs.map(({ runId }) => ({ type: 'ended', runId })), () => { for (const { runId } of runs) open.delete(runId) })
  }

  function has(sessionKey: string, wanted: (state: State) => boolean): boolean {
    for (const { record, state, leaving } of open.values()) if (record.sessionKey === sessionKey && (wanted(state) || (leaving !== undefined && wanted(leaving)))) return true
    return false
  }

  return {
    accept,
    isOpen: (key) => has(key, (state) => state !== 'ended'),
    isRunning: (key) => has(key, (state) => state === 'running'),
    async recall(sessionKey, idempotencyKey) {
      await idempotency.loaded
      const runId = idempotency.find(sessionKey, idempotencyKey)
      return runId === undefined ? undefined : known(sessionKey, runId)
    },
    start,
    end,
    queued(sessionKey) {
      const messages: StoredMessage[] = []
      for (const { record, moved } of open.values()) {
        if (!moved && record.sessionKey === sessionKey && record.message) messages.push({ ...record.message.body, id: record.message.id, queued: true })
      }
      return messages
    },
    async load() {
      await journal.load((line) => {
        if (line.type === 'accepted') open.set(line.runId, { record: line, state: 'queued', moved: false })
        else open.delete(line.runId)
      })
      for (const { record } of open.values()) rememberKey(record)
      return [...records()]
    },
    retire,
    tidy,
    async settle() {
      await tidy()
      await journal.settle()
    },
    get openCount() { return open.size - ended.size },
  }
}

export function endOf({ runId, trace, label }: RunRecord, { status, error }: RunOutcome, started: boolean): NewEntry {
  return marker({ runId, phase: 'end', trace, label, status, ...(error !== undefined && { error }), ...(status === 'interrupted' && !started && { started }) })
}

function checkId(what: string, id: string): void {
  if (typeof id !== 'string' || id.length < 1 || id.length > maxIdLength) throw fail('NEXUS_SESSIONS_RUN_ID', { what })
}
