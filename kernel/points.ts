/** The kernel's own hooks and its one service. Their names are part of the API. */
import type { ConfigFault, Place } from './config/fault.ts'
import type { KeyPath } from './config/path.ts'
import type { JsonSchema } from './config/schema.ts'
import { hook, service } from './contract.ts'
import type { Access, Call, Connection, LogLevel, MaybePromise } from './contract.ts'
import type { NexusError } from './errors.ts'
import type { Manifest } from './manifest.ts'
import type { Marker } from './marker.ts'
import type { Caller, Cause } from './provenance.ts'
import type { Held } from './quarantine.ts'
import type { ChangeReport, Inspection, Phase } from './report.ts'

export interface PluginNotice { readonly id: string; readonly generation: number }

export const kernelBoot = hook.series('kernel.boot')
export const kernelReady = hook.series('kernel.ready')
export const kernelDrain = hook.series('kernel.drain')
export const kernelClose = hook.series('kernel.close')
export const pluginLoaded = hook.series<[PluginNotice]>('plugin.loaded')
export const pluginUnloaded = hook.series<[PluginNotice]>('plugin.unloaded')
export const pluginFailed = hook.series<[{ readonly id: string; readonly error: NexusError }]>('plugin.failed')
/** Code of a plugin has thrown where nobody else catches it. What goes wrong in a tap of this is only logged. */
export const pluginFaulted = hook.series<[{ readonly id: string; readonly where: string; readonly error: unknown }]>('plugin.faulted')
/** Ids of the plugins whose settings changed. */
export const configChanged = hook.series<[ids: readonly string[]]>('config.changed')

/** What a transport knows of somebody who wants in. Nothing the client says of itself grants anything. */
export interface AuthRequest {
  readonly transport: 'ws' | 'http'
  readonly listener: 'tcp' | 'unix'
  /** Over TLS. */
  readonly secure: boolean
  /** The address of the socket, and the one that counts, see `connection.remote`. */
  readonly peer: string
  readonly remote: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly role: 'operator' | 'node'
  readonly token?: string
  readonly password?: string
  /** WebSocket only: the validated `connect` params and the challenge they answer. */
  readonly connect?: Readonly<Record<string, unknown>>
  readonly nonce?: string
}
/**
 * `tell`: members of `hello-ok.auth`, or headers `x-nexus-<name>` of an answer of `/rpc`.
 * `code` is the protocol's `details.code`, such as `AUTH_TOKEN_MISMATCH`; with `retryAfterMs` a later try may succeed.
 * A refusal ends authentication.
 */
export type AuthAnswer =
  | { readonly ok: true; readonly caller: Caller; readonly tell?: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly wire?: 'INVALID_REQUEST' | 'NOT_PAIRED'; readonly retryAfterMs?: number; readonly details?: Readonly<Record<string, unknown>> }

/** The address that counts for somebody who comes through a proxy. Answers at once. */
export const connectionRemote = hook.waterfall<[remote: string, headers: Readonly<Record<string, string | undefined>>]>('connection.remote', { onError: 'isolate' })
/** An address of the gateway; `secure` is with TLS. */
export interface Door { readonly host: string; readonly port: number; readonly secure: boolean }
/** Before a port is opened; a tap that throws keeps it shut. */
export const gatewayListen = hook.series<[Door]>('gateway.listen', { onError: 'fail' })

export const connectionAuthenticate = hook.bail<[AuthRequest], AuthAnswer>('connection.authenticate')
/** Fills the snapshot of `hello-ok`; what stands there as `policy` goes beside the gateway's own bounds. */
export const connectionHello = hook.waterfall<[snapshot: Record<string, unknown>, Connection]>('connection.hello', { onError: 'isolate' })
export const connectionOpened = hook.series<[Connection]>('connection.opened')
export const connectionClosed = hook.series<[Connection]>('connection.closed')

export interface Outcome { readonly ok: boolean; readonly error?: NexusError; readonly ms: number }

/** Any `false` or throw is no; a verb that is not public also needs one `true`. */
export const callAuthorize = hook.collect<[Call, Access], boolean>('call.authorize')
/** Sees validated, frozen params and may only refuse, by throwing. */
export const callBefore = hook.series<[Call, params: unknown]>('call.before', { onError: 'fail' })
export const callAfter = hook.series<[Call, Outcome]>('call.after')

export interface HttpRequestInfo {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly remote: string
  readonly listener: 'tcp' | 'unix'
  readonly secure: boolean
  readonly localPort: number | undefined
  /** It wants a WebSocket. */
  readonly upgrade: boolean
}
/** May refuse a request or an upgrade, by throwing, before anything else looks at it. */
export const httpRequest = hook.series<[HttpRequestInfo]>('http.request', { onError: 'fail' })

/** `time` in milliseconds since the epoch; `plugin` is `kernel` for the kernel's own lines. */
export interface LogRecord { readonly time: number; readonly level: LogLevel; readonly plugin: string; readonly message: string; readonly fields?: Readonly<Record<string, unknown>> }
export const logWritten = hook.series<[LogRecord]>('log.written')

