/** The ledger in a kernel with the real store, a provider that does as it is told, and a clock that the test moves. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import type { Caller, Cause, Plugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import type { TestKernel } from 'nexus-gateway/sdk/testing'
import { agent as agentContract, runEnded, runStarted } from '../../plugins/agent/contract.ts'
import { cost as costContract, costBounds, costSettled } from '../../plugins/cost/contract.ts'
import type { AgentsBound, BudgetState, CostStatus, Settled } from '../../plugins/cost/contract.ts'
import cost from '../../plugins/cost/index.ts'
import { Models, offerModels, providerFailure, usageOf } from '../../plugins/models/contract.ts'
import type { EmitPart, FailureKind, ModelFinish, ModelRequest, ModelSpec, ModelUsage } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import store from '../../plugins/store/index.ts'

/** One dollar for a million tokens of input, ten for as many of answer. */
export const price = { input: 1, output: 10 } as const
export type Reply = Partial<ModelUsage> | 'hang' | 'uncounted' | 'cut' | { readonly fail: FailureKind; readonly status?: number }
export type Script = (request: ModelRequest, emit: EmitPart) => Reply

export interface CostBench extends AsyncDisposable {
  readonly k: TestKernel
  readonly dir: string
  /** What reached the provider. */
  readonly asked: ModelRequest[]
  /** What the provider says of the next ones. */
  script: Script
  /** What the agents' settings say. */
  bound: (about: { readonly sessionKey?: string | undefined; readonly agentId?: string | undefined }) => readonly AgentsBound[]
  readonly settled: Settled[]
  ask(more?: Partial<ModelRequest>): Promise<ModelFinish>
  run(what: 'started' | 'ended', run: { readonly runId: string; readonly parentRunId?: string; readonly agentId?: string; readonly sessionKey?: string }): Promise<void>
  status(): Promise<CostStatus>
  budget(id: string): Promise<BudgetState | undefined>
  events(name: string): readonly unknown[]
}

export async function stateDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-cost-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

export const caller = (more: Partial<Caller> = {}): Caller => ({ id: 'operator', role: 'operator', scopes: new Set(['operator.read', 'operator.write']), label: 'operator', ...more })
export const cause = (more: Partial<Caller> = {}, path: readonly string[] = []): Cause => ({ caller: caller(more), trace: 't', path })
export const codeOf = (error: unknown): string => (error instanceof NexusError ? error.code : String(error))
export const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'ok', codeOf)

/** A model that costs, one for free, one of an unknown price, and one that can answer a lot. */
const specs: readonly Partial<ModelSpec>[] = [
  { id: 'm', price, maxOutput: 100 }, { id: 'free', price: { input: 0, output: 0 }, maxOutput: 100 }, { id: 'dark', maxOutput: 100 }, { id: 'long', price, maxOutput: 128_000 }, { id: 'endless', price },
  { id: 'other', price, maxOutput: 100 }, { id: 'vec', kind: 'embedding', price: { input: 1, output: 0 } },
]

export async function costGateway(settings: Record<string, unknown> = {}, more: { readonly dir?: string; readonly models?: Record<string, unknown>; readonly plugins?: readonly Plugin[]; readonly specs?: readonly Partial<ModelSpec>[]; readonly clock?: 'real' } = {}): Promise<CostBench> {
  const dir = more.dir ?? await stateDir()
  const bench = { dir, asked: [] as ModelRequest[], settled: [] as Settled[], bound: () => [], script: () => ({ input: 10, output: 5 }) } as unknown as CostBench
  const provider = definePlugin({
    id: 'provider-p',
    setup(ctx) {
      offerModels(ctx, {
        id: 'p',
        models: () => (more.specs ?? specs).map((spec) => ({ provider: 'p', id: 'm', name: 'M', ...spec })),
        stream: (request, emit) => play(bench, request, emit),
        embed: (call) => {
          bench.asked.push(call as unknown as ModelRequest)
          return { embeddings: call.values.map(() => [1]), usage: usageOf({ input: call.values.length }) }
        },
      })
    },
  })
  const agent = definePlugin({
    ...agentContract, id: 'agent', methods: {}, events: {}, provides: {},
    setup(ctx) {
      ctx.tap(costBounds, (about) => bench.bound(about))
      bench.run = async (what, { agentId = 'main', ...run }) => {
        const whole = { agentId, sessionKey: undefined, cause: cause(), startedAt: 0, ...run }
        await (what === 'started' ? ctx.invoke(runStarted, whole) : ctx.invoke(runEnded, whole as never))
      }
    },
  })
  const watcher = definePlugin({ id: 'watcher', setup: (ctx) => ctx.tap(costSettled, (one) => void bench.settled.push(one)) })
  const k = await testKernel({
    plugins: [store, models, cost, agent, provider, watcher, ...more.plugins ?? []], stateDir: dir, config: { cost: settings, models: { ...more.models } }, ...(more.clock && { clock: more.clock }),
    deadlines: { setup: 20_000, drain: 10_000, dispose: 10_000 },
  })
  const api = await k.service(Models)
  return Object.assign(bench, {
    k,
    // An answer does not wait until its charge is on disk; who looks at charges does.
    ask: (ask: Partial<ModelRequest> = {}) => api.stream({ provider: 'p', model: 'm', messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: cause(), fallbacks: [], ...ask }, () => {}).finally(() => bench.status().catch(() => {})),
    status: () => k.use(costContract).call['cost.status'](),
    budget: async (id: string) => (await bench.status()).budgets.find((one) => one.id === id),
    events: (name: string) => k.events.filter((event) => event.name === name).map(({ payload }) => payload),
    [Symbol.asyncDispose]: () => k.close(),
  })
}

async function play(bench: CostBench, request: ModelRequest, emit: EmitPart): Promise<ModelFinish> {
  bench.asked.push(request)
  const { provider, model } = request
  const reply = bench.script(request, emit)
  const finish = (usage: Partial<ModelUsage>): ModelFinish => ({ stopReason: 'stop', usage: usageOf(usage), provider, model })
  if (reply === 'hang') return new Promise((resolve) => { request.signal.addEventListener('abort', () => resolve({ ...finish({}), stopReason: 'aborted' })) })
  if (reply === 'uncounted' || reply === 'cut') emit({ type: 'text', delta: 'half of it' })
  if (reply === 'cut') throw providerFailure(provider, 'network')
  if (reply === 'uncounted') return finish({})
  if ('fail' in reply) throw providerFailure(provider, reply.fail, reply.status === undefined ? {} : { status: reply.status })
  emit({ type: 'text', delta: 'hi' })
  return finish(reply)
}
