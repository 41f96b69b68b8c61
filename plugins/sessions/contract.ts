/**
 * Conversations on disk: transcripts in the reference's JSONL shape, the durable inbox in front of the
 * agent, and the runs that a stop or a crash cut off.
 */
import * as v from 'valibot'
import { contract, event, hook, method, service, type Cause, type Label } from 'nexus-gateway/sdk'
import type { KeyInfo, KeyParts, KeyRules } from './keys.ts'
import type { CompactionEntry, MessageEntry, NewEntry, NewUserMessage, SessionEntry, StoredEntry, StoredMessage } from './shapes.ts'
import * as wire from './wire.ts'

export { sessionsErrors } from './errors.ts'
export { normalizeKey, sessionKeyOf, sessionPartsOf } from './keys.ts'
export type { DmScope, JobParts, KeyInfo, KeyParts, KeyRules, MainParts, PlaceParts } from './keys.ts'
export type * from './shapes.ts'
export { InterruptedRunSchema, SessionsListParams, SessionsListResult } from './wire.ts'

// ── Sessions ────────────────────────────────────────────────────────────────────────────────────

export interface SessionInfo {
  /** Normalized: `main` is `agent:main:main`. */
  readonly key: string
  /** Changes when the session is reset; the key stays. */
  readonly id: string
  readonly agent: string
  /** Name of the transcript's log in the store. */
  readonly log: string
  /** Both in ms since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
  /** Left out while none are set. */
  readonly settings?: SessionSettings
}

/**
 * What is set for one session; it outlives a reset. A name left out means that the agent's own setting holds. Texts are
 * at most 1,024 characters, a label 512 and unique among the 10,000 most recently active sessions.
 */
export interface SessionSettings {
  readonly label?: string
  /** `provider/id`, an alias or a bare id. */
  readonly model?: string
  readonly thinking?: string
  readonly verbose?: string
  readonly reasoning?: string
  readonly elevated?: string
  /** How much an answer says of its own cost. */
  readonly usage?: 'off' | 'tokens' | 'full' | 'on'
  readonly queueMode?: 'collect' | 'followup' | 'steer' | 'interrupt'
  readonly sendPolicy?: 'allow' | 'deny'
  readonly groupActivation?: 'mention' | 'always'
  readonly execHost?: string
  readonly execSecurity?: string
  readonly execAsk?: string
  readonly execNode?: string
  /** Key of the session whose run began this one, and how many such steps there are. */
  readonly spawnedBy?: string
  readonly spawnDepth?: number
  /** Of plugins' own, by names that begin with their ids; at most 64 KiB of JSON in all. */
  readonly extra?: Readonly<Record<string, unknown>>
}
/** `null` takes a setting away; a name left out stays as it is. In `extra` the same holds for each name. */
export type SettingsPatch = { readonly [K in Exclude<keyof SessionSettings, 'extra'>]?: SessionSettings[K] | null } & { readonly extra?: Readonly<Record<string, unknown>> }

/** Whoever knows which session it means names its id: NEXUS_SESSIONS_CHANGED if the key has another by now. */
export interface Expecting { readonly sessionId?: string }

export type ArchiveReason = 'new' | 'reset' | 'daily' | 'idle' | 'deleted' | 'unused' | 'replaced'
/** A transcript that no key leads to any more. It stays where it is until retention deletes it. */
export interface ArchivedTranscript {
  readonly sessionId: string
  readonly key: string
  readonly log: string
  /** In ms since the epoch. */
  readonly archivedAt: number
  readonly reason: ArchiveReason
  readonly bytes: number
}

export interface NewCompaction extends Expecting {
  readonly summary: string
  /** The oldest entry that a model still sees word for word. */
  readonly firstKeptEntryId: string
  readonly tokensBefore: number
  readonly details?: unknown
}

/** `missing`: there is no such session. `error`: it cannot be read; the log says why. */
export interface SessionPreview {
  readonly key: string
  readonly status: 'ok' | 'empty' | 'missing' | 'error'
  readonly items: readonly { readonly role: 'user' | 'assistant' | 'tool' | 'system' | 'other'; readonly text: string }[]
}

