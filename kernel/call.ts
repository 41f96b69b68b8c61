/** One verb being run. `signal` costs nothing until somebody reads it. */
import type { Call, Connection } from './contract.ts'
import { fail } from './errors.ts'
import type { Caller, Cause } from './provenance.ts'
import type { PluginScope } from './scope.ts'

/** Where a call comes from. A transport fills it in and decides nothing. */
export interface Origin {
  readonly caller: Caller
  readonly transport: Call['transport']
  readonly connection?: Connection
  /** The call this one is made for. */
  readonly cause?: Cause
  /** Aborted when the caller has gone. Read only if the handler asks, so a getter may make it then. */
  readonly signal?: AbortSignal | undefined
  readonly trace?: string
  /** Routes only: takes a function to run once the response has been sent or given up. */
  readonly settled?: (release: () => void) => void
}

const boot = Math.random().toString(36).slice(2, 8)
let calls = 0

export class LiveCall implements Call {
  readonly id: string
  readonly trace: string
  readonly verb: string
  readonly plugin: string
  readonly transport: Call['transport']
  readonly connection: Connection | undefined
  readonly caller: Caller
  readonly startedAt: number
  readonly #origin: Origin
  readonly #owner: PluginScope
  #path: readonly string[] | undefined
  #abort: AbortController | undefined
  #open = 1

  constructor(verb: string, owner: PluginScope, origin: Origin, now: number) {
    this.id = `${boot}-${(calls++).toString(36)}`
    this.trace = origin.cause?.trace ?? origin.trace ?? this.id
    this.verb = verb
    this.plugin = owner.plugin
    this.transport = origin.transport
    this.connection = origin.connection
    this.caller = origin.caller
    this.startedAt = now
    this.#origin = origin
    this.#owner = owner
  }

  get path(): readonly string[] {
    this.#path ??= [...(this.#origin.cause?.path ?? []), this.plugin]
    return this.#path
  }

  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal
    const abort = new AbortController()
    this.#abort = abort
    this.#owner.adoptCall(abort)
    const gone = this.#origin.signal
    if (gone?.aborted) abort.abort(gone.reason)
    else gone?.addEventListener('abort', this.#follow, { once: true })
    return abort.signal
  }

  readonly #follow = (): void => this.#abort?.abort(this.aborted())

  waitUntil(work: Promise<unknown>): void {
    this.#open++
    this.#owner.hold(work.finally(() => this.ended()), this.verb)
  }

  /** Called once for the handler and once for each `waitUntil`; the last one lets go of the signal. */
  ended(): void {
    if (--this.#open > 0 || !this.#abort) return
    this.#owner.releaseCall(this.#abort)
    this.#origin.signal?.removeEventListener('abort', this.#follow)
  }

  /** True if somebody holds the signal and it has been aborted. */
  get gone(): boolean { return this.#abort?.signal.aborted ?? false }

  aborted(): Error { return fail('NEXUS_CALL_ABORTED', { verb: this.verb }) }
}
