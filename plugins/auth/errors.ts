/** What stops the start. Refused callers get the protocol's own codes, see refusals.ts. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const authErrors = {
  NEXUS_AUTH_TOKEN_FILE: { exit: 77, text: 'the token file {file} cannot be used: {reason}', fix: 'Correct its owner and mode, or delete it: the next start makes a new token.' },
  NEXUS_AUTH_TOKEN_UNFIT: { exit: 78, text: 'the shared token from {place} is empty, too long or has characters that no header can carry', fix: 'Use 1 to 512 visible ASCII characters, for example 32 random bytes as base64url.' },
} as const satisfies ErrorTable

export const fail = failures(authErrors)
