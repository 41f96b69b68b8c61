// The public types of sdk/testing, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: CliOutcome, Emitted, Examination, ExamineOptions, LeakError, TestCallOptions, TestClock, TestKernel, TestKernelOptions, Tested, Tier, examine, testKernel
export {}

declare type Access = 'public' | `${string}.${string}`

declare type Any = any

declare type AsyncMember<T> = {
    [K in keyof T & string]: T[K] extends (...args: never) => Promise<unknown> ? K : never;
}[keyof T & string]

declare type Blocks = Readonly<Record<string, unknown>>

declare interface Call extends Cause {
    readonly id: string;
    readonly verb: string;
    readonly plugin: string;
    readonly transport: 'ws' | 'http' | 'plugin' | 'kernel';
    readonly connection: Connection | undefined;
    readonly limit: CallLimit | undefined;
    readonly signal: AbortSignal;
    waitUntil(work: Promise<unknown>): void;
}

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

declare interface ChangeReport {
    readonly scheduled?: true;
    readonly started: readonly string[];
    readonly stopped: readonly string[];
    readonly blocked: readonly string[];
}

declare interface Changes {
    readonly load?: readonly Wanted[];
    readonly unload?: readonly string[];
    readonly reload?: readonly string[];
    readonly settings?: Blocks;
    readonly whole?: {
        readonly plugins: readonly Wanted[];
        readonly settings: Blocks;
    };
    verify?(started: readonly string[]): Promise<void>;
    settled?(error?: unknown): void;
}

declare interface CliOutcome {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
    readonly json: readonly unknown[];
}

declare type ClientOf<X> = X extends {
    readonly methods?: infer M;
    readonly events?: infer E;
} ? {
    readonly call: {
        readonly [K in keyof M]: M[K] extends Method<infer P, infer R> ? (...args: MethodArgs<P>) => Promise<R extends Schema ? InferOutput<R> : unknown> : never;
    };
    on<K extends keyof E>(name: K, fn: (payload: E[K] extends Event<infer P> ? Out<P> : never) => void): () => void;
} : never

