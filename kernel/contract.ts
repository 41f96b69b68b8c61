/**
 * The vocabulary of a plugin: tokens, contracts and what `setup` is given and gives back.
 * Types flow through imported tokens; nothing here is augmented, and nothing here has state.
 */
import type { Context as HonoContext } from 'hono'
import type { GenericSchema, InferInput, InferOutput } from 'valibot'
import type { Migration } from './config/migrate.ts'
import type { ErrorTable } from './errors.ts'
import type { Caller, Cause } from './provenance.ts'

export type MaybePromise<T> = T | Promise<T>
export type Schema = GenericSchema
type Out<S> = S extends Schema ? InferOutput<S> : undefined
type In<S> = S extends Schema ? InferInput<S> : undefined
// Contracts are matched structurally, so "any contract" has to be spelled with `any`.
// oxlint-disable-next-line no-explicit-any
type Any = any

/** `public`, a protocol scope such as `operator.read`, or a scope of the plugin's own such as `cost.manage`. */
export type Access = 'public' | `${string}.${string}`

// ── Services ────────────────────────────────────────────────────────────────────────────────────

/** Names a service and its major version in one string, such as `ledger/1`. Tokens compare by id. */
export interface ServiceToken<T> { readonly kind: 'service'; readonly id: string; readonly members?: readonly string[]; readonly '~type'?: (x: T) => T }
export interface OptionalToken<T> { readonly kind: 'optional'; readonly token: ServiceToken<T> }
type AsyncMember<T> = { [K in keyof T & string]: T[K] extends (...args: never) => Promise<unknown> ? K : never }[keyof T & string]

/** `members`: the async functions by which it can also be used from, or provided by, another process; what they take and give is JSON data. */
export const service = <T>(id: string, { members }: { readonly members?: readonly NoInfer<AsyncMember<T>>[] } = {}): ServiceToken<T> => ({ kind: 'service', id, ...(members && { members }) })
/** In `requires`: take the service when an enabled plugin provides it, `undefined` otherwise. */
export const optional = <T>(token: ServiceToken<T>): OptionalToken<T> => ({ kind: 'optional', token })

// ── Hooks ───────────────────────────────────────────────────────────────────────────────────────

export type HookMode = 'series' | 'waterfall' | 'bail' | 'collect'
/** `fail`: a throwing tap fails the call. `isolate`: it is logged, counted and skipped. */
export type OnError = 'fail' | 'isolate'

/** `A`: what a tap is given. `R`: what it may return. `F`: what invoking the hook gives. */
export interface HookToken<A extends readonly unknown[], R, F> {
  readonly kind: 'hook'
  readonly id: string
  readonly mode: HookMode
  readonly onError: OnError
  readonly '~type'?: (args: A) => [R, F]
}
interface HookOptions { readonly onError?: OnError }

export const hook = {
  /** Every tap in order; results are ignored. */
  series: <A extends readonly unknown[] = []>(id: string, o: HookOptions = {}): HookToken<A, void, void> =>
    ({ kind: 'hook', id, mode: 'series', onError: o.onError ?? 'isolate' }),
  /** Each tap may return a new value of the first argument for the next one. */
  waterfall: <A extends readonly [unknown, ...unknown[]]>(id: string, o: HookOptions = {}): HookToken<A, A[0] | undefined, A[0]> =>
    ({ kind: 'hook', id, mode: 'waterfall', onError: o.onError ?? 'fail' }),
  /** The first tap that returns something answers; the rest are not asked. */
  bail: <A extends readonly unknown[], R>(id: string, o: HookOptions = {}): HookToken<A, R | undefined, R | undefined> =>
    ({ kind: 'hook', id, mode: 'bail', onError: o.onError ?? 'fail' }),
  /** Every tap's answer, in order; `undefined` is no answer. A registry is a hook that collects. */
  collect: <A extends readonly unknown[], R>(id: string, o: HookOptions = {}): HookToken<A, R | undefined, R[]> =>
    ({ kind: 'hook', id, mode: 'collect', onError: o.onError ?? 'fail' }),
}

// ── Verbs: methods, events, routes ──────────────────────────────────────────────────────────────

