/** `POST /rpc`: any method with `{method, params}`, under the same rules as over WebSocket. */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import { asNexusError, fail, type NexusError } from '../errors.ts'
import { nobody } from '../provenance.ts'
import { headersFor, jsonAnswer, wrongMethod, type Answer } from './answer.ts'
import { admitted, authenticate, HttpOrigin, refusalOf, tokenOf, type ListenerKind } from './credentials.ts'
import type { Desk } from './desk.ts'
import { jsonIn, unwritable, wireError } from './frames.ts'

/** The protocol's code for no credential at all. */
const missing = 'AUTH_TOKEN_MISSING'

const Body = v.strictObject({ method: v.pipe(v.string(), v.minLength(1)), params: v.optional(v.unknown()) })

export async function answerRpc(desk: Desk, req: IncomingMessage, res: ServerResponse, listener: ListenerKind): Promise<Answer> {
  const { kernel, limits } = desk
  if (req.method !== 'POST') return wrongMethod(['POST'])
  const refused = (error: NexusError): Answer => jsonAnswer(error.status, { ok: false, error: wireError(error, 4) }, { ...told, ...headersFor(error) })
  let refusal: NexusError | undefined
  let told = {}
  try {
    const token = tokenOf(req)
    const answer = await authenticate(desk, req, listener, token)
    // Without a credential one is nobody, and may call what is public; a credential that is refused ends it.
    if (!answer?.ok && token === undefined && (!answer || answer.code === missing)) refusal = refusalOf(answer)
    const { caller, tell } = refusal ? { caller: nobody } : admitted(answer)
    if (tell) told = headersOfTold(tell)
    const { method, params } = readBody(await gather(req, refusal ? limits.rpcBytesUnknown : limits.rpcBytes))
    const payload = await kernel.dispatch(method, params, new HttpOrigin(caller, req, res))
    try {
      return jsonAnswer(200, { ok: true, payload }, told)
    } catch (error) {
      throw unwritable(kernel, method, error)
    }
  } catch (thrown) {
    const error = asNexusError(thrown, 'NEXUS_CALL_FAILED', { verb: '/rpc', plugin: 'kernel', trace: '-' })
    // Which methods there are is nothing for strangers.
    return refused(error.status === 401 || error.code === 'NEXUS_CALL_UNKNOWN_METHOD' ? (refusal ?? error) : error)
  }
}

const headersOfTold = (tell: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tell).map(([name, value]) => [`x-nexus-${name}`, value]))

function gather(req: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = Number(req.headers['content-length'] ?? 0)
  return new Promise((resolve, reject) => {
    const tooLarge = (): void => reject(fail('NEXUS_HTTP_TOO_LARGE', { limit }))
    if (size > limit) return tooLarge()
    size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) tooLarge()
      else chunks.push(chunk)
    })
    req.on('end', () => resolve(Buffer.concat(chunks)))
    req.on('error', () => reject(fail('NEXUS_HTTP_BODY')))
  })
}

function readBody(bytes: Buffer): v.InferOutput<typeof Body> {
  const body = isUtf8(bytes) && jsonIn(bytes)
  if (!v.is(Body, body)) throw fail('NEXUS_HTTP_BODY')
  return body
}
