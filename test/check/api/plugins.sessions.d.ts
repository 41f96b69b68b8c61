// The public types of plugins/sessions/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: Accepted, ArchiveReason, ArchivedTranscript, AssistantMessage, BranchSummaryEntry, CompactionEntry, CustomEntry, CustomMessageEntry, DmScope, EntryBase, Expecting, ImagePart, InterruptedRun, InterruptedRunSchema, JobParts, KeyInfo, KeyParts, KeyRules, ListOptions, MainParts, Message, MessageEntry, ModelChangeEntry, NewCompaction, NewEntry, NewMessage, NewUserMessage, PageOptions, PlaceParts, RunMarker, RunOutcome, RunRequest, SessionEntry, SessionHeader, SessionInfo, SessionInfoEntry, SessionPreview, SessionQuery, SessionSettings, Sessions, SessionsApi, SessionsListParams, SessionsListResult, SettingsPatch, StopReason, StoredEntry, StoredMessage, Summary, SummaryRequest, TextPart, ThinkingLevelChangeEntry, ThinkingPart, ToolCallPart, ToolResultMessage, Usage, UserMessage, normalizeKey, runMarker, sessionKeyOf, sessionPartsOf, sessionSummarized, sessions, sessionsErrors
export {}

declare interface Accepted {
    readonly runId: string;
    readonly sessionKey: string;
    readonly known: boolean;
    readonly state: 'queued' | 'running' | 'ended';
}

declare type ArchiveReason = 'new' | 'reset' | 'daily' | 'idle' | 'deleted' | 'unused' | 'replaced'