/** Exactly one of the first four. `shortId` is the beginning of an id. */
export interface SessionQuery {
  readonly key?: string
  readonly sessionId?: string
  readonly label?: string
  readonly shortId?: string
  /** Only if it is this agent's, or was begun by a run of that session. */
  readonly agent?: string
  readonly spawnedBy?: string
}

export interface PageOptions {
  /** 1 to 1,000, 200 if left out. */
  readonly limit?: number
  /** Only what stands before this `position`. */
  readonly before?: number
  /** About how many bytes of transcript the entries may take, one entry at least; 64 MiB if left out. */
  readonly maxBytes?: number
}
export interface ListOptions {
  readonly agent?: string
  /** Only sessions with activity at or after this time, in ms since the epoch. */
  readonly since?: number
  /** Case-insensitive part of the key or the label. */
  readonly search?: string
  readonly label?: string
  readonly spawnedBy?: string
  /** Kinds of keys to leave out. */
  readonly without?: readonly KeyInfo['kind'][]
  /** 1 to 1,000, 100 if left out. */
  readonly limit?: number
  readonly offset?: number
}

// ── Runs ────────────────────────────────────────────────────────────────────────────────────────

export interface RunRequest {
  /** Unique among open runs, else NEXUS_SESSIONS_RUN_EXISTS. A new UUID if left out. */
  readonly runId?: string
  /** What the run answers; it enters the transcript when the run starts. */
  readonly message?: NewUserMessage
  /** Unique within the session for 24 h. */
  readonly idempotencyKey?: string
  readonly cause: Cause
}
export interface Accepted {
  readonly runId: string
  readonly sessionKey: string
  /** `true`: this idempotency key was accepted before, and nothing was done now. */
  readonly known: boolean
  readonly state: 'queued' | 'running' | 'ended'
}
/** `interrupted`: the gateway or a plugin stopped before the run was over; the next start reports it as it does one that a crash cut off. */
export interface RunOutcome {
  readonly status: 'ok' | 'error' | 'aborted' | 'timeout' | 'interrupted'
  /** Why, if not ok; fit for a person. */
  readonly error?: string
}
/** Found open at the last start, or ended as `interrupted` before it. */
export interface InterruptedRun {
  readonly runId: string
  readonly sessionKey: string
  readonly sessionId: string
  readonly agent: string
  readonly label: Label
  readonly trace: string
  readonly idempotencyKey?: string
  readonly acceptedAt: number
  /** `false`: it was still queued, so nothing of it was done and it may be run anew without harm. */
  readonly started: boolean
}

/**
 * Every `key` may be given in any accepted form and is normalized (NEXUS_SESSIONS_KEY). What resolves is on disk.
 *
 * A turn is: `accept` (then tell the client `ok`) → wait for the session's lane → `startRun` → `history`
 * for the prompt → `append` what the model and the tools say → `endRun`.
 */
