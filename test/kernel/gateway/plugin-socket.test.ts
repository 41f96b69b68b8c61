import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { callAfter, callBefore, definePlugin, failures, httpRequest, type Call, type Outcome, type Plugin } from 'nexus-gateway/sdk'
import { WebSocket } from 'ws'
import { memorySource } from '../../../kernel/source.ts'
import { infoOf } from '../../../plugins/plugins/inspect/describe.ts'
import { bearer, call, phone, refused, talk } from './phone.ts'
import { guest, house, tokens, type House } from './support.ts'

const inflight = (at: House): number => at.kernel.inspect('phone')?.inflight ?? -1
const load = (at: House, plugin: Plugin) => at.kernel.apply({ load: [{ source: memorySource(plugin), why: 'test' }] })

describe('a plugin\'s own WebSocket', () => {
  test('carries text and bytes both ways, under the caller\'s name', async () => {
    const { plugin, lines } = phone()
    await using at = await house({ plugins: [plugin] })
    const { ws, heard, said } = await call(at)
    ws.send('ü')
    ws.send(Buffer.from([1, 2, 255]))
    await said(2)
    expect(heard).toEqual(['echo ü', Buffer.from([1, 2, 255])])
    expect(lines[0]?.call).toMatchObject({ verb: 'UPGRADE /phone/ws', plugin: 'phone', transport: 'ws', connection: undefined, caller: tokens['reader'] })
    expect(lines[0]?.socket).toMatchObject({ open: true, unread: 0 })
    expect(at.gateway.connections()).toEqual([])
  })

  test('is let in by the road of every verb, and by its end the call is over', async () => {
    const { plugin, lines } = phone()
    const seen: unknown[] = []
    const watcher = definePlugin({
      id: 'watcher', capabilities: ['tap:call.before', 'tap:call.after', 'tap:http.request'],
      setup(ctx) {
        ctx.tap(httpRequest, ({ method, path, listener }) => void seen.push([method, path, listener]))
        ctx.tap(callBefore, ({ verb }, params) => void seen.push(['before', verb, params]))
        ctx.tap(callAfter, ({ verb }: Call, { ok }: Outcome) => void seen.push(['after', verb, ok]))
      },
    })
    await using at = await house({ plugins: [plugin, watcher] })
    const line = await call(at)
    expect(seen).toEqual([['GET', '/phone/ws', 'tcp'], ['before', 'UPGRADE /phone/ws', undefined], ['after', 'UPGRADE /phone/ws', true]])
    expect([inflight(at), lines[0]?.call.signal.aborted]).toEqual([1, false])
    line.ws.close(4000, 'bye')
    await vi.waitFor(() => expect(lines[0]?.ended).toEqual([4000, 'bye']))
    expect([inflight(at), lines[0]?.call.signal.aborted, lines[0]?.socket.open]).toEqual([0, true, false])
    lines[0]?.socket.send('into the void')
  })

  test('may be public, and knows the unix socket', async () => {
    const { plugin, lines } = phone()
    await using at = await house({ plugins: [plugin] })
    const line = talk(`${at.url}/phone/open`)
    line.ws.on('open', () => line.ws.send('hi'))
    await line.said(1)
    const local = talk(`ws+unix://${at.socketPath}:/phone/admin`)
    local.ws.on('open', () => local.ws.send('hi'))
    await local.said(1)
    expect(lines.map(({ call: { caller } }) => [caller.id, caller.role])).toEqual([['anonymous', 'none'], ['local', 'operator']])
  })

  test('is one path, and every other is the gateway\'s', async () => {
    await using at = await house({ plugins: [phone().plugin] })
    for (const path of ['/', '/phone', '/phone/ws/', '/phone/ws/more', '/phone/WS']) {
      const client = talk(at.url + path)
      await client.said(1)
      expect([path, JSON.parse(String(client.heard[0]))]).toMatchObject([path, { event: 'connect.challenge' }])
      client.ws.terminate()
    }
    expect((await fetch(`${at.url}/phone/ws`, bearer('reader'))).status).toBe(404)
    const client = await guest(at)
    expect(client.hello.type).toBe('hello-ok')
  })

  test('stands in what the plugin owns', async () => {
    await using at = await house({ plugins: [phone().plugin] })
    const info = infoOf(at.kernel.inspect('phone')!, at.kernel.list())
    expect(info.owns).toEqual({ upgrade: ['ws', 'open', 'admin', 'slow', 'long', 'broken'].map((name) => `/phone/${name}`) })
    expect(infoOf(at.kernel.inspect('doorman')!, []).owns).toEqual({ tap: ['connection.authenticate'] })
  })
})

