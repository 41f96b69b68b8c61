/** The end of generations: users before what they use, each by the four steps of its scope. */
import type { NexusError } from './errors.ts'
import type { Generation } from './generation.ts'
import { leave as handOver } from './hand-over.ts'
import type { KernelParts } from './parts.ts'
import type { CloseDeadlines } from './scope.ts'

export interface Retirement {
  /** Generations that no longer serve but still have calls to finish. */
  readonly leaving: ReadonlySet<Generation>
  /** Already swapped out: drain, abort, dispose. */
  retire(old: readonly Generation[]): Promise<NexusError[]>
  /** Still serving those whose calls are under way: let these end, then close. Nobody else may be let in meanwhile. With `last`, nothing comes after them. */
  stop(old: readonly Generation[], last?: CloseDeadlines): Promise<NexusError[]>
  /** Set up and never served. */
  discard(staged: readonly Generation[]): Promise<NexusError[]>
  /** Resolves when nothing of these plugins is leaving any more; without ids, nothing at all. */
  gone(ids?: readonly string[]): Promise<void>
}

type CloseOne = (generation: Generation) => Promise<NexusError[]>

export function createRetirement(parts: KernelParts): Retirement {
  const leaving = new Map<Generation, Promise<NexusError[]>>()

  /** Also a user that left earlier and still has calls to end holds what it uses open. */
  function leave(old: readonly Generation[], closeOne: CloseOne): Promise<NexusError[]> {
    const going = new Set(old)
    const start = (generation: Generation): Promise<NexusError[]> => {
      const started = leaving.get(generation)
      if (started) return started
      const users = [...leaving.keys(), ...going].filter((other) => other.uses.has(generation.number))
      const done = Promise.all(users.map(start)).then(() => closeOne(generation)).finally(() => leaving.delete(generation))
      leaving.set(generation, done)
      return done
    }
    return Promise.all(old.map(start)).then((errors) => errors.flat())
  }

  const { drain: drainMs, dispose: disposeMs } = parts.deadlines

  async function close(generation: Generation, deadlines: CloseDeadlines): Promise<NexusError[]> {
    const { errors } = await generation.scope.close(deadlines)
    for (const error of errors) parts.onFault(generation.id, 'close', error)
    return [...errors]
  }

  return {
    get leaving() { return new Set(leaving.keys()) },
    retire(old) {
      // All at once, in the same step as the swap: no timer or tap of theirs runs after it.
      for (const generation of old) generation.scope.detach()
      return leave(old, (generation) => close(generation, { drainMs, disposeMs }))
    },
    stop: (old, last) => leave(old, async (generation) => {
      const deadlines = last ?? { drainMs, disposeMs }
      await generation.scope.idle(deadlines.drainMs)
      if (!last) await handOver(parts, generation)
      return close(generation, { ...deadlines, drainMs: 0 })
    }),
    discard: (staged) => leave(staged, (generation) => close(generation, { drainMs: 0, disposeMs })),
    async gone(ids) {
      const left = () => [...leaving].flatMap(([generation, done]) => (!ids || ids.includes(generation.id) ? [done] : []))
      while (left().length > 0) await Promise.all(left())
    },
  }
}
