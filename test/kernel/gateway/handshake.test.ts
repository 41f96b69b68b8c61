import { beforeEach, describe, expect, test, vi } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { connectionClosed, connectionHello, connectionOpened, type AuthRequest } from '../../../kernel/points.ts'
import { Client, connectParams, guest, house, tokens, type House } from './support.ts'

async function refused(url: string, params: Record<string, unknown>) {
  const client = new Client(url)
  const answer = await client.connect(params)
  return { answer, closed: await client.closed }
}

describe('a client that is let in', () => {
  test('is challenged first, then told hello with everything the protocol promises', async () => {
    await using at = await house()
    const client = await guest(at)
    const { payload, ...challenge } = await client.challenge()
    expect(challenge).toEqual({ type: 'event', event: 'connect.challenge' })
    expect(payload).toEqual({ nonce: expect.stringMatching(/^[0-9a-f-]{36}$/), ts: expect.any(Number) })
    expect(client.hello).toEqual({
      type: 'hello-ok',
      protocol: 4,
      server: { version: 'test', connId: expect.any(String) },
      features: { methods: expect.arrayContaining(['desk.manage', 'desk.public']), events: expect.arrayContaining(['tick', 'shutdown', 'news', 'secret']) },
      snapshot: { presence: [], health: {}, stateVersion: { presence: 0, health: 0 }, uptimeMs: expect.any(Number), stateDir: '/nowhere', configPath: '/nowhere/nexus.json5', authMode: 'token' },
      auth: { role: 'operator', scopes: ['operator.admin'], method: 'token' },
      policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
      resume: { token: expect.stringMatching(/^[\w-]{22}$/), seq: 0, status: 'fresh' },
    })
    expect(at.gateway.connections()).toEqual([expect.objectContaining({ id: client.hello.server.connId, protocol: 4, remote: '127.0.0.1', client: { id: 'test', version: '1', platform: 'linux', mode: 'test' } })])
  })

  test.each([[3, 3, 3], [3, 4, 4], [4, 4, 4], [1, 3, 3], [4, 99, 4]])('offering protocols %i to %i gets %i', async (minProtocol, maxProtocol, protocol) => {
    await using at = await house()
    expect((await guest(at, { minProtocol, maxProtocol })).hello.protocol).toBe(protocol)
  })

  test.each<[string, string[] | undefined, string, string[]]>([
    ['asked ∩ held', ['operator.admin', 'operator.read'], 'reader', ['operator.read']],
    ['what write includes', ['operator.read', 'operator.write', 'operator.approvals'], 'writer', ['operator.read', 'operator.write']],
    ['all that is asked by one who holds all', ['operator.read', 'cost.manage'], 'admin', ['operator.read', 'cost.manage']],
    ['nothing when nothing is asked', undefined, 'admin', []],
    ['never what is no scope', ['public', 'node.invoke'], 'admin', []],
  ])('gets %s', async (_, scopes, token, granted) => {
    await using at = await house()
    const { hello } = await guest(at, { scopes, auth: { token } })
    expect(hello.auth.scopes).toEqual(granted)
    expect(hello.features.methods.includes('desk.manage')).toBe(granted.includes('operator.admin'))
    expect(hello.features.methods).toContain('desk.public')
    expect('stateDir' in hello.snapshot).toBe(granted.includes('operator.read'))
  })

  test('may be of either generation, with all that each of them sends', async () => {
    await using at = await house()
    const params = {
      client: { id: 'openclaw-tui', displayName: 'T', version: '2026.9.6', buildId: 'b', platform: 'linux', deviceFamily: 'Linux', modelIdentifier: 'x', timeZone: 'UTC', mode: 'cli', instanceId: 'i' },
      caps: ['a'], commands: ['b'], permissions: { camera: true }, pathEnv: '/bin', locale: 'en', userAgent: 'u', computerUse: {}, workerRuns: { any: 1 }, modelCatalog: { agentId: 'main' },
      device: { id: 'd', publicKey: 'k', signature: 's', signedAt: 1, nonce: 'n' },
      auth: { token: 'admin', password: 'p', bootstrapToken: 'b', deviceToken: 'd', approvalRuntimeToken: 'a', agentRuntimeIdentityToken: 'i' },
    }
    expect((await guest(at, params)).hello.type).toBe('hello-ok')
    for (const mode of ['webchat', 'cli', 'ui', 'backend', 'node', 'probe', 'test', 'worker']) {
      expect((await guest(at, { client: { id: 'any.name_0-1', version: '1', platform: 'p', mode } })).hello.type).toBe('hello-ok')
    }
  })

  test('is shown to the authenticator as it came, its device block and nonce too', async () => {
    const seen: AuthRequest[] = []
    await using at = await house({ authenticate: (request) => { seen.push(request); return { ok: true, caller: tokens['admin']! } } })
    const device = { id: 'd', publicKey: 'k', signature: 's', signedAt: 1, nonce: 'n' }
    const client = await guest(at, { device, role: 'node', auth: { token: 't', password: 'p' } })
    expect(seen).toEqual([expect.objectContaining({
      transport: 'ws', listener: 'tcp', remote: '127.0.0.1', role: 'node', token: 't', password: 'p',
      nonce: (await client.challenge()).payload.nonce, connect: expect.objectContaining({ device }),
      headers: expect.objectContaining({ upgrade: 'websocket' }),
    })])
  })

  test('over the unix socket is known as such', async () => {
    await using at = await house()
    const { hello } = await guest(`ws+unix://${at.socketPath}:/`, { auth: {} })
    expect(hello.auth).toEqual({ role: 'operator', scopes: ['operator.admin'], method: 'none' })
    expect(at.gateway.connections()[0]?.remote).toBe('')
  })

  test('is announced to plugins when it comes and when it goes, and they fill its snapshot', async () => {
    const seen: string[] = []
    const porter = definePlugin({
      id: 'porter', capabilities: ['tap:connection.hello', 'tap:connection.opened', 'tap:connection.closed'],
      setup(ctx) {
        ctx.tap(connectionHello, async (snapshot, connection) => ({ ...snapshot, for: connection.caller.id }))
        ctx.tap(connectionOpened, (connection) => void seen.push(`opened ${connection.id}`))
        ctx.tap(connectionClosed, (connection) => void seen.push(`closed ${connection.id}`))
      },
    })
    await using at = await house({ plugins: [porter] })
    const client = await guest(at)
    const id = client.hello.server.connId as string
    expect(client.hello.snapshot).toMatchObject({ for: 'admin', presence: [] })
    client.ws.close()
    await vi.waitFor(() => expect(seen).toEqual([`opened ${id}`, `closed ${id}`]))
    expect(at.gateway.connections()).toEqual([])
  })

  test('finds its requests answered that it sent before it was in, up to fifteen, in order', async () => {
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => { open = resolve })
    await using at = await house({ authenticate: async () => { await gate; return { ok: true, caller: tokens['admin']! } } })
    const client = new Client(at.url)
    await client.challenge()
    client.send({ type: 'req', id: 'connect', method: 'connect', params: connectParams() })
    for (let i = 0; i < 15; i++) client.send({ type: 'req', id: `${i}`, method: 'desk.echo', params: { data: i } })
    await new Promise((resolve) => setTimeout(resolve, 20))
    open()
    await client.find((frame) => frame.id === '14')
    expect(client.frames.filter((frame) => frame.type === 'res').map((frame) => frame.id)).toEqual(['connect', ...Array.from({ length: 15 }, (_, i) => `${i}`)])
  })
})

