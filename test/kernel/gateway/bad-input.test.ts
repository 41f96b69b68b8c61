import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Client, connectParams, guest, house, tokens, type House } from './support.ts'

/** A masked client frame; a mask of zeros leaves the bytes as they are. */
function frame(payload: Buffer | string, { opcode = 1, fin = true, length }: { opcode?: number; fin?: boolean; length?: number } = {}): Buffer {
  const body = Buffer.from(payload)
  const size = length ?? body.length
  const head = size < 126 ? Buffer.from([0, 0x80 | size]) : size < 65_536 ? Buffer.from([0, 0xfe, size >> 8, size & 255]) : Buffer.concat([Buffer.from([0, 0xff]), Buffer.alloc(8)])
  if (size >= 65_536) head.writeBigUInt64BE(BigInt(size), 2)
  head[0] = (fin ? 0x80 : 0) | opcode
  return Buffer.concat([head, Buffer.alloc(4), body])
}
const upgrade = (path = '/', extra = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${extra}\r\n`

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Everything the server says until it closes, or for as long as `ms`. */
async function say(port: number, bytes: string | Buffer, ms = 2000): Promise<{ text: string; closed: boolean }> {
  const socket = await dial(port)
  let text = ''
  socket.on('data', (chunk) => { text += chunk.toString('latin1') })
  const closed = once(socket, 'close').then(() => true)
  socket.write(bytes)
  const ended = await Promise.race([closed, new Promise<false>((resolve) => setTimeout(resolve, ms, false))])
  socket.destroy()
  return { text, closed: ended }
}

/** Whatever was done to it, the gateway still serves. */
async function serves(at: House): Promise<void> {
  const client = await guest(at)
  expect(await client.call('desk.echo', { data: 'still here' })).toMatchObject({ ok: true, payload: 'still here' })
  client.ws.terminate()
}

const uncaught = vi.fn()
beforeAll(() => void process.on('uncaughtException', uncaught).on('unhandledRejection', uncaught))
afterAll(() => {
  process.off('uncaughtException', uncaught).off('unhandledRejection', uncaught)
  expect(uncaught).not.toHaveBeenCalled()
})

describe('an upgrade', () => {
  test.each([
    ['of //', upgrade('//'), /^HTTP\/1.1 101 /],
    ['of ///x?y#z', upgrade('///x?y#z'), /^HTTP\/1.1 101 /],
    ['of an absolute address', upgrade('http://[::bad/'), /^HTTP\/1.1 101 /],
    ['of *', upgrade('*'), /^HTTP\/1.1 101 |^HTTP\/1.1 400 /],
    ['with a token in its address', upgrade('/?x=1&token=admin'), /^HTTP\/1.1 400 /],
    ['without a key', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', /^HTTP\/1.1 400 /],
    ['to something else', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', /^HTTP\/1.1 400 /],
    ['by POST', upgrade().replace('GET', 'POST'), /^HTTP\/1.1 405 /],
    ['with a bad subprotocol', upgrade('/', 'Sec-WebSocket-Protocol: ,,\r\n'), /^HTTP\/1.1 400 /],
    ['with an old version', upgrade().replace('13', '7'), /^HTTP\/1.1 400 /],
    ['that is garbage', '\x00\xff\x16\x03\x01GET', /^HTTP\/1.1 400 /],
    ['with too many headers', upgrade('/', `X-A: ${'a'.repeat(20_000)}\r\n`), /^HTTP\/1.1 431 /],
  ])('%s gets its answer and harms nothing', async (_, request, expected) => {
    await using at = await house({ limits: { handshakeMs: 300 } })
    const { text } = await say(at.port, request, 150)
    expect(text).toMatch(expected)
    await serves(at)
  })

  test('whatever its bytes are, it never throws past its handler and the socket ends', async () => {
    await using at = await house({ limits: { handshakeMs: 50 } })
    const piece = fc.oneof(fc.constantFrom('GET ', '// ', '/ ', 'HTTP/1.1\r\n', 'Upgrade: websocket\r\n', 'Connection: Upgrade\r\n', 'Host: [\r\n', '\r\n', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n', 'Sec-WebSocket-Version: 13\r\n', '%', '?token', '\0'), fc.string())
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const socket = await dial(at.port)
      socket.end(pieces.join(''))
      socket.resume()
      await once(socket, 'close')
    }), { numRuns: 60 })
    await serves(at)
  })
})

describe('before hello', () => {
  test('a frame over 64 KiB closes with 1009, whole or still on its way', async () => {
    await using at = await house()
    const whole = new Client(at.url)
    await whole.challenge()
    whole.send('x'.repeat(65_537))
    expect(await whole.closed).toEqual({ code: 1009, reason: 'preauth payload too large' })
    const partial = new Client(at.url)
    await partial.challenge()
    partial.raw.write(frame('', { length: 20_000_000 }))
    partial.raw.write(Buffer.alloc(300_000))
    expect(await partial.closed).toEqual({ code: 1009, reason: 'preauth payload too large' })
    await serves(at)
  })

  test('a frame of exactly 64 KiB is looked at', async () => {
    await using at = await house()
    const client = new Client(at.url)
    await client.challenge()
    const params = connectParams({ pathEnv: '' })
    const text = (filler: string): string => JSON.stringify({ type: 'req', id: 'connect', method: 'connect', params: { ...params, pathEnv: filler } })
    client.send(text('x'.repeat(65_536 - text('').length)))
    expect((await client.find((f) => f.id === 'connect')).ok).toBe(true)
  })

  test('more than fifteen frames behind connect close with 1008', async () => {
    await using at = await house({ authenticate: () => new Promise(() => {}) })
    const client = new Client(at.url)
    await client.challenge()
    client.send({ type: 'req', id: 'connect', method: 'connect', params: connectParams() })
    for (let i = 0; i < 16; i++) client.send({ type: 'req', id: `${i}`, method: 'desk.public' })
    expect(await client.closed).toEqual({ code: 1008, reason: 'too many pending handshake frames' })
  })

  test('silence is ended by a close without a code', async () => {
    await using at = await house({ limits: { handshakeMs: 60 } })
    const client = new Client(at.url)
    expect(await client.closed).toEqual({ code: 1005, reason: '' })
  })

  test('an authenticator that never answers does not keep the socket', async () => {
    await using at = await house({ limits: { handshakeMs: 60 }, authenticate: () => new Promise(() => {}) })
    const client = new Client(at.url)
    await client.challenge()
    client.send({ type: 'req', id: 'connect', method: 'connect', params: connectParams() })
    expect((await client.closed).code).toBe(1005)
  })

  test('only so many strangers are in at once: the others wait, and are refused when it takes too long', async () => {
    await using at = await house({ limits: { handshakesPerAddress: 3, waiting: 2, handshakeMs: 400 } })
    const silent = Array.from({ length: 3 }, () => new Client(at.url))
    await Promise.all(silent.map((client) => client.challenge()))
    const waiting = Array.from({ length: 2 }, () => new Client(at.url))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await say(at.port, upgrade(), 100)).text).toMatch(/^HTTP\/1.1 503 /)
    expect(waiting.flatMap((client) => client.frames)).toEqual([])
    silent[0]?.ws.terminate()
    await Promise.race(waiting.map((client) => client.challenge()))
    // The local socket is not shut out by them.
    expect((await guest(`ws+unix://${at.socketPath}:/`, { auth: {} })).hello.type).toBe('hello-ok')
    await Promise.all([...silent, ...waiting].map((client) => client.closed))
  })

  test('two hundred clients at once all get in', async () => {
    await using at = await house()
    const clients = await Promise.all(Array.from({ length: 200 }, () => guest(at)))
    expect(new Set(clients.map((client) => client.hello.server.connId)).size).toBe(200)
    for (const client of clients) client.ws.terminate()
  })
})

