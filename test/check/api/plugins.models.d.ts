// The public types of plugins/models/contract, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: Account, AssistantMessage, Attempt, AttemptControl, AttemptOutcome, Carry, Costs, Dialect, EmbedCall, EmbedFinish, EmbedRequest, EmbedResult, EmitPart, FailureKind, ImagePart, LanguageModelOffer, LanguageModelSettings, ModelFinish, ModelKind, ModelMessage, ModelPart, ModelPrice, ModelRequest, ModelSpec, ModelTool, ModelUsage, Models, ModelsApi, ModelsList, ModelsProbe, ModelsRoute, ModelsStatus, PriceBook, PriceEntry, PriceFault, PriceSource, Priced, PricedModels, Provider, ProviderFailure, Route, RouteDecision, RouteFeature, RouteRequest, ServerOffer, StopReason, SystemMessage, TextPart, ThinkingLevel, ThinkingPart, Tier, TokenPrice, ToolCallPart, ToolResultMessage, UserMessage, VectorsOffer, Way, allKnown, chargeOf, costOf, costsOf, failureKinds, failureOf, isUnconnected, kindOf, languageModelSettings, malformed, modelAccounts, modelAfter, modelBefore, modelEmbed, modelKinds, modelRoute, modelStream, models, modelsErrors, modelsListed, mostEmbedValues, noRedirect, offerLanguageModel, offerModels, offerServer, parseArguments, pause, priceFor, providerFailure, referenceOf, serverSaid, sumOf, thinkingFor, thinkingLevels, tiers, underSignals, usageOf
export {}

declare interface Account {
    readonly id: string;
    readonly kind: 'oauth' | 'token' | 'key';
}

declare interface AssistantMessage {
    readonly role: 'assistant';
    readonly content: string | readonly (TextPart | ThinkingPart | ToolCallPart)[];
}

declare interface Attempt {
    readonly id: string;
    readonly request: string;
    readonly nth: number;
    readonly cause: Cause;
    readonly runId?: string;
    readonly sessionKey?: string;
    readonly agentId?: string;
    readonly provider: string;
    readonly model: string;
    readonly account?: string;
    readonly spec: ModelSpec;
    readonly estimate: {
        readonly input: number;
        readonly output: number;
    };
    readonly startedAt: number;
}

declare interface AttemptControl {
    limitOutput(tokens: number): void;
    stop(error: NexusError): void;
}

declare interface AttemptOutcome {
    readonly status: 'ok' | 'failed' | 'aborted' | 'refused';
    readonly kind?: FailureKind;
    readonly httpStatus?: number;
    readonly unsent?: true;
    readonly usage?: ModelUsage;
    readonly characters: number;
    readonly firstMs?: number;
    readonly durationMs: number;
}

declare type Carry = (value: string, kind: Account['kind']) => Headers

declare interface Costs {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly total: number;
}

declare interface Credentials {
    headers(account?: string): MaybePromise<Headers>;
    known(): string[];
    readonly accounts: readonly Account[];
}

declare interface Dialect {
    readonly metadata?: string;
    readonly toolImages?: boolean;
}

declare interface EmbedCall extends Omit<EmbedRequest, 'model'> {
    readonly provider: string;
    readonly model: string;
    readonly spec?: ModelSpec;
}

declare interface EmbedFinish {
    readonly embeddings: readonly (readonly number[])[];
    readonly usage?: ModelUsage;
}

declare interface EmbedRequest {
    readonly model?: string;
    readonly values: readonly string[];
    readonly dimensions?: number;
    readonly signal: AbortSignal;
    readonly cause: Cause;
    readonly account?: string;
    readonly sessionKey?: string;
    readonly runId?: string;
    readonly agentId?: string;
}

declare interface EmbedResult {
    readonly embeddings: readonly (readonly number[])[];
    readonly usage: ModelUsage;
    readonly provider: string;
    readonly model: string;
    readonly account?: string;
    readonly attempts?: number;
}

declare type EmitPart = (part: ModelPart) => void

declare type FailureKind = keyof typeof kinds

declare interface Halt {
    readonly over: boolean;
    readonly reason: unknown;
    readonly signal: AbortSignal;
    onEnd(end: () => void): () => void;
    end(reason: unknown): void;
}

declare interface Halts {
    begin(signal: AbortSignal): Halt & {
        done(): void;
    };
    end(reason: unknown): void;
}

declare type Headers = Record<string, string | undefined>

declare interface ImagePart {
    readonly type: 'image';
    readonly data: string;
    readonly mimeType: string;
}

declare interface LanguageModelOffer extends Omit<ServerOffer, 'stream' | 'embed'> {
    load(): Promise<(modelId: string) => LanguageModelV3>;
    readonly vectors?: VectorsOffer;
    readonly dialect?: Dialect;
    shape?(options: LanguageModelV3CallOptions, request: ModelRequest): LanguageModelV3CallOptions;
}

declare type LanguageModelSettings = v.InferOutput<typeof all>

declare interface ModelFinish {
    readonly stopReason: Exclude<StopReason, 'error'>;
    readonly usage: ModelUsage;
    readonly provider: string;
    readonly model: string;
    readonly account?: string;
    readonly attempts?: number;
}

declare type ModelKind = (typeof modelKinds)[number]

declare type ModelMessage = SystemMessage | UserMessage | AssistantMessage | ToolResultMessage

