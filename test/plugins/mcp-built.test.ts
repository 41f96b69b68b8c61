/** The built gateway: `nexus mcp serve` between real clients and it, tokens that are revoked, and the commands. */
import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { built } from '../fixtures/built.ts'
import { nexus, started, stateDir } from '../kernel/cli/spawn.ts'
import type { Started } from '../kernel/cli/spawn.ts'
import { rawServer, until } from './mcp-harness.ts'
import { textIn } from './mcp-serve-harness.ts'

let state: string
beforeEach(() => { state = stateDir() })
afterEach(() => rmSync(state, { recursive: true, force: true }))

const settings = { mcp: { servers: { raw: { command: process.execPath, args: [rawServer, '{}'] } } } }

async function gatewayWith(config: unknown): Promise<Started> {
  await writeFile(join(state, 'nexus.json5'), JSON.stringify(config), { mode: 0o600 })
  const gateway = await started([], { state })
  await until(async () => (await json<{ servers: { state: string }[] }>(gateway, 'mcp', 'status')).servers[0]?.state === 'ready', 'the server is ready')
  return gateway
}
async function json<T>(gateway: Started, ...args: string[]): Promise<T> {
  const { out, err, status } = await nexus([...args, '--json'], { env: gateway.env })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${err}`)
  return JSON.parse(out) as T
}
const pipe = (gateway: Started, ...more: string[]) => ({ command: process.execPath, args: [join(built(), 'nexus.cjs'), 'mcp', 'serve', ...more], env: gateway.env as Record<string, string>, stderr: 'pipe' as const })

describe('nexus mcp serve', () => {
  it('joins clients of both makes to the running gateway, by its socket or with a token', async () => {
    await using gateway = await gatewayWith(settings)
    const one = new Client({ name: 'new', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    await one.connect(new StdioClientTransport(pipe(gateway)))
    expect((await one.listTools()).tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['nexus_chat', 'raw__echo', 'time']))
    expect(textIn(await one.callTool({ name: 'raw__echo', arguments: { text: 'through' } }))).toBe('through')
    expect(JSON.parse(textIn(await one.callTool({ name: 'nexus_chat', arguments: { message: 'hello' } })))).toMatchObject({ status: 'ok', answer: expect.any(String) })
    await one.close()

    const { token } = await json<{ token: string }>(gateway, 'tokens', 'create', 'reader', '--scope', 'read')
    const file = join(state, 'reader-token')
    await writeFile(file, token, { mode: 0o600 })
    const old = new OldClient({ name: 'old', version: '1' })
    await old.connect(new OldTransport(pipe(gateway, '--url', gateway.ready.url, '--token-file', file)))
    const names = (await old.listTools()).tools.map(({ name }) => name)
    expect(names).toContain('nexus_status')
    expect(names).not.toContain('raw__echo')
    expect(textIn(await old.callTool({ name: 'nexus_status' }))).toContain('normal')
    expect(textIn(await old.callTool({ name: 'raw__echo', arguments: { text: 'x' } }))).toContain('no tool of that name')
    await old.close()
  }, 60_000)

  it('ends with the gateway\'s connection when its token is revoked, within a second', async () => {
    await using gateway = await gatewayWith(settings)
    const { token } = await json<{ token: string }>(gateway, 'tokens', 'create', 'ci', '--scope', 'write')
    const file = join(state, 'ci-token')
    await writeFile(file, token, { mode: 0o600 })
    const one = new Client({ name: 'new', version: '1' })
    const closed = new Promise<number>((resolve) => Object.assign(one, { onclose: () => resolve(performance.now()) }))
    await one.connect(new StdioClientTransport(pipe(gateway, '--url', gateway.ready.url, '--token-file', file)))
    const over = await new Promise<StreamableHTTPClientTransport>((resolve) => { resolve(new StreamableHTTPClientTransport(new URL('/mcp', gateway.ready.url), { requestInit: { headers: { authorization: `Bearer ${token}` } } })) })
    const http = new Client({ name: 'http', version: '1' })
    await http.connect(over)
    const hanging = http.callTool({ name: 'raw__hang' }).then(() => 'answered', () => 'failed')
    const calling = one.callTool({ name: 'raw__hang' }).then(() => 'answered', () => 'failed')
    await until(async () => (await json<{ servers: { calls: { running: number } }[] }>(gateway, 'mcp', 'status')).servers[0]!.calls.running === 2, 'both calls run')
    const revoked = json(gateway, 'tokens', 'revoke', 'ci').then(() => performance.now())
    const [end, answered] = await Promise.all([closed, revoked])
    expect(end - answered).toBeLessThan(1_000)
    expect(await calling).toBe('failed')
    await expect(http.listTools()).rejects.toMatchObject({ status: 401 })
    await until(async () => (await json<{ servers: { calls: { running: number } }[] }>(gateway, 'mcp', 'status')).servers[0]!.calls.running === 0, 'no call runs any more', 5_000)
    await http.close()
    await hanging
  }, 60_000)

  it('says on its standard error why it cannot, and writes nothing else to its output', async () => {
    const { out, err, status } = await nexus(['mcp', 'serve'], { env: { NEXUS_STATE_DIR: state } })
    expect([out, status === 0]).toEqual(['', false])
    expect(err).toMatch(/nexus start|no gateway/i)
  })
})

describe('the commands', () => {
  it('add a server to the running gateway, show it, and take it away', async () => {
    await using gateway = await started([], { state })
    expect(await nexus(['mcp', 'add', 'raw', '--env', 'PLAIN=yes', '--env', 'TOKEN=env:HOME', '--', process.execPath, rawServer, '{}'], { env: gateway.env })).toMatchObject({ status: 0, out: expect.stringContaining('nexus mcp probe raw') })
    const status = await until(async () => {
      const { servers } = await json<{ servers: { name: string; state: string; tools: number; pid: number }[] }>(gateway, 'mcp', 'status').catch(() => ({ servers: [] }))
      return servers[0]?.state === 'ready' && servers[0]
    }, 'it is ready')
    expect(status).toMatchObject({ name: 'raw', tools: 19 })
    expect(await json(gateway, 'mcp', 'list')).toEqual([{ name: 'raw', state: 'ready', transport: 'stdio', tools: 19, group: 'mcp:raw', approval: false }])
    expect(await json(gateway, 'mcp', 'probe', 'raw')).toMatchObject({ ok: true, tools: 19 })
    expect((await nexus(['mcp', 'tools', 'raw'], { env: gateway.env })).out).toContain('raw__echo')
    const again = await nexus(['mcp', 'add', 'raw', '--', 'x'], { env: gateway.env })
    expect(again.status).toBe(64)
    expect(again.err).toContain('already')
    await json(gateway, 'mcp', 'remove', 'raw')
    expect((await nexus(['mcp', 'remove', 'raw'], { env: gateway.env })).status).not.toBe(0)
  }, 60_000)

  it.each([[['add', 'A_B', '--', 'x']], [['add', 'a']], [['add', 'a', '--server', 'https://x/', '--', 'y']], [['add', 'a', '--env', 'novalue', '--', 'y']]])('refuse what cannot be meant: NEXUS_MCP_USAGE %j', async (args) => {
    const { err, status } = await nexus(['mcp', ...args], { env: { NEXUS_STATE_DIR: state } })
    expect(status).toBe(64)
    expect(err).toMatch(/mcp add --help|a name has/)
  })
})
