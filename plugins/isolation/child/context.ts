/** What `setup` is given here: the same as in the gateway, each part of it a question to the gateway. */
import type { Ctx, HookToken, LogLevel, OptionalToken, Plugin, Schema, ServiceToken, TapOrder } from 'nexus-gateway/sdk'
import type { PluginScope } from 'nexus-gateway/sdk/hosting'
import { fail as refuse } from '../errors.ts'
import type { Link } from '../wire/link.ts'
import type { Loan, Loans } from '../wire/loans.ts'
import type { Beginning, EmitBody } from '../wire/messages.ts'
import { withSecrets } from '../wire/secret.ts'
import { callerOf, handleOf } from './call.ts'
import type { HostClock } from './clock.ts'
import { fail } from './definition.ts'
import { settingsOf } from './settings.ts'

type AnyCtx = Ctx<Record<string, never>, Schema, Record<string, never>>
export type Taps = Map<string, ((...args: readonly unknown[]) => unknown)[]>

interface ContextParts { readonly link: Link; readonly plugin: Plugin; readonly beginning: Beginning; readonly scope: PluginScope; readonly clock: HostClock; readonly taps: Taps; readonly loans: Loans }

export function contextOf({ link, plugin, beginning, scope, clock, taps, loans }: ContextParts): AnyCtx {
  const { id } = plugin
  const { paths, inherited, trace } = beginning
  const capabilities = plugin.capabilities ?? []
  const scopes = capabilities.flatMap((name) => (name.startsWith('scope:') ? name.slice('scope:'.length) : []))
  const at = (level: LogLevel) => (message: string, fields?: Readonly<Record<string, unknown>>) => link.say('log', { level, message, ...(fields && { fields: shown(fields) }) })

  function tap({ id: hook }: HookToken<readonly unknown[], unknown, unknown>, fn: (...args: readonly unknown[]) => unknown, order: TapOrder = {}): void {
    if (order.before !== undefined || order.after !== undefined) throw refuse('NEXUS_ISOLATION_CANNOT_CROSS', { plugin: id, faults: `it wants a place of its own among the taps of ${hook}` })
    if (!capabilities.includes(`tap:${hook}`)) throw fail('NEXUS_PLUGIN_CAPABILITY', { plugin: id, capability: `tap:${hook}` })
    taps.set(hook, [...taps.get(hook) ?? [], fn])
  }

  function emit(name: string, payload: unknown, options: { readonly to?: Iterable<string>; readonly v3?: () => unknown } = {}): void {
    const { to, v3, ...rest } = options
    link.say('emit', { name, payload, options: { ...rest, ...(to && { to: [...to] }), ...(v3 && { v3: v3() }) } } satisfies EmitBody)
  }

  async function lending(args: readonly unknown[], ask: (loan: Loan) => Promise<unknown>): Promise<unknown> {
    const { loan, release } = loans.lend(args)
    try {
      return await ask(loan)
    } finally {
      release()
    }
  }

  async function call(_: unknown, name: string, params: unknown, { cause, signal }: Parameters<AnyCtx['call']>[3]): Promise<unknown> {
    const handle = handleOf(cause)
    if (!handle) throw fail('NEXUS_CALL_MADE_UP', { plugin: id, verb: name })
    return link.ask('verb', { name, params, cause: handle }, signal)
  }

  return {
    id, scope, clock, paths, inherited, tap, emit, call,
    config: settingsOf(plugin, withSecrets(beginning.config, (number) => link.ask('secret', number) as Promise<string>)),
    deps: depsOf(plugin, beginning, (service, member, args) => lending(args, (loan) => link.ask('service', { service, member, ...loan }))),
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    cause: { caller: callerOf({ id: `plugin:${id}`, role: 'operator', scopes, label: 'plugin' }, null), trace, path: [id] },
    invoke: ({ id: hook, mode, onError }: HookToken<readonly unknown[], unknown, unknown>, ...args: readonly unknown[]) => lending(args, (loan) => link.ask('invoke', { hook, mode, onError, ...loan })),
  } as unknown as AnyCtx
}

/** Each service as the functions its token names. */
function depsOf(plugin: Plugin, { services }: Beginning, ask: (service: string, member: string, args: readonly unknown[]) => Promise<unknown>): Readonly<Record<string, unknown>> {
  const tokens = Object.entries(plugin.requires ?? {}) as [string, ServiceToken<unknown> | OptionalToken<unknown>][]
  return Object.fromEntries(tokens.flatMap(([name, given]) => {
    const token = given.kind === 'optional' ? given.token : given
    if (!services.includes(name)) return []
    return [[name, Object.fromEntries((token.members ?? []).map((member) => [member, (...args: readonly unknown[]) => ask(name, member, args)]))]]
  }))
}

/** An error in JSON is nothing; in a log it is what matters. */
function shown(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.stack ?? value.message : value]))
}
