/** Request frames in, response frames out. Shapes: PROTOCOL section 2; errors: section 6. */
import * as v from 'valibot'
import { fail, type NexusError, type WireCode } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { check } from '../validate.ts'

export type Protocol = 3 | 4

export interface RequestFrame {
  readonly type: 'req'
  readonly id: string
  readonly method: string
  readonly params?: unknown
  /** W3C trace context. */
  readonly traceparent?: string
  readonly expectedProfileId?: string
}

/** What the bytes say; nothing if they are no JSON, which never says that. */
export function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    // Whoever reads it finds that it is not what it should be.
    return undefined
  }
}

/** `id` and `method` are kept while a call runs. */
const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))
const Id = text(256)
const AnswerId = v.union([Id, v.number()])
const Request = v.strictObject({
  type: v.literal('req'), id: Id, method: text(256), params: v.optional(v.unknown()),
  traceparent: v.optional(text(128)), expectedProfileId: v.optional(text(128)),
})

/** What `Request` says, by hand: this is on the way of every call. Frames with the rarer keys take the long way. */
export function isRequest(value: unknown): value is RequestFrame {
  if (typeof value !== 'object' || value === null) return false
  const { type, id, method } = value as Partial<RequestFrame>
  if (type !== 'req' || !isShort(id) || !isShort(method)) return false
  for (const key in value) {
    if (key !== 'type' && key !== 'id' && key !== 'method' && key !== 'params') return v.is(Request, value)
  }
  return true
}
const isShort = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 256

export function requestFaults(value: unknown): string {
  const checked = check(Request, value)
  return checked.ok ? '' : checked.faults
}

/** The id to answer a bad frame under. The reference answers a numeric id as it came. */
export function answerId(value: unknown): string | number {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
  return v.is(AnswerId, id) ? id : 'invalid'
}

/** The trace id of a W3C `traceparent`, if it is one. */
export function traceOf(traceparent: string | undefined): string | undefined {
  return traceparent === undefined ? undefined : /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent)?.[1]
}

/** Throws what `JSON.stringify` throws: the payload is circular, or holds a BigInt. */
export function okFrame(id: string, payload: unknown): string {
  const json = JSON.stringify(payload)
  const start = `{"type":"res","id":${JSON.stringify(id)},"ok":true`
  return json === undefined ? `${start}}` : `${start},"payload":${json}}`
}

/** What the caller gets in place of a result that is circular, or holds a BigInt. */
export function unwritable({ methods }: Kernel, method: string, cause: unknown): NexusError {
  return fail('NEXUS_CALL_BAD_RESULT', { verb: method, plugin: methods.get(method)?.plugin, faults: 'it cannot be written as JSON' }, cause)
}

export function errorFrame(id: string | number, error: NexusError, protocol: Protocol): string {
  const frame = (wire: WireError): string => JSON.stringify({ type: 'res', id, ok: false, error: wire })
  const wire = wireError(error, protocol)
  try {
    return frame(wire)
  } catch {
    // A plugin put something into `details` that cannot be written as JSON; code and message still can.
    return frame({ code: wire.code, message: wire.message, details: { nexus: error.code } })
  }
}

export interface WireError {
  readonly code: WireCode
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly retryable?: true
  readonly retryAfterMs?: number
}

/** Codes that protocol 3 does not have, and what it says in their place. */
const codesOf3: Partial<Record<WireCode, WireCode>> = { FORBIDDEN: 'INVALID_REQUEST', APPROVAL_NOT_FOUND: 'INVALID_REQUEST' }

/**
 * An error as a client of either generation reads it. `data.details` of the error, a plain object, goes into `details`
 * as it is; `data.missing` and `data.have` are scopes; `data.retryAfterMs` is a time to wait. Nothing else leaves the process.
 */
export function wireError(error: NexusError, protocol: Protocol): WireError {
  const { missing, have, details, retryAfterMs } = error.data
  return {
    code: (protocol === 3 ? codesOf3[error.wire] : undefined) ?? error.wire,
    message: error.message,
    details: {
      ...(error.row.detail !== undefined && { code: error.row.detail }),
      ...(typeof missing === 'string' && { missingScope: missing, requiredScopes: [missing] }),
      ...(Array.isArray(have) && { have }),
      ...(typeof details === 'object' && details),
      nexus: error.code,
      fix: error.fix,
    },
    ...(error.retryable && { retryable: true as const }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
  }
}
