/** What stands in a transcript: messages and the entries around them, in the reference's shapes. */

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
  /** Of `output`, what was thought and not said; left out where the provider does not tell. */
  readonly reasoning?: number
  /** US dollars that the provider itself has counted. */
  readonly reported?: number
  /** US dollars at the price of that time; left out where none was known. */
  readonly cost?: { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number; readonly total: number }
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
export interface EntryBase { readonly id: string; readonly parentId: string | null; readonly timestamp: string }
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
