/** What is kept of a service token: never the token. */
import * as v from 'valibot'
import type { Caller } from 'nexus-gateway/sdk'
import { TokenScope } from './verbs.ts'

/** Strict: what another version has added may be a restriction, and a token without its restrictions must not hold. */
export const TokenRecord = v.strictObject({
  /** SHA-256, hex. */
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  scopes: v.array(TokenScope),
  label: v.picklist(['operator', 'device']),
  createdAt: v.number(),
  createdBy: v.string(),
  expiresAt: v.optional(v.number()),
  bounds: v.optional(v.record(v.string(), v.string())),
})
export type TokenRecord = v.InferOutput<typeof TokenRecord>

/** Caller ids of service tokens, as in `token:ci`. */
export const callerId = (name: string): string => `token:${name}`
/** `undefined` for whoever came with something else. */
export const nameIn = (id: string): string | undefined => (id.startsWith('token:') ? id.slice('token:'.length) : undefined)

export function callerOf(name: string, { scopes, label, bounds }: TokenRecord): Caller {
  return { id: callerId(name), role: 'operator', scopes: new Set(scopes), label, ...(bounds && { bounds }) }
}