/** How often one caller may call one method: `calls` within `windowMs` (60 s), `concurrent` at a time. */
export interface CallLimit { readonly calls?: number; readonly windowMs?: number; readonly concurrent?: number }
/** For methods that change how the gateway is set up. */
export const controlWrites: CallLimit = { calls: 30, windowMs: 60_000 }

export interface Method<P extends Schema | undefined = Any, R extends Schema | undefined = Any> {
  readonly scope: Access
  readonly params?: P
  readonly result?: R
  readonly summary?: string
  readonly limit?: CallLimit
}
export interface Event<P extends Schema = Any> {
  readonly scope: Access
  readonly payload: P
  readonly summary?: string
}
export interface Route { readonly scope: Access; readonly summary?: string }
/** A WebSocket of the plugin's own, on one path. */
export interface Upgrade { readonly scope: Access; readonly summary?: string }

export const method = <const P extends Schema | undefined = undefined, const R extends Schema | undefined = undefined>(
  m: Method<P, R>): Method<NoInfer<P>, NoInfer<R>> => m as Method<NoInfer<P>, NoInfer<R>>
export const event = <const P extends Schema>(
  e: { readonly scope: Access; readonly payload: P; readonly summary?: string }): Event<P> => e
export const route = <const R extends Route>(r: R): R => r
export const upgrade = <const U extends Upgrade>(u: U): U => u

type Methods = Record<string, Method>
type Events = Record<string, Event>
type Routes = Record<string, Route>
type Upgrades = Record<string, Upgrade>
type Provides = Record<string, ServiceToken<Any>>
type Requires = Record<string, ServiceToken<Any> | OptionalToken<Any>>
type RouteKey = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'} /${string}`
type OnlyKeys<R, K> = { readonly [X in keyof R]: X extends K ? R[X] : never }

/**
 * What other plugins and clients may rely on; stands in `contract.ts` and is spread into the definition.
 * Method and event names are unique in the installation. Paths of routes and upgrades are relative to `/<id>`, or,
 * where `paths` claims prefixes, whole paths below one of them.
 */
export interface Contract<I extends string = string, M = Any, E = Any, R = Any, P = Any, U = Any> {
  readonly id: I
  readonly methods?: M
  readonly events?: E
  readonly routes?: R
  readonly upgrades?: U
  readonly provides?: P
  readonly paths?: readonly string[]
}

export const contract = <const I extends string, const M extends Methods = {}, const E extends Events = {}, const R extends Routes = {}, const P extends Provides = {}, const U extends Upgrades = {}>(
  c: Contract<I, M, E, R & OnlyKeys<R, RouteKey>, P, U & OnlyKeys<U, `/${string}`>>): Contract<I, M, E, R, P, U> => c as Contract<I, M, E, R, P, U>

// ── Calls ───────────────────────────────────────────────────────────────────────────────────────

/** The WebSocket connection behind a call. `client` is what the client says of itself and grants nothing. */
export interface Connection {
  readonly id: string
  readonly protocol: 3 | 4
  readonly caller: Caller
  readonly client: { readonly id: string; readonly mode: string; readonly version: string; readonly platform: string; readonly displayName?: string; readonly instanceId?: string }
  /** What it says that it can deal with, such as `tool-events`. */
  readonly caps: readonly string[]
  readonly remote: string
  readonly openedAt: number
}

/** One verb being run. It is a `Cause`, so it is what a handler passes on. */
export interface Call extends Cause {
  readonly id: string
  /** The method's name, or `GET /path` for a route. */
  readonly verb: string
  readonly plugin: string
  readonly transport: 'ws' | 'http' | 'plugin' | 'kernel'
  readonly connection: Connection | undefined
  /** What the method's contract allows one caller. */
  readonly limit: CallLimit | undefined
  /** Aborted when the caller has gone or the plugin closes. */
  readonly signal: AbortSignal
  /** Work that outlives the answer but not the plugin: unloading waits for it, to the drain deadline. */
  waitUntil(work: Promise<unknown>): void
}

