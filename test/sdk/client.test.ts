import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { contract, event, method } from 'nexus-gateway/sdk'
import { createClient } from 'nexus-gateway/sdk/client'
import { failure, fakeGateway, fast, follow, hello, nexus, policy, type Peer, type Req } from './fake-gateway.ts'

describe('handshake', () => {
  test('offers 3 to 4, sends token and scopes, and gives the hello', async () => {
    await using gateway = await fakeGateway()
    await using client = createClient({ url: gateway.url, token: () => 't', scopes: ['operator.read'], client: { id: 'test', version: '9' } })
    expect((await client.ready()).protocol).toBe(4)
    expect(gateway.connectParams(1)).toMatchObject({ minProtocol: 3, maxProtocol: 4, auth: { token: 't' }, scopes: ['operator.read'], client: { id: 'test', version: '9' } })
    expect(gateway.connectParams(1)).not.toHaveProperty('resume')
  })

  test('goes down to 3 when the gateway says so, or when told to', async () => {
    await using gateway = await fakeGateway({ hello: () => ({ protocol: 3 }) })
    await using client = createClient({ url: gateway.url.replace('ws:', 'http:'), protocol: 3 })
    expect((await client.ready()).protocol).toBe(3)
    expect(gateway.connectParams(1)).toMatchObject({ minProtocol: 3, maxProtocol: 3 })
  })

  test.each<[string, Record<string, unknown>]>([
    ['another protocol', { protocol: 5 }],
    ['no hello at all', { type: 'welcome' }],
  ])('a wrong hello ends the client: %s', async (_, wrong) => {
    await using gateway = await fakeGateway({ hello: () => wrong })
    const { client, states } = follow({ url: gateway.url, ...fast })
    const waiting = failure(client.call('echo'))
    expect(nexus(await failure(client.ready()))).toBe('NEXUS_CLIENT_HANDSHAKE')
    expect(nexus(await waiting)).toBe('NEXUS_CLIENT_HANDSHAKE')
    expect(states).toEqual(['closed'])
    expect(nexus(await failure(client.call('echo')))).toBe('NEXUS_CLIENT_CLOSED')
  })

  test('something that is no gateway ends the client', async () => {
    await using gateway = await fakeGateway({ open: (peer) => peer.socket.send('hello there') })
    const client = createClient({ url: gateway.url, ...fast })
    expect(nexus(await failure(client.ready()))).toBe('NEXUS_CLIENT_HANDSHAKE')
  })

  test('a refused credential ends the client with the gateway\'s own error', async () => {
    await using gateway = await fakeGateway({
      connect: (peer, req) => { peer.refuse(req, { code: 'INVALID_REQUEST', message: 'unauthorized', details: { code: 'AUTH_TOKEN_MISMATCH' } }); peer.socket.close(1008, 'unauthorized') },
    })
    const client = createClient({ url: gateway.url, token: 'bad', ...fast })
    expect(await failure(client.ready())).toMatchObject({ code: 'INVALID_REQUEST', message: 'unauthorized', details: { code: 'AUTH_TOKEN_MISMATCH' }, retryable: false })
    expect(client.state).toBe('closed')
    expect(gateway.peers).toHaveLength(1)
  })

  test.each([1002, 1008])('a close with %i before the hello ends the client', async (code) => {
    await using gateway = await fakeGateway({ connect: (peer) => peer.socket.close(code, 'protocol mismatch') })
    const client = createClient({ url: gateway.url, ...fast })
    expect(nexus(await failure(client.ready()))).toBe('NEXUS_CLIENT_REFUSED')
  })

  test('a gateway that still starts is asked again after the time it names', async () => {
    let tries = 0
    await using gateway = await fakeGateway({
      connect(peer, req) {
        if (++tries > 2) return peer.reply(req, hello())
        peer.refuse(req, { code: 'UNAVAILABLE', message: 'starting', retryable: true, retryAfterMs: 10 })
        peer.socket.close(1013)
      },
    })
    await using client = createClient({ url: gateway.url, reconnect: { minMs: 60_000 } })
    await client.ready()
    expect(tries).toBe(3)
  })

  test('a gateway that never sends its challenge is left and asked again', async () => {
    let tries = 0
    await using gateway = await fakeGateway({ open: (peer) => { if (++tries > 1) peer.emit('connect.challenge', { nonce: 'n', ts: 1 }) } })
    await using client = createClient({ url: gateway.url, handshakeTimeoutMs: 30, ...fast })
    await client.ready()
    expect(tries).toBe(2)
  })

  test('a token that cannot be had is asked for again', async () => {
    let tries = 0
    await using gateway = await fakeGateway()
    await using client = createClient({ url: gateway.url, token: () => { if (++tries === 1) throw new Error('vault is shut'); return 't' }, ...fast })
    await client.ready()
    expect(gateway.connectParams(2)).toMatchObject({ auth: { token: 't' } })
  })
})

