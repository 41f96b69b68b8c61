// The public types of sdk/pack, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: DescribeOptions, Tier, configSchema, describe, pack, release
export {}

declare type Access = 'public' | `${string}.${string}`

declare type Any = any

declare type AsyncMember<T> = {
    [K in keyof T & string]: T[K] extends (...args: never) => Promise<unknown> ? K : never;
}[keyof T & string]

declare interface CallLimit {
    readonly calls?: number;
    readonly windowMs?: number;
    readonly concurrent?: number;
}

declare interface Caller {
    readonly id: string;
    readonly role: 'operator' | 'node' | 'none';
    readonly scopes: ReadonlySet<string>;
    readonly label: Label;
    readonly bounds?: Readonly<Record<string, string>>;
}

declare interface Cause {
    readonly caller: Caller;
    readonly trace: string;
    readonly path: readonly string[];
}

declare interface Clock {
    now(): number;
    setTimeout(run: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
}

declare interface Command {
    readonly summary: string;
    readonly args?: readonly string[];
    readonly options?: Readonly<Record<string, CommandOption>>;
    readonly examples?: readonly string[];
    readonly offline?: boolean;
    run(io: CommandIo): MaybePromise<number | void>;
}

declare interface CommandIo {
    readonly args: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly options: Readonly<Record<string, string | boolean | undefined>>;
    readonly json: boolean;
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
    readonly stderr: NodeJS.WriteStream;
    readonly paths: Ctx['paths'];
    readonly env: NodeJS.ProcessEnv;
    readonly signal: AbortSignal;
    call(method: string, params?: unknown): Promise<unknown>;
    connect(): Promise<CommandSocket>;
    print(text: string, value: unknown): void;
}

declare interface CommandOption {
    readonly summary: string;
    readonly value?: string;
    readonly short?: string;
    readonly default?: string;
    readonly many?: boolean;
}

declare interface CommandSocket extends AsyncDisposable {
    call(method: string, params?: unknown): Promise<unknown>;
    on(event: string, fn: (payload: never) => void): () => void;
    readonly closed: Promise<void>;
}

declare interface Contract<I extends string = string, M = Any, E = Any, R = Any, P = Any, U = Any> {
    readonly id: I;
    readonly methods?: M;
    readonly events?: E;
    readonly routes?: R;
    readonly upgrades?: U;
    readonly provides?: P;
    readonly paths?: readonly string[];
}

declare interface Ctx<E = {}, G = undefined, Q = {}> {
    readonly id: string;
    readonly config: Out<G>;
    readonly deps: Deps<Q>;
    readonly scope: Scope;
    readonly clock: Clock;
    readonly log: Log;
    readonly paths: {
        readonly state: string;
        readonly config: string;
        readonly cache: string;
        readonly socket: string;
    };
    readonly inherited: unknown;
    readonly cause: Cause;
    emit<K extends keyof E & string>(name: K, payload: E[K] extends Event<infer P> ? In<P> : never, options?: EmitOptions): void;
    tap<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, fn: (...args: A) => MaybePromise<NoInfer<R>>, order?: TapOrder): void;
    invoke<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, ...args: A): MaybePromise<F>;
    call<M, K extends keyof M & string>(contract: Contract<string, M>, name: K, params: M[K] extends Method<infer P, Any> ? MethodArgs<P>[0] : never, options: {
        readonly cause: Cause;
        readonly signal?: AbortSignal;
    }): Promise<M[K] extends Method<Any, infer R> ? Out<R> : never>;
}

declare interface Declared {
    readonly capabilities?: readonly string[];
    readonly required?: boolean;
    readonly safe?: boolean;
    readonly exclusive?: boolean;
    readonly tier?: 'trusted';
    readonly eager?: boolean;
    readonly errors?: ErrorTable;
    readonly migrations?: readonly Migration[];
}

declare type Deps<Q> = {
    readonly [K in keyof Q]: Q[K] extends ServiceToken<infer T> ? T : Q[K] extends OptionalToken<infer T> ? T | undefined : never;
}

declare interface DescribeOptions {
    readonly tier: Tier;
    readonly cacheDir: string;
}

declare interface EmitOptions {
    readonly to?: Iterable<string>;
    readonly lossy?: boolean;
    readonly v3?: () => unknown;
    readonly stateVersion?: {
        readonly presence: number;
        readonly health: number;
    };
}

