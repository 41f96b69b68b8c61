/**
 * Everything a plugin starts belongs to its scope, one scope per generation.
 * Closing has four steps, in this order: detach (nothing new is called) → drain calls in flight to a deadline →
 * abort `signal` → the author's disposers, last in first out, one at a time, each bounded.
 * A promise cannot be killed: what still runs after its deadline is reported, never called done.
 */
import { setMaxListeners } from 'node:events'
import type { Clock, MaybePromise, Scope } from './contract.ts'
import { fail, type NexusError } from './errors.ts'
import { Marker } from './marker.ts'
import { within } from './within.ts'

export interface CloseDeadlines { readonly drainMs: number; readonly disposeMs: number }
export interface ScopeReport { readonly drained: boolean; readonly errors: readonly NexusError[] }
/** Told of every error that plugin code throws where nobody else catches it. */
export type OnFault = (plugin: string, where: string, error: unknown) => void

interface Owned { readonly label: string; dispose(): MaybePromise<void> }

export class PluginScope implements Scope {
  readonly plugin: string
  readonly generation: number
  state: 'open' | 'detached' | 'closed' = 'open'
  inflight = 0
  faults = 0
  readonly #clock: Clock
  readonly #onFault: OnFault
  readonly #marker: Marker
  readonly #number: number
  /** Made when somebody first asks: most plugins never do. */
  #abort: AbortController | undefined
  readonly #disposers: Owned[] = []
  readonly #timers = new Map<{ handle: unknown }, string>()
  readonly #loops = new Map<Promise<void>, string>()
  /** Controllers of calls whose `signal` somebody reads. */
  readonly #calls = new Set<AbortController>()
  #aborted = false
  #idle: (() => void) | undefined
  #closing: Promise<ScopeReport> | undefined

  constructor(plugin: string, generation: number, clock: Clock, onFault: OnFault, marker = new Marker(), number = generation) {
    this.plugin = plugin
    this.generation = generation
    this.#clock = clock
    this.#onFault = onFault
    this.#marker = marker
    this.#number = number
  }

