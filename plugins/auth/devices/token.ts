/** Device tokens: 256 random bits behind a mark by which they are told from other tokens. */
import { randomBytes } from 'node:crypto'

const prefix = 'nxd_'
/** Of 32 bytes as base64url. */
const length = prefix.length + 43

export const newToken = (): string => `${prefix}${randomBytes(32).toString('base64url')}`

/** Clients of the protocol send their device token as `auth.token` too; whoever compares shared tokens leaves these alone. */
export const looksLikeDeviceToken = (token: string | undefined): token is string => token?.length === length && token.startsWith(prefix)