declare interface ErrorRow {
    readonly text: string;
    readonly fix: string;
    readonly wire?: WireCode;
    readonly detail?: string;
    readonly status?: number;
    readonly retryable?: boolean;
    readonly exit?: number;
}

declare type ErrorTable = Readonly<Record<string, ErrorRow>>

declare interface Event<P extends Schema = Any> {
    readonly scope: Access;
    readonly payload: P;
    readonly summary?: string;
}

declare type Events = Record<string, Event>

declare type Except = readonly string[]

declare type HookMode = 'series' | 'waterfall' | 'bail' | 'collect'

declare interface HookOptions {
    readonly onError?: OnError;
}

declare interface HookToken<A extends readonly unknown[], R, F> {
    readonly kind: 'hook';
    readonly id: string;
    readonly mode: HookMode;
    readonly onError: OnError;
    readonly '~type'?: (args: A) => [R, F];
}

declare type In<S> = S extends Schema ? InferInput<S> : undefined

declare interface JsonSchema {
    readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
    readonly additionalProperties?: boolean | JsonSchema;
    readonly items?: JsonSchema;
    readonly enum?: readonly Scalar[];
    readonly const?: Scalar;
    readonly anyOf?: readonly JsonSchema[];
    readonly minimum?: number;
    readonly maximum?: number;
    readonly exclusiveMinimum?: number;
    readonly exclusiveMaximum?: number;
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly minItems?: number;
    readonly maxItems?: number;
    readonly pattern?: string;
    readonly default?: unknown;
    readonly secret?: boolean;
    readonly agentWritable?: boolean;
    readonly path?: boolean;
    readonly description?: string;
}

declare type Label = (typeof labels)[number]

declare type Log = Readonly<Record<LogLevel, (message: string, fields?: Readonly<Record<string, unknown>>) => void>>

declare type LogLevel = 'debug' | 'info' | 'warn' | 'error'

declare interface Manifest {
    readonly api: typeof apiLevel;
    readonly id: string;
    readonly entry: string;
    readonly cli?: string;
    readonly isolator?: string;
    readonly version?: string;
    readonly description?: string;
    readonly requires: Readonly<Record<string, Requirement>>;
    readonly provides: readonly string[];
    readonly methods: Readonly<Record<string, Access>>;
    readonly limits?: Readonly<Record<string, CallLimit>>;
    readonly events: Readonly<Record<string, Access>>;
    readonly routes: Readonly<Record<string, Access>>;
    readonly upgrades: Readonly<Record<string, Access>>;
    readonly paths: readonly string[];
    readonly commands: Readonly<Record<string, ManifestCommand>>;
    readonly capabilities: readonly string[];
    readonly taps: readonly string[];
    readonly required: boolean;
    readonly safe: boolean;
    readonly exclusive: boolean;
    readonly tier?: 'trusted';
    readonly eager?: boolean;
    readonly members?: Readonly<Record<string, readonly string[]>>;
    readonly config?: JsonSchema;
    readonly errors?: ErrorTable;
    readonly migrations?: readonly Migration[];
}

declare type ManifestCommand = Omit<Command, 'run'>

declare type ManifestExtra = Partial<Pick<Manifest, 'entry' | 'cli' | 'isolator' | 'version' | 'description' | 'commands' | 'config'>>

declare type MaybePromise<T> = T | Promise<T>

declare interface Method<P extends Schema | undefined = Any, R extends Schema | undefined = Any> {
    readonly scope: Access;
    readonly params?: P;
    readonly result?: R;
    readonly summary?: string;
    readonly limit?: CallLimit;
}

declare type MethodArgs<P> = P extends Schema ? ({} extends InferInput<P> ? [params?: InferInput<P>] : [params: InferInput<P>]) : [params?: undefined]

declare type Methods = Record<string, Method>

declare interface Migration {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly summary: string;
    readonly when: readonly string[];
    readonly steps: readonly Step[];
}

declare type OnError = 'fail' | 'isolate'

declare type OnlyKeys<R, K> = {
    readonly [X in keyof R]: X extends K ? R[X] : never;
}

declare interface OptionalToken<T> {
    readonly kind: 'optional';
    readonly token: ServiceToken<T>;
}

declare type Out<S> = S extends Schema ? InferOutput<S> : undefined

