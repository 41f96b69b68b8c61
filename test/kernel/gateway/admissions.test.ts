/** What a credential let in ends with it, and what is looked at before anybody is let in. */
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { definePlugin, failures, type ConnectionsApi, type HttpRequestInfo } from 'nexus-gateway/sdk'
import { connectionAuthenticate, connectionRemote, Connections, gatewayListen, httpRequest, type AuthAnswer, type AuthRequest } from '../../../kernel/points.ts'
import { bearer, call, phone, refused } from './phone.ts'
import { Client, connectParams, guest, house, tokens, type House } from './support.ts'

/** A plugin that may end what was let in. */
function bouncer() {
  let api: ConnectionsApi | undefined
  const plugin = definePlugin({ id: 'bouncer', capabilities: ['kernel:connections'], requires: { connections: Connections }, setup(ctx) { api = ctx.deps.connections } })
  return { plugin, end: (id: string) => api!.end((caller) => caller.id === id, `${id} ended`) }
}

const get = (at: House, path: string, token: string, agent?: Agent) => new Promise<IncomingMessage>((resolve, reject) => {
  request({ host: '127.0.0.1', port: at.port, path, ...bearer(token), ...(agent && { agent }) }, resolve).on('error', reject).end()
})

describe('the end of a credential', () => {
  test('closes its WebSockets with 4401 and nobody else\'s', async () => {
    const door = bouncer()
    const line = phone()
    await using at = await house({ plugins: [door.plugin, line.plugin] })
    const [reader, admin] = [await guest(at, { auth: { token: 'reader' }, scopes: ['operator.read'] }), await guest(at, { scopes: ['operator.read'] })]
    const [own, other] = [await call(at, '/phone/ws', 'reader'), await call(at, '/phone/ws', 'admin')]
    const waiting = reader.call('desk.wait').catch(() => 'cut off')
    await vi.waitFor(() => expect(at.desk.calls.length).toBe(1))
    door.end('reader')
    expect(await reader.closed).toEqual({ code: 4401, reason: 'reader ended' })
    expect(await own.closed).toEqual([4401, 'reader ended'])
    await vi.waitFor(() => expect(at.desk.calls[0]!.signal.aborted).toBe(true))
    await waiting
    expect(await admin.call('desk.echo', { data: 1 })).toMatchObject({ ok: true, payload: 1 })
    other.ws.send('there')
    await other.said(1)
  })

  test('is within a second for one that does not answer a close, and it hears nothing meanwhile', async () => {
    const door = bouncer()
    await using at = await house({ plugins: [door.plugin] })
    const reader = await guest(at, { auth: { token: 'reader' }, scopes: ['operator.read'] })
    reader.ws.pause()
    const ended = performance.now()
    door.end('reader')
    at.desk.emit('news', 'for readers')
    await vi.waitFor(() => expect(at.gateway.connections()).toEqual([]), { timeout: 2_000, interval: 5 })
    expect(performance.now() - ended).toBeLessThan(1_000)
    reader.ws.resume()
    await reader.closed
    expect(reader.frames.filter((frame) => frame.event === 'news')).toEqual([])
  })

  test('cuts off its streams and its connections that are kept alive', async () => {
    const door = bouncer()
    await using at = await house({ plugins: [door.plugin] })
    const agent = new Agent({ keepAlive: true })
    const idle = await get(at, '/desk/item/1', 'reader', agent)
    const closed = new Promise((resolve) => idle.socket.once('close', resolve))
    idle.resume()
    const stream = await get(at, '/desk/stream', 'reader')
    const cut = new Promise((resolve) => stream.once('error', resolve))
    await new Promise((resolve) => stream.once('data', resolve))
    const other = await get(at, '/desk/stream', 'admin')
    door.end('reader')
    await Promise.all([closed, cut])
    await vi.waitFor(() => expect(at.desk.routed[0]!.signal!.aborted).toBe(true))
    await new Promise((resolve) => other.on('end', resolve).resume())
    agent.destroy()
  })

  test('also ends those who are being let in at that moment', async () => {
    const door = bouncer()
    let letIn: (() => void) | undefined
    await using at = await house({
      plugins: [door.plugin],
      authenticate: async () => {
        await new Promise<void>((resolve) => { letIn = resolve })
        return { ok: true, caller: tokens['reader']! }
      },
    })
    const client = new Client(at.url)
    await client.challenge()
    client.send({ type: 'req', id: '1', method: 'connect', params: connectParams({ auth: { token: 'reader' } }) })
    await vi.waitFor(() => expect(letIn).toBeDefined())
    letIn!()
    door.end('reader')
    expect(await client.closed).toEqual({ code: 4401, reason: 'reader ended' })
  })
})