describe('a client that is turned away', () => {
  test.each([
    ['a bad token', { auth: { token: 'no' } }, 'unauthorized: gateway token mismatch (provide gateway auth token)', { code: 'AUTH_TOKEN_MISMATCH' }, 1008],
    ['no token', { auth: {} }, 'unauthorized: gateway token missing (provide gateway auth token)', { code: 'AUTH_TOKEN_MISSING' }, 1008],
    ['a foreign protocol', { minProtocol: 1, maxProtocol: 2 }, 'protocol mismatch', { code: 'PROTOCOL_MISMATCH', expectedProtocol: 4, nexus: 'NEXUS_CONNECT_PROTOCOL' }, 1002],
    ['a newer protocol', { minProtocol: 5, maxProtocol: 9 }, 'protocol mismatch', { code: 'PROTOCOL_MISMATCH' }, 1002],
    ['a bad role', { role: 'king' }, 'invalid role', { nexus: 'NEXUS_CONNECT_ROLE' }, 1008],
    ['an extra property', { foo: 1 }, "invalid connect params: at root: unexpected property 'foo'", { nexus: 'NEXUS_CONNECT_PARAMS' }, 1008],
    ['a bad mode', { client: { id: 'cli', version: '1', platform: 'x', mode: 'operator' } }, 'invalid connect params: at /client/mode: must be', {}, 1008],
    ['a bad client id', { client: { id: 'UPPER', version: '1', platform: 'x', mode: 'cli' } }, 'invalid connect params: at /client/id: must be', {}, 1008],
    ['an id that is too long', { client: { id: 'x'.repeat(65), version: '1', platform: 'x', mode: 'cli' } }, 'invalid connect params: at /client/id: must be', {}, 1008],
    ['a client without version', { client: { id: 'cli', platform: 'x', mode: 'cli' } }, "invalid connect params: at /client: must have required property 'version'", {}, 1008],
    ['a protocol that is no integer', { minProtocol: 1.5 }, 'invalid connect params: at /minProtocol: must be', {}, 1008],
  ])('%s', async (_, params, message, details, code) => {
    await using at = await house()
    const { answer, closed } = await refused(at.url, params)
    expect(answer).toMatchObject({ type: 'res', id: 'connect', ok: false, error: { code: 'INVALID_REQUEST', details } })
    expect(answer.error.message.startsWith(message)).toBe(true)
    expect(closed.code).toBe(code)
    expect(answer.error.message.startsWith(closed.reason)).toBe(true)
    expect(closed.reason.length).toBeGreaterThan(0)
    expect(at.gateway.connections()).toEqual([])
  })

  test('nobody is in without an authenticator, nor with one that fails', async () => {
    await using none = await house({ authenticate: () => undefined })
    expect((await refused(none.url, {})).answer.error).toMatchObject({ details: { nexus: 'NEXUS_CALL_UNAUTHENTICATED' } })
    await using failing = await house({ authenticate: () => { throw new Error('a secret of the inside') } })
    const { answer, closed } = await refused(failing.url, {})
    expect(answer.error).toMatchObject({ code: 'UNAVAILABLE', message: 'plugin "doorman" failed in hook connection.authenticate' })
    expect(closed.code).toBe(1011)
    expect(JSON.stringify(answer)).not.toContain('secret')
  })

  test('pairing is asked for in the protocol\'s words', async () => {
    await using at = await house({ authenticate: () => ({ ok: false, code: 'PAIRING_REQUIRED', message: 'pairing required', wire: 'NOT_PAIRED' }) })
    expect((await refused(at.url, {})).answer.error).toMatchObject({ code: 'NOT_PAIRED', message: 'pairing required', details: { code: 'PAIRING_REQUIRED' } })
  })

  test('a long refusal is cut to what fits a close frame, on a character', async () => {
    await using at = await house({ authenticate: () => ({ ok: false, code: 'X', message: 'ü'.repeat(200) }) })
    const { answer, closed } = await refused(at.url, {})
    expect(answer.error.message).toBe('ü'.repeat(200))
    expect(closed.reason).toBe('ü'.repeat(61))
  })

  test.each([
    ['another method', { type: 'req', id: '9', method: 'desk.public' }, '9'],
    ['a frame that is no request', { hello: 1 }, 'invalid'],
    ['something that is not JSON', 'hello', 'invalid'],
  ])('%s before connect', async (_, frame, id) => {
    await using at = await house()
    const client = new Client(at.url)
    await client.challenge()
    client.send(frame)
    expect(await client.find((f) => f.type === 'res')).toMatchObject({ id, ok: false, error: { code: 'INVALID_REQUEST', message: 'invalid handshake: first request must be connect', details: { nexus: 'NEXUS_CONNECT_FIRST' } } })
    expect(await client.closed).toEqual({ code: 1008, reason: 'invalid handshake: first request must be connect' })
  })

  test('a second connect is an error and ends nothing', async () => {
    await using at = await house()
    const client = await guest(at)
    expect((await client.call('connect', connectParams())).error).toMatchObject({ code: 'INVALID_REQUEST', message: 'connect is only valid as the first request', details: { nexus: 'NEXUS_CONNECT_TWICE' } })
    expect((await client.call('desk.public')).ok).toBe(true)
  })

  test('one that leaves while it is being looked at leaves nothing behind', async () => {
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => { open = resolve })
    await using at = await house({ authenticate: async () => { await gate; return { ok: true, caller: tokens['admin']! } } })
    const client = new Client(at.url)
    await client.challenge()
    client.send({ type: 'req', id: 'connect', method: 'connect', params: connectParams() })
    await new Promise((resolve) => setTimeout(resolve, 20))
    client.ws.terminate()
    await client.closed
    open()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(at.gateway.connections()).toEqual([])
  })
})

