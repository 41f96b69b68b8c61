import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import * as v from 'valibot'
import { definePlugin, followedBy, method, NexusError } from 'nexus-gateway/sdk'
import { Client, connectParams, guest, house } from './support.ts'

function waiting(): { promise: Promise<unknown>; resolve(value: unknown): void; reject(error: Error): void } {
  let [resolve, reject]: [(value: unknown) => void, (error: Error) => void] = [() => {}, () => {}]
  const promise = new Promise<unknown>((yes, no) => { [resolve, reject] = [yes, no] })
  return { promise, resolve: (value) => resolve(value), reject: (error) => reject(error) }
}

describe('a request', () => {
  test('is answered under its own id, in whatever order they end', async () => {
    await using at = await house()
    const client = await guest(at)
    client.send({ type: 'req', id: 'slow', method: 'desk.later', params: { ms: 30 } })
    client.send({ type: 'req', id: 'fast', method: 'desk.echo', params: { data: [1, 'ü'] } })
    await client.find((f) => f.id === 'slow')
    expect(client.texts.slice(-2)).toEqual(['{"type":"res","id":"fast","ok":true,"payload":[1,"ü"]}', '{"type":"res","id":"slow","ok":true,"payload":30}'])
  })

  test('that answers nothing has no payload', async () => {
    await using at = await house()
    const client = await guest(at)
    await client.call('desk.nothing')
    expect(client.texts.at(-1)).toBe('{"type":"res","id":"c0","ok":true}')
  })

  test.each([
    ['an unknown method', 'nope', {}, { code: 'INVALID_REQUEST', message: 'unknown method: nope' }],
    ['bad params', 'desk.later', { ms: 'x', more: 1 }, { code: 'INVALID_REQUEST', message: "invalid desk.later params: at /ms: must be number; at root: unexpected property 'more'" }],
    ['a result that is no JSON', 'desk.circle', undefined, { code: 'UNAVAILABLE', details: { nexus: 'NEXUS_CALL_BAD_RESULT' } }],
    ['a handler that throws', 'desk.break', undefined, { code: 'UNAVAILABLE', message: 'desk.break failed in plugin "desk"', details: { nexus: 'NEXUS_CALL_FAILED' } }],
  ])('with %s gets a clear error and no inside of ours', async (_, method, params, error) => {
    await using at = await house()
    const client = await guest(at)
    expect((await client.call(method, params)).error).toMatchObject(error)
    expect(client.texts.at(-1)).not.toMatch(/secret|stack|\.ts:/)
    expect(Object.keys(client.frames.at(-1) as object)).toEqual(['type', 'id', 'ok', 'error'])
  })

  test.each([[3, { code: 'INVALID_REQUEST', message: 'missing scope: operator.admin' }], [4, { code: 'FORBIDDEN', message: 'missing scope: operator.admin', details: { code: 'MISSING_SCOPE', missingScope: 'operator.admin', requiredScopes: ['operator.admin'], have: ['operator.read'] } }]])('beyond its scopes is refused as protocol %i has it', async (protocol, error) => {
    await using at = await house()
    const client = await guest(at, { minProtocol: protocol, maxProtocol: protocol, scopes: ['operator.read'] })
    expect((await client.call('desk.manage')).error).toMatchObject(error)
  })

  test('may bring its own trace', async () => {
    await using at = await house()
    const client = await guest(at)
    client.send({ type: 'req', id: 't', method: 'desk.trace', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    expect((await client.find((f) => f.id === 't')).payload).toBe('0af7651916cd43dd8448eb211c80319c')
  })

  test('is answered twice where its result says that more is to come: an outcome, or what went wrong', async () => {
    const outcomes = [waiting(), waiting()]
    let asked = 0
    const long = definePlugin({
      id: 'long', methods: { 'long.work': method({ scope: 'public', result: v.strictObject({ status: v.string() }) }) },
      setup: () => ({ methods: { 'long.work': async () => followedBy({ status: 'accepted' }, outcomes[asked++]!.promise) } }),
    })
    await using at = await house({ plugins: [long] })
    const client = await guest(at)
    client.send({ type: 'req', id: 'a', method: 'long.work' })
    client.send({ type: 'req', id: 'b', method: 'long.work' })
    await client.find((f) => f.id === 'b')
    outcomes[1]!.reject(new NexusError('NEXUS_LONG_FAILED', { wire: 'UNAVAILABLE', text: 'it broke', fix: 'Mend it.' }))
    outcomes[0]!.resolve({ status: 'ok' })
    await client.find((f) => f.id === 'a' && (f.payload as { status?: string }).status === 'ok')
    expect(client.texts.filter((text) => text.startsWith('{"type":"res","id":"a"'))).toEqual(['{"type":"res","id":"a","ok":true,"payload":{"status":"accepted"}}', '{"type":"res","id":"a","ok":true,"payload":{"status":"ok"}}'])
    expect(client.frames.filter((f) => f.id === 'b').map((f) => [f.ok, f.error?.message])).toEqual([[true, undefined], [false, 'it broke']])
  })

  test('sees the event it caused before its answer', async () => {
    await using at = await house()
    const client = await guest(at)
    await client.call('desk.shout', { text: 'hi' })
    expect(client.frames.slice(-2).map((f) => f.event ?? f.id)).toEqual(['news', 'c0'])
  })
})

describe('a connection', () => {
  test('has a bound on its calls in flight, and says when to come again', async () => {
    await using at = await house({ limits: { callsPerConnection: 3 } })
    const client = await guest(at)
    for (let i = 0; i < 3; i++) client.send({ type: 'req', id: `w${i}`, method: 'desk.later', params: { ms: 40 } })
    expect((await client.call('desk.echo', {})).error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, details: { nexus: 'NEXUS_CONNECTION_BUSY' } })
    await client.find((f) => f.id === 'w2')
    expect((await client.call('desk.echo', { data: 1 })).payload).toBe(1)
  })

  test('that is gone aborts the calls it made, also when they ask for their signal only then', async () => {
    await using at = await house()
    const client = await guest(at)
    client.send({ type: 'req', id: 'w', method: 'desk.wait' })
    await vi.waitFor(() => expect(at.desk.calls).toHaveLength(1))
    const { signal } = at.desk.calls[0]!
    expect(signal.aborted).toBe(false)
    client.ws.terminate()
    await vi.waitFor(() => expect(signal.aborted).toBe(true))
    expect(at.gateway.connections()).toEqual([])
  })

  test('may have as many calls that watch for its end as it may have calls', async () => {
    const warnings: unknown[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    await using at = await house()
    const client = await guest(at)
    for (let i = 0; i < 30; i++) client.send({ type: 'req', id: `w${i}`, method: 'desk.wait' })
    await vi.waitFor(() => expect(at.desk.calls).toHaveLength(30))
    client.ws.terminate()
    await vi.waitFor(() => expect(at.desk.calls.every((call) => call.signal.aborted)).toBe(true))
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  test('refused ten times in a row is closed; one allowed call starts the count again', async () => {
    await using at = await house()
    const client = await guest(at, { scopes: ['operator.read'] })
    for (let i = 0; i < 9; i++) await client.call('desk.manage')
    await client.call('desk.public')
    for (let i = 0; i < 9; i++) await client.call('desk.manage')
    expect(client.ws.readyState).toBe(client.ws.OPEN)
    await client.call('desk.manage')
    expect(await client.closed).toEqual({ code: 1008, reason: 'repeated unauthorized calls' })
  })

  test('that does not read its answers is closed as a slow consumer', async () => {
    await using at = await house({ limits: { maxBufferedBytes: 1_000_000 } })
    const client = await guest(at)
    client.ws.pause()
    for (let i = 0; i < 40; i++) client.send({ type: 'req', id: `b${i}`, method: 'desk.echo', params: { data: 'x'.repeat(200_000) } })
    await new Promise((resolve) => setTimeout(resolve, 100))
    client.ws.resume()
    expect(await client.closed).toEqual({ code: 1008, reason: 'slow consumer' })
  })

  test('hears a tick, and a ping that it must answer', async () => {
    await using at = await house({ limits: { tickIntervalMs: 80, pongMs: 60 } })
    const alive = await guest(at)
    const dead = new Client(at.url, { autoPong: false })
    await dead.connect()
    const tick = await alive.find((f) => f.event === 'tick')
    expect(tick).toEqual({ type: 'event', event: 'tick', payload: { ts: expect.any(Number) }, seq: 1 })
    expect((await dead.closed).code).toBe(1006)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(alive.ws.readyState).toBe(alive.ws.OPEN)
  })

  test('what is said in one tick leaves in one write', async () => {
    await using at = await house()
    const socket = connect(at.port, '127.0.0.1')
    const chunks: string[] = []
    socket.on('data', (chunk) => chunks.push(chunk.toString('latin1')))
    const frame = (value: unknown): Buffer => {
      const body = Buffer.from(JSON.stringify(value))
      return Buffer.concat([Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255, 0, 0, 0, 0]), body])
    }
    const padded = (id: string): unknown => ({ type: 'req', id, method: 'desk.echo', params: { data: 'x'.repeat(150) } })
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n')
    await vi.waitFor(() => expect(chunks.join('')).toContain('challenge'))
    socket.write(frame({ type: 'req', id: 'connect', method: 'connect', params: connectParams() }))
    await vi.waitFor(() => expect(chunks.join('')).toContain('hello-ok'))
    chunks.length = 0
    socket.write(Buffer.concat(Array.from({ length: 20 }, (_, i) => frame(padded(`r${i}`)))))
    await vi.waitFor(() => expect(chunks.join('')).toContain('"r19"'))
    expect(chunks).toHaveLength(1)
    socket.destroy()
  })
})
