/** What a person gets from an empty state directory: the built gateway as a process, and real clients of it. */
import { rmSync } from 'node:fs'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { started, stateDir } from '../kernel/cli/spawn.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

let state: string
beforeEach(() => { state = stateDir() })
afterEach(() => rmSync(state, { recursive: true, force: true }))

interface Frame { readonly type: string; readonly id?: string; readonly event?: string; readonly ok?: boolean; readonly payload?: Record<string, unknown>; readonly error?: Record<string, unknown>; readonly [key: string]: unknown }
interface RawClient { readonly hello: Frame; readonly frames: Frame[]; call(method: string, params: unknown): Promise<Frame>; until(test: (frame: Frame) => boolean): Promise<Frame>; close(): void }

const token = () => readFile(join(state, 'auth/token'), 'utf8').then((text) => text.trim())

/** A client that knows one generation of the protocol and nothing of ours. */
async function raw(url: string, protocol: 3 | 4, secret: string): Promise<RawClient> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  const frames: Frame[] = []
  let ids = 0
  let look = (): void => {}
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)) as Frame)
    look()
  })
  const until = async (test: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const found = frames.find(test)
      if (found) return found
      await new Promise<void>((resolve) => { look = resolve })
    }
  }
  const call = (method: string, params: unknown): Promise<Frame> => {
    const id = `r${ids++}`
    socket.send(JSON.stringify({ type: 'req', id, method, params }))
    return until((frame) => frame.id === id)
  }
  await until((frame) => frame.event === 'connect.challenge')
  const hello = await call('connect', { minProtocol: protocol, maxProtocol: protocol, client: { id: 'cli', version: 'dev', platform: 'linux', mode: 'cli' }, caps: [], auth: { token: secret }, role: 'operator', scopes: ['operator.read', 'operator.write'] })
  return { hello, frames, call, until, close: () => socket.terminate() }
}

const isChat = (state: string) => (frame: Frame): boolean => frame.event === 'chat' && frame.payload?.['state'] === state

describe('first light', () => {
  test('a chat over WebSocket streams deltas and a final, to each generation in its own shape', async () => {
    await using gateway = await started([], { state })
    for (const protocol of [3, 4] as const) {
      const client = await raw(gateway.ready.url, protocol, await token())
      expect(client.hello.payload).toMatchObject({ type: 'hello-ok', protocol })
      const accepted = await client.call('chat.send', { sessionKey: `first-${protocol}`, message: 'hello there', idempotencyKey: `first-${protocol}` })
      expect(accepted).toEqual({ type: 'res', id: accepted.id, ok: true, payload: { runId: `first-${protocol}`, status: 'started' } })
      const final = await client.until(isChat('final'))
      const deltas = client.frames.filter(isChat('delta'))
      expect(deltas.length).toBeGreaterThan(0)
      for (const { payload } of deltas) {
        if (protocol === 3) expect(payload).toMatchObject({ message: { role: 'assistant' } })
        else expect(payload).toMatchObject({ deltaText: expect.any(String) as string })
        expect('deltaText' in (payload ?? {})).toBe(protocol === 4)
      }
      expect(JSON.stringify(final.payload?.['message'])).toContain('hello there')
      // A client of protocol 3 drops frames with any other key.
      for (const frame of client.frames) {
        const known = frame.type === 'res' ? ['type', 'id', 'ok', 'payload', 'error'] : ['type', 'event', 'payload', 'seq', 'stateVersion']
        expect(known).toEqual(expect.arrayContaining(Object.keys(frame)))
      }
      client.close()
    }
  })

  test('a refusal has the shape of the generation it goes to', async () => {
    await using gateway = await started([], { state })
    const refused = async (protocol: 3 | 4) => {
      const client = await raw(gateway.ready.url, protocol, await token())
      const { error } = await client.call('plugins.reload', { id: 'chat' })
      client.close()
      return error
    }
    expect(await refused(3)).toMatchObject({ code: 'INVALID_REQUEST', message: 'missing scope: operator.admin' })
    expect(await refused(4)).toMatchObject({ code: 'FORBIDDEN', message: 'missing scope: operator.admin', details: { code: 'MISSING_SCOPE', missingScope: 'operator.admin', requiredScopes: ['operator.admin'] } })
  })

  test('the official OpenAI client gets a plain and a streamed completion, with usage', async () => {
    await using gateway = await started([], { state })
    const client = new OpenAI({ baseURL: `${gateway.ready.url}/v1`, apiKey: await token() })
    expect((await client.models.list()).data.map(({ id }) => id)).toContain('nexus')
    const messages = [{ role: 'user' as const, content: 'hello there' }]
    const plain = await client.chat.completions.create({ model: 'nexus', messages })
    expect(plain.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: expect.stringContaining('hello there') as string } })
    expect(plain.usage?.total_tokens).toBeGreaterThan(0)
    let text = ''
    let usage: { total_tokens: number } | null | undefined
    for await (const chunk of await client.chat.completions.create({ model: 'nexus', messages, stream: true, stream_options: { include_usage: true } })) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    expect(text).toBe(plain.choices[0]?.message.content)
    expect(usage?.total_tokens).toBeGreaterThan(0)
    await expect(new OpenAI({ baseURL: `${gateway.ready.url}/v1`, apiKey: 'wrong', maxRetries: 0 }).models.list()).rejects.toMatchObject({ status: 401 })
  })

  test('a kill in the middle of a run loses nothing that was acknowledged, and the run is reported', async () => {
    {
      await using gateway = await started([], { state })
      const client = await raw(gateway.ready.url, 4, await token())
      for (const n of [1, 2]) {
        await client.call('chat.send', { sessionKey: 'main', message: `message ${n}`, idempotencyKey: `kill-${n}` })
        await client.until((frame) => isChat('final')(frame) && frame.payload?.['runId'] === `kill-${n}`)
      }
      const cut = await client.call('chat.send', { sessionKey: 'main', message: '/slow 500', idempotencyKey: 'kill-3' })
      expect(cut.ok).toBe(true)
      const queued = await client.call('chat.send', { sessionKey: 'main', message: 'message 4', idempotencyKey: 'kill-4' })
      expect(queued.ok).toBe(true)
      gateway.child.kill('SIGKILL')
      await gateway.ended()
    }
    await using gateway = await started([], { state })
    const client = await raw(gateway.ready.url, 4, await token())
    const { payload } = await client.call('chat.history', { sessionKey: 'main' })
    const said = JSON.stringify(payload)
    for (const text of ['message 1', 'message 2', '/slow 500', 'message 4']) expect(said).toContain(text)
    const interrupted = await client.call('sessions.interrupted', {})
    expect(JSON.stringify(interrupted.payload)).toContain('kill-3')
    // The same key again starts no second run.
    const again = await client.call('chat.send', { sessionKey: 'main', message: 'message 1', idempotencyKey: 'kill-1' })
    expect(again.payload?.['status']).not.toBe('started')
    client.close()
  })

  test('every method is a plain POST as well', async () => {
    await using gateway = await started([], { state })
    const post = async (body: unknown, secret?: string) => {
      const response = await fetch(`${gateway.ready.url}/rpc`, { method: 'POST', headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` }, body: JSON.stringify(body) })
      return { status: response.status, body: await response.json() as unknown }
    }
    expect(await post({ method: 'ping', params: { data: 'hi' } }, await token())).toEqual({ status: 200, body: { ok: true, payload: { data: 'hi' } } })
    expect((await post({ method: 'ping' })).status).toBe(401)
    expect((await post({ method: 'ping' }, 'wrong')).status).toBe(401)
  })
})
