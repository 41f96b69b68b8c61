/** The kernel's own hooks and its one service. Their names are part of the API. */
import { hook, service } from './contract.ts'
import type { Access, Call, Connection, LogLevel, MaybePromise } from './contract.ts'
import type { NexusError } from './errors.ts'
import type { Caller, Cause } from './provenance.ts'
import type { ChangeReport, Inspection, Phase } from './report.ts'

export interface PluginNotice { readonly id: string; readonly generation: number }

export const kernelBoot = hook.series('kernel.boot')
export const kernelReady = hook.series('kernel.ready')
export const kernelDrain = hook.series('kernel.drain')
export const kernelClose = hook.series('kernel.close')
export const pluginLoaded = hook.series<[PluginNotice]>('plugin.loaded')
export const pluginUnloaded = hook.series<[PluginNotice]>('plugin.unloaded')
export const pluginFailed = hook.series<[{ readonly id: string; readonly error: NexusError }]>('plugin.failed')
/** Ids of the plugins whose settings changed. */
export const configChanged = hook.series<[ids: readonly string[]]>('config.changed')

/** What a transport knows of somebody who wants in. Nothing the client says of itself grants anything. */
export interface AuthRequest {
  readonly transport: 'ws' | 'http'
  readonly listener: 'tcp' | 'unix'
  readonly remote: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly role: 'operator' | 'node'
  readonly token?: string
  readonly password?: string
  /** WebSocket only: the validated `connect` params and the challenge they answer. */
  readonly connect?: Readonly<Record<string, unknown>>
  readonly nonce?: string
}
/** `code` is the protocol's `details.code`, such as `AUTH_TOKEN_MISMATCH`. A refusal ends authentication. */
export type AuthAnswer =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly wire?: 'INVALID_REQUEST' | 'NOT_PAIRED' }

export const connectionAuthenticate = hook.bail<[AuthRequest], AuthAnswer>('connection.authenticate')
/** Fills the snapshot of `hello-ok`. */
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
}
/** May refuse a request, by throwing, before anything else looks at it. */
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
  /** Reads the plugin's source anew and swaps it in; the old one keeps serving if that fails. */
  reload(ids: readonly string[], cause: Cause): MaybePromise<ChangeReport>
  unload(ids: readonly string[], cause: Cause): MaybePromise<ChangeReport>
  connections(): readonly Connection[]
  methods(): ReadonlyMap<string, { readonly plugin: string; readonly access: Access }>
}
export const KernelControl = service<KernelControlApi>('kernel/1')

/** Hooks whose taps decide who gets in: tapping one needs the capability `tap:<id>`. */
export const guarded = (id: string): boolean => /^(call|connection|http|log)\./.test(id)
