// The public types of plugins/isolation/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: IsolatedPlugin, Isolation, IsolationApi, Limits, isolation, isolationErrors
export {}

declare const IsolatedPlugin: v.StrictObjectSchema<{
    readonly id: v.StringSchema<undefined>;
    readonly state: v.PicklistSchema<["idle", "starting", "running", "waiting", "quarantined"], undefined>;
    readonly pid: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly rssMb: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    readonly cpuSeconds: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    readonly restarts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly reason: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly contained: v.ArraySchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type IsolatedPlugin = v.InferOutput<typeof IsolatedPlugin>

declare const Isolation: import("nexus-gateway/sdk").ServiceToken<IsolationApi>

declare interface IsolationApi {
    limitsOf(id: string): Limits;
    serving(): boolean;
    list(status: () => IsolatedPlugin): () => void;
    quarantined(id: string, reason: string): void;
}

declare interface Limits {
    readonly memoryMb: number;
    readonly hangMs: number;
    readonly cpuSeconds: number;
    readonly bwrap: 'auto' | 'required' | 'off';
}

declare const isolation: import("nexus-gateway/sdk").Contract<"isolation", {
    readonly 'isolation.list': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly containment: v.PicklistSchema<["bwrap", "node"], undefined>;
        readonly plugins: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly state: v.PicklistSchema<["idle", "starting", "running", "waiting", "quarantined"], undefined>;
            readonly pid: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly rssMb: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly cpuSeconds: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly restarts: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly reason: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly contained: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
}, {
    readonly 'isolation.quarantined': import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly reason: v.StringSchema<undefined>;
    }, undefined>>;
}, {}, {
    readonly isolation: import("nexus-gateway/sdk").ServiceToken<IsolationApi>;
}, {}>

declare const isolationErrors: {
    readonly NEXUS_ISOLATION_CANNOT_CROSS: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" cannot run in a process of its own: {faults}';
        readonly fix: 'Change the plugin, or, if you trust its author with all the gateway can do, add "{plugin}" to `pluginPolicy.trusted`.';
    };
    readonly NEXUS_ISOLATION_DOWN: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 503;
        readonly retryable: true;
        readonly text: 'the process of plugin "{plugin}" is not there: {reason}';
        readonly fix: 'Call again in a moment; `nexus call isolation.list` shows what becomes of it.';
    };
    readonly NEXUS_ISOLATION_QUARANTINED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 503;
        readonly text: 'plugin "{plugin}" was taken out of service: {reason}';
        readonly fix: 'Correct it, then `nexus plugins reload {plugin}`.';
    };
    readonly NEXUS_ISOLATION_NO_BWRAP: {
        readonly exit: 69;
        readonly text: 'plugin "{plugin}" is not started: `isolation.bwrap` is "required", and bwrap {reason}';
        readonly fix: 'Install bubblewrap and allow unprivileged user namespaces, or set `isolation.bwrap` to "auto".';
    };
    readonly NEXUS_ISOLATION_UNDECLARED: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'plugin "{plugin}" asked for {what}, which it does not declare';
        readonly fix: 'Declare it in the plugin, and write its manifest anew with `nexus plugins pack`.';
    };
    readonly NEXUS_ISOLATION_CAUSE_GONE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'plugin "{plugin}" called {verb} for a call that has ended';
        readonly fix: 'Keep the call open with `call.waitUntil`, or pass `ctx.cause`.';
    };
}
