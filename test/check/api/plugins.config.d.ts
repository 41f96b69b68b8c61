// The public types of plugins/config/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: ConfigDiff, ConfigExplanation, ConfigHistory, ConfigIssue, ConfigSchema, ConfigSnapshot, ConfigVerdict, ConfigWriteResult, Diagnosis, DoctorFinding, config, doctorChecks, sentinel, settingsErrors
export {}

declare const ConfigDiff: v.StrictObjectSchema<{
    readonly from: v.StringSchema<undefined>;
    readonly to: v.StringSchema<undefined>;
    readonly changes: v.ArraySchema<v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly kind: v.PicklistSchema<["added", "removed", "changed"], undefined>;
        readonly before: v.OptionalSchema<v.UnknownSchema, undefined>;
        readonly after: v.OptionalSchema<v.UnknownSchema, undefined>;
        readonly secret: v.BooleanSchema<undefined>;
    }, undefined>, undefined>;
    readonly text: v.StringSchema<undefined>;
}, undefined>;
type ConfigDiff = v.InferOutput<typeof ConfigDiff>

declare const ConfigExplanation: v.StrictObjectSchema<{
    readonly path: v.StringSchema<undefined>;
    readonly set: v.BooleanSchema<undefined>;
    readonly value: v.OptionalSchema<v.UnknownSchema, undefined>;
    readonly layer: v.PicklistSchema<["override", "file", "include", "env", "default", "none"], undefined>;
    readonly place: v.OptionalSchema<v.StrictObjectSchema<{
        readonly file: v.StringSchema<undefined>;
        readonly line: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly column: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>, undefined>;
    readonly variables: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly known: v.BooleanSchema<undefined>;
    readonly meant: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly secret: v.BooleanSchema<undefined>;
    readonly source: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly agentWritable: v.BooleanSchema<undefined>;
    readonly type: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly enum: v.OptionalSchema<v.ArraySchema<v.UnknownSchema, undefined>, undefined>;
    readonly default: v.OptionalSchema<v.UnknownSchema, undefined>;
    readonly description: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly keys: v.ArraySchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type ConfigExplanation = v.InferOutput<typeof ConfigExplanation>

declare const ConfigHistory: v.StrictObjectSchema<{
    readonly backups: v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly bytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly hash: v.StringSchema<undefined>;
    }, undefined>, undefined>;
}, undefined>;
type ConfigHistory = v.InferOutput<typeof ConfigHistory>

declare const ConfigIssue: v.StrictObjectSchema<{
    readonly path: v.StringSchema<undefined>;
    readonly message: v.StringSchema<undefined>;
    readonly meant: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly file: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly line: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly column: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly excerpt: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type ConfigIssue = v.InferOutput<typeof ConfigIssue>

declare const ConfigSchema: v.StrictObjectSchema<{
    readonly schema: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly uiHints: v.RecordSchema<v.StringSchema<undefined>, v.StrictObjectSchema<{
        readonly help: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly sensitive: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly agentWritable: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>, undefined>;
    readonly version: v.StringSchema<undefined>;
    readonly generatedAt: v.StringSchema<undefined>;
}, undefined>;
type ConfigSchema = v.InferOutput<typeof ConfigSchema>

declare const ConfigSnapshot: v.StrictObjectSchema<{
    readonly path: v.StringSchema<undefined>;
    readonly exists: v.BooleanSchema<undefined>;
    readonly hash: v.StringSchema<undefined>;
    readonly raw: v.NullableSchema<v.StringSchema<undefined>, undefined>;
    readonly parsed: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly resolved: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly sourceConfig: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly config: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly runtimeConfig: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly valid: v.BooleanSchema<undefined>;
    readonly issues: v.ArraySchema<v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly message: v.StringSchema<undefined>;
        readonly meant: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly file: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly line: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly column: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly excerpt: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, undefined>;
    readonly warnings: v.ArraySchema<v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly message: v.StringSchema<undefined>;
    }, undefined>, undefined>;
    readonly legacyIssues: v.ArraySchema<v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly message: v.StringSchema<undefined>;
    }, undefined>, undefined>;
    readonly includedPaths: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly includeProvenance: v.ArraySchema<v.UnknownSchema, undefined>;
    readonly agentRosterIncludeOwned: v.BooleanSchema<undefined>;
    readonly bindingsIncludeOwned: v.BooleanSchema<undefined>;
    readonly mode: v.PicklistSchema<["normal", "degraded", "safe"], undefined>;
    readonly reasons: v.ArraySchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type ConfigSnapshot = v.InferOutput<typeof ConfigSnapshot>

declare const ConfigVerdict: v.StrictObjectSchema<{
    readonly ok: v.BooleanSchema<undefined>;
    readonly path: v.StringSchema<undefined>;
    readonly issues: v.ArraySchema<v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly message: v.StringSchema<undefined>;
        readonly meant: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly file: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly line: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly column: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly excerpt: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, undefined>;
    readonly notes: v.ArraySchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type ConfigVerdict = v.InferOutput<typeof ConfigVerdict>

declare const ConfigWriteResult: v.StrictObjectSchema<{
    readonly ok: v.LiteralSchema<true, undefined>;
    readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
    readonly path: v.StringSchema<undefined>;
    readonly hash: v.StringSchema<undefined>;
    readonly changed: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly restart: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly report: v.StrictObjectSchema<{
        readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>;
    readonly notes: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly config: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
}, undefined>;
type ConfigWriteResult = v.InferOutput<typeof ConfigWriteResult>

declare const Diagnosis: v.StrictObjectSchema<{
    readonly ok: v.BooleanSchema<undefined>;
    readonly findings: v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly level: v.PicklistSchema<["error", "warning", "note"], undefined>;
        readonly what: v.StringSchema<undefined>;
        readonly fix: v.StringSchema<undefined>;
        readonly repairable: v.BooleanSchema<undefined>;
    }, undefined>, undefined>;
    readonly repaired: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly failed: v.ArraySchema<v.StrictObjectSchema<{
        readonly what: v.StringSchema<undefined>;
        readonly reason: v.StringSchema<undefined>;
    }, undefined>, undefined>;
}, undefined>;
type Diagnosis = v.InferOutput<typeof Diagnosis>

declare interface DoctorFinding {
    readonly id: string;
    readonly level: 'error' | 'warning' | 'note';
    readonly what: string;
    readonly fix: string;
    readonly repair?: () => MaybePromise<void>;
}

declare const config: import("nexus-gateway/sdk").Contract<"config", {
    readonly 'config.get': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly exists: v.BooleanSchema<undefined>;
        readonly hash: v.StringSchema<undefined>;
        readonly raw: v.NullableSchema<v.StringSchema<undefined>, undefined>;
        readonly parsed: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly resolved: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly sourceConfig: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly config: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly runtimeConfig: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly valid: v.BooleanSchema<undefined>;
        readonly issues: v.ArraySchema<v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly message: v.StringSchema<undefined>;
            readonly meant: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly file: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly line: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly column: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly excerpt: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly warnings: v.ArraySchema<v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly message: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly legacyIssues: v.ArraySchema<v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly message: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly includedPaths: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly includeProvenance: v.ArraySchema<v.UnknownSchema, undefined>;
        readonly agentRosterIncludeOwned: v.BooleanSchema<undefined>;
        readonly bindingsIncludeOwned: v.BooleanSchema<undefined>;
        readonly mode: v.PicklistSchema<["normal", "degraded", "safe"], undefined>;
        readonly reasons: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'config.set': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly baseHash: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly force: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly raw: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly path: v.StringSchema<undefined>;
        readonly hash: v.StringSchema<undefined>;
        readonly changed: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly restart: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly report: v.StrictObjectSchema<{
            readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
            readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        }, undefined>;
        readonly notes: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly config: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    }, undefined>>>;
    readonly 'config.apply': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly baseHash: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly force: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly note: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly restartDelayMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly deliveryContext: v.OptionalSchema<v.StrictObjectSchema<{
            readonly channel: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly to: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly accountId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly threadId: v.OptionalSchema<v.UnionSchema<[v.StringSchema<undefined>, v.NumberSchema<undefined>], undefined>, undefined>;
        }, undefined>, undefined>;
        readonly raw: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly path: v.StringSchema<undefined>;
        readonly hash: v.StringSchema<undefined>;
        readonly changed: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly restart: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly report: v.StrictObjectSchema<{
            readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
            readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        }, undefined>;
        readonly notes: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly config: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    }, undefined>>>;
    readonly 'config.patch': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly baseHash: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly force: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly note: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly restartDelayMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly deliveryContext: v.OptionalSchema<v.StrictObjectSchema<{
            readonly channel: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly to: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly accountId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly threadId: v.OptionalSchema<v.UnionSchema<[v.StringSchema<undefined>, v.NumberSchema<undefined>], undefined>, undefined>;
        }, undefined>, undefined>;
        readonly raw: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly replacePaths: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>, v.MaxLengthAction<string[], 256, undefined>]>, readonly []>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly path: v.StringSchema<undefined>;
        readonly hash: v.StringSchema<undefined>;
        readonly changed: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly restart: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly report: v.StrictObjectSchema<{
            readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
            readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        }, undefined>;
        readonly notes: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly config: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    }, undefined>>>;
    readonly 'config.edit': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly baseHash: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly force: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly set: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
            readonly path: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
            readonly value: v.UnknownSchema;
        }, undefined>, undefined>, v.MaxLengthAction<{
            path: string;
            value: unknown;
        }[], 1000, undefined>]>, readonly []>;
        readonly unset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>, v.MaxLengthAction<string[], 1000, undefined>]>, readonly []>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly path: v.StringSchema<undefined>;
        readonly hash: v.StringSchema<undefined>;
        readonly changed: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly restart: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly report: v.StrictObjectSchema<{
            readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
            readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        }, undefined>;
        readonly notes: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly config: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    }, undefined>>>;
    readonly 'config.restore': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly baseHash: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly force: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly noop: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly path: v.StringSchema<undefined>;
        readonly hash: v.StringSchema<undefined>;
        readonly changed: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly restart: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly report: v.StrictObjectSchema<{
            readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
            readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly stopped: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly blocked: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        }, undefined>;
        readonly notes: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly config: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    }, undefined>>>;
    readonly 'config.schema': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly schema: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
        readonly uiHints: v.RecordSchema<v.StringSchema<undefined>, v.StrictObjectSchema<{
            readonly help: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly sensitive: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
            readonly agentWritable: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly version: v.StringSchema<undefined>;
        readonly generatedAt: v.StringSchema<undefined>;
    }, undefined>>>;
    readonly 'config.validate': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly raw: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.BooleanSchema<undefined>;
        readonly path: v.StringSchema<undefined>;
        readonly issues: v.ArraySchema<v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly message: v.StringSchema<undefined>;
            readonly meant: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly file: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly line: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly column: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly excerpt: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly notes: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'config.diff': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly from: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly raw: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly from: v.StringSchema<undefined>;
        readonly to: v.StringSchema<undefined>;
        readonly changes: v.ArraySchema<v.StrictObjectSchema<{
            readonly path: v.StringSchema<undefined>;
            readonly kind: v.PicklistSchema<["added", "removed", "changed"], undefined>;
            readonly before: v.OptionalSchema<v.UnknownSchema, undefined>;
            readonly after: v.OptionalSchema<v.UnknownSchema, undefined>;
            readonly secret: v.BooleanSchema<undefined>;
        }, undefined>, undefined>;
        readonly text: v.StringSchema<undefined>;
    }, undefined>>>;
    readonly 'config.history': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly backups: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly bytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly hash: v.StringSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'config.explain': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly path: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, number, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly path: v.StringSchema<undefined>;
        readonly set: v.BooleanSchema<undefined>;
        readonly value: v.OptionalSchema<v.UnknownSchema, undefined>;
        readonly layer: v.PicklistSchema<["override", "file", "include", "env", "default", "none"], undefined>;
        readonly place: v.OptionalSchema<v.StrictObjectSchema<{
            readonly file: v.StringSchema<undefined>;
            readonly line: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly column: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly variables: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly known: v.BooleanSchema<undefined>;
        readonly meant: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly secret: v.BooleanSchema<undefined>;
        readonly source: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly agentWritable: v.BooleanSchema<undefined>;
        readonly type: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly enum: v.OptionalSchema<v.ArraySchema<v.UnknownSchema, undefined>, undefined>;
        readonly default: v.OptionalSchema<v.UnknownSchema, undefined>;
        readonly description: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly keys: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'config.doctor': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly fix: v.OptionalSchema<v.BooleanSchema<undefined>, false>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.BooleanSchema<undefined>;
        readonly findings: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly level: v.PicklistSchema<["error", "warning", "note"], undefined>;
            readonly what: v.StringSchema<undefined>;
            readonly fix: v.StringSchema<undefined>;
            readonly repairable: v.BooleanSchema<undefined>;
        }, undefined>, undefined>;
        readonly repaired: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly failed: v.ArraySchema<v.StrictObjectSchema<{
            readonly what: v.StringSchema<undefined>;
            readonly reason: v.StringSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
}, {}, {}, {}, {}>

