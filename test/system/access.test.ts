/** Access as a person sees it: the built gateway, its command line, and clients that know nothing but the protocol. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { Agent, get as httpGet, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { nexus, started, stateDir, type Started } from '../kernel/cli/spawn.ts'

let state: string
beforeEach(() => { state = stateDir() })
afterEach(() => rmSync(state, { recursive: true, force: true }))

const aSecond = 1_000
const json = async <T>(gateway: Started, ...args: string[]): Promise<T> => {
  const { out, err, status } = await nexus([...args, '--json'], { env: gateway.env })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${err}`)
  return JSON.parse(out) as T
}

interface Answer { readonly ok: boolean; readonly payload?: { readonly auth: { readonly scopes: string[]; readonly deviceToken?: string } } & Record<string, unknown>; readonly error?: { readonly code: string; readonly details: Record<string, unknown> } }
interface Line { readonly hello: Answer; call(method: string, params?: unknown): Promise<Answer>; readonly closed: Promise<{ code: number; at: number }> }

/** Says hello with what `auth` makes of the challenge. */
function dial(url: string, introduce: (nonce: string) => object): Promise<Line> {
  const ws = new WebSocket(url.replace('http', 'ws'))
  const waiting = new Map<string, (answer: Answer) => void>()
  let ids = 0
  const call = (method: string, params?: unknown): Promise<Answer> => new Promise((resolve) => {
    const id = String(ids++)
    waiting.set(id, resolve)
    ws.send(JSON.stringify({ type: 'req', id, method, params }))
  })
  const closed = new Promise<{ code: number; at: number }>((resolve) => ws.on('close', (code) => resolve({ code, at: performance.now() })))
  return new Promise((resolve, reject) => {
    ws.on('error', reject)
    ws.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Answer & { id?: string; event?: string; payload: { nonce: string } }
      if (frame.event === 'connect.challenge') void call('connect', introduce(frame.payload.nonce)).then((hello) => resolve({ hello, call, closed }))
      else waiting.get(frame.id ?? '')?.(frame)
    })
  })
}

const client = { id: 'phone', version: '1.0.0', platform: 'ios', mode: 'ui' }
const plain = (auth: object, scopes: readonly string[]) => (): object => ({ minProtocol: 3, maxProtocol: 4, client, role: 'operator', scopes, auth })

/** A phone with a key of its own. */
function phone() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const id = createHash('sha256').update(raw).digest('hex')
  return {
    id,
    introduce: (scopes: readonly string[]) => (nonce: string): object => {
      const signedAt = Date.now()
      const signature = sign(null, Buffer.from(`v2|${id}|phone|ui|operator|${scopes.join(',')}|${signedAt}||${nonce}`), privateKey).toString('base64url')
      return { minProtocol: 3, maxProtocol: 4, client, role: 'operator', scopes, device: { id, publicKey: raw.toString('base64url'), signature, signedAt, nonce } }
    },
  }
}

describe('a phone', () => {
  test('asks to be paired, is let in to read, and is out within a second when it is revoked, for good', async () => {
    const mine = phone()
    await using gateway = await started([], { state })
    const { url } = gateway.ready
    const first = await dial(url, mine.introduce(['operator.read', 'operator.write']))
    expect(first.hello).toMatchObject({ ok: false, error: { code: 'NOT_PAIRED' } })

    const { pending } = await json<{ pending: { requestId: string; deviceId: string }[] }>(gateway, 'devices', 'list')
    expect(pending).toEqual([expect.objectContaining({ deviceId: mine.id })])
    await json(gateway, 'devices', 'approve', pending[0]!.requestId, '--scope', 'read')

    // What it asked for and was not given is trimmed; what it did not ask for waits for somebody to agree again.
    expect((await dial(url, mine.introduce(['operator.read', 'operator.write']))).hello.payload?.auth.scopes).toEqual(['operator.read'])
    expect((await dial(url, mine.introduce(['operator.admin']))).hello).toMatchObject({ ok: false, error: { code: 'NOT_PAIRED' } })
    const line = await dial(url, mine.introduce(['operator.read']))
    expect(line.hello).toMatchObject({ ok: true, payload: { auth: { scopes: ['operator.read'], } } })
    expect(await line.call('health')).toMatchObject({ ok: true })
    for (const method of ['config.set', 'tokens.create', 'plugins.reload']) {
      expect(await line.call(method, {})).toMatchObject({ ok: false, error: { details: { requiredScopes: expect.anything() as unknown, have: ['operator.read'] } } })
    }

    const revoked = json(gateway, 'devices', 'revoke', mine.id).then(() => performance.now())
    const [{ code, at }, answered] = await Promise.all([line.closed, revoked])
    expect(code).toBe(4401)
    expect(at - answered).toBeLessThan(aSecond)
    expect((await dial(url, mine.introduce(['operator.read']))).hello.ok).toBe(false)

    gateway.child.kill('SIGKILL')
    await gateway.ended()
    await using again = await started([], { state })
    expect((await dial(again.ready.url, mine.introduce(['operator.read']))).hello.ok).toBe(false)
  })
})

