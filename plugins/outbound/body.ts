/** The body of an answer: measured, decompressed, measured again, and read only as fast as it is taken. */
import type { IncomingMessage } from 'node:http'
import { pipeline, Transform } from 'node:stream'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { NexusError } from 'nexus-gateway/sdk'
import type { FetchResponse } from './contract.ts'
import { codeOf, fail } from './errors.ts'
import type { Watch } from './watch.ts'

export interface BodyOptions {
  readonly method: string
  readonly maxBytes: number
  /** Between two pieces, while somebody waits for the next. */
  readonly idleMs: number
  readonly watch: Watch
  /** Once, when nothing more will come. */
  readonly ended: (bytes: number, error?: NexusError) => void
}

type Body = Pick<FetchResponse, 'body' | 'bytes' | 'text' | 'cancel'>

/** @throws NEXUS_OUTBOUND_TOO_LARGE, NEXUS_OUTBOUND_RESPONSE for what the head says already */
export function bodyOf(response: IncomingMessage, options: BodyOptions): Body {
  const { maxBytes, idleMs, watch } = options
  const empty = options.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304 || response.headers['content-length'] === '0'
  if (!empty && Number(response.headers['content-length']) > maxBytes) throw tooLarge(maxBytes)
  const source = empty ? response : decoded(response, encodingOf(response), maxBytes)
  let taken = false
  let size = 0

  async function* read(limit: number): AsyncGenerator<Uint8Array, void, undefined> {
    let error: NexusError | undefined
    try {
      watch.signal.throwIfAborted()
      watch.wait('the next piece of the body', idleMs)
      for await (const chunk of source as AsyncIterable<Buffer>) {
        watch.rest()
        size += chunk.length
        if (size > limit) throw tooLarge(limit)
        yield chunk
        watch.wait('the next piece of the body', idleMs)
      }
    } catch (thrown) {
      throw error = watch.signal.aborted ? watch.signal.reason as NexusError : failureOf(thrown)
    } finally {
      options.ended(size, error)
    }
  }

  function take(limit = maxBytes): AsyncGenerator<Uint8Array, void, undefined> {
    if (taken) throw fail('NEXUS_OUTBOUND_REQUEST', { reason: 'its answer has been read already' })
    if (!(limit >= 0)) throw fail('NEXUS_OUTBOUND_REQUEST', { reason: 'a limit is a number of bytes' })
    taken = true
    return read(Math.min(limit, maxBytes))
  }

  async function bytes(limit?: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for await (const chunk of take(limit)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  // Also the end of a request that nobody reads, or nobody reads on.
  watch.signal.addEventListener('abort', () => options.ended(size, watch.signal.reason as NexusError), { once: true })

  return {
    body: { [Symbol.asyncIterator]: () => take() },
    bytes,
    text: async (limit) => new TextDecoder().decode(await bytes(limit)),
    cancel: () => {
      options.ended(size)
      watch.abort()
    },
  }
}

function encodingOf(response: IncomingMessage): string {
  const encoding = (response.headers['content-encoding'] ?? '').trim().toLowerCase()
  return encoding === 'x-gzip' ? 'gzip' : encoding === 'identity' ? '' : encoding
}

function decoded(response: IncomingMessage, encoding: string, maxBytes: number): Readable {
  if (encoding === '') return response
  const decoder = encoding === 'gzip' ? createGunzip() : encoding === 'br' ? createBrotliDecompress() : undefined
  if (!decoder) throw fail('NEXUS_OUTBOUND_RESPONSE', { reason: 'it is compressed in a way that was not asked for' })
  // Errors reach the reader through the last stream; the callback only keeps them from being nobody's.
  return pipeline(response, meter(maxBytes), decoder, () => {})
}

function meter(limit: number): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length
      if (size > limit) done(tooLarge(limit, ' before it is decompressed'))
      else done(null, chunk)
    },
  })
}

function failureOf(error: unknown): NexusError {
  if (error instanceof NexusError) return error
  const code = codeOf(error)
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_')) return fail('NEXUS_OUTBOUND_RESPONSE', { reason: `it cannot be decompressed (${code})` }, error)
  return fail('NEXUS_OUTBOUND_CONNECT', { reason: `the body was cut off (${code})` }, error)
}

const tooLarge = (limit: number, how = '') => fail('NEXUS_OUTBOUND_TOO_LARGE', { limit, how })
