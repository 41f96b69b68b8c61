import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const healthErrors = {
  NEXUS_HEALTH_PING_TOO_LARGE: { wire: 'INVALID_REQUEST', status: 413, text: 'ping data is larger than {limit} bytes as JSON', fix: 'Send less.' },
} as const satisfies ErrorTable

export const fail = failures(healthErrors)
