/** What a caller gets who calls too often. `retryAfterMs` and `details` reach the wire as the protocol has them (PROTOCOL 1). */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const tooMany = { wire: 'UNAVAILABLE', status: 429, retryable: true } as const

export const limitsErrors = {
  NEXUS_LIMITS_CALLS: { ...tooMany, text: 'rate limit exceeded for {what}: {limit} for one caller; retry after {seconds}s', fix: 'Wait that long, or raise the limit under `limits` in nexus.json5.' },
  NEXUS_LIMITS_CONCURRENT: { ...tooMany, text: 'too many calls of {what} are under way: {limit} for one caller', fix: 'Call again when one of them has ended, or raise the limit under `limits` in nexus.json5.' },
} as const satisfies ErrorTable

export const fail = failures(limitsErrors)
