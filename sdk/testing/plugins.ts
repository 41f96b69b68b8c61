/** The plugins that a test kernel adds of its own. */
import { definePlugin, type Plugin, type ServiceToken } from '../../kernel/contract.ts'
import { callAuthorize, connectionAuthenticate, type AuthAnswer } from '../../kernel/points.ts'
import { admits, type Caller, type Label } from '../../kernel/provenance.ts'
import type { Tokens } from './door.ts'

export type Provided<T extends readonly unknown[]> = { readonly [K in keyof T]: readonly [token: ServiceToken<T[K]>, fake: NoInfer<T[K]>] }

const everyScope = ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']

export function operator(scopes: readonly string[] = everyScope, label: Label = 'operator'): Caller {
  return { id: 'test', role: 'operator', scopes: new Set(scopes), label }
}

/** Provides the fakes and, unless plugins under test do, says who calls and authorizes by scope. */
export function driver(plugins: readonly { readonly capabilities?: readonly string[] }[], provided: readonly (readonly [ServiceToken<unknown>, unknown])[], tokens: Tokens): Plugin {
  const missing = [connectionAuthenticate, callAuthorize].map((token) => `tap:${token.id}`).filter((tap) => !plugins.some((plugin) => plugin.capabilities?.includes(tap)))
  return definePlugin({
    id: 'test-driver',
    capabilities: missing,
    provides: Object.fromEntries(provided.map(([token], i) => [`fake${i}`, token])),
    setup(ctx) {
      if (missing.includes(`tap:${callAuthorize.id}`)) ctx.tap(callAuthorize, (call, access) => admits(call.caller.scopes, access))
      if (missing.includes(`tap:${connectionAuthenticate.id}`)) {
        ctx.tap(connectionAuthenticate, ({ token }): AuthAnswer | undefined => {
          const caller = token === undefined ? undefined : tokens.get(token)
          if (caller) return { ok: true, caller }
          return token === undefined ? undefined : { ok: false, code: 'AUTH_TOKEN_MISMATCH', message: 'unauthorized: this is none of the test\'s tokens' }
        })
      }
      return { provides: Object.fromEntries(provided.map(([, fake], i) => [`fake${i}`, fake])) }
    },
  })
}

/** Asks for a service as any dependent does. */
export function probe<T>(id: string, token: ServiceToken<T>, found: (service: T) => void): Plugin {
  return definePlugin({ id, requires: { wanted: token }, setup: (ctx) => found(ctx.deps.wanted) })
}
