/**
 * The generations that serve, and the tables and hook points made from them. A swap is one synchronous step:
 * no call sees half of it, and nothing of a generation that is not in the set can be found any more.
 */
import type { HookToken } from './contract.ts'
import type { EventEntry, Generation } from './generation.ts'
import { HookPoint, orderTaps, type Tap } from './hooks.ts'
import { eventTable, type EventTable } from './tables/events.ts'
import { methodTable, type MethodTable } from './tables/methods.ts'
import { routeTable, type RouteTable } from './tables/routes.ts'
import { serviceTable, type ServiceTable } from './tables/services.ts'

type AnyToken = HookToken<readonly unknown[], unknown, unknown>
type Generations = ReadonlyMap<string, Generation>
/** What a swap will do, worked out beforehand so that the swap itself cannot fail. */
export interface SwapPlan { readonly next: Generations; readonly taps: ReadonlyMap<string, readonly Tap[]> }

export interface Live {
  readonly generations: Generations
  readonly methods: MethodTable
  readonly events: EventTable
  readonly routes: RouteTable
  readonly services: ServiceTable
  /** For whoever owns the hook. */
  point(token: AnyToken): HookPoint
  /** Throws if the taps of some hook cannot be put in order. */
  plan(next: Generations): SwapPlan
  swap(plan: SwapPlan): void
  /** After a plugin that serves has tapped these hooks. */
  retap(ids: readonly string[]): void
}

export function createLive(own: { events: readonly EventEntry[]; services: ServiceTable }, known: (id: string) => boolean): Live {
  const points = new Map<string, HookPoint>()
  let generations: Generations = new Map()
  let methods = methodTable([])
  let events = eventTable([], own.events)
  let routes = routeTable([])
  let services: ServiceTable = own.services

  function named(token: AnyToken): HookPoint {
    let found = points.get(token.id)
    if (!found) points.set(token.id, found = new HookPoint(token))
    return found
  }

  function point(token: AnyToken): HookPoint {
    const found = named(token)
    if (found.token !== token) found.own(token)
    return found
  }

  function tapsOf(next: Generations): Map<string, Tap[]> {
    const taps = new Map<string, Tap[]>()
    for (const generation of next.values()) {
      for (const tap of generation.taps) {
        const list = taps.get(tap.token.id)
        if (list) list.push(tap)
        else taps.set(tap.token.id, [tap])
      }
    }
    return taps
  }

  function setTaps(taps: ReadonlyMap<string, readonly Tap[]>): void {
    for (const list of taps.values()) if (list[0]) named(list[0].token).set(list)
    for (const [id, at] of points) if (!taps.has(id)) at.set([])
  }

  return {
    get generations() { return generations },
    get methods() { return methods },
    get events() { return events },
    get routes() { return routes },
    get services() { return services },
    point,
    plan(next) {
      const taps = new Map([...tapsOf(next)].map(([id, list]) => [id, orderTaps(list, known)] as const))
      return { next, taps }
    },
    swap({ next, taps }) {
      generations = next
      methods = methodTable(next.values())
      events = eventTable(next.values(), own.events)
      routes = routeTable(next.values())
      services = serviceTable(next.values(), own.services)
      setTaps(taps)
    },
    retap(ids) {
      const taps = tapsOf(generations)
      for (const id of ids) {
        const list = taps.get(id)
        if (list?.[0]) named(list[0].token).set(orderTaps(list, known))
      }
    },
  }
}
