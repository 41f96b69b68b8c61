// The public types of plugins/sessions/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: Accepted, AssistantMessage, BranchSummaryEntry, CompactionEntry, CustomEntry, CustomMessageEntry, ImagePart, InterruptedRun, InterruptedRunSchema, ListOptions, Message, MessageEntry, ModelChangeEntry, NewEntry, NewMessage, NewUserMessage, PageOptions, RunMarker, RunOutcome, RunRequest, SessionEntry, SessionHeader, SessionInfo, SessionInfoEntry, Sessions, SessionsApi, SessionsListParams, SessionsListResult, StopReason, StoredEntry, StoredMessage, TextPart, ThinkingLevelChangeEntry, ThinkingPart, ToolCallPart, ToolResultMessage, Usage, UserMessage, runMarker, sessions, sessionsErrors
export {}

declare interface Accepted {
    readonly runId: string;
    readonly sessionKey: string;
    readonly known: boolean;
    readonly state: 'queued' | 'running' | 'ended';
}

declare interface AssistantMessage {
    readonly role: 'assistant';
    readonly content: readonly (TextPart | ThinkingPart | ToolCallPart)[];
    readonly provider: string;
    readonly model: string;
    readonly usage: Usage;
    readonly stopReason: StopReason;
    readonly errorMessage?: string;
    readonly timestamp: number;
}

declare type Bare<E> = E extends SessionEntry ? Omit<E, 'id' | 'parentId' | 'timestamp'> : never

declare interface BranchSummaryEntry extends EntryBase {
    readonly type: 'branch_summary';
    readonly fromId: string;
    readonly summary: string;
    readonly details?: unknown;
}

declare interface CompactionEntry extends EntryBase {
    readonly type: 'compaction';
    readonly summary: string;
    readonly firstKeptEntryId: string;
    readonly tokensBefore: number;
    readonly details?: unknown;
}

declare interface CustomEntry extends EntryBase {
    readonly type: 'custom';
    readonly customType: string;
    readonly data?: unknown;
}

declare interface CustomMessageEntry extends EntryBase {
    readonly type: 'custom_message';
    readonly customType: string;
    readonly content: string | readonly (TextPart | ImagePart)[];
    readonly display: boolean;
    readonly details?: unknown;
}

declare interface EntryBase {
    readonly id: string;
    readonly parentId: string | null;
    readonly timestamp: string;
}

declare interface ImagePart {
    readonly type: 'image';
    readonly data: string;
    readonly mimeType: string;
}

declare interface InterruptedRun {
    readonly runId: string;
    readonly sessionKey: string;
    readonly sessionId: string;
    readonly agent: string;
    readonly label: Label;
    readonly trace: string;
    readonly idempotencyKey?: string;
    readonly acceptedAt: number;
    readonly started: boolean;
}

declare const InterruptedRunSchema: v.ObjectSchema<{
    readonly runId: v.StringSchema<undefined>;
    readonly sessionKey: v.StringSchema<undefined>;
    readonly sessionId: v.StringSchema<undefined>;
    readonly agent: v.StringSchema<undefined>;
    readonly label: v.StringSchema<undefined>;
    readonly trace: v.StringSchema<undefined>;
    readonly idempotencyKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly acceptedAt: v.NumberSchema<undefined>;
    readonly started: v.BooleanSchema<undefined>;
}, undefined>

declare interface ListOptions {
    readonly agent?: string;
    readonly since?: number;
    readonly search?: string;
    readonly limit?: number;
    readonly offset?: number;
}

declare type Message = UserMessage | AssistantMessage | ToolResultMessage

declare interface MessageEntry extends EntryBase {
    readonly type: 'message';
    readonly message: Message;
}

declare interface ModelChangeEntry extends EntryBase {
    readonly type: 'model_change';
    readonly provider: string;
    readonly modelId: string;
}

declare type NewEntry = Bare<Exclude<SessionEntry, MessageEntry>> | {
    readonly type: 'message';
    readonly message: NewMessage;
}