declare interface ArchivedTranscript {
    readonly sessionId: string;
    readonly key: string;
    readonly log: string;
    readonly archivedAt: number;
    readonly reason: ArchiveReason;
    readonly bytes: number;
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

declare type DmScope = 'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer'

declare interface EntryBase {
    readonly id: string;
    readonly parentId: string | null;
    readonly timestamp: string;
}

declare interface Expecting {
    readonly sessionId?: string;
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

declare interface JobParts {
    readonly agent: string;
    readonly kind: 'cron' | 'hook' | 'subagent';
    readonly id: string;
    readonly thread?: string;
}

declare interface KeyInfo {
    readonly agent: string;
    readonly kind: KeyParts['kind'] | 'named';
    readonly channel?: string;
    readonly account?: string;
    readonly peer?: string;
    readonly id?: string;
    readonly thread?: string;
}

declare type KeyParts = PlaceParts | JobParts | MainParts

declare interface KeyRules {
    readonly dmScope?: DmScope;
    readonly identityLinks?: Readonly<Record<string, readonly string[]>>;
}

declare interface ListOptions {
    readonly agent?: string;
    readonly since?: number;
    readonly search?: string;
    readonly label?: string;
    readonly spawnedBy?: string;
    readonly without?: readonly KeyInfo['kind'][];
    readonly limit?: number;
    readonly offset?: number;
}

declare interface MainParts {
    readonly agent: string;
    readonly kind: 'main';
    readonly thread?: string;
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

declare interface NewCompaction extends Expecting {
    readonly summary: string;
    readonly firstKeptEntryId: string;
    readonly tokensBefore: number;
    readonly details?: unknown;
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
    readonly maxBytes?: number;
}

declare interface PlaceParts {
    readonly agent: string;
    readonly kind: 'direct' | 'group' | 'channel';
    readonly channel: string;
    readonly account?: string;
    readonly peer: string;
    readonly thread?: string;
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
    readonly settings?: SessionSettings;
}

declare interface SessionInfoEntry extends EntryBase {
    readonly type: 'session_info';
    readonly name?: string;
}

declare interface SessionPreview {
    readonly key: string;
    readonly status: 'ok' | 'empty' | 'missing' | 'error';
    readonly items: readonly {
        readonly role: 'user' | 'assistant' | 'tool' | 'system' | 'other';
        readonly text: string;
    }[];
}

declare interface SessionQuery {
    readonly key?: string;
    readonly sessionId?: string;
    readonly label?: string;
    readonly shortId?: string;
    readonly agent?: string;
    readonly spawnedBy?: string;
}

declare interface SessionSettings {
    readonly label?: string;
    readonly model?: string;
    readonly thinking?: string;
    readonly verbose?: string;
    readonly reasoning?: string;
    readonly elevated?: string;
    readonly usage?: 'off' | 'tokens' | 'full' | 'on';
    readonly queueMode?: 'collect' | 'followup' | 'steer' | 'interrupt';
    readonly sendPolicy?: 'allow' | 'deny';
    readonly groupActivation?: 'mention' | 'always';
    readonly execHost?: string;
    readonly execSecurity?: string;
    readonly execAsk?: string;
    readonly execNode?: string;
    readonly spawnedBy?: string;
    readonly spawnDepth?: number;
    readonly extra?: Readonly<Record<string, unknown>>;
}

declare const Sessions: import("nexus-gateway/sdk").ServiceToken<SessionsApi>

declare interface SessionsApi {
    normalize(key: string): string;
    keyOf(parts: KeyParts, rules?: KeyRules): string;
    open(key: string): Promise<SessionInfo>;
    find(key: string): Promise<SessionInfo | undefined>;
    list(options?: ListOptions): Promise<{
        readonly sessions: SessionInfo[];
        readonly total: number;
    }>;
    append(key: string, entries: readonly NewEntry[]): Promise<SessionEntry[]>;
    settings(key: string): Promise<SessionSettings>;
    patch(key: string, patch: SettingsPatch, options?: Expecting): Promise<SessionInfo>;
    reset(key: string, options: Expecting & {
        readonly reason: 'new' | 'reset';
    }): Promise<{
        readonly session: SessionInfo;
        readonly archived?: ArchivedTranscript;
    }>;
    remove(key: string, options?: Expecting & {
        readonly keep?: boolean;
    }): Promise<{
        readonly removed: boolean;
        readonly archived?: ArchivedTranscript;
    }>;
    compact(key: string, compaction: NewCompaction): Promise<CompactionEntry>;
    preview(keys: readonly string[], options?: {
        readonly limit?: number;
        readonly maxChars?: number;
    }): Promise<SessionPreview[]>;
    resolve(query: SessionQuery): Promise<SessionInfo | undefined>;
    archives(key: string): Promise<ArchivedTranscript[]>;
    archived(key: string, sessionId: string, options?: PageOptions): Promise<StoredEntry[]>;
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
        readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly thinkingLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly verboseLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly reasoningLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly responseUsage: v.OptionalSchema<v.PicklistSchema<["off", "tokens", "full", "on"], undefined>, undefined>;
        readonly elevatedLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly execHost: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly execSecurity: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly execAsk: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly execNode: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly spawnDepth: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        readonly sendPolicy: v.OptionalSchema<v.PicklistSchema<["allow", "deny"], undefined>, undefined>;
        readonly groupActivation: v.OptionalSchema<v.PicklistSchema<["mention", "always"], undefined>, undefined>;
        readonly queueMode: v.OptionalSchema<v.PicklistSchema<["collect", "followup", "steer", "interrupt"], undefined>, undefined>;
        readonly key: v.StringSchema<undefined>;
        readonly kind: v.PicklistSchema<["direct", "group", "global", "unknown"], undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly sessionId: v.StringSchema<undefined>;
        readonly createdAt: v.NumberSchema<undefined>;
        readonly updatedAt: v.NumberSchema<undefined>;
        readonly channel: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly derivedTitle: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly lastMessagePreview: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, undefined>;
}, undefined>

declare type SettingsPatch = {
    readonly [K in Exclude<keyof SessionSettings, 'extra'>]?: SessionSettings[K] | null;
} & {
    readonly extra?: Readonly<Record<string, unknown>>;
}

declare type StopReason = 'stop' | 'length' | 'toolUse' | 'error' | 'aborted'

declare type StoredEntry = SessionEntry & {
    readonly position: number;
}

declare type StoredMessage = Message & {
    readonly id: string;
    readonly position?: number;
    readonly queued?: true;
}

declare type Summary = Omit<NewCompaction, 'sessionId'> | {
    readonly nothing: string;
}

declare interface SummaryRequest {
    readonly key: string;
    readonly sessionId: string;
    readonly agent: string;
    readonly cause: Cause;
    readonly keepEntries?: number;
    readonly signal: AbortSignal;
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
    readonly reasoning?: number;
    readonly reported?: number;
    readonly cost?: {
        readonly input: number;
        readonly output: number;
        readonly cacheRead: number;
        readonly cacheWrite: number;
        readonly total: number;
    };
}

declare interface UserMessage {
    readonly role: 'user';
    readonly content: readonly (TextPart | ImagePart)[];
    readonly timestamp: number;
    readonly idempotencyKey?: string;
}

declare function normalizeKey(key: string): string

declare const runMarker = "nexus.run"

declare function sessionKeyOf(parts: KeyParts, rules?: KeyRules): string

declare function sessionPartsOf(key: string): KeyInfo

declare const sessionSummarized: import("nexus-gateway/sdk").HookToken<[SummaryRequest], Summary | undefined, Summary | undefined>

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
            readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
            readonly thinkingLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly verboseLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly reasoningLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly responseUsage: v.OptionalSchema<v.PicklistSchema<["off", "tokens", "full", "on"], undefined>, undefined>;
            readonly elevatedLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execHost: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execSecurity: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execAsk: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execNode: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly spawnDepth: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly sendPolicy: v.OptionalSchema<v.PicklistSchema<["allow", "deny"], undefined>, undefined>;
            readonly groupActivation: v.OptionalSchema<v.PicklistSchema<["mention", "always"], undefined>, undefined>;
            readonly queueMode: v.OptionalSchema<v.PicklistSchema<["collect", "followup", "steer", "interrupt"], undefined>, undefined>;
            readonly key: v.StringSchema<undefined>;
            readonly kind: v.PicklistSchema<["direct", "group", "global", "unknown"], undefined>;
            readonly agentId: v.StringSchema<undefined>;
            readonly sessionId: v.StringSchema<undefined>;
            readonly createdAt: v.NumberSchema<undefined>;
            readonly updatedAt: v.NumberSchema<undefined>;
            readonly channel: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly derivedTitle: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly lastMessagePreview: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.preview': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly keys: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, v.MinLengthAction<string[], 1, undefined>, v.MaxLengthAction<string[], 64, undefined>]>;
        readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly maxChars: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly ts: v.NumberSchema<undefined>;
        readonly previews: v.ArraySchema<v.ObjectSchema<{
            readonly key: v.StringSchema<undefined>;
            readonly status: v.PicklistSchema<["ok", "empty", "missing", "error"], undefined>;
            readonly items: v.ArraySchema<v.ObjectSchema<{
                readonly role: v.PicklistSchema<["user", "assistant", "tool", "system", "other"], undefined>;
                readonly text: v.StringSchema<undefined>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.get': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly key: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly sessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly cursor: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly ts: v.NumberSchema<undefined>;
        readonly key: v.StringSchema<undefined>;
        readonly session: v.NullableSchema<v.ObjectSchema<{
            readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
            readonly thinkingLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly verboseLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly reasoningLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly responseUsage: v.OptionalSchema<v.PicklistSchema<["off", "tokens", "full", "on"], undefined>, undefined>;
            readonly elevatedLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execHost: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execSecurity: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execAsk: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execNode: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly spawnDepth: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly sendPolicy: v.OptionalSchema<v.PicklistSchema<["allow", "deny"], undefined>, undefined>;
            readonly groupActivation: v.OptionalSchema<v.PicklistSchema<["mention", "always"], undefined>, undefined>;
            readonly queueMode: v.OptionalSchema<v.PicklistSchema<["collect", "followup", "steer", "interrupt"], undefined>, undefined>;
            readonly key: v.StringSchema<undefined>;
            readonly kind: v.PicklistSchema<["direct", "group", "global", "unknown"], undefined>;
            readonly agentId: v.StringSchema<undefined>;
            readonly sessionId: v.StringSchema<undefined>;
            readonly createdAt: v.NumberSchema<undefined>;
            readonly updatedAt: v.NumberSchema<undefined>;
            readonly channel: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly derivedTitle: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly lastMessagePreview: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly messages: v.ArraySchema<v.LooseObjectSchema<{
            readonly role: v.PicklistSchema<["user", "assistant", "toolResult"], undefined>;
            readonly timestamp: v.NumberSchema<undefined>;
        }, undefined>, undefined>;
        readonly nextCursor: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly archives: v.ArraySchema<v.ObjectSchema<{
            readonly sessionId: v.StringSchema<undefined>;
            readonly key: v.StringSchema<undefined>;
            readonly log: v.StringSchema<undefined>;
            readonly archivedAt: v.NumberSchema<undefined>;
            readonly reason: v.StringSchema<undefined>;
            readonly bytes: v.NumberSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.resolve': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly key: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly sessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly shortId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 4, undefined>, v.MaxLengthAction<string, 64, undefined>]>, undefined>;
        readonly reference: v.OptionalSchema<v.StrictObjectSchema<{
            readonly key: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>;
            readonly slug: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        }, undefined>, undefined>;
        readonly slugHint: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly includeGlobal: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly includeUnknown: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly allowMissing: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly ok: v.BooleanSchema<undefined>;
        readonly key: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly sessionId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly agentId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.patch': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly key: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly expectedSessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly label: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>, undefined>;
        readonly thinkingLevel: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly verboseLevel: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly reasoningLevel: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly responseUsage: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["off", "tokens", "full", "on"], undefined>, undefined>, undefined>;
        readonly elevatedLevel: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly execHost: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly execSecurity: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly execAsk: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly execNode: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly model: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly spawnedBy: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly spawnDepth: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>, undefined>;
        readonly sendPolicy: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["allow", "deny"], undefined>, undefined>, undefined>;
        readonly groupActivation: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["mention", "always"], undefined>, undefined>, undefined>;
        readonly queueMode: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["collect", "followup", "steer", "interrupt"], undefined>, undefined>, undefined>;
        readonly expectedLifecycleRevision: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly expectedPermissionMode: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["read-only", "guarded", "workspace", "full"], undefined>, undefined>, undefined>;
        readonly expectedSandboxMode: v.OptionalSchema<v.NullableSchema<v.LiteralSchema<"off", undefined>, undefined>, undefined>;
        readonly expectedNativeRuntimeConsent: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly expectedToolOverrides: v.OptionalSchema<v.NullableSchema<v.LooseObjectSchema<{}, undefined>, undefined>, undefined>;
        readonly expectedMarkedUnreadAt: v.OptionalSchema<v.NullableSchema<v.NumberSchema<undefined>, undefined>, undefined>;
        readonly autoLabel: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>, undefined>;
        readonly icon: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly color: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly category: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>, undefined>;
        readonly boardFace: v.OptionalSchema<v.PicklistSchema<["chat", "dashboard"], undefined>, undefined>;
        readonly boardPresentation: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["split", "expanded"], undefined>, undefined>, undefined>;
        readonly statusNote: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 120, undefined>]>, undefined>, undefined>;
        readonly attention: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["hand", "key", "alert", "flag", "lock", "hourglass"], undefined>, undefined>, undefined>;
        readonly ttlMinutes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly archived: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly pinned: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly unread: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly contextWindow: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly fastMode: v.OptionalSchema<v.NullableSchema<v.UnionSchema<[v.BooleanSchema<undefined>, v.LiteralSchema<"auto", undefined>], undefined>, undefined>, undefined>;
        readonly toolOverrides: v.OptionalSchema<v.NullableSchema<v.LooseObjectSchema<{}, undefined>, undefined>, undefined>;
        readonly traceLevel: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly permissionMode: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["read-only", "guarded", "workspace", "full"], undefined>, undefined>, undefined>;
        readonly sandboxMode: v.OptionalSchema<v.NullableSchema<v.LiteralSchema<"off", undefined>, undefined>, undefined>;
        readonly nativeRuntimeConsent: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly agentRuntime: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly completionOwnerSessionKey: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly inheritedToolPolicyVersion: v.OptionalSchema<v.NullableSchema<v.LiteralSchema<1, undefined>, undefined>, undefined>;
        readonly inheritedToolAllow: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, v.MaxLengthAction<string[], 1000, undefined>]>, undefined>, undefined>;
        readonly inheritedToolDeny: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, v.MaxLengthAction<string[], 1000, undefined>]>, undefined>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly path: v.StringSchema<undefined>;
        readonly key: v.StringSchema<undefined>;
        readonly entry: v.ObjectSchema<{
            readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
            readonly thinkingLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly verboseLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly reasoningLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly responseUsage: v.OptionalSchema<v.PicklistSchema<["off", "tokens", "full", "on"], undefined>, undefined>;
            readonly elevatedLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execHost: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execSecurity: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execAsk: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execNode: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly spawnDepth: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly sendPolicy: v.OptionalSchema<v.PicklistSchema<["allow", "deny"], undefined>, undefined>;
            readonly groupActivation: v.OptionalSchema<v.PicklistSchema<["mention", "always"], undefined>, undefined>;
            readonly queueMode: v.OptionalSchema<v.PicklistSchema<["collect", "followup", "steer", "interrupt"], undefined>, undefined>;
            readonly sessionId: v.StringSchema<undefined>;
            readonly updatedAt: v.NumberSchema<undefined>;
        }, undefined>;
    }, undefined>>>;
    readonly 'sessions.reset': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly key: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly reason: v.OptionalSchema<v.PicklistSchema<["new", "reset"], undefined>, undefined>;
        readonly expectedSessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly key: v.StringSchema<undefined>;
        readonly entry: v.ObjectSchema<{
            readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
            readonly thinkingLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly verboseLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly reasoningLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly responseUsage: v.OptionalSchema<v.PicklistSchema<["off", "tokens", "full", "on"], undefined>, undefined>;
            readonly elevatedLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execHost: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execSecurity: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execAsk: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly execNode: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly spawnDepth: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly sendPolicy: v.OptionalSchema<v.PicklistSchema<["allow", "deny"], undefined>, undefined>;
            readonly groupActivation: v.OptionalSchema<v.PicklistSchema<["mention", "always"], undefined>, undefined>;
            readonly queueMode: v.OptionalSchema<v.PicklistSchema<["collect", "followup", "steer", "interrupt"], undefined>, undefined>;
            readonly sessionId: v.StringSchema<undefined>;
            readonly updatedAt: v.NumberSchema<undefined>;
        }, undefined>;
        readonly archived: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.delete': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly key: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly deleteTranscript: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly expectedSessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly expectedLifecycleRevision: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly expectedSessionUpdatedAt: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly emitLifecycleHooks: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly archivedOnly: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly key: v.StringSchema<undefined>;
        readonly deleted: v.BooleanSchema<undefined>;
        readonly archived: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.compact': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly key: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly maxLines: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly key: v.StringSchema<undefined>;
        readonly compacted: v.BooleanSchema<undefined>;
        readonly reason: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly entryId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly firstKeptEntryId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly tokensBefore: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.import': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly key: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>;
        readonly sessionId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        readonly piece: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>;
        readonly lines: v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>, v.MaxLengthAction<string[], 2000, undefined>]>;
        readonly open: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly done: v.OptionalSchema<v.StrictObjectSchema<{
            readonly createdAt: v.NumberSchema<undefined>;
            readonly updatedAt: v.NumberSchema<undefined>;
            readonly settings: v.OptionalSchema<v.StrictObjectSchema<{
                label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
                thinkingLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                verboseLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                reasoningLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                responseUsage: v.OptionalSchema<v.PicklistSchema<["off", "tokens", "full", "on"], undefined>, undefined>;
                elevatedLevel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                execHost: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                execSecurity: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                execAsk: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                execNode: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
                spawnDepth: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
                sendPolicy: v.OptionalSchema<v.PicklistSchema<["allow", "deny"], undefined>, undefined>;
                groupActivation: v.OptionalSchema<v.PicklistSchema<["mention", "always"], undefined>, undefined>;
                queueMode: v.OptionalSchema<v.PicklistSchema<["collect", "followup", "steer", "interrupt"], undefined>, undefined>;
            }, undefined>, {}>;
        }, undefined>, undefined>;
        readonly replace: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly status: v.PicklistSchema<["more", "imported", "same", "other"], undefined>;
        readonly key: v.StringSchema<undefined>;
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
    readonly 'sessions.changed': import("nexus-gateway/sdk").Event<v.ObjectSchema<{
        readonly sessionKey: v.StringSchema<undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly sessionId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly reason: v.PicklistSchema<["create", "patch", "new", "reset", "daily", "idle", "delete", "compact", "import"], undefined>;
        readonly label: v.NullableSchema<v.StringSchema<undefined>, undefined>;
        readonly ts: v.NumberSchema<undefined>;
    }, undefined>>;
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
    readonly NEXUS_SESSIONS_ACTIVE: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 409;
        readonly retryable: true;
        readonly text: 'plugin "sessions": a run is open in this session';
        readonly fix: 'Stop it with `chat.abort`, or wait until it has ended.';
    };
    readonly NEXUS_SESSIONS_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'plugin "sessions": there is no such session';
        readonly fix: 'List them with `nexus sessions list`.';
    };
    readonly NEXUS_SESSIONS_AMBIGUOUS: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'plugin "sessions": more than one session is meant';
        readonly fix: 'Give its whole key or id; `nexus sessions list` shows them.';
    };
    readonly NEXUS_SESSIONS_CHANGED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'plugin "sessions": the session has another id by now';
        readonly fix: 'Read it again: it was reset or deleted in the meantime.';
    };
    readonly NEXUS_SESSIONS_OTHER_AGENT: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "sessions": agentId is not the agent of that session';
        readonly fix: 'Leave agentId out, or name a session of that agent.';
    };
    readonly NEXUS_SESSIONS_MAIN: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "sessions": an agent\'s main session is not deleted';
        readonly fix: 'Reset it instead: `nexus sessions reset KEY`.';
    };
    readonly NEXUS_SESSIONS_LABEL: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'plugin "sessions": another session has this label';
        readonly fix: 'Choose another label, or take it from that session first.';
    };
    readonly NEXUS_SESSIONS_SETTING: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "sessions": the setting {name} is not valid';
        readonly fix: '{rule}';
    };
    readonly NEXUS_SESSIONS_UNSUPPORTED: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: '{method} cannot take "{field}": nothing here would act on it';
        readonly fix: 'Leave "{field}" out.';
    };
    readonly NEXUS_SESSIONS_WHICH: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: '{method} needs exactly one of {names}';
        readonly fix: 'Give one of them.';
    };
    readonly NEXUS_SESSIONS_ENTRY: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'plugin "sessions": there is no entry with this id in the last {limit} of the session';
        readonly fix: 'Name an entry that `entries` gives.';
    };
    readonly NEXUS_SESSIONS_NO_SUMMARY: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'plugin "sessions": nobody made a summary of this session';
        readonly fix: 'Enable the plugin `agent` and configure a model for it.';
    };
    readonly NEXUS_SESSIONS_TAKEN: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'plugin "sessions": {who} writes the sessions of this state directory';
        readonly fix: 'Stop that process, or give this one a state directory of its own (NEXUS_STATE_DIR).';
    };
    readonly NEXUS_SESSIONS_TIME_ZONE: {
        readonly text: 'plugin "sessions": sessions.reset.timeZone is no time zone that this machine knows';
        readonly fix: 'Use an IANA name such as Europe/Berlin, or leave it out.';
    };
    readonly NEXUS_SESSIONS_IMPORT: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "sessions": the import of this session went wrong: {reason}';
        readonly fix: 'Run `nexus sessions import` again; it begins anew where nothing was finished.';
    };
    readonly NEXUS_SESSIONS_NUMBER: {
        readonly exit: 64;
        readonly text: '--{option} is not a whole number above 0';
        readonly fix: 'Give one, as in --{option} 20.';
    };
    readonly NEXUS_SESSIONS_FOLDER: {
        readonly exit: 66;
        readonly text: 'cannot read {file}: {reason}';
        readonly fix: 'Name a folder with a sessions.json and its .jsonl files, such as ~/.openclaw/agents/main/sessions.';
    };
}