describe('while what decides who gets in is swapped for another', () => {
  test('those who come wait, are asked what the new one asks, and none is turned away or let past it', async () => {
    const no = failures({ NO: { text: 'not here', fix: 'go', wire: 'FORBIDDEN' } })
    const keeper = definePlugin({
      id: 'keeper', exclusive: true, capabilities: ['tap:connection.authenticate', 'tap:http.request'],
      async setup(ctx) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        ctx.tap(httpRequest, ({ headers }) => { if (headers['x-no']) throw no('NO') })
        ctx.tap(connectionAuthenticate, (): AuthAnswer => ({ ok: true, caller: tokens['reader']! }))
      },
    })
    await using at = await house({ plugins: [keeper], authenticate: () => undefined })
    const get = (headers: Record<string, string>) => fetch(`${at.url}/open`, { headers }).then(({ status }) => status)
    const early = new Client(at.url)
    await early.challenge()
    const swap = at.kernel.apply({ reload: ['keeper'] })
    await vi.waitFor(() => expect(at.kernel.held).toBeDefined())
    early.send({ type: 'req', id: 'connect', method: 'connect', params: connectParams() })
    const asked = Promise.all([get({ authorization: 'Bearer x' }), get({ 'x-no': '1' }), refused(at, '/', { 'x-no': '1' }), guest(at), early.find((frame) => frame.id === 'connect')])
    expect(await asked).toEqual([200, 403, expect.objectContaining({ status: 403 }), expect.objectContaining({ hello: expect.anything() as unknown }), expect.objectContaining({ ok: true })])
    await swap
    expect(at.kernel.held).toBeUndefined()
  })
})

