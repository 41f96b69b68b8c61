// The public types of plugins/journal/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: ExportedHead, Journal, JournalApi, JournalEntry, JournalFault, JournalRecord, JournalReport, journal, journalErrors
export {}

declare const ExportedHead: v.StrictObjectSchema<{
    readonly journal: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
    readonly n: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
    readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
}, undefined>;
type ExportedHead = v.InferOutput<typeof ExportedHead>

declare const Journal: import("nexus-gateway/sdk").ServiceToken<JournalApi>

declare interface JournalApi {
    record(entry: JournalEntry): Promise<number>;
}

declare interface JournalEntry {
    readonly cause: Cause;
    readonly verb: string;
    readonly access?: string;
    readonly subject?: string;
    readonly params?: unknown;
    readonly decision: 'allow' | 'deny';
    readonly outcome: 'pending' | 'ok' | 'failed' | 'refused';
    readonly code?: string;
    readonly ms?: number;
    readonly of?: number;
}

declare const JournalFault: v.StrictObjectSchema<{
    readonly kind: v.PicklistSchema<["absent", "key", "head", "segment", "form", "altered", "order", "short", "removed", "rolled-back", "set-aside"], undefined>;
    readonly text: v.StringSchema<undefined>;
    readonly segment: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly offset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly n: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
}, undefined>;
type JournalFault = v.InferOutput<typeof JournalFault>

declare const JournalRecord: v.LooseObjectSchema<{
    readonly n: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
    readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly trace: v.StringSchema<undefined>;
    readonly caller: v.ObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly role: v.StringSchema<undefined>;
        readonly label: v.StringSchema<undefined>;
    }, undefined>;
    readonly path: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly verb: v.StringSchema<undefined>;
    readonly access: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly subject: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly params: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
    readonly decision: v.PicklistSchema<["allow", "deny"], undefined>;
    readonly outcome: v.PicklistSchema<["pending", "ok", "failed", "refused"], undefined>;
    readonly code: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly ms: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    readonly of: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
    readonly anchor: v.OptionalSchema<v.ObjectSchema<{
        readonly to: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
        readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
    }, undefined>, undefined>;
    readonly prev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
    readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
}, undefined>;
type JournalRecord = v.InferOutput<typeof JournalRecord>

declare const JournalReport: v.StrictObjectSchema<{
    readonly ok: v.BooleanSchema<undefined>;
    readonly first: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly last: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly records: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly bytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly segments: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly head: v.NullableSchema<v.StrictObjectSchema<{
        readonly journal: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        readonly n: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>, undefined>;
    readonly pastHead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly removedTo: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly exported: v.OptionalSchema<v.PicklistSchema<["confirmed", "removed", "refuted"], undefined>, undefined>;
    readonly faults: v.ArraySchema<v.StrictObjectSchema<{
        readonly kind: v.PicklistSchema<["absent", "key", "head", "segment", "form", "altered", "order", "short", "removed", "rolled-back", "set-aside"], undefined>;
        readonly text: v.StringSchema<undefined>;
        readonly segment: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly offset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly n: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
    }, undefined>, undefined>;
    readonly faultCount: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
}, undefined>;
type JournalReport = v.InferOutput<typeof JournalReport>

declare const journal: import("nexus-gateway/sdk").Contract<"journal", {
    readonly 'journal.tail': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 1000, undefined>]>, 50>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly records: v.ArraySchema<v.LooseObjectSchema<{
            readonly n: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
            readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly trace: v.StringSchema<undefined>;
            readonly caller: v.ObjectSchema<{
                readonly id: v.StringSchema<undefined>;
                readonly role: v.StringSchema<undefined>;
                readonly label: v.StringSchema<undefined>;
            }, undefined>;
            readonly path: v.ArraySchema<v.StringSchema<undefined>, undefined>;
            readonly verb: v.StringSchema<undefined>;
            readonly access: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly subject: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly params: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
            readonly decision: v.PicklistSchema<["allow", "deny"], undefined>;
            readonly outcome: v.PicklistSchema<["pending", "ok", "failed", "refused"], undefined>;
            readonly code: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly ms: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly of: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
            readonly anchor: v.OptionalSchema<v.ObjectSchema<{
                readonly to: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            }, undefined>, undefined>;
            readonly prev: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'journal.verify': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly head: v.OptionalSchema<v.StrictObjectSchema<{
            readonly journal: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            readonly n: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.BooleanSchema<undefined>;
        readonly first: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly last: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly records: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly bytes: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly segments: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly head: v.NullableSchema<v.StrictObjectSchema<{
            readonly journal: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            readonly n: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
            readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly pastHead: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly removedTo: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly exported: v.OptionalSchema<v.PicklistSchema<["confirmed", "removed", "refuted"], undefined>, undefined>;
        readonly faults: v.ArraySchema<v.StrictObjectSchema<{
            readonly kind: v.PicklistSchema<["absent", "key", "head", "segment", "form", "altered", "order", "short", "removed", "rolled-back", "set-aside"], undefined>;
            readonly text: v.StringSchema<undefined>;
            readonly segment: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly offset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly n: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
        }, undefined>, undefined>;
        readonly faultCount: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
    readonly 'journal.export': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly journal: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        readonly n: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly hash: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>;
        readonly time: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
}, {}, {}, {
    readonly journal: import("nexus-gateway/sdk").ServiceToken<JournalApi>;
}, {}>

declare const journalErrors: {
    readonly NEXUS_JOURNAL_UNWRITABLE: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly status: 507;
        readonly exit: 73;
        readonly text: 'the journal cannot be written ({reason}), so nothing privileged is done';
        readonly fix: 'Check that the disk has space and the state directory is writable, then try again. Reads go on.';
    };
    readonly NEXUS_JOURNAL_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'more than {limit} records wait for the journal';
        readonly fix: 'Try again in a moment; if it stays so, the disk is too slow.';
    };
    readonly NEXUS_JOURNAL_READ: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 66;
        readonly text: 'the journal in {dir} cannot be read: {reason}';
        readonly fix: 'Check the path and the rights; the files belong to the user that runs the gateway.';
    };
    readonly NEXUS_JOURNAL_NO_RECORD: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly exit: 66;
        readonly text: 'the journal has no record of that number';
        readonly fix: 'See `nexus journal tail` for the newest; the oldest may have been removed by retention.';
    };
    readonly NEXUS_JOURNAL_NO_HEAD: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly exit: 65;
        readonly text: 'the head of the journal in {dir} is missing or not genuine';
        readonly fix: 'See what is wrong with `nexus journal verify`.';
    };
    readonly NEXUS_JOURNAL_EXPORT: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 65;
        readonly text: 'that file is no exported head';
        readonly fix: 'Give a file that `nexus journal export` has written.';
    };
    readonly NEXUS_JOURNAL_NUMBER: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 64;
        readonly text: 'that is not a number from {min} to {max}';
        readonly fix: 'Give a whole number, as in `nexus journal show 12`.';
    };
}
