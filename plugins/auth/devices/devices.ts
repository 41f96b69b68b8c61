/**
 * Devices: who is paired, who asks to be, and the way in for them. Of one store there may be one of these at a time:
 * another would not see the changes.
 */
import { randomUUID } from 'node:crypto'
import type { AuthHost } from '../host.ts'
import { createEntrance } from './entrance.ts'
import { openInvites } from './invites.ts'
import { createMethods, type DeviceHandlers } from './methods.ts'
import { createRequests } from './requests.ts'
import { openRoll } from './roll.ts'
import { openSeen } from './seen.ts'
import { createTurns } from '../turns.ts'
import type { DeviceEmit } from './verbs.ts'
import { createWays, type Ways } from './way.ts'

export { looksLikeDeviceToken } from './token.ts'

export interface Devices extends Ways {
  readonly methods: DeviceHandlers
}

/** Rejects with the store's errors. */
export async function createDevices(host: AuthHost, emit: DeviceEmit): Promise<Devices> {
  const { store, clock, log, scope } = host
  const now = (): number => clock.now()
  const roll = await openRoll(store, log)
  const invites = await openInvites(store, roll, now, log)
  const seen = await openSeen(host, roll)
  const requests = createRequests(clock, (request) => emit('device.pair.requested', request), (resolved) => emit('device.pair.resolved', resolved))
  scope.defer(requests.end, 'pairing requests')
  const inTurn = createTurns()
  const paired = (deviceId: string): void => emit('device.pair.resolved', { requestId: randomUUID(), deviceId, decision: 'approved', ts: now() })
  const entrance = createEntrance({ roll, invites, requests, inTurn, now, log, paired })
  return {
    ...createWays({ roll, requests, seen, entrance, now }),
    methods: createMethods({ clock, log, end: host.end, roll, requests, invites, seen, inTurn }),
  }
}
