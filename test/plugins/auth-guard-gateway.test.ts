/** The guard at the door of a real gateway: what raw sockets are answered before anything else is said. */
import { connect as open } from 'node:net'
import { describe, expect, test } from 'vitest'
import { definePlugin, httpRequest, method, route } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { createGuard } from '../../plugins/auth/guard.ts'

const reached: string[] = []
const guard = definePlugin({
  id: 'guard', capabilities: ['tap:http.request'],
  setup: (ctx) => ctx.tap(httpRequest, createGuard({ hosts: ['gateway.example'], origins: ['https://panel.example'], log: ctx.log, clock: ctx.clock })),
})
const target = definePlugin({
  id: 'target', methods: { 'target.open': method({ scope: 'public' }) }, routes: { 'GET /page': route({ scope: 'public' }) },
  setup: () => ({ methods: { 'target.open': () => { reached.push('method'); return 'open' } }, routes: { 'GET /page': (c) => { reached.push('route'); return c.text('page') } } }),
})

async function gateway(): Promise<{ k: TestKernel; port: number }> {
  reached.length = 0
  const k = await testKernel({ plugins: [guard, target] })
  return { k, port: Number(new URL(await k.url()).port) }
}

/** Everything that comes back within `ms`, or until the other side closes. */
function raw(port: number, lines: readonly string[], body = '', ms = 400): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open(port, '127.0.0.1', () => void socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`))
    let text = ''
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.on('data', (chunk) => { text += chunk.toString('latin1') }).on('error', reject).on('close', () => {
      clearTimeout(timer)
      resolve(text)
    })
  })
}
const upgrade = (...headers: string[]): string[] => ['GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...headers]
const page = (...headers: string[]): string[] => ['GET /target/page HTTP/1.1', 'Connection: close', ...headers]
const rpc = (...headers: string[]): [string[], string] => {
  const body = '{"method":"target.open"}'
  return [['POST /rpc HTTP/1.1', 'Connection: close', 'Content-Type: text/plain', `Content-Length: ${body.length}`, ...headers], body]
}
const statusOf = (answer: string): string => /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? answer

describe('a rebound page', () => {
  test.each(['evil.test', 'evil.test:PORT', '127.0.0.1.evil.test:PORT', 'localhost.:PORT', 'user@127.0.0.1:PORT', 'LOCALHOST:PORT', 'localhost:1'])('with the Host %s reaches nothing', async (name) => {
    const { k, port } = await gateway()
    const host = `Host: ${name.replace('PORT', String(port))}`
    for (const answer of [await raw(port, page(host)), await raw(port, ...rpc(host)), await raw(port, upgrade(host))]) {
      expect(statusOf(answer)).toBe('403')
      expect(answer).not.toMatch(/evil|connect\.challenge|101 Switching/)
      expect(answer).toContain('auth.hosts')
    }
    expect(reached).toEqual([])
    await k.close()
  })

  test('with two Hosts, an empty one or none reaches nothing', async () => {
    const { k, port } = await gateway()
    const own = `Host: 127.0.0.1:${port}`
    for (const hosts of [[own, 'Host: evil.test'], ['Host: evil.test', own], ['Host:'], []]) {
      for (const lines of [page(...hosts), upgrade(...hosts)]) expect(statusOf(await raw(port, lines))).toMatch(/^40[03]$/)
    }
    expect(statusOf(await raw(port, ['GET /target/page HTTP/1.0']))).toMatch(/^40[03]$/)
    expect(reached).toEqual([])
    await k.close()
  })
})

describe('a page of another origin', () => {
  test.each(['http://evil.test', 'null', 'http://127.0.0.1.evil.test', 'http://localhost:PORT', 'http://127.0.0.1:1', 'HTTP://127.0.0.1:PORT', 'https://panel.example:443'])('%s gets 403 before any frame, and calls nothing', async (name) => {
    const { k, port } = await gateway()
    const headers = [`Host: 127.0.0.1:${port}`, `Origin: ${name.replace('PORT', String(port))}`]
    for (const answer of [await raw(port, upgrade(...headers)), await raw(port, ...rpc(...headers))]) {
      expect(statusOf(answer)).toBe('403')
      expect(answer).not.toMatch(/connect\.challenge|101 Switching/)
    }
    expect(reached).toEqual([])
    await k.close()
  })

  test('that sends no Origin is known by Sec-Fetch-Site', async () => {
    const { k, port } = await gateway()
    const host = `Host: 127.0.0.1:${port}`
    for (const site of ['cross-site', 'same-site']) {
      expect(statusOf(await raw(port, upgrade(host, `Sec-Fetch-Site: ${site}`, 'Sec-Fetch-Mode: websocket')))).toBe('403')
      expect(statusOf(await raw(port, ...rpc(host, `Sec-Fetch-Site: ${site}`)))).toBe('403')
      expect(statusOf(await raw(port, page(host, `Sec-Fetch-Site: ${site}`, 'Sec-Fetch-Mode: no-cors')))).toBe('403')
    }
    expect(reached).toEqual([])
    expect(statusOf(await raw(port, page(host, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate')))).toBe('200')
    await k.close()
  })
})

test('the gateway\'s own pages, programs, and what the settings list come in', async () => {
  const { k, port } = await gateway()
  const own = `Host: 127.0.0.1:${port}`
  for (const headers of [[own], [`Host: localhost:${port}`], ['Host: gateway.example'], ['Host: gateway.example:8443', 'Origin: https://gateway.example:8443'], [own, `Origin: http://127.0.0.1:${port}`], [own, 'Origin: https://panel.example', 'Sec-Fetch-Site: cross-site']]) {
    expect(await raw(port, upgrade(...headers))).toMatch(/^HTTP\/1\.1 101 [^]*connect\.challenge/)
    expect(statusOf(await raw(port, ...rpc(...headers)))).toBe('200')
  }
  await k.close()
})
