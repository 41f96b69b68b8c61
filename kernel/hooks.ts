/**
 * A hook point owns its taps. tapable knows no removal, so the tapable hook inside is a cache: built from the
 * taps when they are first needed, dropped when they change. A call under way ends on the hook it began with;
 * taps of scopes closed meanwhile are skipped.
 */
import { AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook } from 'tapable'
import type { HookToken, MaybePromise, TapOrder } from './contract.ts'
import { asNexusError, fail, type NexusError } from './errors.ts'
import { sortByOrder } from './order.ts'
import type { PluginScope } from './scope.ts'
import { isPromise } from './within.ts'

type AnyToken = HookToken<readonly unknown[], unknown, unknown>
export interface Tap {
  readonly scope: PluginScope
  readonly token: AnyToken
  readonly fn: (...args: readonly unknown[]) => unknown
  readonly order: TapOrder
}

/** Made when somebody first has to wait: until it aborts, an answer is wanted. */
export type Until = () => AbortSignal
/** One invocation: tapable hands it from tap to tap. */
interface Run { readonly token: AnyToken; args: readonly unknown[]; answers: unknown[]; readonly until: Until | undefined }
type Done = (error?: Error | null, value?: unknown) => void
interface Compiled {
  tapAsync(name: string, fn: (run: Run, done: Done) => void): void
  callAsync(run: Run, done: (error: Error | null, value?: unknown) => void): void
}

export class HookPoint {
  token: AnyToken
  #taps: readonly Tap[] = []
  #compiled: Compiled | undefined

  constructor(token: AnyToken) {
    this.token = token
  }

  get used(): boolean { return this.#taps.length > 0 }
  get taps(): readonly Tap[] { return this.#taps }

  /** How a hook runs is its owner's to say; a tap from another process has only the name. */
  own(token: AnyToken): void {
    if (token.mode !== this.token.mode) this.#compiled = undefined
    this.token = token
  }

  /** Replaces the taps; they must have been through `orderTaps`. */
  set(taps: readonly Tap[]): void {
    if (taps.length === this.#taps.length && taps.every((tap, i) => tap === this.#taps[i])) return
    this.#taps = taps
    this.#compiled = undefined
  }

  /** A value when every tap asked answered at once, a promise otherwise. */
  invoke(args: readonly unknown[], until?: Until): MaybePromise<unknown> {
    const run: Run = { token: this.token, args, answers: [], until }
    if (this.#taps.length === 0) return this.#result(run, undefined)
    let settled = false
    let failure: unknown
    let value: unknown
    let finish: (() => void) | undefined
    this.#hook().callAsync(run, (error, result) => {
      settled = true
      failure = error
      value = result
      finish?.()
    })
    const outcome = (): unknown => {
      if (failure) throw failure
      return this.#result(run, value)
    }
    if (settled) return outcome()
    return new Promise((resolve) => { finish = () => resolve(undefined) }).then(outcome)
  }

  #result(run: Run, value: unknown): unknown {
    switch (this.token.mode) {
      case 'collect': return run.answers
      case 'waterfall': return run.args[0]
      case 'bail': return value
      case 'series': return undefined
    }
  }

  #hook(): Compiled {
    if (this.#compiled) return this.#compiled
    const hook = this.token.mode === 'bail' ? new AsyncSeriesBailHook(['run']) : this.token.mode === 'waterfall' ? new AsyncSeriesWaterfallHook(['run']) : new AsyncSeriesHook(['run'])
    const compiled = hook as unknown as Compiled
    for (const tap of this.#taps) compiled.tapAsync(tap.scope.plugin, (run, done) => guard(tap, run, done))
    this.#compiled = compiled
    return compiled
  }
}

/** Runs one tap: skips closed scopes, counts the call in flight, names the plugin in whatever it throws. */
function guard(tap: Tap, run: Run, done: Done): void {
  if (!tap.scope.enter()) return done(null, skipped(run))
  let answer: unknown
  const outer = tap.scope.begin()
  try {
    answer = tap.fn(...run.args)
  } catch (error) {
    tap.scope.end(outer)
    return refuse(tap, run, done, error)
  }
  tap.scope.end(outer)
  if (isPromise(answer)) void whileWanted(answer, tap, run.until?.()).then((value: unknown) => succeed(tap, run, done, value), (error: unknown) => refuse(tap, run, done, error))
  else succeed(tap, run, done, answer)
}

/** A tap that nobody waits for any more is not in flight: what it comes to later is dropped. */
function whileWanted(answer: Promise<unknown>, tap: Tap, until: AbortSignal | undefined): Promise<unknown> {
  if (!until) return answer
  return new Promise((resolve, reject) => {
    const drop = (): void => reject(fail('NEXUS_CALL_ABORTED', { verb: tap.token.id }))
    if (until.aborted) drop()
    else until.addEventListener('abort', drop, { once: true })
    void answer.then(resolve, reject).then(() => until.removeEventListener('abort', drop))
  })
}

/** What tapable carries on with where a tap has said nothing. */
const skipped = (run: Run): Run | undefined => (run.token.mode === 'waterfall' ? run : undefined)

function succeed(tap: Tap, run: Run, done: Done, answer: unknown): void {
  tap.scope.leave()
  const { mode } = run.token
  if (mode === 'collect' && answer !== undefined) run.answers.push(answer)
  if (mode === 'waterfall' && answer !== undefined) run.args = [answer, ...run.args.slice(1)]
  done(null, mode === 'bail' ? answer : skipped(run))
}

function refuse(tap: Tap, run: Run, done: Done, thrown: unknown): void {
  tap.scope.leave()
  const error = attributed(tap, thrown)
  if (run.token.onError === 'fail') {
    if (error !== thrown) tap.scope.fault(`hook ${tap.token.id}`, error)
    return done(error)
  }
  tap.scope.fault(`hook ${tap.token.id}`, error)
  done(null, skipped(run))
}

/** A refusal is the plugin's word and stays as it is; anything else is the plugin's failure. */
const attributed = (tap: Tap, thrown: unknown): NexusError => asNexusError(thrown, 'NEXUS_HOOK_FAILED', { plugin: tap.scope.plugin, hook: tap.token.id })

/**
 * The order in which taps run: by plugin id, changed where `before` and `after` say so. It depends on the set of
 * taps alone, never on when they were made. `known` tells the ids of the installation, running or not.
 */
export function orderTaps(taps: readonly Tap[], known: (id: string) => boolean): readonly Tap[] {
  const check = (tap: Tap, order: 'before' | 'after'): string[] => {
    const ids = [tap.order[order] ?? []].flat()
    const stranger = ids.find((id) => !known(id))
    if (stranger !== undefined) throw fail('NEXUS_HOOK_UNKNOWN_ORDER', { plugin: tap.scope.plugin, hook: tap.token.id, order, other: stranger })
    return ids
  }
  const { sorted, cycle } = sortByOrder(taps, (tap) => tap.scope.plugin, (tap) => check(tap, 'before'), (tap) => check(tap, 'after'))
  if (cycle) throw fail('NEXUS_HOOK_ORDER_CYCLE', { plugin: cycle[0], hook: taps[0]?.token.id, path: cycle.join(' → ') })
  return sorted
}
