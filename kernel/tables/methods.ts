import type { Verb } from '../dispatch.ts'
import type { Generation } from '../generation.ts'

export type MethodTable = ReadonlyMap<string, Verb>

/** Tables are made anew from the generations that run, so nothing of an unloaded plugin can be left in one. */
export function methodTable(running: Iterable<Generation>): MethodTable {
  const table = new Map<string, Verb>()
  for (const { methods } of running) for (const verb of methods) table.set(verb.name, verb)
  return table
}