export interface SessionsApi {
  /** Synchronous; throws NEXUS_SESSIONS_KEY. */
  normalize(key: string): string
  /** The key of a place or a job, under the configured DM scope and identity links unless other rules are given. Synchronous; throws NEXUS_SESSIONS_KEY. */
  keyOf(parts: KeyParts, rules?: KeyRules): string
  /** The session, created if there is none. */
  open(key: string): Promise<SessionInfo>
  find(key: string): Promise<SessionInfo | undefined>
  /** Most recently active first, from the 10,000 most recently active; reads only the page it gives. */
  list(options?: ListOptions): Promise<{ readonly sessions: SessionInfo[]; readonly total: number }>
  /** Writes the entries in order, creating the session if there is none, and gives them as written. */
  append(key: string, entries: readonly NewEntry[]): Promise<SessionEntry[]>
  /** Empty for a session that does not exist. */
  settings(key: string): Promise<SessionSettings>
  /** Changes settings, creating the session if there is none. Rejects with NEXUS_SESSIONS_SETTING, NEXUS_SESSIONS_LABEL, NEXUS_SESSIONS_CHANGED. */
  patch(key: string, patch: SettingsPatch, options?: Expecting): Promise<SessionInfo>
  /**
   * Begins the session anew: another id, an empty transcript, the same key and settings. The old transcript is archived.
   * Runs that wait go on in the new one. Rejects with NEXUS_SESSIONS_ACTIVE (retryable) while a run is under way.
   */
  reset(key: string, options: Expecting & { readonly reason: 'new' | 'reset' }): Promise<{ readonly session: SessionInfo; readonly archived?: ArchivedTranscript }>
  /**
   * Takes the session away and archives its transcript, which retention leaves alone with `keep`. Rejects with
   * NEXUS_SESSIONS_ACTIVE (retryable) while a run waits or is under way. `false`: there was none.
   */
  remove(key: string, options?: Expecting & { readonly keep?: boolean }): Promise<{ readonly removed: boolean; readonly archived?: ArchivedTranscript }>
  /** Appends a compaction entry; nothing is deleted. Rejects with NEXUS_SESSIONS_UNKNOWN, NEXUS_SESSIONS_CHANGED, NEXUS_SESSIONS_ENTRY (not among the last 10,000 entries). */
  compact(key: string, compaction: NewCompaction): Promise<CompactionEntry>
  /** The last texts of each session, oldest first: 12 of at most 240 characters unless others are asked for, 64 keys at most. */
  preview(keys: readonly string[], options?: { readonly limit?: number; readonly maxChars?: number }): Promise<SessionPreview[]>
  /** The session that is meant, among the 10,000 most recently active ones unless it is asked for by key. Rejects with NEXUS_SESSIONS_AMBIGUOUS. */
  resolve(query: SessionQuery): Promise<SessionInfo | undefined>
  /** The archived transcripts of a key, also of a session that was removed: newest first, at most 100. */
  archives(key: string): Promise<ArchivedTranscript[]>
  /** As `entries`, from an archived transcript; empty if there is none or retention has deleted it. */
  archived(key: string, sessionId: string, options?: PageOptions): Promise<StoredEntry[]>
  /**
   * Messages, newest last, read from the end backwards. `queued: true` adds, at the end of the newest page,
   * messages that were accepted and whose run has not started: for people to see, not for a model.
   * A content given as plain text by another program's transcript is turned into one text part.
   */
  history(key: string, options?: PageOptions & { readonly queued?: boolean }): Promise<StoredMessage[]>
  /** As `history`, with all entries: a prompt that honours compaction is made from these. */
  entries(key: string, options?: PageOptions): Promise<StoredEntry[]>
  /**
   * Takes a message in for good: after it resolves, no crash loses the message or lets the same
   * idempotency key in again (kept for 24 h and for the last 100,000 keys). A key that is known resolves
   * to the run it began. A session that is due for it by the reset rules is reset before, unless runs of it are open.
   * Rejects with NEXUS_SESSIONS_RUN_EXISTS, NEXUS_SESSIONS_BUSY (retryable: too many open runs).
   */
  accept(key: string, request: RunRequest): Promise<Accepted>
  /** The run an idempotency key began, if it is still remembered. */
  recall(key: string, idempotencyKey: string): Promise<Accepted | undefined>
  /**
   * The run begins: a `nexus.run` marker and the accepted message enter the transcript in one write.
   * Gives the message's entry, if the run has a message. Rejects with NEXUS_SESSIONS_RUN_UNKNOWN unless the run is queued.
   */
  startRun(runId: string): Promise<MessageEntry | undefined>
  /**
   * The run is over: `entries` (the final message, if it was not appended yet) and a `nexus.run` marker are
   * written in one write. A run that never started leaves its message in the transcript as well. With status
   * `interrupted` and without an answer among `entries`, a message that says so stands in its place.
   * Rejects with NEXUS_SESSIONS_RUN_UNKNOWN.
   */
  endRun(runId: string, outcome: RunOutcome, entries?: readonly NewEntry[]): Promise<SessionEntry[]>
  /** Runs that the last stop or crash cut off, in order of acceptance; each is marked in its transcript already. */
  interrupted(): readonly InterruptedRun[]
  metrics(): { readonly openRuns: number; readonly maxOpenRuns: number; readonly keys: number; readonly maxKeys: number; readonly openSessions: number; readonly indexed: number; readonly damagedLines: number }
}

