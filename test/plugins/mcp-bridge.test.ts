/** Sessions of `nexus mcp serve` as the gateway sees them, the commands in a test's terminal, and what is bounded. */
import { describe, expect, it } from 'vitest'
import { realClock } from '../../kernel/clock.ts'
import commands from '../../plugins/mcp/cli.ts'
import { connect } from '../../plugins/mcp/client/link.ts'
import { ServerConfig } from '../../plugins/mcp/config.ts'
import { createSessions } from '../../plugins/mcp/serve/sessions.ts'
import * as v from 'valibot'
import { boot, raw, ready, run, said, statusOf, until } from './mcp-harness.ts'
import { serving, writer } from './mcp-serve-harness.ts'

const begin = { jsonrpc: '2.0', id: 'b', method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } }
type Messages = { id?: unknown; result?: Record<string, unknown>; error?: { code: number } }[]

describe('a session of the bridge', () => {
  it('is its connection\'s, and ends with it', async () => {
    await using s = await serving()
    const [mine, other] = [await s.k.connect(writer), await s.k.connect({ ...writer, caller: { id: 'eve' } })]
    const got: Messages = []
    const overheard: unknown[] = []
    mine.on('mcp.message', (event) => void got.push((event as { message: Messages[0] }).message))
    other.on('mcp.message', (event) => void overheard.push(event))
    const { session } = await mine.call('mcp.connect') as { session: string }
    await mine.call('mcp.send', { session, message: begin })
    expect(got).toEqual([expect.objectContaining({ id: 'b', result: expect.objectContaining({ protocolVersion: '2025-11-25' }) })])
    await expect(other.call('mcp.send', { session, message: begin })).rejects.toThrow('no such MCP session')
    await mine.call('mcp.send', { session, message: { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } } })
    expect(got.at(-1)).toMatchObject({ id: 7, result: { content: [{ text: 'hi' }] } })
    await mine.call('mcp.send', { session, message: { jsonrpc: '2.0', id: 8, method: 'server/discover', params: {} } })
    expect(got.at(-1)).toMatchObject({ id: 8, error: { code: -32601 } })
    expect(overheard).toEqual([])
    expect(await s.k.call('mcp.status', {})).toMatchObject({ sessions: 1 })
    const waiting = mine.call('mcp.send', { session, message: { jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'wait' } } }).catch(() => undefined)
    await until(() => s.calls.length === 2, 'it runs')
    await mine.close()
    await waiting
    await until(() => s.calls[1]!.signal.aborted, 'it is told')
    await until(async () => (await s.k.call('mcp.status', {}) as { sessions: number }).sessions === 0, 'it is gone')
  }, 20_000)

  it('gives a request up when its client does', async () => {
    await using s = await serving()
    const mine = await s.k.connect(writer)
    const { session } = await mine.call('mcp.connect') as { session: string }
    await mine.call('mcp.send', { session, message: begin })
    const waiting = mine.call('mcp.send', { session, message: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wait' } } })
    await until(() => s.calls.length === 1, 'it runs')
    await expect(mine.call('mcp.send', { session, message: { jsonrpc: '2.0', id: 1, method: 'ping' } })).rejects.toThrow('a request with this id is under way')
    await mine.call('mcp.send', { session, message: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } } })
    expect(await waiting).toEqual({ ok: true })
    await until(() => s.calls[0]!.signal.aborted, 'it is told')
  }, 20_000)

  it.each([['text'], [null], [[]], [{ jsonrpc: '1.0', id: 1, method: 'ping' }], [{ jsonrpc: '2.0', id: {}, method: 'ping' }], [{ jsonrpc: '2.0', id: 1, method: 5 }], [{ jsonrpc: '2.0', id: 1, method: 'ping', params: 'x' }]])('takes no %j: NEXUS_MCP_MESSAGE', async (message) => {
    await using k = await boot({})
    const mine = await k.connect(writer)
    const { session } = await mine.call('mcp.connect') as { session: string }
    await expect(mine.call('mcp.send', { session, message })).rejects.toMatchObject({ details: { nexus: 'NEXUS_MCP_MESSAGE' } })
  })

  it('needs a connection: NEXUS_MCP_SESSION', async () => {
    await using k = await boot({})
    await expect(k.call('mcp.connect')).rejects.toMatchObject({ code: 'NEXUS_MCP_SESSION' })
  })
})