declare type ModelPart = {
    readonly type: 'text';
    readonly delta: string;
} | {
    readonly type: 'thinking';
    readonly delta: string;
    readonly signature?: string;
} | ToolCallPart

declare interface ModelPrice extends TokenPrice {
    readonly above?: ModelPrice & {
        readonly tokens: number;
    };
}

declare interface ModelRequest {
    readonly provider: string;
    readonly model: string;
    readonly messages: readonly ModelMessage[];
    readonly tools?: readonly ModelTool[];
    readonly toolChoice?: 'auto' | 'none' | 'required' | {
        readonly name: string;
    };
    readonly responseFormat?: {
        readonly type: 'text';
    } | {
        readonly type: 'json';
        readonly name?: string;
        readonly schema?: Readonly<Record<string, unknown>>;
    };
    readonly thinking?: ThinkingLevel;
    readonly maxOutputTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stop?: readonly string[];
    readonly fallbacks?: readonly string[];
    readonly ready?: Promise<unknown>;
    readonly signal: AbortSignal;
    readonly cause: Cause;
    readonly sessionKey?: string;
    readonly runId?: string;
    readonly agentId?: string;
    readonly account?: string;
    readonly spec?: ModelSpec;
}

declare interface ModelSpec {
    readonly id: string;
    readonly provider: string;
    readonly name: string;
    readonly aliases?: readonly string[];
    readonly contextWindow?: number;
    readonly maxOutput?: number;
    readonly tools?: boolean;
    readonly reasoning?: boolean;
    readonly thinking?: readonly ThinkingLevel[];
    readonly input?: readonly ('text' | 'image')[];
    readonly price?: ModelPrice;
    readonly pricedBy?: PriceSource;
    readonly pricedFrom?: string;
    readonly kind?: ModelKind;
    readonly dimensions?: number;
    readonly maxValues?: number;
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
    readonly reasoning?: number;
    readonly reported?: number;
}

declare const Models: import("nexus-gateway/sdk").ServiceToken<ModelsApi>

declare interface ModelsApi {
    list(kind?: ModelKind): Promise<readonly ModelSpec[]>;
    resolve(reference?: string, kind?: ModelKind): Promise<ModelSpec>;
    route(request: RouteRequest): Promise<Route>;
    stream(request: ModelRequest, emit: EmitPart): Promise<ModelFinish>;
    embed(request: EmbedRequest): Promise<EmbedResult>;
    readonly prices: PriceBook;
}

declare type ModelsList = v.InferOutput<typeof ModelsListResult>

declare const ModelsListResult: v.StrictObjectSchema<{
    readonly models: v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly name: v.StringSchema<undefined>;
        readonly provider: v.StringSchema<undefined>;
        readonly contextWindow: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
        readonly reasoning: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly aliases: v.OptionalSchema<v.ArraySchema<v.StringSchema<undefined>, undefined>, undefined>;
        readonly maxOutput: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly tools: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly thinking: v.OptionalSchema<v.ArraySchema<v.PicklistSchema<readonly ["off", "minimal", "low", "medium", "high", "max"], undefined>, undefined>, undefined>;
        readonly input: v.OptionalSchema<v.ArraySchema<v.PicklistSchema<["text", "image"], undefined>, undefined>, undefined>;
        readonly price: v.OptionalSchema<v.StrictObjectSchema<{
            readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
            readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
            readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
            readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
            readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                    readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                    readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                    readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                    readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                    readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                    readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                        input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                        output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                        cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                        cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                        tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                    }, undefined>, undefined>;
                }, undefined>, undefined>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
        readonly pricedBy: v.OptionalSchema<v.PicklistSchema<readonly ["settings", "provider", "catalogue"], undefined>, undefined>;
        readonly pricedFrom: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly kind: v.OptionalSchema<v.PicklistSchema<readonly ["chat", "embedding"], undefined>, undefined>;
        readonly dimensions: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
        readonly default: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
    }, undefined>, undefined>;
}, undefined>

declare type ModelsProbe = v.InferOutput<typeof ModelsProbeResult>

declare const ModelsProbeResult: v.StrictObjectSchema<{
    readonly ok: v.BooleanSchema<undefined>;
    readonly provider: v.StringSchema<undefined>;
    readonly model: v.StringSchema<undefined>;
    readonly account: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly firstMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly durationMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    readonly kind: v.OptionalSchema<v.PicklistSchema<readonly ("auth" | "billing" | "context_length" | "format" | "network" | "rate_limit" | "refusal" | "server" | "timeout")[], undefined>, undefined>;
    readonly status: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly retryAfterMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
    readonly message: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly fix: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
}, undefined>

declare type ModelsRoute = v.InferOutput<typeof ModelsRouteResult>

