import { request, type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { definePlugin, direct, failures, route } from 'nexus-gateway/sdk'
import { httpRequest, type AuthRequest } from '../../../kernel/points.ts'
import { house, tokens, type House } from './support.ts'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const rpc = (at: House, body: unknown, headers: Record<string, string> = bearer('reader')) =>
  fetch(`${at.url}/rpc`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

/** `fetch` tidies addresses up; this sends them as they are, also over the unix socket. */
function raw(options: RequestOptions & { body?: string }): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  return new Promise((resolve, reject) => {
    const req = request(options, (res) => {
      let body = ''
      res.on('data', (chunk) => { body += String(chunk) })
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }))
    })
    req.on('error', reject)
    req.end(options.body)
  })
}

describe('POST /rpc', () => {
  test('runs any method under the rules of the WebSocket', async () => {
    await using at = await house()
    const res = await rpc(at, { method: 'desk.echo', params: { data: 'ü' } })
    expect([res.status, res.headers.get('content-type'), await res.json()]).toEqual([200, 'application/json; charset=utf-8', { ok: true, payload: 'ü' }])
    expect(await (await rpc(at, { method: 'desk.nothing' })).json()).toEqual({ ok: true })
    expect(await (await rpc(at, { method: 'desk.echo', params: {} }, { 'x-openclaw-token': 'reader' })).json()).toEqual({ ok: true })
  })

  test.each<[string, unknown, Record<string, string>, number, object]>([
    ['a missing scope', { method: 'desk.manage' }, bearer('reader'), 403, { code: 'FORBIDDEN', message: 'missing scope: operator.admin', details: { missingScope: 'operator.admin' } }],
    ['an unknown method', { method: 'nope' }, bearer('reader'), 404, { code: 'INVALID_REQUEST', message: 'unknown method: nope' }],
    ['bad params', { method: 'desk.later', params: { ms: 'x' } }, bearer('reader'), 400, { code: 'INVALID_REQUEST' }],
    ['a handler that throws', { method: 'desk.break' }, bearer('reader'), 500, { code: 'UNAVAILABLE', details: { nexus: 'NEXUS_CALL_FAILED' } }],
    ['a result that is no JSON', { method: 'desk.circle' }, bearer('reader'), 500, { details: { nexus: 'NEXUS_CALL_BAD_RESULT' } }],
    ['a bad token', { method: 'desk.public' }, bearer('no'), 401, { message: 'unauthorized: gateway token mismatch (provide gateway auth token)', details: { code: 'AUTH_TOKEN_MISMATCH' } }],
    ['another kind of Authorization', { method: 'desk.public' }, { authorization: 'Basic cmVhZGVy' }, 401, { details: { code: 'AUTH_TOKEN_MISMATCH' } }],
    ['no token, for what is not public', { method: 'desk.echo', params: {} }, {}, 401, { message: 'unauthorized: gateway token missing (provide gateway auth token)' }],
    ['no JSON', 'hello', bearer('reader'), 400, { details: { nexus: 'NEXUS_HTTP_BODY' } }],
    ['an array', [], bearer('reader'), 400, { details: { nexus: 'NEXUS_HTTP_BODY' } }],
    ['an extra key', { method: 'desk.public', id: 1 }, bearer('reader'), 400, { details: { nexus: 'NEXUS_HTTP_BODY' } }],
    ['no method', { params: {} }, bearer('reader'), 400, { details: { nexus: 'NEXUS_HTTP_BODY' } }],
    ['nothing', '', bearer('reader'), 400, { details: { nexus: 'NEXUS_HTTP_BODY' } }],
    ['more than 2 MiB', { method: 'desk.echo', params: { data: 'x'.repeat(2 * 1024 * 1024) } }, bearer('reader'), 413, { details: { nexus: 'NEXUS_HTTP_TOO_LARGE' } }],
    ['more than 64 KiB of a stranger', { method: 'desk.public', params: { data: 'x'.repeat(70_000) } }, {}, 413, { details: { nexus: 'NEXUS_HTTP_TOO_LARGE' } }],
  ])('answers %s with the error and a fitting status', async (_, body, headers, status, error) => {
    await using at = await house()
    const res = await rpc(at, body, headers)
    const answer = await res.json() as object
    expect(answer).toMatchObject({ ok: false, error })
    expect(Object.keys(answer)).toEqual(['ok', 'error'])
    expect([res.status, JSON.stringify(answer)]).toEqual([status, expect.not.stringMatching(/secret|stack|\.ts:/)])
    if (status === 401) expect(res.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('lets a stranger call what is public, and knows the unix socket', async () => {
    await using at = await house()
    expect(await (await rpc(at, { method: 'desk.public' }, {})).json()).toEqual({ ok: true, payload: 'anonymous' })
    const local = await raw({ socketPath: at.socketPath, path: '/rpc', method: 'POST', body: '{"method":"desk.manage"}' })
    expect([local.status, local.body]).toEqual([200, '{"ok":true,"payload":"done"}'])
  })

  test('is for POST alone', async () => {
    await using at = await house()
    const res = await fetch(`${at.url}/rpc`, { headers: bearer('reader') })
    expect([res.status, res.headers.get('allow'), await res.text()]).toEqual([405, 'POST', 'Method Not Allowed'])
  })

  test('refuses invalid UTF-8, and a body in chunks that grows too large', async () => {
    await using at = await house()
    const bad = await fetch(`${at.url}/rpc`, { method: 'POST', headers: bearer('reader'), body: Buffer.from([0x7b, 0xff, 0x7d]) })
    expect(bad.status).toBe(400)
    const endless = new ReadableStream({ pull: (out) => { out.enqueue(new Uint8Array(65_536)) } })
    const res = await fetch(`${at.url}/rpc`, { method: 'POST', headers: bearer('reader'), body: endless, duplex: 'half' } as RequestInit)
    expect(res.status).toBe(413)
  })

  test('aborts the call when the client goes', async () => {
    await using at = await house()
    const gone = new AbortController()
    const call = fetch(`${at.url}/rpc`, { method: 'POST', headers: bearer('reader'), body: '{"method":"desk.wait"}', signal: gone.signal })
    await vi.waitFor(() => expect(at.desk.calls).toHaveLength(1))
    const { signal } = at.desk.calls[0]!
    gone.abort()
    await expect(call).rejects.toThrow()
    await vi.waitFor(() => expect(signal.aborted).toBe(true))
  })

  test('says when to come again', async () => {
    const busy = failures({ BUSY: { text: 'busy', fix: 'wait', wire: 'UNAVAILABLE', status: 429, retryable: true } })
    const limiter = definePlugin({ id: 'limiter', capabilities: ['tap:http.request'], setup: (ctx) => ctx.tap(httpRequest, () => { throw busy('BUSY', { retryAfterMs: 1200 }) }) })
    await using at = await house({ plugins: [limiter] })
    const res = await fetch(`${at.url}/open`)
    expect([res.status, res.headers.get('retry-after'), await res.json()]).toEqual([429, '2', { error: { message: 'busy', type: 'rate_limited', code: 'BUSY' } }])
  })

  test('takes the client\'s trace', async () => {
    await using at = await house()
    const res = await rpc(at, { method: 'desk.trace' }, { ...bearer('reader'), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    expect(await res.json()).toMatchObject({ payload: '0af7651916cd43dd8448eb211c80319c' })
  })
})

describe('a plugin\'s route', () => {
  test('is reached by its prefix, the longest that fits', async () => {
    await using at = await house()
    const get = async (path: string, token = 'reader') => (await fetch(at.url + path, { headers: bearer(token) })).text()
    expect(await get('/desk/item/7')).toBe('{"id":"7"}')
    expect(await get('/desk/item/a%20b?x=1')).toBe('{"id":"a b"}')
    expect(await get('/desk/deep/9')).toBe('deep 9')
  })

  test('is closed to those without a token, with a wrong one, or with too few scopes', async () => {
    await using at = await house()
    const at401 = await fetch(`${at.url}/desk/item/7`)
    expect([at401.status, at401.headers.get('www-authenticate'), await at401.json()]).toEqual([401, 'Bearer', { error: { message: 'Unauthorized', type: 'unauthorized' } }])
    expect((await fetch(`${at.url}/desk/item/7`, { headers: bearer('no') })).status).toBe(401)
    const at403 = await fetch(`${at.url}/desk/item/7`, { method: 'DELETE', headers: bearer('reader') })
    expect([at403.status, await at403.json()]).toEqual([403, { error: { message: 'missing scope: operator.admin', type: 'forbidden', code: 'NEXUS_CALL_DENIED', requiredScopes: ['operator.admin'], have: ['operator.read'] } }])
    expect((await fetch(`${at.url}/desk/item/7`, { method: 'DELETE', headers: bearer('admin') })).status).toBe(204)
  })

  test('needs no token where the authenticator asks for none', async () => {
    await using at = await house()
    expect(await raw({ socketPath: at.socketPath, path: '/desk/item/7' })).toMatchObject({ status: 200, body: '{"id":"7"}' })
  })

  test('that is public asks nobody, unless a credential comes', async () => {
    const asked: AuthRequest[] = []
    await using at = await house({ authenticate: (request) => { asked.push(request); return request.token === 'admin' ? { ok: true, caller: tokens['admin']! } : { ok: false, code: 'X', message: 'no' } } })
    const open = async (headers = {}) => { const res = await fetch(`${at.url}/open`, { headers }); return [res.status, await res.json()] }
    expect(await open()).toEqual([200, { caller: 'anonymous' }])
    expect(asked).toEqual([])
    expect(await open(bearer('admin'))).toEqual([200, { caller: 'admin' }])
    expect((await open(bearer('no')))[0]).toBe(401)
    expect(asked[0]).toMatchObject({ transport: 'http', listener: 'tcp', remote: '127.0.0.1', role: 'operator', token: 'admin', headers: { authorization: 'Bearer admin' } })
  })

  test('says 404 and 405 in the protocol\'s way', async () => {
    await using at = await house()
    for (const path of ['/', '/nope', '/desk', '/desk/nope', '/desk/item/7/', `/${'a/'.repeat(4000)}`, '/DESK/item/7', '/%64esk/item/7']) {
      const res = await fetch(at.url + path, { headers: bearer('reader') })
      expect([path, res.status, await res.json()]).toEqual([path, 404, { error: { message: 'nothing here', type: 'not_found', code: 'NEXUS_HTTP_NOT_FOUND' } }])
    }
    const res = await fetch(`${at.url}/desk/item/7`, { method: 'PUT', headers: bearer('reader') })
    expect([res.status, res.headers.get('allow'), await res.text()]).toEqual([405, 'GET, POST, DELETE', 'Method Not Allowed'])
    expect((await fetch(`${at.url}/desk/item/7`, { method: 'HEAD', headers: bearer('reader') })).status).toBe(200)
  })

  test('that throws tells nothing of its inside', async () => {
    await using at = await house()
    const res = await fetch(`${at.url}/desk/break`, { headers: bearer('reader') })
    expect([res.status, await res.json()]).toEqual([500, { error: { message: 'GET /desk/break failed in plugin "desk"', type: 'server_error', code: 'NEXUS_CALL_FAILED' } }])
  })

  test('reads a body, up to its bound, however it comes', async () => {
    await using at = await house({ limits: { routeBytes: 100_000 } })
    const post = (body: BodyInit) => fetch(`${at.url}/desk/item/7`, { method: 'POST', headers: bearer('reader'), body, duplex: 'half' } as RequestInit)
    const stream = (chunks: number) => new ReadableStream({ start(out) { for (let i = 0; i < chunks; i++) out.enqueue(new Uint8Array(10_000)); out.close() } })
    expect(await (await post('x'.repeat(100_000))).json()).toEqual({ size: 100_000 })
    expect(await (await post(stream(9))).json()).toEqual({ size: 90_000 })
    expect((await post('x'.repeat(100_001))).status).toBe(413)
    expect((await post(stream(50))).status).toBe(413)
  })

  test('counts as in flight until its stream has ended', async () => {
    await using at = await house()
    const inflight = (): number => at.kernel.inspect('desk')?.inflight ?? -1
    const res = await fetch(`${at.url}/desk/stream`, { headers: bearer('reader') })
    expect([res.headers.get('content-type'), inflight()]).toEqual(['text/event-stream', 1])
    expect(await res.text()).toBe('data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n')
    await vi.waitFor(() => expect(inflight()).toBe(0))
    expect(at.desk.routed[0]).toMatchObject({ ended: true, signal: { aborted: false } })
  })

  test('hears of it when the client goes', async () => {
    await using at = await house()
    const gone = new AbortController()
    const res = await fetch(`${at.url}/desk/stream`, { headers: bearer('reader'), signal: gone.signal })
    await res.body?.getReader().read()
    gone.abort()
    await vi.waitFor(() => expect(at.desk.routed[0]?.signal?.aborted).toBe(true))
    await vi.waitFor(() => expect(at.kernel.inspect('desk')?.inflight).toBe(0))
    expect(at.desk.routed[0]?.ended).toBe(false)
  })

  test('may be answered on the response of Node itself: guarded, in flight until its end, and never for a HEAD', async () => {
    let out: ServerResponse | undefined
    const byHand = (response: Response): Response => direct(response, (given) => {
      out = given
      given.writeHead(200, { 'x-way': 'node' }).write('on')
    })
    const page = definePlugin({ id: 'page', routes: { 'GET /now': route({ scope: 'public' }), 'GET /later': route({ scope: 'public' }) }, setup: () => ({ routes: { 'GET /now': () => byHand(new Response('read')), 'GET /later': async () => byHand(new Response('read')) } }) })
    await using at = await house({ plugins: [page] })
    for (const path of ['now', 'later']) {
      const res = await fetch(`${at.url}/page/${path}`)
      expect([res.status, res.headers.get('x-way'), res.headers.get('x-content-type-options'), at.kernel.inspect('page')?.inflight]).toEqual([200, 'node', 'nosniff', 1])
      out?.end('ce')
      expect(await res.text()).toBe('once')
      await vi.waitFor(() => expect(at.kernel.inspect('page')?.inflight).toBe(0))
      out = undefined
      const head = await fetch(`${at.url}/page/${path}`, { method: 'HEAD' })
      expect([head.status, head.headers.get('x-way'), out]).toEqual([200, null, undefined])
    }
  })

  test('of a plugin that is replaced is that of the new one at once, and gone with it', async () => {
    const made = (text: string) => definePlugin({ id: 'page', routes: { 'GET /x': route({ scope: 'public' }) }, setup: () => ({ routes: { 'GET /x': (c) => c.text(text) } }) })
    await using at = await house({ plugins: [made('one')] })
    const get = async () => (await fetch(`${at.url}/page/x`)).text()
    expect(await get()).toBe('one')
    await at.kernel.apply({ load: [{ source: (await import('../../../kernel/source.ts')).memorySource(made('two')), why: 'test' }] })
    expect(await get()).toBe('two')
    await at.kernel.apply({ unload: ['page'] })
    expect((await fetch(`${at.url}/page/x`)).status).toBe(404)
  })
})

describe('every answer', () => {
  test('has the default headers, unless it has its own', async () => {
    const strict = definePlugin({ id: 'strict', routes: { 'GET /x': route({ scope: 'public' }) }, setup: () => ({ routes: { 'GET /x': () => new Response('x', { headers: { 'Referrer-Policy': 'origin' } }) } }) })
    await using at = await house({ plugins: [strict] })
    for (const path of ['/open', '/rpc', '/nope', '/desk/item/7', '/desk/stream']) {
      const { headers, body } = await fetch(at.url + path, { headers: bearer('reader') })
      expect([path, headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([path, 'nosniff', 'no-referrer'])
      await body?.cancel()
    }
    expect((await fetch(`${at.url}/strict/x`)).headers.get('referrer-policy')).toBe('origin')
  })

  test('to a token in the address is no, even if it is right', async () => {
    await using at = await house()
    for (const path of ['/open?token=admin', '/desk/item/7?x=1&token=admin', '/rpc?TOKEN=admin']) {
      const res = await fetch(at.url + path, { headers: bearer('admin') })
      const text = await res.text()
      expect([path, res.status, text.includes('admin')]).toEqual([path, 400, false])
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'NEXUS_HTTP_TOKEN_IN_URL' } })
    }
    expect((await fetch(`${at.url}/open?mytoken=1`)).status).toBe(200)
  })

  test.each(['//', '//desk/item/7', '///', '/?', '/..%2f', '/desk/../../etc/passwd', '*', 'http://', 'http://x', 'http://x/open', '/\\', '/%', '/%00', '/desk/item/%ff'])('to the address %s is an answer', async (path) => {
    await using at = await house()
    const { status } = await raw({ host: '127.0.0.1', port: at.port, path, headers: bearer('reader') })
    expect([200, 400, 404]).toContain(status)
    expect((await fetch(`${at.url}/open`)).status).toBe(200)
  })

  test('is asked of http.request first, whose no ends it', async () => {
    const seen: unknown[] = []
    const gatekeeper = definePlugin({
      id: 'gatekeeper', capabilities: ['tap:http.request'],
      setup: (ctx) => ctx.tap(httpRequest, async (info) => { seen.push([info.method, info.path, info.listener, info.remote]); if (info.path === '/rpc') throw new Error('a secret of the inside') }),
    })
    await using at = await house({ plugins: [gatekeeper] })
    expect((await fetch(`${at.url}/open?x=1`)).status).toBe(200)
    const res = await rpc(at, { method: 'desk.public' })
    expect([res.status, await res.text()]).toEqual([500, expect.not.stringContaining('secret')])
    expect(seen).toEqual([['GET', '/open', 'tcp', '127.0.0.1'], ['POST', '/rpc', 'tcp', '127.0.0.1']])
  })

  test('to headers that do not end comes in time', async () => {
    await using at = await house()
    const socket = connect(at.port, '127.0.0.1')
    socket.on('error', () => {})
    let text = ''
    socket.on('data', (chunk) => { text += String(chunk) })
    socket.write(`GET / HTTP/1.1\r\n${Array.from({ length: 20_000 }, (_, i) => `X-${i}: 1\r\n`).join('')}`)
    await new Promise((resolve) => socket.on('close', resolve))
    expect(text).toMatch(/^HTTP\/1.1 431 /)
  })
})
