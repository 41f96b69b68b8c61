// The public types of plugins/plugins/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: CallVerb, Change, InstallPhase, PluginInfo, PluginRow, PluginWhy, Scanner, ScannerApi, plugins, pluginsErrors, supplyLibraries
export {}

declare type CallVerb = (method: string, params: unknown) => Promise<unknown>

declare const Change: v.StrictObjectSchema<{
    readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
    readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type Change = v.InferOutput<typeof Change>

declare type InstallPhase = v.InferOutput<typeof phase>

declare const PluginInfo: v.StrictObjectSchema<{
    readonly id: v.StringSchema<undefined>;
    readonly state: v.PicklistSchema<["active", "failed", "blocked", "closing"], undefined>;
    readonly origin: v.PicklistSchema<["builtin", "path", "package", "memory"], undefined>;
    readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly why: v.StringSchema<undefined>;
    readonly faults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly error: v.OptionalSchema<v.StrictObjectSchema<{
        readonly code: v.StringSchema<undefined>;
        readonly message: v.StringSchema<undefined>;
        readonly fix: v.StringSchema<undefined>;
    }, undefined>, undefined>;
    readonly place: v.StringSchema<undefined>;
    readonly tier: v.PicklistSchema<["trusted", "isolated"], undefined>;
    readonly hash: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly generation: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly phases: v.StrictObjectSchema<{
        readonly loadMs: v.NumberSchema<undefined>;
        readonly setupMs: v.NumberSchema<undefined>;
    }, undefined>;
    readonly dependents: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly inflight: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly owned: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly libraries: v.OptionalSchema<v.ArraySchema<v.StrictObjectSchema<{
        readonly name: v.StringSchema<undefined>;
        readonly version: v.StringSchema<undefined>;
        readonly place: v.PicklistSchema<["beside", "fetched", "missing"], undefined>;
    }, undefined>, undefined>, undefined>;
    readonly required: v.BooleanSchema<undefined>;
    readonly exclusive: v.BooleanSchema<undefined>;
    readonly provides: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly requires: v.ArraySchema<v.StrictObjectSchema<{
        readonly service: v.StringSchema<undefined>;
        readonly optional: v.BooleanSchema<undefined>;
        readonly provider: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, undefined>;
    readonly owns: v.RecordSchema<v.StringSchema<undefined>, v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
}, undefined>;
type PluginInfo = v.InferOutput<typeof PluginInfo>

declare const PluginRow: v.StrictObjectSchema<{
    readonly id: v.StringSchema<undefined>;
    readonly state: v.PicklistSchema<["active", "failed", "blocked", "closing"], undefined>;
    readonly origin: v.PicklistSchema<["builtin", "path", "package", "memory"], undefined>;
    readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly why: v.StringSchema<undefined>;
    readonly faults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly error: v.OptionalSchema<v.StrictObjectSchema<{
        readonly code: v.StringSchema<undefined>;
        readonly message: v.StringSchema<undefined>;
        readonly fix: v.StringSchema<undefined>;
    }, undefined>, undefined>;
}, undefined>;
type PluginRow = v.InferOutput<typeof PluginRow>

declare const PluginWhy: v.StrictObjectSchema<{
    readonly id: v.StringSchema<undefined>;
    readonly state: v.PicklistSchema<["active", "failed", "blocked", "closing"], undefined>;
    readonly origin: v.PicklistSchema<["builtin", "path", "package", "memory"], undefined>;
    readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly why: v.StringSchema<undefined>;
    readonly faults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly error: v.OptionalSchema<v.StrictObjectSchema<{
        readonly code: v.StringSchema<undefined>;
        readonly message: v.StringSchema<undefined>;
        readonly fix: v.StringSchema<undefined>;
    }, undefined>, undefined>;
    readonly place: v.StringSchema<undefined>;
    readonly tier: v.PicklistSchema<["trusted", "isolated"], undefined>;
    readonly hash: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly generation: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly phases: v.StrictObjectSchema<{
        readonly loadMs: v.NumberSchema<undefined>;
        readonly setupMs: v.NumberSchema<undefined>;
    }, undefined>;
    readonly dependents: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly inflight: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly owned: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly libraries: v.OptionalSchema<v.ArraySchema<v.StrictObjectSchema<{
        readonly name: v.StringSchema<undefined>;
        readonly version: v.StringSchema<undefined>;
        readonly place: v.PicklistSchema<["beside", "fetched", "missing"], undefined>;
    }, undefined>, undefined>, undefined>;
}, undefined>;
type PluginWhy = v.InferOutput<typeof PluginWhy>

declare const Scanner: import("nexus-gateway/sdk").ServiceToken<ScannerApi>

declare interface ScannerApi {
    scan(dir: string): Promise<{
        verdict: 'clean' | 'suspect' | 'malicious';
        findings: string[];
    }>;
}

declare const phase: v.PicklistSchema<["waiting", "fetching", "unpacking", "resolving", "checking", "installing", "hashing", "scanning", "done"], undefined>

declare const plugins: import("nexus-gateway/sdk").Contract<"plugins", {
    readonly 'plugins.stage': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly spec: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly id: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly link: v.OptionalSchema<v.BooleanSchema<undefined>, false>;
        readonly trusted: v.OptionalSchema<v.BooleanSchema<undefined>, false>;
        readonly allowSimilar: v.OptionalSchema<v.BooleanSchema<undefined>, false>;
        readonly downgrade: v.OptionalSchema<v.BooleanSchema<undefined>, false>;
        readonly libraries: v.OptionalSchema<v.BooleanSchema<undefined>, false>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ticket: v.StringSchema<undefined>;
        readonly state: v.PicklistSchema<["working", "ready", "current", "failed"], undefined>;
        readonly phase: v.PicklistSchema<["waiting", "fetching", "unpacking", "resolving", "checking", "installing", "hashing", "scanning", "done"], undefined>;
        readonly consent: v.OptionalSchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly name: v.StringSchema<undefined>;
            readonly version: v.StringSchema<undefined>;
            readonly source: v.PicklistSchema<["npm", "tarball", "git", "folder", "file", "link"], undefined>;
            readonly spec: v.StringSchema<undefined>;
            readonly tier: v.PicklistSchema<["isolated", "trusted"], undefined>;
            readonly from: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly integrity: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly needed: v.BooleanSchema<undefined>;
            readonly partial: v.BooleanSchema<undefined>;
            readonly suspect: v.BooleanSchema<undefined>;
            readonly sections: v.ArraySchema<v.StrictObjectSchema<{
                readonly title: v.StringSchema<undefined>;
                readonly lines: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            }, undefined>, undefined>;
            readonly digest: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly error: v.OptionalSchema<v.StrictObjectSchema<{
            readonly code: v.StringSchema<undefined>;
            readonly message: v.StringSchema<undefined>;
            readonly fix: v.StringSchema<undefined>;
            readonly exit: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.staged': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly ticket: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly seen: v.OptionalSchema<v.PicklistSchema<["waiting", "fetching", "unpacking", "resolving", "checking", "installing", "hashing", "scanning", "done"], undefined>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ticket: v.StringSchema<undefined>;
        readonly state: v.PicklistSchema<["working", "ready", "current", "failed"], undefined>;
        readonly phase: v.PicklistSchema<["waiting", "fetching", "unpacking", "resolving", "checking", "installing", "hashing", "scanning", "done"], undefined>;
        readonly consent: v.OptionalSchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly name: v.StringSchema<undefined>;
            readonly version: v.StringSchema<undefined>;
            readonly source: v.PicklistSchema<["npm", "tarball", "git", "folder", "file", "link"], undefined>;
            readonly spec: v.StringSchema<undefined>;
            readonly tier: v.PicklistSchema<["isolated", "trusted"], undefined>;
            readonly from: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly integrity: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly needed: v.BooleanSchema<undefined>;
            readonly partial: v.BooleanSchema<undefined>;
            readonly suspect: v.BooleanSchema<undefined>;
            readonly sections: v.ArraySchema<v.StrictObjectSchema<{
                readonly title: v.StringSchema<undefined>;
                readonly lines: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            }, undefined>, undefined>;
            readonly digest: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly error: v.OptionalSchema<v.StrictObjectSchema<{
            readonly code: v.StringSchema<undefined>;
            readonly message: v.StringSchema<undefined>;
            readonly fix: v.StringSchema<undefined>;
            readonly exit: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.commit': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly ticket: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly accept: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly from: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly data: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.discard': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly ticket: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
    }, undefined>>>;
    readonly 'plugins.remove': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly data: v.OptionalSchema<v.BooleanSchema<undefined>, false>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly from: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly data: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.enable': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly from: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly data: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.disable': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly from: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly data: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.grants': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly grants: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly name: v.StringSchema<undefined>;
            readonly version: v.StringSchema<undefined>;
            readonly source: v.PicklistSchema<["npm", "tarball", "git", "folder", "file", "link"], undefined>;
            readonly spec: v.StringSchema<undefined>;
            readonly tier: v.PicklistSchema<["isolated", "trusted"], undefined>;
            readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly by: v.StringSchema<undefined>;
            readonly scanned: v.BooleanSchema<undefined>;
            readonly capabilities: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly taps: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly requires: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly methods: v.RecordSchema<v.StringSchema<undefined>, v.StringSchema<undefined>, undefined>;
            readonly routes: v.RecordSchema<v.StringSchema<undefined>, v.StringSchema<undefined>, undefined>;
            readonly more: v.OptionalSchema<v.StrictObjectSchema<{
                readonly sections: v.ArraySchema<v.StrictObjectSchema<{
                    readonly title: v.StringSchema<undefined>;
                    readonly lines: v.ArraySchema<v.StringSchema<undefined>, undefined>;
                }, undefined>, undefined>;
                readonly digest: v.StringSchema<undefined>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.agree': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly accept: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly from: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly data: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.outdated': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly plugins: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly name: v.StringSchema<undefined>;
            readonly current: v.StringSchema<undefined>;
            readonly wanted: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly latest: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly error: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.search': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly text: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly found: v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly version: v.StringSchema<undefined>;
            readonly description: v.StringSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.doctor': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly fix: v.OptionalSchema<v.BooleanSchema<undefined>, false>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly findings: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly level: v.PicklistSchema<["error", "warning", "note"], undefined>;
            readonly what: v.StringSchema<undefined>;
            readonly fix: v.StringSchema<undefined>;
            readonly repairable: v.BooleanSchema<undefined>;
        }, undefined>, undefined>;
        readonly repaired: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.list': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly plugins: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly state: v.PicklistSchema<["active", "failed", "blocked", "closing"], undefined>;
            readonly origin: v.PicklistSchema<["builtin", "path", "package", "memory"], undefined>;
            readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly why: v.StringSchema<undefined>;
            readonly faults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly error: v.OptionalSchema<v.StrictObjectSchema<{
                readonly code: v.StringSchema<undefined>;
                readonly message: v.StringSchema<undefined>;
                readonly fix: v.StringSchema<undefined>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.info': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 256, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly state: v.PicklistSchema<["active", "failed", "blocked", "closing"], undefined>;
        readonly origin: v.PicklistSchema<["builtin", "path", "package", "memory"], undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly why: v.StringSchema<undefined>;
        readonly faults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly error: v.OptionalSchema<v.StrictObjectSchema<{
            readonly code: v.StringSchema<undefined>;
            readonly message: v.StringSchema<undefined>;
            readonly fix: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly place: v.StringSchema<undefined>;
        readonly tier: v.PicklistSchema<["trusted", "isolated"], undefined>;
        readonly hash: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly generation: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly phases: v.StrictObjectSchema<{
            readonly loadMs: v.NumberSchema<undefined>;
            readonly setupMs: v.NumberSchema<undefined>;
        }, undefined>;
        readonly dependents: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly inflight: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly owned: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly libraries: v.OptionalSchema<v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly version: v.StringSchema<undefined>;
            readonly place: v.PicklistSchema<["beside", "fetched", "missing"], undefined>;
        }, undefined>, undefined>, undefined>;
        readonly required: v.BooleanSchema<undefined>;
        readonly exclusive: v.BooleanSchema<undefined>;
        readonly provides: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly requires: v.ArraySchema<v.StrictObjectSchema<{
            readonly service: v.StringSchema<undefined>;
            readonly optional: v.BooleanSchema<undefined>;
            readonly provider: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly owns: v.RecordSchema<v.StringSchema<undefined>, v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.why': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 256, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly state: v.PicklistSchema<["active", "failed", "blocked", "closing"], undefined>;
        readonly origin: v.PicklistSchema<["builtin", "path", "package", "memory"], undefined>;
        readonly version: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly why: v.StringSchema<undefined>;
        readonly faults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly error: v.OptionalSchema<v.StrictObjectSchema<{
            readonly code: v.StringSchema<undefined>;
            readonly message: v.StringSchema<undefined>;
            readonly fix: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly place: v.StringSchema<undefined>;
        readonly tier: v.PicklistSchema<["trusted", "isolated"], undefined>;
        readonly hash: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly generation: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly phases: v.StrictObjectSchema<{
            readonly loadMs: v.NumberSchema<undefined>;
            readonly setupMs: v.NumberSchema<undefined>;
        }, undefined>;
        readonly dependents: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly inflight: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly owned: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly libraries: v.OptionalSchema<v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly version: v.StringSchema<undefined>;
            readonly place: v.PicklistSchema<["beside", "fetched", "missing"], undefined>;
        }, undefined>, undefined>, undefined>;
    }, undefined>>>;
    readonly 'plugins.reload': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 256, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
}, {
    'plugins.progress': import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly ticket: v.StringSchema<undefined>;
        readonly phase: v.PicklistSchema<["waiting", "fetching", "unpacking", "resolving", "checking", "installing", "hashing", "scanning", "done"], undefined>;
        readonly state: v.PicklistSchema<["working", "ready", "current", "failed"], undefined>;
    }, undefined>>;
}, {}, {}, {}>

declare const pluginsErrors: {
    readonly NEXUS_PLUGINS_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'no plugin of this gateway has that id';
        readonly fix: 'See `nexus plugins list`.';
    };
    readonly NEXUS_PLUGINS_GUARDED: {
        readonly wire: 'FORBIDDEN';
        readonly exit: 77;
        readonly text: 'a {label} may not change which plugins are installed';
        readonly fix: 'Have an operator do it.';
    };
    readonly NEXUS_PLUGINS_SPEC: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 2;
        readonly text: 'that is no plugin\'s address';
        readonly fix: 'Give a package such as nexus-weather or nexus-weather@^1, a path that begins with / ./ ../ or ~/ (a tarball, a folder or a file), or git+https:// git+ssh:// git+file:// with #REF at the end if need be.';
    };
    readonly NEXUS_PLUGINS_NO_PLACE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'there is no such file or folder';
        readonly fix: 'Check the path; it is the gateway that reads it.';
    };
    readonly NEXUS_PLUGINS_NOT_LINKABLE: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 2;
        readonly text: 'only a folder or a file can be linked';
        readonly fix: 'Leave out --link.';
    };
    readonly NEXUS_PLUGINS_NOT_INSTALLED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'no plugin with that id was installed with `nexus plugins add`';
        readonly fix: 'See `nexus plugins grants` for those that were. One that ships with the gateway is left out with `nexus plugins disable ID`.';
    };
    readonly NEXUS_PLUGINS_TICKET: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is no such ticket, or it has expired';
        readonly fix: 'Stage it again; a ticket is good for 15 minutes.';
    };
    readonly NEXUS_PLUGINS_TICKET_BUSY: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly retryable: true;
        readonly text: 'this ticket is not ready';
        readonly fix: 'Ask `plugins.staged` until its state is "ready".';
    };
    readonly NEXUS_PLUGINS_TOO_MANY: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 429;
        readonly retryable: true;
        readonly text: 'too many plugins are being installed at once';
        readonly fix: 'Commit or discard some of them first.';
    };
    readonly NEXUS_PLUGINS_ACCEPT: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'what was agreed to is not what is there now';
        readonly fix: "Look at it again. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_NO_SETTINGS: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'the settings cannot be changed here';
        readonly fix: 'Turn on the plugin `config`.';
    };
    readonly NEXUS_PLUGINS_LIST_ELSEWHERE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the list `plugins` stands in {place}, not in the settings file itself';
        readonly fix: 'Change it there by hand.';
    };
    readonly NEXUS_PLUGINS_ARCHIVE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the package was refused: {reason}';
        readonly fix: "Tell its author. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_ODD_FILE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: '{file} is neither a file nor a folder';
        readonly fix: "A plugin may hold no links, pipes or devices. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_PACKAGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the package is not one that can be installed: {reason}';
        readonly fix: "Tell its author. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_NOT_A_PLUGIN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the package is no plugin: its package.json has no "nexus"';
        readonly fix: "If it is yours, run `nexus plugins pack`, which writes it. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_STUB: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the manifest of "{plugin}" does not say what the plugin does, and its code is not run to find out';
        readonly fix: "If it is yours, run `nexus plugins pack`, which writes the whole manifest, or add it with --link. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_RESERVED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the id "{plugin}" belongs to the gateway itself';
        readonly fix: "Its author has to choose another one. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_OTHER_PACKAGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the id "{plugin}" is that of a plugin from another package, {other}';
        readonly fix: "If it shall take its place, run `nexus plugins remove {plugin}` first. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_SIMILAR: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the name of the package is easily mistaken for {other}';
        readonly fix: "Look at the spelling; if it is really meant, add --allow-similar. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_DOWNGRADE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'version {version} of "{plugin}" is lower than {current}, which is installed';
        readonly fix: "If it is really meant, add it with --downgrade. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_MISMATCH: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'version {version} of "{plugin}" is not what it was when it was installed';
        readonly fix: 'A version never changes by itself: ask its author, and find out who changed it. The one that is installed stays.';
    };
    readonly NEXUS_PLUGINS_NEEDS_TRUST: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'plugin "{plugin}" runs only inside the gateway\'s process, where nothing contains it';
        readonly fix: "If you trust its author with all the gateway can do, add it with --trusted. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_NATIVE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: '{what} holds machine code or wants to build some, and the plugin does not declare the capability "native"';
        readonly fix: "Its author has to declare it, so that you can be asked. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_DEPENDENCY: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the dependency {name} does not come from the registry by version';
        readonly fix: "Its author has to publish it there. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_DEPENDENCY_ARCHIVE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the dependency {name} was refused: {reason}';
        readonly fix: "Tell its author. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_TOO_LARGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'with its dependencies it is too large: {what}';
        readonly fix: "Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_DENIED: {
        readonly exit: 1;
        readonly wire: 'FORBIDDEN';
        readonly status: 403;
        readonly text: '`pluginPolicy` keeps "{plugin}" out';
        readonly fix: "Change `allow` or `deny` of `pluginPolicy` in nexus.json5. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_TOO_YOUNG: {
        readonly exit: 1;
        readonly wire: 'FORBIDDEN';
        readonly status: 403;
        readonly text: '{what} has not been out for as long as `pluginPolicy.minimumReleaseAge` asks';
        readonly fix: "Wait, name an older version, or set `pluginPolicy.minimumReleaseAge` (0 turns it off). Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_AGE_UNKNOWN: {
        readonly exit: 1;
        readonly wire: 'FORBIDDEN';
        readonly status: 403;
        readonly text: 'the registry does not say how long {what} has been out';
        readonly fix: "Set `pluginPolicy.minimumReleaseAge` to 0 to do without. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_MALICIOUS: {
        readonly exit: 1;
        readonly wire: 'FORBIDDEN';
        readonly status: 403;
        readonly text: 'the scanner calls it malicious: {findings}';
        readonly fix: "Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_SCAN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'the scanner could not look at it: {reason}';
        readonly fix: "Mend or leave out the plugin that provides scanner/1. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_LIBRARY: {
        readonly wire: 'UNAVAILABLE';
        readonly exit: 69;
        readonly text: 'plugin "{plugin}" needs {libraries}, which is not here ({size} with all that belongs to it)';
        readonly fix: 'Run `nexus plugins enable {plugin}`, which fetches it.';
    };
    readonly NEXUS_PLUGINS_LIBRARY_TAMPERED: {
        readonly wire: 'UNAVAILABLE';
        readonly exit: 70;
        readonly text: 'the libraries of plugin "{plugin}" are not what was fetched: {files}';
        readonly fix: 'Run `nexus plugins enable {plugin}`, which fetches them again, and find out who changed them.';
    };
    readonly NEXUS_PLUGINS_NO_PROGRAM: {
        readonly wire: 'UNAVAILABLE';
        readonly exit: 69;
        readonly text: '{program} is not there';
        readonly fix: 'Install it, or set PATH so that the gateway finds it.';
    };
    readonly NEXUS_PLUGINS_PROGRAM: {
        readonly wire: 'UNAVAILABLE';
        readonly exit: 69;
        readonly text: '{program} did not manage it: {reason}';
        readonly fix: "Check the name, the network and the registry. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_STOPPED: {
        readonly wire: 'UNAVAILABLE';
        readonly exit: 75;
        readonly text: '{program} was stopped: {why}';
        readonly fix: "Try again. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_LOCK_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly exit: 75;
        readonly retryable: true;
        readonly text: '{file} is being changed by somebody else all the time';
        readonly fix: 'Try again; if nobody is at it, remove the file.';
    };
    readonly NEXUS_PLUGINS_DISK: {
        readonly wire: 'UNAVAILABLE';
        readonly exit: 73;
        readonly text: 'the plugin could not be put in place: {reason}';
        readonly fix: "Check the room and the modes in the state directory. Nothing was changed.";
    };
    readonly NEXUS_PLUGINS_BAD_LOCK: {
        readonly wire: 'UNAVAILABLE';
        readonly exit: 78;
        readonly text: '{file} cannot be used: {reason}';
        readonly fix: 'Restore it from a backup, or remove it and install the plugins again.';
    };
    readonly NEXUS_PLUGINS_NOT_STARTED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 1;
        readonly text: 'plugin "{plugin}" does not run: {reason}';
        readonly fix: 'Everything is as before. Tell its author.';
    };
    readonly NEXUS_PLUGINS_CONSENT: {
        readonly exit: 2;
        readonly text: 'nobody has agreed to that';
        readonly fix: 'Run it on a terminal to be asked, or read what it asks for and add --yes.';
    };
    readonly NEXUS_PLUGINS_WHICH: {
        readonly exit: 2;
        readonly text: 'which plugin is to be updated?';
        readonly fix: 'Name its id, or give --all.';
    };
    readonly NEXUS_PLUGINS_SUSPECT: {
        readonly exit: 2;
        readonly text: 'the scanner suspects it, which --yes does not cover';
        readonly fix: 'Run it on a terminal and decide.';
    };
}

declare function supplyLibraries(call: CallVerb, id: string, phase: (name: InstallPhase) => void, signal: AbortSignal): Promise<void>
