/** The plugins that a test kernel adds of its own. */
import { definePlugin, type Plugin, type ServiceToken } from '../../kernel/contract.ts'
import { callAuthorize } from '../../kernel/points.ts'
import { admits, type Caller, type Label } from '../../kernel/provenance.ts'

export type Provided<T extends readonly unknown[]> = { readonly [K in keyof T]: readonly [token: ServiceToken<T[K]>, fake: NoInfer<T[K]>] }

const everyScope = ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']

export function operator(scopes: readonly string[] = everyScope, label: Label = 'operator'): Caller {
  return { id: 'test', role: 'operator', scopes: new Set(scopes), label }
}

/** Provides the fakes and, unless a plugin under test does, authorizes by scope. */
export function driver(plugins: readonly Plugin[], provided: readonly (readonly [ServiceToken<unknown>, unknown])[]) {
  const authorized = plugins.some((plugin) => plugin.capabilities?.includes(`tap:${callAuthorize.id}`))
  return definePlugin({
    id: 'test-driver',
    capabilities: authorized ? [] : [`tap:${callAuthorize.id}`],
    provides: Object.fromEntries(provided.map(([token], i) => [`fake${i}`, token])),
    setup(ctx) {
      if (!authorized) ctx.tap(callAuthorize, (call, access) => admits(call.caller.scopes, access))
      return { provides: Object.fromEntries(provided.map(([, fake], i) => [`fake${i}`, fake])) }
    },
  })
}

/** Asks for a service as any dependent does. */
export function probe<T>(id: string, token: ServiceToken<T>, found: (service: T) => void) {
  return definePlugin({ id, requires: { wanted: token }, setup: (ctx) => found(ctx.deps.wanted) })
}
