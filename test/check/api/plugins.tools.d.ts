// The public types of plugins/tools/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: AnyTool, Approval, CheckedArgs, JsonSchema, PolicyDecision, PolicyStep, PolicyVerdict, Tool, ToolCall, ToolContext, ToolEffect, ToolExplanation, ToolImage, ToolOutcome, ToolPattern, ToolPolicies, ToolPolicy, ToolProfile, ToolRequest, ToolResult, ToolSpec, ToolText, ToolTier, Tools, ToolsApi, offerTools, tool, toolAfter, toolApproval, toolBefore, toolCheck, toolContext, toolEffects, toolError, toolName, toolProfiles, toolRun, toolText, toolTiers, tools, toolsErrors, toolsListed
export {}

declare type AnyTool = Tool<any>

declare type Approval = {
    readonly approved: true;
    readonly by?: string;
} | {
    readonly approved: false;
    readonly reason: string;
}

declare type CheckedArgs = {
    readonly args: Readonly<Record<string, unknown>>;
} | {
    readonly faults: string;
}

declare type JsonSchema = Readonly<Record<string, unknown>>

declare interface PolicyDecision {
    readonly allowed: boolean;
    readonly decided: PolicyVerdict;
    readonly steps: readonly PolicyVerdict[];
}

declare type PolicyStep = 'profile' | 'global' | 'provider' | 'agent' | 'group' | 'sender' | 'tier' | 'surface'

declare interface PolicyVerdict {
    readonly step: PolicyStep;
    readonly parent: number;
    readonly verdict: 'pass' | 'deny' | 'not allowed';
    readonly rule?: string;
}

declare interface Tool<S extends Schema = Schema> {
    readonly description: string;
    readonly params: S;
    readonly timeoutMs?: number;
    readonly group?: string;
    readonly effect?: ToolEffect;
    readonly tier?: ToolTier;
    readonly approval?: boolean;
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
    readonly context?: ToolContext;
    readonly group?: string;
    readonly effect?: ToolEffect;
}

declare interface ToolContext {
    readonly agentId: string;
    readonly workspace?: string;
    readonly provider?: string;
    readonly model?: string;
    readonly channel?: string;
    readonly group?: string;
    readonly sender?: string;
    readonly tier?: ToolTier;
    readonly depth?: number;
    readonly policies?: ToolPolicies;
    readonly parent?: ToolContext;
}

declare type ToolEffect = (typeof toolEffects)[number]

declare interface ToolExplanation extends PolicyDecision {
    readonly name: string;
    readonly exists: boolean;
    readonly approval?: string;
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
    readonly approvedBy?: string;
}

declare const ToolPattern: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 128, undefined>, v.RegexAction<string, undefined>]>

declare interface ToolPolicies {
    readonly provider?: ToolPolicy;
    readonly agent?: ToolPolicy;
    readonly group?: ToolPolicy;
    readonly sender?: ToolPolicy;
    readonly surface?: ToolPolicy;
}

declare const ToolPolicy: v.StrictObjectSchema<{
    readonly profile: v.OptionalSchema<v.PicklistSchema<readonly ["minimal", "coding", "messaging", "full"], undefined>, undefined>;
    readonly allow: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 128, undefined>, v.RegexAction<string, undefined>]>, undefined>, v.MaxLengthAction<string[], 500, undefined>]>, undefined>;
    readonly alsoAllow: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 128, undefined>, v.RegexAction<string, undefined>]>, undefined>, v.MaxLengthAction<string[], 500, undefined>]>, undefined>;
    readonly deny: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MaxLengthAction<string, 128, undefined>, v.RegexAction<string, undefined>]>, undefined>, v.MaxLengthAction<string[], 500, undefined>]>, undefined>;
}, undefined>;
interface ToolPolicy {
    readonly profile?: ToolProfile | undefined;
    readonly allow?: readonly string[] | undefined;
    readonly alsoAllow?: readonly string[] | undefined;
    readonly deny?: readonly string[] | undefined;
}

declare type ToolProfile = (typeof toolProfiles)[number]

declare interface ToolRequest {
    readonly name: string;
    readonly args?: unknown;
    readonly cause: Cause;
    readonly id?: string;
    readonly signal?: AbortSignal;
    readonly sessionKey?: string;
    readonly runId?: string;
    readonly context?: ToolContext;
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
    readonly group?: string;
    readonly effect?: ToolEffect;
    readonly tier?: ToolTier;
    readonly approval?: boolean;
}

declare interface ToolText {
    readonly type: 'text';
    readonly text: string;
}

declare type ToolTier = (typeof toolTiers)[number]

declare const Tools: import("nexus-gateway/sdk").ServiceToken<ToolsApi>

declare interface ToolsApi {
    list(context?: ToolContext): Promise<readonly ToolSpec[]>;
    explain(context: ToolContext, name: string): Promise<ToolExplanation>;
    execute(request: ToolRequest): Promise<ToolResult>;
}

declare function offerTools(ctx: Pick<Ctx, 'id' | 'scope' | 'tap'>, tools: Readonly<Record<string, AnyTool>>): void

