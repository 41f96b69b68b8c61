// The public types of plugins/models/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: AssistantMessage, EmitPart, FailureKind, ImagePart, ModelFinish, ModelMessage, ModelPart, ModelPrice, ModelRequest, ModelSpec, ModelTool, ModelUsage, Models, ModelsApi, Provider, ProviderFailure, StopReason, SystemMessage, TextPart, ThinkingPart, ToolCallPart, ToolResultMessage, UserMessage, failureKinds, failureOf, malformed, modelStream, models, modelsErrors, modelsListed, offerModels, parseArguments, providerFailure, underSignals, usageOf
export {}

declare interface AssistantMessage {
    readonly role: 'assistant';
    readonly content: string | readonly (TextPart | ThinkingPart | ToolCallPart)[];
}

declare type EmitPart = (part: ModelPart) => void

declare type FailureKind = keyof typeof kinds

declare interface ImagePart {
    readonly type: 'image';
    readonly data: string;
    readonly mimeType: string;
}

declare interface ModelFinish {
    readonly stopReason: Exclude<StopReason, 'error'>;
    readonly usage: ModelUsage;
    readonly provider: string;
    readonly model: string;
}

declare type ModelMessage = SystemMessage | UserMessage | AssistantMessage | ToolResultMessage

declare type ModelPart = {
    readonly type: 'text';
    readonly delta: string;
} | {
    readonly type: 'thinking';
    readonly delta: string;
    readonly signature?: string;
} | ToolCallPart

declare interface ModelPrice {
    readonly input: number;
    readonly output: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
}

declare interface ModelRequest {
    readonly provider: string;
    readonly model: string;
    readonly messages: readonly ModelMessage[];
    readonly tools?: readonly ModelTool[];
    readonly maxOutputTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stop?: readonly string[];
    readonly signal: AbortSignal;
    readonly cause: Cause;
    readonly sessionKey?: string;
    readonly runId?: string;
}

declare interface ModelSpec {
    readonly id: string;
    readonly provider: string;
    readonly name: string;
    readonly contextWindow?: number;
    readonly maxOutput?: number;
    readonly tools?: boolean;
    readonly reasoning?: boolean;
    readonly input?: readonly ('text' | 'image')[];
    readonly price?: ModelPrice;
    readonly demo?: boolean;
}

declare interface ModelTool {
    readonly name: string;
    readonly description: string;
    readonly parameters: Readonly<Record<string, unknown>>;
}

declare interface ModelUsage {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly totalTokens: number;
}

declare const Models: import("nexus-gateway/sdk").ServiceToken<ModelsApi>

declare interface ModelsApi {
    list(): Promise<readonly ModelSpec[]>;
    resolve(reference?: string): Promise<ModelSpec>;
    stream(request: ModelRequest, emit: EmitPart): Promise<ModelFinish>;
}

declare interface Provider {
    readonly id: string;
    models(): MaybePromise<readonly ModelSpec[]>;
    stream(request: ModelRequest, emit: EmitPart): MaybePromise<ModelFinish>;
}

declare interface ProviderFailure {
    readonly kind: FailureKind;
    readonly provider: string;
    readonly retryable: boolean;
    readonly status?: number;
    readonly retryAfterMs?: number;
}

declare type StopReason = 'stop' | 'length' | 'toolUse' | 'aborted' | 'error'

declare interface SystemMessage {
    readonly role: 'system';
    readonly content: string | readonly TextPart[];
}

declare interface TextPart {
    readonly type: 'text';
    readonly text: string;
}

declare interface ThinkingPart {
    readonly type: 'thinking';
    readonly thinking: string;
    readonly signature?: string;
}

declare interface ToolCallPart {
    readonly type: 'toolCall';
    readonly id: string;
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
}

declare interface ToolResultMessage {
    readonly role: 'toolResult';
    readonly toolCallId: string;
    readonly toolName: string;
    readonly content: string | readonly (TextPart | ImagePart)[];
    readonly isError?: boolean;
}