/** One WebSocket of a plugin's own, from its handshake to its end; a call that is in flight as long as it is open. */
export interface PluginSocket {
  readonly open: boolean
  /** Bytes sent and not yet taken by the network. With more than 50 MiB of them the socket is closed. */
  readonly unread: number
  /** A string goes as text, bytes as binary; nothing goes once the socket is closed. */
  send(data: string | Uint8Array): void
  close(code?: number, reason?: string): void
  /** To be set before the handler awaits anything. No more is read while a promise of it has not settled; a throw closes the socket with 1011. */
  onMessage(run: (data: string | Buffer) => MaybePromise<void>): void
  onClose(run: (code: number, reason: string) => MaybePromise<void>): void
}

// ── What `setup` is given ───────────────────────────────────────────────────────────────────────

/** Owns everything a plugin starts. It is closed by the kernel: detach, drain, abort, then disposers, last in first out. */
export interface Scope {
  readonly signal: AbortSignal
  defer(dispose: () => MaybePromise<void>, label?: string): void
  use<T extends Disposable | AsyncDisposable>(resource: T, label?: string): T
  interval(run: () => MaybePromise<void>, ms: number): void
  timeout(run: () => MaybePromise<void>, ms: number): void
  /** A background loop. It must end when `signal` aborts; closing does not wait for it before that. */
  spawn(name: string, run: (signal: AbortSignal) => MaybePromise<void>): void
}

/** Time as a plugin may know it; `testKernel` replaces it. Milliseconds since the epoch. */
export interface Clock {
  now(): number
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type Log = Readonly<Record<LogLevel, (message: string, fields?: Readonly<Record<string, unknown>>) => void>>

export interface TapOrder { readonly before?: string | readonly string[]; readonly after?: string | readonly string[] }

export interface EmitOptions {
  /** Only to these connections; without it, to everyone whose scopes admit the event. */
  readonly to?: Iterable<string>
  /** A slow client may miss this one: a later event says the same in full. */
  readonly lossy?: boolean
  /** The payload for clients of protocol 3, where theirs differs; asked for only when one is connected. */
  readonly v3?: () => unknown
  readonly stateVersion?: { readonly presence: number; readonly health: number }
}

type Deps<Q> = { readonly [K in keyof Q]: Q[K] extends ServiceToken<infer T> ? T : Q[K] extends OptionalToken<infer T> ? T | undefined : never }
type MethodArgs<P> = P extends Schema ? ({} extends InferInput<P> ? [params?: InferInput<P>] : [params: InferInput<P>]) : [params?: undefined]

export interface Ctx<E = {}, G = undefined, Q = {}> {
  readonly id: string
  readonly config: Out<G>
  readonly deps: Deps<Q>
  readonly scope: Scope
  readonly clock: Clock
  readonly log: Log
  readonly paths: { readonly state: string; readonly config: string; readonly cache: string; readonly socket: string }
  /** What the generation before this one has handed over, if there was one and it did. */
  readonly inherited: unknown
  /** For what the plugin does of its own accord: label `plugin`, with the scopes its capabilities name. */
  readonly cause: Cause
  emit<K extends keyof E & string>(name: K, payload: E[K] extends Event<infer P> ? In<P> : never, options?: EmitOptions): void
  tap<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, fn: (...args: A) => MaybePromise<NoInfer<R>>, order?: TapOrder): void
  /** Runs a hook of this plugin's own, `<id>.<name>`. */
  invoke<A extends readonly unknown[], R, F>(token: HookToken<A, R, F>, ...args: A): MaybePromise<F>
  /** Calls a verb by the same road as any client: authorized, validated, limited, recorded. */
  call<M, K extends keyof M & string>(contract: Contract<string, M>, name: K, params: M[K] extends Method<infer P, Any> ? MethodArgs<P>[0] : never, options: { readonly cause: Cause; readonly signal?: AbortSignal }): Promise<M[K] extends Method<Any, infer R> ? Out<R> : never>
}

// ── The definition ──────────────────────────────────────────────────────────────────────────────

