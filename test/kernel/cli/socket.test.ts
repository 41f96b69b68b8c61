import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Gateway } from '../../../kernel/cli/rpc.ts'
import { openSocket } from '../../../kernel/cli/socket.ts'
import { stateDir } from './spawn.ts'

let state: string
let http: ReturnType<typeof createServer>
let gateway: Gateway
let play: (peer: WebSocket) => void
const asked: Record<string, unknown>[] = []

const send = (peer: WebSocket, frame: unknown): void => peer.send(JSON.stringify(frame))
/** Shakes hands and then does as `on` says. */
const polite = (on: (peer: WebSocket, frame: { id: string; method: string; params?: unknown }) => void = () => {}) => (peer: WebSocket): void => {
  send(peer, { type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } })
  peer.on('message', (data) => {
    const frame = JSON.parse(String(data)) as { id: string; method: string; params: Record<string, unknown> }
    if (frame.method !== 'connect') return on(peer, frame)
    asked.push(frame.params)
    send(peer, { type: 'res', id: frame.id, ok: true, payload: { type: 'hello-ok', protocol: 4, features: { methods: ['b', 'a'], events: [] } } })
  })
}

beforeEach(async () => {
  state = stateDir()
  http = createServer()
  new WebSocketServer({ server: http }).on('connection', (peer) => play(peer))
  await once(http.listen(join(state, 'gateway.sock')), 'listening')
  gateway = { place: state, url: undefined, socket: join(state, 'gateway.sock'), local: join(state, 'auth', 'local'), token: 'tok', trust: undefined }
})
afterEach(() => {
  http.closeAllConnections()
  http.close()
  rmSync(state, { recursive: true, force: true })
})
const code = (name: string) => expect.objectContaining({ code: name }) as Error

test('it connects as an operator with the token, calls, listens, and closes', async () => {
  play = polite((peer, { id, params }) => {
    send(peer, { type: 'event', event: 'news', payload: { n: 1 } })
    send(peer, { type: 'res', id, ok: true, payload: params })
  })
  const news: unknown[] = []
  await using socket = await openSocket(gateway, 2_000)
  const off = socket.on('news', (payload) => news.push(payload))
  expect(socket.methods).toEqual(['b', 'a'])
  expect(asked.at(-1)).toMatchObject({ minProtocol: 3, maxProtocol: 4, role: 'operator', auth: { token: 'tok' }, client: { id: 'cli', mode: 'cli' }, scopes: expect.arrayContaining(['operator.admin']) as string[] })
  expect(await socket.call('echo', { id: '007' })).toEqual({ id: '007' })
  off()
  await socket.call('echo')
  expect(news).toEqual([{ n: 1 }])
})

test('what the gateway answers to connect is thrown as it is', async () => {
  play = (peer) => {
    send(peer, { type: 'event', event: 'connect.challenge', payload: {} })
    peer.on('message', (data) => {
      send(peer, { type: 'res', id: (JSON.parse(String(data)) as { id: string }).id, ok: false, error: { code: 'INVALID_REQUEST', message: 'unauthorized', details: { nexus: 'NEXUS_CALL_UNAUTHENTICATED', fix: 'Send it.' } } })
      peer.close(1008, 'unauthorized')
    })
  }
  await expect(openSocket(gateway, 2_000)).rejects.toMatchObject({ code: 'NEXUS_CALL_UNAUTHENTICATED', message: 'unauthorized', fix: 'Send it.', exit: 1 })
})

test.each([
  ['is closed while a call runs', polite((peer) => peer.close(1012, 'service restart')), 'it closed the connection (1012 service restart)'],
  ['says what is no frame', polite((peer) => peer.send('<html>')), 'it sent what is no frame'],
])('a call on a connection that %s fails and says why', async (_, script, reason) => {
  play = script
  const socket = await openSocket(gateway, 2_000)
  await expect(socket.call('x')).rejects.toMatchObject({ code: 'NEXUS_CLI_UNREACHABLE', message: expect.stringContaining(reason) as string })
  await socket.closed
  await expect(socket.call('x')).rejects.toEqual(code('NEXUS_CLI_UNREACHABLE'))
})

test('no gateway, one that is silent, and one that hangs up are told apart', async () => {
  await expect(openSocket({ ...gateway, socket: join(state, 'none.sock') }, 2_000)).rejects.toEqual(code('NEXUS_CLI_NO_GATEWAY'))
  play = () => {}
  await expect(openSocket(gateway, 200)).rejects.toEqual(code('NEXUS_CLI_TIMEOUT'))
  play = (peer) => peer.close(1013, 'gateway starting')
  await expect(openSocket(gateway, 2_000)).rejects.toMatchObject({ code: 'NEXUS_CLI_UNREACHABLE', message: expect.stringContaining('gateway starting') as string })
})
