/** Who can stand behind a call, most trusted first. */
export const labels = ['operator', 'device', 'node', 'plugin', 'schedule', 'tool', 'channel', 'webhook'] as const

export type Label = (typeof labels)[number]

/** The lesser of two labels: what a batch, a queue, a retry or a child run may claim at most. */
export function least(a: Label, b: Label): Label {
  return labels.indexOf(a) >= labels.indexOf(b) ? a : b
}

/** The party a call acts for. `id` names the credential or plugin, never a secret. */
export interface Caller {
  readonly id: string
  readonly role: 'operator' | 'node' | 'none'
  readonly scopes: ReadonlySet<string>
  readonly label: Label
  /** What the credential is bound to besides scopes, as in `{ agent: 'main' }`. Who owns the noun keeps to it. */
  readonly bounds?: Readonly<Record<string, string>>
}

/**
 * Why something happens. It is passed on explicitly: the second argument of every handler is one,
 * and every run, charge or message that a plugin starts takes one.
 * `path` lists the plugins whose code is already part of this call, outermost first.
 */
export interface Cause {
  readonly caller: Caller
  readonly trace: string
  readonly path: readonly string[]
}

/** A request that carried no credential: good for public verbs only. */
export const nobody: Caller = { id: 'anonymous', role: 'none', scopes: new Set(), label: 'webhook' }

/** The same cause under a lesser label; a label can be lowered, never raised. */
export function lowered(cause: Cause, label: Label): Cause {
  const to = least(cause.caller.label, label)
  if (to === cause.caller.label) return cause
  const caller = { ...cause.caller, label: to }
  // Field by field: a running call is a cause too, and what it carries stands in getters.
  return { caller: isVouched(cause.caller) ? vouched(caller) : caller, trace: cause.trace, path: cause.path }
}

/** Callers that came by a transport, plugins for themselves, and what was made lesser of these. */
const known = new WeakSet<Caller>()
const unchangeable = { value(): never { throw new TypeError('the scopes of a caller do not change') } }

/** From here on it is as it is, and calls may be made on its behalf. */
export function vouched(caller: Caller): Caller {
  if (known.has(caller)) return caller
  known.add(Object.freeze(caller))
  for (const name of ['add', 'clear', 'delete']) if (!Object.hasOwn(caller.scopes, name)) Object.defineProperty(caller.scopes, name, unchangeable)
  return caller
}

/** A plugin passes callers on; one that it has made up or changed is nobody's. */
export const isVouched = (caller: Caller): boolean => known.has(caller)

/**
 * The one rule of what a set of scopes admits: admin everything of operators and plugins, write also read,
 * every other scope itself alone. Unknown means no.
 */
export function admits(scopes: ReadonlySet<string>, access: string): boolean {
  if (access === 'public' || scopes.has(access)) return true
  if (access === 'operator.read' && scopes.has('operator.write')) return true
  return scopes.has('operator.admin') && !access.startsWith('node.')
}

/** What a caller may do and hear: operators what their scopes admit, nodes what they hold by name, others what is public. */
export function allows({ role, scopes }: Caller, access: string): boolean {
  if (access === 'public') return true
  return role === 'operator' ? admits(scopes, access) : role === 'node' && scopes.has(access)
}
