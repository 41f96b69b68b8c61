// The public types of plugins/chat/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: ChatEvent, chat, chatErrors
export {}

declare const ChatEvent: v.VariantSchema<"state", [v.StrictObjectSchema<{
    readonly runId: v.StringSchema<undefined>;
    readonly sessionKey: v.StringSchema<undefined>;
    readonly agentId: v.StringSchema<undefined>;
    readonly seq: v.NumberSchema<undefined>;
    readonly state: v.LiteralSchema<"delta", undefined>;
    readonly deltaText: v.StringSchema<undefined>;
    readonly replace: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
    readonly message: v.OptionalSchema<v.StrictObjectSchema<{
        readonly role: v.LiteralSchema<"assistant", undefined>;
        readonly content: v.ArraySchema<v.StrictObjectSchema<{
            readonly type: v.LiteralSchema<"text", undefined>;
            readonly text: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly timestamp: v.NumberSchema<undefined>;
    }, undefined>, undefined>;
}, undefined>, v.StrictObjectSchema<{
    readonly runId: v.StringSchema<undefined>;
    readonly sessionKey: v.StringSchema<undefined>;
    readonly agentId: v.StringSchema<undefined>;
    readonly seq: v.NumberSchema<undefined>;
    readonly state: v.LiteralSchema<"final", undefined>;
    readonly message: v.OptionalSchema<v.StrictObjectSchema<{
        readonly role: v.LiteralSchema<"assistant", undefined>;
        readonly content: v.ArraySchema<v.StrictObjectSchema<{
            readonly type: v.LiteralSchema<"text", undefined>;
            readonly text: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly timestamp: v.NumberSchema<undefined>;
    }, undefined>, undefined>;
    readonly usage: v.StrictObjectSchema<{
        readonly input: v.NumberSchema<undefined>;
        readonly output: v.NumberSchema<undefined>;
        readonly cacheRead: v.NumberSchema<undefined>;
        readonly cacheWrite: v.NumberSchema<undefined>;
        readonly totalTokens: v.NumberSchema<undefined>;
        readonly reasoning: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        readonly reported: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    }, undefined>;
    readonly stopReason: v.StringSchema<undefined>;
    readonly joined: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
}, undefined>, v.StrictObjectSchema<{
    readonly runId: v.StringSchema<undefined>;
    readonly sessionKey: v.StringSchema<undefined>;
    readonly agentId: v.StringSchema<undefined>;
    readonly seq: v.NumberSchema<undefined>;
    readonly state: v.LiteralSchema<"aborted", undefined>;
    readonly message: v.OptionalSchema<v.StrictObjectSchema<{
        readonly role: v.LiteralSchema<"assistant", undefined>;
        readonly content: v.ArraySchema<v.StrictObjectSchema<{
            readonly type: v.LiteralSchema<"text", undefined>;
            readonly text: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly timestamp: v.NumberSchema<undefined>;
    }, undefined>, undefined>;
    readonly errorMessage: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly stopReason: v.StringSchema<undefined>;
}, undefined>, v.StrictObjectSchema<{
    readonly runId: v.StringSchema<undefined>;
    readonly sessionKey: v.StringSchema<undefined>;
    readonly agentId: v.StringSchema<undefined>;
    readonly seq: v.NumberSchema<undefined>;
    readonly state: v.LiteralSchema<"error", undefined>;
    readonly message: v.OptionalSchema<v.StrictObjectSchema<{
        readonly role: v.LiteralSchema<"assistant", undefined>;
        readonly content: v.ArraySchema<v.StrictObjectSchema<{
            readonly type: v.LiteralSchema<"text", undefined>;
            readonly text: v.StringSchema<undefined>;
        }, undefined>, undefined>;
        readonly timestamp: v.NumberSchema<undefined>;
    }, undefined>, undefined>;
    readonly errorMessage: v.StringSchema<undefined>;
    readonly errorKind: v.PicklistSchema<["refusal", "timeout", "rate_limit", "context_length", "unknown"], undefined>;
    readonly usage: v.StrictObjectSchema<{
        readonly input: v.NumberSchema<undefined>;
        readonly output: v.NumberSchema<undefined>;
        readonly cacheRead: v.NumberSchema<undefined>;
        readonly cacheWrite: v.NumberSchema<undefined>;
        readonly totalTokens: v.NumberSchema<undefined>;
        readonly reasoning: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        readonly reported: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
    }, undefined>;
    readonly stopReason: v.StringSchema<undefined>;
}, undefined>], undefined>

declare const chat: import("nexus-gateway/sdk").Contract<"chat", {
    readonly 'chat.send': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly sessionKey: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly sessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly message: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 2000000, undefined>]>;
        readonly idempotencyKey: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly timeoutMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly queueMode: v.OptionalSchema<v.PicklistSchema<["steer", "followup", "collect", "interrupt"], undefined>, undefined>;
        readonly thinking: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly attachments: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.LooseObjectSchema<{
            readonly type: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly mimeType: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly fileName: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
            readonly origin: v.OptionalSchema<v.PicklistSchema<["paste", "file"], undefined>, undefined>;
            readonly content: v.OptionalSchema<v.UnknownSchema, undefined>;
            readonly source: v.OptionalSchema<v.UnknownSchema, undefined>;
            readonly sizeBytes: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly durationMs: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly width: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly height: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        }, undefined>, undefined>, v.MaxLengthAction<({
            type?: string | undefined;
            mimeType?: string | undefined;
            fileName?: string | undefined;
            origin?: "file" | "paste" | undefined;
            content?: unknown;
            source?: unknown;
            sizeBytes?: number | undefined;
            durationMs?: number | undefined;
            width?: number | undefined;
            height?: number | undefined;
        } & {
            [key: string]: unknown;
        })[], 100, undefined>]>, readonly []>;
        readonly suppressCommandInterpretation: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly fastMode: v.OptionalSchema<v.UnionSchema<[v.BooleanSchema<undefined>, v.LiteralSchema<"auto", undefined>], undefined>, undefined>;
        readonly fastAutoOnSeconds: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly mentions: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>, v.MaxLengthAction<{
            [x: string]: unknown;
        }[], 10, undefined>]>, undefined>;
        readonly workContext: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>;
        readonly deliver: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly intent: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>;
        readonly toolBindings: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>;
        readonly originatingChannel: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly originatingTo: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly originatingAccountId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly originatingThreadId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly replyToId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly systemInputProvenance: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>;
        readonly systemProvenanceReceipt: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly expectedLeafEntryId: v.OptionalSchema<v.NullableSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>, undefined>;
        readonly expectedSessionRoutingContract: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 1024, undefined>]>, undefined>;
        readonly expectedPermissionMode: v.OptionalSchema<v.NullableSchema<v.PicklistSchema<["read-only", "guarded", "workspace", "full"], undefined>, undefined>, undefined>;
        readonly expectedToolOverrides: v.OptionalSchema<v.NullableSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, undefined>, undefined>;
    }, undefined>>, NoInfer<v.UnionSchema<[v.StrictObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly status: v.PicklistSchema<["started", "in_flight", "ok"], undefined>;
    }, undefined>, v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly aborted: v.BooleanSchema<undefined>;
        readonly runIds: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>], undefined>>>;
    readonly 'chat.history': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly sessionKey: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly sessionId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly limit: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, 200>;
        readonly cursor: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>]>, undefined>;
        readonly maxBytes: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly maxChars: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly offset: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly pendingBefore: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, number, undefined>, v.MaxValueAction<number, number, undefined>]>, undefined>;
        readonly inputRunIds: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>, v.MaxLengthAction<string[], 50, undefined>]>, undefined>;
        readonly messageId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.ObjectSchema<{
        readonly sessionKey: v.StringSchema<undefined>;
        readonly sessionId: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly messages: v.ArraySchema<v.LooseObjectSchema<{
            readonly role: v.PicklistSchema<["user", "assistant", "toolResult"], undefined>;
            readonly timestamp: v.NumberSchema<undefined>;
        }, undefined>, undefined>;
        readonly nextCursor: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'chat.abort': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly sessionKey: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly runId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly aborted: v.BooleanSchema<undefined>;
        readonly runIds: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'chat.inject': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly sessionKey: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>;
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, number, undefined>]>, undefined>;
        readonly message: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 2000000, undefined>]>;
        readonly label: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 100, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
        readonly messageId: v.StringSchema<undefined>;
    }, undefined>>>;
}, {
    readonly chat: import("nexus-gateway/sdk").Event<v.VariantSchema<"state", [v.StrictObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly sessionKey: v.StringSchema<undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly seq: v.NumberSchema<undefined>;
        readonly state: v.LiteralSchema<"delta", undefined>;
        readonly deltaText: v.StringSchema<undefined>;
        readonly replace: v.OptionalSchema<v.LiteralSchema<true, undefined>, undefined>;
        readonly message: v.OptionalSchema<v.StrictObjectSchema<{
            readonly role: v.LiteralSchema<"assistant", undefined>;
            readonly content: v.ArraySchema<v.StrictObjectSchema<{
                readonly type: v.LiteralSchema<"text", undefined>;
                readonly text: v.StringSchema<undefined>;
            }, undefined>, undefined>;
            readonly timestamp: v.NumberSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>, v.StrictObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly sessionKey: v.StringSchema<undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly seq: v.NumberSchema<undefined>;
        readonly state: v.LiteralSchema<"final", undefined>;
        readonly message: v.OptionalSchema<v.StrictObjectSchema<{
            readonly role: v.LiteralSchema<"assistant", undefined>;
            readonly content: v.ArraySchema<v.StrictObjectSchema<{
                readonly type: v.LiteralSchema<"text", undefined>;
                readonly text: v.StringSchema<undefined>;
            }, undefined>, undefined>;
            readonly timestamp: v.NumberSchema<undefined>;
        }, undefined>, undefined>;
        readonly usage: v.StrictObjectSchema<{
            readonly input: v.NumberSchema<undefined>;
            readonly output: v.NumberSchema<undefined>;
            readonly cacheRead: v.NumberSchema<undefined>;
            readonly cacheWrite: v.NumberSchema<undefined>;
            readonly totalTokens: v.NumberSchema<undefined>;
            readonly reasoning: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly reported: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        }, undefined>;
        readonly stopReason: v.StringSchema<undefined>;
        readonly joined: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>, v.StrictObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly sessionKey: v.StringSchema<undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly seq: v.NumberSchema<undefined>;
        readonly state: v.LiteralSchema<"aborted", undefined>;
        readonly message: v.OptionalSchema<v.StrictObjectSchema<{
            readonly role: v.LiteralSchema<"assistant", undefined>;
            readonly content: v.ArraySchema<v.StrictObjectSchema<{
                readonly type: v.LiteralSchema<"text", undefined>;
                readonly text: v.StringSchema<undefined>;
            }, undefined>, undefined>;
            readonly timestamp: v.NumberSchema<undefined>;
        }, undefined>, undefined>;
        readonly errorMessage: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly stopReason: v.StringSchema<undefined>;
    }, undefined>, v.StrictObjectSchema<{
        readonly runId: v.StringSchema<undefined>;
        readonly sessionKey: v.StringSchema<undefined>;
        readonly agentId: v.StringSchema<undefined>;
        readonly seq: v.NumberSchema<undefined>;
        readonly state: v.LiteralSchema<"error", undefined>;
        readonly message: v.OptionalSchema<v.StrictObjectSchema<{
            readonly role: v.LiteralSchema<"assistant", undefined>;
            readonly content: v.ArraySchema<v.StrictObjectSchema<{
                readonly type: v.LiteralSchema<"text", undefined>;
                readonly text: v.StringSchema<undefined>;
            }, undefined>, undefined>;
            readonly timestamp: v.NumberSchema<undefined>;
        }, undefined>, undefined>;
        readonly errorMessage: v.StringSchema<undefined>;
        readonly errorKind: v.PicklistSchema<["refusal", "timeout", "rate_limit", "context_length", "unknown"], undefined>;
        readonly usage: v.StrictObjectSchema<{
            readonly input: v.NumberSchema<undefined>;
            readonly output: v.NumberSchema<undefined>;
            readonly cacheRead: v.NumberSchema<undefined>;
            readonly cacheWrite: v.NumberSchema<undefined>;
            readonly totalTokens: v.NumberSchema<undefined>;
            readonly reasoning: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
            readonly reported: v.OptionalSchema<v.NumberSchema<undefined>, undefined>;
        }, undefined>;
        readonly stopReason: v.StringSchema<undefined>;
    }, undefined>], undefined>>;
}, {}, {}, {}>

