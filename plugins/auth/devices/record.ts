/** What is kept of a device: its key, and for each role that was approved what it may do. Never a token. */
import * as v from 'valibot'
import type { Caller } from 'nexus-gateway/sdk'
import { digestOf, matches } from '../secret.ts'
import { DeviceScope, type DeviceRole, type PairedDevice } from './verbs.ts'

const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
export const DeviceId = Digest

// Strict: what another version has added may be a restriction, and a device without its restrictions must not hold.
const Grant = v.strictObject({
  scopes: v.array(DeviceScope),
  /** What was asked for when this was decided on: to ask for it again is no new question. */
  asked: v.array(DeviceScope),
  approvedAt: v.number(),
  approvedBy: v.string(),
  /** SHA-256, hex. */
  token: v.optional(v.strictObject({ digest: Digest, issuedAt: v.number() })),
  rotatedAt: v.optional(v.number()),
  /** It holds nothing since then. */
  revokedAt: v.optional(v.number()),
  /** Digest of the code that it was made by. */
  invite: v.optional(Digest),
  bounds: v.optional(v.record(v.string(), v.string())),
})
export type Grant = v.InferOutput<typeof Grant>

const Said = v.strictObject({ displayName: v.optional(v.string()), platform: v.optional(v.string()), deviceFamily: v.optional(v.string()), clientId: v.optional(v.string()), clientMode: v.optional(v.string()) })
export type Said = v.InferOutput<typeof Said>

export const DeviceRecord = v.strictObject({
  deviceId: DeviceId,
  publicKey: v.string(),
  said: Said,
  createdAt: v.number(),
  grants: v.strictObject({ operator: v.optional(Grant), node: v.optional(Grant) }),
})
export type DeviceRecord = v.InferOutput<typeof DeviceRecord>

export const roles = ['operator', 'node'] as const satisfies readonly DeviceRole[]

/** Caller ids of devices, in every role. */
export const callerId = (deviceId: string): string => `device:${deviceId}`

export function callerOf(deviceId: string, role: DeviceRole, { scopes, bounds }: Grant): Caller {
  return { id: callerId(deviceId), role, scopes: new Set(scopes), label: role === 'node' ? 'node' : 'device', ...(bounds && { bounds }) }
}

/** What holds: not what was revoked. */
export function liveGrant(record: DeviceRecord | undefined, role: DeviceRole): Grant | undefined {
  const grant = record?.grants[role]
  return grant && grant.revokedAt === undefined ? grant : undefined
}

export const liveRoles = (record: DeviceRecord | undefined): DeviceRole[] => roles.filter((role) => liveGrant(record, role))

export const withGrant = (record: DeviceRecord, role: DeviceRole, grant: Grant): DeviceRecord => ({ ...record, grants: { ...record.grants, [role]: grant } })

export const textDigest = (secret: string): string => digestOf(secret).toString('latin1')

export const isTokenOf = (grant: Grant | undefined, token: string): boolean =>
  grant?.token !== undefined && matches(token, Buffer.from(grant.token.digest, 'latin1'))

export function listed(record: DeviceRecord, lastSeenAt: number | undefined): PairedDevice {
  const live = liveRoles(record)
  const grants = roles.flatMap((role) => (record.grants[role] ? [{ role, grant: record.grants[role] }] : []))
  return {
    deviceId: record.deviceId, publicKey: record.publicKey, ...record.said,
    ...(live[0] && { role: live[0] }), roles: live,
    scopes: [...new Set(live.flatMap((role) => record.grants[role]?.scopes ?? []))],
    createdAtMs: record.createdAt, approvedAtMs: Math.max(0, ...grants.map(({ grant }) => grant.approvedAt)),
    ...(lastSeenAt !== undefined && { lastSeenAtMs: lastSeenAt }),
    tokens: grants.map(({ role, grant: { scopes, approvedAt, approvedBy, token, rotatedAt, revokedAt } }) => ({
      role, scopes: [...scopes], createdAtMs: approvedAt, approvedBy,
      ...(token && { issuedAtMs: token.issuedAt }), ...(rotatedAt !== undefined && { rotatedAtMs: rotatedAt }), ...(revokedAt !== undefined && { revokedAtMs: revokedAt }),
    })),
  }
}
