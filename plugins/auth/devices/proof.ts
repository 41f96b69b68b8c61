/**
 * The device block of `connect`: whoever sends one proves the key in it (PROTOCOL 3.4).
 * The order of checks is the protocol's: key and id, age, nonce, signature.
 */
import { createPublicKey, hash, verify } from 'node:crypto'
import * as v from 'valibot'
import type { AuthRequest } from 'nexus-gateway/sdk'
import { refusals, type Refusal } from '../refusals.ts'

/** How far the client's clock may be off, either way. */
const skewMs = 2 * 60_000

const maybe = v.optional(v.string(), '')
const Connect = v.object({
  client: v.object({ id: v.string(), mode: v.string(), platform: maybe, deviceFamily: maybe, displayName: maybe }),
  role: v.optional(v.string(), 'operator'),
  scopes: v.optional(v.array(v.string()), []),
  auth: v.optional(v.object({ token: maybe, deviceToken: maybe, bootstrapToken: maybe }), {}),
  device: v.object({ id: v.string(), publicKey: v.string(), signature: v.string(), signedAt: v.number(), nonce: maybe }),
})
type Connect = v.InferOutput<typeof Connect>

/** A device that has proved its key, and what it says of itself. `asked`: scopes, without what is open to all. */
export interface Proof { readonly ok: true; readonly deviceId: string; readonly publicKey: string; readonly asked: readonly string[]; readonly client: Connect['client'] }

/** `undefined`: there is no device block. */
export function proveDevice({ connect, nonce }: Pick<AuthRequest, 'connect' | 'nonce'>, now: number): Proof | Refusal | undefined {
  if (connect?.['device'] === undefined) return undefined
  const parsed = v.safeParse(Connect, connect)
  if (!parsed.success) return refusals.deviceInvalid
  const { device, client, scopes } = parsed.output
  const key = rawKey(device.publicKey)
  if (!key) return refusals.deviceKey
  if (hash('sha256', key, 'hex') !== device.id) return refusals.deviceId
  // Written so that a `signedAt` that is no number refuses as well.
  if (!(Math.abs(now - device.signedAt) <= skewMs)) return refusals.deviceExpired
  if (device.nonce === '') return refusals.deviceNonceMissing
  if (nonce === undefined || device.nonce !== nonce) return refusals.deviceNonce
  if (!signedBy(key, parsed.output)) return refusals.deviceSignature
  return { ok: true, deviceId: device.id, publicKey: device.publicKey, asked: scopes.filter((scope) => scope !== 'public'), client }
}

/** 32 bytes as base64url without padding, in the one spelling they have. */
function rawKey(text: string): Buffer | undefined {
  const key = Buffer.from(text, 'base64url')
  return key.length === 32 && key.toString('base64url') === text ? key : undefined
}

function signedBy(raw: Buffer, connect: Connect): boolean {
  const signature = Buffer.from(connect.device.signature, 'base64url')
  if (signature.length !== 64) return false
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') } })
  return signedTexts(connect).some((text) => verify(null, Buffer.from(text), key, signature))
}

/** The newer text first: it also binds what the device says it is. */
function signedTexts({ client, device, role, scopes, auth }: Connect): string[] {
  // What stands for the token when there is none differs between clients; newer ones sign what they send in its place.
  const tokens = new Set([auth.token || auth.deviceToken || auth.bootstrapToken, auth.token])
  return [...tokens].flatMap((token) => {
    const common = [device.id, client.id, client.mode, role, scopes.join(','), device.signedAt, token, device.nonce].join('|')
    return [`v3|${common}|${client.platform.toLowerCase()}|${client.deviceFamily.toLowerCase()}`, `v2|${common}`]
  })
}
