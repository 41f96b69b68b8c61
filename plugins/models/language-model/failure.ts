/**
 * What the AI SDK throws, as a failure anyone can act on. Its errors hold the request, the answer's body and
 * headers, so none of them travels further: the operator's log gets one line with whatever looks like a key left out.
 */
import type { NexusError } from 'nexus-gateway/sdk'
import { failureOf, providerFailure } from '../errors.ts'
import type { FailureKind, ProviderFailure } from '../errors.ts'
import { isUnconnected } from './unconnected.ts'

/** As much of an error of the SDK as is read here. An error inside a stream arrives as the object the provider sent, or as that of the SDK around it. */
interface Thrown {
  readonly name?: unknown
  readonly message?: unknown
  readonly statusCode?: unknown
  readonly responseHeaders?: unknown
  readonly responseBody?: unknown
  readonly code?: unknown
  readonly type?: unknown
  readonly status?: unknown
  readonly error?: unknown
  readonly cause?: unknown
}

export interface Reading { readonly failure: NexusError; readonly said: string }

/** What a server answered in place of what it was asked for, to be thrown: a status with its headers and body, or the error that stands in its stream. */
export function serverSaid({ status, headers, body }: { readonly status?: number; readonly headers?: Readonly<Record<string, unknown>>; readonly body: unknown }): Error {
  const inner = fieldsOf(fieldsOf(parsedOf(body))['error'] ?? parsedOf(body))
  const { message, code, type } = inner
  const stated = status ?? (typeof code === 'number' && code >= 400 && code < 600 ? code : undefined)
  const text = typeof message === 'string' ? message : stated === undefined ? 'no reason given' : `HTTP ${stated}`
  return Object.assign(new Error(text), { code, type, status: inner['status'], ...(stated !== undefined && { statusCode: stated }), responseHeaders: headers, responseBody: typeof body === 'string' ? body : JSON.stringify(body) })
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : typeof value === 'string' ? { message: value } : {})

function parsedOf(body: unknown): unknown {
  if (typeof body !== 'string') return body
  try {
    return JSON.parse(body)
  } catch {
    return undefined // a page, or nothing: the status says enough
  }
}

/** `now` in milliseconds since the epoch; `secrets` never appear in `said`. */
export function read(provider: string, error: unknown, now: number, secrets: readonly string[]): Reading {
  const thrown = asThrown(error)
  const known = failureOf(error)
  // Its cause, where it has one, is in words of our own.
  if (known) return { failure: error as NexusError, said: scrubbed((error as Error).cause instanceof Error ? ((error as Error).cause as Error).message : known.kind, secrets) }
  // A stream that breaks off carries the 200 it began with.
  const status = typeof thrown.statusCode === 'number' && thrown.statusCode >= 300 ? thrown.statusCode : undefined
  const retryAfterMs = retryAfter(thrown.responseHeaders, now) ?? retryInfo(thrown.responseBody)
  const more: Partial<Pick<ProviderFailure, 'status' | 'retryAfterMs' | 'unsent'>> = {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(status === undefined && isUnconnected(error) && { unsent: true }),
  }
  return { failure: providerFailure(provider, kindOf(thrown, status), more), said: scrubbed(String(thrown.message ?? 'no reason given'), secrets) }
}

/** `{"type": "error", "error": {…}}` is what stands inside it. */
function asThrown(error: unknown): Thrown {
  if (typeof error !== 'object' || error === null) return { message: error }
  const { error: inner } = error as Thrown
  return typeof inner === 'object' && inner !== null && !('statusCode' in error) ? { ...error, ...inner } : error
}

