/** A hand-made gateway that speaks the wire and misbehaves on request. */
import { WebSocketServer, type WebSocket } from 'ws'
import type { AddressInfo } from 'node:net'
import { createClient, type Client, type ClientOptions, type GatewayError } from 'nexus-gateway/sdk/client'

export interface Req { readonly id: string; readonly method: string; readonly params?: unknown }
export interface Peer {
  readonly socket: WebSocket
  /** Every frame the client sent on this connection, `connect` first. */
  readonly reqs: Req[]
  send(frame: unknown): void
  reply(req: Req, payload?: unknown): void
  refuse(req: Req, error: unknown): void
  emit(event: string, payload: unknown, seq?: number): void
}
export interface Script {
  /** Default: sends the challenge. */
  open?(peer: Peer): void
  /** Default: says hello with what `hello` gives. */
  connect?(peer: Peer, req: Req): void
  hello?(params: Record<string, unknown>, nth: number): Record<string, unknown>
  /** Default: echoes the params. */
  call?(peer: Peer, req: Req): void
}

export async function fakeGateway(script: Script = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const peers: Peer[] = []
  const state = { script }

  server.on('connection', (socket) => {
    const peer: Peer = {
      socket,
      reqs: [],
      send: (frame) => socket.send(JSON.stringify(frame)),
      reply: (req, payload) => peer.send({ type: 'res', id: req.id, ok: true, payload }),
      refuse: (req, error) => peer.send({ type: 'res', id: req.id, ok: false, error }),
      emit: (event, payload, seq) => peer.send({ type: 'event', event, payload, ...(seq === undefined ? {} : { seq }) }),
    }
    peers.push(peer)
    const nth = peers.length
    const s = state.script
    if (s.open) s.open(peer)
    else peer.emit('connect.challenge', { nonce: `n${nth}`, ts: Date.now() })
    socket.on('message', (data) => {
      const req = JSON.parse(String(data)) as Req
      peer.reqs.push(req)
      if (req.method !== 'connect') return s.call ? s.call(peer, req) : peer.reply(req, req.params)
      if (s.connect) return s.connect(peer, req)
      peer.reply(req, { ...hello(), ...s.hello?.(req.params as Record<string, unknown>, nth) })
    })
    socket.on('error', () => {})
  })

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    peers,
    /** Frames the `nth` connection (from 1) has sent after `connect`. */
    calls: (nth: number) => peers[nth - 1]?.reqs.slice(1).map((r) => r.method) ?? [],
    connectParams: (nth: number) => peers[nth - 1]?.reqs[0]?.params as Record<string, unknown>,
    become(next: Script) { state.script = next },
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const hello = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'hello-ok',
  protocol: 4,
  server: { version: 'fake', connId: 'c1' },
  features: { methods: ['echo'], events: ['news'] },
  snapshot: {},
  auth: { role: 'operator', scopes: ['operator.read'] },
  policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
  ...over,
})

export const fast = { reconnect: { minMs: 5, maxMs: 20 } } as const
export const policy = (tickIntervalMs: number, maxPayload = 1e6) => ({ policy: { maxPayload, maxBufferedBytes: 1e7, tickIntervalMs } })
export const nexus = (error: unknown) => ((error as GatewayError).details as { nexus?: string } | undefined)?.nexus
export const failure = (promise: Promise<unknown>) => promise.then(() => { throw new Error('it did not fail') }, (e: GatewayError) => e)

/** A client and what it told its application. */
export function follow(o: ClientOptions): { client: Client; states: string[]; resets: string[]; losses: unknown[] } {
  const states: string[] = []
  const losses: unknown[] = []
  const resets: string[] = []
  const client = createClient({ ...o, onState: (s, error) => { states.push(s); if (error) losses.push(nexus(error)) }, onReset: (r) => resets.push(r.reason) })
  return { client, states, resets, losses }
}
