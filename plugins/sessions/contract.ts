/**
 * Conversations on disk: transcripts in the reference's JSONL shape, the durable inbox in front of the
 * agent, and the runs that a stop or a crash cut off.
 */
import * as v from 'valibot'
import { contract, event, method, service, type Cause, type Label } from 'nexus-gateway/sdk'

export { sessionsErrors } from './errors.ts'

// ── Messages ────────────────────────────────────────────────────────────────────────────────────

export interface TextPart { readonly type: 'text'; readonly text: string }
/** `data` is base64. */
export interface ImagePart { readonly type: 'image'; readonly data: string; readonly mimeType: string }
/** A model's reasoning. `signature` is the provider's own proof, to be sent back unchanged. */
export interface ThinkingPart { readonly type: 'thinking'; readonly thinking: string; readonly signature?: string }
export interface ToolCallPart { readonly type: 'toolCall'; readonly id: string; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }

/** Tokens. `input` leaves out what was read from or written to the provider's cache; `totalTokens` is the sum of the four. */
export interface Usage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly totalTokens: number
}
export type StopReason = 'stop' | 'length' | 'toolUse' | 'error' | 'aborted'

/** Every `timestamp` of a message is in ms since the epoch. */
export interface UserMessage {
  readonly role: 'user'
  readonly content: readonly (TextPart | ImagePart)[]
  readonly timestamp: number
  readonly idempotencyKey?: string
}
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content: readonly (TextPart | ThinkingPart | ToolCallPart)[]
  readonly provider: string
  readonly model: string
  readonly usage: Usage
  readonly stopReason: StopReason
  /** With stop reason `error` or `aborted`: why, fit for a person. */
  readonly errorMessage?: string
  readonly timestamp: number
}
export interface ToolResultMessage {
  readonly role: 'toolResult'
  readonly toolCallId: string
  readonly toolName: string
  readonly content: readonly (TextPart | ImagePart)[]
  readonly isError: boolean
  /** For programs; not sent to a model. */
  readonly details?: unknown
  readonly timestamp: number
}
export type Message = UserMessage | AssistantMessage | ToolResultMessage

// ── Entries: the lines of a transcript after its header ─────────────────────────────────────────

/** The first line: `{"type":"session","version":3,"id":…,"timestamp":…,"cwd":…}`. `timestamp` is ISO 8601. */
export interface SessionHeader { readonly type: 'session'; readonly version: number; readonly id: string; readonly timestamp: string; readonly cwd: string }

/** `parentId` is the entry before; the first has `null`. `timestamp` is ISO 8601. */
interface EntryBase { readonly id: string; readonly parentId: string | null; readonly timestamp: string }
export interface MessageEntry extends EntryBase { readonly type: 'message'; readonly message: Message }
/** State of a plugin's own; no model sees it. `customType` begins with the plugin's id. */
export interface CustomEntry extends EntryBase { readonly type: 'custom'; readonly customType: string; readonly data?: unknown }
/** Text that a plugin put in and that a model does see; `display` says whether people do. */
export interface CustomMessageEntry extends EntryBase { readonly type: 'custom_message'; readonly customType: string; readonly content: string | readonly (TextPart | ImagePart)[]; readonly display: boolean; readonly details?: unknown }
/** A model sees `summary` in place of all that stands before the entry `firstKeptEntryId`. Nothing is deleted. */
export interface CompactionEntry extends EntryBase { readonly type: 'compaction'; readonly summary: string; readonly firstKeptEntryId: string; readonly tokensBefore: number; readonly details?: unknown }
export interface BranchSummaryEntry extends EntryBase { readonly type: 'branch_summary'; readonly fromId: string; readonly summary: string; readonly details?: unknown }
export interface ModelChangeEntry extends EntryBase { readonly type: 'model_change'; readonly provider: string; readonly modelId: string }
export interface ThinkingLevelChangeEntry extends EntryBase { readonly type: 'thinking_level_change'; readonly thinkingLevel: string }
export interface SessionInfoEntry extends EntryBase { readonly type: 'session_info'; readonly name?: string }
export type SessionEntry = MessageEntry | CustomEntry | CustomMessageEntry | CompactionEntry | BranchSummaryEntry | ModelChangeEntry | ThinkingLevelChangeEntry | SessionInfoEntry

type Bare<E> = E extends SessionEntry ? Omit<E, 'id' | 'parentId' | 'timestamp'> : never
type Untimed<M> = M extends Message ? Omit<M, 'timestamp'> & { readonly timestamp?: number } : never
/** A message to be written; without a `timestamp` it gets the present time. */
export type NewMessage = Untimed<Message>
export type NewUserMessage = Untimed<UserMessage>
/** An entry to be written: id, parent and time are given to it. */
export type NewEntry = Bare<Exclude<SessionEntry, MessageEntry>> | { readonly type: 'message'; readonly message: NewMessage }

