// The public types of plugins/auth/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: auth, authErrors, tokenBudgetChecked
export {}

declare const auth: import("nexus-gateway/sdk").Contract<"auth", {
    readonly 'device.pair.list': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{}, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly pending: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly displayName: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly platform: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly deviceFamily: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly clientId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly clientMode: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly requestId: import("valibot").StringSchema<undefined>;
            readonly deviceId: import("valibot").StringSchema<undefined>;
            readonly publicKey: import("valibot").StringSchema<undefined>;
            readonly role: import("valibot").PicklistSchema<["operator", "node"], undefined>;
            readonly roles: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly remoteIp: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly silent: import("valibot").LiteralSchema<false, undefined>;
            readonly isRepair: import("valibot").BooleanSchema<undefined>;
            readonly ts: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly reason: import("valibot").PicklistSchema<["not-paired", "scope-upgrade", "role-upgrade"], undefined>;
            readonly expiresAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly paired: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly displayName: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly platform: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly deviceFamily: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly clientId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly clientMode: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly deviceId: import("valibot").StringSchema<undefined>;
            readonly publicKey: import("valibot").StringSchema<undefined>;
            readonly role: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["operator", "node"], undefined>, undefined>;
            readonly roles: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly createdAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly approvedAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly lastSeenAtMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly role: import("valibot").PicklistSchema<["operator", "node"], undefined>;
                readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly createdAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly issuedAtMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly rotatedAtMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly revokedAtMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly approvedBy: import("valibot").StringSchema<undefined>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'device.pair.approve': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly requestId: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 128, undefined>]>;
        readonly scopes: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").ArraySchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 128, undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>, import("valibot").MaxLengthAction<string[], 64, undefined>]>, undefined>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly requestId: import("valibot").StringSchema<undefined>;
        readonly device: import("valibot").StrictObjectSchema<{
            readonly displayName: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly platform: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly deviceFamily: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly clientId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly clientMode: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly deviceId: import("valibot").StringSchema<undefined>;
            readonly publicKey: import("valibot").StringSchema<undefined>;
            readonly role: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["operator", "node"], undefined>, undefined>;
            readonly roles: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly createdAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly approvedAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly lastSeenAtMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tokens: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly role: import("valibot").PicklistSchema<["operator", "node"], undefined>;
                readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly createdAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly issuedAtMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly rotatedAtMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly revokedAtMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly approvedBy: import("valibot").StringSchema<undefined>;
            }, undefined>, undefined>;
        }, undefined>;
    }, undefined>>>;
    readonly 'device.pair.reject': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly requestId: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 128, undefined>]>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly requestId: import("valibot").StringSchema<undefined>;
        readonly deviceId: import("valibot").StringSchema<undefined>;
    }, undefined>>>;
    readonly 'device.pair.remove': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly deviceId: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 128, undefined>]>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly deviceId: import("valibot").StringSchema<undefined>;
    }, undefined>>>;
    readonly 'device.pair.invite': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly scopes: import("valibot").SchemaWithPipe<readonly [import("valibot").ArraySchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 128, undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>, import("valibot").MaxLengthAction<string[], 64, undefined>]>;
        readonly role: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["operator", "node"], undefined>, "operator">;
        readonly ttlMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 1, undefined>, import("valibot").MaxValueAction<number, 86400000, undefined>]>, 600000>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly code: import("valibot").StringSchema<undefined>;
        readonly expiresAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
    readonly 'device.token.rotate': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly deviceId: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 128, undefined>]>;
        readonly role: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["operator", "node"], undefined>, undefined>;
        readonly scopes: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").ArraySchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 128, undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>, import("valibot").MaxLengthAction<string[], 64, undefined>]>, undefined>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly deviceId: import("valibot").StringSchema<undefined>;
        readonly role: import("valibot").PicklistSchema<["operator", "node"], undefined>;
        readonly token: import("valibot").StringSchema<undefined>;
        readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly rotatedAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
    readonly 'device.token.revoke': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly deviceId: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 128, undefined>]>;
        readonly role: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["operator", "node"], undefined>, undefined>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly deviceId: import("valibot").StringSchema<undefined>;
        readonly role: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["operator", "node"], undefined>, undefined>;
        readonly revokedAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
    readonly 'auth.password.set': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly password: import("valibot").SchemaWithPipe<readonly [import("valibot").UnionSchema<[import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>]>, import("valibot").InstanceSchema<typeof import("nexus-gateway/sdk").Secret, undefined>], undefined>, import("valibot").MetadataAction<string | import("nexus-gateway/sdk").Secret, {
            readonly secret: true;
            readonly description?: string;
        }>, import("valibot").TransformAction<string | import("nexus-gateway/sdk").Secret, import("nexus-gateway/sdk").Secret>]>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly set: import("valibot").LiteralSchema<true, undefined>;
    }, undefined>>>;
    readonly 'auth.password.remove': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{}, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly set: import("valibot").LiteralSchema<false, undefined>;
        readonly removed: import("valibot").BooleanSchema<undefined>;
    }, undefined>>>;
    readonly 'auth.password.status': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{}, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly set: import("valibot").BooleanSchema<undefined>;
    }, undefined>>>;
    readonly 'tokens.create': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly name: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
        readonly scopes: import("valibot").SchemaWithPipe<readonly [import("valibot").ArraySchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 128, undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>, import("valibot").MaxLengthAction<string[], 64, undefined>]>;
        readonly ttlMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 1, undefined>, import("valibot").MaxValueAction<number, number, undefined>]>, undefined>;
        readonly agent: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
        readonly budget: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>, undefined>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly name: import("valibot").StringSchema<undefined>;
        readonly token: import("valibot").StringSchema<undefined>;
        readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly createdAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly expiresAt: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly agent: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly budget: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'tokens.list': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{}, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly tokens: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly name: import("valibot").StringSchema<undefined>;
            readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly createdAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly createdBy: import("valibot").StringSchema<undefined>;
            readonly expiresAt: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly lastUsedAt: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly agent: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly budget: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly label: import("valibot").StringSchema<undefined>;
            readonly expired: import("valibot").BooleanSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'tokens.rotate': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly name: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly name: import("valibot").StringSchema<undefined>;
        readonly token: import("valibot").StringSchema<undefined>;
        readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly createdAt: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly expiresAt: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly agent: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly budget: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'tokens.revoke': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly name: import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").RegexAction<string, undefined>]>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly name: import("valibot").StringSchema<undefined>;
        readonly revoked: import("valibot").LiteralSchema<true, undefined>;
    }, undefined>>>;
}, {
    readonly 'device.pair.requested': import("nexus-gateway/sdk").Event<import("valibot").StrictObjectSchema<{
        readonly displayName: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly platform: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly deviceFamily: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly clientId: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly clientMode: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly requestId: import("valibot").StringSchema<undefined>;
        readonly deviceId: import("valibot").StringSchema<undefined>;
        readonly publicKey: import("valibot").StringSchema<undefined>;
        readonly role: import("valibot").PicklistSchema<["operator", "node"], undefined>;
        readonly roles: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly scopes: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly remoteIp: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly silent: import("valibot").LiteralSchema<false, undefined>;
        readonly isRepair: import("valibot").BooleanSchema<undefined>;
        readonly ts: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly reason: import("valibot").PicklistSchema<["not-paired", "scope-upgrade", "role-upgrade"], undefined>;
        readonly expiresAtMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
    }, undefined>>;
    readonly 'device.pair.resolved': import("nexus-gateway/sdk").Event<import("valibot").StrictObjectSchema<{
        readonly requestId: import("valibot").StringSchema<undefined>;
        readonly deviceId: import("valibot").StringSchema<undefined>;
        readonly decision: import("valibot").PicklistSchema<["approved", "rejected", "expired", "replaced", "removed"], undefined>;
        readonly ts: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
    }, undefined>>;
}, {}, {}, {}>

