/**
 * Holds calls back while a plugin that cannot overlap itself is swapped: they wait in a bounded queue and after
 * 2 s get a retryable answer. Calls made on behalf of one that is being drained pass, or it could never end.
 */
import type { Origin } from './call.ts'
import { fail } from './errors.ts'
import { within } from './within.ts'

const longest = 2_000
const most = 1_000

export interface Gate {
  readonly shut: boolean
  close(plugins: ReadonlySet<string>, everything: boolean): void
  open(): void
  holds(plugin: string | undefined, origin: Origin): boolean
  /** Everything is held, as what decides who gets in is being swapped. */
  readonly shutToAll: boolean
  /** Resolves when the gate opens; rejects with a retryable error when that takes too long or too many wait. */
  pass(plugin: string): Promise<void>
}

export function createGate(): Gate {
  let held: { plugins: ReadonlySet<string>; everything: boolean; opened: Promise<void>; open(): void } | undefined
  let waiting = 0
  return {
    get shut() { return held !== undefined },
    get shutToAll() { return held?.everything ?? false },
    close(plugins, everything) {
      let open = (): void => {}
      const opened = new Promise<void>((resolve) => { open = resolve })
      held = { plugins, everything, opened, open }
    },
    open() {
      held?.open()
      held = undefined
    },
    holds(plugin, origin) {
      if (!held || (!held.everything && (plugin === undefined || !held.plugins.has(plugin)))) return false
      return !origin.cause?.path.some((id) => held?.plugins.has(id))
    },
    async pass(plugin) {
      const late = (): never => { throw fail('NEXUS_CALL_SWAPPING', { plugin }) }
      if (!held) return
      if (waiting >= most) late()
      waiting++
      try {
        await within(held.opened, longest, late)
      } finally {
        waiting--
      }
    },
  }
}
