// The public types of plugins/mcp/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: McpStatus, McpTool, ServerState, mcp, mcpErrors, serverStates
export {}

declare const McpStatus: v.StrictObjectSchema<{
    readonly name: v.StringSchema<undefined>;
    readonly state: v.PicklistSchema<readonly ["off", "connecting", "ready", "waiting"], undefined>;
    readonly transport: v.PicklistSchema<["stdio", "http"], undefined>;
    readonly tools: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly group: v.StringSchema<undefined>;
    readonly approval: v.BooleanSchema<undefined>;
    readonly since: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly serverName: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly serverVersion: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly protocol: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly pid: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly connections: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly calls: v.StrictObjectSchema<{
        readonly running: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly done: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly failed: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>;
    readonly left: v.ArraySchema<v.StrictObjectSchema<{
        readonly tool: v.StringSchema<undefined>;
        readonly reason: v.StringSchema<undefined>;
    }, undefined>, undefined>;
    readonly lastError: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
}, undefined>;
type McpStatus = v.InferOutput<typeof McpStatus>

declare const McpTool: v.StrictObjectSchema<{
    readonly name: v.StringSchema<undefined>;
    readonly original: v.StringSchema<undefined>;
    readonly description: v.StringSchema<undefined>;
    readonly parameters: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
    readonly claims: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.BooleanSchema<undefined>, undefined>, undefined>;
}, undefined>;
type McpTool = v.InferOutput<typeof McpTool>

declare type ServerState = (typeof serverStates)[number]

declare const mcp: import("nexus-gateway/sdk").Contract<"mcp", {
    readonly 'mcp.list': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{}, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly servers: v.ArraySchema<v.StrictObjectSchema<{
            name: v.StringSchema<undefined>;
            state: v.PicklistSchema<readonly ["off", "connecting", "ready", "waiting"], undefined>;
            transport: v.PicklistSchema<["stdio", "http"], undefined>;
            tools: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            group: v.StringSchema<undefined>;
            approval: v.BooleanSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'mcp.status': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{
        readonly server: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>, undefined>;
    }, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly servers: v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly state: v.PicklistSchema<readonly ["off", "connecting", "ready", "waiting"], undefined>;
            readonly transport: v.PicklistSchema<["stdio", "http"], undefined>;
            readonly tools: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly group: v.StringSchema<undefined>;
            readonly approval: v.BooleanSchema<undefined>;
            readonly since: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly serverName: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly serverVersion: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly protocol: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly pid: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly connections: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly calls: v.StrictObjectSchema<{
                readonly running: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
                readonly done: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
                readonly failed: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
            }, undefined>;
            readonly left: v.ArraySchema<v.StrictObjectSchema<{
                readonly tool: v.StringSchema<undefined>;
                readonly reason: v.StringSchema<undefined>;
            }, undefined>, undefined>;
            readonly lastError: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
        readonly sessions: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>>>;
    readonly 'mcp.tools': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly server: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly tools: v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly original: v.StringSchema<undefined>;
            readonly description: v.StringSchema<undefined>;
            readonly parameters: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
            readonly claims: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.BooleanSchema<undefined>, undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'mcp.probe': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly server: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.BooleanSchema<undefined>;
        readonly ms: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly tools: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly error: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'mcp.connect': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{}, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly session: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>;
    }, undefined>>>;
    readonly 'mcp.send': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly session: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>;
        readonly message: v.UnknownSchema;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly ok: v.LiteralSchema<true, undefined>;
    }, undefined>>>;
}, {
    readonly 'mcp.changed': import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly server: v.StringSchema<undefined>;
        readonly added: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly removed: v.ArraySchema<v.StringSchema<undefined>, undefined>;
        readonly changed: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    }, undefined>>;
    readonly 'mcp.message': import("nexus-gateway/sdk").Event<v.StrictObjectSchema<{
        readonly session: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>;
        readonly message: v.UnknownSchema;
    }, undefined>>;
}, {
    readonly 'POST /mcp': {
        readonly scope: "operator.read";
        readonly summary: "The gateway as an MCP server: streamable HTTP.";
    };
    readonly 'GET /mcp': {
        readonly scope: "operator.read";
        readonly summary: "No stream of its own: 405.";
    };
    readonly 'DELETE /mcp': {
        readonly scope: "operator.read";
        readonly summary: "Ends a session.";
    };
}, {}, {}>

declare const mcpErrors: {
    readonly NEXUS_MCP_SETTINGS: {
        readonly exit: 78;
        readonly text: 'plugin "mcp": `mcp.servers.{server}` cannot be used: {reason}';
        readonly fix: 'Correct it in nexus.json5; plugins/mcp/README.md shows the forms.';
    };
    readonly NEXUS_MCP_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is no MCP server of that name{hint}';
        readonly fix: 'See `nexus mcp list`.';
    };
    readonly NEXUS_MCP_UNAVAILABLE: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'the MCP server "{server}" is not connected: {reason}';
        readonly fix: 'Look at `nexus mcp status {server}`; `nexus mcp probe {server}` tries at once.';
    };
    readonly NEXUS_MCP_START: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'the program of the MCP server "{server}" did not start: {reason}';
        readonly fix: 'Check `command` and `cwd` of `mcp.servers.{server}`.';
    };
    readonly NEXUS_MCP_PROTOCOL: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 502;
        readonly text: 'the MCP server "{server}" does not keep to the protocol: {reason}';
        readonly fix: 'Ask whoever makes it; `nexus logs` has what it wrote.';
    };
    readonly NEXUS_MCP_BUSY: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: '{limit} calls to the MCP server "{server}" are under way, and no more are taken';
        readonly fix: 'Call it again in a moment.';
    };
    readonly NEXUS_MCP_CHANGED: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'tool "{tool}" is no longer what it was when its arguments were checked';
        readonly fix: 'Look at the tool anew before calling it.';
    };
    readonly NEXUS_MCP_LIBRARY: {
        readonly exit: 69;
        readonly text: 'plugin "mcp" needs the library {library}, which cannot be loaded';
        readonly fix: 'Run `nexus plugins enable mcp`, which fetches it.';
    };
    readonly NEXUS_MCP_SESSION: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is no such MCP session of this caller';
        readonly fix: 'Begin a new one.';
    };
    readonly NEXUS_MCP_SESSIONS: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: '{limit} MCP sessions are open, and no more are taken';
        readonly fix: 'Close one, or raise `mcp.serve.maxSessions`.';
    };
    readonly NEXUS_MCP_MESSAGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'this is no message of MCP: {reason}';
        readonly fix: 'Send one JSON-RPC message at a time.';
    };
    readonly NEXUS_MCP_OFF: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'this gateway is no MCP server';
        readonly fix: 'The operator can set `mcp.serve.enabled`.';
    };
    readonly NEXUS_MCP_USAGE: {
        readonly exit: 64;
        readonly text: '{reason}';
        readonly fix: 'See `nexus mcp add --help`.';
    };
}

declare const serverStates: readonly ['off', 'connecting', 'ready', 'waiting']
