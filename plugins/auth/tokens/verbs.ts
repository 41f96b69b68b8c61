/** Scoped service tokens, for programs. Only the answers of `create` and `rotate` ever hold one. Times in ms since the epoch. */
import * as v from 'valibot'
import { controlWrites, method } from 'nexus-gateway/sdk'

const tenYearsMs = 10 * 365 * 86_400_000

export const TokenName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/))
/** Of operators or of a plugin; what is open to all needs no token, and nodes come by pairing. */
export const TokenScope = v.pipe(v.string(), v.maxLength(128), v.regex(/^(?!node\.)[a-z][a-z0-9-]*(\.[a-zA-Z0-9-]+)+$/))
const agent = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/))
const time = v.pipe(v.number(), v.integer(), v.minValue(0))

/** No scopes are none. `ttlMs`: without it the token holds until it is rotated or revoked. `budget`: as `5usd/day`, see the plugin that keeps to it. */
export const NewToken = v.strictObject({
  name: TokenName,
  scopes: v.pipe(v.array(TokenScope), v.maxLength(64)),
  ttlMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(tenYearsMs))),
  agent: v.optional(agent),
  budget: v.optional(v.pipe(v.string(), v.regex(/^[0-9][0-9A-Za-z.,/]{0,127}$/))),
})
export type NewToken = v.InferOutput<typeof NewToken>

const MintedToken = v.strictObject({ name: v.string(), token: v.string(), scopes: v.array(v.string()), createdAt: time, expiresAt: v.optional(time), agent: v.optional(v.string()), budget: v.optional(v.string()) })
export type MintedToken = v.InferOutput<typeof MintedToken>

/** `createdAt` and `createdBy` are of the token that holds now, so of its last rotation. `lastUsedAt` may have lost a minute. */
const TokenEntry = v.strictObject({
  name: v.string(), scopes: v.array(v.string()), createdAt: time, createdBy: v.string(), expiresAt: v.optional(time),
  lastUsedAt: v.optional(time), agent: v.optional(v.string()), budget: v.optional(v.string()), label: v.string(), expired: v.boolean(),
})
export type TokenEntry = v.InferOutput<typeof TokenEntry>

const ByName = v.strictObject({ name: TokenName })
const scope = 'operator.pairing'

export const tokenMethods = {
  'tokens.create': method({ scope, limit: controlWrites, params: NewToken, result: MintedToken, summary: 'Makes a service token. It is in this answer and nowhere else; it holds no more than its maker, and no longer.' }),
  'tokens.list': method({ scope, params: v.strictObject({}), result: v.strictObject({ tokens: v.array(TokenEntry) }), summary: 'The service tokens by name, without the tokens.' }),
  'tokens.rotate': method({ scope, limit: controlWrites, params: ByName, result: MintedToken, summary: 'Makes a new token of the same name, scopes, bounds and lifetime. The old one stops holding and what it let in is closed.' }),
  'tokens.revoke': method({ scope, limit: controlWrites, params: ByName, result: v.strictObject({ name: v.string(), revoked: v.literal(true) }), summary: 'Takes a service token away. What it let in is closed.' }),
}
