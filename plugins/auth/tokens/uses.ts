/**
 * When each service token was last used. It is kept beside the tokens' records and never in them, so keeping it can
 * bring no token back; at most once a minute, and at the end. A crash loses a minute of it.
 */
import * as v from 'valibot'
import type { AuthHost } from '../host.ts'
import { createAlarm } from './alarm.ts'
import type { Table } from './table.ts'

/** A list and no table: in tables some names, such as `constructor`, get lost. */
const Kept = v.array(v.strictTuple([v.string(), v.number()]))
const everyMs = 60_000

export interface Uses {
  note(name: string): void
  lastUsedAt(name: string): number | undefined
  forget(name: string): void
}

/** `table` holds what there is; times of anything else are dropped. */
export async function openUses({ store, clock, scope, log }: Pick<AuthHost, 'store' | 'clock' | 'scope' | 'log'>, table: Table): Promise<Uses> {
  const documents = store.documents('auth/token-uses')
  const times = new Map<string, number>()
  let changed = false
  const alarm = createAlarm(clock, () => void keep())

  let last: Promise<void> = Promise.resolve()
  /** Resolves when nothing is left to write. */
  const keep = (): Promise<void> => (last = last.then(write))

  async function write(): Promise<void> {
    if (!changed) return
    changed = false
    try {
      await documents.put('all', [...times])
    } catch (error) {
      log.warn('when service tokens were last used could not be kept', { error })
    }
  }

  try {
    const read = v.safeParse(Kept, (await documents.get('all'))?.value)
    // An older time is of a token that had this name before.
    for (const [name, time] of read.success ? read.output : []) if (time >= (table.get(name)?.record.createdAt ?? Infinity)) times.set(name, time)
  } catch (error) {
    log.warn('when service tokens were last used could not be read', { error })
  }
  scope.defer(() => {
    alarm.close()
    return keep()
  }, 'last uses of service tokens')

  return {
    note(name) {
      times.set(name, clock.now())
      if (!changed) alarm.set(clock.now() + everyMs)
      changed = true
    },
    lastUsedAt: (name) => times.get(name),
    forget: (name) => void times.delete(name),
  }
}
