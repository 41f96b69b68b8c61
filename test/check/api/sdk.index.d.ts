// The public types of sdk/index, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: Access, AuthAnswer, AuthRequest, Call, CallLimit, Caller, Capability, Cause, ChangeReport, ClientOf, Clock, Command, CommandIo, CommandOption, CommandSocket, ConfigBackup, ConfigControl, ConfigControlApi, ConfigFault, ConfigOrigin, ConfigView, ConfigWrite, ConfigWritten, Connection, Connections, ConnectionsApi, Contract, Ctx, EmitOptions, ErrorRow, ErrorTable, Event, Held, HookToken, HttpRequestInfo, Inspection, JsonSchema, KernelControl, KernelControlApi, KeyPath, Label, Log, LogLevel, LogRecord, Manifest, ManifestCommand, MaybePromise, Method, Migration, MigrationStep, NexusError, OptionalToken, Outcome, Paint, Phase, Place, Plugin, PluginNotice, PluginSocket, PluginState, Route, RouteContext, Schema, Scope, Secret, ServiceToken, TapOrder, Upgrade, WireCode, admits, allows, callAfter, callAuthorize, callBefore, capabilityText, colour, command, commands, configChanged, configVerify, connectionAuthenticate, connectionClosed, connectionHello, connectionOpened, connectionRemote, contract, controlWrites, createPrivate, definePlugin, direct, event, failures, faultText, followedBy, gatewayListen, headOf, hook, httpRequest, kernelBoot, kernelClose, kernelDrain, kernelReady, labels, least, logWritten, lowered, method, nearest, noColour, nobody, optional, padEnd, padStart, paintOf, parseCapability, parsePath, pathText, plain, pluginFailed, pluginFaulted, pluginLoaded, pluginUnloaded, route, secret, service, table, upgrade, valueAt, widthOf
export {}

declare type Access = 'public' | `${string}.${string}`

declare type Any = any

declare type AsyncMember<T> = {
    [K in keyof T & string]: T[K] extends (...args: never) => Promise<unknown> ? K : never;
}[keyof T & string]

declare type AuthAnswer = {
    readonly ok: true;
    readonly caller: Caller;
    readonly tell?: Readonly<Record<string, string>>;
} | {
    readonly ok: false;
    readonly code: string;
    readonly message: string;
    readonly wire?: 'INVALID_REQUEST' | 'NOT_PAIRED';
    readonly retryAfterMs?: number;
    readonly details?: Readonly<Record<string, unknown>>;
}

declare interface AuthRequest {
    readonly transport: 'ws' | 'http';
    readonly listener: 'tcp' | 'unix';
    readonly secure: boolean;
    readonly peer: string;
    readonly remote: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly role: 'operator' | 'node';
    readonly token?: string;
    readonly password?: string;
    readonly connect?: Readonly<Record<string, unknown>>;
    readonly nonce?: string;
}

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

