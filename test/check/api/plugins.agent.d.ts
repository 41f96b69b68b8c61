// The public types of plugins/agent/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: Agent, AgentApi, AgentEvent, AgentInfo, AgentMetrics, AgentProfile, AnswerRequest, DisconnectPolicy, KeyedRunRequest, KnownRun, Place, Prompt, QueueMode, Run, RunEvent, RunInfo, RunOutcome, RunPiece, RunRecord, RunRequest, RunStatus, RunStep, RunSummary, Sampling, StartedRun, agent, agentErrors, disconnectPolicies, isStopWord, keepToAgent, queueModes, runEnded, runProgress, runPrompt, runStarted, silentTokens
export {}

declare const Agent: import("nexus-gateway/sdk").ServiceToken<AgentApi>

declare interface AgentApi {
    run(request: KeyedRunRequest): Promise<Run>;
    run(request: RunRequest): Promise<StartedRun>;
    answer(request: AnswerRequest): StartedRun;
    abort(sessionKey: string, runId?: string): readonly string[];
    find(runId: string): Promise<RunSummary> | undefined;
    watch(runId: string, connectionId: string): boolean;
    boundBy(sessionKey: string): Promise<readonly AgentProfile[]>;
    profile(agentId: string): AgentProfile | undefined;
    agents(): readonly AgentInfo[];
    metrics(): AgentMetrics;
}

declare const AgentEvent: v.StrictObjectSchema<{
    readonly runId: v.StringSchema<undefined>;
    readonly stream: v.PicklistSchema<["lifecycle", "assistant", "tool", "compaction"], undefined>;
    readonly data: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly sessionKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly agentId: v.StringSchema<undefined>;
    readonly seq: v.NumberSchema<undefined>;
    readonly ts: v.NumberSchema<undefined>;
}, undefined>

declare interface AgentInfo {
    readonly id: string;
    readonly name: string | undefined;
}

declare interface AgentMetrics {
    readonly running: number;
    readonly waiting: number;
    readonly maxRuns: number;
    readonly maxWaitingPerSession: number;
}

declare interface AgentProfile {
    readonly id: string;
    readonly name: string | undefined;
    readonly emoji: string | undefined;
    readonly avatar: string | undefined;
    readonly model: string | undefined;
    readonly fallbacks: readonly string[] | undefined;
    readonly thinking: ThinkingLevel | undefined;
    readonly tools: ToolPolicy | undefined;
    readonly workspace: string | undefined;
    readonly system: string;
    readonly timeoutMs: number;
    readonly maxSteps: number;
    readonly compaction: Compaction;
    readonly pruning: Pruning;
    readonly bootstrap: Bootstrap;
    readonly subagents: Subagents;
    readonly budget: Readonly<Record<string, unknown>> | undefined;
    readonly approvals: Readonly<Record<string, unknown>> | undefined;
}

declare interface AnswerRequest extends Wish {
    readonly agentId: string;
    readonly messages: readonly ModelMessage[];
    readonly clientTools?: readonly ModelTool[];
}

declare interface Bootstrap {
    readonly files: readonly string[];
    readonly maxChars: number;
    readonly totalChars: number;
}

declare interface Compaction {
    readonly auto: boolean;
    readonly reserveTokens: number;
    readonly keepRecentTokens: number;
}

declare type DisconnectPolicy = (typeof disconnectPolicies)[number]

declare interface KeyedRunRequest extends RunRequest {
    readonly idempotencyKey: string;
}

declare interface KnownRun extends RunNamed {
    readonly state: 'in_flight' | 'ended';
}

declare type Place = Pick<ToolContext, 'channel' | 'group' | 'sender'> & {
    readonly policies?: Omit<NonNullable<ToolContext['policies']>, 'agent' | 'provider'>;
}

declare interface Prompt {
    readonly system: string;
    readonly messages: readonly ModelMessage[];
    readonly tools: readonly ModelTool[];
}

declare interface Pruning {
    readonly ttlMs: number;
    readonly keepLast: number;
    readonly maxChars: number;
}

declare type QueueMode = (typeof queueModes)[number]

