/** What the kernel tells of itself: plain data, fit to be printed. */
import type { NexusError } from './errors.ts'

export type Phase = 'new' | 'starting' | 'ready' | 'draining' | 'closed'
export type PluginState = 'active' | 'failed' | 'blocked' | 'closing'

export interface Timings { readonly loadMs: number; readonly setupMs: number }

export interface Inspection {
  readonly id: string
  readonly state: PluginState
  readonly version: string | undefined
  readonly generation: number
  readonly origin: 'builtin' | 'path' | 'package' | 'memory'
  readonly place: string
  readonly tier: 'trusted' | 'isolated'
  /** Of the code that was read last, short; none for what ships with the gateway. */
  readonly hash: string | undefined
  /** Of a plugin given by path: the files its code was read from. */
  readonly files: readonly string[]
  /** Who asked for it: `default`, `config`, `settings`, `command line`, … */
  readonly why: string
  readonly required: boolean
  readonly exclusive: boolean
  readonly timings: Timings
  /** Everything the plugin owns in the kernel, one label each: `method cost.summary`, `tap call.after`, `interval 60000 ms`. */
  readonly owned: readonly string[]
  readonly inflight: number
  readonly requires: readonly string[]
  readonly provides: readonly string[]
  readonly dependents: readonly string[]
  readonly error: NexusError | undefined
  /** Errors its taps and timers have thrown since it was set up. */
  readonly faults: number
}

export interface StartReport {
  readonly active: readonly string[]
  readonly failed: readonly { readonly id: string; readonly error: NexusError }[]
}

export interface ChangeReport {
  /** The change touches the plugin whose call asked for it: it is made when that call has ended. */
  readonly scheduled?: true
  readonly started: readonly string[]
  readonly stopped: readonly string[]
  readonly blocked: readonly string[]
}

export interface CloseReport {
  /** False if calls were still running at the drain deadline. */
  readonly drained: boolean
  readonly errors: readonly NexusError[]
}