declare interface UserMessage {
    readonly role: 'user';
    readonly content: string | readonly (TextPart | ImagePart)[];
}

declare const failureKinds: readonly FailureKind[]

declare function failureOf(error: unknown): ProviderFailure | undefined

declare const kinds: {
    readonly auth: {
        readonly reason: 'refused the credential';
        readonly advice: 'Check the key of {provider} in the settings.';
        readonly retryable: false;
    };
    readonly rate_limit: {
        readonly reason: 'takes no more requests for now';
        readonly advice: 'Try again later, or use another model.';
        readonly retryable: true;
    };
    readonly billing: {
        readonly reason: 'wants to be paid first';
        readonly advice: 'Top up the account of {provider}, or use another model.';
        readonly retryable: false;
    };
    readonly timeout: {
        readonly reason: 'did not answer in time';
        readonly advice: 'Try again, or raise the timeout of {provider} in the settings.';
        readonly retryable: true;
    };
    readonly format: {
        readonly reason: 'and the gateway did not understand each other';
        readonly advice: 'Check the model id and the base URL of {provider}; the log has the provider\'s reason.';
        readonly retryable: false;
    };
    readonly context_length: {
        readonly reason: 'cannot take so long a conversation';
        readonly advice: 'Start a new session, or use a model with a larger context window.';
        readonly retryable: false;
    };
    readonly refusal: {
        readonly reason: 'declined to answer';
        readonly advice: 'Ask differently.';
        readonly retryable: false;
    };
    readonly network: {
        readonly reason: 'could not be reached';
        readonly advice: 'Check the network and the base URL of {provider} in the settings.';
        readonly retryable: true;
    };
    readonly server: {
        readonly reason: 'failed';
        readonly advice: 'Try again, or use another model.';
        readonly retryable: true;
    };
}

declare const malformed = "$malformed"

declare const modelStream: import("nexus-gateway/sdk").HookToken<[ModelRequest, EmitPart], ModelFinish | undefined, ModelFinish | undefined>

declare const models: import("nexus-gateway/sdk").Contract<"models", {
    readonly 'models.list': import("nexus-gateway/sdk").Method<NoInfer<v.OptionalSchema<v.StrictObjectSchema<{}, undefined>, {}>>, NoInfer<v.StrictObjectSchema<{
        readonly models: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.StringSchema<undefined>;
            readonly name: v.StringSchema<undefined>;
            readonly provider: v.StringSchema<undefined>;
            readonly contextWindow: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
            readonly reasoning: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
}, {}, {}, {
    readonly models: import("nexus-gateway/sdk").ServiceToken<ModelsApi>;
}, {}>

declare const modelsErrors: {
    readonly NEXUS_MODELS_UNKNOWN: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'no running provider has that model{hint}';
        readonly fix: 'See `nexus call models.list`; a reference is provider/id or a bare id.';
    };
    readonly NEXUS_MODELS_NONE: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'no provider offers a model';
        readonly fix: 'Set up a provider, such as provider-openai-compatible with its baseUrl, or enable provider-demo.';
    };
    readonly NEXUS_MODELS_PROVIDER: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'provider "{provider}" {reason}{status}';
        readonly fix: '{advice}';
    };
}

declare const modelsListed: import("nexus-gateway/sdk").HookToken<[], readonly ModelSpec[] | undefined, (readonly ModelSpec[])[]>

declare function offerModels(ctx: Pick<Ctx, 'scope' | 'tap'>, provider: Provider): void

declare function parseArguments(text: string): Readonly<Record<string, unknown>>

declare function providerFailure(provider: string, kind: FailureKind, more?: {
    readonly status?: number;
    readonly retryAfterMs?: number;
}, cause?: unknown): NexusError

declare function underSignals<T>(signals: readonly AbortSignal[], work: (signal: AbortSignal) => T | Promise<T>): Promise<T>

declare function usageOf(counted: {
    readonly input?: number;
    readonly output?: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
}): ModelUsage
