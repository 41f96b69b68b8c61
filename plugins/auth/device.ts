/**
 * Condition: whoever sends a device block proves the key in it (PROTOCOL 3.4). Nothing is paired by that.
 * The order of checks is the protocol's: key and id, age, nonce, signature.
 */
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import * as v from 'valibot'
import type { Layer } from './authenticate.ts'
import { refusals } from './refusals.ts'

/** How far the client's clock may be off, either way. */
const skewMs = 2 * 60_000

const Connect = v.object({
  client: v.object({ id: v.string(), mode: v.string(), platform: v.optional(v.string(), ''), deviceFamily: v.optional(v.string(), '') }),
  role: v.optional(v.string(), 'operator'),
  scopes: v.optional(v.array(v.string()), []),
  auth: v.optional(v.object({ token: v.optional(v.string(), '') }), {}),
  device: v.object({ id: v.string(), publicKey: v.string(), signature: v.string(), signedAt: v.number(), nonce: v.optional(v.string(), '') }),
})
type Connect = v.InferOutput<typeof Connect>

export function deviceProof(now: () => number): Layer {
  return ({ connect, nonce }) => {
    if (connect?.['device'] === undefined) return undefined
    const parsed = v.safeParse(Connect, connect)
    if (!parsed.success) return refusals.deviceInvalid
    const { device } = parsed.output
    const key = rawKey(device.publicKey)
    if (!key) return refusals.deviceKey
    if (hash('sha256', key, 'hex') !== device.id) return refusals.deviceId
    // Written so that a `signedAt` that is no number refuses as well.
    if (!(Math.abs(now() - device.signedAt) <= skewMs)) return refusals.deviceExpired
    if (device.nonce === '') return refusals.deviceNonceMissing
    if (nonce === undefined || device.nonce !== nonce) return refusals.deviceNonce
    return signedBy(key, parsed.output) ? undefined : refusals.deviceSignature
  }
}

/** 32 bytes as base64url without padding, in the one spelling they have. */
function rawKey(text: string): Buffer | undefined {
  const key = Buffer.from(text, 'base64url')
  return key.length === 32 && key.toString('base64url') === text ? key : undefined
}

function signedBy(raw: Buffer, connect: Connect): boolean {
  const signature = Buffer.from(connect.device.signature, 'base64url')
  if (signature.length !== 64) return false
  const key: KeyObject = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') } })
  return signedTexts(connect).some((text) => verify(null, Buffer.from(text), key, signature))
}

/** The newer text first: it also binds what the device says it is. */
export function signedTexts({ client, device, role, scopes, auth }: Connect): readonly [v3: string, v2: string] {
  const common = [device.id, client.id, client.mode, role, scopes.join(','), device.signedAt, auth.token, device.nonce].join('|')
  return [`v3|${common}|${client.platform.toLowerCase()}|${client.deviceFamily.toLowerCase()}`, `v2|${common}`]
}
