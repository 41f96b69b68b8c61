// The public types of plugins/cost/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: AgentsBound, Amount, BudgetState, CostStatus, Ledger, LedgerApi, Reservation, Settled, Spending, cost, costBounds, costErrors, costSettled, pricesKnown
export {}

declare interface AgentsBound {
    readonly id: string;
    readonly budget: Readonly<Record<string, unknown>> | undefined;
}

declare interface Amount {
    readonly usd: number | undefined;
    readonly tokens: number;
}

declare const BudgetState: v.StrictObjectSchema<{
    readonly id: v.StringSchema<undefined>;
    readonly on: v.PicklistSchema<readonly ["global", "agent", "session", "user", "channel", "token", "plugin", "job"], undefined>;
    readonly of: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly per: v.PicklistSchema<readonly ["run", "day", "month"], undefined>;
    readonly limit: v.StrictObjectSchema<{
        readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    }, undefined>;
    readonly spent: v.StrictObjectSchema<{
        readonly usd: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly held: v.StrictObjectSchema<{
        readonly usd: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly left: v.StrictObjectSchema<{
        readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    }, undefined>;
    readonly percent: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly mark: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly startedAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly resetsAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly timeZone: v.StringSchema<undefined>;
}, undefined>;
type BudgetState = v.InferOutput<typeof BudgetState>

declare const CostStatus: v.StrictObjectSchema<{
    readonly stopped: v.NullableSchema<v.StrictObjectSchema<{
        readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly by: v.StringSchema<undefined>;
        readonly reason: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, undefined>;
    readonly timeZone: v.StringSchema<undefined>;
    readonly today: v.StrictObjectSchema<{
        readonly usd: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly calls: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly unpriced: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly month: v.StrictObjectSchema<{
        readonly usd: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly calls: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly unpriced: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly budgets: v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly on: v.PicklistSchema<readonly ["global", "agent", "session", "user", "channel", "token", "plugin", "job"], undefined>;
        readonly of: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly per: v.PicklistSchema<readonly ["run", "day", "month"], undefined>;
        readonly limit: v.StrictObjectSchema<{
            readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly spent: v.StrictObjectSchema<{
            readonly usd: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly held: v.StrictObjectSchema<{
            readonly usd: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly left: v.StrictObjectSchema<{
            readonly usd: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly percent: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly mark: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly startedAt: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly resetsAt: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly timeZone: v.StringSchema<undefined>;
    }, undefined>, undefined>;
    readonly open: v.StrictObjectSchema<{
        readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly usd: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly orphaned: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
}, undefined>;
type CostStatus = v.InferOutput<typeof CostStatus>

declare const Ledger: import("nexus-gateway/sdk").ServiceToken<LedgerApi>

declare interface LedgerApi {
    reserve(spending: Spending): Promise<Reservation>;
    status(): Promise<wire.CostStatus>;
}

declare interface Reservation {
    readonly id: string;
    settle(actual: Amount & {
        readonly estimated?: boolean;
        readonly price?: string;
    }): Promise<void>;
}

declare const Settled: v.StrictObjectSchema<{
    readonly id: v.StringSchema<undefined>;
    readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly runId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly sessionKey: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly agentId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly channel: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly user: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly provider: v.StringSchema<undefined>;
    readonly model: v.StringSchema<undefined>;
    readonly usd: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly price: v.StringSchema<undefined>;
    readonly estimated: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
}, undefined>;
type Settled = v.InferOutput<typeof Settled>

declare interface Spending {
    readonly id: string;
    readonly cause: Cause;
    readonly runId?: string;
    readonly sessionKey?: string;
    readonly agentId?: string;
    readonly provider: string;
    readonly model: string;
    readonly worst: Amount;
}

declare const cost: import("nexus-gateway/sdk").Contract<"cost", {
    readonly 'cost.status': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{}, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly stopped: import("valibot").NullableSchema<import("valibot").StrictObjectSchema<{
            readonly at: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly by: import("valibot").StringSchema<undefined>;
            readonly reason: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly timeZone: import("valibot").StringSchema<undefined>;
        readonly today: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly calls: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly unpriced: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly month: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly calls: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly unpriced: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly budgets: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly id: import("valibot").StringSchema<undefined>;
            readonly on: import("valibot").PicklistSchema<readonly ["global", "agent", "session", "user", "channel", "token", "plugin", "job"], undefined>;
            readonly of: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly per: import("valibot").PicklistSchema<readonly ["run", "day", "month"], undefined>;
            readonly limit: import("valibot").StrictObjectSchema<{
                readonly usd: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly tokens: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>;
            readonly spent: import("valibot").StrictObjectSchema<{
                readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            }, undefined>;
            readonly held: import("valibot").StrictObjectSchema<{
                readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            }, undefined>;
            readonly left: import("valibot").StrictObjectSchema<{
                readonly usd: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly tokens: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>;
            readonly percent: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly mark: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly startedAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly resetsAt: import("valibot").NullableSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly timeZone: import("valibot").StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly open: import("valibot").StrictObjectSchema<{
            readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly orphaned: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>;
    }, undefined>>>;
    readonly 'cost.stop': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
        readonly reason: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 500, undefined>]>, undefined>;
    }, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly stopped: import("valibot").BooleanSchema<undefined>;
        readonly ended: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
    readonly 'cost.resume': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{}, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly stopped: import("valibot").BooleanSchema<undefined>;
        readonly ended: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
    readonly 'cost.settle': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly id: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>;
        readonly usd: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 1000000, undefined>]>, 0>;
        readonly tokens: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 1000000000000, undefined>]>, 0>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly id: import("valibot").StringSchema<undefined>;
        readonly at: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly runId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly sessionKey: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly agentId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly channel: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly user: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly provider: import("valibot").StringSchema<undefined>;
        readonly model: import("valibot").StringSchema<undefined>;
        readonly usd: import("valibot").NullableSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly price: import("valibot").StringSchema<undefined>;
        readonly estimated: import("valibot").OptionalSchema<import("valibot").LiteralSchema<true, undefined>, undefined>;
    }, undefined>>>;
    readonly 'cost.charges': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
        readonly limit: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 1, undefined>, import("valibot").MaxValueAction<number, 1000, undefined>]>, 100>;
        readonly runId: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly sessionKey: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
    }, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly charges: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly id: import("valibot").StringSchema<undefined>;
            readonly at: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly runId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly sessionKey: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly agentId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly channel: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly user: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly provider: import("valibot").StringSchema<undefined>;
            readonly model: import("valibot").StringSchema<undefined>;
            readonly usd: import("valibot").NullableSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly price: import("valibot").StringSchema<undefined>;
            readonly estimated: import("valibot").OptionalSchema<import("valibot").LiteralSchema<true, undefined>, undefined>;
        }, undefined>, undefined>;
        readonly open: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly id: import("valibot").StringSchema<undefined>;
            readonly at: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly provider: import("valibot").StringSchema<undefined>;
            readonly model: import("valibot").StringSchema<undefined>;
            readonly usd: import("valibot").NullableSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly orphaned: import("valibot").BooleanSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'cost.prices': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
        readonly model: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 300, undefined>]>, undefined>;
        readonly on: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
    }, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly updated: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
        readonly stale: import("valibot").BooleanSchema<undefined>;
        readonly models: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly model: import("valibot").StringSchema<undefined>;
            readonly name: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly steps: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly above: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly cacheRead: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly cacheWrite: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            }, undefined>, undefined>;
            readonly by: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["settings", "provider", "catalogue"], undefined>, undefined>;
            readonly as: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly since: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
            readonly others: import("valibot").OptionalSchema<import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'cost.check': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{}, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly ok: import("valibot").BooleanSchema<undefined>;
        readonly updated: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
        readonly models: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly priced: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly charges: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly findings: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly kind: import("valibot").PicklistSchema<readonly ["refused", "unpriced", "stale", "same", "unused", "unknown"], undefined>;
            readonly level: import("valibot").PicklistSchema<["error", "warning", "note"], undefined>;
            readonly model: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly text: import("valibot").StringSchema<undefined>;
            readonly fix: import("valibot").StringSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
}, {
    readonly 'cost.warning': import("nexus-gateway/sdk").Event<import("valibot").StrictObjectSchema<{
        readonly id: import("valibot").StringSchema<undefined>;
        readonly on: import("valibot").PicklistSchema<readonly ["global", "agent", "session", "user", "channel", "token", "plugin", "job"], undefined>;
        readonly of: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly per: import("valibot").PicklistSchema<readonly ["run", "day", "month"], undefined>;
        readonly limit: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly spent: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly held: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly left: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly percent: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly mark: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly startedAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly resetsAt: import("valibot").NullableSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly timeZone: import("valibot").StringSchema<undefined>;
    }, undefined>>;
    readonly 'cost.exceeded': import("nexus-gateway/sdk").Event<import("valibot").StrictObjectSchema<{
        readonly id: import("valibot").StringSchema<undefined>;
        readonly on: import("valibot").PicklistSchema<readonly ["global", "agent", "session", "user", "channel", "token", "plugin", "job"], undefined>;
        readonly of: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly per: import("valibot").PicklistSchema<readonly ["run", "day", "month"], undefined>;
        readonly limit: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly spent: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly held: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly left: import("valibot").StrictObjectSchema<{
            readonly usd: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly percent: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly mark: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly startedAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly resetsAt: import("valibot").NullableSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly timeZone: import("valibot").StringSchema<undefined>;
    }, undefined>>;
    readonly 'cost.settled': import("nexus-gateway/sdk").Event<import("valibot").StrictObjectSchema<{
        readonly id: import("valibot").StringSchema<undefined>;
        readonly at: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly runId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly sessionKey: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly agentId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly channel: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly user: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly provider: import("valibot").StringSchema<undefined>;
        readonly model: import("valibot").StringSchema<undefined>;
        readonly usd: import("valibot").NullableSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly price: import("valibot").StringSchema<undefined>;
        readonly estimated: import("valibot").OptionalSchema<import("valibot").LiteralSchema<true, undefined>, undefined>;
    }, undefined>>;
}, {}, {
    readonly ledger: import("nexus-gateway/sdk").ServiceToken<LedgerApi>;
}, {}>

declare const costBounds: import("nexus-gateway/sdk").HookToken<[Pick<Spending, "agentId" | "sessionKey">], readonly AgentsBound[] | undefined, (readonly AgentsBound[])[]>

declare const costErrors: {
    readonly NEXUS_COST_EXCEEDED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 429;
        readonly text: 'the budget "{budget}" does not allow it: {left} left of {limit}, and it may come to {worst}; {resets}';
        readonly fix: 'Wait until then, ask for less, or raise the budget in the settings (`cost.budgets`, or `budget` of the agent); see `nexus cost`.';
    };
    readonly NEXUS_COST_UNPRICED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 402;
        readonly text: 'the price of {model} is not known, and the budget "{budget}" is one of money';
        readonly fix: 'Give its price in `models.catalogue`, choose another model, or set `cost.unpriced` to "allow".';
    };
    readonly NEXUS_COST_STOPPED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 503;
        readonly text: 'everything that costs is stopped since {since}';
        readonly fix: 'Run `nexus cost resume` when it may go on.';
    };
    readonly NEXUS_COST_LABEL: {
        readonly wire: 'FORBIDDEN';
        readonly status: 403;
        readonly text: 'only an operator or a device of theirs may lift the switch or settle by hand, and this is asked for by a {label}';
        readonly fix: 'Run the command yourself.';
    };
    readonly NEXUS_COST_NOT_OPEN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'nothing of that id was left open by a gateway that died';
        readonly fix: 'See `nexus cost charges`: what is marked as orphaned can be settled, once.';
    };
    readonly NEXUS_COST_LEDGER: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 503;
        readonly text: 'the ledger cannot hold what it may cost: {reason}';
        readonly fix: 'Try again; if it stays so, see the log of plugin "cost".';
    };
    readonly NEXUS_COST_AGENT_BUDGET: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 503;
        readonly text: 'the budget of agent "{agent}" in the settings cannot be read: {faults}';
        readonly fix: 'Write it as { day: { usd: 5 } }, with `run`, `day` or `month`, and `usd` or `tokens` in each.';
    };
    readonly NEXUS_COST_TOKEN_BUDGET: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 503;
        readonly text: 'the budget that the token is bound to cannot be read';
        readonly fix: 'Make a new token with a budget such as 5usd/day, 100000tokens/month or 0.5usd/run.';
    };
    readonly NEXUS_COST_BUDGET: {
        readonly exit: 78;
        readonly text: 'budget {number} of `cost.budgets` is none: {reason}';
        readonly fix: 'Correct it in nexus.json5, as in { on: "agent", per: "day", usd: 5 }.';
    };
    readonly NEXUS_COST_TIME_ZONE: {
        readonly exit: 78;
        readonly text: '`cost.timeZone` names no time zone that is known here';
        readonly fix: 'Write it as in the IANA database, such as Europe/Berlin or UTC.';
    };
}

declare const costSettled: import("nexus-gateway/sdk").HookToken<[{
    id: string;
    at: number;
    runId?: string | undefined;
    sessionKey?: string | undefined;
    agentId?: string | undefined;
    channel?: string | undefined;
    user?: string | undefined;
    provider: string;
    model: string;
    usd: number | null;
    tokens: number;
    price: string;
    estimated?: true | undefined;
}], void, void>

declare const pricesKnown: import("nexus-gateway/sdk").HookToken<[], PricedModels | undefined, PricedModels | undefined>
