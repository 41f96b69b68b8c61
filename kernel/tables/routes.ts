import type { Generation, RouteGroup } from '../generation.ts'

/** Path prefix → the routes below it. The longest prefix that fits a path has it. */
export type RouteTable = ReadonlyMap<string, RouteGroup>

export function routeTable(running: Iterable<Generation>): RouteTable {
  const table = new Map<string, RouteGroup>()
  for (const { routes } of running) for (const prefix of routes?.prefixes ?? []) if (routes) table.set(prefix, routes)
  return table
}
