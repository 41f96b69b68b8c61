/** Servers at an address: through the guarded fetch, to where the operator lets it go. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TestKernel } from 'nexus-gateway/sdk/testing'
import outboundPlugin from '../../plugins/outbound/index.ts'
import { httpServer } from '../fixtures/mcp-http.ts'
import { boot, everything, names, ready, run, said, statusOf, until } from './mcp-harness.ts'

const at = (servers: Record<string, unknown>, allow: readonly string[], more: Record<string, unknown> = {}): Promise<TestKernel> => boot(servers, { plugins: [outboundPlugin], config: { outbound: { allow, ...more } } })

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

async function everythingAt(kind: 'streamableHttp' | 'sse'): Promise<number> {
  const port = await freePort()
  const child = spawn(process.execPath, [everything, kind], { env: { PATH: process.env['PATH'], PORT: String(port) }, stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  await until(() => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false), 'it listens')
  return port
}

describe('a real server', () => {
  it('over streamable HTTP has its tools run', async () => {
    const port = await everythingAt('streamableHttp')
    await using k = await at({ every: { url: `http://127.0.0.1:${port}/mcp` } }, [`127.0.0.1:${port}`])
    expect(await ready(k, 'every')).toMatchObject({ transport: 'http', protocol: expect.stringMatching(/^2025-/) })
    expect(said(await run(k, 'every__echo', { message: 'hello' }))).toContain('hello')
    expect(said(await run(k, 'every__get-sum', { a: 2, b: 40 }))).toContain('42')
  }, 60_000)

  it('of the older kind is spoken to in its way, asked for or found out', async () => {
    const port = await everythingAt('sse')
    await using k = await at({ told: { url: `http://127.0.0.1:${port}/sse`, transport: 'sse' }, found: { url: `http://127.0.0.1:${port}/sse` } }, [`127.0.0.1:${port}`])
    for (const server of ['told', 'found']) {
      await ready(k, server)
      expect(said(await run(k, `${server}__echo`, { message: 'hello' }))).toContain('hello')
    }
  }, 60_000)
})

describe('an address', () => {
  it('of this machine is not asked unless `outbound.allow` says so', async () => {
    await using server = await httpServer()
    await using k = await at({ here: { url: server.url } }, [])
    await until(async () => (await statusOf(k, 'here')).state === 'waiting', 'it waits')
    expect((await statusOf(k, 'here')).lastError).toMatch(/this destination is not allowed/)
    expect(server.seen).toEqual([])
  })

  it('is not asked at all where there is no `outbound`', async () => {
    await using server = await httpServer()
    await using k = await boot({ here: { url: server.url } })
    await until(async () => (await statusOf(k, 'here')).state === 'waiting', 'it waits')
    expect((await statusOf(k, 'here')).lastError).toContain('outbound')
    expect(server.seen).toEqual([])
  })

  it('is not left by a redirect, and what it is sent goes nowhere else', async () => {
    await using other = await httpServer()
    await using server = await httpServer({ redirect: other.url })
    await using k = await at({ here: { url: server.url, headers: { authorization: 'Bearer very-secret-key' } } }, ['127.0.0.1'])
    await until(async () => (await statusOf(k, 'here')).state === 'waiting', 'it waits')
    expect(other.seen).toEqual([])
    expect(JSON.stringify([k.logs, await k.call('mcp.status', {})])).not.toContain('very-secret-key')
  })
})

describe('a server by hand', () => {
  it.each([[false], [true]])('answers in JSON or in events', async (sse) => {
    await using server = await httpServer({ sse })
    await using k = await at({ hand: { url: server.url } }, [`127.0.0.1:${server.port}`])
    await ready(k, 'hand')
    expect(await names(k)).toEqual(['hand__echo', 'time'])
    expect(said(await run(k, 'hand__echo', { text: 'hi' }))).toBe('hi')
  })

  it('is sent its headers with every request, as their source has them by then', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nexus-mcp-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    let key = 'first-key-0123456789'
    const file = join(dir, 'key')
    await writeFile(file, key, { mode: 0o600 })
    const { Secret } = await import('nexus-gateway/sdk')
    await using server = await httpServer({ header: ['x-key', () => key] })
    await using k = await at({ hand: { url: server.url, headers: { 'X-Key': new Secret('test', async () => key) } } }, [`127.0.0.1:${server.port}`])
    await ready(k, 'hand')
    key = 'second-key-0123456789'
    expect(said(await run(k, 'hand__echo', { text: 'hi' }))).toBe('hi')
    expect(server.seen.at(-1)!.headers['x-key']).toBe('second-key-0123456789')
    expect(JSON.stringify([k.logs, await k.call('mcp.status', {})])).not.toMatch(/first-key|second-key/)
  })

  it('that refuses tells nothing of what it said', async () => {
    await using server = await httpServer({ status: 403 })
    await using k = await at({ hand: { url: server.url } }, [`127.0.0.1:${server.port}`])
    await until(async () => (await statusOf(k, 'hand')).state === 'waiting', 'it waits')
    expect((await statusOf(k, 'hand')).lastError).toContain('status 403')
    expect(JSON.stringify(k.logs)).not.toContain('secret words')
  })

  it('that has forgotten the session is begun anew', async () => {
    await using server = await httpServer({ forget: 3 })
    await using k = await at({ hand: { url: server.url } }, [`127.0.0.1:${server.port}`])
    await ready(k, 'hand')
    expect(said(await run(k, 'hand__echo', { text: 'one' }))).toBe('one')
    expect(await run(k, 'hand__echo', { text: 'two' })).toMatchObject({ isError: true })
    await until(async () => (await statusOf(k, 'hand')).connections === 2, 'a second connection')
    expect(said(await run(k, 'hand__echo', { text: 'three' }))).toBe('three')
  })

  it('that comes back later is found again: NEXUS_MCP_UNAVAILABLE until then', async () => {
    const first = await httpServer()
    await using k = await at({ hand: { url: first.url } }, [`127.0.0.1:${first.port}`])
    await ready(k, 'hand')
    await first[Symbol.asyncDispose]()
    expect(await run(k, 'hand__echo', { text: 'x' })).toMatchObject({ isError: true })
    await until(async () => (await statusOf(k, 'hand')).state === 'waiting', 'it waits')
    await using again = await httpServer({}, first.port)
    expect(again.port).toBe(first.port)
    await ready(k, 'hand')
    expect(said(await run(k, 'hand__echo', { text: 'back' }))).toBe('back')
  })

  it('may be silent in an answer for as long as a call may take, whatever the limits of `outbound` for others', async () => {
    await using server = await httpServer({ silentMs: 600 })
    await using k = await at({ hand: { url: server.url, timeoutMs: 20_000 } }, [`127.0.0.1:${server.port}`], { limits: { idleMs: 100 } })
    await ready(k, 'hand')
    expect(said(await run(k, 'hand__echo', { text: 'after a while' }))).toBe('after a while')
  })

  it('whose answer has no end is cut off by the limits of `outbound`', async () => {
    await using server = await httpServer({ endless: true })
    await using k = await at({ hand: { url: server.url, timeoutMs: 20_000 } }, [`127.0.0.1:${server.port}`], { limits: { maxBytes: 500_000 } })
    await ready(k, 'hand')
    const began = Date.now()
    expect(await run(k, 'hand__echo', { text: 'x' })).toMatchObject({ isError: true })
    expect(Date.now() - began).toBeLessThan(15_000)
  }, 30_000)
})