/** `position` is where the line begins in the transcript; `before: position` pages further back. */
export type StoredEntry = SessionEntry & { readonly position: number }
/** `id` is the entry's. `queued`: accepted, but its run has not started yet; it is in no transcript and has no position. */
export type StoredMessage = Message & { readonly id: string; readonly position?: number; readonly queued?: true }

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
}

export interface PageOptions {
  /** 1 to 1,000, 200 if left out. */
  readonly limit?: number
  /** Only what stands before this `position`. */
  readonly before?: number
}
export interface ListOptions {
  readonly agent?: string
  /** Only sessions with activity at or after this time, in ms since the epoch. */
  readonly since?: number
  /** Case-insensitive part of the key. */
  readonly search?: string
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
  /** The session, created if there is none. */
  open(key: string): Promise<SessionInfo>
  find(key: string): Promise<SessionInfo | undefined>
  /** Most recently active first, from the 10,000 most recently active; reads only the page it gives. */
  list(options?: ListOptions): Promise<{ readonly sessions: SessionInfo[]; readonly total: number }>
  /** Writes the entries in order, creating the session if there is none, and gives them as written. */
  append(key: string, entries: readonly NewEntry[]): Promise<SessionEntry[]>
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
   * to the run it began. Rejects with NEXUS_SESSIONS_RUN_EXISTS, NEXUS_SESSIONS_BUSY (retryable: too many open runs).
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

// ── Methods and events ──────────────────────────────────────────────────────────────────────────

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))
const flag = v.optional(v.boolean())
const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))

/** The params of both generations' `sessions.list`. What names a thing that no session here has matches none. */
export const SessionsListParams = v.strictObject({
  limit: v.optional(count(1, 1_000_000)),
  offset: v.optional(count(0, 1_000_000)),
  activeMinutes: v.optional(count(1, 10_000_000)),
  agentId: v.optional(text),
  search: v.optional(v.pipe(v.string(), v.maxLength(1024))),
  includeLastMessage: flag,
  includeDerivedTitles: flag,
  label: v.optional(text), spawnedBy: v.optional(text), projectId: v.optional(text), workspaceDir: v.optional(text), group: v.optional(text),
  creatorId: v.optional(text), ownerId: v.optional(text), involvingProfileId: v.optional(text),
  profileRelation: v.optional(v.strictObject({ profileId: text, relationship: v.picklist(['owned', 'created', 'involving']) })),
  pinned: flag, hasBoard: flag, involvingMe: flag, activeOnly: flag, requireLastInteraction: flag,
  boardFace: v.optional(v.picklist(['chat', 'dashboard'])),
  archived: v.optional(v.union([v.boolean(), v.literal('all')])),
  sortBy: v.optional(v.picklist(['updatedAt', 'lastInteractionAt', 'activity'])),
  includeGlobal: flag, includeUnknown: flag, excludeSubagents: flag, excludeCron: flag, excludeSystem: flag,
  configuredAgentsOnly: flag, includeActivitySummary: flag, ownerFirst: flag, includePeople: flag,
})

const Row = v.object({
  key: v.string(),
  kind: v.picklist(['direct', 'group', 'global', 'unknown']),
  agentId: v.string(),
  sessionId: v.string(),
  createdAt: v.number(),
  updatedAt: v.number(),
  derivedTitle: v.optional(v.string()),
  lastMessagePreview: v.optional(v.string()),
})
export const SessionsListResult = v.object({
  ts: v.number(),
  path: v.string(),
  count: v.number(),
  totalCount: v.number(),
  limitApplied: v.number(),
  nextOffset: v.nullable(v.number()),
  hasMore: v.boolean(),
  defaults: v.object({ modelProvider: v.nullable(v.string()), model: v.nullable(v.string()), contextTokens: v.nullable(v.number()) }),
  sessions: v.array(Row),
})

export const InterruptedRunSchema = v.object({
  runId: v.string(), sessionKey: v.string(), sessionId: v.string(), agent: v.string(), label: v.string(), trace: v.string(),
  idempotencyKey: v.optional(v.string()), acceptedAt: v.number(), started: v.boolean(),
})

export const sessions = contract({
  id: 'sessions',
  provides: { sessions: Sessions },
  methods: {
    'sessions.list': method({ scope: 'operator.read', params: SessionsListParams, result: SessionsListResult, summary: 'Sessions, most recently active first' }),
    'sessions.interrupted': method({ scope: 'operator.read', result: v.object({ runs: v.array(InterruptedRunSchema) }), summary: 'Runs that the last stop or crash cut off' }),
  },
  events: {
    'sessions.interrupted': event({ scope: 'operator.read', payload: InterruptedRunSchema, summary: 'A run was cut off by the last stop or crash' }),
  },
})
