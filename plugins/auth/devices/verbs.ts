/**
 * Devices and their pairing. Names and shapes are the protocol's, `device.pair.invite` and what stands after `ts` are
 * additions. Only the answers of `device.token.rotate` and `device.pair.invite` hold a secret. Times in ms since the epoch.
 */
import * as v from 'valibot'
import { controlWrites, event, method } from 'nexus-gateway/sdk'

const dayMs = 86_400_000
export const maxScopes = 64

export const DeviceRole = v.picklist(['operator', 'node'])
export type DeviceRole = v.InferOutput<typeof DeviceRole>
export const DeviceScope = v.pipe(v.string(), v.maxLength(128), v.regex(/^[a-z][a-z0-9-]*(\.[a-zA-Z0-9-]+)+$/))
/** No scopes are none. */
export const DeviceScopes = v.pipe(v.array(DeviceScope), v.maxLength(maxScopes))

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(128))
const time = v.pipe(v.number(), v.integer(), v.minValue(0))
const text = v.optional(v.string())
const names = v.array(v.string())

/** What the client says of itself; it grants nothing. */
const said = { displayName: text, platform: text, deviceFamily: text, clientId: text, clientMode: text }

export const PendingDevice = v.strictObject({
  requestId: v.string(), deviceId: v.string(), publicKey: v.string(), ...said,
  role: DeviceRole, roles: names, scopes: names, remoteIp: text, silent: v.literal(false), isRepair: v.boolean(), ts: time,
  reason: v.picklist(['not-paired', 'scope-upgrade', 'role-upgrade']), expiresAtMs: time,
})
export type PendingDevice = v.InferOutput<typeof PendingDevice>

/** One for each role that was approved. `issuedAtMs`: when its device token was made, if it has one. */
const DeviceToken = v.strictObject({
  role: DeviceRole, scopes: names, createdAtMs: time, issuedAtMs: v.optional(time), rotatedAtMs: v.optional(time), revokedAtMs: v.optional(time), approvedBy: v.string(),
})
/** `role`, `roles` and `scopes` are of what holds now. `lastSeenAtMs` may have lost a minute. */
export const PairedDevice = v.strictObject({
  deviceId: v.string(), publicKey: v.string(), ...said, role: v.optional(DeviceRole), roles: names, scopes: names,
  createdAtMs: time, approvedAtMs: time, lastSeenAtMs: v.optional(time), tokens: v.array(DeviceToken),
})
export type PairedDevice = v.InferOutput<typeof PairedDevice>

const ByRequest = v.strictObject({ requestId: id })
const ByDevice = v.strictObject({ deviceId: id })

/** `scopes` at most those asked for; without them all of these. */
export const Approval = v.strictObject({ requestId: id, scopes: v.optional(DeviceScopes) })
export type Approval = v.InferOutput<typeof Approval>
/** `scopes` at most those it has; from then on it has no others. `role` only where it has two. */
export const Rotation = v.strictObject({ deviceId: id, role: v.optional(DeviceRole), scopes: v.optional(DeviceScopes) })
export type Rotation = v.InferOutput<typeof Rotation>
/** Without `role` whatever it has. */
export const Revocation = v.strictObject({ deviceId: id, role: v.optional(DeviceRole) })
export type Revocation = v.InferOutput<typeof Revocation>
export const Invitation = v.strictObject({
  scopes: DeviceScopes, role: v.optional(DeviceRole, 'operator'),
  ttlMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(dayMs)), 600_000),
})
export type Invitation = v.InferOutput<typeof Invitation>

const scope = 'operator.pairing'

export const deviceMethods = {
  'device.pair.list': method({ scope, params: v.strictObject({}), result: v.strictObject({ pending: v.array(PendingDevice), paired: v.array(PairedDevice) }), summary: 'The devices that ask to be paired, and those that are.' }),
  'device.pair.approve': method({ scope, limit: controlWrites, params: Approval, result: v.strictObject({ requestId: v.string(), device: PairedDevice }), summary: 'Lets a device in that asked for it, with the scopes it asked for or fewer.' }),
  'device.pair.reject': method({ scope, limit: controlWrites, params: ByRequest, result: v.strictObject({ requestId: v.string(), deviceId: v.string() }), summary: 'Drops a request; the device may ask again.' }),
  'device.pair.remove': method({ scope, limit: controlWrites, params: ByDevice, result: v.strictObject({ deviceId: v.string() }), summary: 'Unpairs a device. It is out at once, and its key and token are worth nothing.' }),
  'device.pair.invite': method({ scope, limit: controlWrites, params: Invitation, result: v.strictObject({ code: v.string(), expiresAt: time }), summary: 'Makes a code that pairs one device, once, with these scopes. It is in this answer and nowhere else.' }),
  'device.token.rotate': method({ scope, limit: controlWrites, params: Rotation, result: v.strictObject({ deviceId: v.string(), role: DeviceRole, token: v.string(), scopes: names, rotatedAtMs: time }), summary: 'Makes a new device token. The old one stops holding and what came in as the device is closed.' }),
  'device.token.revoke': method({ scope, limit: controlWrites, params: Revocation, result: v.strictObject({ deviceId: v.string(), role: v.optional(DeviceRole), revokedAtMs: time }), summary: 'Shuts a device out until its token is rotated or it is paired again.' }),
}

export const deviceEvents = {
  'device.pair.requested': event({ scope, payload: PendingDevice, summary: 'A device asks to be paired, or for more than it has.' }),
  /** `decision`: `approved`, `rejected`, or why nobody decides on it any more: `expired`, `replaced`, `removed`. */
  'device.pair.resolved': event({ scope, payload: v.strictObject({ requestId: v.string(), deviceId: v.string(), decision: v.picklist(['approved', 'rejected', 'expired', 'replaced', 'removed']), ts: time }), summary: 'A request is not open any more.' }),
}
export type ResolvedDevice = v.InferOutput<(typeof deviceEvents)['device.pair.resolved']['payload']>

/** What `ctx.emit` is to this part. */
export interface DeviceEmit {
  (name: 'device.pair.requested', payload: PendingDevice): void
  (name: 'device.pair.resolved', payload: ResolvedDevice): void
}