type Handlers<M> = { readonly [K in keyof M]: M[K] extends Method<infer P, infer R> ? (params: Out<P>, call: Call) => MaybePromise<R extends Schema ? In<R> : unknown> : never }
type PathOf<K> = K extends `${string} ${infer P}` ? P : never
export type RouteContext<P extends string = string> = HonoContext<{ Variables: { call: Call } }, P>
type RouteHandlers<R> = { readonly [K in keyof R]: (c: RouteContext<PathOf<K> & string>, call: Call) => MaybePromise<Response> }
type UpgradeHandlers<U> = { readonly [K in keyof U]: (socket: PluginSocket, call: Call) => MaybePromise<void> }
type Services<P> = { readonly [K in keyof P]: P[K] extends ServiceToken<infer T> ? T : never }
type Part<K extends string, X, V> = [X] extends [never] ? {} : [keyof X] extends [never] ? {} : { readonly [k in K]: V }
interface Parting {
  /** What the next generation is given as `ctx.inherited` when this one is reloaded: data that can be cloned. An `exclusive` plugin is asked when its last call has ended, any other while it still serves. */
  readonly handOver?: () => MaybePromise<unknown>
}
type Returns<M, R, P, U> = Parting & Part<'methods', M, Handlers<M>> & Part<'routes', R, RouteHandlers<R>> & Part<'provides', P, Services<P>> & Part<'upgrades', U, UpgradeHandlers<U>>
type Empty<T> = {} extends T ? void : never

interface Declared {
  /** What the kernel must hand out beyond the plugin's own names, shown before its code runs. */
  readonly capabilities?: readonly string[]
  readonly required?: boolean
  readonly safe?: boolean
  readonly exclusive?: boolean
  /** It runs inside the gateway's process or not at all. Without it, a plugin that does not ship with the gateway gets a process of its own. */
  readonly tier?: 'trusted'
  /** It does something without being called, such as a job on a timer: in a process of its own it is started with the gateway, not with the first call. */
  readonly eager?: boolean
  /** The plugin's own error codes, for `nexus explain`. */
  readonly errors?: ErrorTable
  /** Makes settings that were written for an older version fit, as data: no code runs. */
  readonly migrations?: readonly Migration[]
}

export interface Definition<I extends string, M, E, R, P, G, Q, U> extends Contract<I, M, E, R, P, U>, Declared {
  /** Schema of the plugin's own block in `nexus.json5`. Without one the block must be empty. */
  readonly config?: G
  readonly requires?: Q
  setup(ctx: Ctx<NoInfer<E>, NoInfer<G>, NoInfer<Q>>): MaybePromise<Returns<NoInfer<M>, NoInfer<R>, NoInfer<P>, NoInfer<U>> | Empty<Returns<NoInfer<M>, NoInfer<R>, NoInfer<P>, NoInfer<U>>>>
}

/** A plugin as the kernel sees it; `M` and `E` are kept for `ClientOf`. */
export interface Plugin<M = Any, E = Any> extends Contract<string, M, E>, Declared {
  readonly $type: 'nexus.plugin/1'
  readonly config?: Schema
  readonly requires?: Requires
  setup(ctx: Any): Any
}

export const definePlugin = <const I extends string, const M extends Methods = {}, const E extends Events = {}, const R extends Routes = {}, const P extends Provides = {}, const G extends Schema | undefined = undefined, const Q extends Requires = {}, const U extends Upgrades = {}>(
  definition: Definition<I, M, E, R & OnlyKeys<R, RouteKey>, P, G, Q, U & OnlyKeys<U, `/${string}`>>): Plugin<NoInfer<M>, NoInfer<E>> => ({ ...definition, $type: 'nexus.plugin/1' }) as Plugin<M, E>

/** What an answer may carry besides itself: see `direct` and `followedBy` of the SDK. */
export const onNode = Symbol.for('nexus.direct')
export const secondAnswer = Symbol.for('nexus.later')

/** The typed client of a contract: one function per method, `on` per event. */
export type ClientOf<X> = X extends { readonly methods?: infer M; readonly events?: infer E }
  ? {
      readonly call: { readonly [K in keyof M]: M[K] extends Method<infer P, infer R> ? (...args: MethodArgs<P>) => Promise<R extends Schema ? InferOutput<R> : unknown> : never }
      on<K extends keyof E>(name: K, fn: (payload: E[K] extends Event<infer P> ? Out<P> : never) => void): () => void
    }
  : never