declare type Capability = {
    readonly kind: 'kernel';
    readonly what: string;
} | {
    readonly kind: 'tap';
    readonly hook: string;
} | {
    readonly kind: 'scope';
    readonly scope: string;
}
 | {
    readonly kind: 'net';
    readonly host: string;
}
 | {
    readonly kind: 'read' | 'write';
    readonly path: string;
} | {
    readonly kind: 'data' | 'run' | 'worker' | 'native';
} | {
    readonly kind: 'env';
    readonly name: string;
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

declare interface ConfigBackup {
    readonly id: string;
    readonly time: number;
    readonly bytes: number;
    readonly hash: string;
}

declare const ConfigControl: ServiceToken<ConfigControlApi>

declare interface ConfigControlApi {
    current(): ConfigView;
    mode(): {
        readonly mode: 'normal' | 'degraded' | 'safe';
        readonly reasons: readonly string[];
    };
    check(text?: string): Promise<ConfigView>;
    write(text: string, options: ConfigWrite, cause: Cause): Promise<ConfigWritten>;
    history(): Promise<readonly ConfigBackup[]>;
    backup(id: string): Promise<string>;
    explain(path: KeyPath): Promise<ConfigOrigin>;
    describe(place: string): Promise<Manifest>;
    schema(): JsonSchema;
}

declare interface ConfigFault {
    readonly path: KeyPath;
    readonly what: string;
    readonly meant?: string;
    readonly file?: string;
    readonly place?: Place;
}

declare interface ConfigOrigin {
    readonly layer: 'override' | 'file' | 'include' | 'env' | 'default' | 'none';
    readonly place?: Place;
    readonly variables: readonly string[];
    readonly name?: string;
}

declare interface ConfigView {
    readonly file: string;
    readonly exists: boolean;
    readonly hash: string;
    readonly text: string;
    readonly raw: Readonly<Record<string, unknown>>;
    readonly merged: Readonly<Record<string, unknown>>;
    readonly resolved: Readonly<Record<string, unknown>>;
    readonly faults: readonly ConfigFault[];
    readonly notes: readonly string[];
    readonly files: readonly string[];
}

declare interface ConfigWrite {
    readonly baseHash?: string;
    readonly force?: boolean;
}

declare interface ConfigWritten {
    readonly hash: string;
    readonly report: ChangeReport;
    readonly restart: readonly string[];
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

declare const Connections: ServiceToken<ConnectionsApi>

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

declare interface Definition<I extends string, M, E, R, P, G, Q, U> extends Contract<I, M, E, R, P, U>, Declared {
    readonly config?: G;
    readonly requires?: Q;
    setup(ctx: Ctx<NoInfer<E>, NoInfer<G>, NoInfer<Q>>): MaybePromise<Returns<NoInfer<M>, NoInfer<R>, NoInfer<P>, NoInfer<U>> | Empty<Returns<NoInfer<M>, NoInfer<R>, NoInfer<P>, NoInfer<U>>>>;
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

declare type Empty<T> = {} extends T ? void : never

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

declare type Events = Record<string, Event>

declare type Except = readonly string[]

declare type Handlers<M> = {
    readonly [K in keyof M]: M[K] extends Method<infer P, infer R> ? (params: Out<P>, call: Call) => MaybePromise<R extends Schema ? In<R> : unknown> : never;
}

declare interface Held {
    readonly reason: string;
    readonly at: number;
    readonly place: string;
}

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

declare interface HttpRequestInfo {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly remote: string;
    readonly listener: 'tcp' | 'unix';
    readonly secure: boolean;
    readonly localPort: number | undefined;
    readonly upgrade: boolean;
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

declare const KernelControl: ServiceToken<KernelControlApi>

declare interface KernelControlApi {
    readonly version: string;
    readonly startedAt: number;
    phase(): Phase;
    list(): Inspection[];
    inspect(id: string): Inspection | undefined;
    reload(ids: readonly string[], cause: Cause): MaybePromise<ChangeReport>;
    hold(id: string, reason: string, cause: Cause): MaybePromise<ChangeReport>;
    held(): Readonly<Record<string, Held>>;
    readonly marker: Pick<Marker, 'shared' | 'file'>;
    unload(ids: readonly string[], cause: Cause): MaybePromise<ChangeReport>;
    connections(): readonly Connection[];
    methods(): ReadonlyMap<string, {
        readonly plugin: string;
        readonly access: Access;
    }>;
}

declare type KeyPath = readonly (string | number)[]

declare type Label = (typeof labels)[number]

declare type Log = Readonly<Record<LogLevel, (message: string, fields?: Readonly<Record<string, unknown>>) => void>>

declare type LogLevel = 'debug' | 'info' | 'warn' | 'error'

declare interface LogRecord {
    readonly time: number;
    readonly level: LogLevel;
    readonly plugin: string;
    readonly message: string;
    readonly fields?: Readonly<Record<string, unknown>>;
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

declare type OnlyKeys<R, K> = {
    readonly [X in keyof R]: X extends K ? R[X] : never;
}

declare interface OptionalToken<T> {
    readonly kind: 'optional';
    readonly token: ServiceToken<T>;
}

declare type Out<S> = S extends Schema ? InferOutput<S> : undefined

declare interface Outcome {
    readonly ok: boolean;
    readonly error?: NexusError;
    readonly ms: number;
}

declare type Paint = (style: Style, text: string) => string

declare type Part<K extends string, X, V> = [X] extends [never] ? {} : [keyof X] extends [never] ? {} : {
    readonly [k in K]: V;
}

declare interface Parting {
    readonly handOver?: () => MaybePromise<unknown>;
}

declare type PathOf<K> = K extends `${string} ${infer P}` ? P : never

declare type Phase = 'new' | 'starting' | 'ready' | 'draining' | 'closed'

declare interface Place {
    readonly file: string;
    readonly line: number;
    readonly column: number;
}

declare interface Plugin<M = Any, E = Any> extends Contract<string, M, E>, Declared {
    readonly $type: 'nexus.plugin/1';
    readonly config?: Schema;
    readonly requires?: Requires;
    setup(ctx: Any): Any;
}

declare interface PluginNotice {
    readonly id: string;
    readonly generation: number;
}

declare interface PluginSocket {
    readonly open: boolean;
    readonly unread: number;
    send(data: string | Uint8Array): void;
    close(code?: number, reason?: string): void;
    onMessage(run: (data: string | Buffer) => MaybePromise<void>): void;
    onClose(run: (code: number, reason: string) => MaybePromise<void>): void;
}

declare type PluginState = 'active' | 'failed' | 'blocked' | 'closing'

declare type Provides = Record<string, ServiceToken<Any>>

declare interface Requirement {
    readonly service: string;
    readonly optional: boolean;
}

declare type Requires = Record<string, ServiceToken<Any> | OptionalToken<Any>>

declare type Returns<M, R, P, U> = Parting & Part<'methods', M, Handlers<M>> & Part<'routes', R, RouteHandlers<R>> & Part<'provides', P, Services<P>> & Part<'upgrades', U, UpgradeHandlers<U>>

declare interface Route {
    readonly scope: Access;
    readonly summary?: string;
}

declare type RouteContext<P extends string = string> = HonoContext<{
    Variables: {
        call: Call;
    };
}, P>

declare type RouteHandlers<R> = {
    readonly [K in keyof R]: (c: RouteContext<PathOf<K> & string>, call: Call) => MaybePromise<Response>;
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

declare class Secret {
    #private;
    static readonly brand = "nexus.secret/1";
    readonly source: string;
    constructor(source: string, resolve: () => Promise<string>);
    static literal(value: string): Secret;
    reveal(): Promise<string>;
    known(): readonly string[];
    toString(): string;
    toJSON(): string;
    [inspected](): string;
    [Symbol.toPrimitive](): never;
}

declare interface ServiceToken<T> {
    readonly kind: 'service';
    readonly id: string;
    readonly members?: readonly string[];
    readonly '~type'?: (x: T) => T;
}

declare type Services<P> = {
    readonly [K in keyof P]: P[K] extends ServiceToken<infer T> ? T : never;
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

declare type Style = Parameters<typeof styleText>[0]

declare interface TapOrder {
    readonly before?: string | readonly string[];
    readonly after?: string | readonly string[];
}

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

declare interface Upgrade {
    readonly scope: Access;
    readonly summary?: string;
}

declare type UpgradeHandlers<U> = {
    readonly [K in keyof U]: (socket: PluginSocket, call: Call) => MaybePromise<void>;
}

declare type Upgrades = Record<string, Upgrade>

declare type WireCode = 'INVALID_REQUEST' | 'UNAVAILABLE' | 'FORBIDDEN' | 'NOT_PAIRED' | 'AGENT_TIMEOUT' | 'APPROVAL_NOT_FOUND'

declare function admits(scopes: ReadonlySet<string>, access: string): boolean

declare function allows({ role, scopes }: Caller, access: string): boolean

declare const apiLevel = 1

declare const callAfter: HookToken<[Call, Outcome], void, void>

declare const callAuthorize: HookToken<[Call, Access], boolean | undefined, boolean[]>

declare const callBefore: HookToken<[Call, params: unknown], void, void>

declare function capabilityText(text: string): string

declare const colour: Paint

declare const command: (c: Command) => Command

declare const commands: (all: Readonly<Record<string, Command>>) => Readonly<Record<string, Command>>

declare const configChanged: HookToken<[ids: readonly string[]], void, void>

declare const configVerify: HookToken<[ids: readonly string[]], string | undefined, string[]>

declare const connectionAuthenticate: HookToken<[AuthRequest], AuthAnswer | undefined, AuthAnswer | undefined>

declare const connectionClosed: HookToken<[Connection], void, void>

declare const connectionHello: HookToken<[snapshot: Record<string, unknown>, Connection], Record<string, unknown> | undefined, Record<string, unknown>>

declare const connectionOpened: HookToken<[Connection], void, void>

declare const connectionRemote: HookToken<[remote: string, headers: Readonly<Record<string, string | undefined>>], string | undefined, string>

declare const contract: <const I extends string, const M extends Methods = {}, const E extends Events = {}, const R extends Routes = {}, const P extends Provides = {}, const U extends Upgrades = {}>(c: Contract<I, M, E, R & OnlyKeys<R, RouteKey>, P, U & OnlyKeys<U, `/${string}`>>) => Contract<I, M, E, R, P, U>

declare const controlWrites: CallLimit

declare function createPrivate(file: string, content: string | Uint8Array): Promise<void>

declare const definePlugin: <const I extends string, const M extends Methods = {}, const E extends Events = {}, const R extends Routes = {}, const P extends Provides = {}, const G extends Schema | undefined = undefined, const Q extends Requires = {}, const U extends Upgrades = {}>(definition: Definition<I, M, E, R & OnlyKeys<R, RouteKey>, P, G, Q, U & OnlyKeys<U, `/${string}`>>) => Plugin<NoInfer<M>, NoInfer<E>>

declare function direct(response: Response, write: (to: ServerResponse) => void): Response

declare const event: <const P extends Schema>(e: {
    readonly scope: Access;
    readonly payload: P;
    readonly summary?: string;
}) => Event<P>

declare function failures<T extends ErrorTable>(table: T): (code: keyof T & string, data?: ErrorData, cause?: unknown) => NexusError

declare function faultText({ path, what, meant, file, place }: ConfigFault): string

declare function followedBy<T extends object>(result: T, outcome: Promise<unknown>): T

declare const gatewayListen: HookToken<[Door], void, void>

declare function headOf(text: string, width: number): string

declare const hook: {
    series: <A extends readonly unknown[] = []>(id: string, o?: HookOptions) => HookToken<A, void, void>;
    waterfall: <A extends readonly [unknown, ...unknown[]]>(id: string, o?: HookOptions) => HookToken<A, A[0] | undefined, A[0]>;
    bail: <A extends readonly unknown[], R>(id: string, o?: HookOptions) => HookToken<A, R | undefined, R | undefined>;
    collect: <A extends readonly unknown[], R>(id: string, o?: HookOptions) => HookToken<A, R | undefined, R[]>;
}

declare const httpRequest: HookToken<[HttpRequestInfo], void, void>

declare const inspected: unique symbol

declare const kernelBoot: HookToken<[], void, void>

declare const kernelClose: HookToken<[], void, void>

declare const kernelDrain: HookToken<[], void, void>

declare const kernelReady: HookToken<[], void, void>

declare const labels: readonly ['operator', 'device', 'node', 'plugin', 'schedule', 'tool', 'channel', 'webhook']

declare function least(a: Label, b: Label): Label

declare const logWritten: HookToken<[LogRecord], void, void>

declare function lowered(cause: Cause, label: Label): Cause

declare const method: <const P extends Schema | undefined = undefined, const R extends Schema | undefined = undefined>(m: Method<P, R>) => Method<NoInfer<P>, NoInfer<R>>

declare function nearest(word: string, candidates: Iterable<string>, reach?: number): string | undefined

declare const noColour: Paint

declare const nobody: Caller

declare const optional: <T>(token: ServiceToken<T>) => OptionalToken<T>

declare const padEnd: (text: string, width: number) => string

declare const padStart: (text: string, width: number) => string

declare function paintOf({ stdout, env }: Pick<CommandIo, 'stdout' | 'env'>): Paint

declare function parseCapability(text: string): Capability | undefined

declare function parsePath(text: string): KeyPath

declare const pathText: (path: KeyPath) => string

declare const plain: (text: string) => string

declare const pluginFailed: HookToken<[{
    readonly id: string;
    readonly error: NexusError;
}], void, void>

declare const pluginFaulted: HookToken<[{
    readonly id: string;
    readonly where: string;
    readonly error: unknown;
}], void, void>

declare const pluginLoaded: HookToken<[PluginNotice], void, void>

declare const pluginUnloaded: HookToken<[PluginNotice], void, void>

declare const route: <const R extends Route>(r: R) => R

declare function secret(description?: string): v.SchemaWithPipe<readonly [v.UnionSchema<[v.SchemaWithPipe<readonly [v.StringSchema<undefined>, v.MinLengthAction<string, 1, undefined>]>, v.InstanceSchema<typeof Secret, undefined>], undefined>, v.MetadataAction<string | Secret, {
    readonly secret: true;
    readonly description?: string;
}>, v.TransformAction<string | Secret, Secret>]>

declare const service: <T>(id: string, { members }?: {
    readonly members?: readonly NoInfer<AsyncMember<T>>[];
}) => ServiceToken<T>

declare function table(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint, style?: (row: number) => Parameters<Paint>[0] | undefined): string[]

declare const upgrade: <const U extends Upgrade>(u: U) => U

declare function valueAt(tree: unknown, path: KeyPath): unknown

declare function widthOf(text: string): number
