import { lstat, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createGateway } from '../../../kernel/gateway/gateway.ts'
import { kernelOf } from '../harness.ts'
import { Client, connectParams, guest, house } from './support.ts'

let dir: string
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'nexus-gateway-')) })
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('listening', () => {
  test('on a port that is taken names it, and leaves nothing open', async () => {
    await using at = await house()
    const gateway = createGateway(kernelOf([]))
    const socketPath = join(dir, 'gateway.sock')
    await expect(gateway.listen({ port: at.port, socketPath })).rejects.toMatchObject({ code: 'NEXUS_START_PORT', message: `port ${at.port} on 127.0.0.1 is in use`, exit: 75 })
    await expect(lstat(socketPath)).rejects.toThrow('ENOENT')
  })

  test.each([['an address that is not ours', { host: '192.0.2.1', port: 0 }], ['a name that is none', { host: 'no.such.host.invalid', port: 0 }], ['a path that is too long', { socketPath: `/tmp/${'x'.repeat(200)}` }], ['a folder that is not there', { socketPath: '/nowhere/at/all/gateway.sock' }]])('on %s fails with its reason', async (_, where) => {
    await expect(createGateway(kernelOf([])).listen(where)).rejects.toMatchObject({ code: 'NEXUS_START_BIND', exit: 75 })
  })

  test('makes a socket that only its owner may use, whatever the umask, and takes it away again', async () => {
    const socketPath = join(dir, 'gateway.sock')
    const gateway = createGateway(kernelOf([]))
    expect(await gateway.listen({ socketPath })).toEqual({ url: undefined, port: undefined })
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600)
    await gateway.close()
    await expect(lstat(socketPath)).rejects.toThrow('ENOENT')
  })

  test('replaces a socket that a crash left behind, but not a file that is something else', async () => {
    const socketPath = join(dir, 'gateway.sock')
    const dead = createServer().listen(socketPath)
    await new Promise((resolve) => dead.once('listening', resolve))
    const gateway = createGateway(kernelOf([]))
    await gateway.listen({ socketPath })
    await gateway.close()
    dead.close()
    await writeFile(socketPath, 'precious')
    await expect(createGateway(kernelOf([])).listen({ socketPath })).rejects.toMatchObject({ code: 'NEXUS_START_BIND' })
    expect((await stat(socketPath)).size).toBe(8)
  })

  test('says where it can be reached', async () => {
    for (const [host, url] of [['127.0.0.1', 'http://127.0.0.1:'], ['0.0.0.0', 'http://127.0.0.1:'], ['::1', 'http://[::1]:'], ['::', 'http://[::1]:']] as const) {
      const gateway = createGateway(kernelOf([]))
      const { url: said, port } = await gateway.listen({ host, port: 0 })
      expect(said).toBe(`${url}${port}`)
      await gateway.close()
    }
  })
})

describe('stopping', () => {
  test('says so first, lets calls end, lets nobody in, and then closes with 1012', async () => {
    await using at = await house()
    const client = await guest(at)
    client.send({ type: 'req', id: 'slow', method: 'desk.later', params: { ms: 60 } })
    client.send({ type: 'req', id: 'quick', method: 'desk.public' })
    await client.find((f) => f.id === 'quick')
    at.gateway.drain({ reason: 'update', restartExpectedMs: 1500 })
    expect(await client.find((f) => f.event === 'shutdown')).toEqual({ type: 'event', event: 'shutdown', payload: { reason: 'update', restartExpectedMs: 1500 }, seq: 1 })
    await expect(fetch(`${at.url}/open`)).rejects.toThrow()
    expect((await client.find((f) => f.id === 'slow')).payload).toBe(60)
    expect(client.ws.readyState).toBe(client.ws.OPEN)
    await at.gateway.close()
    expect(await client.closed).toEqual({ code: 1012, reason: 'service restart' })
    expect(client.frames.filter((f) => f.event === 'shutdown')).toHaveLength(1)
    expect(at.gateway.connections()).toEqual([])
  })

  test('hands out what was emitted before, to everybody', async () => {
    await using at = await house()
    const clients = await Promise.all(Array.from({ length: 250 }, () => guest(at, { scopes: ['operator.read'] })))
    at.desk.emit('news', 'last words')
    await at.gateway.close()
    for (const client of clients) {
      expect((await client.closed).code).toBe(1012)
      expect(client.events.map((f) => f.payload)).toEqual(['last words', { reason: 'gateway stopping', restartExpectedMs: null }])
    }
  })

  test('closes those still in the handshake, and an idle keep-alive connection', async () => {
    await using at = await house()
    const stranger = new Client(at.url)
    await stranger.challenge()
    await (await fetch(`${at.url}/open`)).text()
    await at.gateway.close()
    expect(await stranger.closed).toEqual({ code: 1012, reason: 'service restart' })
  })

  test('waits for a stream that is being sent', async () => {
    await using at = await house()
    const res = await fetch(`${at.url}/desk/stream`, { headers: { authorization: 'Bearer reader' } })
    const [text] = await Promise.all([res.text(), at.gateway.close({ deadlineMs: 10_000 })])
    expect(text).toContain('data: 4')
  })

  test('ends by force at the deadline with those who do not go', async () => {
    await using at = await house()
    const deaf = await guest(at)
    deaf.ws.pause()
    const streaming = fetch(`${at.url}/desk/stream`, { headers: { authorization: 'Bearer reader' } }).then((res) => res.text())
    await vi.waitFor(() => expect(at.desk.routed).toHaveLength(1))
    const started = performance.now()
    await at.gateway.close({ deadlineMs: 30 })
    expect(performance.now() - started).toBeLessThan(1000)
    expect(at.gateway.connections()).toEqual([])
    await expect(streaming).rejects.toThrow()
    deaf.ws.terminate()
  })

  test('turns away who was waiting for the handshake', async () => {
    await using at = await house({ limits: { handshakesPerAddress: 1 } })
    const first = new Client(at.url)
    await first.challenge()
    const second = new Client(at.url)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await at.gateway.close()
    expect((await second.closed).code).toBe(1006)
    expect(second.frames).toEqual([])
  })

  test('may be done twice', async () => {
    await using at = await house()
    await at.gateway.close()
    await at.gateway.close()
  })
})

test('the kernel can list the connections', async () => {
  await using at = await house()
  const client = await guest(at, connectParams({ caps: ['tool-events'], client: { id: 'cli', version: '7', platform: 'linux', mode: 'cli', displayName: 'Me', instanceId: 'i1' } }))
  expect(at.gateway.connections()).toEqual([{
    id: client.hello.server.connId, protocol: 4, caps: ['tool-events'], remote: '127.0.0.1', openedAt: expect.any(Number), caller: { id: 'admin', role: 'operator', label: 'operator', scopes: new Set(['operator.admin']) },
    client: { id: 'cli', version: '7', platform: 'linux', mode: 'cli', displayName: 'Me', instanceId: 'i1' },
  }])
})
