/** The registry of models and the one way to ask them. */
import { definePlugin, optional } from 'nexus-gateway/sdk'
import { Store } from '../store/contract.ts'
import { candidatesOf, createAttempts } from './attempts.ts'
import type { Host } from './attempts.ts'
import { config } from './config.ts'
import { modelAccounts, modelAfter, modelBefore, modelRoute, models, modelsErrors, modelsListed, modelStream } from './contract.ts'
import { failModels } from './errors.ts'
import { createEstimator } from './estimate.ts'
import { cooldownsIn, createKeeper } from './kept.ts'
import { probe } from './probe.ts'
import { createRecent } from './recent.ts'
import { createRegistry } from './registry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { createRouter } from './router.ts'
import { referenceOf } from './spec.ts'
import { createStandings } from './standings.ts'
import { choiceOf, standingsOf } from './status.ts'
import { createStream } from './stream.ts'

const mostSticky = 5_000

export default definePlugin({
  ...models,
  errors: modelsErrors,
  config,
  requires: { store: optional(Store) },
  async setup(ctx) {
    const { fallbacks, cooldowns, retry } = ctx.config
    const { clock, log } = ctx
    const now = (): number => clock.now()
    const registry = createRegistry(async () => ctx.invoke(modelsListed), ctx.config)
    const standings = createStandings(cooldowns, now, () => keeper.changed())
    const keeper = createKeeper(ctx.deps.store, standings.dump, ctx)
    // What the generation before hands over is newer than what it has written so far.
    standings.load(cooldownsIn(ctx.inherited))
    standings.load(await keeper.load())
    const budget = createRetryBudget(retry, now)
    const accounts = async (provider: string) => ctx.invoke(modelAccounts, provider)
    const host: Host = {
      registry, standings, budget, accounts, fallbacks, clock, log,
      stream: createStream((request, emit) => ctx.invoke(modelStream, request, emit), clock),
      before: (attempt) => ctx.invoke(modelBefore, attempt),
      after: (attempt, outcome) => ctx.invoke(modelAfter, attempt, outcome),
      estimate: createEstimator(),
      sticky: createRecent<string, string>(mostSticky),
      patienceMs: retry.maxWaitMs,
      id: () => crypto.randomUUID(),
      random: () => Math.random(),
    }
    const route = createRouter({ registry, fallbacks, ask: (start, request) => ctx.invoke(modelRoute, start, request), log })
    const api = { list: registry.list, resolve: registry.resolve, route, stream: createAttempts(host), embed: () => Promise.reject(failModels('NEXUS_MODELS_NONE')) }
    const preferred = () => registry.resolve().then(referenceOf, () => undefined)

    return {
      provides: { models: api },
      handOver: () => ({ cooldowns: standings.dump() }),
      methods: {
        async 'models.list'({ detail = false }) {
          const first = detail ? await preferred() : undefined
          return { models: (await registry.list()).map((spec) => choiceOf(spec, detail, referenceOf(spec) === first)) }
        },
        async 'models.status'() {
          const first = await preferred()
          return { ...(first === undefined ? {} : { default: first }), fallbacks: [...fallbacks], providers: await standingsOf(await registry.list(), accounts, standings), retry: budget.state() }
        },
        'models.probe': ({ model, account, timeoutMs }, call) => probe(api, clock, { model, account, timeoutMs, cause: call, signal: call.signal }),
        async 'models.route'({ text, model, agentId, sessionKey, thinking }, call) {
          const about = { ...(agentId === undefined ? {} : { agentId }), ...(sessionKey === undefined ? {} : { sessionKey }) }
          const chosen = await route({ ...about, cause: call, messages: [{ role: 'user', content: text }], ...(model === undefined ? {} : { model }), ...(thinking === undefined ? {} : { thinking }) })
          const { provider, id } = await registry.resolve(chosen.model)
          const candidates = await candidatesOf(host, { ...about, provider, model: id, fallbacks: chosen.fallbacks })
          return {
            ...chosen, fallbacks: [...chosen.fallbacks], reasons: [...chosen.reasons],
            candidates: candidates.map((candidate) => ({ model: referenceOf(candidate.spec), state: standings.gate(candidate).state, ...(candidate.account && { account: candidate.account.id }) })),
          }
        },
      },
    }
  },
})
