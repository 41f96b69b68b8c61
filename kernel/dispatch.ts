/**
 * The one road of a call: authorize → validate → before → handler → after.
 * Every stage gives a value or a promise and is tested once, so what is synchronous stays synchronous.
 */
import { LiveCall, type Origin } from './call.ts'
import type { Access, CallLimit, MaybePromise, RouteContext, Schema } from './contract.ts'
import { fail, NexusError } from './errors.ts'
import type { Gate } from './gate.ts'
import type { HookPoint } from './hooks.ts'
import { vouched } from './provenance.ts'
import type { PluginScope } from './scope.ts'
import { check, printable } from './validate.ts'
import { isPromise } from './within.ts'

export interface Verb {
  readonly kind: 'method' | 'route'
  /** A method's name, or `GET /path`. */
  readonly name: string
  readonly plugin: string
  readonly access: Access
  readonly owner: PluginScope
  readonly params?: Schema
  readonly result?: Schema
  readonly limit?: CallLimit
  /** `input` is the checked params of a method, the Hono context of a route. */
  run(input: unknown, call: LiveCall): unknown
}

export interface DispatchHost {
  methods(): ReadonlyMap<string, Verb>
  readonly points: { readonly callAuthorize: HookPoint; readonly callBefore: HookPoint; readonly callAfter: HookPoint }
  readonly gate: Gate
  readonly now: () => number
  readonly draining: () => boolean
  /** Results are checked against their schemas: for tests, where a wrong one should show at once. */
  readonly checkResults: boolean
  hintFor(method: string): string
}

export interface Dispatcher {
  method(name: string, params: unknown, origin: Origin): MaybePromise<unknown>
  route(verb: Verb, c: RouteContext, origin: Origin): MaybePromise<Response>
}

