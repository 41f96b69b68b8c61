/** What only the gateway has to refuse. */
import { failures, type ErrorTable } from '../errors.ts'

export const gatewayErrors = {
  NEXUS_CONNECTION_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: 'this connection has {limit} calls in flight', fix: 'Wait for some of them to end.' },
  NEXUS_CONNECTION_CROWD: { wire: 'UNAVAILABLE', retryable: true, text: 'too many clients want in at once', fix: 'Connect again in a moment.' },
  NEXUS_HTTP_TOKEN_IN_URL: { wire: 'INVALID_REQUEST', text: 'a token in the address is refused: addresses end up in logs', fix: 'Send the header Authorization: Bearer.' },
} as const satisfies ErrorTable

export const gatewayFail = failures(gatewayErrors)
