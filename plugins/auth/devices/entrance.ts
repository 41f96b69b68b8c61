/** What changes when a device comes in: a code is spent, a first device token is made. */
import type { Log } from 'nexus-gateway/sdk'
import { pairingRefusal, refusals, type Refusal } from '../refusals.ts'
import type { Invite, Invites } from './invites.ts'
import type { Proof } from './proof.ts'
import { callerOf, liveGrant, textDigest, withGrant, type DeviceRecord, type Grant, type Said } from './record.ts'
import type { Requests } from './requests.ts'
import { maxDevices, type Roll } from './roll.ts'
import { newToken } from './token.ts'
import type { InTurn } from '../turns.ts'
import { maxScopes, type DeviceRole } from './verbs.ts'
import { isWithin } from './within.ts'

export interface Entrance {
  /** One that this device may use in this role; from now on no other may. */
  inviteFor(code: string, deviceId: string, role: DeviceRole): Invite | undefined
  /** Paired, on disk, when it resolves to what was made, or why nothing was. Rejects with the store's errors. */
  pair(invite: Invite, proof: Proof, said: Said): Promise<{ readonly ok: true; readonly grant: Grant; readonly token: string } | Refusal>
  /** `undefined` if it has one by now, or it cannot be kept: the key lets it in as well. */
  firstToken(deviceId: string, role: DeviceRole): Promise<string | undefined>
}

export interface EntranceParts {
  readonly roll: Roll
  readonly invites: Invites
  readonly requests: Requests
  readonly inTurn: InTurn
  readonly now: () => number
  readonly log: Log
  /** Nobody asked for it, so there is no request that it ends. */
  readonly paired: (deviceId: string) => void
}

export function createEntrance({ roll, invites, requests, inTurn, now, log, paired }: EntranceParts): Entrance {
  /** A device that is out, or holds less by now, has no open invites either. */
  function issuerHolds({ createdBy, scopes, role, createdAt, bounds }: Invite): boolean {
    if (!createdBy.startsWith('device:')) return true
    const deviceId = createdBy.slice('device:'.length)
    const grant = liveGrant(roll.get(deviceId), 'operator')
    return grant !== undefined && grant.approvedAt <= createdAt && isWithin(callerOf(deviceId, 'operator', grant), { scopes, bounds }, role)
  }

  /** Whoever has this role already gets nothing else by a code. */
  const fits = (invite: Invite, deviceId: string): boolean => issuerHolds(invite) && !liveGrant(roll.get(deviceId), invite.role)

  return {
    inviteFor(code, deviceId, role) {
      const invite = invites.find(code, deviceId)
      if (!invite || invite.role !== role || !fits(invite, deviceId)) return undefined
      invites.bind(invite, deviceId)
      return invite
    },

    pair: (invite, { deviceId, publicKey, asked }, said) => inTurn(async () => {
      const { digest, role, scopes, createdBy, bounds } = invite
      const record = roll.get(deviceId)
      if (!invites.holds(invite) || !fits(invite, deviceId)) return refusals.bootstrapToken
      if (!record && roll.size >= maxDevices) return pairingRefusal({ reason: 'too-many-devices', deviceId })
      const former = record?.grants[role]
      await invites.settle(former?.invite)
      const token = newToken()
      const allBounds = { ...former?.bounds, ...bounds }
      const grant: Grant = {
        scopes: [...scopes], asked: [...new Set([...scopes, ...asked])].slice(0, maxScopes), approvedAt: now(), approvedBy: createdBy, invite: digest, token: { digest: textDigest(token), issuedAt: now() },
        ...(Object.keys(allBounds).length > 0 && { bounds: allBounds }),
      }
      const base: DeviceRecord = record ?? { deviceId, publicKey, said, createdAt: now(), grants: {} }
      await roll.put(withGrant(base, role, grant), () => requests.drop(deviceId, 'approved', role))
      await invites.spent(invite)
      paired(deviceId)
      log.info('a device was paired by an invite', { deviceId, role, scopes, by: createdBy })
      return { ok: true, grant, token }
    }),

    async firstToken(deviceId, role) {
      try {
        return await inTurn(async () => {
          const record = roll.get(deviceId)
          const grant = liveGrant(record, role)
          if (!record || !grant || grant.token) return undefined
          const token = newToken()
          await roll.put(withGrant(record, role, { ...grant, token: { digest: textDigest(token), issuedAt: now() } }))
          return token
        })
      } catch (error) {
        log.warn('a device token could not be kept; the device comes in without one', { deviceId, error })
        return undefined
      }
    },
  }
}
