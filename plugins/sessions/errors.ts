/** Why something with a session or a run was refused. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST' } as const

export const sessionsErrors = {
  NEXUS_SESSIONS_KEY: { ...bad, text: 'plugin "sessions": this session key is not valid', fix: 'Use `main`, `agent:ID:NAME`, or any other name of at most 512 bytes without control characters.' },
  NEXUS_SESSIONS_RUN_ID: { ...bad, text: 'plugin "sessions": this {what} is not valid', fix: 'Use 1 to 256 characters.' },
  NEXUS_SESSIONS_RUN_EXISTS: { ...bad, status: 409, text: 'plugin "sessions": a run with this id is still open', fix: 'Give every run an id of its own.' },
  NEXUS_SESSIONS_RUN_UNKNOWN: { ...bad, status: 404, text: 'plugin "sessions": there is no {state} run with this id', fix: 'Start a run once, after it was accepted, and end it once.' },
  NEXUS_SESSIONS_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: 'plugin "sessions": {limit} runs are open already', fix: 'Try again when some have ended.' },
} as const satisfies ErrorTable

export const fail = failures(sessionsErrors)
