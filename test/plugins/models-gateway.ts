/** Models in a kernel, with providers that do as they are told. */
import { definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { modelAfter, modelBefore, Models, offerModels, providerFailure, usageOf } from '../../plugins/models/contract.ts'
import type { Account, Attempt, AttemptOutcome, FailureKind, ModelFinish, ModelPart, ModelRequest, ModelSpec } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'

export const caller = { id: 'test', role: 'operator', scopes: new Set(['operator.read', 'operator.write']), label: 'operator' } as const
export type Reply = FailureKind | 'ok' | 'cut' | 'hang' | { readonly kind: FailureKind; readonly status?: number; readonly retryAfterMs?: number }
type Script = (request: ModelRequest) => Reply

export const key = (id: string, kind: Account['kind'] = 'key'): Account => ({ id, kind })
const finished = ({ provider, model }: ModelRequest): ModelFinish => ({ stopReason: 'stop', usage: usageOf({ input: 5, output: 1 }), provider, model })

/** A provider that does as it is told, and writes down what it was asked. */
export function provider(id: string, asked: string[], script: Script, more: { readonly accounts?: readonly Account[]; readonly specs?: readonly Partial<ModelSpec>[] } = {}) {
  return definePlugin({
    id: `provider-${id}`,
    setup(ctx) {
      const { accounts, specs = [{ id: 'm' }] } = more
      offerModels(ctx, {
        id,
        models: () => specs.map((spec) => ({ provider: id, id: 'm', name: 'M', ...spec })),
        ...(accounts && { accounts: () => accounts }),
        async stream(request, emit) {
          asked.push([id, request.model, request.account].filter(Boolean).join('/'))
          const reply = script(request)
          if (reply === 'hang') return new Promise<ModelFinish>((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason as Error)))
          if (reply === 'cut') emit({ type: 'text', delta: 'half' })
          if (reply === 'cut') throw providerFailure(id, 'network')
          if (typeof reply === 'object') throw providerFailure(id, reply.kind, reply)
          if (reply !== 'ok') throw providerFailure(id, reply)
          emit({ type: 'text', delta: `${id} says hi` })
          return finished(request)
        },
      })
    },
  })
}

export const watcher = (seen: { before: Attempt[]; after: [Attempt, AttemptOutcome][] }, refuse?: () => void) => definePlugin({
  id: 'watcher',
  setup(ctx) {
    ctx.tap(modelBefore, (attempt) => {
      seen.before.push(attempt)
      refuse?.()
    })
    ctx.tap(modelAfter, (attempt, outcome) => void seen.after.push([attempt, outcome]))
  },
})

type Plugins = Parameters<typeof testKernel>[0]['plugins']
export async function gateway(plugins: Plugins, settings: Record<string, unknown> = {}, options: object = {}) {
  const seen = { before: [] as Attempt[], after: [] as [Attempt, AttemptOutcome][] }
  const k = await testKernel({ plugins: [models, watcher(seen), ...plugins], config: { models: settings }, ...options })
  const api = await k.service(Models)
  const ask = async (more: Partial<ModelRequest> = {}) => {
    const parts: ModelPart[] = []
    const request: ModelRequest = { provider: 'a', model: 'm', messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more }
    const finish = await api.stream(request, (part) => void parts.push(part))
    return { finish, text: parts.map((part) => (part.type === 'text' ? part.delta : '')).join('') }
  }
  return { k, api, ask, seen, [Symbol.asyncDispose]: () => k.close() }
}
const kindOf = (error: unknown): unknown => (error as { data?: { kind?: unknown } }).data?.kind ?? (error as { code?: unknown }).code
export const refused = (work: Promise<unknown>) => work.then(() => 'ok', kindOf)
/** Lets timers run until the work is done. */
export async function played<T>(k: Awaited<ReturnType<typeof testKernel>>, work: Promise<T>): Promise<T> {
  let done = false
  const ended = work.finally(() => { done = true })
  ended.catch(() => {})
  for (let i = 0; i < 100 && !done; i++) await k.clock.advance(200)
  return ended
}
