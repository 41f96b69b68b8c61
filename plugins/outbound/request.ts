/** What the caller wants sent, checked. */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { fail } from './errors.ts'

export interface Message {
  readonly method: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** They say where and how a message is sent, so they are set here or not at all. */
const ours: ReadonlySet<string> = new Set([
  'accept-encoding', 'connection', 'content-length', 'expect', 'host', 'http2-settings', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade',
])
/** Nothing else goes to another origin: any header may carry a key. */
const harmless: ReadonlySet<string> = new Set(['accept', 'accept-language', 'cache-control', 'range', 'user-agent'])
const aboutBody = /^content-/
const mostHeaders = 100
const mostHeaderBytes = 16 * 1024

/** @throws NEXUS_OUTBOUND_REQUEST */
export function messageOf(options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array }): Message {
  const { method = 'GET', headers = {}, body } = options
  if (!methods.includes(method)) throw refused(`the method is none of ${methods.join(', ')}`)
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) throw refused('the body is neither text nor bytes')
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) throw refused(`a ${method} has no body`)
  return { method, headers: { accept: '*/*', 'user-agent': 'nexus-gateway', ...checked(headers) }, body }
}

/** What is sent to the origin of a redirect. */
export function withoutSecrets(message: Message, secret: ReadonlySet<string>): Message {
  return { ...message, headers: keep(message.headers, (name) => harmless.has(name) && !secret.has(name)) }
}

export function asGet(message: Message): Message {
  return { method: message.method === 'HEAD' ? 'HEAD' : 'GET', headers: keep(message.headers, (name) => !aboutBody.test(name)), body: undefined }
}

function checked(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  if (entries.length > mostHeaders) throw refused(`there are more than ${mostHeaders} headers`)
  if (entries.reduce((sum, [name, value]) => sum + name.length + String(value).length + 4, 0) > mostHeaderBytes) throw refused(`the headers are longer than ${mostHeaderBytes} bytes`)
  for (const [name, value] of entries) checkHeader(name, value)
  if (new Set(entries.map(([name]) => name)).size < entries.length) throw refused('a header stands there twice')
  return Object.fromEntries(entries)
}

function checkHeader(name: string, value: unknown): void {
  if (ours.has(name)) throw refused('a header belongs to the connection, not to the caller')
  try {
    if (typeof value !== 'string') throw new TypeError('no text')
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch {
    // Without the error itself: it repeats the name.
    throw refused('the name or the value of a header has characters that headers do not have')
  }
}

const keep = (headers: Readonly<Record<string, string>>, fits: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => fits(name)))

const refused = (reason: string) => fail('NEXUS_OUTBOUND_REQUEST', { reason })
