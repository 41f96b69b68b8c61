/** Answers that the gateway gives itself. Errors of routes are `{error:{message,type,code}}`, the shape that OpenAI's clients read. */
import type { NexusError } from '../errors.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const types: Readonly<Record<number, string>> = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 429: 'rate_limited' }

export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers }, body: JSON.stringify(body) }
}

export function errorAnswer(error: NexusError): Answer {
  const { status, message, code, data: { missing, have } } = error
  const scopes = typeof missing === 'string' && Array.isArray(have) ? { requiredScopes: [missing], have } : {}
  const type = types[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error')
  // A stranger learns nothing of what exists.
  return jsonAnswer(status, { error: status === 401 ? { message: 'Unauthorized', type } : { message, type, code, ...scopes } }, headersFor(error))
}

export const wrongMethod = (allow: readonly string[]): Answer => ({ status: 405, headers: { 'Content-Type': 'text/plain; charset=utf-8', Allow: allow.join(', ') }, body: 'Method Not Allowed' })

export function headersFor({ status, data: { retryAfterMs } }: NexusError): Record<string, string> {
  return {
    ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    ...(typeof retryAfterMs === 'number' && { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
  }
}