describe('an authenticator that never answers', () => {
  let asked = false
  const never = { limits: { handshakeMs: 300 }, authenticate: () => { asked = true; return new Promise<never>(() => {}) } }
  beforeEach(() => { asked = false })
  /** Milliseconds that the kernel takes to close although it has ten seconds. */
  async function closing(at: House): Promise<number> {
    const began = performance.now()
    at.gateway.drain()
    expect(await at.kernel.close({ deadlineMs: 10_000 })).toEqual({ drained: true, errors: [] })
    return performance.now() - began
  }
  async function asking(at: House): Promise<Client> {
    const client = new Client(at.url)
    await client.challenge()
    client.send({ type: 'req', id: 'connect', method: 'connect', params: connectParams() })
    await vi.waitFor(() => expect(asked).toBe(true))
    return client
  }

  test('holds up no stop: a guest is sent away, and nobody waits for his answer', async () => {
    await using at = await house({ ...never, limits: { handshakeMs: 60_000 } })
    const client = await asking(at)
    expect(await closing(at)).toBeLessThan(2_000)
    expect(await client.closed).toEqual({ code: 1012, reason: 'service restart' })
  })

  test('holds up a stop for as long as a handshake may take, if the guest does not go', async () => {
    await using at = await house(never)
    const client = await asking(at)
    client.raw.pause()
    expect(await closing(at)).toBeLessThan(never.limits.handshakeMs + 1_000)
    client.ws.terminate()
  })

  test.each(['/rpc', '/desk/item/1'])('gives a request to %s an answer after that time', async (path) => {
    await using at = await house(never)
    const answer = fetch(`${at.url}${path}`, { method: 'POST', headers: { authorization: 'Bearer admin' }, body: '{"method":"desk.manage"}' })
    await vi.waitFor(() => expect(asked).toBe(true))
    expect(await closing(at)).toBeLessThan(never.limits.handshakeMs + 1_000)
    expect((await answer).status).toBe(503)
  })

  test('that answers when the guest has gone is not heard, and fails nobody', async () => {
    let refuse = (_: Error): void => {}
    await using at = await house({ authenticate: () => { asked = true; return new Promise((_, reject) => { refuse = reject }) } })
    const client = await asking(at)
    client.ws.terminate()
    await client.closed
    expect(await closing(at)).toBeLessThan(2_000)
    refuse(new Error('too late'))
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
})
