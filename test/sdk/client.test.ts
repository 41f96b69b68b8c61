import { createServer } from 'node:net'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { contract, event, method } from 'nexus-gateway/sdk'
import { createClient, type Client, type ClientOptions, type GatewayError } from 'nexus-gateway/sdk/client'
import { fakeGateway, hello, type Peer, type Req } from './fake-gateway.ts'

const fast = { reconnect: { minMs: 5, maxMs: 20 } } as const
const policy = (tickIntervalMs: number, maxPayload = 1e6) => ({ policy: { maxPayload, maxBufferedBytes: 1e7, tickIntervalMs } })
const nexus = (error: unknown) => ((error as GatewayError).details as { nexus?: string } | undefined)?.nexus
const failure = (promise: Promise<unknown>) => promise.then(() => { throw new Error('it did not fail') }, (e: GatewayError) => e)

/** A client and what it told its application. */
function follow(o: ClientOptions): { client: Client; states: string[]; resets: string[] } {
  const states: string[] = []
  const resets: string[] = []
  const client = createClient({ ...o, onState: (s) => states.push(s), onReset: (r) => resets.push(r.reason) })
  return { client, states, resets }
}

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
    expect(await client.call('echo', { text: 'e'.repeat(100) })).toBeTruthy()
  })

  test('expectFinal skips the first of two answers', async () => {
    await using gateway = await fakeGateway({ call: (peer, req) => { peer.reply(req, { status: 'accepted' }); peer.reply(req, { status: 'ok' }) } })
    await using client = createClient({ url: gateway.url })
    expect(await client.call('agent')).toEqual({ status: 'accepted' })
    expect(await client.call('agent', {}, { expectFinal: true })).toEqual({ status: 'ok' })
  })
})

describe('a lost connection', () => {
  test('calls made meanwhile wait for the next one', async () => {
    await using gateway = await fakeGateway()
    const { client, states } = follow({ url: gateway.url, ...fast })
    await using _ = client
    await client.ready()
    gateway.peers[0]!.socket.close(1012, 'service restart')
    while (client.state === 'open') await new Promise((r) => setImmediate(r))
    expect(await client.call('echo', 1)).toBe(1)
    expect(states).toEqual(['open', 'waiting', 'connecting', 'open'])
  })

  test('calls made meanwhile fail at their timeout, as never sent', async () => {
    const unused = createServer().listen(0, '127.0.0.1')
    await new Promise((r) => unused.once('listening', r))
    const { port } = unused.address() as { port: number }
    await new Promise((r) => unused.close(r))
    await using client = createClient({ url: `ws://127.0.0.1:${port}`, ...fast })
    expect(await failure(client.call('echo', 1, { timeoutMs: 40 }))).toMatchObject({ retryable: true, details: { nexus: 'NEXUS_CLIENT_OFFLINE' } })
  })

  test('cut off in mid-call: sent again if idempotent, otherwise rejected as unknown', async () => {
    await using gateway = await fakeGateway({ call(peer, req) { if (gateway.peers.length > 1) peer.reply(req, req.method); else if (peer.reqs.length === 4) peer.socket.terminate() } })
    await using client = createClient({ url: gateway.url, ...fast })
    const read = client.call('read', {}, { idempotent: true })
    const keyed = client.call('keyed', { idempotencyKey: 'k1' })
    const write = failure(client.call('write', { n: 1 }))
    expect(await write).toMatchObject({ code: 'UNAVAILABLE', retryable: false, details: { nexus: 'NEXUS_CLIENT_LOST' } })
    expect(await Promise.all([read, keyed])).toEqual(['read', 'keyed'])
    expect(gateway.calls(2)).toEqual(['read', 'keyed'])
  })

  test('half an answer in the pipe does not count as one', async () => {
    let tries = 0
    await using gateway = await fakeGateway({
      call(peer, req) {
        if (++tries > 1) return peer.reply(req, 'whole')
        peer.socket.send('{"type":"res","id":"' + req.id)
        peer.socket.terminate()
      },
    })
    await using client = createClient({ url: gateway.url, ...fast })
    expect(await client.call('read', {}, { idempotent: true })).toBe('whole')
  })

  test('reconnect: false closes the client at the first loss', async () => {
    await using gateway = await fakeGateway()
    const { client } = follow({ url: gateway.url, reconnect: false })
    await client.ready()
    gateway.peers[0]!.socket.terminate()
    await vi.waitFor(() => expect(client.state).toBe('closed'))
    await failure(client.ready())
  })

  test('attempts grow apart, within the bounds', async () => {
    const at: number[] = []
    await using gateway = await fakeGateway({ open: (peer) => { at.push(performance.now()); peer.socket.terminate() } })
    await using client = createClient({ url: gateway.url, reconnect: { minMs: 20, maxMs: 80 } })
    await vi.waitFor(() => expect(at.length).toBe(5), 3000)
    const waits = at.slice(1).map((t, i) => t - at[i]!)
    // Half the nominal delay is the least the jitter leaves: 10, 20, 40, 40.
    expect(waits[0]!).toBeGreaterThanOrEqual(9)
    expect(waits[2]!).toBeGreaterThanOrEqual(39)
    expect(client.state).not.toBe('closed')
  })

  test('silence beyond two ticks closes with 4000 and reconnects', async () => {
    const codes: number[] = []
    await using gateway = await fakeGateway({ hello: (_, nth) => policy(nth === 1 ? 20 : 30_000) })
    const { client, states } = follow({ url: gateway.url, ...fast })
    await using _ = client
    await client.ready()
    gateway.peers[0]!.socket.on('close', (code) => codes.push(code))
    await vi.waitFor(() => expect(states).toEqual(['open', 'waiting', 'connecting', 'open']))
    await vi.waitFor(() => expect(codes).toEqual([4000]))
  })

  test('ticks keep a quiet connection', async () => {
    await using gateway = await fakeGateway({ hello: () => policy(150) })
    const { client, states } = follow({ url: gateway.url, ...fast })
    await using _ = client
    await client.ready()
    for (let i = 0; i < 8; i++) {
      gateway.peers[0]!.emit('tick', { ts: i })
      await new Promise((r) => setTimeout(r, 75))
    }
    expect(states).toEqual(['open'])
  })
})

