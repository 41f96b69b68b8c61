/** What becomes of a route: scored, held to its session's tier, given a model. It says each thing that decided. */
import type { Clock, MaybePromise } from 'nexus-gateway/sdk'
import { referenceOf } from '../models/contract.ts'
import type { ModelsApi, ModelSpec, Route, RouteDecision, RouteRequest, Tier } from '../models/contract.ts'
import type { RouterConfig } from './config.ts'
import { countsOf } from './features.ts'
import { blended, byPrice, lacks, needOf, tiersFor, upwards } from './pick.ts'
import type { Need } from './pick.ts'
import { scoreOf, tierOf } from './score.ts'
import type { Sticky } from './sticky.ts'

export interface DecideHost {
  readonly config: RouterConfig
  readonly models: Pick<ModelsApi, 'list' | 'resolve'>
  readonly sticky: Sticky
  readonly clock: Pick<Clock, 'now'>
}

interface Choice { readonly model: string; readonly reasons: readonly string[] }

/** Nothing where the route stays as it is. */
export function createDecide(host: DecideHost): (route: Route, request: RouteRequest) => MaybePromise<Route | undefined> {
  const { config, sticky, clock } = host
  const on = config.enabled ?? config.tiers !== undefined
  return (route, request) => {
    const { messages = [], runId, sessionKey } = request
    // A run of a gateway that does not route pays nothing for it; who asks for an explanation gets one.
    if (!messages.some(({ role }) => role === 'user') || (!on && runId !== undefined)) return undefined
    const { score, features } = scoreOf(countsOf({ ...request, messages }), config.weights)
    const decision: RouteDecision = { by: 'router', tier: tierOf(score, config.thresholds), score, thresholds: config.thresholds, features }
    const told = (...more: readonly string[]): readonly string[] => [...route.reasons, said(decision), ...more]
    if (!on) return { ...route, decision, reasons: told('routing is off, so nothing follows from that: `router.enabled` or `router.tiers` turns it on') }
    if (request.pinned ?? request.model !== undefined) return { ...route, decision, reasons: told('the model was asked for by name, so it stays') }
    const tier = sticky.tier(sessionKey, score, clock.now())
    if (sessionKey !== undefined && runId !== undefined) sticky.took(sessionKey, tier, clock.now())
    const held = tier === decision.tier ? [] : [`the session keeps its tier ${tier} while the provider has it in the cache`]
    return routed(host, route, request, tier).then(({ model, reasons }) => ({
      ...route, model, decision, reasons: told(...held, ...reasons), fallbacks: fallbacksOf(route, request, model), ...(config.tools && { tier }),
    }))
  }
}

function said({ tier, score, thresholds: { balanced, capable } }: RouteDecision): string {
  const where = tier === 'fast' ? `below ${balanced}` : tier === 'balanced' ? `from ${balanced}, below ${capable}` : `from ${capable}`
  return `the turn has ${score} of 100 points: ${tier} (${where})`
}

/** Should another model fail, the agent's own still answers; unless there are to be no fallbacks at all. */
function fallbacksOf(route: Route, { fallbacks }: RouteRequest, model: string): readonly string[] {
  if (model === route.model || fallbacks?.length === 0) return route.fallbacks
  return [route.model, ...route.fallbacks.filter((reference) => reference !== model)]
}

/** The model of the tier; of the next one above it where that cannot answer the turn; else the agent's own. */
async function routed({ config, models }: DecideHost, { model: own }: Route, { messages = [], tools = [] }: RouteRequest, tier: Tier): Promise<Choice> {
  const [spec, list] = await Promise.all([models.resolve(own), models.list()])
  const need = needOf(messages, tools.length > 0)
  const named = tiersFor(config.tiers, spec.provider)
  const reasons: string[] = []
  for (const one of upwards(tier)) {
    const reference = named[one]
    const found = reference === undefined ? undefined : await models.resolve(reference).catch(() => undefined)
    if (reference !== undefined && !found) reasons.push(`the model set for ${one} turns is not there or not allowed`)
    const why = found && lacks(found, need)
    if (found && why === undefined) return { model: referenceOf(found), reasons: [...reasons, answers(found, one, spec)] }
    if (found) reasons.push(`${referenceOf(found)} ${why}, so the next tier answers`)
    const cheaper = reference === undefined ? chosen(config, one, spec, list, need) : undefined
    if (cheaper) return { model: referenceOf(cheaper), reasons: [...reasons, answers(cheaper, one, spec)] }
    if (reference === undefined) break
  }
  return { model: own, reasons: [...reasons, `${own} answers`] }
}

/** By the catalogue only where the operator has turned routing on in so many words. */
function chosen(config: RouterConfig, tier: Tier, own: ModelSpec, list: readonly ModelSpec[], need: Need): ModelSpec | undefined {
  if (config.enabled !== true) return undefined
  return upwards(tier).map((one) => byPrice(one, own, list, need)).find((model) => model !== undefined)
}

function answers(model: ModelSpec, tier: Tier, own: ModelSpec): string {
  const [price, usual] = [blended(model), blended(own)]
  const share = price === undefined || usual === undefined || usual === 0 || referenceOf(model) === referenceOf(own) ? '' : `, at about ${Math.max(1, Math.round((100 * price) / usual))} % of the price of ${referenceOf(own)}`
  return `${referenceOf(model)} answers ${tier} turns${share}`
}