declare const doctorChecks: import("nexus-gateway/sdk").HookToken<[], readonly DoctorFinding[] | undefined, (readonly DoctorFinding[])[]>

declare const sentinel = "__NEXUS_REDACTED__"

declare const settingsErrors: {
    readonly NEXUS_CONFIG_BASE_HASH: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: 'a change of the settings needs baseHash, and the file is there';
        readonly fix: 'Read it with config.get and send its hash along.';
    };
    readonly NEXUS_CONFIG_STALE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 75;
        readonly text: 'the settings were changed since they were read';
        readonly fix: 'Read them again with config.get and make the change anew.';
    };
    readonly NEXUS_CONFIG_FAULTY: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: 'nothing was changed, because the new settings would not be valid: {faults}';
        readonly fix: 'Correct what is named.';
    };
    readonly NEXUS_CONFIG_BROKEN: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly status: 409;
        readonly text: '{file} cannot be read as it is, so it cannot be changed: {faults}';
        readonly fix: 'Mend it with `nexus config edit`, or go back with `nexus config history` and `nexus config restore ID`.';
    };
    readonly NEXUS_CONFIG_GUARDED: {
        readonly wire: 'FORBIDDEN';
        readonly exit: 77;
        readonly text: 'a {label} may not change {keys}';
        readonly fix: 'Have an operator change it. Agents may change only what a plugin\'s schema marks with agentWritable.';
    };
    readonly NEXUS_CONFIG_SENTINEL: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: '"{path}" has no secret that could be kept';
        readonly fix: 'Send the value itself, or a reference such as { $secret: "env:NAME" }.';
    };
    readonly NEXUS_CONFIG_SHRINKING_LIST: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: 'the list "{path}" would lose entries';
        readonly fix: 'Name it in replacePaths if that is meant.';
    };
    readonly NEXUS_CONFIG_ELSEWHERE: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: '"{path}" does not stand in {file}: {place} gives it';
        readonly fix: 'Change it there.';
    };
    readonly NEXUS_CONFIG_NO_PLACE: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: '"{path}" leads through something that is no table or list, or past the end of a list';
        readonly fix: 'See `nexus config get`.';
    };
    readonly NEXUS_CONFIG_SHAPE: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: 'the settings must be one object';
        readonly fix: 'Send something like { gateway: { port: 19789 } }.';
    };
    readonly NEXUS_CONFIG_TEXT: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: 'line {line}, column {column}: {reason}';
        readonly fix: 'Correct it; it is JSON5.';
    };
    readonly NEXUS_CONFIG_UNEDITABLE: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly status: 409;
        readonly text: 'this change cannot be made without spoiling the form of the file';
        readonly fix: 'Make it by hand with `nexus config edit`.';
    };
    readonly NEXUS_CONFIG_NO_VALUE: {
        readonly exit: 1;
        readonly text: '"{path}" is not set';
        readonly fix: '{hint}';
    };
    readonly NEXUS_CONFIG_SECRET_ARGUMENT: {
        readonly exit: 2;
        readonly text: '"{path}" is a secret, and other programs can read what stands on a command line';
        readonly fix: 'Leave the value out and pipe it in or type it, or give a reference: nexus config set {path} \'{ $secret: "env:NAME" }\'.';
    };
    readonly NEXUS_CONFIG_EDITOR: {
        readonly exit: 1;
        readonly text: 'the editor did not end well: {reason}';
        readonly fix: 'Set VISUAL or EDITOR. What you wrote is kept in {copy}; go on with `nexus config edit --from {copy}`.';
    };
    readonly NEXUS_CONFIG_FILE: {
        readonly exit: 66;
        readonly text: 'cannot read {file}: {reason}';
        readonly fix: 'Check the path and its mode.';
    };
}
