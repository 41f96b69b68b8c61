/** What a plugin holds of the kernel. Everything it does here is charged to its scope. */
import type { Contract, Ctx, EmitOptions, HookToken, Log, MaybePromise, Plugin, Schema } from './contract.ts'
import { fail } from './errors.ts'
import type { Unit } from './generation.ts'
import type { Tap } from './hooks.ts'
import type { KernelParts } from './parts.ts'
import { guarded } from './points.ts'
import { isVouched, vouched, type Caller, type Cause } from './provenance.ts'
import type { PluginScope } from './scope.ts'
import { check } from './validate.ts'

// The types an author sees are those of `Ctx`; here, where every plugin is built alike, they are erased.
type AnyToken = HookToken<readonly unknown[], unknown, unknown>
type AnyCtx = Ctx<Record<string, never>, Schema, Record<string, never>>

export interface ContextParts {
  readonly unit: Unit
  readonly plugin: Plugin
  readonly scope: PluginScope
  readonly config: unknown
  readonly deps: Readonly<Record<string, unknown>>
  readonly taps: Tap[]
  readonly inherited: unknown
  /** False until the generation serves: taps made before that wait for the swap. */
  readonly serving: () => boolean
}

export function createContext(kernel: KernelParts, parts: ContextParts): AnyCtx {
  const { unit, plugin, scope, taps } = parts
  const { id } = unit
  const need = (capability: string): void => {
    if (!plugin.capabilities?.includes(capability)) throw fail('NEXUS_PLUGIN_CAPABILITY', { plugin: id, capability })
  }

  function tap(token: AnyToken, fn: (...args: readonly unknown[]) => unknown, order = {}): void {
    if (scope.state !== 'open') throw fail('NEXUS_SCOPE_CLOSED', { plugin: id, what: `tap ${token.id}` })
    if (guarded(token.id)) need(`tap:${token.id}`)
    taps.push({ scope, token, fn, order })
    if (parts.serving()) kernel.retap([token.id])
  }

  function emit(name: string, payload: unknown, options: EmitOptions = {}): void {
    const event = (plugin.events as Record<string, { scope: string; payload: Schema }> | undefined)?.[name]
    if (!event) throw fail('NEXUS_EVENT_UNDECLARED', { plugin: id, event: name })
    if (kernel.checkPayloads) {
      const verdict = check(event.payload, payload)
      if (!verdict.ok) throw fail('NEXUS_EVENT_BAD_PAYLOAD', { plugin: id, event: name, faults: verdict.faults })
    }
    if (scope.state !== 'closed') kernel.publish({ name, access: event.scope as 'public', payload, options })
  }

  function invoke(token: AnyToken, ...args: readonly unknown[]): MaybePromise<unknown> {
    if (!token.id.startsWith(`${id}.`)) throw fail('NEXUS_HOOK_NOT_OWNED', { plugin: id, hook: token.id })
    return kernel.invoke(token, args)
  }

  // Async, so that a caller sees one kind of failure: a rejection.
  async function call(_: Contract, name: string, params: unknown, { cause, signal }: { cause: Cause; signal?: AbortSignal }): Promise<unknown> {
    if (!isVouched(cause.caller)) throw fail('NEXUS_CALL_MADE_UP', { plugin: id, verb: name })
    return kernel.dispatcher.method(name, params, { caller: cause.caller, transport: 'plugin', cause, signal })
  }

  const { state, config, cache, socket } = kernel.paths
  // Made when they are first asked for: what nobody calls asks for neither.
  let [log, cause]: [Log?, Cause?] = []
  const ctx = {
    id,
    config: parts.config,
    deps: parts.deps,
    scope,
    clock: kernel.clock,
    get log() { return log ??= kernel.log.for(id) },
    paths: { state, config, cache, socket },
    inherited: parts.inherited,
    get cause() { return cause ??= { caller: callerOf(plugin), trace: `plugin-${id}-${scope.generation}`, path: [id] } },
    emit, tap, invoke, call,
  }
  return ctx as unknown as AnyCtx
}

/** What a plugin is when it acts of its own accord: the scopes its capabilities name, no more. */
function callerOf(plugin: Plugin): Caller {
  const scopes = (plugin.capabilities ?? []).flatMap((c) => (c.startsWith('scope:') ? c.slice('scope:'.length) : []))
  return vouched({ id: `plugin:${plugin.id}`, role: 'operator', scopes: new Set(scopes), label: 'plugin' })
}