/** What `kernel:control` buys: to look at plugins and to change which ones run. */
export interface KernelControlApi {
  readonly version: string
  readonly startedAt: number
  phase(): Phase
  list(): Inspection[]
  inspect(id: string): Inspection | undefined
  /** Reads the plugin's source anew and swaps it in; the old one keeps serving if that fails. One in quarantine is let go. */
  reload(ids: readonly string[], cause: Cause): MaybePromise<ChangeReport>
  /** Unloads a plugin and remembers, also for the next start, that it must not run. */
  hold(id: string, reason: string, cause: Cause): MaybePromise<ChangeReport>
  held(): Readonly<Record<string, Held>>
  /** Whose synchronous code runs: the memory, and the file that outlives a crash. */
  readonly marker: Pick<Marker, 'shared' | 'file'>
  unload(ids: readonly string[], cause: Cause): MaybePromise<ChangeReport>
  connections(): readonly Connection[]
  methods(): ReadonlyMap<string, { readonly plugin: string; readonly access: Access }>
}
export const KernelControl = service<KernelControlApi>('kernel/1')

/** What `kernel:connections` buys. */
export interface ConnectionsApi {
  /** Closes what was let in as such a caller: WebSockets with 4401, everything else with its socket. */
  end(match: (caller: Caller) => boolean, reason: string): void
  /** Where the gateway listens, besides its own socket. */
  doors(): readonly Door[]
}
export const Connections = service<ConnectionsApi>('connections/1')

// ── Settings ────────────────────────────────────────────────────────────────────────────────────

/** The settings as they are, or as a candidate would be. Nothing in it has a secret's value. */
export interface ConfigView {
  readonly file: string
  readonly exists: boolean
  /** SHA-256 of the file's bytes, hex; what `baseHash` is compared with. Empty if there is no file. */
  readonly hash: string
  /** The text of the file, secrets and all: for a writer, never for an answer. */
  readonly text: string
  /** The file's own tree, after migrations. */
  readonly raw: Readonly<Record<string, unknown>>
  /** After includes, environment and overrides; references to secrets as they stand. */
  readonly merged: Readonly<Record<string, unknown>>
  /** The same with defaults. */
  readonly resolved: Readonly<Record<string, unknown>>
  readonly faults: readonly ConfigFault[]
  /** What the operator should know and nothing fails of: migrated and unmapped keys, literal secrets, a newer version. */
  readonly notes: readonly string[]
  /** Every file that was read. */
  readonly files: readonly string[]
}
export interface ConfigWrite {
  /** The hash the writer saw; the write is refused if the file has another by now. */
  readonly baseHash?: string
  /** Also a write that shrinks the file by half or drops the list of plugins. */
  readonly force?: boolean
}
export interface ConfigWritten {
  readonly hash: string
  /** What the running gateway did with it. */
  readonly report: ChangeReport
  /** Keys that take effect at the next start only. */
  readonly restart: readonly string[]
}
export interface ConfigBackup { readonly id: string; readonly time: number; readonly bytes: number; readonly hash: string }
/** Which layer gave the value: defaults last, overrides first. */
export interface ConfigOrigin {
  readonly layer: 'override' | 'file' | 'include' | 'env' | 'default' | 'none'
  readonly place?: Place
  /** The environment variables that are part of the value. */
  readonly variables: readonly string[]
  /** For an override: the flag or variable. */
  readonly name?: string
}

/** What `kernel:config` buys: the settings, and the one way to change them. */
export interface ConfigControlApi {
  /** What runs. */
  current(): ConfigView
  /** `safe` and `degraded` with the reasons, one line each. */
  mode(): { readonly mode: 'normal' | 'degraded' | 'safe'; readonly reasons: readonly string[] }
  /** What `text`, or the file as it is now, would amount to; changes nothing. */
  check(text?: string): Promise<ConfigView>
  /** Checks, writes and applies; if any of it fails the file and the gateway are as before. Throws NEXUS_CONFIG_INVALID, _CONFLICT, _SHRINKS, _WRITE. */
  write(text: string, options: ConfigWrite, cause: Cause): Promise<ConfigWritten>
  /** Newest first. */
  history(): Promise<readonly ConfigBackup[]>
  backup(id: string): Promise<string>
  explain(path: KeyPath): Promise<ConfigOrigin>
  /** The manifest of the plugin at a file or folder, as a start with these settings would find it. Throws what that would. */
  describe(place: string): Promise<Manifest>
  /** Of the whole file: the kernel's own keys and every installed plugin's block. */
  schema(): JsonSchema
}
export const ConfigControl = service<ConfigControlApi>('config/1')

/** Where `{ $secret: "store:NAME" }` leads. A plugin whose settings hold such a reference is started after its provider. */
export interface SecretStoreApi {
  /** Rejects if there is no such name. */
  get(name: string): Promise<string>
}
/** What its provider emits when values have changed: `{ names }`. */
export const secretsChanged = 'secrets.changed'
export const SecretStore = service<SecretStoreApi>('secrets/1')

/** Services that steer the gateway, and the capability a plugin must declare to be given one. */
export const controls: Readonly<Record<string, string>> = { [KernelControl.id]: 'kernel:control', [ConfigControl.id]: 'kernel:config', [Connections.id]: 'kernel:connections' }

/** Before a change of the settings is kept: plugins that it touched and that do not work now say why. */
export const configVerify = hook.collect<[ids: readonly string[]], string>('config.verify')

/** Hooks whose taps decide who gets in: tapping one needs the capability `tap:<id>`. */
export const guarded = (id: string): boolean => /^(call|connection|gateway|http|log)\./.test(id)