declare interface Clock {
    now(): number;
    setTimeout(run: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
}

declare interface CloseDeadlines {
    readonly drainMs: number;
    readonly disposeMs: number;
}

declare interface CloseReport {
    readonly drained: boolean;
    readonly errors: readonly NexusError[];
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

declare interface Connection {
    readonly id: string;
    readonly protocol: 3 | 4;
    readonly caller: Caller;
    readonly client: {
        readonly id: string;
        readonly mode: string;
        readonly version: string;
        readonly platform: string;
        readonly displayName?: string;
        readonly instanceId?: string;
    };
    readonly caps: readonly string[];
    readonly remote: string;
    readonly openedAt: number;
}

declare interface ConnectionsApi {
    end(match: (caller: Caller) => boolean, reason: string): void;
    doors(): readonly Door[];
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

declare interface Deadlines {
    readonly load: number;
    readonly setup: number;
    readonly drain: number;
    readonly dispose: number;
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

declare interface Door {
    readonly host: string;
    readonly port: number;
    readonly secure: boolean;
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

declare interface Emitted {
    readonly name: string;
    readonly access: Access;
    readonly payload: unknown;
    readonly options: EmitOptions;
}

declare type ErrorData = Readonly<Record<string, unknown>>

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

declare interface EventEntry {
    readonly name: string;
    readonly plugin: string;
    readonly access: Access;
}

declare type EventTable = ReadonlyMap<string, EventEntry>

declare type Events = Record<string, Event>

declare interface Examination {
    readonly manifest?: Manifest;
    readonly fault?: string;
    readonly differs: readonly string[];
    readonly unexplained: readonly string[];
    readonly untyped: readonly string[];
    readonly runs: readonly Run[];
}

declare interface ExamineOptions {
    readonly config?: Readonly<Record<string, unknown>>;
    readonly tiers: readonly Tier[];
}

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

declare interface Inspection {
    readonly id: string;
    readonly state: PluginState;
    readonly version: string | undefined;
    readonly generation: number;
    readonly origin: 'builtin' | 'path' | 'package' | 'memory';
    readonly place: string;
    readonly tier: 'trusted' | 'isolated';
    readonly hash: string | undefined;
    readonly files: readonly string[];
    readonly why: string;
    readonly required: boolean;
    readonly exclusive: boolean;
    readonly timings: Timings;
    readonly owned: readonly string[];
    readonly inflight: number;
    readonly requires: readonly string[];
    readonly provides: readonly string[];
    readonly dependents: readonly string[];
    readonly error: NexusError | undefined;
    readonly faults: number;
}

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

declare interface Kernel {
    readonly phase: Phase;
    readonly version: string;
    readonly startedAt: number;
    readonly clock: Clock;
    readonly log: Logger;
    readonly paths: Paths;
    readonly methods: MethodTable;
    readonly events: EventTable;
    readonly routes: RouteTable;
    start(): Promise<StartReport>;
    apply(changes: Changes, cause?: Cause): Promise<ChangeReport>;
    inspect(id: string): Inspection | undefined;
    list(): Inspection[];
    close(options?: {
        readonly deadlineMs?: number;
    }): Promise<CloseReport>;
    dispatch(method: string, params: unknown, origin: Origin): MaybePromise<unknown>;
    dispatchRoute(verb: Verb, c: RouteContext, origin: Origin): MaybePromise<Response>;
    invoke<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, ...args: A): MaybePromise<F>;
    ask<A extends readonly unknown[], R, F>(until: Until, token: HookToken<A, R, F>, ...args: A): MaybePromise<F>;
    readonly held: Promise<void> | undefined;
    used(token: HookToken<never, never, never> | HookToken<readonly [never], never, never> | {
        readonly id: string;
    }): boolean;
    emit(name: 'tick' | 'shutdown', payload: unknown, options?: EmitOptions): void;
    subscribe(listener: (event: Emitted) => void): () => void;
    visible(access: Access, caller: Caller): boolean;
    connectionsFrom(door: ConnectionsApi & {
        list(): readonly Connection[];
    }): void;
    fault(plugin: string, where: string, error: unknown): void;
}

declare type Label = (typeof labels)[number]

declare class LeakError extends Error {
    readonly name = "LeakError";
    readonly leaks: readonly string[];
    constructor(leaks: readonly string[]);
}

declare class LiveCall implements Call {
    readonly verb: string;
    readonly plugin: string;
    readonly transport: Call['transport'];
    readonly connection: Connection | undefined;
    readonly caller: Caller;
    readonly limit: CallLimit | undefined;
    readonly startedAt: number;
    private readonly origin;
    private readonly owner;
    private readonly number;
    private chain;
    private abort;
    private follow;
    private open;
    constructor({ name, owner, limit }: {
        readonly name: string;
        readonly owner: PluginScope;
        readonly limit?: CallLimit;
    }, origin: Origin, now: number);
    get id(): string;
    get trace(): string;
    get path(): readonly string[];
    get signal(): AbortSignal;
    waitUntil(work: Promise<unknown>): void;
    ended(): void;
    get gone(): boolean;
}

declare type Log = Readonly<Record<LogLevel, (message: string, fields?: Readonly<Record<string, unknown>>) => void>>

declare type LogLevel = 'debug' | 'info' | 'warn' | 'error'

declare interface LogRecord {
    readonly time: number;
    readonly level: LogLevel;
    readonly plugin: string;
    readonly message: string;
    readonly fields?: Readonly<Record<string, unknown>>;
}

declare type LogSink = (record: LogRecord) => void

declare interface Logger extends Log {
    for(plugin: string): Log;
    addSink(sink: LogSink): () => void;
    settle(): void;
}

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

declare class Marker {
    #private;
    readonly shared: SharedArrayBuffer;
    readonly last: Trace;
    readonly file: string | undefined;
    constructor({ file }?: MarkerOptions);
    number(generation: number, from?: {
        readonly id: string;
        readonly place: string;
    }): number;
    forget(number: number): void;
    swap(number: number): number;
    loading({ id, place }: {
        readonly id: string;
        readonly place: string;
    }): () => void;
    started(): void;
    blame(trace: Trace): void;
    close(): void;
}

declare interface MarkerOptions {
    readonly file?: string;
}

declare type MaybePromise<T> = T | Promise<T>

declare interface Method<P extends Schema | undefined = Any, R extends Schema | undefined = Any> {
    readonly scope: Access;
    readonly params?: P;
    readonly result?: R;
    readonly summary?: string;
    readonly limit?: CallLimit;
}

declare type MethodArgs<P> = P extends Schema ? ({} extends InferInput<P> ? [params?: InferInput<P>] : [params: InferInput<P>]) : [params?: undefined]

declare type MethodTable = ReadonlyMap<string, Verb>

declare type Methods = Record<string, Method>

declare interface Migration {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly summary: string;
    readonly when: readonly string[];
    readonly steps: readonly Step[];
}

declare class NexusError extends Error {
    readonly name = "NexusError";
    readonly code: string;
    readonly row: ErrorRow;
    readonly data: ErrorData;
    constructor(code: string, row: ErrorRow, data?: ErrorData, cause?: unknown);
    get fix(): string;
    get wire(): WireCode;
    get retryable(): boolean;
    get status(): number;
    get exit(): number;
}

declare type OnError = 'fail' | 'isolate'

declare type OnFault = (plugin: string, where: string, error: unknown) => void

declare type OnlyKeys<R, K> = {
    readonly [X in keyof R]: X extends K ? R[X] : never;
}

declare interface OptionalToken<T> {
    readonly kind: 'optional';
    readonly token: ServiceToken<T>;
}

declare interface Origin {
    readonly caller: Caller;
    readonly transport: Call['transport'];
    readonly connection?: Connection;
    readonly cause?: Cause;
    readonly signal?: AbortSignal | undefined;
    left?(run: () => void): void;
    readonly trace?: string | undefined;
    readonly settled?: (release: () => void) => void;
}

declare type Out<S> = S extends Schema ? InferOutput<S> : undefined

declare interface Paths {
    readonly state: string;
    readonly config: string;
    readonly socket: string;
    readonly lock: string;
    readonly cache: string;
    readonly token: string;
    readonly local: string;
}

declare interface PendingTimer {
    readonly at: number;
    readonly from: string;
}

declare type Phase = 'new' | 'starting' | 'ready' | 'draining' | 'closed'

declare interface Plugin<M = Any, E = Any> extends Contract<string, M, E>, Declared {
    readonly $type: 'nexus.plugin/1';
    readonly config?: Schema;
    readonly requires?: Requires;
    setup(ctx: Any): Any;
}

declare class PluginScope implements Scope {
    #private;
    readonly plugin: string;
    readonly generation: number;
    state: 'open' | 'detached' | 'closed';
    inflight: number;
    faults: number;
    constructor(plugin: string, generation: number, clock: Clock, onFault: OnFault, marker?: Marker, number?: number);
    begin(): number;
    end(outer: number): void;
    run<A extends readonly unknown[], T>(code: (...args: A) => T, ...args: A): T;
    get signal(): AbortSignal;
    enter(): boolean;
    leave(): void;
    hold(work: Promise<unknown>, where: string): void;
    fault(where: string, error: unknown): void;
    adoptCall(controller: AbortController): void;
    releaseCall(controller: AbortController): void;
    defer(dispose: () => MaybePromise<void>, label?: string): void;
    use<T extends Disposable | AsyncDisposable>(resource: T, label?: string): T;
    interval(run: () => MaybePromise<void>, ms: number): void;
    timeout(run: () => MaybePromise<void>, ms: number): void;
    spawn(name: string, run: (signal: AbortSignal) => MaybePromise<void>): void;
    owned(): string[];
    detach(): void;
    idle(ms: number): Promise<boolean>;
    close(deadlines: CloseDeadlines): Promise<ScopeReport>;
}

declare type PluginState = 'active' | 'failed' | 'blocked' | 'closing'

declare type Provided<T extends readonly unknown[]> = {
    readonly [K in keyof T]: readonly [token: ServiceToken<T[K]>, fake: NoInfer<T[K]>];
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

declare type RouteContext<P extends string = string> = HonoContext<{
    Variables: {
        call: Call;
    };
}, P>

declare interface RouteEntry {
    readonly method: string;
    readonly path: string;
    readonly verb: Verb;
}

declare interface RouteGroup {
    readonly plugin: string;
    readonly generation: number;
    readonly prefixes: readonly string[];
    readonly routes: readonly RouteEntry[];
    readonly upgrades: ReadonlyMap<string, Verb>;
}

declare type RouteKey = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'} /${string}`

declare type RouteTable = ReadonlyMap<string, RouteGroup>

declare type Routes = Record<string, Route>

declare interface Run {
    readonly tier: Tier;
    readonly faults: readonly string[];
    readonly skipped?: string;
    readonly taps: readonly string[];
}

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

declare interface ScopeReport {
    readonly drained: boolean;
    readonly errors: readonly NexusError[];
}

declare interface ServiceToken<T> {
    readonly kind: 'service';
    readonly id: string;
    readonly members?: readonly string[];
    readonly '~type'?: (x: T) => T;
}

declare interface Source {
    readonly id: string;
    readonly origin: 'builtin' | 'path' | 'package' | 'memory';
    readonly place: string;
    readonly tier: Tier;
    readonly stamp?: string | undefined;
    manifest(): MaybePromise<Manifest>;
    load(): MaybePromise<Plugin>;
    commands(): Promise<Readonly<Record<string, Command>>>;
    files(): readonly string[];
    hash(): string | undefined;
}

declare interface StartReport {
    readonly active: readonly string[];
    readonly failed: readonly {
        readonly id: string;
        readonly error: NexusError;
    }[];
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

declare interface TestCallOptions {
    readonly scopes?: readonly string[];
    readonly caller?: Partial<Caller>;
    readonly label?: Label;
    readonly signal?: AbortSignal;
}

declare interface TestClock extends Clock {
    advance(ms: number): Promise<void>;
    pending(): readonly PendingTimer[];
}

declare interface TestKernel extends AsyncDisposable {
    readonly kernel: Kernel;
    readonly started: StartReport;
    readonly clock: TestClock;
    readonly events: readonly Emitted[];
    readonly logs: readonly LogRecord[];
    nextEvent(name: string): Promise<unknown>;
    call(method: string, params?: unknown, options?: TestCallOptions): Promise<unknown>;
    use<C extends Contract>(contract: C): ClientOf<C>;
    request(path: string, init?: RequestInit & TestCallOptions): Promise<Response>;
    connect(options?: TestCallOptions & Partial<ClientOptions>): Promise<Client>;
    url(): Promise<string>;
    token(options?: TestCallOptions): string;
    cli(commands: Readonly<Record<string, Command>>, line: string, options?: TestCallOptions): Promise<CliOutcome>;
    service<T>(token: ServiceToken<T>): Promise<T>;
    invoke<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, ...args: A): MaybePromise<F>;
    emit(name: 'tick' | 'shutdown', payload: unknown, options?: EmitOptions): void;
    load(plugin: Plugin): Promise<ChangeReport>;
    unload(...ids: string[]): Promise<ChangeReport>;
    reload(id: string, plugin?: Plugin): Promise<ChangeReport>;
    configure(config: Readonly<Record<string, unknown>>): Promise<ChangeReport>;
    inspect(id: string): Inspection | undefined;
    settled(): Promise<void>;
    close(): Promise<void>;
}

declare interface TestKernelOptions<T extends readonly unknown[]> {
    readonly plugins: readonly Tested[];
    readonly tier?: Tier;
    readonly provide?: Provided<T>;
    readonly config?: Readonly<Record<string, unknown>>;
    readonly stateDir?: string;
    readonly clock?: 'fake' | 'real';
    readonly scopes?: readonly string[];
    readonly deadlines?: Partial<Deadlines>;
    readonly handles?: boolean;
    readonly lenient?: boolean;
}

declare type Tested = Plugin | URL | string

declare type Tier = 'trusted' | 'isolated'

declare interface Timings {
    readonly loadMs: number;
    readonly setupMs: number;
}

declare interface Trace {
    readonly id?: string;
    readonly place?: string;
    readonly reason?: string;
    readonly loading?: readonly string[];
}

declare type Until = () => AbortSignal

declare interface Upgrade {
    readonly scope: Access;
    readonly summary?: string;
}

declare type Upgrades = Record<string, Upgrade>

declare interface Verb {
    readonly kind: 'method' | 'route';
    readonly name: string;
    readonly plugin: string;
    readonly access: Access;
    readonly owner: PluginScope;
    readonly params?: Schema;
    readonly result?: Schema;
    readonly limit?: CallLimit;
    run(input: unknown, call: LiveCall): unknown;
}

declare interface Wanted {
    readonly source: Source;
    readonly why: string;
}

declare type WireCode = 'INVALID_REQUEST' | 'UNAVAILABLE' | 'FORBIDDEN' | 'NOT_PAIRED' | 'AGENT_TIMEOUT' | 'APPROVAL_NOT_FOUND'

declare const apiLevel = 1

declare const contract: <const I extends string, const M extends Methods = {}, const E extends Events = {}, const R extends Routes = {}, const P extends Provides = {}, const U extends Upgrades = {}>(c: Contract<I, M, E, R & OnlyKeys<R, RouteKey>, P, U & OnlyKeys<U, `/${string}`>>) => Contract<I, M, E, R, P, U>

declare const examine: (folder: string, options: ExamineOptions) => Promise<Examination>

declare const hook: {
    series: <A extends readonly unknown[] = []>(id: string, o?: HookOptions) => HookToken<A, void, void>;
    waterfall: <A extends readonly [unknown, ...unknown[]]>(id: string, o?: HookOptions) => HookToken<A, A[0] | undefined, A[0]>;
    bail: <A extends readonly unknown[], R>(id: string, o?: HookOptions) => HookToken<A, R | undefined, R | undefined>;
    collect: <A extends readonly unknown[], R>(id: string, o?: HookOptions) => HookToken<A, R | undefined, R[]>;
}

declare const labels: readonly ['operator', 'device', 'node', 'plugin', 'schedule', 'tool', 'channel', 'webhook']

declare const optional: <T>(token: ServiceToken<T>) => OptionalToken<T>

declare const service: <T>(id: string, { members }?: {
    readonly members?: readonly NoInfer<AsyncMember<T>>[];
}) => ServiceToken<T>

declare function testKernel<const T extends readonly unknown[] = []>(options: TestKernelOptions<T>): Promise<TestKernel>