describe('after hello', () => {
  test.each([
    ['a numeric id and no method', { type: 'req', id: 1 }, 1, "must have required property 'method'"],
    ['an extra key', { type: 'req', id: 'x', method: 'desk.public', foo: 1 }, 'x', "unexpected property 'foo'"],
    ['an array', [], 'invalid', 'invalid request frame'],
    ['null', null, 'invalid', 'invalid request frame'],
    ['a response', { type: 'res', id: 'x', ok: true }, 'x', 'at /type'],
  ])('a frame with %s is answered with an error', async (_, bad, id, text) => {
    await using at = await house()
    const client = await guest(at)
    client.send(bad)
    const answer = await client.find((f) => f.type === 'res' && f.id === id)
    expect(answer).toMatchObject({ ok: false, error: { code: 'INVALID_REQUEST', details: { nexus: 'NEXUS_FRAME_INVALID' } } })
    expect(answer.error.message).toContain(text)
    expect((await client.call('desk.public')).ok).toBe(true)
  })

  test('what is not JSON is dropped and logged once, and the socket stays open', async () => {
    await using at = await house()
    const lines: string[] = []
    at.kernel.log.addSink((record) => void lines.push(record.message))
    const client = await guest(at)
    for (const text of ['hello', '{"type":', '', '[1,', 'hunter2']) client.send(text)
    expect((await client.call('desk.public')).ok).toBe(true)
    expect(lines.filter((line) => line === 'frames that are not JSON are dropped')).toHaveLength(1)
    expect(lines.join()).not.toContain('hunter2')
  })

  test('a binary frame is read like text, if it is text', async () => {
    await using at = await house()
    const client = await guest(at)
    client.send(Buffer.from('{"type":"req","id":"b","method":"desk.public"}'))
    expect((await client.find((f) => f.id === 'b')).ok).toBe(true)
    client.send(Buffer.from([0xff, 0xfe]))
    expect(await client.closed).toEqual({ code: 1007, reason: 'invalid UTF-8' })
  })

  test('a message of 26 MiB closes with 1009 before it is taken in', async () => {
    await using at = await house()
    const client = await guest(at)
    const { raw } = client
    raw.write(frame('', { length: 26 * 1024 * 1024 }))
    expect((await client.closed).code).toBe(1009)
    await serves(at)
  })

  test('a message of 25 MiB less a bit is taken', async () => {
    await using at = await house()
    const client = await guest(at)
    const data = 'x'.repeat(26_214_400 - 100)
    expect((await client.call('desk.echo', { data })).payload).toBe(data)
  })

  test('invalid UTF-8 closes with 1007', async () => {
    await using at = await house()
    const client = await guest(at)
    const { raw } = client
    raw.write(frame(Buffer.from([0x22, 0xc3, 0x28, 0x22])))
    expect((await client.closed).code).toBe(1007)
    await serves(at)
  })

  test('a million crumbs close with 1008, and are not kept', async () => {
    await using at = await house()
    const client = await guest(at)
    const { raw } = client
    const crumbs = Buffer.concat([frame('a', { fin: false }), ...Array.from({ length: 9_999 }, () => frame('a', { opcode: 0, fin: false }))])
    raw.write(crumbs)
    for (let i = 1; i < 100 && !raw.destroyed; i++) raw.write(crumbs)
    expect((await client.closed).code).toBe(1008)
    await serves(at)
  })

  test.each([
    ['an unmasked frame', Buffer.from([0x81, 0x02, 0x7b, 0x7d]), 1002],
    ['an unknown opcode', frame('x', { opcode: 3 }), 1002],
    ['a continuation of nothing', frame('x', { opcode: 0 }), 1002],
    ['a reserved bit', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ['a control frame in pieces', frame('x', { opcode: 9, fin: false }), 1002],
    ['a length beyond reason', Buffer.concat([Buffer.from([0x81, 0xff]), Buffer.alloc(8, 0xff), Buffer.alloc(4)]), 1009],
  ])('%s closes with the code of the standard', async (_, bytes, code) => {
    await using at = await house()
    const client = await guest(at)
    const { raw } = client
    raw.write(bytes)
    expect((await client.closed).code).toBe(code)
    await serves(at)
  })

  test('a thousand pings are answered or end the one who sent them', async () => {
    await using at = await house()
    const client = await guest(at)
    const { raw } = client
    raw.write(Buffer.concat(Array.from({ length: 1000 }, () => frame('', { opcode: 9 }))))
    await Promise.race([client.closed, client.call('desk.public').catch(() => {})])
    await serves(at)
  })

  test('no bytes whatever bring the gateway down', async () => {
    await using at = await house({ authenticate: (request) => (request.token === 'admin' ? { ok: true, caller: tokens['admin']! } : { ok: false, code: 'X', message: 'no' }) })
    const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"type":"req","id":"1","method":"desk.circle"}', '{"type":"req","id":"1","method":"desk.break"}', '{"type":"req","id":"1","method":"__proto__"}', '{"type":"req","id":"1","method":"constructor","params":null}', `{"type":"req","id":"1","method":"connect","params":${JSON.stringify(connectParams())}}`))
    const piece = fc.oneof(text.map((t) => frame(t)), fc.uint8Array({ maxLength: 40 }).map((bytes) => frame(Buffer.from(bytes), { opcode: 2 })), fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)))
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 10 }), fc.boolean(), async (pieces, hello) => {
      const socket = await dial(at.port)
      socket.resume()
      socket.write(upgrade())
      await once(socket, 'data')
      if (hello) socket.write(frame(JSON.stringify({ type: 'req', id: 'c', method: 'connect', params: connectParams() })))
      socket.end(Buffer.concat(pieces))
      await once(socket, 'close')
    }), { numRuns: 60 })
    await serves(at)
  })
})
