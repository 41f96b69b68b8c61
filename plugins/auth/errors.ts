/** What stops the start. Refused callers get the protocol's own codes, see refusals.ts. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const authErrors = {
  NEXUS_AUTH_TOKEN_FILE: { exit: 77, text: 'the token file {file} cannot be used: {reason}', fix: 'Correct its owner and mode, or delete it: the next start makes a new token.' },
  NEXUS_AUTH_TOKEN_UNFIT: { exit: 78, text: 'the shared token from {place} is empty, too long or has characters that no header can carry', fix: 'Use 1 to 512 visible ASCII characters, for example 32 random bytes as base64url.' },
  NEXUS_AUTH_TOKEN_UNKNOWN: { wire: 'INVALID_REQUEST', status: 404, exit: 66, text: 'there is no service token of that name', fix: 'See `nexus tokens list`.' },
  NEXUS_AUTH_TOKEN_EXISTS: { wire: 'INVALID_REQUEST', status: 409, exit: 73, text: 'there is a service token of that name already', fix: 'Take another name, or make a new token of this name with `nexus tokens rotate NAME`.' },
  NEXUS_AUTH_TOKEN_FULL: { wire: 'INVALID_REQUEST', status: 413, exit: 73, text: 'there are {limit} service tokens already', fix: 'Revoke those that nobody uses; `nexus tokens list` shows when each was last used.' },
  NEXUS_AUTH_TOKEN_SELF: { wire: 'INVALID_REQUEST', status: 409, text: 'a service token cannot rotate itself: what it let in is closed, and with it the way of the answer', fix: 'Rotate it with another credential, as with `nexus tokens rotate NAME` where the gateway runs.' },
  NEXUS_AUTH_TOKEN_LABEL: { wire: 'FORBIDDEN', text: 'service tokens are not made or changed on behalf of a {label}', fix: 'Let an operator do it: `nexus tokens create NAME`.' },
  NEXUS_AUTH_TOKEN_TTL: { exit: 64, text: '--ttl takes a whole number with s, m, h or d, up to 3650d', fix: 'Write it as in `--ttl 90s`, `15m`, `12h` or `30d`.' },
  NEXUS_AUTH_TOKEN_SCOPE: { exit: 64, text: 'no scope was given, so the token could do nothing', fix: 'Give one or more of read, write, approvals, pairing, admin (as in `--scope read`), or a scope that a plugin declares.' },
  NEXUS_AUTH_TOKEN_BUDGET: { wire: 'INVALID_REQUEST', exit: 2, text: 'that is no budget of a token', fix: 'Write an amount and a time, as 5usd/day, 100000tokens/month or 0.5usd/run; several with commas between them.' },
  NEXUS_AUTH_NO_LEDGER: { wire: 'INVALID_REQUEST', exit: 69, text: 'a budget cannot be kept: no plugin provides ledger/1', fix: 'Leave the budget out, or enable a plugin that keeps a ledger.' },
  NEXUS_AUTH_ESCALATES: { wire: 'FORBIDDEN', text: 'that credential holds, or would hold, more than the one you came with', fix: 'Stay within your own scopes and bounds, or let somebody do it who holds all of them.' },
  NEXUS_AUTH_TOKEN_WEAK: { exit: 78, text: 'the shared token is worth fewer than {bits} bits, and others than this machine can reach the address', fix: 'Take one from `openssl rand -base64 32`, or delete auth.token from the settings so that one is made.' },
  NEXUS_AUTH_NETWORK: { exit: 78, text: '{place} in the settings is neither an address nor a network', fix: 'Write it as in "10.0.0.1", "10.0.0.0/8" or "fd00::/8".' },
  NEXUS_AUTH_HOST: { wire: 'FORBIDDEN', text: 'that Host is no name of this gateway (auth.hosts)', fix: 'Use its address or localhost with its own port, or list the name under `auth.hosts` in the settings.' },
  NEXUS_AUTH_ORIGIN: { wire: 'FORBIDDEN', text: 'pages of that origin may not come in here (auth.origins)', fix: 'Open the page from this gateway itself, or list its origin under `auth.origins` in the settings.' },
  NEXUS_AUTH_PASSWORD: { wire: 'INVALID_REQUEST', exit: 65, text: 'the password has fewer than {least} characters or more than {most} bytes, or is no text', fix: 'Take {least} characters or more, and at most {most} bytes of UTF-8.' },
  NEXUS_AUTH_PASSWORD_TWICE: { exit: 65, text: 'the two were not the same', fix: 'Nothing was changed. Try again.' },
  NEXUS_AUTH_PASSWORD_LABEL: { wire: 'FORBIDDEN', text: 'the password is not changed on behalf of a {label}', fix: 'Let an operator do it: `nexus auth password`.' },
  NEXUS_AUTH_PASSWORD_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: 'too many passwords are being looked at', fix: 'Try again in a moment.' },
  NEXUS_AUTH_REQUEST_UNKNOWN: { wire: 'INVALID_REQUEST', status: 404, exit: 66, text: 'unknown requestId', fix: 'See `nexus devices list`; a request holds for ten minutes, and the device can ask again.' },
  NEXUS_AUTH_DEVICE_UNKNOWN: { wire: 'INVALID_REQUEST', status: 404, exit: 66, text: 'unknown deviceId', fix: 'See `nexus devices list`.' },
  NEXUS_AUTH_DEVICE_ROLE: { wire: 'INVALID_REQUEST', status: 404, exit: 66, text: 'the device is not paired in that role, or in two and none was named', fix: 'Name the role, operator or node; `nexus devices list` shows what was approved.' },
  NEXUS_AUTH_DEVICE_LABEL: { wire: 'FORBIDDEN', text: 'devices are not paired or changed on behalf of a {label}', fix: 'Let an operator do it: `nexus devices list`.' },
  NEXUS_AUTH_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: 'too many changes of credentials wait', fix: 'Try again in a moment.' },
  NEXUS_AUTH_DEVICES_FULL: { wire: 'INVALID_REQUEST', status: 413, exit: 73, text: '{limit} devices are paired already', fix: 'Remove those that nobody uses; `nexus devices list` shows when each was last seen.' },
  NEXUS_AUTH_INVITES_FULL: { wire: 'INVALID_REQUEST', status: 413, exit: 73, text: '{limit} invites are open already', fix: 'Use them, or wait until they are over.' },
  NEXUS_AUTH_DEVICE_PREFIX: { exit: 64, text: '{what} is none of the ids in the list, or the beginning of several', fix: 'Give the id, or at least 6 characters that only one begins with; see `nexus devices list`.' },
  NEXUS_AUTH_DEVICE_OPTION: { exit: 64, text: '{option} does not take that', fix: '{hint}' },
} as const satisfies ErrorTable

export const fail = failures(authErrors)
