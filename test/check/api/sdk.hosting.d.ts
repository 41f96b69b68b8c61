// The public types of sdk/hosting, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: CodeSession, IsolatedCode, Isolator, Manifest, ManifestCommand, PluginScope, Served, check, kernelErrors, manifestFaults, manifestOf, parseManifest
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

declare type Checked = {
    readonly ok: true;
    readonly value: unknown;
} | {
    readonly ok: false;
    readonly faults: string;
}

declare interface Clock {
    now(): number;
    setTimeout(run: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
}

declare interface CloseDeadlines {
    readonly drainMs: number;
    readonly disposeMs: number;
}

declare interface CodeSession {
    load(specifier: string, from: string): Promise<Served>;
    files(): readonly string[];
    hashes(): ReadonlyMap<string, string>;
    hash(): string;
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

declare interface EmitOptions {
    readonly to?: Iterable<string>;
    readonly lossy?: boolean;
    readonly v3?: () => unknown;
    readonly stateVersion?: {
        readonly presence: number;
        readonly health: number;
    };
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

declare interface IsolatedCode {
    readonly id: string;
    readonly place: string;
    readonly root: string;
    readonly entry: string;
    readonly cli?: string;
    session(): Promise<CodeSession>;
}

declare interface Isolator {
    readonly requires: Manifest['requires'];
    describe(code: IsolatedCode): Promise<Manifest>;
    standIn(code: IsolatedCode, manifest: Manifest): Plugin;
    commands(code: IsolatedCode, manifest: Manifest): Readonly<Record<string, Command>>;
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

declare type OnFault = (plugin: string, where: string, error: unknown) => void

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

declare interface ScopeReport {
    readonly drained: boolean;
    readonly errors: readonly NexusError[];
}

declare type Served =
{
    readonly file: string;
    readonly code: string;
} | {
    readonly file: string;
    readonly json: unknown;
}
 | {
    readonly shared: string;
}
 | {
    readonly native: string;
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

declare type Upgrades = Record<string, Upgrade>

declare type WireCode = 'INVALID_REQUEST' | 'UNAVAILABLE' | 'FORBIDDEN' | 'NOT_PAIRED' | 'AGENT_TIMEOUT' | 'APPROVAL_NOT_FOUND'

declare const apiLevel = 1

declare function check(schema: GenericSchema, input: unknown): Checked

declare const contract: <const I extends string, const M extends Methods = {}, const E extends Events = {}, const R extends Routes = {}, const P extends Provides = {}, const U extends Upgrades = {}>(c: Contract<I, M, E, R & OnlyKeys<R, RouteKey>, P, U & OnlyKeys<U, `/${string}`>>) => Contract<I, M, E, R, P, U>

declare const hook: {
    series: <A extends readonly unknown[] = []>(id: string, o?: HookOptions) => HookToken<A, void, void>;
    waterfall: <A extends readonly [unknown, ...unknown[]]>(id: string, o?: HookOptions) => HookToken<A, A[0] | undefined, A[0]>;
    bail: <A extends readonly unknown[], R>(id: string, o?: HookOptions) => HookToken<A, R | undefined, R | undefined>;
    collect: <A extends readonly unknown[], R>(id: string, o?: HookOptions) => HookToken<A, R | undefined, R[]>;
}

declare const kernelErrors: {
    readonly NEXUS_CALL_UNKNOWN_METHOD: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'unknown method: {method}';
        readonly fix: 'See `nexus call --list`, or turn on the plugin that has it.{hint}';
    };
    readonly NEXUS_CALL_INVALID_PARAMS: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'invalid {method} params: {faults}';
        readonly fix: 'Correct the named fields.';
    };
    readonly NEXUS_CALL_DENIED: {
        readonly wire: 'FORBIDDEN';
        readonly detail: 'MISSING_SCOPE';
        readonly text: 'missing scope: {missing}';
        readonly fix: 'Use a credential that holds the scope {missing}.';
    };
    readonly NEXUS_CALL_UNAUTHENTICATED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 401;
        readonly detail: 'AUTH_TOKEN_MISSING';
        readonly text: 'unauthorized: {reason}';
        readonly fix: 'Send a valid token.';
    };
    readonly NEXUS_CALL_MADE_UP: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'plugin "{plugin}" called {verb} on behalf of a caller that it made up or changed';
        readonly fix: 'Pass on the call that it is for, `lowered()` where that is due, or `ctx.cause`.';
    };
    readonly NEXUS_CALL_NO_AUTHORIZER: {
        readonly wire: 'FORBIDDEN';
        readonly text: 'no plugin decides who may call, so nobody may';
        readonly fix: 'Enable the plugin `auth`, or another one that taps call.authorize.';
    };
    readonly NEXUS_CALL_FAILED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly text: '{verb} failed in plugin "{plugin}"';
        readonly fix: 'The gateway\'s log has the cause under trace {trace}.';
    };
    readonly NEXUS_CALL_ABORTED: {
        readonly wire: 'UNAVAILABLE';
        readonly text: '{verb} was cut off';
        readonly fix: 'Call again if it is still wanted.';
    };
    readonly NEXUS_CALL_DRAINING: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'the gateway is stopping';
        readonly fix: 'Call again after the restart.';
    };
    readonly NEXUS_CALL_SWAPPING: {
        readonly wire: 'UNAVAILABLE';
        readonly retryable: true;
        readonly text: 'plugin "{plugin}" is being replaced';
        readonly fix: 'Call again in a moment.';
    };
    readonly NEXUS_CALL_BAD_RESULT: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly text: '{verb} of plugin "{plugin}" answered against its own contract: {faults}';
        readonly fix: 'Correct the handler or its `result` schema.';
    };
    readonly NEXUS_PLUGIN_NOT_FOUND: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" was not found{where}';
        readonly fix: 'Check the name in the list `plugins`.{hint}';
    };
    readonly NEXUS_PLUGIN_BAD_MANIFEST: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" has a bad manifest: {faults}';
        readonly fix: 'Correct `nexus` in {place}, or write it with `nexus plugins pack`.';
    };
    readonly NEXUS_PLUGIN_API_LEVEL: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" wants API level {wants}; this gateway has {has}';
        readonly fix: 'Install a version of {plugin} made for level {has}.';
    };
    readonly NEXUS_PLUGIN_DUPLICATE_ID: {
        readonly exit: 78;
        readonly text: 'two plugins are called "{plugin}": {first} and {second}';
        readonly fix: 'Leave one of them out of the list.';
    };
    readonly NEXUS_PLUGIN_DUPLICATE_NAME: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" and plugin "{other}" both have the {kind} "{name}"';
        readonly fix: 'Leave one of the two plugins out.';
    };
    readonly NEXUS_PLUGIN_PATH_TAKEN: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" claims the path {path}, which the gateway answers itself';
        readonly fix: 'Let {plugin} claim another path under `paths`, or leave it out with "-{plugin}" in `plugins`.';
    };
    readonly NEXUS_PLUGIN_MISSING_SERVICE: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" requires service "{service}", which no enabled plugin provides';
        readonly fix: '{hint}';
    };
    readonly NEXUS_PLUGIN_CYCLE: {
        readonly exit: 78;
        readonly text: 'plugins require each other in a circle: {path}';
        readonly fix: 'Make one of these dependencies optional() or move the shared part to a third plugin.';
    };
    readonly NEXUS_PLUGIN_CAPABILITY: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" needs the capability "{capability}", which it does not declare';
        readonly fix: 'Add "{capability}" to `capabilities` of {plugin}.';
    };
    readonly NEXUS_PLUGIN_BLOCKED: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" cannot run because "{other}" does not';
        readonly fix: 'Mend "{other}" first.';
    };
    readonly NEXUS_PLUGIN_NEEDS_TRUST: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" runs only inside the gateway\'s process, and is not trusted to';
        readonly fix: 'If you trust its author with all the gateway can do, add "{plugin}" to `pluginPolicy.trusted`.';
    };
    readonly NEXUS_PLUGIN_NO_ISOLATOR: {
        readonly exit: 78;
        readonly text: 'this release has no plugin that runs others in a process of their own';
        readonly fix: 'Install the whole release again.';
    };
    readonly NEXUS_PLUGIN_DENIED: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" is kept out by `pluginPolicy`';
        readonly fix: 'Change `allow` or `deny` of `pluginPolicy` in nexus.json5, or take it out of `plugins`.';
    };
    readonly NEXUS_PLUGIN_TAMPERED: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" is not what was installed: {faults}';
        readonly fix: 'Install it again with `nexus plugins add`, and find out who changed it.';
    };
    readonly NEXUS_PLUGIN_NOT_GRANTED: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" asks for more than it was granted: {more}';
        readonly fix: 'Look at `nexus plugins grants {plugin}`; agree with `nexus plugins grants {plugin} --accept`.';
    };
    readonly NEXUS_PLUGIN_BAD_LOCK: {
        readonly exit: 78;
        readonly text: '{file} cannot be used: {reason}';
        readonly fix: 'Restore it from a backup, or remove it and install the plugins again with `nexus plugins add`.';
    };
    readonly NEXUS_PLUGIN_QUARANTINED: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" is in quarantine: {reason}';
        readonly fix: 'Correct or update it, then let it run again with `nexus containment release {plugin}`; or leave it out of `plugins`.';
    };
    readonly NEXUS_PLUGIN_LOAD_FAILED: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" could not be loaded from {place}: {reason}';
        readonly fix: 'Correct the file and reload the plugin.';
    };
    readonly NEXUS_PLUGIN_LOAD_TIMEOUT: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" did not finish loading within {seconds} s';
        readonly fix: 'Look for a top-level await that never ends, or an export named `then`, in {place}.';
    };
    readonly NEXUS_PLUGIN_NOT_A_PLUGIN: {
        readonly exit: 70;
        readonly text: '{place} has no plugin as its default export';
        readonly fix: 'Write `export default definePlugin({ … })`.';
    };
    readonly NEXUS_PLUGIN_MANIFEST_DIFFERS: {
        readonly exit: 78;
        readonly text: 'plugin "{plugin}" is not what its manifest says: {faults}';
        readonly fix: 'Write the manifest anew with `nexus plugins pack`.';
    };
    readonly NEXUS_PLUGIN_SETUP_FAILED: {
        readonly exit: 70;
        readonly text: 'setup of plugin "{plugin}" failed: {reason}';
        readonly fix: 'Correct the plugin, or leave it out with "-{plugin}" in `plugins`.';
    };
    readonly NEXUS_PLUGIN_SETUP_TIMEOUT: {
        readonly exit: 70;
        readonly text: 'setup of plugin "{plugin}" was not done within {seconds} s';
        readonly fix: 'Look for a promise that never resolves; move slow work to scope.spawn().';
    };
    readonly NEXUS_PLUGIN_UNDECLARED: {
        readonly exit: 70;
        readonly text: 'setup of plugin "{plugin}" returned {kind} "{name}", which it does not declare';
        readonly fix: 'Declare it in the contract or leave it out.';
    };
    readonly NEXUS_PLUGIN_NOT_IMPLEMENTED: {
        readonly exit: 70;
        readonly text: 'setup of plugin "{plugin}" did not return the declared {kind} "{name}"';
        readonly fix: 'Return it from setup or take it out of the contract.';
    };
    readonly NEXUS_PLUGIN_REQUIRED: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" is required and cannot be left out while the gateway runs';
        readonly fix: 'Replace it by a plugin that provides the same, or stop the gateway.';
    };
    readonly NEXUS_PLUGIN_CONFIG: {
        readonly exit: 78;
        readonly text: 'settings of plugin "{plugin}": {faults}';
        readonly fix: 'Correct the named keys in nexus.json5.';
    };
    readonly NEXUS_PLUGIN_NOT_RUNNING: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'no running plugin "{plugin}"';
        readonly fix: 'See `nexus plugins list`.';
    };
    readonly NEXUS_PLUGIN_RELOAD_FAILED: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 409;
        readonly text: 'plugin "{plugin}" was not replaced: {reason}';
        readonly fix: 'The old one {old}. Correct the new one and reload.';
    };
    readonly NEXUS_SCOPE_CLOSED: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" registered {what} after it was closed';
        readonly fix: 'Stop the work when scope.signal aborts.';
    };
    readonly NEXUS_SCOPE_STUCK: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" still runs {what} after {seconds} s';
        readonly fix: 'Let it end when its signal aborts.';
    };
    readonly NEXUS_SCOPE_DISPOSER: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" failed to clean up {what}';
        readonly fix: 'Correct the disposer; the other ones ran.';
    };
    readonly NEXUS_HOOK_FAILED: {
        readonly wire: 'UNAVAILABLE';
        readonly status: 500;
        readonly text: 'plugin "{plugin}" failed in hook {hook}';
        readonly fix: 'See the cause in the log.';
    };
    readonly NEXUS_HOOK_UNKNOWN_ORDER: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" wants to run {order} "{other}" in hook {hook}, and there is no such plugin';
        readonly fix: 'Name a plugin id of this installation.';
    };
    readonly NEXUS_HOOK_ORDER_CYCLE: {
        readonly exit: 70;
        readonly text: 'taps of hook {hook} want to run before each other: {path}';
        readonly fix: 'Drop one of the before/after.';
    };
    readonly NEXUS_HOOK_NOT_OWNED: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" may not invoke hook {hook}';
        readonly fix: 'A plugin invokes hooks called {plugin}.… only.';
    };
    readonly NEXUS_EVENT_UNDECLARED: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" emitted the undeclared event "{event}"';
        readonly fix: 'Declare it under `events`.';
    };
    readonly NEXUS_EVENT_BAD_PAYLOAD: {
        readonly exit: 70;
        readonly text: 'plugin "{plugin}" emitted "{event}" against its own contract: {faults}';
        readonly fix: 'Correct the payload or its schema.';
    };
    readonly NEXUS_FRAME_INVALID: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'invalid request frame: {faults}';
        readonly fix: 'Send {"type":"req","id","method","params"} and nothing else.';
    };
    readonly NEXUS_CONNECT_FIRST: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'invalid handshake: first request must be connect';
        readonly fix: 'Send `connect` first.';
    };
    readonly NEXUS_CONNECT_TWICE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'connect is only valid as the first request';
        readonly fix: 'Open a new connection.';
    };
    readonly NEXUS_CONNECT_PARAMS: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'invalid connect params: {faults}';
        readonly fix: 'See the handshake in the protocol.';
    };
    readonly NEXUS_CONNECT_PROTOCOL: {
        readonly wire: 'INVALID_REQUEST';
        readonly detail: 'PROTOCOL_MISMATCH';
        readonly text: 'protocol mismatch';
        readonly fix: 'Offer protocol 3 or 4.';
    };
    readonly NEXUS_CONNECT_ROLE: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'invalid role';
        readonly fix: 'Use the role operator or node.';
    };
    readonly NEXUS_HTTP_NOT_FOUND: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 404;
        readonly text: 'nothing here';
        readonly fix: 'Check the path.';
    };
    readonly NEXUS_HTTP_BODY: {
        readonly wire: 'INVALID_REQUEST';
        readonly text: 'the body must be a JSON object with `method`, and `params` if any';
        readonly fix: 'Send {"method":"ping"}.';
    };
    readonly NEXUS_HTTP_TOO_LARGE: {
        readonly wire: 'INVALID_REQUEST';
        readonly status: 413;
        readonly text: 'the body is larger than {limit} bytes';
        readonly fix: 'Send less.';
    };
    readonly NEXUS_START_NODE: {
        readonly exit: 69;
        readonly text: 'Node {version} is too old';
        readonly fix: 'Install Node 20.19 or newer.';
    };
    readonly NEXUS_START_PORT: {
        readonly exit: 75;
        readonly text: 'port {port} on {host} is in use';
        readonly fix: 'Stop the program that has it, or start with --port N.';
    };
    readonly NEXUS_START_BIND: {
        readonly exit: 75;
        readonly text: 'cannot listen on {host}:{port}: {reason}';
        readonly fix: 'Check --bind and --port.';
    };
    readonly NEXUS_START_STATE: {
        readonly exit: 73;
        readonly text: 'the state directory {dir} is not writable';
        readonly fix: 'Correct its owner and mode, or set NEXUS_STATE_DIR.';
    };
    readonly NEXUS_START_LOCKED: {
        readonly exit: 76;
        readonly text: 'a gateway with pid {pid} already runs on {dir}';
        readonly fix: 'Stop it with `nexus stop`, or set NEXUS_STATE_DIR to another directory.';
    };
    readonly NEXUS_CONFIG_SYNTAX: {
        readonly exit: 78;
        readonly text: '{file}:{line}:{column}: {reason}';
        readonly fix: 'Correct the file; it is JSON5.';
    };
    readonly NEXUS_CONFIG_INVALID: {
        readonly wire: 'INVALID_REQUEST';
        readonly exit: 78;
        readonly text: 'the settings in {file} are not valid: {faults}';
        readonly fix: 'Correct the named keys; nothing was changed. `nexus config validate` checks the file.';
    };
    readonly NEXUS_CONFIG_UNREADABLE: {
        readonly exit: 66;
        readonly text: 'cannot read {file}: {reason}';
        readonly fix: 'Check the path and its mode.';
    };
    readonly NEXUS_CLI_USAGE: {
        readonly exit: 2;
        readonly text: '{reason}';
        readonly fix: '{hint}';
    };
    readonly NEXUS_CLI_NO_GATEWAY: {
        readonly exit: 69;
        readonly text: 'no gateway runs on {place}';
        readonly fix: 'Start one with `nexus start`, or name one with --url.';
    };
    readonly NEXUS_CLI_TOKEN_FILE: {
        readonly exit: 66;
        readonly text: 'cannot read the token file {file}';
        readonly fix: 'Check the path and its mode.';
    };
}

declare const labels: readonly ['operator', 'device', 'node', 'plugin', 'schedule', 'tool', 'channel', 'webhook']

declare function manifestFaults(manifest: Manifest, plugin: Plugin): string[]

declare function manifestOf(plugin: Plugin, extra?: ManifestExtra): Manifest

declare const optional: <T>(token: ServiceToken<T>) => OptionalToken<T>

declare function parseManifest(json: unknown, place: string, guess?: string): Manifest

declare const service: <T>(id: string, { members }?: {
    readonly members?: readonly NoInfer<AsyncMember<T>>[];
}) => ServiceToken<T>
