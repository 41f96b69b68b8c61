/** What the parts of the kernel need of each other. Made by `createKernel`, handed down, never imported as state. */
import type { Access, Clock, EmitOptions, HookToken, MaybePromise } from './contract.ts'
import type { Dispatcher } from './dispatch.ts'
import type { Logger } from './log.ts'
import type { Marker } from './marker.ts'
import type { Paths } from './paths.ts'
import type { OnFault } from './scope.ts'
import type { ServiceTable } from './tables/services.ts'

/** An event on its way to whoever listens. */
export interface Emitted {
  readonly name: string
  readonly access: Access
  readonly payload: unknown
  readonly options: EmitOptions
}

/** Milliseconds. `drain` bounds calls in flight at close; `dispose` each loop and disposer after that. */
export interface Deadlines {
  readonly load: number
  readonly setup: number
  readonly drain: number
  readonly dispose: number
}
export const defaultDeadlines: Deadlines = { load: 10_000, setup: 10_000, drain: 10_000, dispose: 2_000 }

export interface KernelParts {
  readonly clock: Clock
  readonly log: Logger
  readonly paths: Paths
  readonly deadlines: Deadlines
  readonly dispatcher: Dispatcher
  readonly onFault: OnFault
  readonly marker: Marker
  readonly checkPayloads: boolean
  /** A block with a `Secret` in place of every reference to one. */
  bindSecrets?(block: unknown, services: ServiceTable): unknown
  publish(event: Emitted): void
  invoke(token: HookToken<readonly unknown[], unknown, unknown>, args: readonly unknown[]): MaybePromise<unknown>
  /** Rebuilds these hook points from the generations that run. */
  retap(ids: readonly string[]): void
}