describe('resume', () => {
  const resumable = (status: string, seq: number) => ({ resume: { token: 'r1', seq, status } })

  test('a reconnect names the last event seen and takes the replayed ones in order, once', async () => {
    await using gateway = await fakeGateway({ hello: (params, nth) => (nth === 1 ? resumable('fresh', 0) : (expect(params['resume']).toEqual({ token: 'r1', seq: 2 }), resumable('replayed', 4))) })
    const { client, resets } = follow({ url: gateway.url, ...fast })
    await using _ = client
    const seen: unknown[] = []
    client.on('news', (n) => seen.push(n))
    await client.ready()
    gateway.peers[0]!.emit('news', 1, 1)
    gateway.peers[0]!.emit('news', 2, 2)
    await vi.waitFor(() => expect(seen).toEqual([1, 2]))
    gateway.peers[0]!.socket.terminate()
    await vi.waitFor(() => expect(client.state).toBe('open'))
    await vi.waitFor(() => expect(gateway.peers).toHaveLength(2))
    await client.ready()
    for (const n of [2, 3, 4, 5]) gateway.peers[1]!.emit('news', n, n)
    await vi.waitFor(() => expect(seen).toEqual([1, 2, 3, 4, 5]))
    expect(resets).toEqual([])
  })

  test.each([['reset', resumable('reset', 0)], ['fresh', resumable('fresh', 0)], ['no word of it', {}]])('the application is told to load again when the gateway says %s', async (_name, second) => {
    await using gateway = await fakeGateway({ hello: (_p, nth) => (nth === 1 ? resumable('fresh', 7) : second) })
    const { client, resets } = follow({ url: gateway.url, ...fast })
    await using _ = client
    const seen: unknown[] = []
    client.on('news', (n) => seen.push(n))
    await client.ready()
    gateway.peers[0]!.socket.terminate()
    await vi.waitFor(() => expect(resets).toEqual(['resume']))
    gateway.peers[1]!.emit('news', 'a', 1)
    await vi.waitFor(() => expect(seen).toEqual(['a']))
  })

  test('a gap in the numbers is a reset; a repeated number is dropped', async () => {
    await using gateway = await fakeGateway({ hello: () => resumable('fresh', 0) })
    const { client, resets } = follow({ url: gateway.url })
    await using _ = client
    const seen: unknown[] = []
    client.on('news', (n) => seen.push(n))
    await client.ready()
    for (const n of [1, 2, 2, 5, 6]) gateway.peers[0]!.emit('news', n, n)
    await vi.waitFor(() => expect(seen).toEqual([1, 2, 5, 6]))
    expect(resets).toEqual(['gap'])
  })
})

test('whatever breaks: a call is done once or said to be lost, events come in order and once', async () => {
  // What the gateway does with each frame it gets, over all connections.
  const acts = fc.array(fc.constantFrom('answer', 'answer', 'answer', 'drop', 'run and drop', 'event'), { minLength: 5, maxLength: 30 })
  await fc.assert(fc.asyncProperty(acts, fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (script, idempotent) => {
    const ran: string[] = []
    let seq = 0
    let step = 0
    await using gateway = await fakeGateway({
      hello(params) {
        const from = (params['resume'] as { seq: number } | undefined)?.seq
        if (from !== undefined) setImmediate(() => { for (let n = from; n <= seq; n++) gateway.peers.at(-1)!.emit('news', n, n) })
        return { resume: { token: 'r', seq, status: from === undefined ? 'fresh' : 'replayed' } }
      },
      call(peer, req) {
        const act = script[step++] ?? 'answer'
        if (act === 'drop') return peer.socket.terminate()
        ran.push((req.params as { name: string }).name)
        if (act === 'run and drop') return peer.socket.terminate()
        if (act === 'event') peer.emit('news', ++seq, seq)
        peer.reply(req, 'done')
      },
    })
    await using client = createClient({ url: gateway.url, reconnect: { minMs: 1, maxMs: 2 }, onReset: () => { throw new Error('nothing was missed') } })
    const seen: number[] = []
    client.on('news', (n) => seen.push(n as number))
    const results = await Promise.all(idempotent.map((yes, i) => client.call('do', { name: `c${i}` }, { idempotent: yes }).then(() => 'done', nexus)))
    results.forEach((result, i) => {
      const times = ran.filter((name) => name === `c${i}`).length
      if (idempotent[i]) expect(result).toBe('done')
      else expect([result, times].join()).toMatch(/done,1|NEXUS_CLIENT_LOST,[01]/)
    })
    await vi.waitFor(() => expect(seen).toEqual(Array.from({ length: seq }, (_, n) => n + 1)), { interval: 2 })
  }), { numRuns: 60, seed: 1 })
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
