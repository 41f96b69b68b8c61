/**
 * What the AI SDK throws, as a failure anyone can act on. Its errors hold the request, the answer's body and
 * headers, so none of them travels further: the operator's log gets one line with whatever looks like a key left out.
 */
import { failureOf, providerFailure } from '../models/contract.ts'
import type { FailureKind, ProviderFailure } from '../models/contract.ts'
import type { NexusError } from 'nexus-gateway/sdk'

/** As much of an error of the SDK as is read here. A chunk `{"error": …}` of a stream arrives as that object. */
interface Thrown {
  readonly name?: unknown
  readonly message?: unknown
  readonly statusCode?: unknown
  readonly responseHeaders?: unknown
  readonly responseBody?: unknown
  readonly code?: unknown
  readonly type?: unknown
}

export interface Reading { readonly failure: NexusError; readonly said: string }

/** `now` in milliseconds since the epoch; `secrets` never appear in `said`. */
export function read(provider: string, error: unknown, now: number, secrets: readonly string[]): Reading {
  const thrown: Thrown = typeof error === 'object' && error !== null ? error : { message: error }
  const known = failureOf(error)
  if (known) return { failure: error as NexusError, said: known.kind }
  // A stream that breaks off carries the 200 it began with.
  const status = typeof thrown.statusCode === 'number' && thrown.statusCode >= 300 ? thrown.statusCode : undefined
  const retryAfterMs = retryAfter(thrown.responseHeaders, now)
  const more: Partial<Pick<ProviderFailure, 'status' | 'retryAfterMs'>> = {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  return { failure: providerFailure(provider, kindOf(thrown, status), more), said: scrubbed(String(thrown.message ?? 'no reason given'), secrets) }
}

function kindOf(thrown: Thrown, status: number | undefined): FailureKind {
  const words = `${String(thrown.code ?? '')} ${String(thrown.type ?? '')} ${String(thrown.message ?? '')} ${String(thrown.responseBody ?? '').slice(0, 2_000)}`
  if (thrown.code === 'NEXUS_SECRET_UNRESOLVED') return 'auth'
  if (/context_length_exceeded|maximum context length|context window|prompt is too long/i.test(words)) return 'context_length'
  if (/insufficient_quota|billing/i.test(words) && status !== 401) return 'billing'
  if (/content_filter|content_policy/i.test(words)) return 'refusal'
  if (status !== undefined) return byStatus(status)
  if (/rate_limit/i.test(words)) return 'rate_limit'
  if (isSdk(thrown, 'JSONParseError', 'TypeValidationError', 'NoSuchModelError', 'UnsupportedFunctionalityError', 'LoadAPIKeyError')) return 'format'
  // A stream that ends without saying why was cut off.
  if (isSdk(thrown, 'APICallError', 'InvalidResponseDataError', 'EmptyResponseBodyError')) return 'network'
  return 'server'
}

function byStatus(status: number): FailureKind {
  if (status === 401 || status === 403) return 'auth'
  if (status === 402) return 'billing'
  if (status === 408 || status === 504) return 'timeout'
  if (status === 429) return 'rate_limit'
  return status < 500 ? 'format' : 'server'
}

const isSdk = ({ name }: Thrown, ...kinds: readonly string[]): boolean => kinds.some((kind) => name === `AI_${kind}`)

const longestWaitMs = 24 * 3_600_000

/** `Retry-After` in seconds or as a date, or the finer `retry-after-ms`; nothing for what is neither. At most a day. */
function retryAfter(headers: unknown, now: number): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  const { 'retry-after-ms': fine, 'retry-after': plain } = headers as Record<string, string | undefined>
  const ms = isNumber(fine) ? Number(fine) : isNumber(plain) ? Number(plain) * 1_000 : plain === undefined ? NaN : Date.parse(plain) - now
  return Number.isNaN(ms) ? undefined : Math.min(longestWaitMs, Math.max(0, Math.round(ms)))
}

const isNumber = (text: string | undefined): text is string => text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text)

/** One short line without the secrets, or anything that looks like one. A value such as `eu` is no secret, and is part of many words. */
function scrubbed(text: string, secrets: readonly string[]): string {
  const line = secrets.filter((secret) => secret.length > 3).reduce((left, secret) => left.replaceAll(secret, '…'), text.split('\n', 1)[0] ?? '')
  return line.replace(/[\w+/=.*•-]{16,}/g, (word) => (/[\d*•]/.test(word) ? '…' : word)).slice(0, 300)
}
