/** Which gateway a command means, and one call to it: `POST /rpc` over the unix socket or a URL. */
import { NexusError, reasonOf } from '../errors.ts'
import type { Paths } from '../paths.ts'
import { fail, misused } from './errors.ts'
import { newProof } from './local-proof.ts'
import type { Trust } from './pin.ts'

export interface Gateway {
  /** For messages. */
  readonly place: string
  /** Without one it is reached over `socket`. */
  readonly url: URL | undefined
  readonly socket: string
  /** The file of the secret that both ends of the socket know. */
  readonly local: string
  readonly token: string | undefined
  /** What the certificate at `url` must be; without it, one that Node trusts. */
  readonly trust: Trust | undefined
}
interface Flags { readonly url: string | undefined; readonly tokenFile: string | undefined; readonly tlsPin?: string | undefined }

const MAX_BYTES = 64 * 1024 * 1024
const GONE = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']

/** The token comes from --token-file, else NEXUS_TOKEN; over the socket it needs none, nor at a URL that is this state directory's own. */
export async function findGateway(flags: Flags, env: NodeJS.ProcessEnv, paths: Paths): Promise<Gateway> {
  const url = flags.url === undefined ? undefined : parseUrl(flags.url)
  if (url && !isSecure(url) && !isLoopback(url) && env['NEXUS_INSECURE'] !== '1') throw fail('NEXUS_CLI_PLAIN', { scheme: url.protocol.slice(0, -1), place: url.host })
  const fromEnv = env['NEXUS_TOKEN'] ? checked(env['NEXUS_TOKEN'], '$NEXUS_TOKEN') : undefined
  const given = flags.tokenFile === undefined ? fromEnv : await readToken(flags.tokenFile)
  const own = url !== undefined && (given === undefined || isSecure(url)) && await isOwn(url, paths)
  const token = given ?? (own ? await readToken(paths.token) : undefined)
  const trust = url && isSecure(url) ? await (await import('./pin.ts')).trustIn(flags.tlsPin ?? env['NEXUS_TLS_PIN'], own ? paths.state : undefined) : undefined
  return { place: url?.host ?? paths.state, url, socket: paths.socket, local: paths.local, token, trust }
}

export const isSecure = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'wss:'
/** A parsed URL has every spelling of an IPv4 address as four numbers. */
const isLoopback = ({ hostname }: URL): boolean => /^(localhost|\[::1\]|127(\.\d+){3})$/.test(hostname)

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^(https?|wss?):$/.test(url.protocol)) throw misused('--url takes an address such as http://127.0.0.1:19789', 'http, https, ws and wss are understood.')
  if (url.username || url.password || url.search) throw misused('--url must hold no secret: other programs can read it', 'Give the token with --token-file FILE or NEXUS_TOKEN.')
  return url
}

/** True only for the port that this state directory's living gateway listens on: nobody else is sent its token. */
async function isOwn(url: URL, paths: Paths): Promise<boolean> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) return false
  const { holderOf, readLock } = await import('./lock.ts')
  const lock = readLock(paths.lock)
  return lock?.port !== undefined && String(lock.port) === url.port && (await holderOf(lock, paths.socket)) === 'alive'
}

async function readToken(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const text = await (file === '-' ? readAll(process.stdin) : readFile(file, 'utf8')).catch((error: unknown) => { throw fail('NEXUS_CLI_TOKEN_FILE', { file }, error) })
  return checked(text, file)
}

/** What goes into a header must not be able to end it. */
function checked(text: string, file: string): string {
  const token = text.trim()
  if (!/^[\x21-\x7e]+$/.test(token)) throw fail('NEXUS_CLI_TOKEN_FILE', { file })
  return token
}

/** Throws if there is more than `MAX_BYTES` of it. */
export async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`)
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks).toString('utf8')
}

export interface CallOptions { readonly timeoutMs: number; readonly signal?: AbortSignal }

/** The method's payload. Throws what the gateway answered, or NEXUS_CLI_NO_GATEWAY, _UNREACHABLE, _TIMEOUT. */
export async function callGateway(gateway: Gateway, method: string, params: unknown, { timeoutMs, signal }: CallOptions): Promise<unknown> {
  const body = Buffer.from(JSON.stringify({ method, ...(params !== undefined && { params }) }))
  const proof = newProof(gateway)
  const fields = { 'content-type': 'application/json', 'content-length': String(body.length), ...(gateway.token && { authorization: `Bearer ${gateway.token}` }), ...(proof && { 'x-nexus-local': proof.header }) }
  const { answer, end } = gateway.url ? overUrl(gateway.url, gateway.trust, fields, body) : overSocket(gateway.socket, fields, body)
  let late = false
  const timer = setTimeout(() => {
    late = true
    end()
  }, timeoutMs)
  signal?.addEventListener('abort', end)
  try {
    const { text, proof: said } = await answer
    return payloadOf(text, gateway, proof === undefined || proof.answer === said)
  } catch (error) {
    throw late ? fail('NEXUS_CLI_TIMEOUT', { method, ms: timeoutMs }) : unreachable(error, gateway)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

interface Reply { readonly text: string; readonly proof?: string | undefined }
interface Exchange { readonly answer: Promise<Reply>; end(): void }
type Fields = Readonly<Record<string, string>>

/** HTTP/1.0, as it knows neither chunks nor reuse: the answer is what comes until the end. Loading `node:http` would take half as long again as a start of Node. */
function overSocket(path: string, fields: Fields, body: Buffer): Exchange {
  const stream = process.getBuiltinModule('node:net').connect(path)
  const head = ['POST /rpc HTTP/1.0', 'host: localhost', ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`), '', '']
  stream.write(head.join('\r\n'))
  stream.write(body)
  return { answer: readAll(stream).then(replyIn), end: () => void stream.destroy() }
}

