/** The end of generations: dependents before what they depend on, each by the four steps of its scope. */
import type { NexusError } from './errors.ts'
import type { Generation } from './generation.ts'
import { needsOf } from './graph.ts'
import { topological } from './order.ts'
import type { KernelParts } from './parts.ts'

export interface Retirement {
  /** Generations that no longer serve but still have calls to finish. */
  readonly leaving: ReadonlySet<Generation>
  /** Already swapped out: drain, abort, dispose. */
  retire(old: readonly Generation[]): Promise<NexusError[]>
  /** Still serving those whose calls are under way: let these end, then close. Nobody else may be let in meanwhile. */
  stop(old: readonly Generation[], drainMs?: number): Promise<NexusError[]>
  /** Set up and never served. */
  discard(staged: readonly Generation[]): Promise<NexusError[]>
  /** Resolves when nothing is leaving any more. */
  done(): Promise<void>
}

export function createRetirement(parts: KernelParts): Retirement {
  const leaving = new Set<Generation>()
  const pending = new Set<Promise<unknown>>()

  async function closeAll(old: readonly Generation[], drainMs: number, first: (generation: Generation) => Promise<unknown>): Promise<NexusError[]> {
    for (const generation of old) leaving.add(generation)
    const errors: NexusError[] = []
    for (const wave of wavesOf(old).reverse()) {
      await Promise.all(wave.map(async (generation) => {
        await first(generation)
        const report = await generation.scope.close({ drainMs, disposeMs: parts.deadlines.dispose })
        leaving.delete(generation)
        for (const error of report.errors) parts.onFault(generation.id, 'close', error)
        errors.push(...report.errors)
      }))
    }
    return errors
  }

  function tracked(work: Promise<NexusError[]>): Promise<NexusError[]> {
    pending.add(work)
    void work.finally(() => pending.delete(work))
    return work
  }

  return {
    leaving,
    retire(old) {
      // All at once, in the same step as the swap: no timer or tap of theirs runs after it.
      for (const generation of old) generation.scope.detach()
      return tracked(closeAll(old, parts.deadlines.drain, async () => {}))
    },
    stop: (old, drainMs = parts.deadlines.drain) => tracked(closeAll(old, 0, (generation) => generation.scope.idle(drainMs))),
    discard: (staged) => tracked(closeAll(staged, 0, async () => {})),
    async done() {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}

/** Providers first; so, reversed, dependents first. */
function wavesOf(generations: readonly Generation[]): Generation[][] {
  const byId = new Map(generations.map((generation) => [generation.id, generation]))
  const providers = new Map(generations.flatMap(({ id, services }) => [...services.keys()].map((service) => [service, id] as const)))
  const { waves } = topological(byId.keys(), (id) => needsOf(byId.get(id), providers))
  return waves.map((wave) => wave.flatMap((id) => byId.get(id) ?? []))
}
