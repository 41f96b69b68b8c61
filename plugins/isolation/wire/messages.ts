/** What is asked and said over the pipe, by name. */
import type { Manifest } from 'nexus-gateway/sdk'
import type { CallData, CauseHandle } from './call.ts'
import type { Failure } from './failure.ts'
import type { Loan } from './loans.ts'

export interface Paths { readonly state: string; readonly config: string; readonly cache: string; readonly socket: string }

/** `run`: how a plugin begins in its process. */
export interface Beginning {
  readonly manifest: Manifest
  readonly entry: string
  /** Its block of the settings, secrets as numbers. */
  readonly config: unknown
  readonly paths: Paths
  readonly inherited: unknown
  /** Of its own cause. */
  readonly trace: string
  /** Names of the optional services that are there. */
  readonly services: readonly string[]
  /** Milliseconds since the epoch, by the gateway's clock. */
  readonly now: number
}
/** What it has become. */
export interface Begun { readonly taps: readonly string[]; readonly handsOver: boolean }

export interface CallBody { readonly name: string; readonly params?: unknown; readonly call: CallData }
export interface RouteBody { readonly key: string; readonly url: string; readonly method: string; readonly headers: readonly (readonly [string, string])[]; readonly body?: number; readonly call: CallData }
export interface RouteAnswer { readonly status: number; readonly headers: readonly (readonly [string, string])[]; readonly body?: number }
export interface TapBody extends Loan { readonly hook: string }
export interface UseBody extends Loan { readonly service: string; readonly member: string }
export interface DescribeBody { readonly entry: string; readonly cli?: string }
export interface CommandBody { readonly cli: string; readonly name: string; readonly args: Readonly<Record<string, unknown>>; readonly options: Readonly<Record<string, unknown>>; readonly json: boolean; readonly paths: Paths; readonly stdout: Terminal; readonly stderr: Terminal; readonly stdin: boolean }
export interface Terminal { readonly isTTY: boolean; readonly columns: number | undefined }

// By the plugin's process:
export interface LoadBody { readonly specifier: string; readonly from: string }
export interface VerbBody { readonly name: string; readonly params?: unknown; readonly cause: CauseHandle }
export interface InvokeBody extends Loan { readonly hook: string; readonly mode: string; readonly onError: string }
export interface EmitBody { readonly name: string; readonly payload?: unknown; readonly options: { readonly to?: readonly string[]; readonly lossy?: boolean; readonly v3?: unknown; readonly stateVersion?: { readonly presence: number; readonly health: number } } }
export interface LogBody { readonly level: string; readonly message: string; readonly fields?: Readonly<Record<string, unknown>> }
export interface TimerBody { readonly id: number; readonly ms: number; /** By the plugin's scope. */ readonly owned: boolean }
export interface FaultBody { readonly where: string; readonly failure: Failure }
