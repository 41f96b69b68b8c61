/** Decides which model answers a turn: what was asked for, then whatever the taps of the route hook make of it. */
import type { Log, MaybePromise } from 'nexus-gateway/sdk'
import type { Registry } from './registry.ts'
import type { Route, RouteRequest } from './route.ts'
import { referenceOf } from './spec.ts'

export interface RouterHost {
  readonly registry: Registry
  /** Of the settings. */
  readonly fallbacks: readonly string[]
  ask(route: Route, request: RouteRequest): MaybePromise<Route>
  readonly log: Log
}

export function createRouter({ registry, fallbacks, ask, log }: RouterHost): (request: RouteRequest) => Promise<Route> {
  const usable = (references: readonly string[], besides: string): MaybePromise<readonly string[]> => (references.length === 0 ? references : usableOf(references, besides))
  const usableOf = async (references: readonly string[], besides: string): Promise<readonly string[]> => {
    const found = await Promise.all(references.map((reference) => registry.resolve(reference).then(referenceOf, () => undefined)))
    return [...new Set(found)].filter((reference) => reference !== undefined && reference !== besides) as string[]
  }
  return async (request) => {
    const model = referenceOf(await registry.found(request.model))
    const start: Route = { model, fallbacks: await usable(request.fallbacks ?? fallbacks, model), reasons: [reasonFor(request, model)] }
    const route = await ask(start, request)
    if (route === start) return start
    const taken = await registry.resolve(route.model).then(referenceOf, () => undefined)
    if (taken === undefined) {
      log.warn('a route to a model that is not there or not allowed was not taken', { asked: model })
      return { ...route, model, fallbacks: start.fallbacks, reasons: [...route.reasons, `that model is not there or not allowed, so ${model} stays`] }
    }
    return { ...route, model: taken, fallbacks: await usable(route.fallbacks, taken) }
  }
}

function reasonFor({ model: asked }: RouteRequest, model: string): string {
  if (asked === undefined) return `${model} is the default`
  return asked === model ? `${model} was asked for` : `${model} is what was asked for, by another name`
}