describe('who is refused hears so over HTTP, before any frame', () => {
  const busy = failures({ BUSY: { text: 'busy', fix: 'wait', wire: 'UNAVAILABLE', status: 429, retryable: true } })
  const limiter = definePlugin({ id: 'limiter', capabilities: ['tap:http.request'], setup: (ctx) => ctx.tap(httpRequest, ({ path }) => { if (path === '/phone/slow') throw busy('BUSY') }) })

  test.each<[string, string, Record<string, string>, number, string]>([
    ['no token', '/phone/ws', {}, 401, 'Unauthorized'],
    ['a wrong token', '/phone/ws', { authorization: 'Bearer no' }, 401, 'Unauthorized'],
    ['a wrong token for what is public', '/phone/open', { authorization: 'Bearer no' }, 401, 'Unauthorized'],
    ['too few scopes', '/phone/admin', { authorization: 'Bearer reader' }, 403, 'missing scope: operator.admin'],
    ['a token in the address', '/phone/ws?token=reader', {}, 400, 'NEXUS_HTTP_TOKEN_IN_URL'],
    ['another tap\'s no', '/phone/slow', { authorization: 'Bearer reader' }, 429, 'busy'],
    ['a handshake that is none', '/phone/ws', { authorization: 'Bearer reader', 'sec-websocket-key': 'short' }, 400, 'Sec-WebSocket-Key'],
  ])('with %s', async (_, path, headers, status, text) => {
    const { plugin, lines } = phone()
    await using at = await house({ plugins: [plugin, limiter] })
    const answer = await refused(at, path, headers)
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(text)])
    expect(answer.auth).toBe(status === 401 ? 'Bearer' : undefined)
    expect(lines).toEqual([])
    await vi.waitFor(() => expect(inflight(at)).toBe(0))
  })

  test('also while the gateway drains', async () => {
    await using at = await house({ plugins: [phone().plugin] })
    const held = await call(at)
    const closing = at.kernel.close({ deadlineMs: 400 })
    expect(await refused(at, '/phone/ws', { authorization: 'Bearer reader' })).toMatchObject({ status: 503, body: expect.stringContaining('NEXUS_CALL_DRAINING') })
    expect(await held.closed).toEqual([1012, 'service restart'])
    expect(await closing).toMatchObject({ drained: false, errors: [] })
  })

  test('and an authenticator that hangs ends with the handshake\'s time', async () => {
    await using at = await house({ plugins: [phone().plugin], limits: { handshakeMs: 50, handshakesPerAddress: 1 }, authenticate: () => new Promise(() => {}) })
    await expect(refused(at, '/phone/ws', { authorization: 'Bearer reader' })).rejects.toThrow('socket hang up')
    const next = talk(`${at.url}/phone/open`)
    await new Promise((resolve) => next.ws.on('open', resolve))
  })
})

