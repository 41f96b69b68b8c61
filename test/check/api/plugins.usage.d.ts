// The public types of plugins/usage/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: IndexParams, IndexReport, LogsParams, ProviderUsage, Remembered, SessionsUsage, SessionsUsageParams, Timeseries, TimeseriesParams, Totals, Usage, UsageAccount, UsageApi, UsageCost, UsageCostParams, UsageHost, UsageLogs, UsageOffer, UsageQuestion, UsageRead, UsageSource, UsageStatus, UsageWindowRead, askUsage, offerUsage, usage, usageErrors, usageProblem, usageSources, windowLeft
export {}

declare const IndexParams: v.StrictObjectSchema<{
    readonly folder: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 4096, undefined>]>;
    readonly waitMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
}, undefined>;
type IndexParams = v.InferInput<typeof IndexParams>

declare const IndexReport: v.StrictObjectSchema<{
    readonly folder: v.StringSchema<undefined>;
    readonly done: v.BooleanSchema<undefined>;
    readonly files: v.StrictObjectSchema<{
        readonly total: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly done: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly failed: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    }, undefined>;
    readonly bytes: v.StrictObjectSchema<{
        readonly total: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly done: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    }, undefined>;
    readonly sessions: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
}, undefined>;
type IndexReport = v.InferOutput<typeof IndexReport>

declare const LogsParams: v.StrictObjectSchema<{
    readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    readonly agentScope: v.OptionalSchema<v.LiteralSchema<"all", undefined>, undefined>;
    readonly from: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 4096, undefined>]>, undefined>;
    readonly key: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>;
    readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
}, undefined>;
type LogsParams = v.InferInput<typeof LogsParams>

declare const ProviderUsage: v.StrictObjectSchema<{
    readonly provider: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>;
    readonly displayName: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>;
    readonly account: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>, undefined>;
    readonly windows: v.ArraySchema<v.StrictObjectSchema<{
        readonly label: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>;
        readonly usedPercent: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 100, undefined>]>;
        readonly resetAt: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    }, undefined>, undefined>;
    readonly plan: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>, undefined>;
    readonly error: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>, undefined>;
}, undefined>;
type ProviderUsage = v.InferOutput<typeof ProviderUsage>

declare interface Remembered {
    readonly fetch: typeof fetch;
    of(account: string): {
        readonly at: number;
        readonly headers: ReadonlyMap<string, string>;
    } | undefined;
}

