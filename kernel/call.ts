/** One verb being run. `signal` costs nothing until somebody reads it. */
import type { Call, CallLimit, Connection } from './contract.ts'
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
  /** In its place: calls `run` if the caller goes before the answer has been sent. */
  left?(run: () => void): void
  readonly trace?: string | undefined
  /** Routes only: takes a function to run once the response has been sent or given up. */
  readonly settled?: (release: () => void) => void
}

const boot = Math.random().toString(36).slice(2, 8)
let calls = 0

// Plain private fields and lazy ids: one of these is made for every call, and #fields cost at construction.
export class LiveCall implements Call {
  readonly verb: string
  readonly plugin: string
  readonly transport: Call['transport']
  readonly connection: Connection | undefined
  readonly caller: Caller
  readonly limit: CallLimit | undefined
  readonly startedAt: number
  private readonly origin: Origin
  private readonly owner: PluginScope
  private readonly number: number
  private chain: readonly string[] | undefined
  private abort: AbortController | undefined
  private follow: (() => void) | undefined
  private open = 1

  constructor({ name, owner, limit }: { readonly name: string; readonly owner: PluginScope; readonly limit?: CallLimit }, origin: Origin, now: number) {
    this.verb = name
    this.plugin = owner.plugin
    this.transport = origin.transport
    this.connection = origin.connection
    this.caller = origin.caller
    this.limit = limit
    this.startedAt = now
    this.origin = origin
    this.owner = owner
    this.number = calls++
    this.chain = undefined
    this.abort = undefined
    this.follow = undefined
  }

  get id(): string { return `${boot}-${this.number.toString(36)}` }
  get trace(): string { return this.origin.cause?.trace ?? this.origin.trace ?? this.id }

  get path(): readonly string[] {
    this.chain ??= [...(this.origin.cause?.path ?? []), this.plugin]
    return this.chain
  }

  get signal(): AbortSignal {
    if (this.abort) return this.abort.signal
    const abort = new AbortController()
    this.abort = abort
    this.owner.adoptCall(abort)
    const gone = this.origin.signal
    this.follow = () => abort.abort(fail('NEXUS_CALL_ABORTED', { verb: this.verb }))
    this.origin.left?.(this.follow)
    if (gone?.aborted) this.follow()
    else gone?.addEventListener('abort', this.follow, { once: true })
    return abort.signal
  }

  waitUntil(work: Promise<unknown>): void {
    this.open++
    this.owner.hold(work.finally(() => this.ended()), this.verb)
  }

  /** Called once for the handler and once for each `waitUntil`; the last one lets go of the signal. */
  ended(): void {
    if (--this.open > 0 || !this.abort) return
    this.owner.releaseCall(this.abort)
    if (this.follow) this.origin.signal?.removeEventListener('abort', this.follow)
  }

  /** True if somebody holds the signal and it has been aborted. */
  get gone(): boolean { return this.abort?.signal.aborted ?? false }
}