declare const tool: <const S extends Schema>(definition: Tool<S>) => Tool<S>

declare const toolAfter: import("nexus-gateway/sdk").HookToken<[ToolCall, ToolOutcome], void, void>

declare const toolApproval: import("nexus-gateway/sdk").HookToken<[ToolCall], Approval | undefined, Approval | undefined>

declare const toolBefore: import("nexus-gateway/sdk").HookToken<[ToolCall], void, void>

declare const toolCheck: import("nexus-gateway/sdk").HookToken<[name: string, args: unknown], CheckedArgs | undefined, CheckedArgs | undefined>

declare const toolContext: import("nexus-gateway/sdk").HookToken<[{
    readonly sessionKey?: string;
    readonly agentId?: string;
}], ToolContext | undefined, ToolContext | undefined>

declare const toolEffects: readonly ['read', 'write', 'execute', 'network']

declare const toolError: (text: string) => ToolResult

declare const toolName: RegExp

declare const toolProfiles: readonly ['minimal', 'coding', 'messaging', 'full']

declare const toolRun: import("nexus-gateway/sdk").HookToken<[ToolCall], ToolResult | undefined, ToolResult | undefined>

declare const toolText: (text: string) => ToolResult

declare const toolTiers: readonly ['fast', 'balanced', 'capable']

declare const tools: import("nexus-gateway/sdk").Contract<"tools", {
    readonly 'tools.list': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly tier: v.OptionalSchema<v.PicklistSchema<readonly ["fast", "balanced", "capable"], undefined>, undefined>;
    }, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly tools: v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly description: v.StringSchema<undefined>;
            readonly parameters: v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>;
            readonly plugin: v.StringSchema<undefined>;
            readonly group: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly effect: v.OptionalSchema<v.PicklistSchema<readonly ["read", "write", "execute", "network"], undefined>, undefined>;
            readonly tier: v.OptionalSchema<v.PicklistSchema<readonly ["fast", "balanced", "capable"], undefined>, undefined>;
            readonly approval: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'tools.explain': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>;
        readonly provider: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly model: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly tier: v.OptionalSchema<v.PicklistSchema<readonly ["fast", "balanced", "capable"], undefined>, undefined>;
    }, undefined>>, NoInfer<v.StrictObjectSchema<{
        readonly name: v.StringSchema<undefined>;
        readonly exists: v.BooleanSchema<undefined>;
        readonly allowed: v.BooleanSchema<undefined>;
        readonly approval: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly decided: v.StrictObjectSchema<{
            readonly step: v.StringSchema<undefined>;
            readonly parent: v.NumberSchema<undefined>;
            readonly verdict: v.PicklistSchema<["pass", "deny", "not allowed"], undefined>;
            readonly rule: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>;
        readonly steps: v.ArraySchema<v.StrictObjectSchema<{
            readonly step: v.StringSchema<undefined>;
            readonly parent: v.NumberSchema<undefined>;
            readonly verdict: v.PicklistSchema<["pass", "deny", "not allowed"], undefined>;
            readonly rule: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'tools.execute': import("nexus-gateway/sdk").Method<NoInfer<v.StrictObjectSchema<{
        readonly agentId: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly sessionKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly name: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.MaxLengthAction<string, 64, undefined>]>;
        readonly args: v.OptionalSchema<v.SchemaWithPipe<readonly [v.UnknownSchema, v.CheckAction<unknown, undefined>, v.RecordSchema<v.StringSchema<undefined>, v.UnknownSchema, undefined>]>, {}>;
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
}, {}, {
    readonly 'POST /tools/invoke': {
        readonly scope: "operator.write";
        readonly summary: "Runs one tool, under the same policy as a model's call.";
    };
    readonly 'POST /api/tools/invoke': {
        readonly scope: "operator.write";
        readonly summary: "The same.";
    };
}, {
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
    readonly NEXUS_TOOLS_DENIED: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'tool "{tool}" is not allowed here: step {step}, rule {rule}';
        readonly fix: 'Do without it; the operator finds the rule with `nexus tools explain {tool}`.';
    };
    readonly NEXUS_TOOLS_NO_APPROVER: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'tool "{tool}" needs somebody\'s consent, and nobody here can give it';
        readonly fix: 'Do without it. The operator can turn on a plugin that asks for approvals.';
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
    readonly NEXUS_TOOLS_OTHER_AGENT: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'agentId is not the agent of that session';
        readonly fix: 'Leave agentId out, or name a session of that agent.';
    };
    readonly NEXUS_TOOLS_BODY: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: '{reason}';
        readonly fix: 'Send `{ "tool": "NAME", "args": { … } }` as JSON.';
    };
    readonly NEXUS_TOOLS_BODY_TOO_LARGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'the body is larger than {limit} bytes';
        readonly fix: 'Send less at once.';
    };
    readonly NEXUS_TOOLS_BAD_TOOL: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" offers a bad tool "{tool}": {reason}';
        readonly fix: 'Correct its name or its params.';
    };
}

declare const toolsListed: import("nexus-gateway/sdk").HookToken<[], readonly ToolSpec[] | undefined, (readonly ToolSpec[])[]>