/** What providers write where a status does not say it. Order decides. */
const phrases: readonly (readonly [RegExp, FailureKind])[] = [
  [/context_length_exceeded|maximum context length|context window|prompt is too long|input token count.{0,40}exceeds|exceeds the maximum number of tokens/i, 'context_length'],
  [/insufficient_quota|billing|credit balance is too low|payment required|insufficient (?:credits|funds|balance)/i, 'billing'],
  [/content_filter|content_policy/i, 'refusal'],
]
/** The same for what has no status: an error in mid-stream, or one that Google sends as 400. */
const unstated: readonly (readonly [RegExp, FailureKind])[] = [
  [/API[_ ]key[_ ](?:not valid|invalid|expired)|invalid_api_key|authentication_error|permission_error|PERMISSION_DENIED|UNAUTHENTICATED/i, 'auth'],
  [/rate_limit|RESOURCE_EXHAUSTED|too many requests/i, 'rate_limit'],
  [/overloaded|UNAVAILABLE|server_error|api_error|INTERNAL\b/, 'server'],
  [/DEADLINE_EXCEEDED|timeout_error/, 'timeout'],
  [/invalid_request_error|INVALID_ARGUMENT|not_found_error|NOT_FOUND/, 'format'],
]

function kindOf(thrown: Thrown, status: number | undefined): FailureKind {
  const words = [thrown.code, thrown.type, thrown.status, thrown.message, String(thrown.responseBody ?? '').slice(0, 2_000)].map((word) => String(word ?? '')).join(' ')
  const said = (list: typeof phrases): FailureKind | undefined => list.find(([phrase]) => phrase.test(words))?.[1]
  if (thrown.code === 'NEXUS_SECRET_UNRESOLVED') return 'auth'
  const plain = said(phrases)
  if (plain !== undefined && !(plain === 'billing' && status === 401)) return plain
  // The SDK gives an event that it cannot read, when it is the first, the status of a server's fault.
  if (/^(?:JSON parsing|Type validation) failed: /.test(String(thrown.message))) return 'format'
  if (status !== undefined) return status === 400 && said(unstated.slice(0, 1)) === 'auth' ? 'auth' : byStatus(status)
  if (isUnreadable(thrown) || isUnreadable(asThrown(thrown.cause)) || isSdk(thrown, 'NoSuchModelError', 'UnsupportedFunctionalityError', 'LoadAPIKeyError', 'InvalidPromptError')) return 'format'
  const known = said(unstated)
  if (known !== undefined) return known
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

/** What came is not what was asked for; of an answer in one piece the SDK says so behind an error of its own. */
const isUnreadable = (thrown: Thrown): boolean => isSdk(thrown, 'JSONParseError', 'TypeValidationError')

const longestWaitMs = 24 * 3_600_000

/** `Retry-After` in seconds or as a date, or the finer `retry-after-ms`; nothing for what is neither. At most a day. Said twice, the first one counts. */
function retryAfter(headers: unknown, now: number): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  const { 'retry-after-ms': fine, 'retry-after': plain } = headers as Record<string, string | undefined>
  const ms = numberIn(fine) ?? seconds(numberIn(plain)) ?? dateIn(plain) - now
  return Number.isNaN(ms) ? undefined : Math.min(longestWaitMs, Math.max(0, Math.round(ms)))
}

/** Google says it in the body: `"retryDelay": "34s"`. */
function retryInfo(body: unknown): number | undefined {
  const seconds = typeof body === 'string' ? /"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d{1,9})?)s"/.exec(body.slice(0, 20_000))?.[1] : undefined
  return seconds === undefined ? undefined : Math.min(longestWaitMs, Math.round(Number(seconds) * 1_000))
}

function numberIn(text: string | undefined): number | undefined {
  const [, digits] = /^\s*(\d+(?:\.\d+)?)\s*(?:,|$)/.exec(text ?? '') ?? []
  return digits === undefined ? undefined : Number(digits)
}
const seconds = (count: number | undefined): number | undefined => (count === undefined ? undefined : count * 1_000)
/** `Date.parse` makes a date of much that is none, such as -5: one of HTTP begins with the day and ends with GMT. */
const dateIn = (text = ''): number => (/^\s*[A-Z][a-z]{2,8},? .*GMT\s*$/.test(text) ? Date.parse(text) : NaN)

/** One short line without the secrets, or anything that looks like one. A value such as `eu` is no secret, and is part of many words. */
function scrubbed(text: string, secrets: readonly string[]): string {
  const line = secrets.filter((secret) => secret.length > 3).reduce((left, secret) => left.replaceAll(secret, '…'), text.split('\n', 1)[0] ?? '')
  return line.replace(/[\w+/=.*•-]{16,}/g, (word) => (/[\d*•]/.test(word) ? '…' : word)).slice(0, 300)
}