declare const ModelsRouteResult: v.StrictObjectSchema<{
    readonly model: v.StringSchema<undefined>;
    readonly fallbacks: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly tier: v.OptionalSchema<v.PicklistSchema<readonly ["fast", "balanced", "capable"], undefined>, undefined>;
    readonly decision: v.OptionalSchema<v.StrictObjectSchema<{
        readonly by: v.StringSchema<undefined>;
        readonly tier: v.PicklistSchema<readonly ["fast", "balanced", "capable"], undefined>;
        readonly score: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly thresholds: v.StrictObjectSchema<{
            readonly balanced: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly capable: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>;
        readonly features: v.ArraySchema<v.StrictObjectSchema<{
            readonly name: v.StringSchema<undefined>;
            readonly count: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly value: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly weight: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
            readonly points: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>;
    readonly reasons: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly candidates: v.ArraySchema<v.StrictObjectSchema<{
        readonly model: v.StringSchema<undefined>;
        readonly account: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly state: v.PicklistSchema<["ready", "cooling", "open"], undefined>;
    }, undefined>, undefined>;
}, undefined>

declare type ModelsStatus = v.InferOutput<typeof ModelsStatusResult>

declare const ModelsStatusResult: v.StrictObjectSchema<{
    readonly default: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly embedding: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
    readonly fallbacks: v.ArraySchema<v.StringSchema<undefined>, undefined>;
    readonly providers: v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.StringSchema<undefined>;
        readonly models: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly accounts: v.ArraySchema<v.StrictObjectSchema<{
            readonly id: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
            readonly kind: v.OptionalSchema<v.PicklistSchema<["oauth", "token", "key"], undefined>, undefined>;
            readonly state: v.PicklistSchema<["ready", "cooling", "open"], undefined>;
            readonly until: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>, undefined>;
            readonly reason: v.OptionalSchema<v.PicklistSchema<readonly ("auth" | "billing" | "context_length" | "format" | "network" | "rate_limit" | "refusal" | "server" | "timeout")[], undefined>, undefined>;
            readonly errors: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
    }, undefined>, undefined>;
    readonly prices: v.OptionalSchema<v.StrictObjectSchema<{
        readonly updated: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly stale: v.BooleanSchema<undefined>;
        readonly refused: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
    }, undefined>, undefined>;
    readonly retry: v.StrictObjectSchema<{
        readonly windowMs: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly offered: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly extra: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly refused: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 0, undefined>]>;
        readonly ratio: v.NumberSchema<undefined>;
    }, undefined>;
}, undefined>

declare interface PriceBook {
    readonly updated: string | undefined;
    isStale(at: number): boolean;
    on(reference: string, at: number, said?: ModelPrice): Priced | undefined;
    faults(): readonly PriceFault[];
    entries(): readonly PriceEntry[];
    version(at: number): number;
}

declare interface PriceEntry {
    readonly model: string;
    readonly where: Exclude<PriceSource, 'provider'>;
    readonly prices: readonly {
        readonly since?: string;
        readonly price: ModelPrice;
    }[];
}

declare interface PriceFault {
    readonly model: string;
    readonly where: PriceSource;
    readonly problem: string;
    readonly fix: string;
}

declare type PriceSource = (typeof priceSources)[number]

declare interface Priced {
    readonly price: ModelPrice;
    readonly by: PriceSource;
    readonly of: string;
    readonly since?: string;
}

declare interface PricedModels {
    readonly book: PriceBook;
    readonly specs: readonly ModelSpec[];
}

declare interface Provider {
    readonly id: string;
    models(): MaybePromise<readonly ModelSpec[]>;
    accounts?(): MaybePromise<readonly Account[]>;
    stream(request: ModelRequest, emit: EmitPart): MaybePromise<ModelFinish>;
    embed?(call: EmbedCall): MaybePromise<EmbedFinish>;
}

declare interface ProviderFailure {
    readonly kind: FailureKind;
    readonly provider: string;
    readonly retryable: boolean;
    readonly status?: number;
    readonly retryAfterMs?: number;
    readonly unsent?: true;
}

declare interface Route {
    readonly model: string;
    readonly fallbacks: readonly string[];
    readonly tier?: Tier;
    readonly decision?: RouteDecision;
    readonly reasons: readonly string[];
}

declare interface RouteDecision {
    readonly by: string;
    readonly tier: Tier;
    readonly score: number;
    readonly thresholds: {
        readonly balanced: number;
        readonly capable: number;
    };
    readonly features: readonly RouteFeature[];
}

declare interface RouteFeature {
    readonly name: string;
    readonly count: number;
    readonly value: number;
    readonly weight: number;
    readonly points: number;
}

declare interface RouteRequest {
    readonly model?: string;
    readonly pinned?: boolean;
    readonly fallbacks?: readonly string[];
    readonly agentId?: string;
    readonly sessionKey?: string;
    readonly runId?: string;
    readonly cause: Cause;
    readonly messages?: readonly ModelMessage[];
    readonly tools?: readonly ModelTool[];
    readonly thinking?: ThinkingLevel;
}

declare interface Server {
    readonly provider: string;
    readonly timeoutMs: number;
    readonly stallMs: number;
    readonly credentials: Pick<Credentials, 'headers' | 'known'>;
    readonly halts: Halts;
    readonly clock: Clock;
    readonly log: Log;
    stream(request: ModelRequest, way: Way, emit: EmitPart): Promise<ModelFinish>;
    embed?(call: EmbedCall, way: Way): Promise<EmbedFinish>;
}

declare interface ServerOffer extends Pick<Server, 'stream' | 'embed'> {
    readonly id: string;
    readonly settings: LanguageModelSettings;
    readonly carry?: Carry;
    readonly needsKey?: boolean;
    readonly listUrl?: string;
    price?(id: string): ModelPrice | undefined;
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

declare type ThinkingLevel = (typeof thinkingLevels)[number]

declare interface ThinkingPart {
    readonly type: 'thinking';
    readonly thinking: string;
    readonly signature?: string;
}

declare type Tier = (typeof tiers)[number]

declare interface TokenPrice {
    readonly input: number;
    readonly output: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
}

declare interface ToolCallPart {
    readonly type: 'toolCall';
    readonly id: string;
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
    readonly signature?: string;
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

declare interface VectorsOffer {
    load(): Promise<(modelId: string) => EmbeddingModelV3>;
    dimensions(count: number): SharedV3ProviderOptions;
}

declare interface Way {
    readonly headers: Headers;
    readonly signal: AbortSignal;
    onEnd(end: () => void): () => void;
    fed(): void;
}

declare const all: v.StrictObjectSchema<{
    apiKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.UnionSchema<[v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>]>, v.InstanceSchema<typeof import("nexus-gateway/sdk").Secret, undefined>], undefined>, v.MetadataAction<string | import("nexus-gateway/sdk").Secret, {
        readonly secret: true;
        readonly description?: string;
    }>, v.TransformAction<string | import("nexus-gateway/sdk").Secret, import("nexus-gateway/sdk").Secret>]>, undefined>;
    accounts: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.DescriptionAction<string, "Its name in `nexus models status`.">]>;
        readonly apiKey: v.SchemaWithPipe<readonly [v.UnionSchema<[v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>]>, v.InstanceSchema<typeof import("nexus-gateway/sdk").Secret, undefined>], undefined>, v.MetadataAction<string | import("nexus-gateway/sdk").Secret, {
            readonly secret: true;
            readonly description?: string;
        }>, v.TransformAction<string | import("nexus-gateway/sdk").Secret, import("nexus-gateway/sdk").Secret>]>;
        readonly kind: v.OptionalSchema<v.SchemaWithPipe<readonly [v.PicklistSchema<["oauth", "token", "key"], undefined>, v.DescriptionAction<"key" | "oauth" | "token", "Accounts are used in the order oauth, token, key.">]>, "key">;
    }, undefined>, undefined>, v.MaxLengthAction<{
        id: string;
        apiKey: import("nexus-gateway/sdk").Secret;
        kind: "key" | "oauth" | "token";
    }[], 50, undefined>, v.DescriptionAction<{
        id: string;
        apiKey: import("nexus-gateway/sdk").Secret;
        kind: "key" | "oauth" | "token";
    }[], "Several keys: requests take turns, and one that fails rests.">]>, readonly []>;
    models: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly contextWindow: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
        readonly maxOutput: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
        readonly tools: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly reasoning: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly thinking: v.OptionalSchema<v.ArraySchema<v.PicklistSchema<readonly ["off", "minimal", "low", "medium", "high", "max"], undefined>, undefined>, undefined>;
        readonly input: v.OptionalSchema<v.ArraySchema<v.PicklistSchema<["text", "image"], undefined>, undefined>, undefined>;
        readonly price: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StrictObjectSchema<{
            readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
            readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
            readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
            readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
            readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                    readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                    readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                    readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                    readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                    readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                    readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                        input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                        output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                        cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                        cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                        tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                    }, undefined>, undefined>;
                }, undefined>, undefined>;
            }, undefined>, undefined>;
        }, undefined>, v.DescriptionAction<{
            input: number;
            output: number;
            cacheRead?: number | undefined;
            cacheWrite?: number | undefined;
            above?: {
                input: number;
                output: number;
                cacheRead?: number | undefined;
                cacheWrite?: number | undefined;
                tokens: number;
                above?: {
                    input: number;
                    output: number;
                    cacheRead?: number | undefined;
                    cacheWrite?: number | undefined;
                    tokens: number;
                    above?: {
                        input: number;
                        output: number;
                        cacheRead?: number | undefined;
                        cacheWrite?: number | undefined;
                        tokens: number;
                    } | undefined;
                } | undefined;
            } | undefined;
        }, "US dollars per million tokens.">]>, undefined>;
        readonly kind: v.OptionalSchema<v.SchemaWithPipe<readonly [v.PicklistSchema<readonly ["chat", "embedding"], undefined>, v.DescriptionAction<"chat" | "embedding", "Whether it answers, or makes vectors of texts; told by its name where that is known.">]>, undefined>;
        readonly dimensions: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, v.DescriptionAction<number, "Numbers in a vector of an embedding model.">]>, undefined>;
        readonly maxValues: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, v.DescriptionAction<number, "Texts an embedding model takes at once, where that is less than 100.">]>, undefined>;
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.DescriptionAction<string, "As the server calls it.">]>;
    }, undefined>, undefined>, v.DescriptionAction<{
        name?: string | undefined;
        contextWindow?: number | undefined;
        maxOutput?: number | undefined;
        tools?: boolean | undefined;
        reasoning?: boolean | undefined;
        thinking?: ("high" | "low" | "max" | "medium" | "minimal" | "off")[] | undefined;
        input?: ("image" | "text")[] | undefined;
        price?: {
            input: number;
            output: number;
            cacheRead?: number | undefined;
            cacheWrite?: number | undefined;
            above?: {
                input: number;
                output: number;
                cacheRead?: number | undefined;
                cacheWrite?: number | undefined;
                tokens: number;
                above?: {
                    input: number;
                    output: number;
                    cacheRead?: number | undefined;
                    cacheWrite?: number | undefined;
                    tokens: number;
                    above?: {
                        input: number;
                        output: number;
                        cacheRead?: number | undefined;
                        cacheWrite?: number | undefined;
                        tokens: number;
                    } | undefined;
                } | undefined;
            } | undefined;
        } | undefined;
        kind?: "chat" | "embedding" | undefined;
        dimensions?: number | undefined;
        maxValues?: number | undefined;
        id: string;
    }[], "The models to offer; without it all that are known.">]>, undefined>;
    headers: v.OptionalSchema<v.SchemaWithPipe<readonly [v.RecordSchema<v.StringSchema<undefined>, v.SchemaWithPipe<readonly [v.UnionSchema<[v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>]>, v.InstanceSchema<typeof import("nexus-gateway/sdk").Secret, undefined>], undefined>, v.MetadataAction<string | import("nexus-gateway/sdk").Secret, {
        readonly secret: true;
        readonly description?: string;
    }>, v.TransformAction<string | import("nexus-gateway/sdk").Secret, import("nexus-gateway/sdk").Secret>]>, undefined>, v.DescriptionAction<{
        [x: string]: import("nexus-gateway/sdk").Secret;
    }, "Sent with every request.">]>, {}>;
    timeoutMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 3600000, undefined>]>, v.DescriptionAction<number, "Milliseconds until the answer begins.">]>, 300000>;
    stallMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 3600000, undefined>]>, v.DescriptionAction<number, "Milliseconds between two pieces of it.">]>, 180000>;
}, undefined>

