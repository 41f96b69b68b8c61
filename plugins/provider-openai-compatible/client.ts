/** What is asked of a server that speaks OpenAI's wire format: an answer piece by piece, and vectors of texts. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from 'nexus-gateway/sdk'
import { isUnconnected, providerFailure, serverSaid } from '../models/contract.ts'
import type { EmbedCall, EmbedFinish, EmitPart, ModelFinish, ModelRequest, Way } from '../models/contract.ts'
import { createAnswer } from './chat/answer.ts'
import { bodyOf } from './chat/body.ts'
import { eventReader } from './chat/events.ts'
import { createLine, readEach, readText } from './line.ts'
import { vectorsIn } from './vectors.ts'

export interface Client {
  stream(request: ModelRequest, way: Way, emit: EmitPart): Promise<ModelFinish>
  embed(call: EmbedCall, way: Way): Promise<EmbedFinish>
  /** Closes the connections. */
  close(): void
}

const mostEventChars = 8 * 1024 * 1024
const mostErrorBytes = 256 * 1024
const mostVectorBytes = 64 * 1024 * 1024
/** For the end of a body after its last word. */
const graceMs = 1_000

export function createClient(provider: string, baseUrl: string, clock: Clock): Client {
  const line = createLine(baseUrl)
  const written = new WeakMap()
  const failed = (words: string, kind: 'network' | 'format' = 'format'): Error => providerFailure(provider, kind, {}, new Error(words))
  const soon = (give: () => void): (() => void) => {
    let timer: unknown
    // Most end in the same piece, and need no timer.
    const look = setImmediate(() => { timer = clock.setTimeout(give, graceMs) })
    return () => {
      clearImmediate(look)
      if (timer !== undefined) clock.clearTimeout(timer)
    }
  }

  async function asked(path: string, body: string, { headers, onEnd }: Way): Promise<IncomingMessage> {
    const response = await line.post(path, headers, body, onEnd).catch(unreached)
    const status = response.statusCode ?? 0
    if (status >= 200 && status < 300) return response
    const { text } = await readText(response, mostErrorBytes).catch(() => ({ text: '' }))
    throw serverSaid({ status, headers: response.headers, body: text })
  }

  /** The error itself may hold what came over the wire. */
  const unreached = (error: NodeJS.ErrnoException): never => {
    throw providerFailure(provider, 'network', isUnconnected(error) ? { unsent: true } : {}, new Error(`no connection (${error.code ?? error.name})`))
  }

  return {
    async stream(request, way, emit) {
      const response = await asked('/chat/completions', bodyOf(request, written), way)
      if (/\bjson\b/.test(response.headers['content-type'] ?? '')) {
        response.destroy()
        throw failed('it answered with JSON in place of a stream')
      }
      const answer = createAnswer({ provider, emit, fed: way.fed })
      const read = eventReader(answer.take, { most: mostEventChars, tooLong: () => failed('an event of its stream is too long') })
      await readEach(response, {
        take: (bytes) => {
          read(bytes)
          return answer.over()
        },
        soon, broken: () => failed('its stream was cut off', 'network'),
      })
      return { ...answer.finish(), provider: request.provider, model: request.model }
    },
    async embed({ model, values, dimensions }, way) {
      const response = await asked('/embeddings', JSON.stringify({ model, input: values, encoding_format: 'float', dimensions }), way)
      const { text, whole } = await readText(response, mostVectorBytes).catch(unreached)
      const finish = whole ? vectorsIn(text) : undefined
      if (!finish) throw failed('what it answered holds no vectors')
      return finish
    },
    close: line.close,
  }
}