declare const SessionsUsage: v.StrictObjectSchema<{
    readonly updatedAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    readonly startDate: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
    readonly endDate: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
    readonly sessions: v.ArraySchema<v.StrictObjectSchema<{
        readonly key: v.StringSchema<undefined>;
        readonly label: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly sessionId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly updatedAt: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>, undefined>;
        readonly agentId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly channel: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly chatType: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly modelProvider: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly usage: v.NullableSchema<v.StrictObjectSchema<{
            readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly totalCost: v.NumberSchema<undefined>;
            readonly inputCost: v.NumberSchema<undefined>;
            readonly outputCost: v.NumberSchema<undefined>;
            readonly cacheReadCost: v.NumberSchema<undefined>;
            readonly cacheWriteCost: v.NumberSchema<undefined>;
            readonly missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly sessionId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly sessionFile: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly firstActivity: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>, undefined>;
            readonly lastActivity: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>, undefined>;
            readonly durationMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>, undefined>;
            readonly activityDates: v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
            readonly dailyBreakdown: v.ArraySchema<v.StrictObjectSchema<{
                readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
                readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly cost: v.NumberSchema<undefined>;
            }, undefined>, undefined>;
            readonly dailyMessageCounts: v.ArraySchema<v.StrictObjectSchema<{
                readonly total: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly user: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly assistant: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly toolCalls: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly toolResults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly errors: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            }, undefined>, undefined>;
            readonly dailyLatency: v.ArraySchema<v.StrictObjectSchema<{
                readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly avgMs: v.NumberSchema<undefined>;
                readonly p95Ms: v.NumberSchema<undefined>;
                readonly minMs: v.NumberSchema<undefined>;
                readonly maxMs: v.NumberSchema<undefined>;
                readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            }, undefined>, undefined>;
            readonly dailyModelUsage: v.ArraySchema<v.StrictObjectSchema<{
                readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
                readonly provider: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly cost: v.NumberSchema<undefined>;
                readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            }, undefined>, undefined>;
            readonly messageCounts: v.StrictObjectSchema<{
                total: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                user: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                assistant: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                toolCalls: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                toolResults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                errors: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            }, undefined>;
            readonly toolUsage: v.StrictObjectSchema<{
                readonly totalCalls: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly uniqueTools: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly tools: v.ArraySchema<v.StrictObjectSchema<{
                    readonly name: v.StringSchema<undefined>;
                    readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                }, undefined>, undefined>;
            }, undefined>;
            readonly modelUsage: v.ArraySchema<v.StrictObjectSchema<{
                readonly provider: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
                readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                readonly totals: v.StrictObjectSchema<{
                    input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                    output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                    cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                    cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                    totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                    totalCost: v.NumberSchema<undefined>;
                    inputCost: v.NumberSchema<undefined>;
                    outputCost: v.NumberSchema<undefined>;
                    cacheReadCost: v.NumberSchema<undefined>;
                    cacheWriteCost: v.NumberSchema<undefined>;
                    missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                }, undefined>;
            }, undefined>, undefined>;
            readonly latency: v.OptionalSchema<v.StrictObjectSchema<{
                count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                avgMs: v.NumberSchema<undefined>;
                p95Ms: v.NumberSchema<undefined>;
                minMs: v.NumberSchema<undefined>;
                maxMs: v.NumberSchema<undefined>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
        readonly contextWeight: v.OptionalSchema<v.NullSchema<undefined>, undefined>;
    }, undefined>, undefined>;
    readonly totals: v.StrictObjectSchema<{
        input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        totalCost: v.NumberSchema<undefined>;
        inputCost: v.NumberSchema<undefined>;
        outputCost: v.NumberSchema<undefined>;
        cacheReadCost: v.NumberSchema<undefined>;
        cacheWriteCost: v.NumberSchema<undefined>;
        missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    }, undefined>;
    readonly aggregates: v.StrictObjectSchema<{
        readonly sessionCount: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly messages: v.StrictObjectSchema<{
            total: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            user: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            assistant: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            toolCalls: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            toolResults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            errors: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        }, undefined>;
        readonly tools: v.StrictObjectSchema<{
            readonly totalCalls: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly uniqueTools: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly tools: v.ArraySchema<v.StrictObjectSchema<{
                readonly name: v.StringSchema<undefined>;
                readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            }, undefined>, undefined>;
        }, undefined>;
        readonly byModel: v.ArraySchema<v.StrictObjectSchema<{
            readonly provider: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly totals: v.StrictObjectSchema<{
                input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                totalCost: v.NumberSchema<undefined>;
                inputCost: v.NumberSchema<undefined>;
                outputCost: v.NumberSchema<undefined>;
                cacheReadCost: v.NumberSchema<undefined>;
                cacheWriteCost: v.NumberSchema<undefined>;
                missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            }, undefined>;
        }, undefined>, undefined>;
        readonly byProvider: v.ArraySchema<v.StrictObjectSchema<{
            readonly provider: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly totals: v.StrictObjectSchema<{
                input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                totalCost: v.NumberSchema<undefined>;
                inputCost: v.NumberSchema<undefined>;
                outputCost: v.NumberSchema<undefined>;
                cacheReadCost: v.NumberSchema<undefined>;
                cacheWriteCost: v.NumberSchema<undefined>;
                missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            }, undefined>;
        }, undefined>, undefined>;
        readonly byAgent: v.ArraySchema<v.StrictObjectSchema<{
            readonly agentId: v.StringSchema<undefined>;
            readonly totals: v.StrictObjectSchema<{
                input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                totalCost: v.NumberSchema<undefined>;
                inputCost: v.NumberSchema<undefined>;
                outputCost: v.NumberSchema<undefined>;
                cacheReadCost: v.NumberSchema<undefined>;
                cacheWriteCost: v.NumberSchema<undefined>;
                missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            }, undefined>;
        }, undefined>, undefined>;
        readonly byChannel: v.ArraySchema<v.StrictObjectSchema<{
            readonly channel: v.StringSchema<undefined>;
            readonly totals: v.StrictObjectSchema<{
                input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
                totalCost: v.NumberSchema<undefined>;
                inputCost: v.NumberSchema<undefined>;
                outputCost: v.NumberSchema<undefined>;
                cacheReadCost: v.NumberSchema<undefined>;
                cacheWriteCost: v.NumberSchema<undefined>;
                missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            }, undefined>;
        }, undefined>, undefined>;
        readonly byCreator: v.ArraySchema<v.NeverSchema<undefined>, undefined>;
        readonly latency: v.OptionalSchema<v.StrictObjectSchema<{
            count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            avgMs: v.NumberSchema<undefined>;
            p95Ms: v.NumberSchema<undefined>;
            minMs: v.NumberSchema<undefined>;
            maxMs: v.NumberSchema<undefined>;
        }, undefined>, undefined>;
        readonly dailyLatency: v.ArraySchema<v.StrictObjectSchema<{
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly avgMs: v.NumberSchema<undefined>;
            readonly p95Ms: v.NumberSchema<undefined>;
            readonly minMs: v.NumberSchema<undefined>;
            readonly maxMs: v.NumberSchema<undefined>;
            readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        }, undefined>, undefined>;
        readonly modelDaily: v.ArraySchema<v.StrictObjectSchema<{
            readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            readonly provider: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly model: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly cost: v.NumberSchema<undefined>;
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        }, undefined>, undefined>;
        readonly daily: v.ArraySchema<v.StrictObjectSchema<{
            readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly cost: v.NumberSchema<undefined>;
            readonly messages: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly toolCalls: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly errors: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        }, undefined>, undefined>;
        readonly costDaily: v.ArraySchema<v.StrictObjectSchema<{
            readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly totalCost: v.NumberSchema<undefined>;
            readonly inputCost: v.NumberSchema<undefined>;
            readonly outputCost: v.NumberSchema<undefined>;
            readonly cacheReadCost: v.NumberSchema<undefined>;
            readonly cacheWriteCost: v.NumberSchema<undefined>;
            readonly missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
            readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>;
    readonly creatorOptions: v.ArraySchema<v.NeverSchema<undefined>, undefined>;
    readonly pending: v.OptionalSchema<v.StrictObjectSchema<{
        readonly files: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly bytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    }, undefined>, undefined>;
}, undefined>;
type SessionsUsage = v.InferOutput<typeof SessionsUsage>

declare const SessionsUsageParams: v.OptionalSchema<v.StrictObjectSchema<{
    readonly startDate: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
    readonly endDate: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
    readonly range: v.OptionalSchema<v.PicklistSchema<["7d", "30d", "90d", "1y", "all"], undefined>, undefined>;
    readonly mode: v.OptionalSchema<v.PicklistSchema<["utc", "gateway", "specific"], undefined>, undefined>;
    readonly utcOffset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 10, undefined>]>, undefined>;
    readonly timeZone: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    readonly agentScope: v.OptionalSchema<v.LiteralSchema<"all", undefined>, undefined>;
    readonly from: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 4096, undefined>]>, undefined>;
    readonly key: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    readonly creatorKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    readonly groupBy: v.OptionalSchema<v.PicklistSchema<["instance", "family"], undefined>, undefined>;
    readonly includeHistorical: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
    readonly sort: v.OptionalSchema<v.PicklistSchema<["recent", "cost"], undefined>, undefined>;
    readonly includeContextWeight: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
}, undefined>, {}>;
type SessionsUsageParams = v.InferInput<typeof SessionsUsageParams>

declare const Timeseries: v.StrictObjectSchema<{
    readonly sessionId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly points: v.ArraySchema<v.StrictObjectSchema<{
        readonly timestamp: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly cost: v.NumberSchema<undefined>;
        readonly cumulativeTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly cumulativeCost: v.NumberSchema<undefined>;
    }, undefined>, undefined>;
}, undefined>;
type Timeseries = v.InferOutput<typeof Timeseries>

declare const TimeseriesParams: v.StrictObjectSchema<{
    readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    readonly agentScope: v.OptionalSchema<v.LiteralSchema<"all", undefined>, undefined>;
    readonly from: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 4096, undefined>]>, undefined>;
    readonly key: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>;
}, undefined>;
type TimeseriesParams = v.InferInput<typeof TimeseriesParams>

declare const Totals: v.StrictObjectSchema<{
    input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    totalCost: v.NumberSchema<undefined>;
    inputCost: v.NumberSchema<undefined>;
    outputCost: v.NumberSchema<undefined>;
    cacheReadCost: v.NumberSchema<undefined>;
    cacheWriteCost: v.NumberSchema<undefined>;
    missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
}, undefined>;
type Totals = v.InferOutput<typeof Totals>

declare const Usage: import("nexus-gateway/sdk").ServiceToken<UsageApi>

declare interface UsageAccount {
    readonly id: string;
    readonly kind: 'oauth' | 'token' | 'key';
    readonly apiKey: Secret;
}

declare interface UsageApi {
    cost(params: wire.UsageCostParams): Promise<wire.UsageCost>;
    sessions(params: wire.SessionsUsageParams): Promise<wire.SessionsUsage>;
    timeseries(params: wire.TimeseriesParams): Promise<wire.Timeseries>;
    logs(params: wire.LogsParams): Promise<wire.UsageLogs>;
    index(params: wire.IndexParams): Promise<wire.IndexReport>;
}

declare const UsageCost: v.StrictObjectSchema<{
    readonly updatedAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    readonly days: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    readonly daily: v.ArraySchema<v.StrictObjectSchema<{
        readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly totalCost: v.NumberSchema<undefined>;
        readonly inputCost: v.NumberSchema<undefined>;
        readonly outputCost: v.NumberSchema<undefined>;
        readonly cacheReadCost: v.NumberSchema<undefined>;
        readonly cacheWriteCost: v.NumberSchema<undefined>;
        readonly missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly date: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
    }, undefined>, undefined>;
    readonly totals: v.StrictObjectSchema<{
        input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        cacheRead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        cacheWrite: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        totalTokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        totalCost: v.NumberSchema<undefined>;
        inputCost: v.NumberSchema<undefined>;
        outputCost: v.NumberSchema<undefined>;
        cacheReadCost: v.NumberSchema<undefined>;
        cacheWriteCost: v.NumberSchema<undefined>;
        missingCostEntries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    }, undefined>;
    readonly pending: v.OptionalSchema<v.StrictObjectSchema<{
        readonly files: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly bytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
    }, undefined>, undefined>;
}, undefined>;
type UsageCost = v.InferOutput<typeof UsageCost>

declare const UsageCostParams: v.OptionalSchema<v.StrictObjectSchema<{
    readonly startDate: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
    readonly endDate: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
    readonly range: v.OptionalSchema<v.PicklistSchema<["7d", "30d", "90d", "1y", "all"], undefined>, undefined>;
    readonly mode: v.OptionalSchema<v.PicklistSchema<["utc", "gateway", "specific"], undefined>, undefined>;
    readonly utcOffset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 10, undefined>]>, undefined>;
    readonly timeZone: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    readonly agentScope: v.OptionalSchema<v.LiteralSchema<"all", undefined>, undefined>;
    readonly from: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 4096, undefined>]>, undefined>;
    readonly days: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
}, undefined>, {}>;
type UsageCostParams = v.InferInput<typeof UsageCostParams>