export function createDispatcher(host: DispatchHost): Dispatcher {
  const { callAuthorize, callBefore, callAfter } = host.points

  function method(name: string, params: unknown, origin: Origin): MaybePromise<unknown> {
    const verb = host.methods().get(name)
    if (host.gate.shut && host.gate.holds(verb?.plugin, origin)) return host.gate.pass(verb?.plugin ?? 'kernel').then(() => method(name, params, origin))
    if (!verb) throw fail('NEXUS_CALL_UNKNOWN_METHOD', { method: printable(name), hint: host.hintFor(name) })
    return run(verb, params, origin)
  }

  function route(verb: Verb, c: RouteContext, origin: Origin): MaybePromise<Response> {
    if (host.gate.shut && host.gate.holds(verb.plugin, origin)) return host.gate.pass(verb.plugin).then(() => { throw fail('NEXUS_CALL_SWAPPING', { plugin: verb.plugin }) })
    return run(verb, c, origin) as MaybePromise<Response>
  }

  function run(verb: Verb, input: unknown, origin: Origin): MaybePromise<unknown> {
    if (host.draining() && origin.transport !== 'plugin') throw fail('NEXUS_CALL_DRAINING')
    if (!verb.owner.enter()) throw fail('NEXUS_CALL_SWAPPING', { plugin: verb.plugin })
    if (origin.transport !== 'plugin') vouched(origin.caller)
    const call = new LiveCall(verb, origin, callAfter.used ? host.now() : 0)
    let result: unknown
    try {
      result = authorized(verb, input, call)
    } catch (error) {
      throw ended(verb, call, origin, error)
    }
    if (isPromise(result)) {
      return result.then(
        (value) => { ended(verb, call, origin); return value },
        (error: unknown) => { throw ended(verb, call, origin, error) },
      )
    }
    ended(verb, call, origin)
    return result
  }

  function authorized(verb: Verb, input: unknown, call: LiveCall): MaybePromise<unknown> {
    let answers: MaybePromise<unknown>
    try {
      answers = callAuthorize.used ? callAuthorize.invoke([call, verb.access]) : []
    } catch (error) {
      throw denied(verb, call, error)
    }
    if (!isPromise(answers)) return decided(answers, verb, input, call)
    return answers.then((all) => decided(all, verb, input, call), (error: unknown) => { throw denied(verb, call, error) })
  }

  function decided(answers: unknown, verb: Verb, input: unknown, call: LiveCall): MaybePromise<unknown> {
    const all = answers as readonly boolean[]
    const allowed = !all.some((answer) => answer !== true) && (verb.access === 'public' || all.length > 0)
    if (!allowed) throw denied(verb, call)
    return validated(verb, input, call)
  }

  function denied(verb: Verb, call: LiveCall, cause?: unknown): NexusError {
    if (!callAuthorize.used) return fail('NEXUS_CALL_NO_AUTHORIZER')
    if (call.caller.role === 'none') return fail('NEXUS_CALL_UNAUTHENTICATED', { reason: 'no credential' }, cause)
    return fail('NEXUS_CALL_DENIED', { missing: verb.access, have: [...call.caller.scopes] }, cause)
  }

  function validated(verb: Verb, input: unknown, call: LiveCall): MaybePromise<unknown> {
    // A route's input is its context; what is in the body is the handler's to check.
    const isRoute = verb.kind === 'route'
    let params = input
    if (verb.params) {
      const checked = check(verb.params, input ?? {})
      if (!checked.ok) throw fail('NEXUS_CALL_INVALID_PARAMS', { method: verb.name, faults: checked.faults })
      params = checked.value
    } else if (!isRoute && !isEmpty(input)) {
      throw fail('NEXUS_CALL_INVALID_PARAMS', { method: verb.name, faults: 'at root: it takes no params' })
    }
    if (!callBefore.used) return handled(verb, params, call)
    const shown = isRoute ? undefined : frozen(params)
    const before = callBefore.invoke([call, shown])
    return isPromise(before) ? before.then(() => handled(verb, params, call)) : handled(verb, params, call)
  }

  function handled(verb: Verb, params: unknown, call: LiveCall): MaybePromise<unknown> {
    const outer = verb.owner.begin()
    let result: unknown
    try {
      result = verb.run(params, call)
    } finally {
      verb.owner.end(outer)
    }
    if (!host.checkResults || !verb.result) return result
    const checked = (value: unknown): unknown => {
      const verdict = check(verb.result as Schema, value)
      if (!verdict.ok) throw fail('NEXUS_CALL_BAD_RESULT', { verb: verb.name, plugin: verb.plugin, faults: verdict.faults })
      return value
    }
    return isPromise(result) ? result.then(checked) : checked(result)
  }

  /** Books the end of a call and gives back its error as the caller may see it. */
  function ended(verb: Verb, call: LiveCall, origin: Origin, thrown?: unknown): NexusError | undefined {
    const error = thrown === undefined ? undefined : asCallError(verb, call, thrown)
    if (origin.settled && !error) origin.settled(() => release(verb, call))
    else release(verb, call)
    if (callAfter.used) {
      const after = callAfter.invoke([call, { ok: !error, ...(error && { error }), ms: host.now() - call.startedAt }])
      if (isPromise(after)) verb.owner.hold(after, 'call.after')
    }
    return error
  }

  function release(verb: Verb, call: LiveCall): void {
    call.ended()
    verb.owner.leave()
  }

  function asCallError(verb: Verb, call: LiveCall, thrown: unknown): NexusError {
    if (thrown instanceof NexusError) return thrown
    if (call.gone) return fail('NEXUS_CALL_ABORTED', { verb: verb.name }, thrown)
    verb.owner.fault(verb.name, thrown)
    return fail('NEXUS_CALL_FAILED', { verb: verb.name, plugin: verb.plugin, trace: call.trace }, thrown)
  }

  return { method, route }
}

const isEmpty = (input: unknown): boolean =>
  input === undefined || input === null || (typeof input === 'object' && Object.keys(input).length === 0)

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}