describe('its end', () => {
  test('is the client\'s, or comes with the drain\'s deadline', async () => {
    const { plugin, lines } = phone()
    await using at = await house({ plugins: [plugin] })
    const [first, second] = [await call(at), await call(at)]
    let unloaded = false
    const unloading = at.kernel.apply({ unload: ['phone'] }).then(() => { unloaded = true })
    first.ws.send('still there?')
    await first.said(1)
    first.ws.close(1000)
    expect([(await first.closed)[0], unloaded]).toEqual([1000, false])
    expect(await second.closed).toEqual([1012, 'service restart'])
    await unloading
    expect(lines[1]?.ended?.[0]).toBe(1012)
    expect(at.kernel.inspect('phone')).toBeUndefined()
  })

  test('does not wait for a client that is deaf', async () => {
    const { plugin, lines } = phone()
    await using at = await house({ plugins: [plugin] })
    const deaf = await call(at)
    deaf.ws.pause()
    await at.kernel.apply({ unload: ['phone'] })
    await vi.waitFor(() => expect(lines[0]?.ended).toEqual([1006, '']), 2_000)
    deaf.ws.terminate()
  })

  test('comes with the gateway\'s', async () => {
    await using at = await house({ plugins: [phone().plugin] })
    const line = await call(at)
    at.gateway.drain()
    line.ws.send('hi')
    await line.said(1)
    await at.gateway.close({ deadlineMs: 500 })
    expect(await line.closed).toEqual([1012, 'service restart'])
  })

  test('of the old one does not come with the new one of a reload, which has the newcomers', async () => {
    await using at = await house({ plugins: [phone('old').plugin] })
    const before = await call(at)
    await load(at, phone('new').plugin)
    const after = await call(at)
    before.ws.send('1')
    after.ws.send('2')
    await Promise.all([before.said(1), after.said(1)])
    expect([before.heard, after.heard]).toEqual([['old 1'], ['new 2']])
    expect((await before.closed)[0]).toBe(1012)
    expect(after.ws.readyState).toBe(WebSocket.OPEN)
  })

  test.each([['its handler throws', '/phone/broken', ''], ['its listener throws', '/phone/ws', 'throw']])('is 1011 when %s, and the plugin\'s fault', async (_, path, say) => {
    await using at = await house({ plugins: [phone().plugin] })
    const line = talk(at.url + path, bearer('reader'))
    if (say) line.ws.on('open', () => line.ws.send(say))
    expect(await line.closed).toEqual([1011, 'internal error'])
    await vi.waitFor(() => expect(at.kernel.inspect('phone')).toMatchObject({ inflight: 0, faults: 1 }))
  })

  test('comes to a message too large and to a slow consumer', async () => {
    const { plugin, lines } = phone()
    await using at = await house({ plugins: [plugin], limits: { maxBufferedBytes: 100_000, maxPayload: 1_000 } })
    const large = await call(at)
    large.ws.send('x'.repeat(1_001))
    expect((await large.closed)[0]).toBe(1009)

    const slow = await call(at)
    slow.ws.pause()
    const line = lines.at(-1)!
    for (let i = 0; i < 1_000 && line.socket.open; i++) line.socket.send(Buffer.alloc(100_000))
    expect(line.socket.open).toBe(false)
    slow.ws.terminate()
  })

  test('comes to a client that answers no ping', async () => {
    const { plugin, lines } = phone()
    await using at = await house({ plugins: [plugin], limits: { tickIntervalMs: 60, pongMs: 50 } })
    const mute = await call(at)
    mute.ws.pause()
    await vi.waitFor(() => expect(lines.at(-1)?.ended).toEqual([1006, '']), 2_000)
    mute.ws.terminate()
    const living = await call(at)
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(living.ws.readyState).toBe(WebSocket.OPEN)
  })
})

test('no more is read while a message is being worked on', async () => {
  await using at = await house({ plugins: [phone().plugin] })
  const { ws, heard, said } = await call(at, '/phone/slow')
  ws.send('first')
  await new Promise((resolve) => setTimeout(resolve, 20))
  ws.send('second')
  await said(2)
  expect(heard).toEqual(['done first', 'done second'])
})

test('what comes with the request waits for the handler', async () => {
  const { plugin, lines } = phone()
  await using at = await house({ plugins: [plugin], authenticate: async () => { await new Promise((resolve) => setTimeout(resolve, 20)); return { ok: true, caller: tokens['reader']! } } })
  const socket = connect(at.port, '127.0.0.1')
  const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])
  const head = 'GET /phone/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer x\r\n\r\n'
  socket.write(Buffer.concat([Buffer.from(head), frame]))
  setTimeout(() => socket.write(frame), 5)
  await vi.waitFor(() => expect(lines[0]?.heard).toEqual(['hi', 'hi']))
  socket.destroy()
})

test('a handshake\'s place is free again once the socket is open', async () => {
  await using at = await house({ plugins: [phone().plugin], limits: { handshakesPerAddress: 1, waiting: 0 } })
  const lines = [await call(at, '/phone/long'), await call(at, '/phone/long'), await call(at)]
  expect(lines.map(({ ws }) => ws.readyState)).toEqual([1, 1, 1])
  const stranger = talk(at.url)
  await stranger.said(1)
  expect(await refused(at, '/phone/ws', { authorization: 'Bearer reader' })).toMatchObject({ status: 503, body: expect.stringContaining('NEXUS_CONNECTION_CROWD') })
})