declare const Record: v.StrictObjectSchema<{
    readonly runId: v.StringSchema<undefined>;
    readonly agentId: v.StringSchema<undefined>;
    readonly sessionKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly parentRunId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly label: v.StringSchema<undefined>;
    readonly trace: v.StringSchema<undefined>;
    readonly status: v.PicklistSchema<["ok", "aborted", "timeout", "error", "interrupted", "running"], undefined>;
    readonly startedAt: v.NumberSchema<undefined>;
    readonly endedAt: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly steps: v.NumberSchema<undefined>;
    readonly tokens: v.NumberSchema<undefined>;
    readonly error: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly joined: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly silent: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
    readonly tier: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly chars: v.NumberSchema<undefined>;
    readonly firstMs: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    readonly timeline: v.ArraySchema<v.StrictObjectSchema<{
        readonly at: v.NumberSchema<undefined>;
        readonly what: v.PicklistSchema<["route", "ask", "answer", "tool", "result", "compaction", "joined", "end"], undefined>;
        readonly text: v.StringSchema<undefined>;
        readonly ms: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        readonly isError: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>, undefined>;
    readonly left: v.NumberSchema<undefined>;
    readonly reasons: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
}, undefined>

declare type Run = StartedRun | KnownRun

declare type RunEvent = {
    readonly type: 'start';
    readonly at: number;
} | {
    readonly type: 'text';
    readonly delta: string;
} | {
    readonly type: 'thinking';
    readonly delta: string;
} | {
    readonly type: 'toolStart';
    readonly id: string;
    readonly name: string;
    readonly args: unknown;
} | {
    readonly type: 'toolEnd';
    readonly id: string;
    readonly name: string;
    readonly isError: boolean;
} | {
    readonly type: 'compaction';
    readonly phase: 'start' | 'end';
    readonly done: boolean;
}

declare interface RunInfo {
    readonly runId: string;
    readonly agentId: string;
    readonly sessionKey: string | undefined;
    readonly cause: Cause;
    readonly parentRunId?: string;
    readonly startedAt: number;
}

declare interface RunNamed {
    readonly runId: string;
    readonly agentId: string;
    readonly sessionKey: string | undefined;
}

declare interface RunOutcome extends RunSummary {
    readonly text: string;
    readonly toolCalls?: readonly ToolCallPart[];
}

declare interface RunPiece {
    readonly runId: string;
    readonly agentId: string;
    readonly sessionKey: string | undefined;
    readonly seq: number;
    readonly delta: string;
    readonly text: string;
    readonly at: number;
}

declare type RunRecord = InferOutput<typeof RecordShape>

declare interface RunRequest extends Wish {
    readonly sessionKey: string;
    readonly message: UserMessage['content'];
    readonly runId?: string;
    readonly queueMode?: QueueMode;
    readonly toolEventsTo?: readonly string[];
    readonly connectionId?: string;
    readonly onDisconnect?: DisconnectPolicy;
}

declare type RunStatus = 'ok' | 'aborted' | 'timeout' | 'error' | 'interrupted'

declare type RunStep = InferOutput<typeof Step>

declare interface RunSummary extends RunInfo {
    readonly status: RunStatus;
    readonly stopReason: StopReason;
    readonly usage: ModelUsage;
    readonly steps: number;
    readonly provider: string | undefined;
    readonly model: string | undefined;
    readonly error: NexusError | undefined;
    readonly endedAt: number;
    readonly joined?: string;
    readonly pieces: number;
    readonly silent?: true;
}

declare interface Sampling {
    readonly maxOutputTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stop?: readonly string[];
}

declare interface StartedRun extends RunNamed {
    readonly state: 'started';
    readonly done: Promise<RunOutcome>;
}

declare const Step: v.StrictObjectSchema<{
    readonly at: v.NumberSchema<undefined>;
    readonly what: v.PicklistSchema<["route", "ask", "answer", "tool", "result", "compaction", "joined", "end"], undefined>;
    readonly text: v.StringSchema<undefined>;
    readonly ms: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    readonly isError: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
}, undefined>

declare interface Subagents {
    readonly maxConcurrent: number;
    readonly maxDepth: number;
    readonly maxChildren: number;
    readonly allowAgents: readonly string[];
    readonly model: string | undefined;
    readonly thinking: ThinkingLevel | undefined;
    readonly tools: ToolPolicy | undefined;
    readonly visibility: Visibility;
    readonly abortWithParent: boolean;
    readonly maxPingPong: number;
}

declare type Visibility = (typeof visibilities)[number]

declare interface Wish {
    readonly cause: Cause;
    readonly model?: string;
    readonly thinking?: ThinkingLevel;
    readonly place?: Place;
    readonly timeoutMs?: number;
    readonly sampling?: Sampling;
    readonly toolChoice?: ModelRequest['toolChoice'];
    readonly responseFormat?: ModelRequest['responseFormat'];
    readonly silent?: readonly string[];
    readonly instructions?: string;
    readonly signal?: AbortSignal;
    readonly closing?: AbortSignal;
    readonly waitUntil?: (work: Promise<unknown>) => void;
    readonly onEvent?: (event: RunEvent) => void;
}

declare const agent: import("nexus-gateway/sdk").Contract<"agent", {
    readonly 'agents.list': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{}, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly defaultId: v.StringSchema<undefined>;
        readonly mainKey: v.StringSchema<undefined>;
        readonly scope: v.PicklistSchema<["per-sender", "global"], undefined>;
        readonly agents: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly identity: v.OptionalSchema<v.StrictObjectSchema<{
                readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly emoji: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly avatar: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'agents.get': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly fallbacks: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
        readonly thinking: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly workspace: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly timeoutMs: v.NumberSchema<undefined>;
        readonly maxSteps: v.NumberSchema<undefined>;
        readonly tools: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>;
        readonly compaction: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly pruning: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly bootstrap: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly systemChars: v.NumberSchema<undefined>;
        readonly subagents: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    }, undefined>>>;
    readonly 'agents.create': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly workspace: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly emoji: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly avatar: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly name: v.StringSchema<undefined>;
        readonly workspace: v.StringSchema<undefined>;
        readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'agents.update': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly workspace: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly model: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>, undefined>;
        readonly emoji: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly avatar: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly agentRuntime: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly agentId: v.StringSchema<undefined>;
    }, undefined>>>;
    readonly 'agents.delete': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly deleteFiles: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly removedBindings: v.NumberSchema<undefined>;
        readonly failed: v.OptionalSchema<v.ArraySchema<v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly reason: v.StringSchema<undefined>;
        }, undefined>, undefined>, undefined>;
    }, undefined>>>;
    readonly 'agents.files.list': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.StringSchema<undefined>;
        readonly workspace: v.StringSchema<undefined>;
        readonly files: v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly path: v.StringSchema<undefined>;
            readonly missing: v.BooleanSchema<undefined>;
            readonly size: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly updatedAtMs: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly hash: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly content: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'agents.files.get': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.StringSchema<undefined>;
        readonly workspace: v.StringSchema<undefined>;
        readonly file: v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly path: v.StringSchema<undefined>;
            readonly missing: v.BooleanSchema<undefined>;
            readonly size: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly updatedAtMs: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly hash: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly content: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>;
    }, undefined>>>;
    readonly 'agents.files.set': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly content: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1000000, undefined>]>;
        readonly expectedHash: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly workspace: v.StringSchema<undefined>;
        readonly file: v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly path: v.StringSchema<undefined>;
            readonly missing: v.BooleanSchema<undefined>;
            readonly size: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly updatedAtMs: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly hash: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly content: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>;
    }, undefined>>>;
    readonly 'agent.identity.get': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    }, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.StringSchema<undefined>;
        readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly nameSource: v.OptionalSchema<v.PicklistSchema<["config", "default"], undefined>, undefined>;
        readonly emoji: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly avatar: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly agent: import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly message: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 2000000, undefined>]>;
        readonly idempotencyKey: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly sessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly expectedExistingSessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly provider: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly thinking: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly timeout: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly extraSystemPrompt: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200000, undefined>]>, undefined>;
        readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly lane: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly deliver: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly bestEffortDeliver: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly to: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly replyTo: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly channel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly replyChannel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly accountId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly replyAccountId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly threadId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly groupId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly groupChannel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly groupSpace: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly spawnedBy: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly cwd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly attachments: v.OptionalSchema<v.ArraySchema<v.UnknownSchema, undefined>, undefined>;
        readonly internalEvents: v.OptionalSchema<v.ArraySchema<v.UnknownSchema, undefined>, undefined>;
        readonly inputProvenance: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>;
        readonly swarmOutputSchema: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>;
        readonly promptMode: v.OptionalSchema<v.PicklistSchema<["full", "minimal", "none"], undefined>, undefined>;
        readonly bootstrapContextMode: v.OptionalSchema<v.PicklistSchema<["full", "lightweight"], undefined>, undefined>;
        readonly bootstrapContextRunKind: v.OptionalSchema<v.PicklistSchema<["default", "heartbeat", "cron"], undefined>, undefined>;
        readonly acpTurnSource: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly internalRuntimeHandoffId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly execApprovalFollowupExpectedSessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly voiceWakeTrigger: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly sessionEffects: v.OptionalSchema<v.PicklistSchema<["visible", "internal"], undefined>, undefined>;
        readonly sourceReplyDeliveryMode: v.OptionalSchema<v.PicklistSchema<["automatic", "message_tool_only"], undefined>, undefined>;
        readonly internalExecutionIdentityRetry: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly internalExecutionIdentityRecoveryAttempt: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly modelRun: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly suppressPromptPersistence: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly disableMessageTool: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly swarmCollector: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly forceRestartSafeTools: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly forceCodeModeTools: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly cleanupBundleMcpOnRunEnd: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly status: v.PicklistSchema<["accepted", "in_flight", "ok"], undefined>;
        readonly acceptedAt: v.NumberSchema<undefined>;
        readonly sessionKey: v.StringSchema<undefined>;
    }, undefined>>>;
    readonly 'runs.list': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{
        readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 200, undefined>]>, 50>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>, undefined>;
    }, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly runs: v.ArraySchema<v.StrictObjectSchema<{
            runId: v.StringSchema<undefined>;
            agentId: v.StringSchema<undefined>;
            sessionKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            parentRunId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            label: v.StringSchema<undefined>;
            trace: v.StringSchema<undefined>;
            status: v.PicklistSchema<["ok", "aborted", "timeout", "error", "interrupted", "running"], undefined>;
            startedAt: v.NumberSchema<undefined>;
            endedAt: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            steps: v.NumberSchema<undefined>;
            tokens: v.NumberSchema<undefined>;
            error: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            joined: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            silent: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
            tier: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'runs.get': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly runId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly run: v.StrictObjectSchema<{
            readonly runId: v.StringSchema<undefined>;
            readonly agentId: v.StringSchema<undefined>;
            readonly sessionKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly parentRunId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly label: v.StringSchema<undefined>;
            readonly trace: v.StringSchema<undefined>;
            readonly status: v.PicklistSchema<["ok", "aborted", "timeout", "error", "interrupted", "running"], undefined>;
            readonly startedAt: v.NumberSchema<undefined>;
            readonly endedAt: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly steps: v.NumberSchema<undefined>;
            readonly tokens: v.NumberSchema<undefined>;
            readonly error: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly joined: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly silent: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
            readonly tier: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly chars: v.NumberSchema<undefined>;
            readonly firstMs: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly timeline: v.ArraySchema<v.StrictObjectSchema<{
                readonly at: v.NumberSchema<undefined>;
                readonly what: v.PicklistSchema<["route", "ask", "answer", "tool", "result", "compaction", "joined", "end"], undefined>;
                readonly text: v.StringSchema<undefined>;
                readonly ms: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
                readonly isError: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
            }, undefined>, undefined>;
            readonly left: v.NumberSchema<undefined>;
            readonly reasons: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
        }, undefined>;
    }, undefined>>>;
    readonly 'agent.wait': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly runId: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>;
        readonly timeoutMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 600000, undefined>]>, 30000>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly status: v.PicklistSchema<["ok", "error", "timeout"], undefined>;
        readonly startedAt: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        readonly endedAt: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        readonly error: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
}, {
    readonly agent: import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly stream: v.PicklistSchema<["lifecycle", "assistant", "tool", "compaction"], undefined>;
        readonly data: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly sessionKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly seq: v.NumberSchema<undefined>;
        readonly ts: v.NumberSchema<undefined>;
    }, undefined>>;
}, {}, {
    readonly agent: import("nexus-gateway/sdk").ServiceToken<AgentApi>;
}, {}>

