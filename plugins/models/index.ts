/** The registry of models and the one way to ask them. */
import { configVerify, definePlugin, optional } from 'nexus-gateway/sdk'
import { pricesKnown } from '../cost/contract.ts'
import { Store } from '../store/contract.ts'
import { createAttempts } from './attempts.ts'
import type { Host } from './attempts.ts'
import { newlyRefused, pricesOf, pricesRefused } from './catalogue.ts'
import { config } from './config.ts'
import { modelAccounts, modelAfter, modelBefore, modelEmbed, modelRoute, models, modelsErrors, modelsListed, modelStream } from './contract.ts'
import { createEstimator } from './estimate.ts'
import type { ModelsApi } from './contract.ts'
import { cooldownsIn, createKeeper } from './kept.ts'
import { lineUp } from './line-up.ts'
import { probe } from './probe.ts'
import { createRecent } from './recent.ts'
import { createRegistry } from './registry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { createRouter } from './router.ts'
import { referenceOf } from './spec.ts'
import type { ModelKind } from './spec.ts'
import { createStandings } from './standings.ts'
import { choiceOf, standingsOf } from './status.ts'
import { answerWork, createStream } from './stream.ts'
import { createVectors } from './vectors.ts'

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
    const prices = pricesOf(ctx.config.catalogue, ({ model, where, problem, fix }) => log.error('a price is refused: its model counts as unpriced', { model, where, problem, fix }))
    if (prices.isStale(now())) log.warn('the price map is old: check the prices of what you use, see `nexus cost check`', { updated: prices.updated })
    // At a start they cost their models the price; a change of the settings that has them is not kept.
    ctx.tap(configVerify, (ids) => (ids.includes('models') ? newlyRefused(prices, ctx.inherited) : undefined))
    const registry = createRegistry(() => ctx.invoke(modelsListed), ctx.config, prices, now)
    ctx.tap(pricesKnown, async () => ({ book: prices, specs: await registry.list('all') }))
    const standings = createStandings(cooldowns, now, () => keeper.changed())
    const keeper = createKeeper(ctx.deps.store, standings.dump, ctx)
    // What the generation before hands over is newer than what it has written so far.
    standings.load(cooldownsIn(ctx.inherited, now()))
    standings.load(await keeper.load())
    const budget = createRetryBudget(retry, now)
    const accounts = (provider: string) => ctx.invoke(modelAccounts, provider)
    const host: Host = {
      registry, standings, budget, accounts, fallbacks, clock, log,
      before: (attempt, control) => ctx.invoke(modelBefore, attempt, control),
      after: (attempt, outcome) => ctx.invoke(modelAfter, attempt, outcome),
      sticky: createRecent<string, string>(mostSticky),
      patienceMs: retry.maxWaitMs,
      id: () => crypto.randomUUID(),
      random: () => Math.random(),
    }
    const route = createRouter({ registry, fallbacks, ask: (start, request) => ctx.invoke(modelRoute, start, request), log })
    const tried = createAttempts(host)
    const estimate = createEstimator()
    const ask = createStream((request, emit) => ctx.invoke(modelStream, request, emit), clock)
    const api: ModelsApi = {
      list: registry.list, resolve: registry.resolve, route, prices,
      async stream(request, emit) {
        const { value, ...how } = await tried(answerWork(ask, estimate, request, emit))
        return { ...value, ...how }
      },
      embed: createVectors({ registry, tried, ask: (call) => ctx.invoke(modelEmbed, call), clock }),
    }
    const preferred = (kind?: ModelKind) => registry.resolve(undefined, kind).then(referenceOf, () => undefined)

    return {
      provides: { models: api },
      handOver: () => ({ cooldowns: standings.dump(), refused: pricesRefused(prices) }),
      methods: {
        async 'models.list'({ detail = false, kind }) {
          const first = detail ? await preferred() : undefined
          return { models: (await registry.list(kind)).map((spec) => choiceOf(spec, detail, referenceOf(spec) === first)) }
        },
        async 'models.status'() {
          const [first, vectors] = await Promise.all([preferred(), preferred('embedding')])
          return { ...(first === undefined ? {} : { default: first }), ...(vectors === undefined ? {} : { embedding: vectors }), fallbacks: [...fallbacks], providers: await standingsOf(await registry.list('all'), accounts, standings), prices: { ...(prices.updated === undefined ? {} : { updated: prices.updated }), stale: prices.isStale(now()), refused: prices.faults().length }, retry: budget.state() }
        },
        'models.probe': ({ model, account, timeoutMs }, call) => probe(api, clock, { model, account, timeoutMs, cause: call, signal: call.signal }),
        async 'models.route'({ text, model, pinned, fallbacks: own, agentId, sessionKey, thinking }, call) {
          const about = { ...(agentId === undefined ? {} : { agentId }), ...(sessionKey === undefined ? {} : { sessionKey }) }
          const chosen = await route({ ...about, cause: call, messages: [{ role: 'user', content: text }], ...(model === undefined ? {} : { model }), ...(pinned === undefined ? {} : { pinned }), ...(own === undefined ? {} : { fallbacks: own }), ...(thinking === undefined ? {} : { thinking }) })
          const { provider, id } = await registry.resolve(chosen.model)
          const candidates = await lineUp(host, { ...about, provider, model: id, fallbacks: chosen.fallbacks })
          return {
            model: chosen.model, fallbacks: [...chosen.fallbacks], reasons: [...chosen.reasons], ...(chosen.tier && { tier: chosen.tier }),
            ...(chosen.decision && { decision: { ...chosen.decision, thresholds: { ...chosen.decision.thresholds }, features: chosen.decision.features.map((one) => ({ ...one })) } }),
            candidates: candidates.map((candidate) => ({ model: referenceOf(candidate.spec), state: standings.gate(candidate).state, ...(candidate.account && { account: candidate.account.id }) })),
          }
        },
      },
    }
  },
})
