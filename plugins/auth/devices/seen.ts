/**
 * When each device was last let in. It is kept beside the devices' records and never in them, so keeping it can bring
 * no device back; at most once a minute, and at the end. A crash loses a minute of it.
 */
import * as v from 'valibot'
import type { AuthHost } from '../host.ts'
import { createAlarm } from '../tokens/alarm.ts'
import type { Roll } from './roll.ts'

const Kept = v.array(v.strictTuple([v.string(), v.number()]))
const everyMs = 60_000

export interface Seen {
  note(deviceId: string): void
  at(deviceId: string): number | undefined
  forget(deviceId: string): void
}

export async function openSeen({ store, clock, scope, log }: Pick<AuthHost, 'store' | 'clock' | 'scope' | 'log'>, roll: Roll): Promise<Seen> {
  const documents = store.documents('auth/device-uses')
  const times = new Map<string, number>()
  let changed = false
  let last: Promise<void> = Promise.resolve()
  const alarm = createAlarm(clock, () => void keep())

  /** Resolves when nothing is being written any more. */
  function keep(): Promise<void> {
    if (!changed) return last
    changed = false
    return last = last.then(write)
  }

  async function write(): Promise<void> {
    try {
      await documents.put('all', [...times])
    } catch (error) {
      log.warn('when devices were last seen could not be kept', { error })
    }
  }

  try {
    const read = v.safeParse(Kept, (await documents.get('all'))?.value)
    // An older time is of the pairing before this one.
    for (const [deviceId, time] of read.success ? read.output : []) if (time >= (roll.get(deviceId)?.createdAt ?? Infinity)) times.set(deviceId, time)
  } catch (error) {
    log.warn('when devices were last seen could not be read', { error })
  }
  scope.defer(() => {
    alarm.close()
    return keep()
  }, 'last uses of devices')

  return {
    note(deviceId) {
      times.set(deviceId, clock.now())
      if (!changed) alarm.set(clock.now() + everyMs)
      changed = true
    },
    at: (deviceId) => times.get(deviceId),
    forget: (deviceId) => void times.delete(deviceId),
  }
}
