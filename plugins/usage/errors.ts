/** Why a question about usage has no answer. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const usageErrors = {
  NEXUS_USAGE_FOLDER: { wire: 'INVALID_REQUEST', status: 400, exit: 66, text: 'the folder of transcripts cannot be read: {reason}', fix: 'Give the absolute path of a folder with .jsonl files, or one above it that holds agents/ID/sessions.' },
  NEXUS_USAGE_NOT_INDEXED: { wire: 'INVALID_REQUEST', status: 404, text: 'that folder has not been indexed', fix: 'Run `nexus usage index FOLDER` once.' },
  NEXUS_USAGE_RANGE: { wire: 'INVALID_REQUEST', status: 400, exit: 2, text: 'the days asked for make no range: {reason}', fix: 'Give startDate and endDate as YYYY-MM-DD, the first not after the last, at most 3,660 days apart.' },
  NEXUS_USAGE_ZONE: { wire: 'INVALID_REQUEST', status: 400, exit: 2, text: 'that is no time zone', fix: 'Give a name such as Europe/Berlin as timeZone, or an offset such as +05:45 as utcOffset.' },
  NEXUS_USAGE_SESSION: { wire: 'INVALID_REQUEST', status: 404, text: 'no session of that key has been seen', fix: 'See `sessions.usage` for those that have.' },
  NEXUS_USAGE_BUSY: { wire: 'UNAVAILABLE', retryable: true, status: 503, text: 'as many folders as may be are being indexed', fix: 'Wait until one of them is done.' },
} as const satisfies ErrorTable

export const failUsage = failures(usageErrors)