declare interface Plugin<M = Any, E = Any> extends Contract<string, M, E>, Declared {
    readonly $type: 'nexus.plugin/1';
    readonly config?: Schema;
    readonly requires?: Requires;
    setup(ctx: Any): Any;
}

declare type Provides = Record<string, ServiceToken<Any>>

declare interface Requirement {
    readonly service: string;
    readonly optional: boolean;
}

declare type Requires = Record<string, ServiceToken<Any> | OptionalToken<Any>>

declare interface Route {
    readonly scope: Access;
    readonly summary?: string;
}

declare type RouteKey = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'} /${string}`

declare type Routes = Record<string, Route>

declare type Scalar = string | number | boolean | null

declare type Schema = GenericSchema

declare interface Scope {
    readonly signal: AbortSignal;
    defer(dispose: () => MaybePromise<void>, label?: string): void;
    use<T extends Disposable | AsyncDisposable>(resource: T, label?: string): T;
    interval(run: () => MaybePromise<void>, ms: number): void;
    timeout(run: () => MaybePromise<void>, ms: number): void;
    spawn(name: string, run: (signal: AbortSignal) => MaybePromise<void>): void;
}

declare interface ServiceToken<T> {
    readonly kind: 'service';
    readonly id: string;
    readonly members?: readonly string[];
    readonly '~type'?: (x: T) => T;
}

declare type Step =
{
    readonly move: string;
    readonly to: string;
    readonly times?: number;
    readonly except?: Except;
}
 | {
    readonly set: string;
    readonly value: Scalar;
}
 | {
    readonly drop: string | readonly string[];
    readonly note: string;
    readonly is?: readonly Scalar[];
    readonly except?: Except;
}
 | {
    readonly map: string;
    readonly values: Readonly<Record<string, Scalar>>;
}
 | {
    readonly list: string;
    readonly to: string;
    readonly key: string;
}
 | {
    readonly pick: string;
    readonly to: string;
    readonly key: string;
    readonly where?: {
        readonly key: string;
        readonly is: readonly Scalar[];
    };
    readonly prefer?: string;
}

declare interface TapOrder {
    readonly before?: string | readonly string[];
    readonly after?: string | readonly string[];
}

declare type Tier = 'trusted' | 'isolated'

declare interface Upgrade {
    readonly scope: Access;
    readonly summary?: string;
}

declare type Upgrades = Record<string, Upgrade>

declare type WireCode = 'INVALID_REQUEST' | 'UNAVAILABLE' | 'FORBIDDEN' | 'NOT_PAIRED' | 'AGENT_TIMEOUT' | 'APPROVAL_NOT_FOUND'

declare const apiLevel = 1

declare function configSchema(plugin: Plugin): JsonSchema

declare const contract: <const I extends string, const M extends Methods = {}, const E extends Events = {}, const R extends Routes = {}, const P extends Provides = {}, const U extends Upgrades = {}>(c: Contract<I, M, E, R & OnlyKeys<R, RouteKey>, P, U & OnlyKeys<U, `/${string}`>>) => Contract<I, M, E, R, P, U>

declare function describe(folder: string, { tier, cacheDir }: DescribeOptions): Promise<Manifest>

declare const hook: {
    series: <A extends readonly unknown[] = []>(id: string, o?: HookOptions) => HookToken<A, void, void>;
    waterfall: <A extends readonly [unknown, ...unknown[]]>(id: string, o?: HookOptions) => HookToken<A, A[0] | undefined, A[0]>;
    bail: <A extends readonly unknown[], R>(id: string, o?: HookOptions) => HookToken<A, R | undefined, R | undefined>;
    collect: <A extends readonly unknown[], R>(id: string, o?: HookOptions) => HookToken<A, R | undefined, R[]>;
}

declare const labels: readonly ['operator', 'device', 'node', 'plugin', 'schedule', 'tool', 'channel', 'webhook']

declare const optional: <T>(token: ServiceToken<T>) => OptionalToken<T>

declare function pack(plugin: Plugin, extra: Omit<ManifestExtra, 'commands' | 'config'>, commands?: Readonly<Record<string, Command>>): Manifest

declare function release(): Promise<{
    readonly ids: readonly string[];
    readonly isolates: boolean;
    readonly version: string;
    readonly root: string;
}>

declare const service: <T>(id: string, { members }?: {
    readonly members?: readonly NoInfer<AsyncMember<T>>[];
}) => ServiceToken<T>