declare const allKnown: (provider: string) => ModelSpec

declare function chargeOf(usage: ModelUsage, { price, pricedFrom }: Pick<ModelSpec, 'price' | 'pricedFrom'>): {
    readonly usd: number | undefined;
    readonly price: string;
}

declare const costOf: (usage: ModelUsage, price: ModelPrice | undefined) => number | undefined

declare function costsOf(usage: Omit<ModelUsage, 'totalTokens'>, price: ModelPrice | undefined): Costs | undefined

declare const failureKinds: readonly FailureKind[]

declare function failureOf(error: unknown): ProviderFailure | undefined

declare function isUnconnected(error: unknown, depth?: number): boolean

declare const kindOf: ({ kind }: Pick<ModelSpec, 'kind'>) => ModelKind

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

declare const languageModelSettings: {
    apiKey: v.OptionalSchema<v.SchemaWithPipe<readonly [v.UnionSchema<[v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>]>, v.InstanceSchema<typeof import("nexus-gateway/sdk").Secret, undefined>], undefined>, v.MetadataAction<string | import("nexus-gateway/sdk").Secret, {
        readonly secret: true;
        readonly description?: string;
    }>, v.TransformAction<string | import("nexus-gateway/sdk").Secret, import("nexus-gateway/sdk").Secret>]>, undefined>;
    accounts: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.RegexAction<string, undefined>, v.DescriptionAction<string, "Its name in `nexus models status`.">]>;
        readonly apiKey: v.SchemaWithPipe<readonly [v.UnionSchema<[v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>]>, v.InstanceSchema<typeof import("nexus-gateway/sdk").Secret, undefined>], undefined>, v.MetadataAction<string | import("nexus-gateway/sdk").Secret, {
            readonly secret: true;
            readonly description?: string;
        }>, v.TransformAction<string | import("nexus-gateway/sdk").Secret, import("nexus-gateway/sdk").Secret>]>;
        readonly kind: v.OptionalSchema<v.SchemaWithPipe<readonly [v.PicklistSchema<["oauth", "token", "key"], undefined>, v.DescriptionAction<"key" | "oauth" | "token", "Accounts are used in the order oauth, token, key.">]>, "key">;
    }, undefined>, undefined>, v.MaxLengthAction<{
        id: string;
        apiKey: import("nexus-gateway/sdk").Secret;
        kind: "key" | "oauth" | "token";
    }[], 50, undefined>, v.DescriptionAction<{
        id: string;
        apiKey: import("nexus-gateway/sdk").Secret;
        kind: "key" | "oauth" | "token";
    }[], "Several keys: requests take turns, and one that fails rests.">]>, readonly []>;
    models: v.OptionalSchema<v.SchemaWithPipe<readonly [v.ArraySchema<v.StrictObjectSchema<{
        readonly name: v.OptionalSchema<v.StringSchema<undefined>, undefined>;
        readonly contextWindow: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
        readonly maxOutput: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, undefined>;
        readonly tools: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly reasoning: v.OptionalSchema<v.BooleanSchema<undefined>, undefined>;
        readonly thinking: v.OptionalSchema<v.ArraySchema<v.PicklistSchema<readonly ["off", "minimal", "low", "medium", "high", "max"], undefined>, undefined>, undefined>;
        readonly input: v.OptionalSchema<v.ArraySchema<v.PicklistSchema<["text", "image"], undefined>, undefined>, undefined>;
        readonly price: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StrictObjectSchema<{
            readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
            readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
            readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
            readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
            readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                    readonly input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                    readonly output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                    readonly cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                    readonly cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                    readonly tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                    readonly above: v.OptionalSchema<v.StrictObjectSchema<{
                        input: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                        output: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>;
                        cacheRead: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                        cacheWrite: v.OptionalSchema<v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.MinValueAction<number, 0, undefined>, v.MaxValueAction<number, 10000, undefined>]>, undefined>;
                        tokens: v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>;
                    }, undefined>, undefined>;
                }, undefined>, undefined>;
            }, undefined>, undefined>;
        }, undefined>, v.DescriptionAction<{
            input: number;
            output: number;
            cacheRead?: number | undefined;
            cacheWrite?: number | undefined;
            above?: {
                input: number;
                output: number;
                cacheRead?: number | undefined;
                cacheWrite?: number | undefined;
                tokens: number;
                above?: {
                    input: number;
                    output: number;
                    cacheRead?: number | undefined;
                    cacheWrite?: number | undefined;
                    tokens: number;
                    above?: {
                        input: number;
                        output: number;
                        cacheRead?: number | undefined;
                        cacheWrite?: number | undefined;
                        tokens: number;
                    } | undefined;
                } | undefined;
            } | undefined;
        }, "US dollars per million tokens.">]>, undefined>;
        readonly kind: v.OptionalSchema<v.SchemaWithPipe<readonly [v.PicklistSchema<readonly ["chat", "embedding"], undefined>, v.DescriptionAction<"chat" | "embedding", "Whether it answers, or makes vectors of texts; told by its name where that is known.">]>, undefined>;
        readonly dimensions: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, v.DescriptionAction<number, "Numbers in a vector of an embedding model.">]>, undefined>;
        readonly maxValues: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>]>, v.DescriptionAction<number, "Texts an embedding model takes at once, where that is less than 100.">]>, undefined>;
        readonly id: v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>, v.DescriptionAction<string, "As the server calls it.">]>;
    }, undefined>, undefined>, v.DescriptionAction<{
        name?: string | undefined;
        contextWindow?: number | undefined;
        maxOutput?: number | undefined;
        tools?: boolean | undefined;
        reasoning?: boolean | undefined;
        thinking?: ("high" | "low" | "max" | "medium" | "minimal" | "off")[] | undefined;
        input?: ("image" | "text")[] | undefined;
        price?: {
            input: number;
            output: number;
            cacheRead?: number | undefined;
            cacheWrite?: number | undefined;
            above?: {
                input: number;
                output: number;
                cacheRead?: number | undefined;
                cacheWrite?: number | undefined;
                tokens: number;
                above?: {
                    input: number;
                    output: number;
                    cacheRead?: number | undefined;
                    cacheWrite?: number | undefined;
                    tokens: number;
                    above?: {
                        input: number;
                        output: number;
                        cacheRead?: number | undefined;
                        cacheWrite?: number | undefined;
                        tokens: number;
                    } | undefined;
                } | undefined;
            } | undefined;
        } | undefined;
        kind?: "chat" | "embedding" | undefined;
        dimensions?: number | undefined;
        maxValues?: number | undefined;
        id: string;
    }[], "The models to offer; without it all that are known.">]>, undefined>;
    headers: v.OptionalSchema<v.SchemaWithPipe<readonly [v.RecordSchema<v.StringSchema<undefined>, v.SchemaWithPipe<readonly [v.UnionSchema<[v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>]>, v.InstanceSchema<typeof import("nexus-gateway/sdk").Secret, undefined>], undefined>, v.MetadataAction<string | import("nexus-gateway/sdk").Secret, {
        readonly secret: true;
        readonly description?: string;
    }>, v.TransformAction<string | import("nexus-gateway/sdk").Secret, import("nexus-gateway/sdk").Secret>]>, undefined>, v.DescriptionAction<{
        [x: string]: import("nexus-gateway/sdk").Secret;
    }, "Sent with every request.">]>, {}>;
    timeoutMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 3600000, undefined>]>, v.DescriptionAction<number, "Milliseconds until the answer begins.">]>, 300000>;
    stallMs: v.OptionalSchema<v.SchemaWithPipe<readonly [v.SchemaWithPipe<readonly [v.NumberSchema<undefined>, v.IntegerAction<number, undefined>, v.MinValueAction<number, 1, undefined>, v.MaxValueAction<number, 3600000, undefined>]>, v.DescriptionAction<number, "Milliseconds between two pieces of it.">]>, 180000>;
}

