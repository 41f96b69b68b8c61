// The public types of plugins/limits/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: Attempt, Attempts, AttemptsApi, LimitsStatus, limits, limitsErrors
export {}

declare type Attempt = {
    readonly ok: true;
    refund(): void;
} | {
    readonly ok: false;
    readonly retryAfterMs: number;
}

declare const Attempts: import("nexus-gateway/sdk").ServiceToken<AttemptsApi>

declare interface AttemptsApi {
    take(source: string): Attempt;
}

declare const LimitsStatus: v.StrictObjectSchema<{
    readonly sources: v.ArraySchema<v.StrictObjectSchema<{
        readonly source: v.StringSchema<undefined>;
        readonly used: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly retryAfterMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>, undefined>;
    readonly calls: v.ArraySchema<v.StrictObjectSchema<{
        readonly caller: v.StringSchema<undefined>;
        readonly method: v.StringSchema<undefined>;
        readonly used: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly running: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly limit: v.StringSchema<undefined>;
        readonly retryAfterMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>, undefined>;
    readonly everybody: v.StrictObjectSchema<{
        readonly used: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly retryAfterMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly bounds: v.StrictObjectSchema<{
        readonly perSource: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly global: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly windowMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly callsPerMinute: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    }, undefined>;
    readonly tables: v.StrictObjectSchema<{
        readonly sources: v.StrictObjectSchema<{
            readonly entries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly most: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly calls: v.StrictObjectSchema<{
            readonly entries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly most: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly callers: v.StrictObjectSchema<{
            readonly entries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly most: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
    }, undefined>;
}, undefined>;
type LimitsStatus = v.InferOutput<typeof LimitsStatus>

declare const limits: import("nexus-gateway/sdk").Contract<"limits", {
    readonly 'limits.status': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly sources: v.ArraySchema<v.StrictObjectSchema<{
            readonly source: v.StringSchema<undefined>;
            readonly used: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly retryAfterMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly calls: v.ArraySchema<v.StrictObjectSchema<{
            readonly caller: v.StringSchema<undefined>;
            readonly method: v.StringSchema<undefined>;
            readonly used: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly running: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly limit: v.StringSchema<undefined>;
            readonly retryAfterMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly everybody: v.StrictObjectSchema<{
            readonly used: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly retryAfterMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly bounds: v.StrictObjectSchema<{
            readonly perSource: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly global: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly windowMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly callsPerMinute: v.NullableSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        }, undefined>;
        readonly tables: v.StrictObjectSchema<{
            readonly sources: v.StrictObjectSchema<{
                readonly entries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
                readonly most: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            }, undefined>;
            readonly calls: v.StrictObjectSchema<{
                readonly entries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
                readonly most: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            }, undefined>;
            readonly callers: v.StrictObjectSchema<{
                readonly entries: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
                readonly most: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            }, undefined>;
        }, undefined>;
    }, undefined>>>;
}, {}, {}, {
    readonly attempts: import("nexus-gateway/sdk").ServiceToken<AttemptsApi>;
}, {}>

declare const limitsErrors: {
    readonly NEXUS_LIMITS_CALLS: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 429;
        readonly retryable: true;
        readonly text: 'rate limit exceeded for {what}: {limit} for one caller; retry after {seconds}s';
        readonly fix: 'Wait that long, or raise the limit under `limits` in nexus.json5.';
    };
    readonly NEXUS_LIMITS_CONCURRENT: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 429;
        readonly retryable: true;
        readonly text: 'too many calls of {what} are under way: {limit} for one caller';
        readonly fix: 'Call again when one of them has ended, or raise the limit under `limits` in nexus.json5.';
    };
}