describe('a service token', () => {
  test('holds what it was given, on WebSocket and HTTP alike, and is out within a second everywhere', async () => {
    await using gateway = await started([], { state })
    const { url } = gateway.ready
    const { token } = await json<{ token: string }>(gateway, 'tokens', 'create', 'ci', '--scope', 'write')
    const headers = { authorization: `Bearer ${token}` }
    const rpc = (method: string) => fetch(`${url}/rpc`, { method: 'POST', headers, body: JSON.stringify({ method, params: {} }) })
    expect((await rpc('health')).status).toBe(200)
    expect((await rpc('config.validate')).status).toBe(403)
    const line = await dial(url, plain({ token }, ['operator.admin', 'operator.write']))
    expect(line.hello.payload?.auth.scopes).toEqual(['operator.write'])

    const agent = new Agent({ keepAlive: true })
    const kept = await new Promise<IncomingMessage>((resolve, reject) => httpGet(`${url}/v1/models`, { agent, headers }, resolve).on('error', reject))
    const closed = new Promise<number>((resolve) => kept.socket.once('close', () => resolve(performance.now())))
    kept.resume()
    const answered = json(gateway, 'tokens', 'revoke', 'ci').then(() => performance.now())
    const [ws, http, said] = await Promise.all([line.closed, closed, answered])
    expect(ws.code).toBe(4401)
    expect(Math.max(ws.at, http) - said).toBeLessThan(aSecond)
    expect((await rpc('health')).status).toBe(401)
    agent.destroy()
  })

  test('goes out to the owner\'s eyes once, and is in no file and no log', async () => {
    await using gateway = await started([], { state })
    const { out, status } = await nexus(['tokens', 'create', 'ci', '--scope', 'read'], { env: gateway.env })
    expect(status).toBe(0)
    expect(out).toMatch(/^nxt_[\w-]{43}\n$/)
    const secret = out.trim().slice(4)
    const { readdir } = await import('node:fs/promises')
    for (const entry of await readdir(state, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect((await readFile(join(entry.parentPath, entry.name))).includes(secret)).toBe(false)
    }
    expect(gateway.said.err).not.toContain(secret)
  })
})

describe('the shared token', () => {
  test('a new one in its file holds within a second, and what the old one let in is closed', async () => {
    await using gateway = await started([], { state })
    const { url } = gateway.ready
    const file = join(state, 'auth/token')
    const old = (await readFile(file, 'utf8')).trim()
    const line = await dial(url, plain({ token: old }, ['operator.read']))
    expect(line.hello.ok).toBe(true)
    const next = 'n'.concat(createHash('sha256').update(old).digest('base64url'))
    await writeFile(file, `${next}\n`)
    const changed = performance.now()
    const { code, at } = await line.closed
    expect([code, at - changed < aSecond]).toEqual([4401, true])
    const status = (token: string) => fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } }).then((answer) => answer.status)
    expect([await status(old), await status(next)]).toEqual([401, 200])
  })
})

describe('TLS', () => {
  const reach = (url: string, token: string) => new Promise<number>((resolve, reject) => {
    httpsRequest(`${url}/v1/models`, { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } }, (answer) => resolve(answer.resume().statusCode ?? 0)).on('error', reject).end()
  })

  test('with a certificate of its own making: the command line knows it by its pin and refuses any other', async () => {
    await writeFile(join(state, 'nexus.json5'), '{ gateway: { tls: { generate: true } } }')
    await using gateway = await started([], { state })
    const { url, pin } = gateway.ready as Started['ready'] & { pin: string }
    expect([url.slice(0, 8), pin.slice(0, 7)]).toEqual(['https://', 'sha256/'])
    const token = (await readFile(join(state, 'auth/token'), 'utf8')).trim()
    expect(await reach(url, token)).toBe(200)
    const ping = (env: Record<string, string>) => nexus(['call', 'ping', '--url', url], { env: { NEXUS_TOKEN: token, ...env } })
    expect((await ping({ NEXUS_TLS_PIN: pin })).status).toBe(0)
    expect((await nexus(['call', 'ping', '--url', url, '--tls-pin', pin], { env: { NEXUS_TOKEN: token } })).status).toBe(0)
    expect((await ping({})).err).toContain('NEXUS_TLS_PIN')
    expect((await ping({ NEXUS_TLS_PIN: `sha256/${'A'.repeat(43)}=` })).err).toContain('NEXUS_CLI_PIN')
    expect((await nexus(['call', 'ping', '--url', 'http://192.0.2.1:19789'], { env: { NEXUS_TOKEN: token } })).err).toContain('NEXUS_CLI_PLAIN')
  })

  test('can be turned on and off while it runs; the port stays', async () => {
    const file = join(state, 'nexus.json5')
    await writeFile(file, '{ gateway: { port: 0 } }')
    await using gateway = await started([], { state })
    const token = (await readFile(join(state, 'auth/token'), 'utf8')).trim()
    const secure = gateway.ready.url.replace('http:', 'https:')
    await json(gateway, 'config', 'set', 'gateway.tls.generate', 'true')
    const lock = JSON.parse(await readFile(join(state, 'gateway.lock'), 'utf8')) as { port: number }
    expect(await reach(secure.replace(/\d+$/, String(lock.port)), token)).toBe(200)
    expect((await nexus(['call', 'ping'], { env: gateway.env })).status).toBe(0)
  })
})

describe('who may be reached by others', () => {
  test('not with a token that can be guessed', async () => {
    const { status, err } = await nexus(['start', '--bind', '0.0.0.0', '--port', '0'], { env: { NEXUS_STATE_DIR: state, NEXUS_TOKEN: 'hunter2' } })
    expect([status, err]).toEqual([78, expect.stringContaining('NEXUS_AUTH_TOKEN_WEAK')])
    expect(err).not.toContain('hunter2')
  })
})
