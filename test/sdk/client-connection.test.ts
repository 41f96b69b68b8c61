import { createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { createClient, type ClientOptions } from 'nexus-gateway/sdk/client'
import type { SocketClass } from '../../sdk/client/socket.ts'
import { failure, fakeGateway, fast, follow, nexus, policy } from './fake-gateway.ts'

describe('a token', () => {
  /** Notes what was opened, and opens nothing. */
  const line = () => {
    const opened: string[] = []
    return { opened, WebSocket: class { readyState = 0; constructor(url: string) { opened.push(url) } addEventListener() {} close() {} send() {} } as unknown as SocketClass }
  }
  const open = async (o: Partial<ClientOptions> & { url: string }): Promise<string[]> => {
    const { opened, WebSocket } = line()
    const client = createClient({ token: 't', WebSocket, reconnect: false, ...o })
    client.ready().catch(() => {})
    await new Promise((r) => setImmediate(r))
    void client.close()
    return opened
  }

  test.each(['ws://gateway.example', 'http://192.168.1.20:19789', 'WS://10.0.0.1', ' ws://example.com', 'ws://[2001:db8::1]:1', 'ws://0.0.0.0', 'ws://127.0.0.1.example.com', 'ws://localhost.example.com', 'ws://128.0.0.1'])(
    'does not leave the machine in the clear: %s is refused before anything is opened', async (url) => {
      const { opened, WebSocket } = line()
      const secrets: Partial<ClientOptions>[] = [{ token: 't' }, { token: () => 't' }, { url: url.replace('//', '//user:pass@') }]
      for (const secret of secrets) {
        const refused = await failure((async () => createClient({ url, WebSocket, ...secret }))())
        expect(refused).toMatchObject({ code: 'INVALID_REQUEST', retryable: false, details: { nexus: 'NEXUS_CLIENT_INSECURE' }, message: expect.stringMatching(/wss:\/\/.*allowInsecure: true/) })
      }
      expect(opened).toEqual([])
    })

  test.each(['wss://gateway.example', 'https://gateway.example', 'ws://127.0.0.1:1', 'ws://127.9.9.9', 'http://localhost:1', 'ws://[::1]:1', 'ws://[::ffff:127.0.0.1]:1'])('may go to %s', async (url) => {
    expect(await open({ url })).toHaveLength(1)
  })

  test('goes anywhere for who says so, and without one nothing is in the way', async () => {
    expect(await open({ url: 'ws://gateway.example', allowInsecure: true })).toEqual(['ws://gateway.example'])
    const { opened, WebSocket } = line()
    const client = createClient({ url: 'ws://gateway.example', WebSocket })
    await new Promise((r) => setImmediate(r))
    void client.close()
    expect(opened).toHaveLength(1)
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
    await vi.waitFor(() => expect(at.length).toBeGreaterThanOrEqual(5), 3000)
    const waits = at.slice(1).map((t, i) => t - at[i]!)
    // Half the nominal delay is the least the jitter leaves: 10, 20, 40, 40.
    expect(waits[0]!).toBeGreaterThanOrEqual(9)
    expect(waits[2]!).toBeGreaterThanOrEqual(39)
    expect(client.state).not.toBe('closed')
  })

  test('silence beyond two ticks closes with 4000 and reconnects', async () => {
    const codes: number[] = []
    await using gateway = await fakeGateway({ hello: (_, nth) => policy(nth === 1 ? 20 : 30_000) })
    const { client, states, losses } = follow({ url: gateway.url, ...fast })
    await using _ = client
    await client.ready()
    gateway.peers[0]!.socket.on('close', (code) => codes.push(code))
    await vi.waitFor(() => expect(states).toEqual(['open', 'waiting', 'connecting', 'open']))
    expect(losses).toEqual(['NEXUS_CLIENT_SILENT'])
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
