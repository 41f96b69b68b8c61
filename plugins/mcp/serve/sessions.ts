/** Sessions of clients: of one caller each, bounded, and gone when nobody uses them. */
import { randomUUID } from 'node:crypto'
import { failMcp } from '../errors.ts'

export interface Session<T> {
  readonly id: string
  /** Whose it is: nobody else finds it. */
  readonly owner: string
  readonly it: T
}

export interface Sessions<T> {
  readonly size: number
  /** Throws NEXUS_MCP_SESSIONS when there are too many and the owner has none to give. */
  add(owner: string, make: (id: string) => T): Session<T>
  /** Throws NEXUS_MCP_SESSION for one that is not there or not theirs. */
  get(owner: string, id: string): Session<T>
  /** Counts as use until `done` is called. */
  use(session: Session<T>): () => void
  remove(id: string): void
  removeOf(owner: string): void
  /** Ends those that nobody has used for so long. */
  sweep(): void
  clear(): void
}

interface Entry<T> extends Session<T> { used: number; busy: number }

export function createSessions<T>(most: number, idleMs: number, now: () => number, end: (it: T) => void): Sessions<T> {
  const all = new Map<string, Entry<T>>()

  function remove(id: string): void {
    const entry = all.get(id)
    if (all.delete(id)) end(entry!.it)
  }
  /** The owner's own session that was unused the longest makes room. */
  function makeRoom(owner: string): void {
    if (all.size < most) return
    sweep()
    if (all.size < most) return
    const idle = [...all.values()].filter((one) => one.owner === owner && one.busy === 0).sort((a, b) => a.used - b.used)[0]
    if (!idle) throw failMcp('NEXUS_MCP_SESSIONS', { limit: most })
    remove(idle.id)
  }
  function sweep(): void {
    for (const { id, used, busy } of [...all.values()]) if (busy === 0 && now() - used >= idleMs) remove(id)
  }

  return {
    get size() { return all.size },
    add(owner, make) {
      makeRoom(owner)
      const id = randomUUID()
      const entry: Entry<T> = { id, owner, it: make(id), used: now(), busy: 0 }
      all.set(id, entry)
      return entry
    },
    get(owner, id) {
      const entry = all.get(id)
      if (entry?.owner !== owner) throw failMcp('NEXUS_MCP_SESSION')
      entry.used = now()
      return entry
    },
    use(session) {
      const entry = session as Entry<T>
      entry.busy++
      return () => {
        entry.busy--
        entry.used = now()
      }
    },
    remove, sweep,
    removeOf(owner) { for (const one of [...all.values()]) if (one.owner === owner) remove(one.id) },
    clear() { for (const id of [...all.keys()]) remove(id) },
  }
}
