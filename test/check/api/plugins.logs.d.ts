// The public types of plugins/logs/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: LogsTailParams, LogsTailResult, logs, logsErrors, secretsHeld
export {}

declare const LogsTailParams: v.StrictObjectSchema<{
    readonly cursor: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 5000, undefined>]>, 500>;
    readonly maxBytes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 1000000, undefined>]>, 250000>;
}, undefined>

declare const LogsTailResult: v.StrictObjectSchema<{
    readonly file: v.StringSchema<undefined>;
    readonly cursor: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly lines: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly truncated: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly reset: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    readonly skippedBytes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
}, undefined>

declare const logs: import("nexus-gateway/sdk").Contract<"logs", {
    readonly 'logs.tail': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly cursor: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 5000, undefined>]>, 500>;
        readonly maxBytes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 1000000, undefined>]>, 250000>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly file: v.StringSchema<undefined>;
        readonly cursor: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly size: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly lines: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly truncated: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly reset: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly skippedBytes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    }, undefined>>>;
}, {}, {}, {}, {}>

declare const logsErrors: {
    readonly NEXUS_LOGS_UNREADABLE: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 66;
        readonly text: 'the log file {file} cannot be read: {reason}';
        readonly fix: 'Correct its owner and mode.';
    };
    readonly NEXUS_LOGS_LIMIT: {
        readonly exit: 2;
        readonly text: '--limit takes a number from 1 to 5000';
        readonly fix: 'Try `nexus logs --limit 200`.';
    };
}

declare const secretsHeld: import("nexus-gateway/sdk").HookToken<[], readonly string[] | undefined, (readonly string[])[]>
