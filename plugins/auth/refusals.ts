/** Every answer a refused caller can get: codes and texts are the protocol's (PROTOCOL 6), clients match on both. */
import type { AuthAnswer } from 'nexus-gateway/sdk'

export type Refusal = Extract<AuthAnswer, { ok: false }>

const refuse = (code: string, message: string, wire?: Refusal['wire']): Refusal => ({ ok: false, code, message, ...(wire && { wire }) })

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
  deviceSignature: refuse('DEVICE_AUTH_SIGNATURE_INVALID', 'device signature invalid'),
} as const satisfies Record<string, Refusal>
