// The public types of plugins/containment/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: ContainmentList, Quarantined, Released, containment, containmentErrors
export {}

declare const ContainmentList: v.StrictObjectSchema<{
    readonly quarantined: v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly reason: v.StringSchema<undefined>;
        readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>, undefined>;
    readonly faults: v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly faults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly most: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly windowMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly last: v.StringSchema<undefined>;
        readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>, undefined>;
    readonly watching: v.BooleanSchema<undefined>;
}, undefined>;
type ContainmentList = v.InferOutput<typeof ContainmentList>

declare const Quarantined: v.StrictObjectSchema<{
    readonly id: v.StringSchema<undefined>;
    readonly reason: v.StringSchema<undefined>;
    readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
}, undefined>;
type Quarantined = v.InferOutput<typeof Quarantined>

declare const Released: v.StrictObjectSchema<{
    readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
    readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type Released = v.InferOutput<typeof Released>

declare const containment: import("nexus-gateway/sdk").Contract<"containment", {
    readonly 'containment.list': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{}, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly quarantined: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly reason: v.StringSchema<undefined>;
            readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly faults: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly faults: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly most: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly windowMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly last: v.StringSchema<undefined>;
            readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly watching: v.BooleanSchema<undefined>;
    }, undefined>>>;
    readonly 'containment.release': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 256, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly scheduled: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly started: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
}, {
    readonly 'plugin.quarantined': import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly reason: v.StringSchema<undefined>;
        readonly at: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>>;
}, {}, {}, {}>

declare const containmentErrors: {
    readonly NEXUS_CONTAINMENT_NOT_HELD: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'no plugin of that id is in quarantine';
        readonly fix: 'See `nexus containment list`.';
    };
}
