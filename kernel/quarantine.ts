/**
 * Plugins from outside that must not run until somebody lets them go: by id, with the reason, in one small file of
 * the state directory. Whoever writes it holds the directory's lock.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fail, type NexusError } from './errors.ts'

/** `at` in milliseconds since the epoch. */
export interface Held { readonly reason: string; readonly at: number; readonly place: string }
export interface Quarantine {
  all(): Readonly<Record<string, Held>>
  /** By id, or by the place of one that cannot tell its id without being run. */
  refusal(plugin: { readonly id: string; readonly place: string }): NexusError | undefined
  hold(id: string, held: Held): void
  release(id: string): Held | undefined
}

/** What cannot be written holds for as long as this process lives. */
export function createQuarantine(file: string): Quarantine {
  let held = readHeld(file)

  function set(next: Readonly<Record<string, Held>>): void {
    held = next
    try {
      // At once, without waiting for anything: what comes next may be the end of the process.
      writeFileSync(`${file}.tmp`, `${JSON.stringify(held, undefined, 2)}\n`, { mode: 0o600 })
      renameSync(`${file}.tmp`, file)
    } catch { /* A folder that is not there, as in tests, or a full disk. */ }
  }

  return {
    all: () => held,
    refusal({ id, place }) {
      const [plugin, found] = Object.entries(held).find(([name, at]) => name === id || at.place === place) ?? []
      return plugin === undefined ? undefined : fail('NEXUS_PLUGIN_QUARANTINED', { plugin, reason: found?.reason })
    },
    hold: (id, one) => set({ ...held, [id]: one }),
    release(id) {
      const { [id]: one, ...rest } = held
      if (one) set(rest)
      return one
    },
  }
}

/** A damaged file holds nobody: it must not keep the gateway from starting. */
function readHeld(file: string): Readonly<Record<string, Held>> {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const isHeld = (value: unknown): value is Held => typeof (value as Held | null)?.reason === 'string' && typeof (value as Held).at === 'number' && typeof (value as Held).place === 'string'
    return Object.fromEntries(Object.entries(found as object).filter((entry): entry is [string, Held] => isHeld(entry[1])))
  } catch {
    return {}
  }
}
