import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { proveDevice } from '../../plugins/auth/devices/proof.ts'

const now = 1_795_328_855_532
const nonce = 'c5086209-2a52-4b54-ad4d-0de3fc381ce8'

interface Device { id: string; publicKey: string; signature: string; signedAt: number; nonce?: string }
interface Connect { client: Record<string, string>; role?: string; scopes?: string[]; auth?: { token?: string }; device: Device }

const pair = generateKeyPairSync('ed25519')
const rawOf = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')

/** A client of the protocol, written from its description and not from the code under test. */
function connectParams(version: 'v2' | 'v3', over: Partial<Device> = {}): Connect {
  const client = { id: 'gateway-client', version: '1.0.0', platform: 'Linux', mode: 'backend', deviceFamily: 'Server' }
  const raw = rawOf(pair.publicKey)
  const device = { id: createHash('sha256').update(raw).digest('hex'), publicKey: raw.toString('base64url'), signedAt: now, nonce, ...over }
  const scopes = ['operator.read', 'operator.write']
  const text = `${version}|${device.id}|gateway-client|backend|operator|operator.read,operator.write|${device.signedAt}|tok|${device.nonce}${version === 'v3' ? '|linux|server' : ''}`
  return { client, role: 'operator', scopes, auth: { token: 'tok' }, device: { signature: sign(null, Buffer.from(text), pair.privateKey).toString('base64url'), ...device } }
}

/** `fine`, `none`, or the code of the refusal. */
function judge(connect: unknown, challenge: string | undefined = nonce): string {
  const proof = proveDevice({ connect: connect as Record<string, unknown>, ...(challenge && { nonce: challenge }) }, now)
  return proof === undefined ? 'none' : proof.ok ? 'fine' : proof.code
}

describe('a device block', () => {
  test.each(['v2', 'v3'] as const)('signed as %s is fine', (version) => {
    expect(judge(connectParams(version))).toBe('fine')
  })

  test('is not needed', () => expect(judge({ client: { id: 'x', mode: 'cli' } })).toBe('none'))

  test('defaults count as signed: no role is operator, no scopes and no token are empty', () => {
    const { client, device } = connectParams('v2')
    const text = `v2|${device.id}|gateway-client|backend|operator||${now}||${nonce}`
    expect(judge({ client, device: { ...device, signature: sign(null, Buffer.from(text), pair.privateKey).toString('base64url') } })).toBe('fine')
  })

  test.each([
    ['an id of another key', { id: '0'.repeat(64) }, 'DEVICE_AUTH_DEVICE_ID_MISMATCH'],
    ['a key that is none', { publicKey: 'abc' }, 'DEVICE_AUTH_PUBLIC_KEY_INVALID'],
    ['a key with padding', { publicKey: `${rawOf(pair.publicKey).toString('base64url')}=` }, 'DEVICE_AUTH_PUBLIC_KEY_INVALID'],
    ['a PEM', { publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() }, 'DEVICE_AUTH_PUBLIC_KEY_INVALID'],
    ['an old signature', { signedAt: now - 120_001 }, 'DEVICE_AUTH_SIGNATURE_EXPIRED'],
    ['a signature of the future', { signedAt: now + 120_001 }, 'DEVICE_AUTH_SIGNATURE_EXPIRED'],
    ['a time that is none', { signedAt: Number.NaN }, 'DEVICE_AUTH_INVALID'],
    ['a time without end', { signedAt: Number.POSITIVE_INFINITY }, 'DEVICE_AUTH_SIGNATURE_EXPIRED'],
    ['another challenge', { nonce: 'f5086209-2a52-4b54-ad4d-0de3fc381ce8' }, 'DEVICE_AUTH_NONCE_MISMATCH'],
    ['no challenge', { nonce: '' }, 'DEVICE_AUTH_NONCE_REQUIRED'],
    ['no signature', { signature: '' }, 'DEVICE_AUTH_SIGNATURE_INVALID'],
    ['another signature', { signature: 'A'.repeat(86) }, 'DEVICE_AUTH_SIGNATURE_INVALID'],
  ] as const)('with %s is refused', (_, over, code) => {
    expect(judge(connectParams('v3', over))).toBe(code)
  })

  test('is accepted two minutes off, either way', () => {
    expect(judge(connectParams('v2', { signedAt: now - 120_000 }))).toBe('fine')
    expect(judge(connectParams('v2', { signedAt: now + 120_000 }))).toBe('fine')
  })

  test('of another shape is refused', () => {
    for (const device of [null, 'x', {}, { ...connectParams('v2').device, publicKey: 7 }]) {
      expect(judge({ ...connectParams('v2'), device })).toBe('DEVICE_AUTH_INVALID')
    }
  })

  test('is refused when no challenge was given out', () => {
    expect(judge(connectParams('v2'), '')).toBe('DEVICE_AUTH_NONCE_MISMATCH')
  })

  test.each([
    ['role', (c: Connect) => ({ ...c, role: 'node' })],
    ['scopes', (c: Connect) => ({ ...c, scopes: ['operator.admin'] })],
    ['token', (c: Connect) => ({ ...c, auth: { token: 'tok2' } })],
    ['client id', (c: Connect) => ({ ...c, client: { ...c.client, id: 'cli' } })],
    ['client mode', (c: Connect) => ({ ...c, client: { ...c.client, mode: 'cli' } })],
    ['platform', (c: Connect) => ({ ...c, client: { ...c.client, platform: 'darwin' } })],
    ['device family', (c: Connect) => ({ ...c, client: { ...c.client, deviceFamily: 'phone' } })],
    ['time', (c: Connect) => ({ ...c, device: { ...c.device, signedAt: now + 1 } })],
  ])('signed for another %s is refused', (_, changed) => {
    expect(judge(changed(connectParams('v3')))).toBe('DEVICE_AUTH_SIGNATURE_INVALID')
  })

  test.each([
    ['the device token', { deviceToken: 'd' }, 'd'],
    ['the bootstrap token', { bootstrapToken: 'b' }, 'b'],
    ['nothing in its place', { deviceToken: 'd' }, ''],
    ['the token before both', { token: 't', deviceToken: 'd', bootstrapToken: 'b' }, 't'],
  ])('may sign, where there is no token, %s', (_, auth, signed) => {
    const { client, device } = connectParams('v2')
    const text = (token: string): string => `v2|${device.id}|gateway-client|backend|operator||${now}|${token}|${nonce}`
    const withSigned = (token: string) => ({ client, auth, device: { ...device, signature: sign(null, Buffer.from(text(token)), pair.privateKey).toString('base64url') } })
    expect(judge(withSigned(signed))).toBe('fine')
    expect(judge(withSigned('another'))).toBe('DEVICE_AUTH_SIGNATURE_INVALID')
  })
})
