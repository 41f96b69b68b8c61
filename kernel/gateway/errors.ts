/** What only the gateway has to refuse. */
import { failures, type ErrorTable } from '../errors.ts'

export const gatewayErrors = {
  NEXUS_CONNECTION_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: 'this connection has {limit} calls in flight', fix: 'Wait for some of them to end.' },
  NEXUS_CONNECTION_CROWD: { wire: 'UNAVAILABLE', retryable: true, text: 'too many clients want in at once', fix: 'Connect again in a moment.' },
  NEXUS_HTTP_TOKEN_IN_URL: { wire: 'INVALID_REQUEST', text: 'a token in the address is refused: addresses end up in logs', fix: 'Send the header Authorization: Bearer.' },
  NEXUS_HTTP_TWICE: { wire: 'INVALID_REQUEST', text: 'the header {name} came twice', fix: 'Send it once.' },
  NEXUS_START_TLS: { exit: 78, text: 'no TLS with {file}: {reason}', fix: 'Correct `gateway.tls` in nexus.json5: {fix}' },
} as const satisfies ErrorTable

export const gatewayFail = failures(gatewayErrors)
