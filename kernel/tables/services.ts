import type { Generation } from '../generation.ts'

export type ServiceTable = ReadonlyMap<string, unknown>

/** `own` are the services of the kernel itself. */
export function serviceTable(running: Iterable<Generation>, own: ServiceTable): Map<string, unknown> {
  const table = new Map(own)
  for (const { services } of running) for (const [id, value] of services) table.set(id, value)
  return table
}
