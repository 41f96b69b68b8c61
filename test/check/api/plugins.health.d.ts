// The public types of plugins/health/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: AgentHealth, BudgetLine, EventLoop, HealthPart, HealthSnapshot, PresenceEntry, SessionSummary, Status, budgetsChecked, health, healthChecked, healthErrors
export {}

declare const AgentHealth: v.StrictObjectSchema<{
    readonly agentId: v.StringSchema<undefined>;
    readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly isDefault: v.BooleanSchema<undefined>;
    readonly heartbeat: v.StrictObjectSchema<{
        readonly enabled: v.BooleanSchema<undefined>;
        readonly every: v.StringSchema<undefined>;
        readonly everyMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly prompt: v.StringSchema<undefined>;
        readonly target: v.StringSchema<undefined>;
        readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly session: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly ackMaxChars: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly sessions: v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly recent: v.ArraySchema<v.StrictObjectSchema<{
            readonly key: v.StringSchema<undefined>;
            readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>, undefined>;
    }, undefined>;
}, undefined>;
type AgentHealth = v.InferOutput<typeof AgentHealth>

declare const BudgetLine: v.StrictObjectSchema<{
    readonly id: v.StringSchema<undefined>;
    readonly of: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly per: v.StringSchema<undefined>;
    readonly limit: v.StrictObjectSchema<{
        readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    }, undefined>;
    readonly left: v.StrictObjectSchema<{
        readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    }, undefined>;
    readonly percent: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly resetsAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly timeZone: v.StringSchema<undefined>;
}, undefined>;
type BudgetLine = v.InferOutput<typeof BudgetLine>

declare const EventLoop: v.StrictObjectSchema<{
    readonly degraded: v.BooleanSchema<undefined>;
    readonly degradedSinceMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly reasons: v.ArraySchema<v.PicklistSchema<["event_loop_delay", "event_loop_utilization", "cpu"], undefined>, undefined>;
    readonly intervalMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly delayP99Ms: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly delayMaxMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly utilization: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly cpuCoreRatio: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
}, undefined>;
type EventLoop = v.InferOutput<typeof EventLoop>

declare interface HealthPart {
    readonly channels?: Readonly<Record<string, unknown>>;
    readonly channelOrder?: readonly string[];
    readonly channelLabels?: Readonly<Record<string, string>>;
    readonly heartbeatSeconds?: number;
    readonly agents?: readonly AgentHealth[];
    readonly degraded?: readonly string[];
    readonly safe?: boolean;
}

declare const HealthSnapshot: v.StrictObjectSchema<{
    readonly ok: v.LiteralSchema<true, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly durationMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly plugins: v.StrictObjectSchema<{
        readonly loaded: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly errors: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly origin: v.StringSchema<undefined>;
            readonly activated: v.BooleanSchema<undefined>;
            readonly error: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly unavailable: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly state: v.LiteralSchema<"configured-unavailable", undefined>;
            readonly diagnostic: v.StrictObjectSchema<{
                readonly kind: v.LiteralSchema<"plugin-verification", undefined>;
                readonly reason: v.StringSchema<undefined>;
                readonly detail: v.StringSchema<undefined>;
            }, undefined>;
        }, undefined>, undefined>;
    }, undefined>;
    readonly channels: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly channelOrder: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly channelLabels: v.RecordSchema<v.StringSchema<undefined>, v.StringSchema<undefined>, undefined>;
    readonly heartbeatSeconds: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly defaultAgentId: v.StringSchema<undefined>;
    readonly agents: v.ArraySchema<v.StrictObjectSchema<{
        readonly agentId: v.StringSchema<undefined>;
        readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly isDefault: v.BooleanSchema<undefined>;
        readonly heartbeat: v.StrictObjectSchema<{
            readonly enabled: v.BooleanSchema<undefined>;
            readonly every: v.StringSchema<undefined>;
            readonly everyMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly prompt: v.StringSchema<undefined>;
            readonly target: v.StringSchema<undefined>;
            readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly session: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly ackMaxChars: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly sessions: v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly recent: v.ArraySchema<v.StrictObjectSchema<{
                readonly key: v.StringSchema<undefined>;
                readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>, undefined>;
        }, undefined>;
    }, undefined>, undefined>;
    readonly sessions: v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly recent: v.ArraySchema<v.StrictObjectSchema<{
            readonly key: v.StringSchema<undefined>;
            readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>, undefined>;
    }, undefined>;
    readonly eventLoop: v.StrictObjectSchema<{
        readonly degraded: v.BooleanSchema<undefined>;
        readonly degradedSinceMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly reasons: v.ArraySchema<v.PicklistSchema<["event_loop_delay", "event_loop_utilization", "cpu"], undefined>, undefined>;
        readonly intervalMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly delayP99Ms: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly delayMaxMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly utilization: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly cpuCoreRatio: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
}, undefined>;
type HealthSnapshot = v.InferOutput<typeof HealthSnapshot>

declare const PresenceEntry: v.StrictObjectSchema<{
    readonly host: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly ip: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly platform: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly deviceFamily: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly modelIdentifier: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly mode: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly reason: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly text: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly roles: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
    readonly scopes: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
    readonly instanceId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type PresenceEntry = v.InferOutput<typeof PresenceEntry>

declare const SessionSummary: v.StrictObjectSchema<{
    readonly path: v.StringSchema<undefined>;
    readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly recent: v.ArraySchema<v.StrictObjectSchema<{
        readonly key: v.StringSchema<undefined>;
        readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    }, undefined>, undefined>;
}, undefined>;
type SessionSummary = v.InferOutput<typeof SessionSummary>

declare const Status: v.StrictObjectSchema<{
    readonly runtimeVersion: v.StringSchema<undefined>;
    readonly mode: v.PicklistSchema<["normal", "degraded", "safe"], undefined>;
    readonly reasons: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly phase: v.PicklistSchema<["new", "starting", "ready", "draining", "closed"], undefined>;
    readonly startedAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly uptimeMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly pid: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly node: v.StringSchema<undefined>;
    readonly memory: v.StrictObjectSchema<{
        readonly rssBytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly heapUsedBytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly heapTotalBytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly externalBytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly eventLoop: v.StrictObjectSchema<{
        readonly degraded: v.BooleanSchema<undefined>;
        readonly degradedSinceMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly reasons: v.ArraySchema<v.PicklistSchema<["event_loop_delay", "event_loop_utilization", "cpu"], undefined>, undefined>;
        readonly intervalMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly delayP99Ms: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly delayMaxMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly utilization: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly cpuCoreRatio: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly plugins: v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly state: v.PicklistSchema<["active", "failed", "blocked", "closing"], undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly error: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, undefined>;
    readonly connections: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly sessions: v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly recent: v.ArraySchema<v.StrictObjectSchema<{
            readonly key: v.StringSchema<undefined>;
            readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>, undefined>;
    }, undefined>;
    readonly budgets: v.OptionalSchema<v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly of: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly per: v.StringSchema<undefined>;
        readonly limit: v.StrictObjectSchema<{
            readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly left: v.StrictObjectSchema<{
            readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly percent: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly resetsAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly timeZone: v.StringSchema<undefined>;
    }, undefined>, undefined>, undefined>;
}, undefined>;
type Status = v.InferOutput<typeof Status>

declare const budgetsChecked: import("nexus-gateway/sdk").HookToken<[], readonly {
    id: string;
    of?: string | undefined;
    per: string;
    limit: {
        usd?: number | undefined;
        tokens?: number | undefined;
    };
    left: {
        usd?: number | undefined;
        tokens?: number | undefined;
    };
    percent: number;
    resetsAt: number | null;
    timeZone: string;
}[] | undefined, (readonly {
    id: string;
    of?: string | undefined;
    per: string;
    limit: {
        usd?: number | undefined;
        tokens?: number | undefined;
    };
    left: {
        usd?: number | undefined;
        tokens?: number | undefined;
    };
    percent: number;
    resetsAt: number | null;
    timeZone: string;
}[])[]>

declare const health: import("nexus-gateway/sdk").Contract<"health", {
    readonly health: import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly probe: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly deep: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly durationMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly plugins: v.StrictObjectSchema<{
            readonly loaded: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly errors: v.ArraySchema<v.StrictObjectSchema<{
                readonly id: v.StringSchema<undefined>;
                readonly origin: v.StringSchema<undefined>;
                readonly activated: v.BooleanSchema<undefined>;
                readonly error: v.StringSchema<undefined>;
            }, undefined>, undefined>;
            readonly unavailable: v.ArraySchema<v.StrictObjectSchema<{
                readonly id: v.StringSchema<undefined>;
                readonly state: v.LiteralSchema<"configured-unavailable", undefined>;
                readonly diagnostic: v.StrictObjectSchema<{
                    readonly kind: v.LiteralSchema<"plugin-verification", undefined>;
                    readonly reason: v.StringSchema<undefined>;
                    readonly detail: v.StringSchema<undefined>;
                }, undefined>;
            }, undefined>, undefined>;
        }, undefined>;
        readonly channels: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly channelOrder: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly channelLabels: v.RecordSchema<v.StringSchema<undefined>, v.StringSchema<undefined>, undefined>;
        readonly heartbeatSeconds: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly defaultAgentId: v.StringSchema<undefined>;
        readonly agents: v.ArraySchema<v.StrictObjectSchema<{
            readonly agentId: v.StringSchema<undefined>;
            readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly isDefault: v.BooleanSchema<undefined>;
            readonly heartbeat: v.StrictObjectSchema<{
                readonly enabled: v.BooleanSchema<undefined>;
                readonly every: v.StringSchema<undefined>;
                readonly everyMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                readonly prompt: v.StringSchema<undefined>;
                readonly target: v.StringSchema<undefined>;
                readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly session: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly ackMaxChars: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            }, undefined>;
            readonly sessions: v.StrictObjectSchema<{
                readonly path: v.StringSchema<undefined>;
                readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
                readonly recent: v.ArraySchema<v.StrictObjectSchema<{
                    readonly key: v.StringSchema<undefined>;
                    readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                    readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                }, undefined>, undefined>;
            }, undefined>;
        }, undefined>, undefined>;
        readonly sessions: v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly recent: v.ArraySchema<v.StrictObjectSchema<{
                readonly key: v.StringSchema<undefined>;
                readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>, undefined>;
        }, undefined>;
        readonly eventLoop: v.StrictObjectSchema<{
            readonly degraded: v.BooleanSchema<undefined>;
            readonly degradedSinceMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly reasons: v.ArraySchema<v.PicklistSchema<["event_loop_delay", "event_loop_utilization", "cpu"], undefined>, undefined>;
            readonly intervalMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly delayP99Ms: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly delayMaxMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly utilization: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly cpuCoreRatio: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
    }, undefined>>>;
    readonly status: import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly probe: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly deep: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly includeChannelSummary: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly runtimeVersion: v.StringSchema<undefined>;
        readonly mode: v.PicklistSchema<["normal", "degraded", "safe"], undefined>;
        readonly reasons: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly phase: v.PicklistSchema<["new", "starting", "ready", "draining", "closed"], undefined>;
        readonly startedAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly uptimeMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly pid: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly node: v.StringSchema<undefined>;
        readonly memory: v.StrictObjectSchema<{
            readonly rssBytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly heapUsedBytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly heapTotalBytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly externalBytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly eventLoop: v.StrictObjectSchema<{
            readonly degraded: v.BooleanSchema<undefined>;
            readonly degradedSinceMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly reasons: v.ArraySchema<v.PicklistSchema<["event_loop_delay", "event_loop_utilization", "cpu"], undefined>, undefined>;
            readonly intervalMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly delayP99Ms: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly delayMaxMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly utilization: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly cpuCoreRatio: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly plugins: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly state: v.PicklistSchema<["active", "failed", "blocked", "closing"], undefined>;
            readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly error: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly connections: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly sessions: v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly recent: v.ArraySchema<v.StrictObjectSchema<{
                readonly key: v.StringSchema<undefined>;
                readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>, undefined>;
        }, undefined>;
        readonly budgets: v.OptionalSchema<v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly of: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly per: v.StringSchema<undefined>;
            readonly limit: v.StrictObjectSchema<{
                readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>;
            readonly left: v.StrictObjectSchema<{
                readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>;
            readonly percent: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly resetsAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly timeZone: v.StringSchema<undefined>;
        }, undefined>, undefined>, undefined>;
    }, undefined>>>;
    readonly ping: import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly data: v.OptionalSchema<v.UnknownSchema, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly data: v.OptionalSchema<v.UnknownSchema, undefined>;
    }, undefined>>>;
    readonly 'system-presence': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.ArraySchema<v.StrictObjectSchema<{
        readonly host: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly ip: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly platform: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly deviceFamily: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly modelIdentifier: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly mode: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly reason: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly text: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly roles: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
        readonly scopes: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
        readonly instanceId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, undefined>>>;
}, {
    readonly health: import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly durationMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly plugins: v.StrictObjectSchema<{
            readonly loaded: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly errors: v.ArraySchema<v.StrictObjectSchema<{
                readonly id: v.StringSchema<undefined>;
                readonly origin: v.StringSchema<undefined>;
                readonly activated: v.BooleanSchema<undefined>;
                readonly error: v.StringSchema<undefined>;
            }, undefined>, undefined>;
            readonly unavailable: v.ArraySchema<v.StrictObjectSchema<{
                readonly id: v.StringSchema<undefined>;
                readonly state: v.LiteralSchema<"configured-unavailable", undefined>;
                readonly diagnostic: v.StrictObjectSchema<{
                    readonly kind: v.LiteralSchema<"plugin-verification", undefined>;
                    readonly reason: v.StringSchema<undefined>;
                    readonly detail: v.StringSchema<undefined>;
                }, undefined>;
            }, undefined>, undefined>;
        }, undefined>;
        readonly channels: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly channelOrder: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly channelLabels: v.RecordSchema<v.StringSchema<undefined>, v.StringSchema<undefined>, undefined>;
        readonly heartbeatSeconds: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly defaultAgentId: v.StringSchema<undefined>;
        readonly agents: v.ArraySchema<v.StrictObjectSchema<{
            readonly agentId: v.StringSchema<undefined>;
            readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly isDefault: v.BooleanSchema<undefined>;
            readonly heartbeat: v.StrictObjectSchema<{
                readonly enabled: v.BooleanSchema<undefined>;
                readonly every: v.StringSchema<undefined>;
                readonly everyMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                readonly prompt: v.StringSchema<undefined>;
                readonly target: v.StringSchema<undefined>;
                readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly session: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly ackMaxChars: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            }, undefined>;
            readonly sessions: v.StrictObjectSchema<{
                readonly path: v.StringSchema<undefined>;
                readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
                readonly recent: v.ArraySchema<v.StrictObjectSchema<{
                    readonly key: v.StringSchema<undefined>;
                    readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                    readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                }, undefined>, undefined>;
            }, undefined>;
        }, undefined>, undefined>;
        readonly sessions: v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly recent: v.ArraySchema<v.StrictObjectSchema<{
                readonly key: v.StringSchema<undefined>;
                readonly updatedAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
                readonly age: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>, undefined>;
        }, undefined>;
        readonly eventLoop: v.StrictObjectSchema<{
            readonly degraded: v.BooleanSchema<undefined>;
            readonly degradedSinceMs: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly reasons: v.ArraySchema<v.PicklistSchema<["event_loop_delay", "event_loop_utilization", "cpu"], undefined>, undefined>;
            readonly intervalMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly delayP99Ms: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly delayMaxMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly utilization: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly cpuCoreRatio: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
    }, undefined>>;
    readonly presence: import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly presence: v.ArraySchema<v.StrictObjectSchema<{
            readonly host: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly ip: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly platform: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly deviceFamily: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly modelIdentifier: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly mode: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly reason: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly text: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly ts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly roles: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
            readonly scopes: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
            readonly instanceId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>;
}, {
    readonly 'GET /healthz': {
        readonly scope: "public";
        readonly summary: "Always the same: the process answers.";
    };
    readonly 'GET /health': {
        readonly scope: "public";
        readonly summary: "As /healthz.";
    };
    readonly 'GET /readyz': {
        readonly scope: "public";
        readonly summary: "200 or 503; a body only for the authenticated.";
    };
    readonly 'GET /ready': {
        readonly scope: "public";
        readonly summary: "As /readyz.";
    };
}, {}, {}>

declare const healthChecked: import("nexus-gateway/sdk").HookToken<[], HealthPart | undefined, HealthPart[]>

declare const healthErrors: {
    readonly NEXUS_HEALTH_PING_TOO_LARGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'ping data is larger than {limit} bytes as JSON';
        readonly fix: 'Send less.';
    };
}
