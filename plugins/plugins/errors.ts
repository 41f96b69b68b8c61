import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const pluginsErrors = {
  NEXUS_PLUGINS_UNKNOWN: { wire: 'INVALID_REQUEST', status: 404, text: 'no plugin of this gateway has that id', fix: 'See `nexus plugins list`.' },
} as const satisfies ErrorTable

export const fail = failures(pluginsErrors)