declare type NewMessage = Untimed<Message>

declare type NewUserMessage = Untimed<UserMessage>

declare interface PageOptions {
    readonly limit?: number;
    readonly before?: number;
}

declare interface RunMarker {
    readonly runId: string;
    readonly phase: 'start' | 'end';
    readonly trace: string;
    readonly label: Label;
    readonly status?: RunOutcome['status'];
    readonly error?: string;
    readonly started?: false;
}

declare interface RunOutcome {
    readonly status: 'ok' | 'error' | 'aborted' | 'timeout' | 'interrupted';
    readonly error?: string;
}

declare interface RunRequest {
    readonly runId?: string;
    readonly message?: NewUserMessage;
    readonly idempotencyKey?: string;
    readonly cause: Cause;
}

declare type SessionEntry = MessageEntry | CustomEntry | CustomMessageEntry | CompactionEntry | BranchSummaryEntry | ModelChangeEntry | ThinkingLevelChangeEntry | SessionInfoEntry

declare interface SessionHeader {
    readonly type: 'session';
    readonly version: number;
    readonly id: string;
    readonly timestamp: string;
    readonly cwd: string;
}

declare interface SessionInfo {
    readonly key: string;
    readonly id: string;
    readonly agent: string;
    readonly log: string;
    readonly createdAt: number;
    readonly updatedAt: number;
}

declare interface SessionInfoEntry extends EntryBase {
    readonly type: 'session_info';
    readonly name?: string;
}

declare const Sessions: import("nexus-gateway/sdk").ServiceToken<SessionsApi>

declare interface SessionsApi {
    normalize(key: string): string;
    open(key: string): Promise<SessionInfo>;
    find(key: string): Promise<SessionInfo | undefined>;
    list(options?: ListOptions): Promise<{
        readonly sessions: SessionInfo[];
        readonly total: number;
    }>;
    append(key: string, entries: readonly NewEntry[]): Promise<SessionEntry[]>;
    history(key: string, options?: PageOptions & {
        readonly queued?: boolean;
    }): Promise<StoredMessage[]>;
    entries(key: string, options?: PageOptions): Promise<StoredEntry[]>;
    accept(key: string, request: RunRequest): Promise<Accepted>;
    recall(key: string, idempotencyKey: string): Promise<Accepted | undefined>;
    startRun(runId: string): Promise<MessageEntry | undefined>;
    endRun(runId: string, outcome: RunOutcome, entries?: readonly NewEntry[]): Promise<SessionEntry[]>;
    interrupted(): readonly InterruptedRun[];
    metrics(): {
        readonly openRuns: number;
        readonly maxOpenRuns: number;
        readonly keys: number;
        readonly maxKeys: number;
        readonly openSessions: number;
        readonly indexed: number;
        readonly damagedLines: number;
    };
}

declare const SessionsListParams: v.StrictObjectSchema<{
    readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
    readonly offset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
    readonly activeMinutes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
    readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly search: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly includeLastMessage: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly includeDerivedTitles: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly projectId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly workspaceDir: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly group: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly creatorId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly ownerId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly involvingProfileId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    readonly profileRelation: v.OptionalSchema<v.StrictObjectSchema<{
        readonly profileId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>;
        readonly relationship: v.PicklistSchema<["owned", "created", "involving"], undefined>;
    }, undefined>, undefined>;
    readonly pinned: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly hasBoard: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly involvingMe: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly activeOnly: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly requireLastInteraction: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly boardFace: v.OptionalSchema<v.PicklistSchema<["chat", "dashboard"], undefined>, undefined>;
    readonly archived: v.OptionalSchema<v.UnionSchema<[v.BooleanSchema<undefined>, v.LiteralSchema<"all", undefined>], undefined>, undefined>;
    readonly sortBy: v.OptionalSchema<v.PicklistSchema<["updatedAt", "lastInteractionAt", "activity"], undefined>, undefined>;
    readonly includeGlobal: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly includeUnknown: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly excludeSubagents: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly excludeCron: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly excludeSystem: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly configuredAgentsOnly: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly includeActivitySummary: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly ownerFirst: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly includePeople: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
}, undefined>