declare const chatErrors: {
    readonly NEXUS_CHAT_UNSUPPORTED: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: '{method} cannot take "{field}": {reason}';
        readonly fix: 'Leave "{field}" out.';
    };
    readonly NEXUS_CHAT_EMPTY: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'the message is empty';
        readonly fix: 'Send some text.';
    };
    readonly NEXUS_CHAT_ATTACHMENT: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'attachment {number} is not taken: {reason}';
        readonly fix: 'Send png, jpeg, gif or webp pictures, or files of text, as strict base64 and within the limits of `policy.attachments` in hello-ok.';
    };
    readonly NEXUS_CHAT_LEVEL: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'that is no level of thinking';
        readonly fix: 'Take one of {levels}, or `default`.';
    };
    readonly NEXUS_CHAT_NO_SESSION: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'there is no such session';
        readonly fix: 'See `nexus sessions list`; chat.send begins one.';
    };
    readonly NEXUS_CHAT_OTHER_AGENT: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'agentId is not the agent of that session';
        readonly fix: 'Leave agentId out, or name a session of that agent.';
    };
    readonly NEXUS_CHAT_SESSION_CHANGED: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'the session has another id by now';
        readonly fix: 'Read chat.history again; the session was reset or does not exist yet.';
    };
    readonly NEXUS_CHAT_LOST: {
        readonly exit: 69;
        readonly text: 'the connection closed before the answer was whole';
        readonly fix: 'The run may go on; read `nexus call chat.history` for its answer.';
    };
    readonly NEXUS_CHAT_TOO_LONG: {
        readonly exit: 2;
        readonly text: 'what was piped in is longer than {limit} bytes';
        readonly fix: 'Send less at once.';
    };
}
