/** A kernel of in-memory plugins, with nothing in between: for tests of the kernel itself. */
import { createKernel, type Kernel, type KernelOptions } from '../../kernel/index.ts'
import { createLogger } from '../../kernel/log.ts'
import type { Plugin } from '../../kernel/contract.ts'
import { memorySource } from '../../kernel/source.ts'
import { callAuthorize } from '../../kernel/points.ts'
import type { Caller } from '../../kernel/provenance.ts'
import type { Origin } from '../../kernel/call.ts'
import { admits, definePlugin } from 'nexus-gateway/sdk'

export const admin: Caller = { id: 'test', role: 'operator', scopes: new Set(['operator.admin']), label: 'operator' }
export const origin: Origin = { caller: admin, transport: 'kernel' }

export const guard = definePlugin({
  id: 'guard',
  capabilities: ['tap:call.authorize'],
  setup(ctx) {
    ctx.tap(callAuthorize, (call, access) => (access === 'public' ? undefined : admits(call.caller.scopes, access)))
  },
})

export const paths = { state: '/nowhere', config: '/nowhere/nexus.json5', socket: '/nowhere/gateway.sock', lock: '/nowhere/gateway.lock', cache: '/nowhere/cache', token: '/nowhere/auth/token', local: '' }

export function wanted(plugin: Plugin) {
  return { source: memorySource(plugin), why: 'test' }
}

export function kernelOf(plugins: readonly Plugin[], options: Partial<KernelOptions> = {}): Kernel {
  return createKernel({
    plugins: plugins.map(wanted), paths, version: 'test', log: createLogger(),
    deadlines: { load: 200, setup: 200, drain: 200, dispose: 100 },
    ...options,
  })
}
