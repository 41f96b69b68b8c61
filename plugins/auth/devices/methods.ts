/** What can be done with devices. A change is in the store before it holds, and holds before it is answered. */
import type { Call, Caller } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import type { AuthHost } from '../host.ts'
import type { Invites } from './invites.ts'
import { callerId, callerOf, listed, liveGrant, roles, textDigest, withGrant, type DeviceRecord, type Grant } from './record.ts'
import type { Requests } from './requests.ts'
import { maxDevices, type Roll } from './roll.ts'
import type { Seen } from './seen.ts'
import { newToken } from './token.ts'
import type { InTurn } from '../turns.ts'
import { maxScopes, type Approval, type DeviceRole, type Invitation, type PairedDevice, type PendingDevice, type Revocation, type Rotation } from './verbs.ts'
import { checkFewer, checkWithin, isWithin } from './within.ts'

/** Whoever changes his own device gets the answer before his connection is closed. */
const answerMs = 500

export type Doer = Pick<Call, 'caller' | 'waitUntil'>

export interface DeviceHandlers {
  'device.pair.list'(): { pending: PendingDevice[]; paired: PairedDevice[] }
  'device.pair.approve'(params: Approval, call: Doer): Promise<{ requestId: string; device: PairedDevice }>
  'device.pair.reject'(params: { readonly requestId: string }, call: Doer): Promise<{ requestId: string; deviceId: string }>
  'device.pair.remove'(params: { readonly deviceId: string }, call: Doer): Promise<{ deviceId: string }>
  'device.pair.invite'(params: Invitation, call: Doer): Promise<{ code: string; expiresAt: number }>
  'device.token.rotate'(params: Rotation, call: Doer): Promise<{ deviceId: string; role: DeviceRole; token: string; scopes: string[]; rotatedAtMs: number }>
  'device.token.revoke'(params: Revocation, call: Doer): Promise<{ deviceId: string; role?: DeviceRole; revokedAtMs: number }>
}

export interface MethodParts extends Pick<AuthHost, 'clock' | 'log' | 'end'> {
  readonly roll: Roll
  readonly requests: Requests
  readonly invites: Invites
  readonly seen: Seen
  readonly inTurn: InTurn
}