it('sessions end when nobody uses them, and not while somebody does', () => {
  let now = 0
  const ended: string[] = []
  const sessions = createSessions<string>(2, 100, () => now, (it) => void ended.push(it))
  const a = sessions.add('ada', () => 'a')
  const done = sessions.use(sessions.add('ada', () => 'b'))
  now = 100
  sessions.sweep()
  expect(ended).toEqual(['a'])
  expect(() => sessions.get('ada', a.id)).toThrow('no such MCP session')
  sessions.add('eve', () => 'c')
  expect(() => sessions.add('ada', () => 'd')).toThrow('2 MCP sessions are open')
  done()
  sessions.add('ada', () => 'e')
  expect(ended).toEqual(['a', 'b'])
  sessions.clear()
  expect([ended, sessions.size]).toEqual([['a', 'b', 'c', 'e'], 0])
})

describe('bounds', () => {
  it('so many calls to a server at once and no more: NEXUS_MCP_BUSY', async () => {
    await using k = await boot({ raw: raw({}, { timeoutMs: 1_000 }) })
    await ready(k, 'raw')
    const answers = (await Promise.all(Array.from({ length: 34 }, () => run(k, 'raw__hang')))).map(said)
    expect(answers.filter((text) => text.includes('32 calls to the MCP server')).length).toBe(2)
    expect((await statusOf(k, 'raw')).calls).toMatchObject({ running: 0 })
  })

  it('a library that is not there is named: NEXUS_MCP_LIBRARY', async () => {
    const parts = { server: 's', config: v.parse(ServerConfig, { command: 'x' }), web: undefined, cause: {} as never, clock: realClock, log: {} as never, env: {}, load: () => Promise.reject(new Error('no module')) }
    await expect(connect(parts, () => undefined, new AbortController().signal)).rejects.toMatchObject({ code: 'NEXUS_MCP_LIBRARY' })
  })

  it('a program that does not start is named by its server: NEXUS_MCP_START', async () => {
    const parts = { server: 's', config: v.parse(ServerConfig, { command: 'no-such-program-at-all' }), web: undefined, cause: {} as never, clock: realClock, log: {} as never, env: { PATH: '/bin' }, load: () => import('@modelcontextprotocol/client') }
    await expect(connect(parts, () => undefined, new AbortController().signal)).rejects.toMatchObject({ code: 'NEXUS_MCP_START' })
  })
})

describe('the commands', () => {
  it('show servers, how they stand and what they offer', async () => {
    await using k = await boot({ raw: raw({ tools: [{ name: 'echo', description: 'Says it\nagain.', inputSchema: { type: 'object' } }, { name: 'bad' }] }), off: raw({}, { enabled: false, approval: true }) })
    await ready(k, 'raw')
    expect((await k.cli(commands, 'mcp list')).stdout).toMatch(/raw +ready +stdio +1 +mcp:raw[^]*off +off +stdio +0 +mcp:off +asks for consent/)
    expect((await k.cli(commands, 'mcp status')).stdout).toMatch(/raw ready since[^]*1 tools, 0 calls under way[^]*not offered bad: it has no schema[^]*No client uses/)
    expect((await k.cli(commands, 'mcp status raw')).stdout).not.toMatch(/off off/)
    expect((await k.cli(commands, 'mcp tools raw')).stdout).toMatch(/raw__echo +Says it\n/)
    expect(await k.cli(commands, 'mcp probe raw')).toMatchObject({ code: 0, stdout: expect.stringMatching(/1 tools, \d+ ms/) })
    expect(await k.cli(commands, 'mcp probe off')).toMatchObject({ code: 1 })
    expect((await k.cli(commands, 'mcp tools off')).stdout).toContain('offers none')
    expect((await k.cli(commands, 'mcp list --json')).json[0]).toHaveLength(2)
  })
})
