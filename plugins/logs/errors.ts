import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const logsErrors = {
  NEXUS_LOGS_UNREADABLE: { wire: 'UNAVAILABLE', status: 500, exit: 66, text: 'the log file {file} cannot be read: {reason}', fix: 'Correct its owner and mode.' },
  NEXUS_LOGS_LIMIT: { exit: 2, text: '--limit takes a number from 1 to 5000', fix: 'Try `nexus logs --limit 200`.' },
} as const satisfies ErrorTable

export const fail = failures(logsErrors)