declare const authErrors: {
    readonly NEXUS_AUTH_TOKEN_FILE: {
        readonly exit: 77;
        readonly text: 'the token file {file} cannot be used: {reason}';
        readonly fix: 'Correct its owner and mode, or delete it: the next start makes a new token.';
    };
    readonly NEXUS_AUTH_TOKEN_UNFIT: {
        readonly exit: 78;
        readonly text: 'the shared token from {place} is empty, too long or has characters that no header can carry';
        readonly fix: 'Use 1 to 512 visible ASCII characters, for example 32 random bytes as base64url.';
    };
    readonly NEXUS_AUTH_TOKEN_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly exit: 66;
        readonly text: 'there is no service token of that name';
        readonly fix: 'See `nexus tokens list`.';
    };
    readonly NEXUS_AUTH_TOKEN_EXISTS: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly exit: 73;
        readonly text: 'there is a service token of that name already';
        readonly fix: 'Take another name, or make a new token of this name with `nexus tokens rotate NAME`.';
    };
    readonly NEXUS_AUTH_TOKEN_FULL: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly exit: 73;
        readonly text: 'there are {limit} service tokens already';
        readonly fix: 'Revoke those that nobody uses; `nexus tokens list` shows when each was last used.';
    };
    readonly NEXUS_AUTH_TOKEN_SELF: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'a service token cannot rotate itself: what it let in is closed, and with it the way of the answer';
        readonly fix: 'Rotate it with another credential, as with `nexus tokens rotate NAME` where the gateway runs.';
    };
    readonly NEXUS_AUTH_TOKEN_LABEL: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'service tokens are not made or changed on behalf of a {label}';
        readonly fix: 'Let an operator do it: `nexus tokens create NAME`.';
    };
    readonly NEXUS_AUTH_TOKEN_TTL: {
        readonly exit: 64;
        readonly text: '--ttl takes a whole number with s, m, h or d, up to 3650d';
        readonly fix: 'Write it as in `--ttl 90s`, `15m`, `12h` or `30d`.';
    };
    readonly NEXUS_AUTH_TOKEN_SCOPE: {
        readonly exit: 64;
        readonly text: 'no scope was given, so the token could do nothing';
        readonly fix: 'Give one or more of read, write, approvals, pairing, admin (as in `--scope read`), or a scope that a plugin declares.';
    };
    readonly NEXUS_AUTH_TOKEN_BUDGET: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 2;
        readonly text: 'that is no budget of a token';
        readonly fix: 'Write an amount and a time, as 5usd/day, 100000tokens/month or 0.5usd/run; several with commas between them.';
    };
    readonly NEXUS_AUTH_NO_LEDGER: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 69;
        readonly text: 'a budget cannot be kept: no plugin provides ledger/1';
        readonly fix: 'Leave the budget out, or enable a plugin that keeps a ledger.';
    };
    readonly NEXUS_AUTH_ESCALATES: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'that credential holds, or would hold, more than the one you came with';
        readonly fix: 'Stay within your own scopes and bounds, or let somebody do it who holds all of them.';
    };
    readonly NEXUS_AUTH_TOKEN_WEAK: {
        readonly exit: 78;
        readonly text: 'the shared token is worth fewer than {bits} bits, and others than this machine can reach the address';
        readonly fix: 'Take one from `openssl rand -base64 32`, or delete auth.token from the settings so that one is made.';
    };
    readonly NEXUS_AUTH_NETWORK: {
        readonly exit: 78;
        readonly text: '{place} in the settings is neither an address nor a network';
        readonly fix: 'Write it as in "10.0.0.1", "10.0.0.0/8" or "fd00::/8".';
    };
    readonly NEXUS_AUTH_HOST: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'that Host is no name of this gateway (auth.hosts)';
        readonly fix: 'Use its address or localhost with its own port, or list the name under `auth.hosts` in the settings.';
    };
    readonly NEXUS_AUTH_ORIGIN: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'pages of that origin may not come in here (auth.origins)';
        readonly fix: 'Open the page from this gateway itself, or list its origin under `auth.origins` in the settings.';
    };
    readonly NEXUS_AUTH_PASSWORD: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 65;
        readonly text: 'the password has fewer than {least} characters or more than {most} bytes, or is no text';
        readonly fix: 'Take {least} characters or more, and at most {most} bytes of UTF-8.';
    };
    readonly NEXUS_AUTH_PASSWORD_TWICE: {
        readonly exit: 65;
        readonly text: 'the two were not the same';
        readonly fix: 'Nothing was changed. Try again.';
    };
    readonly NEXUS_AUTH_PASSWORD_LABEL: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'the password is not changed on behalf of a {label}';
        readonly fix: 'Let an operator do it: `nexus auth password`.';
    };
    readonly NEXUS_AUTH_PASSWORD_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'too many passwords are being looked at';
        readonly fix: 'Try again in a moment.';
    };
    readonly NEXUS_AUTH_REQUEST_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly exit: 66;
        readonly text: 'unknown requestId';
        readonly fix: 'See `nexus devices list`; a request holds for ten minutes, and the device can ask again.';
    };
    readonly NEXUS_AUTH_DEVICE_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly exit: 66;
        readonly text: 'unknown deviceId';
        readonly fix: 'See `nexus devices list`.';
    };
    readonly NEXUS_AUTH_DEVICE_ROLE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly exit: 66;
        readonly text: 'the device is not paired in that role, or in two and none was named';
        readonly fix: 'Name the role, operator or node; `nexus devices list` shows what was approved.';
    };
    readonly NEXUS_AUTH_DEVICE_LABEL: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'devices are not paired or changed on behalf of a {label}';
        readonly fix: 'Let an operator do it: `nexus devices list`.';
    };
    readonly NEXUS_AUTH_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'too many changes of credentials wait';
        readonly fix: 'Try again in a moment.';
    };
    readonly NEXUS_AUTH_DEVICES_FULL: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly exit: 73;
        readonly text: '{limit} devices are paired already';
        readonly fix: 'Remove those that nobody uses; `nexus devices list` shows when each was last seen.';
    };
    readonly NEXUS_AUTH_INVITES_FULL: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly exit: 73;
        readonly text: '{limit} invites are open already';
        readonly fix: 'Use them, or wait until they are over.';
    };
    readonly NEXUS_AUTH_DEVICE_PREFIX: {
        readonly exit: 64;
        readonly text: '{what} is none of the ids in the list, or the beginning of several';
        readonly fix: 'Give the id, or at least 6 characters that only one begins with; see `nexus devices list`.';
    };
    readonly NEXUS_AUTH_DEVICE_OPTION: {
        readonly exit: 64;
        readonly text: '{option} does not take that';
        readonly fix: '{hint}';
    };
}

declare const tokenBudgetChecked: import("nexus-gateway/sdk").HookToken<[text: string], boolean | undefined, boolean[]>