describe('calls', () => {
  test('answers are matched by id, in whatever order they come', async () => {
    const held: [Peer, Req][] = []
    await using gateway = await fakeGateway({
      call(peer, req) {
        held.push([peer, req])
        if (held.length === 3) for (const [p, r] of held.reverse()) p.reply(r, r.params)
      },
    })
    await using client = createClient({ url: gateway.url })
    expect(await Promise.all([1, 2, 3].map((n) => client.call('echo', { n })))).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  test('an error keeps its code, details and retry hints', async () => {
    const error = { code: 'UNAVAILABLE', message: 'busy', details: { nexus: 'NEXUS_X_Y' }, retryable: true, retryAfterMs: 7 }
    await using gateway = await fakeGateway({ call: (peer, req) => peer.refuse(req, req.method === 'odd' ? 'no' : error) })
    await using client = createClient({ url: gateway.url })
    expect(await failure(client.call('echo'))).toMatchObject({ ...error, name: 'GatewayError' })
    expect(await failure(client.call('odd'))).toMatchObject({ code: 'UNAVAILABLE', message: 'the gateway gave no reason' })
  })

  test('no answer within the timeout rejects, and a late one is dropped', async () => {
    await using gateway = await fakeGateway({ call: (peer, req) => setTimeout(() => peer.reply(req, 'late'), req.method === 'slow' ? 40 : 0) })
    await using client = createClient({ url: gateway.url })
    await client.ready()
    expect(await failure(client.call('slow', {}, { timeoutMs: 10 }))).toMatchObject({ code: 'AGENT_TIMEOUT', details: { nexus: 'NEXUS_CLIENT_TIMEOUT' } })
    await new Promise((r) => setTimeout(r, 50))
    expect(await client.call('echo')).toBe('late')
  })

  test('an aborted call rejects at once, before and after it was sent', async () => {
    await using gateway = await fakeGateway({ call: () => {} })
    await using client = createClient({ url: gateway.url })
    const stop = new AbortController()
    const running = failure(client.call('slow', {}, { signal: stop.signal }))
    stop.abort()
    expect(nexus(await running)).toBe('NEXUS_CLIENT_ABORTED')
    expect(nexus(await failure(client.call('slow', {}, { signal: stop.signal })))).toBe('NEXUS_CLIENT_ABORTED')
  })

  test('calls without an answer are bounded', async () => {
    await using gateway = await fakeGateway({ call: (peer, req) => { if (req.method === 'go') for (const r of peer.reqs.slice(1)) peer.reply(r, 1) } })
    await using client = createClient({ url: gateway.url, maxPending: 2 })
    const first = client.call('wait')
    const second = client.call('go')
    expect(await failure(client.call('echo'))).toMatchObject({ retryable: true, details: { nexus: 'NEXUS_CLIENT_BUSY' } })
    expect(await Promise.all([first, second])).toEqual([1, 1])
  })

  test('a frame beyond the gateway\'s limit is not sent: it would close the connection for all', async () => {
    await using gateway = await fakeGateway({ hello: () => policy(30_000, 200) })
    await using client = createClient({ url: gateway.url })
    await client.ready()
    expect(nexus(await failure(client.call('echo', { text: 'é'.repeat(100) })))).toBe('NEXUS_CLIENT_TOO_LARGE')
    expect(await client.call('echo', { text: 'e'.repeat(100) })).toEqual({ text: 'e'.repeat(100) })
  })

  test('expectFinal skips the first of two answers', async () => {
    await using gateway = await fakeGateway({ call: (peer, req) => { peer.reply(req, { status: 'accepted' }); peer.reply(req, { status: 'ok' }) } })
    await using client = createClient({ url: gateway.url })
    expect(await client.call('agent')).toEqual({ status: 'accepted' })
    expect(await client.call('agent', {}, { expectFinal: true })).toEqual({ status: 'ok' })
  })
})

describe('use', () => {
  const cost = contract({
    id: 'cost',
    methods: { 'cost.summary': method({ scope: 'operator.read', params: v.strictObject({ session: v.string() }), result: v.strictObject({ total: v.number() }) }) },
    events: { 'cost.charged': event({ scope: 'operator.read', payload: v.strictObject({ usd: v.number() }) }) },
  })

  test('a contract gives typed calls and events', async () => {
    await using gateway = await fakeGateway({ call: (peer, req) => { peer.emit('cost.charged', { usd: 3 }); peer.reply(req, { total: (req.params as { session: string }).session.length }) } })
    await using client = createClient({ url: gateway.url })
    const typed = client.use(cost)
    const usd: number[] = []
    const off = typed.on('cost.charged', (c) => usd.push(c.usd))
    const { total } = await typed.call['cost.summary']({ session: 'abc' })
    expect(total).toBe(3)
    off()
    await typed.call['cost.summary']({ session: '' })
    expect(usd).toEqual([3])
  })

  test('a listener that throws hurts neither the connection nor the others', async () => {
    await using gateway = await fakeGateway({ call: (peer, req) => { peer.emit('news', 1); peer.reply(req) } })
    await using client = createClient({ url: gateway.url })
    const uncaught: unknown[] = []
    const handlers = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', (e) => uncaught.push(e.message))
    const seen: unknown[] = []
    client.on('news', () => { throw new Error('mine') })
    client.on('news', (n) => seen.push(n))
    await client.call('echo')
    await client.call('echo')
    process.removeAllListeners('uncaughtException')
    for (const h of handlers) process.on('uncaughtException', h)
    expect(seen).toEqual([1, 1])
    expect(uncaught).toEqual(['mine', 'mine'])
  })
})

test('closing rejects what waits, closes the socket with 1000 and leaves nothing behind', async () => {
  await using gateway = await fakeGateway({ call: () => {} })
  const codes: number[] = []
  const client = createClient({ url: gateway.url })
  await client.ready()
  gateway.peers[0]!.socket.on('close', (code) => codes.push(code))
  const running = failure(client.call('slow'))
  await client.close()
  await client.close()
  expect(nexus(await running)).toBe('NEXUS_CLIENT_CLOSED')
  await vi.waitFor(() => expect(codes).toEqual([1000]))
  expect(nexus(await failure(client.ready()))).toBe('NEXUS_CLIENT_CLOSED')
})

test('closing while still connecting ends quietly', async () => {
  await using gateway = await fakeGateway()
  for (const ms of [0, 1, 5]) {
    const client = createClient({ url: gateway.url })
    if (ms) await new Promise((r) => setTimeout(r, ms))
    await client.close()
    expect(client.state).toBe('closed')
  }
})

test('a bad address ends the client', async () => {
  const client = createClient({ url: 'not a url' })
  expect(nexus(await failure(client.ready()))).toBe('NEXUS_CLIENT_REFUSED')
})
