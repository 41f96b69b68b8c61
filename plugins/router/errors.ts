import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const routerErrors = {
  NEXUS_ROUTER_THRESHOLDS: { text: '`router.thresholds` has balanced above capable', fix: 'Make `router.thresholds.balanced` no larger than `router.thresholds.capable`.' },
} as const satisfies ErrorTable

export const failRouter = failures(routerErrors)