describe('before anybody is let in', () => {
  const no = failures({ NO: { text: 'not here', fix: 'go', wire: 'FORBIDDEN' } })

  test('`http.request` is asked about requests and upgrades of either kind', async () => {
    const seen: HttpRequestInfo[] = []
    const line = phone()
    const look = definePlugin({ id: 'look', capabilities: ['tap:http.request'], setup: (ctx) => ctx.tap(httpRequest, (info) => { seen.push(info); if (info.headers['x-no']) throw no('NO') }) })
    await using at = await house({ plugins: [look, line.plugin] })
    for (const path of ['/', '/phone/ws']) expect(await refused(at, path, { 'x-no': '1' })).toMatchObject({ status: 403 })
    expect((await fetch(`${at.url}/open`, { headers: { 'x-no': '1' } })).status).toBe(403)
    expect(seen.map(({ path, upgrade, localPort, secure }) => ({ path, upgrade, localPort, secure }))).toEqual([
      { path: '/', upgrade: true, localPort: at.port, secure: false }, { path: '/phone/ws', upgrade: true, localPort: at.port, secure: false }, { path: '/open', upgrade: false, localPort: at.port, secure: false },
    ])
  })

  test('an answer that takes its time is waited for', async () => {
    const look = definePlugin({ id: 'look', capabilities: ['tap:http.request'], setup: (ctx) => ctx.tap(httpRequest, async (info) => { await Promise.resolve(); if (info.headers['x-no']) throw no('NO') }) })
    await using at = await house({ plugins: [look] })
    expect(await refused(at, '/', { 'x-no': '1' })).toMatchObject({ status: 403 })
    expect((await guest(at)).hello).toMatchObject({ type: 'hello-ok' })
  })

  test.each([['GET /open', 'hOST: evil.test'], ['GET /', 'hOST: evil.test'], ['GET /open', 'Authorization: Bearer reader\r\nAUTHORIZATION: Bearer no'], ['GET /open', 'x-api-key: a\r\nX-Api-Key: b']])('of two Hosts, or two tokens, none is believed: %s %s', async (line, twice) => {
    await using at = await house()
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      const upgrade = line === 'GET /' ? 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' : 'Connection: close\r\n'
      connect(at.port, '127.0.0.1', function (this: Socket) { this.write(`${line} HTTP/1.1\r\nHost: 127.0.0.1\r\n${twice}\r\n${upgrade}\r\n`) }).on('data', (data) => { text += String(data) }).on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*NEXUS_HTTP_TWICE/)
  })

  test('a plugin may tell which address counts, at once or not at all', async () => {
    const asked: AuthRequest[] = []
    let answer: string | Promise<string> = '192.0.2.9'
    const proxy = definePlugin({ id: 'proxy', capabilities: ['tap:connection.remote'], setup: (ctx) => ctx.tap(connectionRemote, () => answer) })
    await using at = await house({ plugins: [proxy], authenticate: (auth) => { asked.push(auth); return { ok: true, caller: tokens['reader']! } } })
    await get(at, '/desk/item/1', 'reader')
    await guest(at)
    answer = Promise.resolve('192.0.2.10')
    await get(at, '/desk/item/1', 'reader')
    expect(asked.map(({ remote, peer }) => [remote, peer])).toEqual([['192.0.2.9', '127.0.0.1'], ['192.0.2.9', '127.0.0.1'], ['127.0.0.1', '127.0.0.1']])
    expect(at.gateway.connections()[0]?.remote).toBe('192.0.2.9')
  })

  test('a plugin may keep a port shut', async () => {
    const shut = definePlugin({ id: 'shut', capabilities: ['tap:gateway.listen'], setup: (ctx) => ctx.tap(gatewayListen, ({ host }) => { if (host === '0.0.0.0') throw no('NO') }) })
    await using at = await house({ plugins: [shut] })
    await expect(at.gateway.move({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'NO' })
    expect((await fetch(`${at.url}/open`)).status).toBe(200)
  })

  test('a plugin may know where the gateway listens', async () => {
    let doors: ConnectionsApi['doors'] | undefined
    const plugin = definePlugin({ id: 'look', capabilities: ['kernel:connections'], requires: { connections: Connections }, setup(ctx) { ({ doors } = ctx.deps.connections) } })
    await using at = await house({ plugins: [plugin] })
    expect(doors!()).toEqual([{ host: '127.0.0.1', port: at.port, secure: false }])
    const { port, keep } = await at.gateway.move({ host: '127.0.0.1', port: 0 })
    await keep()
    expect(doors!()).toEqual([{ host: '127.0.0.1', port, secure: false }])
  })

  test.each<[string, Record<string, string>, number]>([
    ['x-api-key', { 'x-api-key': 'reader' }, 200],
    ['x-openclaw-token', { 'x-openclaw-token': 'reader' }, 200],
    ['the same twice', { authorization: 'Bearer reader', 'x-api-key': 'reader' }, 200],
    ['two that differ', { authorization: 'Bearer reader', 'x-api-key': 'admin' }, 401],
    ['a wrong one beside a right one', { 'x-openclaw-token': 'no', 'x-api-key': 'reader' }, 401],
  ])('the headers of a token decide alike: %s', async (_, headers, status) => {
    await using at = await house()
    expect((await fetch(`${at.url}/desk/item/1`, { headers })).status).toBe(status)
  })

  test.each(['token', 'access_token', 'api_key', 'apikey', 'password', 'TOKEN'])('a credential in the address is refused: %s', async (name) => {
    await using at = await house()
    expect((await fetch(`${at.url}/desk/item/1?a=1&${name}=reader`)).status).toBe(400)
    expect(await refused(at, `/?${name}=reader`)).toMatchObject({ status: 400 })
  })

  test('what an authenticator tells reaches the client, and when to come again', async () => {
    await using at = await house({ authenticate: ({ token }) => (token === 'late' ? { ok: false, code: 'AUTH_RATE_LIMITED', message: 'too many', retryAfterMs: 1_500, details: { why: 'x' } } : { ok: true, caller: tokens['reader']!, tell: { proof: 'p' } }) })
    const rpc = (token: string) => fetch(`${at.url}/rpc`, { method: 'POST', ...bearer(token), body: '{"method":"desk.nothing"}' })
    expect((await rpc('reader')).headers.get('x-nexus-proof')).toBe('p')
    const late = await rpc('late')
    expect([late.status, late.headers.get('retry-after'), await late.json()]).toMatchObject([429, '2', { error: { retryable: true, retryAfterMs: 1_500, details: { code: 'AUTH_RATE_LIMITED', why: 'x' } } }])
    expect((await guest(at)).hello).toMatchObject({ auth: { proof: 'p' } })
  })
})