declare interface UsageHost {
    readonly baseUrl: string;
    readonly accounts: readonly UsageAccount[];
    readonly web: FetchApi | undefined;
    readonly remembered: Pick<Remembered, 'of'>;
    now(): number;
}

declare const UsageLogs: v.StrictObjectSchema<{
    readonly logs: v.ArraySchema<v.StrictObjectSchema<{
        readonly timestamp: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>;
        readonly role: v.PicklistSchema<["user", "assistant", "tool", "toolResult"], undefined>;
        readonly content: v.StringSchema<undefined>;
        readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>]>, undefined>;
        readonly cost: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    }, undefined>, undefined>;
}, undefined>;
type UsageLogs = v.InferOutput<typeof UsageLogs>

declare interface UsageOffer {
    readonly settings: {
        readonly baseUrl: string;
        readonly apiKey?: Secret | undefined;
        readonly accounts: readonly UsageAccount[];
    };
    readonly web: FetchApi | undefined;
    readonly headers: RegExp;
    readonly fetch: typeof fetch;
    sources(host: UsageHost): readonly UsageSource[];
}

declare interface UsageQuestion {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly cause: Cause;
}

declare interface UsageRead {
    readonly windows: readonly UsageWindowRead[];
    readonly plan?: string;
}

declare interface UsageSource {
    readonly provider: string;
    readonly displayName: string;
    readonly account?: string;
    read(question: {
        readonly signal: AbortSignal;
        readonly cause: Cause;
    }): MaybePromise<UsageRead | undefined>;
}