declare const SessionsListResult: v.ObjectSchema<{
    readonly ts: v.NumberSchema<undefined>;
    readonly path: v.StringSchema<undefined>;
    readonly count: v.NumberSchema<undefined>;
    readonly totalCount: v.NumberSchema<undefined>;
    readonly limitApplied: v.NumberSchema<undefined>;
    readonly nextOffset: v.NullableSchema<v.NumberSchema<undefined>, undefined>;
    readonly hasMore: v.BooleanSchema<undefined>;
    readonly defaults: v.ObjectSchema<{
        readonly modelProvider: v.NullableSchema<v.StringSchema<undefined>, undefined>;
        readonly model: v.NullableSchema<v.StringSchema<undefined>, undefined>;
        readonly contextTokens: v.NullableSchema<v.NumberSchema<undefined>, undefined>;
    }, undefined>;
    readonly sessions: v.ArraySchema<v.ObjectSchema<{
        readonly key: v.StringSchema<undefined>;
        readonly kind: v.PicklistSchema<["direct", "group", "global", "unknown"], undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly sessionId: v.StringSchema<undefined>;
        readonly createdAt: v.NumberSchema<undefined>;
        readonly updatedAt: v.NumberSchema<undefined>;
        readonly derivedTitle: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly lastMessagePreview: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, undefined>;
}, undefined>

declare type StopReason = 'stop' | 'length' | 'toolUse' | 'error' | 'aborted'

declare type StoredEntry = SessionEntry & {
    readonly position: number;
}

declare type StoredMessage = Message & {
    readonly id: string;
    readonly position?: number;
    readonly queued?: true;
}

declare interface TextPart {
    readonly type: 'text';
    readonly text: string;
}

declare interface ThinkingLevelChangeEntry extends EntryBase {
    readonly type: 'thinking_level_change';
    readonly thinkingLevel: string;
}

declare interface ThinkingPart {
    readonly type: 'thinking';
    readonly thinking: string;
    readonly signature?: string;
}

declare interface ToolCallPart {
    readonly type: 'toolCall';
    readonly id: string;
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
}

declare interface ToolResultMessage {
    readonly role: 'toolResult';
    readonly toolCallId: string;
    readonly toolName: string;
    readonly content: readonly (TextPart | ImagePart)[];
    readonly isError: boolean;
    readonly details?: unknown;
    readonly timestamp: number;
}

declare type Untimed<M> = M extends Message ? Omit<M, 'timestamp'> & {
    readonly timestamp?: number;
} : never

declare interface Usage {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly totalTokens: number;
}

declare interface UserMessage {
    readonly role: 'user';
    readonly content: readonly (TextPart | ImagePart)[];
    readonly timestamp: number;
    readonly idempotencyKey?: string;
}

declare const runMarker = "nexus.run"

declare const sessions: import("nexus-gateway/sdk").Contract<"sessions", {
    readonly 'sessions.list': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly offset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly activeMinutes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly search: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly includeLastMessage: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly includeDerivedTitles: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly projectId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly workspaceDir: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly group: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly creatorId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly ownerId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly involvingProfileId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly profileRelation: v.OptionalSchema<v.StrictObjectSchema<{
            readonly profileId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>;
            readonly relationship: v.PicklistSchema<["owned", "created", "involving"], undefined>;
        }, undefined>, undefined>;
        readonly pinned: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly hasBoard: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly involvingMe: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly activeOnly: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly requireLastInteraction: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly boardFace: v.OptionalSchema<v.PicklistSchema<["chat", "dashboard"], undefined>, undefined>;
        readonly archived: v.OptionalSchema<v.UnionSchema<[v.BooleanSchema<undefined>, v.LiteralSchema<"all", undefined>], undefined>, undefined>;
        readonly sortBy: v.OptionalSchema<v.PicklistSchema<["updatedAt", "lastInteractionAt", "activity"], undefined>, undefined>;
        readonly includeGlobal: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly includeUnknown: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly excludeSubagents: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly excludeCron: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly excludeSystem: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly configuredAgentsOnly: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly includeActivitySummary: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly ownerFirst: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly includePeople: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly ts: v.NumberSchema<undefined>;
        readonly path: v.StringSchema<undefined>;
        readonly count: v.NumberSchema<undefined>;
        readonly totalCount: v.NumberSchema<undefined>;
        readonly limitApplied: v.NumberSchema<undefined>;
        readonly nextOffset: v.NullableSchema<v.NumberSchema<undefined>, undefined>;
        readonly hasMore: v.BooleanSchema<undefined>;
        readonly defaults: v.ObjectSchema<{
            readonly modelProvider: v.NullableSchema<v.StringSchema<undefined>, undefined>;
            readonly model: v.NullableSchema<v.StringSchema<undefined>, undefined>;
            readonly contextTokens: v.NullableSchema<v.NumberSchema<undefined>, undefined>;
        }, undefined>;
        readonly sessions: v.ArraySchema<v.ObjectSchema<{
            readonly key: v.StringSchema<undefined>;
            readonly kind: v.PicklistSchema<["direct", "group", "global", "unknown"], undefined>;
            readonly agentId: v.StringSchema<undefined>;
            readonly sessionId: v.StringSchema<undefined>;
            readonly createdAt: v.NumberSchema<undefined>;
            readonly updatedAt: v.NumberSchema<undefined>;
            readonly derivedTitle: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly lastMessagePreview: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.interrupted': import("nexus-gateway/sdk").Method<undefined, NoInfer<v.ObjectSchema<{
        readonly runs: v.ArraySchema<v.ObjectSchema<{
            readonly runId: v.StringSchema<undefined>;
            readonly sessionKey: v.StringSchema<undefined>;
            readonly sessionId: v.StringSchema<undefined>;
            readonly agent: v.StringSchema<undefined>;
            readonly label: v.StringSchema<undefined>;
            readonly trace: v.StringSchema<undefined>;
            readonly idempotencyKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly acceptedAt: v.NumberSchema<undefined>;
            readonly started: v.BooleanSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
}, {
    readonly 'sessions.interrupted': import("nexus-gateway/sdk").Event<v.ObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly sessionKey: v.StringSchema<undefined>;
        readonly sessionId: v.StringSchema<undefined>;
        readonly agent: v.StringSchema<undefined>;
        readonly label: v.StringSchema<undefined>;
        readonly trace: v.StringSchema<undefined>;
        readonly idempotencyKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly acceptedAt: v.NumberSchema<undefined>;
        readonly started: v.BooleanSchema<undefined>;
    }, undefined>>;
}, {}, {
    readonly sessions: import("nexus-gateway/sdk").ServiceToken<SessionsApi>;
}, {}>

declare const sessionsErrors: {
    readonly NEXUS_SESSIONS_KEY: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "sessions": this session key is not valid';
        readonly fix: 'Use `main`, `agent:ID:NAME`, or any other name of at most 512 bytes without control characters.';
    };
    readonly NEXUS_SESSIONS_RUN_ID: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "sessions": this {what} is not valid';
        readonly fix: 'Use 1 to 256 characters.';
    };
    readonly NEXUS_SESSIONS_RUN_EXISTS: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'plugin "sessions": a run with this id is still open';
        readonly fix: 'Give every run an id of its own.';
    };
    readonly NEXUS_SESSIONS_RUN_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'plugin "sessions": there is no {state} run with this id';
        readonly fix: 'Start a run once, after it was accepted, and end it once.';
    };
    readonly NEXUS_SESSIONS_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'plugin "sessions": {limit} runs are open already';
        readonly fix: 'Try again when some have ended.';
    };
}
