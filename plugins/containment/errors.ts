import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const containmentErrors = {
  NEXUS_CONTAINMENT_NOT_HELD: { wire: 'INVALID_REQUEST', status: 404, text: 'no plugin of that id is in quarantine', fix: 'See `nexus containment list`.' },
} as const satisfies ErrorTable

export const fail = failures(containmentErrors)