function replyIn(text: string): Reply {
  const end = text.indexOf('\r\n\r\n')
  return { text: text.slice(end + 4), proof: /^x-nexus-proof: *(\S+)$/im.exec(text.slice(0, end))?.[1] }
}

function overUrl(url: URL, trust: Trust | undefined, headers: Fields, body: Buffer): Exchange {
  const stop = new AbortController()
  return { answer: asked(url, trust, headers, body, stop.signal), end: () => stop.abort() }
}

// Imported, Node 22 and later load their whole WebSocket client with it, which takes longer than the call.
async function asked(url: URL, trust: Trust | undefined, headers: Fields, body: Buffer, signal: AbortSignal): Promise<Reply> {
  const { hostname, port, pathname } = url
  const checked = trust && await (await import('./pin.ts')).trustedSocket(url, trust, signal)
  const { request } = isSecure(url) && !checked ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  const way = checked ? { createConnection: () => checked } : { agent: false, minVersion: 'TLSv1.2' as const }
  const req = request({ method: 'POST', hostname: hostname.replace(/^\[|\]$/g, ''), port: port || (isSecure(url) ? 443 : 80), path: `${pathname.replace(/\/$/, '')}/rpc`, headers, signal, ...way })
  return new Promise((resolve, reject) => {
    req.once('response', (response) => void readAll(response).then((text) => resolve({ text }), reject)).once('error', reject).end(body)
  })
}

export function unreachable(error: unknown, { place }: Gateway): NexusError {
  if (error instanceof NexusError) return error
  if (GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return fail('NEXUS_CLI_NO_GATEWAY', { place }, error)
  const signsItself = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'].includes((error as NodeJS.ErrnoException).code ?? '')
  return fail('NEXUS_CLI_UNREACHABLE', { place, reason: signsItself ? 'its certificate signs itself; give its pin with NEXUS_TLS_PIN=sha256/...' : reasonOf(error) }, error)
}

/** Of what has not proved to be the gateway nothing is believed, errors and fixes included. */
export function impostor({ place, local }: Gateway, error: unknown): NexusError {
  const { code, details } = (error ?? {}) as { code?: unknown; details?: { code?: unknown } | null }
  const known = [details?.code, code].find((name) => typeof name === 'string' && /^[A-Z_]{2,40}$/.test(name))
  return fail('NEXUS_CLI_IMPOSTOR', { place, file: local, said: known === undefined ? '' : ` (it said ${String(known)})` })
}

function payloadOf(text: string, gateway: Gateway, proven: boolean): unknown {
  const { place } = gateway
  let answer: { readonly ok?: unknown; readonly payload?: unknown; readonly error?: unknown } | null
  try {
    answer = JSON.parse(text) as typeof answer
  } catch (error) {
    throw fail('NEXUS_CLI_UNREACHABLE', { place, reason: 'its answer is not that of a gateway' }, error)
  }
  if (!proven) throw impostor(gateway, answer?.error)
  if (answer?.ok === true) return answer.payload
  throw remoteError(answer?.error, place)
}

/** An error of the wire: our own code where the gateway gave it, the protocol's otherwise. */
export function remoteError(error: unknown, place: string): NexusError {
  const { code, message, details, retryable } = (error ?? {}) as { code?: unknown; message?: unknown; details?: { nexus?: unknown; fix?: unknown } | null; retryable?: unknown }
  if (typeof code !== 'string' || typeof message !== 'string') return fail('NEXUS_CLI_UNREACHABLE', { place, reason: 'its answer is not that of a gateway' })
  const own = typeof details?.nexus === 'string' ? details.nexus : code
  return new NexusError(own, { text: '{message}', fix: typeof details?.fix === 'string' ? details.fix : '', retryable: retryable === true }, { message })
}