  /** From here to `end` the code that runs is the plugin's. Two calls and no wrapper, for calls and taps are many. */
  begin(): number { return this.#marker.swap(this.#number) }
  end(outer: number): void { this.#marker.swap(outer) }

  /** The same around one function. */
  run<A extends readonly unknown[], T>(code: (...args: A) => T, ...args: A): T {
    const outer = this.begin()
    try {
      return code(...args)
    } finally {
      this.end(outer)
    }
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController()
      // Every run and stream may listen; that is no leak.
      setMaxListeners(0, this.#abort.signal)
      if (this.#aborted) this.#abort.abort(fail('NEXUS_CALL_ABORTED', { verb: this.plugin }))
    }
    return this.#abort.signal
  }

  // ── Calls in flight ───────────────────────────────────────────────────────────────────────────

  /** True if the call may run; then `leave()` must follow, once. */
  enter(): boolean {
    if (this.state !== 'open') return false
    this.inflight++
    return true
  }

  leave(): void {
    if (--this.inflight === 0) this.#idle?.()
  }

  /** Counts `work` as in flight until it settles, and reports what it throws. */
  hold(work: Promise<unknown>, where: string): void {
    this.inflight++
    work.then(() => this.leave(), (error: unknown) => {
      this.fault(where, error)
      this.leave()
    })
  }

  fault(where: string, error: unknown): void {
    this.faults++
    this.#onFault(this.plugin, where, error)
  }

  adoptCall(controller: AbortController): void {
    if (this.#aborted) controller.abort(this.signal.reason)
    else this.#calls.add(controller)
  }

  releaseCall(controller: AbortController): void { this.#calls.delete(controller) }

  // ── What authors register ─────────────────────────────────────────────────────────────────────

  defer(dispose: () => MaybePromise<void>, label = 'disposer'): void {
    if (this.state === 'closed') {
      this.#lateDisposal(dispose, label)
      throw fail('NEXUS_SCOPE_CLOSED', { plugin: this.plugin, what: label })
    }
    this.#disposers.push({ label, dispose })
  }

  use<T extends Disposable | AsyncDisposable>(resource: T, label = 'resource'): T {
    this.defer(async () => {
      if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]()
      else resource[Symbol.dispose]()
    }, label)
    return resource
  }

  interval(run: () => MaybePromise<void>, ms: number): void {
    const label = `interval ${ms} ms`
    const timer = this.#timer(label)
    const tick = async (): Promise<void> => {
      await this.#guarded(label, run)
      if (this.#timers.has(timer)) timer.handle = this.#clock.setTimeout(() => void tick(), ms)
    }
    timer.handle = this.#clock.setTimeout(() => void tick(), ms)
  }

  timeout(run: () => MaybePromise<void>, ms: number): void {
    const label = `timeout ${ms} ms`
    const timer = this.#timer(label)
    timer.handle = this.#clock.setTimeout(() => {
      this.#timers.delete(timer)
      void this.#guarded(label, run)
    }, ms)
  }

  spawn(name: string, run: (signal: AbortSignal) => MaybePromise<void>): void {
    const label = `loop ${name}`
    this.#mustBeOpen(label)
    const loop = (async () => this.run(run, this.signal))().catch((error: unknown) => {
      // What a loop throws on its way out of an abort is how it ends, not a fault.
      if (!this.#aborted) this.fault(label, error)
    })
    this.#loops.set(loop, label)
    void loop.then(() => this.#loops.delete(loop))
  }

  owned(): string[] {
    return [...this.#timers.values(), ...this.#loops.values(), ...this.#disposers.map(({ label }) => label)]
  }

  // ── Closing ───────────────────────────────────────────────────────────────────────────────────

  /** Step one, at once: from here on the kernel starts nothing of this generation. */
  detach(): void {
    if (this.state !== 'open') return
    this.state = 'detached'
    for (const timer of this.#timers.keys()) this.#clock.clearTimeout(timer.handle)
    this.#timers.clear()
  }

  /** Resolves true when no call is in flight, false at the deadline. Does not detach. */
  async idle(ms: number): Promise<boolean> {
    if (this.inflight === 0) return true
    const idle = new Promise<true>((resolve) => { this.#idle = () => resolve(true) })
    const done = await within(idle, ms, () => false as const)
    this.#idle = undefined
    return done
  }

  close(deadlines: CloseDeadlines): Promise<ScopeReport> {
    this.detach()
    this.#closing ??= this.#close(deadlines)
    return this.#closing
  }

  async #close({ drainMs, disposeMs }: CloseDeadlines): Promise<ScopeReport> {
    const errors: NexusError[] = []
    const stuck = (what: string, ms: number): void => {
      errors.push(fail('NEXUS_SCOPE_STUCK', { plugin: this.plugin, what, seconds: ms / 1000 }))
    }
    const drained = await this.idle(drainMs)
    this.#aborted = true
    this.#abort?.abort(fail('NEXUS_CALL_ABORTED', { verb: this.plugin }))
    for (const call of this.#calls) call.abort(this.signal.reason)
    // Calls and loops that heed the abort end now; the disposers must not run under their feet.
    if (!drained && !(await this.idle(disposeMs))) stuck(`${this.inflight} calls`, drainMs + disposeMs)
    const loops = Promise.all(this.#loops.keys()).then(() => true)
    if (this.#loops.size > 0 && !(await within(loops, disposeMs, () => false))) {
      for (const label of this.#loops.values()) stuck(label, disposeMs)
    }
    for (let owned = this.#disposers.pop(); owned; owned = this.#disposers.pop()) {
      const { label, dispose } = owned
      try {
        const done = await within(Promise.resolve(this.run(dispose)).then(() => true), disposeMs, () => false)
        if (!done) stuck(label, disposeMs)
      } catch (error) {
        errors.push(fail('NEXUS_SCOPE_DISPOSER', { plugin: this.plugin, what: label }, error))
      }
    }
    this.state = 'closed'
    this.#marker.forget(this.#number)
    return { drained, errors }
  }

  #timer(label: string): { handle: unknown } {
    this.#mustBeOpen(label)
    const timer = { handle: undefined }
    this.#timers.set(timer, label)
    return timer
  }

  async #guarded(label: string, run: () => MaybePromise<void>): Promise<void> {
    if (!this.enter()) return
    try {
      await this.run(run)
    } catch (error) {
      this.fault(label, error)
    } finally {
      this.leave()
    }
  }

  #mustBeOpen(what: string): void {
    if (this.state !== 'open') throw fail('NEXUS_SCOPE_CLOSED', { plugin: this.plugin, what })
  }

  #lateDisposal(dispose: () => MaybePromise<void>, label: string): void {
    void (async () => this.run(dispose))().catch((error: unknown) => this.fault(label, error))
  }
}