declare const agentErrors: {
    readonly NEXUS_AGENT_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly detail: 'UNKNOWN_AGENT_ID';
        readonly status: 404;
        readonly text: 'there is no agent of that id';
        readonly fix: 'See `nexus call agents.list`; agents are set up under agent.agents in nexus.json5.';
    };
    readonly NEXUS_AGENT_BOUND: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'this credential is bound to an agent and good for nothing else';
        readonly fix: 'Talk to that agent by chat.send or /v1, or use another credential.';
    };
    readonly NEXUS_AGENT_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: '{what}';
        readonly fix: 'Send it again when some have been answered.';
    };
    readonly NEXUS_AGENT_CLOSING: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'the agent is stopping';
        readonly fix: 'Send it again after the restart.';
    };
    readonly NEXUS_AGENT_RUN_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is no such run, or it ended long ago';
        readonly fix: 'See `nexus runs list`.';
    };
    readonly NEXUS_AGENT_TIMEOUT: {
        readonly wire: 'AGENT_TIMEOUT';
        readonly text: 'the run did not end within {seconds} s';
        readonly fix: 'Ask for less at once, or raise timeoutMs.';
    };
    readonly NEXUS_AGENT_ABORTED: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'the run was stopped';
        readonly fix: 'Send the message again if it is still wanted.';
    };
    readonly NEXUS_AGENT_INTERRUPTED: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'the run was cut off because the gateway, or a part of it, stopped';
        readonly fix: 'Send the message again.';
    };
    readonly NEXUS_AGENT_STEPS: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'the run was not done after {steps} steps';
        readonly fix: 'Ask for less at once, or raise maxSteps of the agent.';
    };
    readonly NEXUS_AGENT_LOOP: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'the model kept making the same call of tool "{tool}"';
        readonly fix: 'Ask differently, or use another model.';
    };
    readonly NEXUS_AGENT_CONTENT: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'the message cannot be taken: {reason}';
        readonly fix: 'Send less, or a smaller picture (png, jpeg, gif or webp).';
    };
    readonly NEXUS_AGENT_SUBAGENT: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'no sub-agent was started: {reason}';
        readonly fix: 'Do it in this run, or change agent.defaults.subagents (or those of the agent) in nexus.json5.';
    };
    readonly NEXUS_AGENT_SEND: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'the message was not sent: {reason}';
        readonly fix: 'See sessions_list for the sessions there are, and agent.defaults.subagents in nexus.json5 for what may be reached.';
    };
    readonly NEXUS_AGENT_EXISTS: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'there is an agent of that id already';
        readonly fix: 'Take another name, or change the one there is with agents.update.';
    };
    readonly NEXUS_AGENT_NAME: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this name gives no id';
        readonly fix: 'Take one that has a letter or a digit of a-z and 0-9.';
    };
    readonly NEXUS_AGENT_MAIN: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'the agent main is always there';
        readonly fix: 'Change it with agents.update instead.';
    };
    readonly NEXUS_AGENT_ELSEWHERE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this agent stands in another file than nexus.json5';
        readonly fix: 'Change it where it stands; see `nexus config explain agent.agents`.';
    };
    readonly NEXUS_AGENT_FOLDER: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'a workspace is given by an absolute path';
        readonly fix: 'Give the whole path of a folder, such as /srv/work.';
    };
    readonly NEXUS_AGENT_NO_WORKSPACE: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'no plugin keeps workspaces';
        readonly fix: 'Turn the plugin workspace on.';
    };
    readonly NEXUS_AGENT_FILE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this is none of the files that tell an agent who it is';
        readonly fix: 'See agents.files.list for their names; bootstrap.files of the agent adds to them.';
    };
    readonly NEXUS_AGENT_FILE_MISSING: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'the agent has no such file yet';
        readonly fix: 'Write it with `nexus agents write ID NAME`.';
    };
    readonly NEXUS_AGENT_INPUT: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'nothing is piped in';
        readonly fix: 'Pipe the file in, such as `nexus agents write main SOUL.md < soul.md`.';
    };
    readonly NEXUS_AGENT_FILE_CHANGED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'the file is another one by now';
        readonly fix: 'Read it again and make the change to what it is.';
    };
    readonly NEXUS_AGENT_UNSUPPORTED: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: '{method} cannot do what the field {field} asks for: {reason}';
        readonly fix: 'Leave the field out.';
    };
    readonly NEXUS_AGENT_SESSION: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'the request names a session that is not that one: {reason}';
        readonly fix: 'See `nexus sessions list`, and name the session by its key alone.';
    };
    readonly NEXUS_AGENT_FAILED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly text: 'the run failed inside the gateway';
        readonly fix: 'The gateway\'s log has the cause under trace {trace}.';
    };
}

declare const disconnectPolicies: readonly ['continue', 'abort']

declare const isStopWord: (text: string) => boolean

declare function keepToAgent({ bounds }: Caller, agentId: string): void

declare const queueModes: readonly ['followup', 'collect', 'steer', 'interrupt']

declare const runEnded: import("nexus-gateway/sdk").HookToken<[RunOutcome], void, void>

declare const runProgress: import("nexus-gateway/sdk").HookToken<[RunPiece], void, void>

declare const runPrompt: import("nexus-gateway/sdk").HookToken<[Prompt, RunInfo], Prompt | undefined, Prompt>

declare const runStarted: import("nexus-gateway/sdk").HookToken<[RunInfo], void, void>

declare const silentTokens: {
    readonly reply: 'NO_REPLY';
    readonly heartbeat: 'HEARTBEAT_OK';
}

declare const visibilities: readonly ['self', 'tree', 'agent', 'all']
