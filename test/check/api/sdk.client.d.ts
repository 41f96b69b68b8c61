// The public types of sdk/client, 300 lines or more. Written by `node test/check/api-accept.mjs`, and not by hand.
// Exported: CallOptions, Client, ClientErrorCode, ClientOf, ClientOptions, ClientState, GatewayError, GatewayFault, Hello, createClient
export {}

declare type Access = 'public' | `${string}.${string}`

declare type Any = any

declare interface CallLimit {
    readonly calls?: number;
    readonly windowMs?: number;
    readonly concurrent?: number;
}

declare interface CallOptions {
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
    readonly idempotent?: boolean;
    readonly expectFinal?: boolean;
}

declare interface Client extends AsyncDisposable {
    readonly state: ClientState;
    readonly hello: Hello | undefined;
    use<C extends Contract>(contract: C): ClientOf<C>;
    call(method: string, params?: unknown, options?: CallOptions): Promise<unknown>;
    on(event: string, fn: (payload: unknown) => void): () => void;
    ready(): Promise<Hello>;
    close(): Promise<void>;
}

declare type ClientErrorCode = keyof typeof table

declare type ClientOf<X> = X extends {
    readonly methods?: infer M;
    readonly events?: infer E;
} ? {
    readonly call: {
        readonly [K in keyof M]: M[K] extends Method<infer P, infer R> ? (...args: MethodArgs<P>) => Promise<R extends Schema ? InferOutput<R> : unknown> : never;
    };
    on<K extends keyof E>(name: K, fn: (payload: E[K] extends Event<infer P> ? Out<P> : never) => void): () => void;
} : never

declare interface ClientOptions {
    readonly url: string;
    readonly token?: string | (() => MaybePromise<string | undefined>);
    readonly allowInsecure?: boolean;
    readonly scopes?: readonly string[];
    readonly role?: 'operator' | 'node';
    readonly caps?: readonly string[];
    readonly protocol?: 3 | 4;
    readonly client?: {
        readonly id?: string;
        readonly version?: string;
        readonly platform?: string;
        readonly mode?: string;
        readonly displayName?: string;
        readonly instanceId?: string;
    };
    readonly timeoutMs?: number;
    readonly handshakeTimeoutMs?: number;
    readonly maxPending?: number;
    readonly reconnect?: false | {
        readonly minMs?: number;
        readonly maxMs?: number;
    };
    readonly onReset?: (reset: {
        readonly reason: 'resume' | 'gap';
    }) => void;
    readonly onState?: (state: ClientState, error?: GatewayError) => void;
    readonly WebSocket?: SocketClass;
}

declare type ClientState = 'connecting' | 'open' | 'waiting' | 'closed'

declare interface Contract<I extends string = string, M = Any, E = Any, R = Any, P = Any, U = Any> {
    readonly id: I;
    readonly methods?: M;
    readonly events?: E;
    readonly routes?: R;
    readonly upgrades?: U;
    readonly provides?: P;
    readonly paths?: readonly string[];
}

declare interface Event<P extends Schema = Any> {
    readonly scope: Access;
    readonly payload: P;
    readonly summary?: string;
}

declare class GatewayError extends Error {
    readonly name = "GatewayError";
    readonly code: string;
    readonly details: unknown;
    readonly retryable: boolean;
    readonly retryAfterMs: number | undefined;
    constructor(fault: GatewayFault);
}

declare interface GatewayFault {
    readonly code: string;
    readonly message: string;
    readonly details?: unknown;
    readonly retryable?: boolean;
    readonly retryAfterMs?: number;
}

declare interface Hello {
    readonly protocol: 3 | 4;
    readonly server: {
        readonly version?: string;
        readonly connId?: string;
    };
    readonly features: {
        readonly methods: readonly string[];
        readonly events: readonly string[];
    };
    readonly snapshot: Readonly<Record<string, unknown>>;
    readonly auth: {
        readonly role?: string;
        readonly scopes?: readonly string[];
    };
    readonly policy: {
        readonly maxPayload: number;
        readonly tickIntervalMs: number;
    };
    readonly resume?: {
        readonly token: string;
        readonly seq: number;
        readonly status: 'fresh' | 'replayed' | 'reset';
    };
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

declare type Out<S> = S extends Schema ? InferOutput<S> : undefined

declare type Schema = GenericSchema

declare interface Socket {
    readonly readyState: number;
    send(data: string): void;
    close(code?: number, reason?: string): void;
    addEventListener(type: 'message', fn: (e: {
        data: unknown;
    }) => void): void;
    addEventListener(type: 'close', fn: (e: {
        code: number;
        reason: string;
    }) => void): void;
    addEventListener(type: 'error', fn: () => void): void;
    terminate?(): void;
}

declare type SocketClass = new (url: string) => Socket

declare function createClient(o: ClientOptions): Client

declare const table: {
    readonly NEXUS_CLIENT_TIMEOUT: readonly ["AGENT_TIMEOUT", false, "no answer to {method} within {ms} ms"];
    readonly NEXUS_CLIENT_LOST: readonly ["UNAVAILABLE", false, "the connection was lost while {method} ran; it may or may not have been done"];
    readonly NEXUS_CLIENT_OFFLINE: readonly ["UNAVAILABLE", true, "no connection within {ms} ms; {method} was not sent"];
    readonly NEXUS_CLIENT_BUSY: readonly ["UNAVAILABLE", true, "{max} calls are already waiting; {method} was not sent"];
    readonly NEXUS_CLIENT_TOO_LARGE: readonly ["INVALID_REQUEST", false, "{method} is larger than the {max} bytes the gateway takes"];
    readonly NEXUS_CLIENT_ABORTED: readonly ["UNAVAILABLE", false, "{method} was aborted by its caller"];
    readonly NEXUS_CLIENT_CLOSED: readonly ["UNAVAILABLE", false, "the client is closed"];
    readonly NEXUS_CLIENT_INSECURE: readonly ["INVALID_REQUEST", false, "the token would go to another machine unencrypted; use a wss:// or https:// address, or set allowInsecure: true on a network you trust"];
    readonly NEXUS_CLIENT_REFUSED: readonly ["INVALID_REQUEST", false, "the gateway refused the connection ({code}): {reason}"];
    readonly NEXUS_CLIENT_HANDSHAKE: readonly ["INVALID_REQUEST", false, "the handshake failed: {reason}"];
    readonly NEXUS_CLIENT_SILENT: readonly ["UNAVAILABLE", true, "nothing was heard from the gateway for {ms} ms"];
}
