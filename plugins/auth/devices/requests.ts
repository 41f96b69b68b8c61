/**
 * What devices ask an operator for. It is not kept over a restart: they ask again. A request never changes, so what an
 * operator approves is what was shown; a device that asks for something else has its first request replaced.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from 'nexus-gateway/sdk'
import { createAlarm } from '../tokens/alarm.ts'
import type { Said } from './record.ts'
import type { DeviceRole, PendingDevice, ResolvedDevice } from './verbs.ts'

const ttlMs = 10 * 60_000
const maxPerSource = 3
const maxInAll = 50

export interface Wish {
  readonly deviceId: string
  readonly publicKey: string
  readonly role: DeviceRole
  /** Sorted, each once. */
  readonly scopes: readonly string[]
  readonly reason: PendingDevice['reason']
  readonly said: Said
  readonly isRepair: boolean
  readonly remote: string
  /** Whom it is counted by. */
  readonly source: string
}
export interface PairingRequest extends Wish { readonly requestId: string; readonly ts: number }
type Open = PairingRequest & { expiresAt: number; /** Nobody decides on it any more; until its time is up it counts. */ replaced: boolean }
export type Asked = { readonly ok: true; readonly request: PairingRequest } | { readonly ok: false; readonly retryAfterMs: number }

export interface Requests {
  /** Synchronous. Asking again for the same lengthens it; more than 3 of one source, or 50 in all, have to wait. */
  ask(wish: Wish): Asked
  get(requestId: string): PairingRequest | undefined
  /** Newest first. */
  list(): PendingDevice[]
  /** It is decided. */
  close(requestId: string, decision: ResolvedDevice['decision']): void
  /** All of a device's. */
  drop(deviceId: string, decision: ResolvedDevice['decision'], role?: DeviceRole): void
  /** Stops the clock. */
  end(): void
}

export function createRequests(clock: Clock, opened: (request: PendingDevice) => void, closed: (resolved: ResolvedDevice) => void): Requests {
  const table = new Map<string, Open>()
  const alarm = createAlarm(clock, sweep)

  function sweep(): void {
    for (const request of [...table.values()]) if (clock.now() >= request.expiresAt) remove(request, 'expired')
    const next = Math.min(...[...table.values()].map(({ expiresAt }) => expiresAt))
    alarm.set(Number.isFinite(next) ? next : undefined)
  }

  function remove(request: Open, decision: ResolvedDevice['decision']): void {
    table.delete(request.requestId)
    if (!request.replaced) tell(request, decision)
  }

  const tell = ({ requestId, deviceId }: Open, decision: ResolvedDevice['decision']): void => closed({ requestId, deviceId, decision, ts: clock.now() })
  const openOnes = (): Open[] => [...table.values()].filter(({ replaced }) => !replaced)
  const bySource = (source: string): Open[] => [...table.values()].filter((request) => request.source === source)

  /** How long until there is room for one more of this source; 0 when there is some, made if need be. */
  function makeRoom(source: string): number {
    const own = bySource(source)
    if (own.length >= maxPerSource) return untilOneEnds(own)
    if (table.size < maxInAll) return 0
    // Whoever has the most gives way to whoever has fewer, so no source can shut out the others.
    const most = [...table.values()].map((request) => bySource(request.source)).reduce((a, b) => (b.length > a.length ? b : a))
    const [oldest] = most
    if (!oldest || most.length <= own.length + 1) return untilOneEnds([...table.values()])
    remove(oldest, 'expired')
    return 0
  }

  const untilOneEnds = (some: readonly Open[]): number => Math.max(1, Math.min(...some.map(({ expiresAt }) => expiresAt)) - clock.now())

  return {
    ask(wish) {
      sweep()
      const former = openOnes().find(({ deviceId, role }) => deviceId === wish.deviceId && role === wish.role)
      if (former && former.reason === wish.reason && former.scopes.join() === wish.scopes.join()) {
        former.expiresAt = clock.now() + ttlMs
        return { ok: true, request: former }
      }
      const retryAfterMs = makeRoom(wish.source)
      if (retryAfterMs > 0) return { ok: false, retryAfterMs }
      if (former && table.has(former.requestId)) {
        former.replaced = true
        tell(former, 'replaced')
      }
      const request: Open = { ...wish, requestId: randomUUID(), ts: clock.now(), expiresAt: clock.now() + ttlMs, replaced: false }
      table.set(request.requestId, request)
      sweep()
      opened(shown(request))
      return { ok: true, request }
    },
    get(requestId) {
      sweep()
      const request = table.get(requestId)
      return request?.replaced ? undefined : request
    },
    list() {
      sweep()
      return openOnes().reverse().map(shown)
    },
    close(requestId, decision) {
      const request = table.get(requestId)
      if (request) remove(request, decision)
    },
    drop(deviceId, decision, role) {
      for (const request of openOnes()) if (request.deviceId === deviceId && (role === undefined || request.role === role)) remove(request, decision)
    },
    end: () => alarm.close(),
  }
}

function shown({ requestId, deviceId, publicKey, said, role, scopes, remote, isRepair, ts, reason, expiresAt }: Open): PendingDevice {
  return { requestId, deviceId, publicKey, ...said, role, roles: [role], scopes: [...scopes], ...(remote !== '' && { remoteIp: remote }), silent: false, isRepair, ts, reason, expiresAtMs: expiresAt }
}