declare const malformed = "$malformed"

declare const modelAccounts: import("nexus-gateway/sdk").HookToken<[provider: string], readonly Account[] | undefined, readonly Account[] | undefined>

declare const modelAfter: import("nexus-gateway/sdk").HookToken<[Attempt, AttemptOutcome], void, void>

declare const modelBefore: import("nexus-gateway/sdk").HookToken<[Attempt, AttemptControl], void, void>

declare const modelEmbed: import("nexus-gateway/sdk").HookToken<[EmbedCall], EmbedFinish | undefined, EmbedFinish | undefined>

declare const modelKinds: readonly ['chat', 'embedding']

declare const modelRoute: import("nexus-gateway/sdk").HookToken<[Route, RouteRequest], Route | undefined, Route>

declare const modelStream: import("nexus-gateway/sdk").HookToken<[ModelRequest, EmitPart], ModelFinish | undefined, ModelFinish | undefined>

declare const models: import("nexus-gateway/sdk").Contract<"models", {
    readonly 'models.list': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
        readonly view: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["default", "configured", "all"], undefined>, undefined>;
        readonly agentId: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly detail: import("valibot").OptionalSchema<import("valibot").BooleanSchema<undefined>, undefined>;
        readonly kind: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["chat", "embedding", "all"], undefined>, undefined>;
    }, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly models: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly id: import("valibot").StringSchema<undefined>;
            readonly name: import("valibot").StringSchema<undefined>;
            readonly provider: import("valibot").StringSchema<undefined>;
            readonly contextWindow: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 1, undefined>]>, undefined>;
            readonly reasoning: import("valibot").OptionalSchema<import("valibot").BooleanSchema<undefined>, undefined>;
            readonly aliases: import("valibot").OptionalSchema<import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>, undefined>;
            readonly maxOutput: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly tools: import("valibot").OptionalSchema<import("valibot").BooleanSchema<undefined>, undefined>;
            readonly thinking: import("valibot").OptionalSchema<import("valibot").ArraySchema<import("valibot").PicklistSchema<readonly ["off", "minimal", "low", "medium", "high", "max"], undefined>, undefined>, undefined>;
            readonly input: import("valibot").OptionalSchema<import("valibot").ArraySchema<import("valibot").PicklistSchema<["text", "image"], undefined>, undefined>, undefined>;
            readonly price: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
                readonly input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>;
                readonly output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>;
                readonly cacheRead: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>, undefined>;
                readonly cacheWrite: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>, undefined>;
                readonly above: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
                    readonly input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>;
                    readonly output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>;
                    readonly cacheRead: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>, undefined>;
                    readonly cacheWrite: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>, undefined>;
                    readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 1, undefined>]>;
                    readonly above: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
                        readonly input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>;
                        readonly output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>;
                        readonly cacheRead: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>, undefined>;
                        readonly cacheWrite: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>, undefined>;
                        readonly tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 1, undefined>]>;
                        readonly above: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
                            input: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>;
                            output: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>;
                            cacheRead: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>, undefined>;
                            cacheWrite: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>, import("valibot").MaxValueAction<number, 10000, undefined>]>, undefined>;
                            tokens: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 1, undefined>]>;
                        }, undefined>, undefined>;
                    }, undefined>, undefined>;
                }, undefined>, undefined>;
            }, undefined>, undefined>;
            readonly pricedBy: import("valibot").OptionalSchema<import("valibot").PicklistSchema<readonly ["settings", "provider", "catalogue"], undefined>, undefined>;
            readonly pricedFrom: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly kind: import("valibot").OptionalSchema<import("valibot").PicklistSchema<readonly ["chat", "embedding"], undefined>, undefined>;
            readonly dimensions: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
            readonly default: import("valibot").OptionalSchema<import("valibot").BooleanSchema<undefined>, undefined>;
        }, undefined>, undefined>;
    }, undefined>>>;
    readonly 'models.status': import("nexus-gateway/sdk").Method<undefined, NoInfer<import("valibot").StrictObjectSchema<{
        readonly default: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly embedding: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly fallbacks: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly providers: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly id: import("valibot").StringSchema<undefined>;
            readonly models: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly accounts: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly id: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
                readonly kind: import("valibot").OptionalSchema<import("valibot").PicklistSchema<["oauth", "token", "key"], undefined>, undefined>;
                readonly state: import("valibot").PicklistSchema<["ready", "cooling", "open"], undefined>;
                readonly until: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
                readonly reason: import("valibot").OptionalSchema<import("valibot").PicklistSchema<readonly ("auth" | "billing" | "context_length" | "format" | "network" | "rate_limit" | "refusal" | "server" | "timeout")[], undefined>, undefined>;
                readonly errors: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
        readonly prices: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
            readonly updated: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly stale: import("valibot").BooleanSchema<undefined>;
            readonly refused: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        }, undefined>, undefined>;
        readonly retry: import("valibot").StrictObjectSchema<{
            readonly windowMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly offered: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly extra: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly refused: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly ratio: import("valibot").NumberSchema<undefined>;
        }, undefined>;
    }, undefined>>>;
    readonly 'models.probe': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
        readonly model: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly account: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly timeoutMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 1, undefined>, import("valibot").MaxValueAction<number, 120000, undefined>]>, 20000>;
    }, undefined>, {}>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly ok: import("valibot").BooleanSchema<undefined>;
        readonly provider: import("valibot").StringSchema<undefined>;
        readonly model: import("valibot").StringSchema<undefined>;
        readonly account: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly firstMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly durationMs: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
        readonly kind: import("valibot").OptionalSchema<import("valibot").PicklistSchema<readonly ("auth" | "billing" | "context_length" | "format" | "network" | "rate_limit" | "refusal" | "server" | "timeout")[], undefined>, undefined>;
        readonly status: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly retryAfterMs: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").IntegerAction<number, undefined>, import("valibot").MinValueAction<number, 0, undefined>]>, undefined>;
        readonly message: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly fix: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
    }, undefined>>>;
    readonly 'models.route': import("nexus-gateway/sdk").Method<NoInfer<import("valibot").StrictObjectSchema<{
        readonly text: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MaxLengthAction<string, 100000, undefined>]>, "">;
        readonly model: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly pinned: import("valibot").OptionalSchema<import("valibot").BooleanSchema<undefined>, undefined>;
        readonly fallbacks: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").ArraySchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>, import("valibot").MaxLengthAction<string[], 10, undefined>]>, undefined>;
        readonly agentId: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly sessionKey: import("valibot").OptionalSchema<import("valibot").SchemaWithPipe<readonly [import("valibot").StringSchema<undefined>, import("valibot").MinLengthAction<string, 1, undefined>, import("valibot").MaxLengthAction<string, 512, undefined>]>, undefined>;
        readonly thinking: import("valibot").OptionalSchema<import("valibot").PicklistSchema<readonly ["off", "minimal", "low", "medium", "high", "max"], undefined>, undefined>;
    }, undefined>>, NoInfer<import("valibot").StrictObjectSchema<{
        readonly model: import("valibot").StringSchema<undefined>;
        readonly fallbacks: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly tier: import("valibot").OptionalSchema<import("valibot").PicklistSchema<readonly ["fast", "balanced", "capable"], undefined>, undefined>;
        readonly decision: import("valibot").OptionalSchema<import("valibot").StrictObjectSchema<{
            readonly by: import("valibot").StringSchema<undefined>;
            readonly tier: import("valibot").PicklistSchema<readonly ["fast", "balanced", "capable"], undefined>;
            readonly score: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            readonly thresholds: import("valibot").StrictObjectSchema<{
                readonly balanced: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly capable: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            }, undefined>;
            readonly features: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
                readonly name: import("valibot").StringSchema<undefined>;
                readonly count: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly value: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly weight: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
                readonly points: import("valibot").SchemaWithPipe<readonly [import("valibot").NumberSchema<undefined>, import("valibot").MinValueAction<number, 0, undefined>]>;
            }, undefined>, undefined>;
        }, undefined>, undefined>;
        readonly reasons: import("valibot").ArraySchema<import("valibot").StringSchema<undefined>, undefined>;
        readonly candidates: import("valibot").ArraySchema<import("valibot").StrictObjectSchema<{
            readonly model: import("valibot").StringSchema<undefined>;
            readonly account: import("valibot").OptionalSchema<import("valibot").StringSchema<undefined>, undefined>;
            readonly state: import("valibot").PicklistSchema<["ready", "cooling", "open"], undefined>;
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
    readonly NEXUS_MODELS_NOT_ALLOWED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 403;
        readonly text: 'the settings do not allow that model{where}';
        readonly fix: 'Add it to `models.allow` as provider/id, or its provider as provider/*.';
    };
    readonly NEXUS_MODELS_KIND: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 400;
        readonly text: 'that model {does}{where}';
        readonly fix: 'See `nexus models list` for {others}; if it is mistaken for what it is not, say so in `models.catalogue` with `kind`.';
    };
    readonly NEXUS_MODELS_VALUES: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 400;
        readonly text: 'vectors are made of 1 to {most} texts, none of them empty';
        readonly fix: 'Leave out empty texts, and ask for many in several requests.';
    };
    readonly NEXUS_MODELS_ACCOUNT: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'provider "{provider}" has no such account';
        readonly fix: 'See `nexus models status` for the accounts there are.';
    };
    readonly NEXUS_MODELS_ACCOUNT_TWICE: {
        readonly text: 'two accounts of provider "{provider}" have one id';
        readonly fix: 'Give each of its `accounts` an id of its own; the `apiKey` beside them is called `default`.';
    };
    readonly NEXUS_MODELS_NONE: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'no provider offers a model{purpose}';
        readonly fix: 'Set up a provider, such as provider-openai-compatible with its baseUrl{instead}.';
    };
    readonly NEXUS_MODELS_FILTER: {
        readonly text: 'none of the {count} models has that in its name';
        readonly fix: 'See `nexus models list` for all of them.';
    };
    readonly NEXUS_MODELS_TIMEOUT: {
        readonly text: '--timeout is no number of milliseconds';
        readonly fix: 'Give a whole number from 1 to 120000.';
    };
    readonly NEXUS_MODELS_PROVIDER: {
        readonly wire: 'UNAVAILABLE';
        readonly text: 'provider "{provider}" {reason}{status}';
        readonly fix: '{advice}';
    };
}

