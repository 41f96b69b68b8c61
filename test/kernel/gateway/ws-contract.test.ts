// oxlint-disable no-underscore-dangle
/** What the gateway relies on in this version of `ws`, beyond what its documentation promises. */
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { textFrame } from '../../../kernel/gateway/ws-frame.ts'

let server: WebSocketServer
let client: WebSocket
let ours: WebSocket
let socket: Socket
const seen: string[] = []

beforeEach(async () => {
  seen.length = 0
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await new Promise((resolve) => server.once('listening', resolve))
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`)
  client.on('message', (data) => seen.push(String(data)))
  client.on('ping', () => seen.push('ping'))
  ;[ours, socket] = await new Promise<[WebSocket, Socket]>((resolve) => server.on('connection', (ws, req) => resolve([ws, req.socket])))
  if (client.readyState !== client.OPEN) await new Promise((resolve) => client.once('open', resolve))
})
afterEach(() => {
  client.terminate()
  server.close()
})

const sender = (): { _state: number; _queue: unknown[]; _bufferedBytes: number; _socket: Socket } => (ours as unknown as { _sender: ReturnType<typeof sender> })._sender

test('is the version that was looked at', () => {
  const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string }
  expect(version).toBe('8.23.0')
})

test('its sender writes to the socket of the upgrade, at once, and keeps nothing back', () => {
  expect(sender()._socket).toBe(socket)
  for (const act of [() => ours.send('x'.repeat(100_000)), () => ours.ping(), () => ours.pong('p')]) {
    const before = socket.bytesWritten
    act()
    expect(sender()).toMatchObject({ _state: 0, _queue: [], _bufferedBytes: 0 })
    expect(socket.bytesWritten).toBeGreaterThan(before)
  }
})

test('its bufferedAmount counts the bytes that were written beside it', () => {
  client.pause()
  for (let i = 0; i < 200; i++) socket.write(textFrame('x'.repeat(100_000)))
  expect(socket.writableLength).toBeGreaterThan(1_000_000)
  expect(ours.bufferedAmount).toBe(socket.writableLength)
})

test('frames of both writers arrive whole and in the order of writing', async () => {
  const expected: string[] = []
  for (let i = 0; i < 300; i++) {
    const text = `${i}:${'x'.repeat((i * 397) % 70_000)}`
    if (i % 3 === 0) ours.send(text)
    else socket.write(textFrame(text))
    expected.push(text)
    if (i % 10 === 0) {
      ours.ping()
      expected.push('ping')
    }
  }
  ours.close(1000, 'done')
  await new Promise((resolve) => client.once('close', resolve))
  expect(seen).toEqual(expected)
})

test('a corked socket holds its own frames back too, and lets them go in order', async () => {
  socket.cork()
  socket.write(textFrame('first'))
  ours.send('second')
  ours.close(1012, 'third')
  expect(socket.writableLength).toBeGreaterThan(0)
  socket.uncork()
  const [code, reason] = await new Promise<[number, Buffer]>((resolve) => client.once('close', (c, r) => resolve([c, r])))
  expect(seen).toEqual(['first', 'second'])
  expect([code, String(reason)]).toEqual([1012, 'third'])
})

test('after close() it is not OPEN any more, so nothing is written behind a close frame', () => {
  ours.close(1000)
  expect(ours.readyState).not.toBe(ours.OPEN)
})
