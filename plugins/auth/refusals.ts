/** Every answer a refused caller can get: codes and texts are the protocol's (PROTOCOL 6), clients match on both. */
import type { AuthAnswer } from 'nexus-gateway/sdk'

export type Refusal = Extract<AuthAnswer, { ok: false }>

const refuse = (code: string, message: string, wire?: Refusal['wire']): Refusal => ({ ok: false, code, message, ...(wire && { wire }) })

/** No attempt is left; `retryAfterMs` until there is one. */
export const rateLimited = (retryAfterMs: number): Refusal => ({ ...refuse('AUTH_RATE_LIMITED', 'unauthorized: too many failed authentication attempts (retry later)'), retryAfterMs })

const pairingTexts: Readonly<Record<string, string>> = {
  'scope-upgrade': 'pairing required: device is asking for more scopes than currently approved',
  'role-upgrade': 'pairing required: device is asking for a higher role than currently approved',
  'too-many-pending': 'pairing required: too many requests wait for approval (retry later)',
  'too-many-devices': 'pairing required: too many devices are paired',
}
/** What a device has to wait for, and the request that an operator can approve. */
export const pairingRefusal = (details: Readonly<Record<string, unknown>> & { readonly reason: string }, retryAfterMs?: number): Refusal =>
  ({ ...refuse('PAIRING_REQUIRED', pairingTexts[details.reason] ?? 'pairing required', 'NOT_PAIRED'), details, ...(retryAfterMs !== undefined && { retryAfterMs }) })

export const refusals = {
  tokenMissing: refuse('AUTH_TOKEN_MISSING', 'unauthorized: gateway token missing (provide gateway auth token)'),
  tokenMismatch: refuse('AUTH_TOKEN_MISMATCH', 'unauthorized: gateway token mismatch (provide gateway auth token)'),
  passwordNotConfigured: refuse('AUTH_PASSWORD_NOT_CONFIGURED', 'unauthorized: gateway password not configured on gateway'),
  pairingRequired: refuse('PAIRING_REQUIRED', 'pairing required', 'NOT_PAIRED'),
  deviceInvalid: refuse('DEVICE_AUTH_INVALID', 'device identity invalid'),
  deviceKey: refuse('DEVICE_AUTH_PUBLIC_KEY_INVALID', 'device public key invalid'),
  deviceId: refuse('DEVICE_AUTH_DEVICE_ID_MISMATCH', 'device identity mismatch'),
  deviceExpired: refuse('DEVICE_AUTH_SIGNATURE_EXPIRED', 'device signature expired'),
  deviceNonceMissing: refuse('DEVICE_AUTH_NONCE_REQUIRED', 'device nonce required'),
  deviceNonce: refuse('DEVICE_AUTH_NONCE_MISMATCH', 'device nonce mismatch'),
  deviceMissing: refuse('DEVICE_IDENTITY_REQUIRED', 'device identity required'),
  deviceScopes: refuse('DEVICE_AUTH_INVALID', 'device scopes invalid'),
  deviceToken: refuse('AUTH_DEVICE_TOKEN_MISMATCH', 'unauthorized: device token mismatch (rotate/reissue device token)'),
  bootstrapToken: refuse('AUTH_BOOTSTRAP_TOKEN_INVALID', 'unauthorized: bootstrap token invalid or expired (scan a fresh setup code)'),
  deviceSignature: refuse('DEVICE_AUTH_SIGNATURE_INVALID', 'device signature invalid'),
  passwordMismatch: refuse('AUTH_PASSWORD_MISMATCH', 'unauthorized: gateway password mismatch (provide gateway auth password)'),
  proxyMismatch: refuse('AUTH_PROXY_MISMATCH', 'unauthorized: proxy proof mismatch (check the shared secret and the clock of the proxy)'),
  proxyUser: refuse('AUTH_PROXY_USER_UNKNOWN', 'unauthorized: proxy user not allowed'),
} as const satisfies Record<string, Refusal>