declare const modelsListed: import("nexus-gateway/sdk").HookToken<[], readonly ModelSpec[] | undefined, (readonly ModelSpec[])[]>

declare const mostEmbedValues = 2048

declare const noRedirect: typeof fetch

declare function offerLanguageModel(ctx: Pick<Ctx, 'scope' | 'tap' | 'clock' | 'log'>, offer: LanguageModelOffer): void

declare function offerModels(ctx: Pick<Ctx, 'scope' | 'tap'>, provider: Provider): void

declare function offerServer(ctx: Pick<Ctx, 'scope' | 'tap' | 'clock' | 'log'>, { id, settings, carry, needsKey, listUrl, price, stream, embed }: ServerOffer): void

declare function parseArguments(text: string): Readonly<Record<string, unknown>>

declare function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void>

declare function priceFor({ above, ...price }: ModelPrice, inputTokens: number): TokenPrice

declare const priceSources: readonly ['settings', 'provider', 'catalogue']

declare function providerFailure(provider: string, kind: FailureKind, more?: Partial<Pick<ProviderFailure, 'status' | 'retryAfterMs' | 'unsent'>>, cause?: unknown): NexusError

declare const referenceOf: ({ provider, id }: Pick<ModelSpec, 'provider' | 'id'>) => string

declare function serverSaid({ status, headers, body }: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly body: unknown;
}): Error

declare function sumOf(a: ModelUsage, b: ModelUsage): ModelUsage

declare function thinkingFor(spec: Pick<ModelSpec, 'reasoning' | 'thinking'>, wanted: ThinkingLevel | undefined): ThinkingLevel | undefined

declare const thinkingLevels: readonly ['off', 'minimal', 'low', 'medium', 'high', 'max']

declare const tiers: readonly ['fast', 'balanced', 'capable']

declare function underSignals<T>(signals: readonly AbortSignal[], work: (signal: AbortSignal) => T | Promise<T>): Promise<T>

declare function usageOf(counted: Partial<Omit<ModelUsage, 'totalTokens'>>): ModelUsage
