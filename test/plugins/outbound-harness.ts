/** Servers on loopback that remember what they were asked, and a guarded fetch whose DNS says what a test wants. */
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Cause, Clock } from 'nexus-gateway/sdk'
import type { FetchApi, FetchOptions, OutboundHop, OutboundOutcome } from '../../plugins/outbound/contract.ts'
import { createFetch } from '../../plugins/outbound/fetch.ts'
import type { Limits } from '../../plugins/outbound/fetch.ts'
import { createPolicy } from '../../plugins/outbound/policy.ts'
import { parseRules } from '../../plugins/outbound/rules.ts'
import { tlsCert, tlsKey } from './outbound-tls.ts'

export const cause: Cause = { caller: { id: 'test', role: 'operator', scopes: new Set(), label: 'tool' }, trace: 'trace-1', path: [] }

export interface Asked { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string }
export interface Site { readonly port: number; readonly asked: Asked[]; connections(): number }

const closed = (server: Server, sockets: Set<Socket>): void => {
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  onTestFinished(() => new Promise((done) => {
    for (const socket of sockets) socket.destroy()
    server.close(() => done())
  }))
}

const listening = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve((server.address() as AddressInfo).port)))

export async function site(answer: RequestListener, { host = '127.0.0.1', port = 0, tls = false } = {}): Promise<Site> {
  const asked: Asked[] = []
  const listener: RequestListener = async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    asked.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    answer(request, response)
  }
  const server = tls ? createTlsServer({ key: tlsKey, cert: tlsCert }, listener) : createServer(listener)
  const sockets = new Set<Socket>()
  closed(server, sockets)
  return { port: await listening(server, host, port), asked, connections: () => sockets.size }
}

/** A server that speaks TCP and nothing else. */
export async function rawSite(answer: (socket: Socket) => void): Promise<Site> {
  const server = createTcpServer(answer)
  const sockets = new Set<Socket>()
  closed(server, sockets)
  return { port: await listening(server, '127.0.0.1', 0), asked: [], connections: () => sockets.size }
}

export const redirectTo = (location: string, status = 302): RequestListener => (_, response) => void response.writeHead(status, { location }).end('moved')

export const clock: Clock = { now: Date.now, setTimeout: (run, ms) => setTimeout(run, ms), clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) }
export const limits: Limits = { maxBytes: 1_000_000, maxHeaderBytes: 16_384, maxRedirects: 5, connectMs: 5_000, headersMs: 5_000, idleMs: 5_000, totalMs: 20_000, concurrency: 8 }

export interface Guard {
  fetch(url: string | URL, options?: Partial<FetchOptions>): ReturnType<FetchApi['fetch']>
  /** Names that DNS was asked for, in order. */
  readonly resolved: string[]
  readonly hops: OutboundHop[]
  readonly outcomes: OutboundOutcome[]
  stop(): void
}

export interface GuardOptions {
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  /** Addresses by name; a function may answer otherwise each time. */
  readonly dns?: Readonly<Record<string, readonly string[] | (() => readonly string[] | Promise<readonly string[]>)>>
  readonly limits?: Partial<Limits>
  readonly downgrade?: boolean
  readonly before?: (hop: OutboundHop) => void
}

export function guard(options: GuardOptions = {}): Guard {
  const resolved: string[] = []
  const hops: OutboundHop[] = []
  const outcomes: OutboundOutcome[] = []
  const life = new AbortController()
  const fetch = createFetch({
    policy: createPolicy(parseRules(options.allow ?? [], 'allow'), parseRules(options.deny ?? [], 'deny')),
    limits: { ...limits, ...options.limits }, downgrade: options.downgrade ?? false, clock, signal: life.signal, trust: { ca: tlsCert },
    async lookup(host) {
      resolved.push(host)
      const answer = options.dns?.[host]
      if (!answer) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
      return typeof answer === 'function' ? answer() : answer
    },
    before(hop) {
      hops.push(hop)
      options.before?.(hop)
    },
    after: (outcome) => void outcomes.push(outcome),
  })
  return { fetch: (url, given) => fetch(url, { cause, ...given }), resolved, hops, outcomes, stop: () => life.abort() }
}

/** Loopback stands in for the public network: these names may lead there, on any port that is given. */
export const world = (names: readonly string[], sites: readonly Site[], options: GuardOptions = {}): Guard => guard({
  ...options,
  allow: [...names.flatMap((name) => sites.map(({ port }) => `${name}:${port}`)), ...(options.allow ?? [])],
  dns: { ...Object.fromEntries(names.map((name) => [name, ['127.0.0.1']])), ...options.dns },
})

/** A world of one site, and `get` for an address there. */
export const at = (there: Site, options: GuardOptions = {}) => {
  const made = world(['a.example'], [there], options)
  return { ...made, get: (given?: Parameters<typeof made.fetch>[1]) => made.fetch(`http://a.example:${there.port}/?token=s3cret`, given) }
}

/** A site that gives this to everybody. */
export const sending = (body: Buffer | string, headers: Record<string, string> = {}) => site((_, response) => void response.writeHead(200, headers).end(body))

/** A server that says what it wants to whatever it is asked; it counts the sockets that are still open. */
export const live = async (answer: Parameters<typeof rawSite>[0]) => {
  const open = new Set<unknown>()
  const there = await rawSite((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.once('data', () => answer(socket))
  })
  return { ...there, connections: () => open.size }
}

export const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
