/** The params of `connect`, and the keys of devices (PROTOCOL, section 3). */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { Credential, Device } from './seen.ts'

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `null` leaves a member out. */
export function overlaid(base: Tree, over: Tree): Tree {
  const all: Tree = { ...base }
  for (const [name, value] of Object.entries(over)) {
    const old = all[name]
    if (value === null) delete all[name]
    else all[name] = isTree(value) && isTree(old) ? overlaid(old, value) : value
  }
  return all
}

const operatorScopes = ['operator.admin', 'operator.approvals', 'operator.pairing', 'operator.read', 'operator.write']

/** What a good client with this credential would send, with `over` laid over it. A device signs what is really sent, unless `over.device` says otherwise. */
export function connectParams({ token, device }: Credential, over: Tree, nonce: string, signedAt: number): Tree {
  const { device: altered, ...rest } = over
  const base: Tree = {
    minProtocol: 4, maxProtocol: 4, caps: [], role: device?.role ?? 'operator', scopes: device?.scopes ?? operatorScopes,
    client: { id: 'cli', version: 'dev', platform: 'linux', mode: device?.role === 'node' ? 'node' : 'cli' },
    auth: { ...(token !== undefined && { token }), ...(device?.token !== undefined && { deviceToken: device.token }) },
  }
  const params = overlaid(base, rest)
  if (!device || altered === null) return params
  const block = { id: device.id, publicKey: device.publicKey, signature: device.sign(signedText(params, device.id, nonce, signedAt)), signedAt, nonce }
  return { ...params, device: isTree(altered) ? overlaid(block, altered) : block }
}

function signedText(params: Tree, id: string, nonce: string, signedAt: number): string {
  const client = (params['client'] ?? {}) as Tree
  const auth = (params['auth'] ?? {}) as Tree
  const scopes = Array.isArray(params['scopes']) ? params['scopes'].join(',') : ''
  const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '')
  const secret = auth['token'] ?? auth['deviceToken'] ?? auth['bootstrapToken'] ?? ''
  return ['v3', id, client['id'], client['mode'], params['role'] ?? 'operator', scopes, signedAt, secret, nonce, lower(client['platform']), lower(client['deviceFamily'])].join('|')
}

export function makeDevice(role = 'operator', scopes: readonly string[] = ['operator.read']): Device {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url')
  return {
    id: createHash('sha256').update(raw).digest('hex'), publicKey: raw.toString('base64url'), role, scopes,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  }
}
