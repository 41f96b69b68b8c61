/** Why a request did not go out, or its answer did not come in. No text has an address, a header or a part of either. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST' } as const
const no = { wire: 'FORBIDDEN' } as const
const broken = { wire: 'UNAVAILABLE', status: 502 } as const

export const outboundErrors = {
  NEXUS_OUTBOUND_URL: { ...bad, text: 'this address cannot be used: {reason}', fix: 'Give an http or https address in its plain form, without user name and password.' },
  NEXUS_OUTBOUND_REQUEST: { ...bad, text: 'this request cannot be sent: {reason}', fix: 'Correct the method, the headers, the body or the limits.' },
  NEXUS_OUTBOUND_RULE: { ...bad, exit: 78, text: 'plugin "outbound": entry {entry} of {list} is not a rule: {reason}', fix: 'Write HOST, *.DOMAIN, ADDRESS or CIDR, each with :PORT or without; IPv6 with a port stands in brackets, as in [fd00::/8]:8080.' },
  NEXUS_OUTBOUND_BLOCKED: { ...no, text: 'this destination is not allowed: {reason}', fix: 'Use a public address, or let the operator name the destination in `outbound.allow`.' },
  NEXUS_OUTBOUND_REFUSED: { ...no, text: 'this request was refused: {reason}', fix: 'Do without it, or ask the operator.' },
  NEXUS_OUTBOUND_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: '{limit} requests are under way, and no more are taken', fix: 'Try again in a moment, or raise `outbound.limits.concurrency`.' },
  NEXUS_OUTBOUND_DNS: { ...broken, text: 'the name of the host was not found: {reason}', fix: 'Check the address, and the DNS of this machine.' },
  NEXUS_OUTBOUND_CONNECT: { ...broken, text: 'the connection failed: {reason}', fix: 'Check that the other side serves this address, and its certificate.' },
  NEXUS_OUTBOUND_TIMEOUT: { wire: 'AGENT_TIMEOUT', text: 'the other side was too slow: {phase} took more than {ms} ms', fix: 'Try again later, or raise the limits of `outbound`.' },
  NEXUS_OUTBOUND_ABORTED: { wire: 'UNAVAILABLE', text: 'the request was cut off on this side', fix: 'Send it again if it is still wanted.' },
  NEXUS_OUTBOUND_REDIRECT: { ...broken, text: 'a redirect was not followed: {reason}', fix: 'Ask for the final address.' },
  NEXUS_OUTBOUND_TOO_LARGE: { ...broken, text: 'the answer is larger than {limit} bytes{how}', fix: 'Ask for less, or raise `outbound.limits.maxBytes`.' },
  NEXUS_OUTBOUND_RESPONSE: { ...broken, text: 'the answer cannot be used: {reason}', fix: 'Ask somebody else, or tell the other side.' },
} as const satisfies ErrorTable

export const fail = failures(outboundErrors)

/** The system's, TLS's or the parser's own code, such as ECONNREFUSED. */
export function codeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'unknown error'
}
