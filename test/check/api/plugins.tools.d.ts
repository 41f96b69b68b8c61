// The public types of plugins/tools/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: AnyTool, CheckedArgs, JsonSchema, Tool, ToolCall, ToolImage, ToolOutcome, ToolRequest, ToolResult, ToolSpec, ToolText, Tools, ToolsApi, offerTools, tool, toolAfter, toolBefore, toolCheck, toolError, toolRun, toolText, tools, toolsErrors, toolsListed
export {}

declare type AnyTool = Tool<any>

declare type CheckedArgs = {
    readonly args: Readonly<Record<string, unknown>>;
} | {
    readonly faults: string;
}

declare type JsonSchema = Readonly<Record<string, unknown>>

declare interface Tool<S extends Schema = Schema> {
    readonly description: string;
    readonly params: S;
    readonly timeoutMs?: number;
    readonly run: (args: v.InferOutput<S>, call: ToolCall) => MaybePromise<string | ToolResult>;
}

declare interface ToolCall extends Cause {
    readonly id: string;
    readonly name: string;
    readonly args: Readonly<Record<string, unknown>>;
    readonly plugin: string;
    readonly signal: AbortSignal;
    readonly sessionKey?: string;
    readonly runId?: string;
}

declare interface ToolImage {
    readonly type: 'image';
    readonly data: string;
    readonly mimeType: string;
}

declare interface ToolOutcome {
    readonly ok: boolean;
    readonly code?: string;
    readonly ms: number;
}

declare interface ToolRequest {
    readonly name: string;
    readonly args?: unknown;
    readonly cause: Cause;
    readonly id?: string;
    readonly signal?: AbortSignal;
    readonly sessionKey?: string;
    readonly runId?: string;
}

declare interface ToolResult {
    readonly content: readonly (ToolText | ToolImage)[];
    readonly isError: boolean;
    readonly details?: unknown;
}

declare interface ToolSpec {
    readonly name: string;
    readonly description: string;
    readonly parameters: JsonSchema;
    readonly plugin: string;
    readonly timeoutMs?: number;
}

declare interface ToolText {
    readonly type: 'text';
    readonly text: string;
}

declare const Tools: import("nexus-gateway/sdk").ServiceToken<ToolsApi>

declare interface ToolsApi {
    list(): Promise<readonly ToolSpec[]>;
    execute(request: ToolRequest): Promise<ToolResult>;
}

declare function offerTools(ctx: Pick<Ctx, 'id' | 'scope' | 'tap'>, tools: Readonly<Record<string, AnyTool>>): void

declare const tool: <const S extends Schema>(definition: Tool<S>) => Tool<S>

declare const toolAfter: import("nexus-gateway/sdk").HookToken<[ToolCall, ToolOutcome], void, void>

declare const toolBefore: import("nexus-gateway/sdk").HookToken<[ToolCall], void, void>

declare const toolCheck: import("nexus-gateway/sdk").HookToken<[name: string, args: unknown], CheckedArgs | undefined, CheckedArgs | undefined>

declare const toolError: (text: string) => ToolResult

declare const toolRun: import("nexus-gateway/sdk").HookToken<[ToolCall], ToolResult | undefined, ToolResult | undefined>

declare const toolText: (text: string) => ToolResult

declare const tools: import("nexus-gateway/sdk").Contract<"tools", {
    readonly 'tools.list': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{}, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly tools: v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly description: v.StringSchema<undefined>;
            readonly parameters: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
            readonly plugin: v.StringSchema<undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'tools.execute': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>;
        readonly args: v.OptionalSchema<v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>, {}>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly content: v.ArraySchema<v.VariantSchema<"type", [v.StrictObjectSchema<{
            readonly type: v.LiteralSchema<"text", undefined>;
            readonly text: v.StringSchema<undefined>;
        }, undefined>, v.StrictObjectSchema<{
            readonly type: v.LiteralSchema<"image", undefined>;
            readonly data: v.StringSchema<undefined>;
            readonly mimeType: v.StringSchema<undefined>;
        }, undefined>], undefined>, undefined>;
        readonly isError: v.BooleanSchema<undefined>;
        readonly details: v.OptionalSchema<v.UnknownSchema, undefined>;
    }, undefined>>>;
}, {}, {}, {
    readonly tools: import("nexus-gateway/sdk").ServiceToken<ToolsApi>;
}, {}>

declare const toolsErrors: {
    readonly NEXUS_TOOLS_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'there is no tool of that name{hint}';
        readonly fix: 'Use a tool from the list.';
    };
    readonly NEXUS_TOOLS_ARGUMENTS: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'invalid arguments for tool "{tool}": {faults}';
        readonly fix: 'Correct the named arguments and call it again.';
    };
    readonly NEXUS_TOOLS_REFUSED: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'tool "{tool}" was refused: {reason}';
        readonly fix: 'Do without it, or ask the operator.';
    };
    readonly NEXUS_TOOLS_TIMEOUT: {
        readonly wire: 'AGENT_TIMEOUT';
        readonly text: 'tool "{tool}" did not end within {seconds} s';
        readonly fix: 'Ask for less at once.';
    };
    readonly NEXUS_TOOLS_ABORTED: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'tool "{tool}" was cut off';
        readonly fix: 'Call it again if it is still wanted.';
    };
    readonly NEXUS_TOOLS_FAILED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly text: 'tool "{tool}" failed: {reason}';
        readonly fix: 'Check the arguments, or do without it.';
    };
    readonly NEXUS_TOOLS_BAD_TOOL: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" offers a bad tool "{tool}": {reason}';
        readonly fix: 'Correct its name or its params.';
    };
}

declare const toolsListed: import("nexus-gateway/sdk").HookToken<[], readonly ToolSpec[] | undefined, (readonly ToolSpec[])[]>