export const Sessions = service<SessionsApi>('sessions/1')

/** `data` of the custom entry `nexus.run`. */
export interface RunMarker {
  readonly runId: string
  readonly phase: 'start' | 'end'
  readonly trace: string
  readonly label: Label
  /** At the end. */
  readonly status?: RunOutcome['status']
  readonly error?: string
  /** At the end of an interrupted run: it was still queued, so nothing of it was done. */
  readonly started?: false
}
export const runMarker = 'nexus.run'

// ── Hook, methods and events ────────────────────────────────────────────────────────────────────

/** What `sessions.compact` asks for. */
export interface SummaryRequest {
  readonly key: string
  readonly sessionId: string
  readonly agent: string
  readonly cause: Cause
  /** About how many of the last entries should stay word for word; without it the agent's own rule holds. */
  readonly keepEntries?: number
  readonly signal: AbortSignal
}
/** `nothing`: there is not enough to compact; why, fit for a person. */
export type Summary = Omit<NewCompaction, 'sessionId'> | { readonly nothing: string }
/** Whoever can ask a model answers; the first one does. With no answer `sessions.compact` is refused with NEXUS_SESSIONS_NO_SUMMARY. */
export const sessionSummarized = hook.bail<[SummaryRequest], Summary>('sessions.summarized')

export const sessions = contract({
  id: 'sessions',
  provides: { sessions: Sessions },
  methods: {
    'sessions.list': method({ scope: 'operator.read', params: wire.SessionsListParams, result: wire.SessionsListResult, summary: 'Sessions, most recently active first' }),
    'sessions.preview': method({ scope: 'operator.read', params: wire.SessionsPreviewParams, result: wire.SessionsPreviewResult, summary: 'The last texts of some sessions' }),
    'sessions.get': method({ scope: 'operator.read', params: wire.SessionsGetParams, result: wire.SessionsGetResult, summary: 'One session: its settings, a page of its messages, its archived transcripts' }),
    'sessions.resolve': method({ scope: 'operator.read', params: wire.SessionsResolveParams, result: wire.SessionsResolveResult, summary: 'The session that a key, an id or a label means' }),
    'sessions.patch': method({ scope: 'operator.admin', params: wire.SessionsPatchParams, result: wire.SessionsPatchResult, summary: 'Changes the settings of a session' }),
    'sessions.reset': method({ scope: 'operator.admin', params: wire.SessionsResetParams, result: wire.SessionsResetResult, summary: 'Begins a session anew and archives its transcript' }),
    'sessions.delete': method({ scope: 'operator.admin', params: wire.SessionsDeleteParams, result: wire.SessionsDeleteResult, summary: 'Takes a session away and archives its transcript' }),
    'sessions.compact': method({ scope: 'operator.admin', params: wire.SessionsCompactParams, result: wire.SessionsCompactResult, summary: 'Puts a summary in place of the older part of a conversation; nothing is deleted' }),
    'sessions.import': method({ scope: 'operator.admin', params: wire.SessionsImportParams, result: wire.SessionsImportResult, summary: 'Takes in a piece of a transcript of the reference system' }),
    'sessions.interrupted': method({ scope: 'operator.read', result: v.object({ runs: v.array(wire.InterruptedRunSchema) }), summary: 'Runs that the last stop or crash cut off' }),
  },
  events: {
    'sessions.changed': event({ scope: 'operator.read', payload: wire.SessionsChanged, summary: 'A session was created, changed, reset, compacted or deleted' }),
    'sessions.interrupted': event({ scope: 'operator.read', payload: wire.InterruptedRunSchema, summary: 'A run was cut off by the last stop or crash' }),
  },
})
