/** One request on a connection of its own: no pool, so no socket that was checked for something else; no proxy either. */
import { request as overHttp } from 'node:http'
import type { IncomingMessage, RequestOptions as HttpOptions } from 'node:http'
import { request as overHttps } from 'node:https'
import type { RequestOptions } from 'node:https'
import { NexusError } from 'nexus-gateway/sdk'
import { codeOf, fail } from './errors.ts'
import type { Step } from './redirect.ts'
import { pinned } from './resolve.ts'
import type { Pin } from './resolve.ts'
import type { Watch } from './watch.ts'

export interface ExchangeLimits {
  /** From the connection to the end of the answer's headers, the sending of the body included. */
  readonly headersMs: number
  readonly maxHeaderBytes: number
}

/** Certificates to trust instead of the system's. */
export interface Trust { readonly ca?: string }

/** Resolves with the head of the answer; its body has not been read. */
export function exchange(step: Step, pins: readonly Pin[], limits: ExchangeLimits, watch: Watch, trust: Trust = {}): Promise<IncomingMessage> {
  const secure = step.target.url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const request = secure ? overHttps({ ...optionsOf(step, pins, limits), ...trust, rejectUnauthorized: true }) : overHttp(optionsOf(step, pins, limits))
    let answer: IncomingMessage | undefined
    const stop = (): void => void (answer ?? request).destroy(watch.signal.reason as Error)
    watch.signal.addEventListener('abort', stop, { once: true })
    request.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => watch.wait('the head of the answer', limits.headersMs)))
    request.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(fail('NEXUS_OUTBOUND_RESPONSE', { reason: 'it changes the protocol' }))
    })
    request.on('error', (thrown) => {
      const error = failureOf(thrown, limits)
      answer?.destroy(error)
      reject(error)
    })
    request.on('response', (response) => {
      watch.rest()
      answer = response
      // Whoever reads it gets the error; without a reader it must not end the process.
      response.on('error', () => {})
      resolve(response)
    })
    request.on('close', () => watch.signal.removeEventListener('abort', stop))
    request.end(step.message.body)
    if (watch.signal.aborted) stop()
  })
}

function optionsOf({ target, message }: Step, pins: readonly Pin[], limits: ExchangeLimits): HttpOptions & RequestOptions {
  const { url, host, port } = target
  return {
    host, port, method: message.method, path: `${url.pathname}${url.search}`, agent: false, lookup: pinned(pins),
    headers: {
      ...message.headers, host: url.host,
      // Part of a compressed answer cannot be decompressed.
      'accept-encoding': 'range' in message.headers ? 'identity' : 'gzip, br',
      ...(message.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(message.body)) }),
    },
    maxHeaderSize: limits.maxHeaderBytes, insecureHTTPParser: false,
  }
}

/** What the network, TLS or the parser threw, in the words of this plugin. */
function failureOf(error: unknown, { maxHeaderBytes }: Pick<ExchangeLimits, 'maxHeaderBytes'>): NexusError {
  if (error instanceof NexusError) return error
  const code = codeOf(error)
  if (code === 'HPE_HEADER_OVERFLOW') return fail('NEXUS_OUTBOUND_RESPONSE', { reason: `its headers are longer than ${maxHeaderBytes} bytes` })
  if (code.startsWith('HPE_')) return fail('NEXUS_OUTBOUND_RESPONSE', { reason: `it is not HTTP (${code})` })
  return fail('NEXUS_OUTBOUND_CONNECT', { reason: code }, error)
}