declare const UsageStatus: v.StrictObjectSchema<{
    readonly updatedAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly providers: v.ArraySchema<v.StrictObjectSchema<{
        readonly provider: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>;
        readonly displayName: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>;
        readonly account: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>, undefined>;
        readonly windows: v.ArraySchema<v.StrictObjectSchema<{
            readonly label: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>;
            readonly usedPercent: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 100, undefined>]>;
            readonly resetAt: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>, undefined>;
        readonly plan: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>, undefined>;
        readonly error: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 200, undefined>]>, undefined>;
    }, undefined>, undefined>;
}, undefined>;
type UsageStatus = v.InferOutput<typeof UsageStatus>

declare interface UsageWindowRead {
    readonly label: string;
    readonly usedPercent: number;
    readonly resetAt?: number;
}

declare function askUsage(web: FetchApi | undefined, { url, headers, signal, cause }: UsageQuestion): Promise<unknown>

declare function offerUsage(ctx: Pick<Ctx, 'tap' | 'clock'>, { settings: { baseUrl, apiKey, accounts: several }, web, headers, fetch, sources }: UsageOffer): typeof globalThis.fetch

declare const usage: import("nexus-gateway/sdk").Contract<"usage", {
    readonly 'usage.status': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{}, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly updatedAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly providers: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly provider: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 200, undefined>]>;
            readonly displayName: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 200, undefined>]>;
            readonly account: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 200, undefined>]>, undefined>;
            readonly windows: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly label: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 200, undefined>]>;
                readonly usedPercent: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 100, undefined>]>;
                readonly resetAt: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>, undefined>;
            readonly plan: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 200, undefined>]>, undefined>;
            readonly error: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 200, undefined>]>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'usage.cost': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
        readonly startDate: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
        readonly endDate: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
        readonly range: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["7d", "30d", "90d", "1y", "all"], undefined>, undefined>;
        readonly mode: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["utc", "gateway", "specific"], undefined>, undefined>;
        readonly utcOffset: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 10, undefined>]>, undefined>;
        readonly timeZone: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly agentId: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly agentScope: import("valibot").OptionalSchema<import("valibot").LiteralSchema<"all", undefined>, undefined>;
        readonly from: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 4096, undefined>]>, undefined>;
        readonly days: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, number, undefined>, import("valibot").MaxValueAction<number, number, undefined>]>, undefined>;
    }, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly updatedAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        readonly days: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        readonly daily: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly totalCost: import("valibot").NumberSchema<undefined>;
            readonly inputCost: import("valibot").NumberSchema<undefined>;
            readonly outputCost: import("valibot").NumberSchema<undefined>;
            readonly cacheReadCost: import("valibot").NumberSchema<undefined>;
            readonly cacheWriteCost: import("valibot").NumberSchema<undefined>;
            readonly missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
        }, undefined>, undefined>;
        readonly totals: import("valibot").StrictObjectSchema<{
            input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            totalCost: import("valibot").NumberSchema<undefined>;
            inputCost: import("valibot").NumberSchema<undefined>;
            outputCost: import("valibot").NumberSchema<undefined>;
            cacheReadCost: import("valibot").NumberSchema<undefined>;
            cacheWriteCost: import("valibot").NumberSchema<undefined>;
            missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        }, undefined>;
        readonly pending: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
            readonly files: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly bytes: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.usage': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
        readonly startDate: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
        readonly endDate: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
        readonly range: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["7d", "30d", "90d", "1y", "all"], undefined>, undefined>;
        readonly mode: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["utc", "gateway", "specific"], undefined>, undefined>;
        readonly utcOffset: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 10, undefined>]>, undefined>;
        readonly timeZone: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly agentId: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly agentScope: import("valibot").OptionalSchema<import("valibot").LiteralSchema<"all", undefined>, undefined>;
        readonly from: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 4096, undefined>]>, undefined>;
        readonly key: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly creatorKey: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly groupBy: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["instance", "family"], undefined>, undefined>;
        readonly includeHistorical: import("valibot").OptionalSchema<import("valibot").BooleanSchema<undefined>, undefined>;
        readonly limit: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, number, undefined>, import("valibot").MaxValueAction<number, number, undefined>]>, undefined>;
        readonly sort: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["recent", "cost"], undefined>, undefined>;
        readonly includeContextWeight: import("valibot").OptionalSchema<import("valibot").BooleanSchema<undefined>, undefined>;
    }, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly updatedAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        readonly startDate: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
        readonly endDate: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
        readonly sessions: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly key: import("valibot").StringSchema<undefined>;
            readonly label: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly sessionId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly updatedAt: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>, undefined>;
            readonly agentId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly channel: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly chatType: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly modelProvider: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly model: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly usage: import("valibot").NullableSchema<import("valibot").StrictObjectSchema<{
                readonly input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly totalCost: import("valibot").NumberSchema<undefined>;
                readonly inputCost: import("valibot").NumberSchema<undefined>;
                readonly outputCost: import("valibot").NumberSchema<undefined>;
                readonly cacheReadCost: import("valibot").NumberSchema<undefined>;
                readonly cacheWriteCost: import("valibot").NumberSchema<undefined>;
                readonly missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly sessionId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly sessionFile: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly firstActivity: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>, undefined>;
                readonly lastActivity: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>, undefined>;
                readonly durationMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>, undefined>;
                readonly activityDates: import("valibot").ArraySchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
                readonly dailyBreakdown: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                    readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
                    readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly cost: import("valibot").NumberSchema<undefined>;
                }, undefined>, undefined>;
                readonly dailyMessageCounts: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                    readonly total: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly user: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly assistant: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly toolCalls: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly toolResults: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly errors: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
                }, undefined>, undefined>;
                readonly dailyLatency: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                    readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly avgMs: import("valibot").NumberSchema<undefined>;
                    readonly p95Ms: import("valibot").NumberSchema<undefined>;
                    readonly minMs: import("valibot").NumberSchema<undefined>;
                    readonly maxMs: import("valibot").NumberSchema<undefined>;
                    readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
                }, undefined>, undefined>;
                readonly dailyModelUsage: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                    readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
                    readonly provider: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                    readonly model: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                    readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly cost: import("valibot").NumberSchema<undefined>;
                    readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                }, undefined>, undefined>;
                readonly messageCounts: import("valibot").StrictObjectSchema<{
                    total: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    user: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    assistant: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    toolCalls: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    toolResults: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    errors: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                }, undefined>;
                readonly toolUsage: import("valibot").StrictObjectSchema<{
                    readonly totalCalls: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly uniqueTools: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly tools: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                        readonly name: import("valibot").StringSchema<undefined>;
                        readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    }, undefined>, undefined>;
                }, undefined>;
                readonly modelUsage: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                    readonly provider: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                    readonly model: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                    readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    readonly totals: import("valibot").StrictObjectSchema<{
                        input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                        output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                        cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                        cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                        totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                        totalCost: import("valibot").NumberSchema<undefined>;
                        inputCost: import("valibot").NumberSchema<undefined>;
                        outputCost: import("valibot").NumberSchema<undefined>;
                        cacheReadCost: import("valibot").NumberSchema<undefined>;
                        cacheWriteCost: import("valibot").NumberSchema<undefined>;
                        missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    }, undefined>;
                }, undefined>, undefined>;
                readonly latency: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
                    count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    avgMs: import("valibot").NumberSchema<undefined>;
                    p95Ms: import("valibot").NumberSchema<undefined>;
                    minMs: import("valibot").NumberSchema<undefined>;
                    maxMs: import("valibot").NumberSchema<undefined>;
                }, undefined>, undefined>;
            }, undefined>, undefined>;
            readonly contextWeight: import("valibot").OptionalSchema<import("valibot").NullSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly totals: import("valibot").StrictObjectSchema<{
            input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            totalCost: import("valibot").NumberSchema<undefined>;
            inputCost: import("valibot").NumberSchema<undefined>;
            outputCost: import("valibot").NumberSchema<undefined>;
            cacheReadCost: import("valibot").NumberSchema<undefined>;
            cacheWriteCost: import("valibot").NumberSchema<undefined>;
            missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        }, undefined>;
        readonly aggregates: import("valibot").StrictObjectSchema<{
            readonly sessionCount: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly messages: import("valibot").StrictObjectSchema<{
                total: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                user: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                assistant: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                toolCalls: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                toolResults: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                errors: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            }, undefined>;
            readonly tools: import("valibot").StrictObjectSchema<{
                readonly totalCalls: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly uniqueTools: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly tools: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                    readonly name: import("valibot").StringSchema<undefined>;
                    readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                }, undefined>, undefined>;
            }, undefined>;
            readonly byModel: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly provider: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly model: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly totals: import("valibot").StrictObjectSchema<{
                    input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    totalCost: import("valibot").NumberSchema<undefined>;
                    inputCost: import("valibot").NumberSchema<undefined>;
                    outputCost: import("valibot").NumberSchema<undefined>;
                    cacheReadCost: import("valibot").NumberSchema<undefined>;
                    cacheWriteCost: import("valibot").NumberSchema<undefined>;
                    missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                }, undefined>;
            }, undefined>, undefined>;
            readonly byProvider: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly provider: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly model: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly totals: import("valibot").StrictObjectSchema<{
                    input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    totalCost: import("valibot").NumberSchema<undefined>;
                    inputCost: import("valibot").NumberSchema<undefined>;
                    outputCost: import("valibot").NumberSchema<undefined>;
                    cacheReadCost: import("valibot").NumberSchema<undefined>;
                    cacheWriteCost: import("valibot").NumberSchema<undefined>;
                    missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                }, undefined>;
            }, undefined>, undefined>;
            readonly byAgent: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly agentId: import("valibot").StringSchema<undefined>;
                readonly totals: import("valibot").StrictObjectSchema<{
                    input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    totalCost: import("valibot").NumberSchema<undefined>;
                    inputCost: import("valibot").NumberSchema<undefined>;
                    outputCost: import("valibot").NumberSchema<undefined>;
                    cacheReadCost: import("valibot").NumberSchema<undefined>;
                    cacheWriteCost: import("valibot").NumberSchema<undefined>;
                    missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                }, undefined>;
            }, undefined>, undefined>;
            readonly byChannel: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly channel: import("valibot").StringSchema<undefined>;
                readonly totals: import("valibot").StrictObjectSchema<{
                    input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                    totalCost: import("valibot").NumberSchema<undefined>;
                    inputCost: import("valibot").NumberSchema<undefined>;
                    outputCost: import("valibot").NumberSchema<undefined>;
                    cacheReadCost: import("valibot").NumberSchema<undefined>;
                    cacheWriteCost: import("valibot").NumberSchema<undefined>;
                    missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                }, undefined>;
            }, undefined>, undefined>;
            readonly byCreator: import("valibot").ArraySchema<import("valibot").NeverSchema<undefined>, undefined>;
            readonly latency: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
                count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                avgMs: import("valibot").NumberSchema<undefined>;
                p95Ms: import("valibot").NumberSchema<undefined>;
                minMs: import("valibot").NumberSchema<undefined>;
                maxMs: import("valibot").NumberSchema<undefined>;
            }, undefined>, undefined>;
            readonly dailyLatency: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly avgMs: import("valibot").NumberSchema<undefined>;
                readonly p95Ms: import("valibot").NumberSchema<undefined>;
                readonly minMs: import("valibot").NumberSchema<undefined>;
                readonly maxMs: import("valibot").NumberSchema<undefined>;
                readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
            }, undefined>, undefined>;
            readonly modelDaily: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
                readonly provider: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly model: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly cost: import("valibot").NumberSchema<undefined>;
                readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            }, undefined>, undefined>;
            readonly daily: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
                readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly cost: import("valibot").NumberSchema<undefined>;
                readonly messages: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly toolCalls: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly errors: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            }, undefined>, undefined>;
            readonly costDaily: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly totalCost: import("valibot").NumberSchema<undefined>;
                readonly inputCost: import("valibot").NumberSchema<undefined>;
                readonly outputCost: import("valibot").NumberSchema<undefined>;
                readonly cacheReadCost: import("valibot").NumberSchema<undefined>;
                readonly cacheWriteCost: import("valibot").NumberSchema<undefined>;
                readonly missingCostEntries: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
                readonly date: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
            }, undefined>, undefined>;
        }, undefined>;
        readonly creatorOptions: import("valibot").ArraySchema<import("valibot").NeverSchema<undefined>, undefined>;
        readonly pending: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
            readonly files: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly bytes: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.usage.timeseries': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly agentId: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly agentScope: import("valibot").OptionalSchema<import("valibot").LiteralSchema<"all", undefined>, undefined>;
        readonly from: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 4096, undefined>]>, undefined>;
        readonly key: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly sessionId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly points: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly timestamp: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly cacheRead: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly cacheWrite: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly totalTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly cost: import("valibot").NumberSchema<undefined>;
            readonly cumulativeTokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly cumulativeCost: import("valibot").NumberSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'sessions.usage.logs': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly agentId: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly agentScope: import("valibot").OptionalSchema<import("valibot").LiteralSchema<"all", undefined>, undefined>;
        readonly from: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 4096, undefined>]>, undefined>;
        readonly key: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>;
        readonly limit: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, number, undefined>, import("valibot").MaxValueAction<number, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly logs: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly timestamp: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly role: import("valibot").PicklistSchema<["user", "assistant", "tool", "toolResult"], undefined>;
            readonly content: import("valibot").StringSchema<undefined>;
            readonly tokens: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>, undefined>;
            readonly cost: import("valibot").OptionalSchema<import("valibot").NumberSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'usage.index': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly folder: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 4096, undefined>]>;
        readonly waitMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, number, undefined>, import("valibot").MaxValueAction<number, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly folder: import("valibot").StringSchema<undefined>;
        readonly done: import("valibot").BooleanSchema<undefined>;
        readonly files: import("valibot").StrictObjectSchema<{
            readonly total: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly done: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly failed: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        }, undefined>;
        readonly bytes: import("valibot").StrictObjectSchema<{
            readonly total: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
            readonly done: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
        }, undefined>;
        readonly sessions: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>]>;
    }, undefined>>>;
}, {}, {}, {
    readonly usage: import("nexus-gateway/sdk").ServiceToken<UsageApi>;
}, {}>

