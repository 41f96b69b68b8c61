import type { EventEntry, Generation } from '../generation.ts'

export type EventTable = ReadonlyMap<string, EventEntry>

/** `own` are the events that the kernel itself emits. */
export function eventTable(running: Iterable<Generation>, own: readonly EventEntry[]): EventTable {
  const table = new Map(own.map((event) => [event.name, event]))
  for (const { events } of running) for (const event of events) table.set(event.name, event)
  return table
}
