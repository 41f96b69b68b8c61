/** A part of `auth` in a kernel with the real store, and who was ended when. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { callAuthorize, connectionAuthenticate, definePlugin } from 'nexus-gateway/sdk'
import type { AuthAnswer, AuthRequest, Method } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { authenticate, type Way } from '../../plugins/auth/authenticate.ts'
import { authErrors } from '../../plugins/auth/errors.ts'
import type { AuthHost } from '../../plugins/auth/host.ts'
import { authorize } from '../../plugins/auth/scopes.ts'
import type { AttemptsApi } from '../../plugins/limits/contract.ts'
import { Store, type StoreApi } from '../../plugins/store/contract.ts'
import store from '../../plugins/store/index.ts'

export interface Part {
  readonly way: Way | undefined
  readonly methods?: Readonly<Record<string, (...args: never[]) => unknown>>
}
export interface Ended { readonly ids: readonly string[]; readonly reason: string; readonly at: number }

export interface PartBench extends AsyncDisposable {
  readonly k: TestKernel
  readonly ended: Ended[]
  /** `take` and `refund`, as they were called. */
  readonly attempts: string[]
  /** What whoever comes so is answered; nothing but the part is known here. */
  enter(request: Partial<AuthRequest>): Promise<AuthAnswer>
}

export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-auth-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

export const requestOf = (over: Partial<AuthRequest> = {}): AuthRequest =>
  ({ transport: 'http', listener: 'tcp', secure: false, peer: over.remote ?? '192.0.2.7', remote: '192.0.2.7', headers: {}, role: 'operator', ...over })
export const codeOf = (answer: AuthAnswer | undefined): string => (answer === undefined ? 'nothing' : answer.ok ? answer.caller.id : answer.code)

/** `wrap` may stand between the part and its store. */
export async function partBench(make: (host: AuthHost) => Part | Promise<Part>, options: { readonly dir?: string; readonly methods?: Readonly<Record<string, Method>>; readonly wrap?: (store: StoreApi) => StoreApi } = {}): Promise<PartBench> {
  const { methods = {}, wrap = (real) => real } = options
  const ended: Ended[] = []
  const attempts: string[] = []
  const counting: AttemptsApi = { take: () => (attempts.push('take'), { ok: true, refund: () => void attempts.push('refund') }) }
  const plugin = definePlugin({
    id: 'auth', methods, requires: { store: Store }, errors: authErrors, capabilities: ['tap:connection.authenticate', 'tap:call.authorize'],
    async setup(ctx) {
      const { clock, log, scope } = ctx
      const part = await make({ store: wrap(ctx.deps.store), clock, log, scope, end: (ids, reason) => void ended.push({ ids, reason, at: clock.now() }) })
      ctx.tap(connectionAuthenticate, (request) => authenticate(request, { ways: part.way ? [part.way] : [], conditions: [], attempts: counting }))
      ctx.tap(callAuthorize, (call, access) => authorize(call.caller, access))
      return { methods: part.methods ?? {} } as never
    },
  })
  const k = await testKernel({ plugins: [store, plugin], stateDir: options.dir ?? await temporaryDir() })
  return {
    k, ended, attempts,
    enter: async (request) => (await k.invoke(connectionAuthenticate, requestOf(request)))!,
    [Symbol.asyncDispose]: () => k.close(),
  }
}

/** Lets files be read: fake time goes on while real I/O happens. */
export async function elapse(k: TestKernel, ms: number, stepMs = 100): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await k.clock.advance(stepMs)
    await new Promise((resolve) => { setTimeout(resolve, 5) })
  }
}