export function createMethods({ clock, log, end, roll, requests, invites, seen, inTurn }: MethodParts): DeviceHandlers {
  const show = (record: DeviceRecord): PairedDevice => listed(record, seen.at(record.deviceId))
  const isSelf = ({ id }: Caller, deviceId: string): boolean => id === callerId(deviceId)

  /** Throws NEXUS_AUTH_DEVICE_LABEL: what a tool call, a schedule or a channel asks for may have been put into its mouth. */
  function acting({ caller }: Doer): Caller {
    if (caller.label !== 'operator' && caller.label !== 'device') throw fail('NEXUS_AUTH_DEVICE_LABEL', { label: caller.label })
    if (caller.id.startsWith('device:')) {
      // A call that waited for its turn may come from a device that is out by now.
      const deviceId = caller.id.slice('device:'.length)
      const grant = liveGrant(roll.get(deviceId), 'operator')
      if (!grant || !isWithin({ ...callerOf(deviceId, 'operator', grant), bounds: {} }, { scopes: [...caller.scopes] }, 'operator')) throw fail('NEXUS_AUTH_ESCALATES')
    }
    return caller
  }

  const changing = <P, R>(work: (params: P, caller: Caller, call: Doer) => Promise<R>) => (params: P, call: Doer): Promise<R> => inTurn(async () => work(params, acting(call), call))

  /** In the tick in which the credential stops holding. */
  function out(deviceId: string, reason: string, call: Doer): void {
    if (!isSelf(call.caller, deviceId)) return end([callerId(deviceId)], reason)
    call.waitUntil(new Promise((resolve) => {
      clock.setTimeout(() => {
        end([callerId(deviceId)], reason)
        resolve(undefined)
      }, answerMs)
    }))
  }

  /** Throws NEXUS_AUTH_DEVICE_UNKNOWN, NEXUS_AUTH_DEVICE_ROLE; NEXUS_AUTH_ESCALATES if one of these is not the caller's to change. */
  function changeable(deviceId: string, role: DeviceRole | undefined, caller: Caller): { record: DeviceRecord; grants: { role: DeviceRole; grant: Grant }[] } {
    const record = roll.get(deviceId)
    if (!record) throw fail('NEXUS_AUTH_DEVICE_UNKNOWN')
    const grants = roles.flatMap((one) => (record.grants[one] && (role === undefined || role === one) ? [{ role: one, grant: record.grants[one] }] : []))
    if (grants.length === 0) throw fail('NEXUS_AUTH_DEVICE_ROLE')
    for (const { role: one, grant } of grants) if (!isSelf(caller, deviceId)) checkWithin(caller, grant, one)
    return { record, grants }
  }

  function approved({ role, scopes: asked }: { readonly role: DeviceRole; readonly scopes: readonly string[] }, given: readonly string[] | undefined, caller: Caller, former: Grant | undefined): Grant {
    const scopes = [...new Set(given ?? asked)].sort()
    const live = former?.revokedAt === undefined ? former : undefined
    const bounds = { ...former?.bounds, ...caller.bounds }
    checkFewer(scopes, asked)
    checkWithin(caller, { scopes, bounds }, role)
    if (live) checkWithin(caller, live, role)
    return {
      scopes, asked: [...new Set([...asked, ...live?.asked ?? []])].slice(0, maxScopes), approvedAt: clock.now(), approvedBy: caller.id,
      ...(live?.token && { token: live.token }), ...(former?.invite !== undefined && { invite: former.invite }), ...(Object.keys(bounds).length > 0 && { bounds }),
    }
  }

  return {
    'device.pair.list': () => ({ pending: requests.list(), paired: roll.all().sort((a, b) => (a.createdAt === b.createdAt ? (a.deviceId < b.deviceId ? -1 : 1) : b.createdAt - a.createdAt)).map(show) }),

    'device.pair.approve': changing(async ({ requestId, scopes }, caller, call) => {
      const request = requests.get(requestId)
      if (!request) throw fail('NEXUS_AUTH_REQUEST_UNKNOWN')
      const { deviceId, publicKey, role, said } = request
      const former = roll.get(deviceId)
      if (!former && roll.size >= maxDevices) throw fail('NEXUS_AUTH_DEVICES_FULL', { limit: maxDevices })
      const grant = approved(request, scopes, caller, former?.grants[role])
      const record = withGrant({ deviceId, publicKey, createdAt: clock.now(), grants: {}, ...former, said }, role, grant)
      await roll.put(record, () => {
        requests.close(requestId, 'approved')
        const before = liveGrant(former, role)
        if (before?.scopes.some((scope) => !grant.scopes.includes(scope))) out(deviceId, 'device has fewer scopes', call)
      })
      log.info('a device was paired', { deviceId, role, scopes: grant.scopes, by: caller.id })
      return { requestId, device: show(record) }
    }),

    'device.pair.reject': changing(async ({ requestId }, caller) => {
      const request = requests.get(requestId)
      if (!request) throw fail('NEXUS_AUTH_REQUEST_UNKNOWN')
      requests.close(requestId, 'rejected')
      log.info('a device was rejected', { deviceId: request.deviceId, by: caller.id })
      return { requestId, deviceId: request.deviceId }
    }),

    'device.pair.remove': changing(async ({ deviceId }, caller, call) => {
      // What an unreadable one holds nobody knows, so it takes somebody who holds everything.
      if (roll.isUnfit(deviceId)) checkWithin(caller, { scopes: ['operator.admin'] }, 'operator')
      else for (const { grant } of changeable(deviceId, undefined, caller).grants) await invites.settle(grant.invite)
      await roll.delete(deviceId, () => {
        seen.forget(deviceId)
        requests.drop(deviceId, 'removed')
        out(deviceId, 'device removed', call)
      })
      log.info('a device was removed', { deviceId, by: caller.id })
      return { deviceId }
    }),

    'device.pair.invite': changing(async ({ scopes, role, ttlMs }, caller) => {
      checkWithin(caller, { scopes, bounds: caller.bounds }, role)
      const expiresAt = clock.now() + ttlMs
      const code = await invites.issue({ role, scopes: [...new Set(scopes)].sort(), createdAt: clock.now(), createdBy: caller.id, expiresAt, ...(caller.bounds && { bounds: { ...caller.bounds } }) })
      log.info('an invite for a device was made', { role, scopes, by: caller.id })
      return { code, expiresAt }
    }),

    'device.token.rotate': changing(async ({ deviceId, role: wanted, scopes }, caller, call) => {
      const { record, grants } = changeable(deviceId, wanted, caller)
      const [only, ...more] = grants
      if (!only || more.length > 0) throw fail('NEXUS_AUTH_DEVICE_ROLE')
      const { role, grant } = only
      const held = [...new Set(scopes ?? grant.scopes)].sort()
      checkFewer(held, grant.scopes)
      const token = newToken()
      const rotatedAtMs = clock.now()
      const { revokedAt: _, ...rest } = grant
      await roll.put(withGrant(record, role, { ...rest, scopes: held, rotatedAt: rotatedAtMs, token: { digest: textDigest(token), issuedAt: rotatedAtMs } }), () => out(deviceId, 'device token rotated', call))
      log.info('a device token was rotated', { deviceId, role, by: caller.id })
      return { deviceId, role, token, scopes: held, rotatedAtMs }
    }),

    'device.token.revoke': changing(async ({ deviceId, role }, caller, call) => {
      const { record, grants } = changeable(deviceId, role, caller)
      const revokedAtMs = clock.now()
      const revoked = grants.reduce((so, { role: one, grant: { token: _, ...grant } }) => withGrant(so, one, { ...grant, revokedAt: grant.revokedAt ?? revokedAtMs }), record)
      await roll.put(revoked, () => {
        for (const { role: one } of grants) requests.drop(deviceId, 'removed', one)
        out(deviceId, 'device token revoked', call)
      })
      log.info('a device token was revoked', { deviceId, by: caller.id })
      return { deviceId, ...(role !== undefined && { role }), revokedAtMs }
    }),
  }
}