declare const usageErrors: {
    readonly NEXUS_USAGE_FOLDER: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 400;
        readonly exit: 66;
        readonly text: 'the folder of transcripts cannot be read: {reason}';
        readonly fix: 'Give the absolute path of a folder with .jsonl files, or one above it that holds agents/ID/sessions.';
    };
    readonly NEXUS_USAGE_NOT_INDEXED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'that folder has not been indexed';
        readonly fix: 'Run `nexus usage index FOLDER` once.';
    };
    readonly NEXUS_USAGE_RANGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 400;
        readonly exit: 2;
        readonly text: 'the days asked for make no range: {reason}';
        readonly fix: 'Give startDate and endDate as YYYY-MM-DD, the first not after the last, at most 3,660 days apart.';
    };
    readonly NEXUS_USAGE_ZONE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 400;
        readonly exit: 2;
        readonly text: 'that is no time zone';
        readonly fix: 'Give a name such as Europe/Berlin as timeZone, or an offset such as +05:45 as utcOffset.';
    };
    readonly NEXUS_USAGE_SESSION: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'no session of that key has been seen';
        readonly fix: 'See `sessions.usage` for those that have.';
    };
    readonly NEXUS_USAGE_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly status: 503;
        readonly text: 'as many folders as may be are being indexed';
        readonly fix: 'Wait until one of them is done.';
    };
}

declare function usageProblem(text: string): Error

declare const usageSources: import("nexus-gateway/sdk").HookToken<[], readonly UsageSource[] | undefined, (readonly UsageSource[])[]>

declare function windowLeft(label: string, limit: string | undefined, left: string | undefined, resetAt: number | undefined, now: number): UsageWindowRead | undefined
